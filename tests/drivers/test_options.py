"""Listing and setting the options of real devices through the worker, for every backend that runs here."""

from __future__ import annotations

from typing import Any

import pytest
from PIL import Image, ImageStat

from drivers.backend import DriverFault
from drivers.client import read_options
from drivers.contract import FaultCode, Finished, Option, OptionsRead, OptionType, Refusal, Unit
from drivers.options import value_of

SETTABLE = {
    "virtual": ("fault_page", "3"),
    "sane": ("test-picture", "Grid"),
    "escl": ("brightness", "25"),
    "twain": ("ICAP_BRIGHTNESS", "25"),
}


def read(bench: Any, **changes: Any) -> OptionsRead:
    return read_options(bench.backend, bench.request(spool="", **changes), environment=bench.environment)


def test_every_backend_lists_its_options_with_the_values_of_a_profile(bench: Any) -> None:
    name, value = SETTABLE[bench.backend]
    found = read(bench, options={name: value})
    assert found.refused == ()
    (option,) = [option for option in found.options if option.name == name]
    assert (option.value, option.usable) == (value, True)
    assert len({option.name for option in found.options}) == len(found.options) > 4


def test_every_backend_names_what_it_refuses_and_takes_the_rest(bench: Any) -> None:
    name, value = SETTABLE[bench.backend]
    found = read(bench, options={name: "perhaps", **({"depth": "8"} if bench.backend == "sane" else {})})
    assert [one.name for one in found.refused] == [name]
    assert name in found.refused[0].why
    assert next(option.value for option in found.options if option.name == name) != value


def test_a_device_that_is_not_there(bench: Any) -> None:
    with pytest.raises(DriverFault) as caught:
        read(bench, device=bench.nobody)
    assert caught.value.fault.code is FaultCode.NO_DEVICE


def test_types_units_groups_and_limits_of_a_sane_device(sane: Any) -> None:
    options = {option.name: option for option in read(sane, options={"enable-test-options": "yes"}).options}
    assert (options["resolution"].type, options["resolution"].unit, options["resolution"].high) == (
        OptionType.FIXED,
        Unit.DPI,
        1200.0,
    )
    assert options["depth"].choices == ("1", "8", "16")
    assert (options["br-x"].unit, options["br-x"].group, options["br-x"].high) == (Unit.MM, "Geometry", 200.0)
    assert options["button"].type is OptionType.BUTTON
    assert (options["three-pass-order"].active, options["three-pass-order"].usable) == (False, False)
    assert (options["int-constraint-array"].active, options["int-constraint-array"].settable) == (True, True)
    ranged, listed = (options[f"int-constraint-array-constraint-{kind}"] for kind in ("range", "word-list"))
    assert (ranged.count, ranged.low, ranged.high, ranged.step) == (6, 4.0, 192.0, 2.0)
    assert (listed.count, listed.choices[:3]) == (6, ("-42", "-8", "0"))
    assert (options["gamma-table"].count, options["resolution"].count) == (4096, 1)
    assert len(options["int-constraint-array"].value.split()) == 6
    assert options["int"].advanced
    assert options["read-delay-duration"].unit is Unit.MICROSECOND


def test_an_option_that_another_one_makes_settable_whichever_comes_first(sane: Any) -> None:
    order = {"read-limit-size": "100", "read-limit": "yes"}
    assert read(sane, options=order).refused == ()
    assert sane.scan(options=order, max_pages=1).end == Finished(1)


def test_what_a_sane_profile_asks_beyond_the_device_is_told_without_a_name(sane: Any) -> None:
    found = read(sane, paper_width_mm=400.0)
    assert found.refused == (Refusal("", "the paper is 400 mm long or wide, the scanner's reach is 200 mm"),)
    assert found.options


def test_a_network_scanners_brightness_reaches_the_page(escl: Any) -> None:
    def lightness(**options: str) -> float:
        page = escl.scan(options=options, max_pages=1).pages[0]
        with Image.open(escl.spool / page.file) as image:
            return ImageStat.Stat(image.convert("L")).mean[0]

    assert lightness(brightness="-50") < lightness() - 60
    fault = escl.scan(options={"brightness": "500"}).fault
    assert (fault.code, "-100 to 100" in fault.detail) == (FaultCode.UNSUPPORTED, True)
    assert escl.scan(options={"contrast": "5"}).fault.code is FaultCode.INVALID_REQUEST


def test_a_resolution_between_two_of_a_sane_device_gives_the_finer_page(sane: Any) -> None:
    (page,) = sane.scan(dpi=99, max_pages=1).pages
    assert page.dpi == 99


@pytest.mark.parametrize(
    ("low", "high", "text", "code"),
    [
        (9.0, None, "8", FaultCode.UNSUPPORTED),
        (None, 7.0, "8", FaultCode.UNSUPPORTED),
        (None, None, "9" * 400, FaultCode.INVALID_REQUEST),
    ],
)
def test_a_number_beyond_a_range_of_one_end_or_of_any_number_is_refused(
    low: float | None, high: float | None, text: str, code: FaultCode
) -> None:
    with pytest.raises(DriverFault, match="level: ") as caught:
        value_of(Option("level", OptionType.INT, low=low, high=high), text)
    assert caught.value.fault.code is code
