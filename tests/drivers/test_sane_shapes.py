"""What a request becomes on the scanners of many makers: their lists of options replayed, and two really recorded ones.

The shapes are facts about drivers in our own words; the recordings were made with ``sohoa devices options --json``.
"""

from __future__ import annotations

import contextlib
import itertools
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from drivers import sane_options
from drivers.backend import DriverFault
from drivers.contract import ColorMode, FaultCode, Option, OptionType, ScanRequest, Source, Unit
from tests.replay import ReplayedDevice, replayed

HERE = Path(__file__).parent
SHAPES = sorted((HERE / "shapes").glob("*.json"))
MODES = (ColorMode.COLOR, ColorMode.GRAY, ColorMode.BITONAL)


def request(source: Source, colours: ColorMode = ColorMode.COLOR, dpi: int = 300, **options: str) -> ScanRequest:
    return ScanRequest("replayed", "", source, colours, dpi, options=options)


def expected(data: dict[str, Any], source: Source, mode: ColorMode, dpi: int) -> dict[str, str]:
    """What has to be set: by source, mode, resolution, and the area at that source or resolution."""
    areas = data["area"]
    area = next(areas[key] for key in (source.value, f"@{dpi}", "") if key in areas)
    return {**data["sources"][source.value], **data["modes"][mode.value], **data["dpi"][str(dpi)], **area}


def test_there_are_enough_shapes() -> None:
    assert len(SHAPES) >= 20


@pytest.mark.parametrize("path", SHAPES, ids=lambda path: path.stem)
def test_each_source_mode_and_resolution_becomes_the_devices_own(path: Path) -> None:
    _, data = replayed(path)
    for source, mode, dpi in itertools.product(Source, MODES, map(int, data["dpi"])):
        device, _ = replayed(path)
        if source.value not in data["sources"]:
            with pytest.raises(DriverFault, match=f"has no {source.value}; it has"):
                sane_options.apply_request(device, request(source, mode, dpi))
            continue
        applied = sane_options.apply_request(device, request(source, mode, dpi))
        wanted = expected(data, source, mode, dpi)
        assert device.put_by_name == wanted, (source, mode, dpi)
        found = {option.name: option.value for option in device.options() if option.name in wanted}
        assert found == wanted, "a later option undid an earlier one"
        resolution = next(name for name in sane_options.RESOLUTION_OPTIONS if name in wanted)
        assert str(applied.dpi) == wanted[resolution].split()[0]


@pytest.mark.parametrize("path", SHAPES, ids=lambda path: path.stem)
def test_what_each_can_do(path: Path) -> None:
    device, data = replayed(path)
    can = sane_options.read_capabilities(device)
    assert {source.value for source in can.sources} == set(data["sources"])
    assert set(can.modes) == set(MODES)
    assert [can.max_width_mm, can.max_height_mm] == pytest.approx(data["reach_mm"], abs=0.1)
    assert {int(dpi) for dpi, sets in data["dpi"].items() if dpi in sets.values()} <= set(can.resolutions)


def shape(name: str) -> ReplayedDevice:
    return replayed(HERE / "shapes" / f"{name}.json")[0]


def test_a_profiles_own_option_goes_before_the_safe_value() -> None:
    device = shape("hp_hpaio_duplex")
    sane_options.apply_request(device, request(Source.FEEDER, **{"batch-scan": "no"}))
    assert device.put_by_name["batch-scan"] == "no"


def test_a_profiles_options_wait_until_another_makes_them_settable() -> None:
    device = shape("fujitsu_fi_flatbed_adf")
    sane_options.apply_request(device, request(Source.FEEDER, dropoutcolor="Red", **{"df-thickness": "yes"}))
    assert (device.put_by_name["df-thickness"], device.put_by_name["dropoutcolor"]) == ("yes", "Red")
    assert device.order.index("source") < device.order.index("df-thickness")
    with pytest.raises(DriverFault) as caught:
        sane_options.apply_request(shape("fujitsu_fi_flatbed_adf"), request(Source.FLATBED, **{"df-thickness": "yes"}))
    assert (caught.value.fault.code, "df-thickness" in caught.value.fault.detail) == (FaultCode.INVALID_REQUEST, True)


def test_what_a_profiles_mode_puts_back_is_set_again() -> None:
    device = shape("ricoh_mode_resets")
    sane_options.apply_request(device, request(Source.FEEDER, ColorMode.COLOR, 300, mode="Binary"))
    values = {option.name: option.value for option in device.options()}
    assert (values["mode"], values["resolution"], values["br-x"], values["br-y"]) == ("Binary", "300", "210", "297")


def test_options_that_exclude_each_other_are_told() -> None:
    options = [{"name": name, "type": "bool", "value": "no"} for name in ("crop", "deskew")]
    reloads = {"crop": {"yes": {"deskew": {"value": "no"}}}, "deskew": {"yes": {"crop": {"value": "no"}}}}
    device = ReplayedDevice(options, reloads)
    with pytest.raises(DriverFault, match="does not keep") as caught:
        sane_options.apply_request(device, request(Source.FLATBED, crop="yes", deskew="yes"))
    assert caught.value.fault.code is FaultCode.UNSUPPORTED


def test_a_resolution_that_a_profile_names_is_the_pages() -> None:
    assert sane_options.apply_request(shape("fujitsu_scansnap"), request(Source.FEEDER, resolution="240")).dpi == 240


@pytest.mark.parametrize(("dpi", "text"), [(1200, "1200 dpi"), (700, "700 dpi")])
def test_a_resolution_beyond_the_devices_is_refused_with_what_it_has(dpi: int, text: str) -> None:
    with pytest.raises(DriverFault, match=text):
        sane_options.apply_request(shape("canon_dr_c"), request(Source.FEEDER, dpi=dpi))


def test_paper_beyond_the_reach_is_refused() -> None:
    large = ScanRequest("replayed", "", Source.FLATBED, paper_width_mm=297.0, paper_height_mm=420.0)
    with pytest.raises(DriverFault, match="the scanner's reach is"):
        sane_options.apply_request(shape("plustek_old_usb"), large)


@pytest.mark.parametrize("name", ["sane_test", "airscan"])
def test_a_recorded_device(name: str) -> None:
    device, _ = replayed(HERE / "recordings" / f"{name}.json")
    feeder = {"sane_test": "Automatic Document Feeder", "airscan": "ADF"}[name]
    slip = ScanRequest("replayed", "", Source.FEEDER, ColorMode.GRAY, 200, 100.0, 50.0)
    applied = sane_options.apply_request(device, slip)
    assert applied.dpi == 200
    assert device.put_by_name == {
        "source": feeder,
        "mode": "Gray",
        "resolution": "200",
        "tl-x": "0",
        "tl-y": "0",
        "br-x": "100",
        "br-y": "50",
    } | ({"depth": "8"} if "depth" in device.put_by_name else {})


NAMES = (
    "source",
    "mode",
    "depth",
    "resolution",
    "duplex",
    "adf-mode",
    "page-width",
    "tl-x",
    "br-x",
    "br-y",
    "paper-size",
    "swskip",
)
WORDS = st.sampled_from(
    ["ADF", "Flatbed", "Duplex", "Auto", "Color", "Gray", "Lineart", "300", "200 dpi", "A4", "", "yes", "ű"]
)
NUMBERS = st.floats(-1e6, 1e6) | st.sampled_from([0.0, -1.0, 210.0, 300.0, 32767.0])


@st.composite
def any_option(draw: Any, name: str) -> Option:
    kind = draw(st.sampled_from(list(OptionType)))
    low, high = draw(st.none() | NUMBERS), draw(st.none() | NUMBERS)
    return Option(
        name,
        kind,
        unit=draw(st.sampled_from(list(Unit))),
        choices=tuple(draw(st.lists(WORDS, max_size=4))),
        low=low,
        high=high,
        step=draw(st.sampled_from([0.0, 0.02, 1.0, 50.0])),
        value=draw(WORDS),
        active=draw(st.booleans()),
        settable=draw(st.booleans()),
    )


@seed(20261123)
@settings(max_examples=100, deadline=None)
@given(
    st.data(), st.sampled_from(list(Source)), st.sampled_from(MODES), st.dictionaries(st.sampled_from(NAMES), WORDS, max_size=3)
)
def test_no_list_of_options_breaks_the_worker(data: Any, source: Source, mode: ColorMode, own: dict[str, str]) -> None:
    names = data.draw(st.lists(st.sampled_from(NAMES), unique=True))
    options = [data.draw(any_option(name)) for name in names]
    device = ReplayedDevice([])
    device._options = {option.name: option for option in options}
    sane_options.read_capabilities(device)
    wanted = replace(request(source, mode), options=own)
    with contextlib.suppress(DriverFault):
        applied = sane_options.apply_request(device, wanted)
        assert applied.dpi > 0
    assert sane_options.apply_request(device, wanted, strict=False).dpi > 0
