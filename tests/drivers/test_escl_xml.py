"""What devices of many makes say of themselves, and what nobody should say."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.backend import DriverFault
from drivers.contract import ColorMode, FaultCode, ScanRequest, Source
from drivers.escl import order_for
from drivers.escl_xml import Order, Status, clean, parse_capabilities, parse_status, scan_settings

NAMESPACES = 'xmlns:s="http://schemas.hp.com/imaging/escl/2011/05/03" xmlns:p="http://www.pwg.org/schemas/2010/12/sm"'
SINGLE = "".join(f"<s:DiscreteResolution><s:XResolution>{dpi}</s:XResolution></s:DiscreteResolution>" for dpi in (100, 200))
SINGLE += "<s:DiscreteResolution><s:XResolution>300</s:XResolution></s:DiscreteResolution>"
RANGE = (
    "<s:ResolutionRange><s:XResolutionRange><s:Min>{}</s:Min><s:Max>{}</s:Max><s:Step>{}</s:Step>"
    "</s:XResolutionRange></s:ResolutionRange>"
)
JPEG, JPEG_EXT, PDF = (
    "<p:DocumentFormat>image/jpeg</p:DocumentFormat>",
    "<s:DocumentFormatExt>image/jpeg</s:DocumentFormatExt>",
    "<p:DocumentFormat>application/pdf</p:DocumentFormat>",
)


def profile(resolutions: str = SINGLE, formats: str = JPEG, modes: tuple[str, ...] = ("Grayscale8", "RGB24")) -> str:
    colors = "".join(f"<s:ColorMode>{mode}</s:ColorMode>" for mode in modes)
    return f"<s:SettingProfile>{colors}{formats}{resolutions}</s:SettingProfile>"


def source(name: str, profiles: str, width: int = 2550, height: int = 4200) -> str:
    return f"<s:{name}><s:MaxWidth>{width}</s:MaxWidth><s:MaxHeight>{height}</s:MaxHeight>{profiles}</s:{name}>"


def device(body: str, *, version: str = "2.6") -> bytes:
    return f"<s:ScannerCapabilities {NAMESPACES}><p:Version>{version}</p:Version>{body}</s:ScannerCapabilities>".encode()


def request(**changes: Any) -> ScanRequest:
    usual: dict[str, Any] = {"source": Source.FLATBED, "dpi": 300}
    return ScanRequest("", "/", **{**usual, **changes})


def test_the_three_sources() -> None:
    names = ("PlatenInputCaps", "AdfSimplexInputCaps", "AdfDuplexInputCaps")
    about = "<p:MakeAndModel>Sông Hồng 200\n</p:MakeAndModel><s:UUID>URN:UUID:ABCDEF12-3</s:UUID>"
    scanner = parse_capabilities(device(about + "".join(source(name, profile()) for name in names)))
    assert (scanner.label, scanner.uuid, scanner.version) == ("Sông Hồng 200", "abcdef12-3", "2.6")
    capabilities = scanner.capabilities()
    assert capabilities.sources == tuple(Source)
    assert capabilities.modes == tuple(ColorMode)
    assert capabilities.resolutions == (100, 200, 300)
    assert capabilities.max_width_mm == pytest.approx(215.9)


def test_a_range_of_resolutions_with_a_step() -> None:
    scanner = parse_capabilities(device(source("PlatenInputCaps", profile(RANGE.format(75, 675, 75)))))
    assert scanner.capabilities().resolutions == (75, 150, 300, 600)
    assert order_for(request(dpi=225), scanner).dpi == 225
    for dpi in (74, 200, 750):
        with pytest.raises(DriverFault) as caught:
            order_for(request(dpi=dpi), scanner)
        assert caught.value.fault.code is FaultCode.UNSUPPORTED


def test_only_what_every_source_has_is_offered_but_each_source_takes_its_own() -> None:
    fine = SINGLE + "<s:DiscreteResolution><s:XResolution>1200</s:XResolution></s:DiscreteResolution>"
    caps = source("PlatenInputCaps", profile(fine)) + source("AdfSimplexInputCaps", profile())
    scanner = parse_capabilities(device(caps))
    assert scanner.capabilities().resolutions == (100, 200, 300)
    assert order_for(request(dpi=1200), scanner).dpi == 1200
    with pytest.raises(DriverFault):
        order_for(request(dpi=1200, source=Source.FEEDER), scanner)


@pytest.mark.parametrize(("formats", "twice"), [(JPEG, False), (JPEG_EXT, True), (JPEG + JPEG_EXT, True), ("", False)])
def test_the_two_names_of_the_format(formats: str, twice: bool) -> None:
    order = order_for(request(), parse_capabilities(device(source("PlatenInputCaps", profile(formats=formats)))))
    assert order.names_format_twice is twice
    assert (b"DocumentFormatExt" in scan_settings(order)) is twice


def test_profiles_without_jpeg_do_not_count() -> None:
    mixed = profile("", JPEG, ("Grayscale8",)) + profile(SINGLE, PDF, ("RGB24",))
    scanner = parse_capabilities(device(source("PlatenInputCaps", mixed + profile(SINGLE, JPEG, ("Grayscale8",)))))
    with pytest.raises(DriverFault) as caught:
        order_for(request(mode=ColorMode.COLOR), scanner)
    assert caught.value.fault.code is FaultCode.UNSUPPORTED
    with pytest.raises(DriverFault) as caught:
        parse_capabilities(device(source("PlatenInputCaps", profile(formats=PDF))))
    assert caught.value.fault.code is FaultCode.UNSUPPORTED


def test_profiles_written_once_for_all_sources() -> None:
    caps = f"<s:SettingProfiles>{profile()}</s:SettingProfiles>" + source("AdfSimplexInputCaps", "")
    assert parse_capabilities(device(caps)).capabilities().sources == (Source.FEEDER,)


def test_what_a_device_lacks_is_made_of_what_it_has() -> None:
    scanner = parse_capabilities(device(source("PlatenInputCaps", profile(modes=("RGB24", "BlackAndWhite1")))))
    assert scanner.capabilities().modes == tuple(ColorMode)
    assert {order_for(request(mode=mode), scanner).color_mode for mode in ColorMode} == {"RGB24"}
    gray = parse_capabilities(device(source("PlatenInputCaps", profile(modes=("Grayscale8",)))))
    assert gray.capabilities().modes == (ColorMode.GRAY, ColorMode.BITONAL)


def test_paper_a_little_beyond_the_reach_is_cut_and_far_beyond_refused() -> None:
    scanner = parse_capabilities(device(source("PlatenInputCaps", profile(), width=2480, height=3480)))
    assert (order_for(request(), scanner).width, order_for(request(), scanner).height) == (2480, 3480)
    for lengths in ({"paper_width_mm": 216.0}, {"paper_height_mm": 356.0}):
        with pytest.raises(DriverFault) as caught:
            order_for(request(**lengths), scanner)
        assert caught.value.fault.code is FaultCode.UNSUPPORTED


@pytest.mark.parametrize(
    ("source_asked", "present", "absent"),
    [
        (Source.FLATBED, [b">Platen<"], [b"Duplex"]),
        (Source.FEEDER, [b">Feeder<", b"<scan:Duplex>false"], []),
        (Source.DUPLEX, [b">Feeder<", b"<scan:Duplex>true"], []),
    ],
)
def test_the_order(source_asked: Source, present: list[bytes], absent: list[bytes]) -> None:
    xml = scan_settings(Order("2.6", source_asked, "RGB24", 300, 2480, 3508))
    assert all(text in xml for text in (*present, b"<pwg:Version>2.6<", b"<pwg:Width>2480<", b"<scan:XResolution>300<"))
    assert not any(text in xml for text in absent)


@pytest.mark.parametrize(("count", "believed"), [("8", 8), ("10000", 10_000), ("999999", None), ("-1", None), ("", None)])
def test_only_as_many_sides_as_can_be_are_believed(count: str, believed: int | None) -> None:
    job = f"<s:JobInfo><p:JobUri>/7</p:JobUri><p:ImagesCompleted>{count}</p:ImagesCompleted></s:JobInfo>"
    (state,) = parse_status(f"<s:ScannerStatus {NAMESPACES}>{job}</s:ScannerStatus>".encode()).jobs
    assert state.completed == believed


@pytest.mark.parametrize("uri", ["/eSCL/ScanJobs/7", "http://10.0.0.1/eSCL/ScanJobs/7/", "7"])
def test_a_job_is_found_by_any_of_its_names(uri: str) -> None:
    body = (
        "<p:State>Idle</p:State><s:AdfState>ScannerAdfLoaded</s:AdfState><s:Jobs><s:JobInfo>"
        f"<p:JobUri>{uri}</p:JobUri><p:ImagesCompleted>8</p:ImagesCompleted><p:ImagesToTransfer>x</p:ImagesToTransfer>"
        "<p:JobState>Completed</p:JobState></s:JobInfo></s:Jobs>"
    )
    status = parse_status(f"<s:ScannerStatus {NAMESPACES}>{body}</s:ScannerStatus>".encode())
    job = status.job("/eSCL/ScanJobs/7")
    assert job is not None
    assert (job.state, job.completed, job.waiting) == ("Completed", 8, None)
    assert status.job("/eSCL/ScanJobs/17") is None


HOSTILE = [
    b"",
    b"<a>",
    b"\x00\xff",
    b"<html/>",
    b'<?xml version="1.0" encoding="no-such-code"?><a/>',
    b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
    b'<!DOCTYPE a [<!ENTITY e "x">]><ScannerStatus>&e;</ScannerStatus>',
    b"<a>" * 100_000 + b"</a>" * 100_000,
    b"<ScannerStatus>" + b"<a>" * 40 + b"</a>" * 40 + b"</ScannerStatus>",
    b"<ScannerCapabilities>" + b"<SettingProfile>" * 15_000 + b"</SettingProfile>" * 15_000 + b"</ScannerCapabilities>",
]


@pytest.mark.parametrize("data", HOSTILE)
@pytest.mark.parametrize("parse", [parse_status, parse_capabilities])
def test_hostile_xml_is_refused(parse: Any, data: bytes) -> None:
    with pytest.raises(DriverFault) as caught:
        parse(data)
    assert caught.value.fault.code is FaultCode.IO_ERROR


@pytest.mark.parametrize("number", ["-1", "1e9", "99999999", "٣٠٠", "0x10", "", "9" * 5000])
def test_numbers_that_are_none_offer_nothing(number: str) -> None:
    odd = source("PlatenInputCaps", profile()).replace(">2550<", f">{number}<")
    with pytest.raises(DriverFault) as caught:
        parse_capabilities(device(odd))
    assert caught.value.fault.code is FaultCode.UNSUPPORTED
    step = parse_capabilities(device(source("PlatenInputCaps", profile(RANGE.format(75, 600, number)))))
    assert 300 in step.inputs[Source.FLATBED].resolutions


def test_a_version_goes_back_only_where_it_is_one() -> None:
    scanner = parse_capabilities(device(source("PlatenInputCaps", profile()), version="&lt;x&gt;"))
    assert scanner.version == "2.0"


@given(st.text(max_size=400))
def test_a_devices_name_is_one_short_printable_line(text: str) -> None:
    assert len(clean(text)) <= 200
    assert clean(text).isprintable()


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    with contextlib.suppress(DriverFault):
        assert isinstance(parse_status(data), Status)
