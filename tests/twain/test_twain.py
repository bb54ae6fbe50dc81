"""TWAIN through the whole chain: client, pipes, a worker on the Windows Python, pytwain, a manager, a data source in C."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from drivers.client import Deadlines, ScanRun, find_devices, list_devices, read_capabilities, read_options, spool_leftovers
from drivers.contract import ColorMode, Device, Event, FaultCode, Finished, OptionType, PageFinished, PageStarted, Source
from drivers.programs import TWAIN_WORKERS, programs
from tests.benches import HEIGHT, WIDTH
from tests.wine import DEVICE, NAME, TwainBench, side_number, worker_folder

JAM, DOUBLE_FEED, OFFLINE, INTERLOCK, NO_MEDIA = 20, 21, 23, 24, 29


def sides(bench: TwainBench, pages: list[PageFinished]) -> list[int]:
    return [side_number(bench.spool / page.file) for page in pages]


def test_devices(either: TwainBench) -> None:
    assert list_devices("twain", environment=either.environment) == (
        Device("twain", either.device, NAME, identity=either.device),
    )


def test_drivers_of_both_kinds_are_listed_and_each_is_opened_by_the_program_for_it(twain: TwainBench, tmp_path: Path) -> None:
    both = replace(twain, environment={**twain.environment, TWAIN_WORKERS: str(worker_folder(tmp_path / "both", 64, 32))})
    found = find_devices("twain", environment=both.environment)
    assert found.faults == ()
    assert [(one.name, one.label) for one in found.devices] == [
        (f"64:{NAME}", f"{NAME} (64-bit)"),
        (f"32:{NAME}", f"{NAME} (32-bit)"),
    ]
    # Each program refuses what belongs to the other, as the next test shows.
    for address in ("32:", "64:", ""):
        assert both.scan(device=address + NAME, max_pages=1).end == Finished(1)
    # Without the manager of 64-bit drivers the others are there, and nothing is amiss.
    without = {**both.environment, "WINEDLLOVERRIDES": f"{both.environment['WINEDLLOVERRIDES']};twaindsm=d"}
    found = find_devices("twain", environment=without)
    assert ([one.label for one in found.devices], found.faults) == ([NAME], ())


def test_a_driver_of_the_other_kind_is_told(either: TwainBench) -> None:
    other = {"64": "32", "32": "64"}[either.device[:2]]
    fault = either.scan(device=f"{other}:{NAME}").fault
    assert (fault.code, fault.detail) == (
        FaultCode.NO_DEVICE,
        f"{NAME}: a {other}-bit driver, and there is no program for such drivers",
    )


@pytest.mark.parametrize(
    ("plan", "sources", "resolutions"),
    [
        ({}, tuple(Source), (50, 75, 100, 150, 200, 300, 600)),
        ({"range": 1, "has": "fd"}, (Source.FEEDER, Source.DUPLEX), (75, 100, 150, 200, 240, 300, 400, 600)),
        ({"first": 1, "has": "g"}, (Source.FLATBED,), (50, 75, 100, 150, 200, 300, 600)),
    ],
)
def test_capabilities(twain: TwainBench, plan: dict[str, object], sources: object, resolutions: object) -> None:
    found = read_capabilities("twain", DEVICE, environment=twain.ordered(**plan).environment)
    assert (found.sources, found.resolutions) == (sources, resolutions)
    assert found.modes == tuple(ColorMode)
    assert (found.max_width_mm, found.max_height_mm) == (pytest.approx(215.9), pytest.approx(355.6))


@pytest.mark.parametrize("generation", [1, 2])
@pytest.mark.parametrize("transfer", ["native", "file"])
def test_pages_come_whole_and_in_order(either: TwainBench, generation: int, transfer: str) -> None:
    bench = either.ordered(first=int(generation == 1))
    outcome = bench.scan(options={"transfer": transfer})
    assert outcome.end == Finished(3)
    assert sides(bench, outcome.pages) == [1, 2, 3]
    with Image.open(bench.spool / outcome.pages[0].file) as image:
        assert image.size == (WIDTH, HEIGHT)
        red, green, blue = image.getpixel((WIDTH * 3 // 4, HEIGHT * 7 // 8))
        assert red > 150 > 60 > max(green, blue)
        assert image.getpixel((3, 3)) < (60, 60, 60) < (200, 200, 200) < image.getpixel((WIDTH * 2 // 10, 3))
    assert not list(bench.spool.glob("*.bmp"))


def test_fifty_pages(twain: TwainBench) -> None:
    bench = twain.ordered(sheets=50, uncounted=1)
    outcome = bench.scan(mode=ColorMode.GRAY)
    assert outcome.end == Finished(50)
    assert sides(bench, outcome.pages) == list(range(1, 51))


def test_both_sides(either: TwainBench) -> None:
    outcome = either.scan(source=Source.DUPLEX)
    assert outcome.end == Finished(6)
    assert [page.side for page in outcome.pages] == ["front", "back"] * 3
    assert sides(either, outcome.pages) == [1, 2, 3, 4, 5, 6]


def test_a_spool_with_vietnamese_letters_takes_files(twain: TwainBench) -> None:
    twain.spool = twain.spool / "lô quét số 1"
    twain.spool.mkdir()
    assert twain.ordered(first=1).scan(options={"transfer": "file"}).end == Finished(3)
    assert len(spool_leftovers(twain.spool)) == 3


@pytest.mark.parametrize("mode", [ColorMode.BITONAL, ColorMode.GRAY])
def test_modes_by_file(twain: TwainBench, mode: ColorMode) -> None:
    outcome = twain.scan(mode=mode, max_pages=2, options={"transfer": "file"})
    assert sides(twain, outcome.pages) == [1, 2]
    assert {page.mode for page in outcome.pages} == {mode}


@pytest.mark.parametrize(
    ("fault", "step", "code", "delivered"),
    [
        (JAM, "transfer", FaultCode.JAM, 2),
        (DOUBLE_FEED, "transfer", FaultCode.DOUBLE_FEED, 2),
        (INTERLOCK, "transfer", FaultCode.COVER_OPEN, 2),
        (JAM, "info", FaultCode.JAM, 2),
        (OFFLINE, "transfer", FaultCode.NO_DEVICE, 2),
    ],
)
def test_trouble_with_the_third_sheet(twain: TwainBench, fault: int, step: str, code: FaultCode, delivered: int) -> None:
    bench = twain.ordered(fault=fault, step=step, at=3, sheets=5)
    outcome = bench.scan()
    assert (outcome.fault.code, outcome.fault.sequence, outcome.fault.delivered) == (code, delivered + 1, delivered)
    assert outcome.fault.fed == (3 if step == "transfer" else 2)
    assert sides(bench, outcome.pages) == [1, 2]


def test_an_empty_feeder(twain: TwainBench) -> None:
    fault = twain.ordered(sheets=0).scan().fault
    assert (fault.code, fault.fed) == (FaultCode.FEEDER_EMPTY, 0)


def test_a_driver_that_cannot_count_and_announces_one_sheet_too_many(twain: TwainBench) -> None:
    outcome = twain.ordered(fault=NO_MEDIA, step="info", at=3, sheets=9, uncounted=1).scan()
    assert outcome.end == Finished(2)


def test_a_scanner_that_is_switched_off(twain: TwainBench) -> None:
    fault = twain.ordered(fault=OFFLINE, step="open").scan().fault
    assert (fault.code, fault.fed) == (FaultCode.NO_DEVICE, 0)
    assert NAME in fault.detail


def test_a_driver_that_asks_to_be_closed(twain: TwainBench) -> None:
    assert twain.ordered(closes=1).scan().fault.code is FaultCode.IO_ERROR


@pytest.mark.parametrize("transfer", ["native", "file"])
def test_half_a_page_is_no_page(twain: TwainBench, transfer: str) -> None:
    outcome = twain.ordered(cut=2).scan(options={"transfer": transfer})
    assert (outcome.fault.code, outcome.fault.fed, outcome.fault.delivered) == (FaultCode.PAGE_LOST, 2, 1)


@pytest.mark.parametrize(("how", "told"), [("crash", "access violation"), ("ends", "exit code 3")])
def test_a_driver_that_crashes(either: TwainBench, how: str, told: str) -> None:
    outcome = either.ordered(**{how: 2}).scan()
    assert (outcome.fault.code, outcome.fault.fed, outcome.fault.delivered) == (FaultCode.CRASHED, 2, 1)
    assert told in outcome.fault.detail
    assert len(spool_leftovers(either.spool)) == 1
    assert either.scan().end == Finished(3)


def test_a_driver_that_never_returns(either: TwainBench) -> None:
    outcome = either.ordered(hang=2).scan(deadlines=Deadlines(page=3.0))
    assert (outcome.fault.code, outcome.fault.fed, outcome.fault.delivered) == (FaultCode.STALLED, 2, 1)


def test_abort_while_the_driver_is_silent(twain: TwainBench) -> None:
    with twain.ordered(silent=1).start() as run:
        threading.Timer(3.0, run.abort).start()
        events = list(run.events())
    assert getattr(events[-1], "code", None) is FaultCode.CANCELLED


def test_stop_takes_in_no_further_sheet(twain: TwainBench) -> None:
    outcome = twain.ordered(sheets=9).scan(stop_at(2))
    assert outcome.end == Finished(2)


def test_stop_drains_a_scanner_that_runs_ahead(twain: TwainBench) -> None:
    bench = twain.ordered(sheets=9, ahead=2)
    outcome = bench.scan(stop_at(2))
    assert outcome.end == Finished(4)
    assert sides(bench, outcome.pages) == [1, 2, 3, 4]


def stop_at(side: int):  # type: ignore[no-untyped-def]
    def on_event(run: ScanRun, event: Event) -> None:
        if event == PageStarted(side):
            run.stop()

    return on_event


def test_the_worker_is_killed(either: TwainBench) -> None:
    def on_event(run: ScanRun, event: Event) -> None:
        if event == PageStarted(2):
            os.kill(run.pid, signal.SIGKILL)

    outcome = either.ordered(hang=2).scan(on_event)
    assert (outcome.fault.code, outcome.fault.fed, outcome.fault.delivered) == (FaultCode.CRASHED, 2, 1)
    assert "SIGKILL" in outcome.fault.detail
    assert either.scan().end == Finished(3)


def test_the_program_listens_until_the_pipe_is_closed(either: TwainBench) -> None:
    (program,) = programs("twain", either.environment)
    lines = b'what?\n{"type":"NextPage"}\n{"type":"ListDevices"}\n'
    environment = {**os.environ, **either.environment}
    ended = subprocess.run(program.command, input=lines, env=environment, capture_output=True, check=False, timeout=30)
    assert [line.split(b'"')[3] for line in ended.stdout.splitlines()] == [b"Ready", b"Fault", b"DevicesFound"]
    assert ended.returncode == 0


def test_the_worker_ends_when_the_workstation_is_gone_in_mid_page(twain: TwainBench) -> None:
    with twain.ordered(hang=1).start() as run:
        for event in run.events():
            if isinstance(event, PageStarted):
                break
        # Time for the driver to begin its endless call: before it, the worker would end at once, and politely.
        time.sleep(1.0)
        # 1 is what the worker's own lifeline gives, after six seconds; a worker that had to be killed would give another.
        assert run._process.end(30.0) == 1


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"icap-brightness": "20"}, None),
        ({"icap_brightness": "dark"}, FaultCode.INVALID_REQUEST),
        ({"transfer": "by pigeon"}, FaultCode.INVALID_REQUEST),
        ({"cap_deviceonline": "0"}, FaultCode.UNSUPPORTED),
        ({"icap_gamma": "2"}, FaultCode.UNSUPPORTED),
    ],
)
def test_options_of_the_driver(twain: TwainBench, options: dict[str, str], code: FaultCode | None) -> None:
    outcome = twain.scan(options=options, max_pages=1)
    assert outcome.end == Finished(1) if code is None else outcome.fault.code is code


def test_a_source_that_is_not_there(twain: TwainBench) -> None:
    assert twain.ordered(has="f").scan(source=Source.FLATBED).fault.code is FaultCode.UNSUPPORTED
    assert twain.ordered(has="g").scan().fault.code is FaultCode.UNSUPPORTED
    assert twain.scan(device="").fault.code is FaultCode.NO_DEVICE
    assert twain.scan(device="n" * 90).fault.code is FaultCode.NO_DEVICE


def test_any_resolution_of_a_range(twain: TwainBench) -> None:
    (page,) = twain.ordered(range=1).scan(dpi=137, source=Source.FLATBED).pages
    assert (page.dpi, page.width) == (137, 539)


def test_every_capability_is_an_option(twain: TwainBench) -> None:
    request = twain.request(spool="", options={"ICAP_BRIGHTNESS": "20", "CAP_NOT_THERE": "1", "ICAP_CONTRAST": "5"})
    found = read_options("twain", request, environment=twain.environment)
    options = {option.name: option for option in found.options}
    assert (options["ICAP_BRIGHTNESS"].type, options["ICAP_BRIGHTNESS"].value) == (OptionType.FIXED, "20")
    assert options["ICAP_XRESOLUTION"].choices == ("50", "75", "100", "150", "200", "300", "600")
    assert options["CAP_FEEDERENABLED"].type is OptionType.BOOL
    assert options["transfer"].choices == ("native", "file")
    assert {one.name for one in found.refused} == {"CAP_NOT_THERE", "ICAP_CONTRAST"}
    assert "ICAP_CONTRAST" not in options, "the driver does not have it"


def test_a_range_of_a_capability_is_an_options_range(twain: TwainBench) -> None:
    bench = twain.ordered(range=1)
    found = read_options("twain", bench.request(spool=""), environment=bench.environment)
    option = next(option for option in found.options if option.name == "ICAP_XRESOLUTION")
    assert (option.choices, option.low, option.high) == ((), 50.0, 600.0)


def test_a_driver_that_lists_its_capabilities_is_asked_for_no_others(twain: TwainBench) -> None:
    bench = twain.ordered(has="gfdl")
    found = read_options("twain", bench.request(spool=""), environment=bench.environment)
    listed = {
        "ICAP_PIXELTYPE",
        "CAP_FEEDERENABLED",
        "CAP_DUPLEXENABLED",
        "ICAP_BRIGHTNESS",
        "ICAP_XRESOLUTION",
        "ICAP_YRESOLUTION",
    }
    assert {option.name for option in found.options} == {"transfer", *listed}


TEXTS = {"CAP_PRINTERSTRING": "scanned", "ICAP_HALFTONES": "Bayer 8x8", "CAP_DOUBLEFEEDDETECTION": "0, 1"}


def test_texts_and_lists_are_options(either: TwainBench) -> None:
    found = read_options("twain", either.request(spool=""), environment=either.environment)
    options = {option.name: option for option in found.options}
    assert {options[name].type for name in (*TEXTS, "CAP_SERIALNUMBER")} == {OptionType.STRING}
    assert options["ICAP_HALFTONES"].choices == ("None", "Bayer 8x8", "Error diffusion")
    assert (options["ICAP_HALFTONES"].value, options["CAP_SERIALNUMBER"].value) == ("None", "SN-0042")
    assert (options["CAP_DOUBLEFEEDDETECTION"].choices, options["CAP_DOUBLEFEEDDETECTION"].count) == (("0", "1"), 0)
    assert (options["ICAP_HALFTONES"].count, options["CAP_SERIALNUMBER"].count) == (1, 1)
    wanted = {**TEXTS, "CAP_PRINTERSTRING": "n" * 254 + "é"}
    found = read_options("twain", either.request(spool="", options=wanted), environment=either.environment)
    assert found.refused == ()
    assert {option.name: option.value for option in found.options if option.name in wanted} == wanted


@pytest.mark.parametrize(
    "asked",
    [
        {
            "CAP_PRINTERSTRING": ("n" * 256, "longer than 255"),
            "ICAP_HALFTONES": ("Rosette", "condition code 10"),
            "CAP_DOUBLEFEEDDETECTION": ("0, 7", "takes 0"),
        },
        {
            "CAP_PRINTERSTRING": ("漢字", "does not fit"),
            "CAP_SERIALNUMBER": ("SN-1", "condition code"),
            "CAP_DOUBLEFEEDDETECTION": ("by ear", "does not fit"),
        },
    ],
)
def test_texts_and_lists_that_do_not_fit(twain: TwainBench, asked: dict[str, tuple[str, str]]) -> None:
    options = {name: text for name, (text, _) in asked.items()}
    found = read_options("twain", twain.request(spool="", options=options), environment=twain.environment)
    assert [one.name for one in found.refused] == list(asked)
    for one in found.refused:
        assert asked[one.name][1] in one.why


def test_two_sheets_at_once_are_noticed_where_the_profile_asks_for_it(either: TwainBench) -> None:
    bench = either.ordered(together=2)
    assert bench.scan(options={"CAP_DOUBLEFEEDDETECTION": ""}).end == Finished(3)
    for transfer in ("native", "file"):
        fault = bench.scan(options={"CAP_DOUBLEFEEDDETECTION": "0", "transfer": transfer}).fault
        assert (fault.code, fault.delivered) == (FaultCode.DOUBLE_FEED, 1)
