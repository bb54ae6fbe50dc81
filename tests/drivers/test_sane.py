"""SANE's own test and pnm devices: each status, each format that was seen to garble a page, and names by the table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from drivers import sane_quirks
from drivers.backend import DriverFault
from drivers.client import list_devices, read_options, spool_leftovers
from drivers.contract import ColorMode, FaultCode, Finished, Source
from tests.scanners import TROUBLE_AT_PAGE_3
from tests.scanners import troubled as trouble_at_page_3

STATUSES = [
    ("UNSUPPORTED", FaultCode.UNSUPPORTED),
    ("CANCELLED", FaultCode.CANCELLED),
    ("DEVICE_BUSY", FaultCode.DEVICE_BUSY),
    ("INVAL", FaultCode.INVALID_REQUEST),
    ("EOF", FaultCode.PAGE_LOST),
    ("JAMMED", FaultCode.JAM),
    ("NO_DOCS", FaultCode.PAGE_LOST),
    ("COVER_OPEN", FaultCode.COVER_OPEN),
    ("IO_ERROR", FaultCode.IO_ERROR),
    ("NO_MEM", FaultCode.NO_MEMORY),
    ("ACCESS_DENIED", FaultCode.ACCESS_DENIED),
]


@pytest.fixture
def troubled(sane: Any, tmp_path: Path) -> Any:
    """The test device, on which the code in the variable TROUBLE runs before page 3."""
    sane.environment.update(trouble_at_page_3(sane.environment, tmp_path / "in front", ""))
    return sane


@pytest.mark.parametrize(("status", "code"), STATUSES)
def test_each_status_at_page_3_keeps_the_first_two(troubled: Any, status: str, code: FaultCode) -> None:
    troubled.environment["TROUBLE"] = f"self.read_return_value = 'SANE_STATUS_{status}'"
    outcome = troubled.scan()
    assert (outcome.fault.code, outcome.fault.fed, outcome.fault.delivered) == (code, 3, 2)
    assert len(spool_leftovers(troubled.spool)) == 2
    assert outcome.fault.detail


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Document feeder jammed", FaultCode.JAM),
        ("Scanner cover is open", FaultCode.COVER_OPEN),
        ("a text that no table has", FaultCode.IO_ERROR),
    ],
)
def test_trouble_before_page_3_starts(troubled: Any, text: str, code: FaultCode) -> None:
    troubled.environment["TROUBLE"] = f"raise module._sane.error({text!r})"
    fault = troubled.scan().fault
    assert (fault.code, fault.detail, fault.fed, fault.delivered) == (code, text, 2, 2)


def test_out_of_documents_between_pages_is_the_normal_end(troubled: Any) -> None:
    troubled.environment["TROUBLE"] = "raise module._sane.error('Document feeder out of documents')"
    assert troubled.scan().end == Finished(2)


def test_an_empty_feeder_is_no_empty_success(troubled: Any) -> None:
    troubled.environment["TROUBLE"] = ""
    shadow = Path(troubled.environment["PYTHONPATH"]) / "sane.py"
    shadow.write_text(TROUBLE_AT_PAGE_3.replace("== 3", "== 1"))
    troubled.environment["TROUBLE"] = "raise module._sane.error('Document feeder out of documents')"
    fault = troubled.scan().fault
    assert (fault.code, fault.fed, fault.delivered) == (FaultCode.FEEDER_EMPTY, 0, 0)


def test_a_short_page_without_an_error_is_a_lost_page(troubled: Any) -> None:
    troubled.environment["TROUBLE"] = (
        "import types; dev = self.__dict__['dev']\n"
        "self.__dict__['dev'] = types.SimpleNamespace(start=dev.start, cancel=dev.cancel, close=dev.close,"
        "get_parameters=dev.get_parameters,"
        "snap=lambda *a: (lambda r: (r[0][:-r[1] * 3], r[1], r[2] - 1, r[3], r[4]))(dev.snap(*a)))"
    )
    fault = troubled.scan().fault
    assert (fault.code, fault.delivered, fault.detail) == (FaultCode.PAGE_LOST, 2, "195 of 196 lines came")


@pytest.mark.parametrize(
    "options", [{"depth": "16"}, {"three-pass": "yes"}, {"ppl-loss": "3"}, {"three-pass": "1", "three-pass-order": "GRB"}]
)
def test_a_format_that_would_be_garbled_is_refused(sane: Any, options: dict[str, str]) -> None:
    fault = sane.scan(options=options).fault
    assert (fault.code, fault.delivered) == (FaultCode.UNSUPPORTED, 0)


@pytest.mark.parametrize(
    "options",
    [
        {"read-limit": "yes", "read-limit-size": "1"},
        {"fuzzy-parameters": "yes"},
        {"non-blocking": "yes"},
        {"test-picture": "Color pattern"},
    ],
)
def test_harmless_oddities_give_the_page(sane: Any, options: dict[str, str]) -> None:
    outcome = sane.scan(options=options, max_pages=1)
    assert outcome.end == Finished(1)
    assert (outcome.pages[0].width, outcome.pages[0].height) == (393, 196)


def test_one_bit_from_the_device_gives_the_page(sane: Any) -> None:
    (page,) = sane.scan(options={"depth": "1"}, mode=ColorMode.BITONAL, max_pages=1, paper_width_mm=61.0).pages
    assert page.mode is ColorMode.BITONAL


def test_a_device_that_does_not_know_its_lines_gives_the_page(sane: Any) -> None:
    (page,) = sane.scan(options={"hand-scanner": "yes"}, max_pages=1).pages
    assert page.height > 196


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"three-pass-order": "GRB"}, FaultCode.INVALID_REQUEST),
        ({"int-constraint-array": "7"}, FaultCode.INVALID_REQUEST),
        ({"int-constraint-array": "1 2 3 4 5 6 7"}, FaultCode.INVALID_REQUEST),
        ({"int-constraint-array": "1 2 3 4 5 six"}, FaultCode.INVALID_REQUEST),
        ({"int-constraint-array": "1 2 3 4 5 99999999999"}, FaultCode.INVALID_REQUEST),
        ({"int-constraint-array-constraint-range": "4 6 8 10 12 500"}, FaultCode.UNSUPPORTED),
        ({"button": "1"}, FaultCode.INVALID_REQUEST),
        ({"depth": "many"}, FaultCode.INVALID_REQUEST),
        ({"hand-scanner": "perhaps"}, FaultCode.INVALID_REQUEST),
        ({"test-picture": "A landscape"}, FaultCode.UNSUPPORTED),
        ({"depth": "7"}, FaultCode.UNSUPPORTED),
    ],
)
def test_an_option_that_cannot_be_set_is_refused(sane: Any, options: dict[str, str], code: FaultCode) -> None:
    if any("array" in name for name in options):
        options = {"enable-test-options": "yes", **options}
    fault = sane.scan(options=options).fault
    assert (fault.code, fault.fed) == (code, 0)


def test_an_option_of_several_numbers_is_set_whole_and_read_back(sane: Any) -> None:
    table = " ".join(str(255 - number) for number in range(256))
    wanted = {
        "enable-test-options": "yes",
        "int-constraint-array": "-7 0 1  2 3 2147483647",
        "int-constraint-array-constraint-word-list": "-42 -8 0 17 42 256",
        "red-gamma-table": table,
    }
    read = read_options("sane", sane.request(options=wanted), environment=sane.environment)
    assert read.refused == ()
    found = {option.name: option for option in read.options}
    assert found["int-constraint-array"].value == "-7 0 1 2 3 2147483647"
    assert found["int-constraint-array-constraint-word-list"].value == wanted["int-constraint-array-constraint-word-list"]
    assert found["red-gamma-table"].value == table
    assert sane.scan(options=wanted, max_pages=1).end == Finished(1)


def test_the_glass_of_a_device_is_not_exceeded(sane: Any) -> None:
    assert sane.scan(paper_width_mm=202.0, max_pages=1, dpi=50).pages[0].width == 393
    assert sane.scan(paper_width_mm=210.0, max_pages=1, dpi=50).fault.code is FaultCode.UNSUPPORTED


def test_pixels_of_a_file_come_through_unchanged(sane: Any, tmp_path: Path) -> None:
    source = tmp_path / "trang số 1.pgm"
    image = Image.linear_gradient("L").point(lambda value: 255 if value > 100 else 0)
    image.save(source)
    (page,) = sane.scan(device="pnm:0", source=Source.FLATBED, mode=ColorMode.BITONAL, options={"filename": str(source)}).pages
    with Image.open(sane.spool / page.file) as scanned:
        assert scanned.convert("L").tobytes() == image.tobytes()


def test_gray_pixels_are_not_announced_as_colour(sane: Any, tmp_path: Path) -> None:
    Image.linear_gradient("L").save(tmp_path / "gray.pgm")
    (page,) = sane.scan(device="pnm:0", source=Source.FLATBED, options={"filename": str(tmp_path / "gray.pgm")}).pages
    assert page.mode is ColorMode.GRAY


def test_a_device_without_a_feeder_says_so(sane: Any) -> None:
    assert sane.scan(device="pnm:0").fault.code is FaultCode.UNSUPPORTED
    assert sane.scan(source=Source.DUPLEX).fault.code is FaultCode.UNSUPPORTED


def test_a_missing_library_is_told(sane: Any, tmp_path: Path) -> None:
    (tmp_path / "sane.py").write_text("raise ImportError('libsane.so.1: cannot open shared object file')")
    with pytest.raises(DriverFault) as caught:
        list_devices("sane", environment={"PYTHONPATH": str(tmp_path)})
    assert caught.value.fault.code is FaultCode.BACKEND_MISSING
    assert "libsane" in caught.value.fault.detail


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("Flatbed", Source.FLATBED),
        ("Normal", Source.FLATBED),
        ("Platen", Source.FLATBED),
        ("ADF", Source.FEEDER),
        ("Automatic Document Feeder", Source.FEEDER),
        ("Automatic Document Feeder(centrally aligned)", Source.FEEDER),
        ("ADF Front", Source.FEEDER),
        ("ADF Duplex", Source.DUPLEX),
        ("Automatic Document Feeder(left aligned,Duplex)", Source.DUPLEX),
        ("ADF Back", None),
        ("Transparency Unit", None),
    ],
)
def test_names_of_sources(name: str, source: Source | None) -> None:
    assert sane_quirks.source_of(name) is source


@pytest.mark.parametrize(
    ("name", "mode"),
    [
        ("Color", ColorMode.COLOR),
        ("24bit Color[Fast]", ColorMode.COLOR),
        ("Gray", ColorMode.GRAY),
        ("True Gray", ColorMode.GRAY),
        ("Grayscale", ColorMode.GRAY),
        ("Lineart", ColorMode.BITONAL),
        ("Black & White", ColorMode.BITONAL),
        ("Halftone", None),
        ("Color Lineart", None),
    ],
)
def test_names_of_modes(name: str, mode: ColorMode | None) -> None:
    assert sane_quirks.mode_of(name) is mode
