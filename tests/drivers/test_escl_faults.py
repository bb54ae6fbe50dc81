"""The direct eSCL client against the virtual scanner: each fault is told apart, no page is lost or doubled."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from app.acquisition.errors import scan_failed
from drivers.client import DriverFault, read_capabilities, spool_leftovers
from drivers.contract import ColorMode, Event, FaultCode, Finished, PageFinished, PageStarted, Progress, Source

IMPATIENT = {"page_seconds": "1", "stall_seconds": "1", "busy_seconds": "1.5", "answer_seconds": "2"}
SILENT = {"stall", "hang", "busy_forever", "trickle"}

# At sheet 3 of 4: the fault, what it is told as, and the sides that had left the tray.
AT_PAGE_3 = [
    ("jam", FaultCode.JAM, 3),
    ("double_feed", FaultCode.DOUBLE_FEED, 3),
    ("cover_open", FaultCode.COVER_OPEN, 2),
    ("mispick", FaultCode.MISPICK, 2),
    ("tray_failed", FaultCode.IO_ERROR, 2),
    ("drop", FaultCode.IO_ERROR, 2),
    ("truncate", FaultCode.IO_ERROR, 3),
    ("chunked_cut", FaultCode.IO_ERROR, 3),
    ("shortjpeg", FaultCode.BAD_PAGE, 3),
    ("garbage", FaultCode.BAD_PAGE, 3),
    ("html", FaultCode.BAD_PAGE, 3),
    ("empty_body", FaultCode.BAD_PAGE, 3),
    ("tiny", FaultCode.BAD_PAGE, 3),
    ("huge", FaultCode.BAD_PAGE, 3),
    ("stall", FaultCode.STALLED, 3),
    ("trickle", FaultCode.STALLED, 3),
    ("hang", FaultCode.STALLED, 2),
    ("busy_forever", FaultCode.DEVICE_BUSY, 2),
    ("http500", FaultCode.IO_ERROR, 2),
    ("denied", FaultCode.ACCESS_DENIED, 2),
    ("redirect", FaultCode.IO_ERROR, 2),
    ("gone", FaultCode.IO_ERROR, 2),
    ("cancelled", FaultCode.IO_ERROR, 2),
]


def pictures(spool: Path, pages: list[PageFinished]) -> list[bytes]:
    return [(spool / page.file).read_bytes() for page in pages]


def sheets(tray: Path) -> list[bytes]:
    return [path.read_bytes() for path in sorted(tray.iterdir())]


@pytest.mark.parametrize(("fault", "code", "fed"), AT_PAGE_3)
def test_after_each_fault_the_batch_goes_on_at_that_sheet(
    serve: Any, connect: Any, tray: Path, fault: str, code: FaultCode, fed: int
) -> None:
    times = 2 if fault == "busy_forever" else 1
    bench = connect(serve({"page": 3, "fault": fault, "times": times, "seconds": 20}))
    first = bench.scan(options=IMPATIENT if fault in SILENT else {})
    assert (first.fault.code, first.fault.fed, first.fault.delivered) == (code, fed, 2)
    assert first.fault.detail
    assert "“" not in scan_failed(first.fault, scanner="Máy", safe=2).title_in("vi"), "the clerk reads the driver's English"
    assert not list(bench.spool.glob("*.part"))
    second = bench.scan()
    assert second.end == Finished(2)
    assert pictures(bench.spool, first.pages + second.pages) == sheets(tray)


@pytest.mark.parametrize("fault", ["jam", "double_feed", "cover_open", "mispick"])
@pytest.mark.parametrize("code", [503, 410])
def test_the_feeders_state_counts_whatever_the_http_status(serve: Any, connect: Any, fault: str, code: int) -> None:
    bench = connect(serve({"page": 2, "fault": fault, "code": code}))
    assert bench.scan().fault.code is FaultCode(fault)


@pytest.mark.parametrize(("fault", "more"), [("busy", {}), ("slow", {"seconds": 2.0}), ("chunked", {})])
def test_a_scanner_that_takes_its_time_or_gives_no_length_is_borne_with(
    serve: Any, connect: Any, tray: Path, fault: str, more: dict[str, float]
) -> None:
    bench = connect(serve({"page": 2, "fault": fault, **more}))
    outcome = bench.scan(options={"stall_seconds": "1.5"} if fault == "slow" else {})
    assert outcome.end == Finished(4)
    assert any(isinstance(event, Progress) for event in outcome.events) or fault == "chunked"
    assert pictures(bench.spool, outcome.pages) == sheets(tray)


def test_the_tray_may_run_out_early(serve: Any, connect: Any) -> None:
    bench = connect(serve({"page": 3, "fault": "empty"}))
    assert bench.scan().end == Finished(2)
    assert bench.scan().end == Finished(2)


def test_an_empty_feeder_is_no_empty_success(serve: Any, connect: Any, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    bench = connect(serve(pages=tmp_path / "empty"))
    fault = bench.scan().fault
    assert (fault.code, fault.fed) == (FaultCode.FEEDER_EMPTY, 0)
    assert bench.scan(source=Source.FLATBED).fault.code is FaultCode.IO_ERROR


JOB_FAULTS = [
    ("jam", FaultCode.JAM),
    ("cover_open", FaultCode.COVER_OPEN),
    ("mispick", FaultCode.MISPICK),
    ("busy_forever", FaultCode.DEVICE_BUSY),
    ("http500", FaultCode.IO_ERROR),
    ("denied", FaultCode.ACCESS_DENIED),
    ("refused", FaultCode.UNSUPPORTED),
    ("redirect", FaultCode.IO_ERROR),
    ("hang", FaultCode.STALLED),
    ("drip", FaultCode.STALLED),
    ("location_missing", FaultCode.IO_ERROR),
]


@pytest.mark.parametrize(("fault", "code"), JOB_FAULTS)
def test_an_order_that_is_not_taken(serve: Any, connect: Any, fault: str, code: FaultCode) -> None:
    bench = connect(serve({"fault": fault, "times": 3 if fault == "busy_forever" else 1}))
    outcome = bench.scan(options={"answer_seconds": "1", "busy_seconds": "1.5"} if fault in {*SILENT, "drip"} else {})
    assert (outcome.fault.code, outcome.fault.fed) == (code, 0)


@pytest.mark.parametrize("fault", ["location_relative", "location_wrong_host", "busy"])
def test_an_order_that_is_taken_oddly(serve: Any, connect: Any, fault: str) -> None:
    assert connect(serve({"fault": fault})).scan(max_pages=1).end == Finished(1)


@pytest.mark.parametrize("fault", ["not_xml", "bomb", "too_long", "drip", "hang", "redirect", "http500"])
@pytest.mark.parametrize("at", ["status", "capabilities"])
def test_hostile_words_of_a_device(serve: Any, connect: Any, at: str, fault: str) -> None:
    bench = connect(serve({"at": at, "fault": fault, "seconds": 20}))
    began = time.monotonic()
    outcome = bench.scan(options={"answer_seconds": "1"} if fault in {*SILENT, "drip"} else {})
    code = {"drip": FaultCode.STALLED, "hang": FaultCode.STALLED}.get(fault, FaultCode.IO_ERROR)
    if (at, fault) == ("capabilities", "http500"):
        code = FaultCode.NO_DEVICE
    assert (outcome.fault.code, outcome.fault.fed) == (code, 0)
    assert "“" not in scan_failed(outcome.fault, scanner="Máy", safe=0).title_in("vi")
    assert time.monotonic() - began < 5


def test_a_scanner_that_dies_in_mid_page(virtual_escl: Any, connect: Any, tray: Path) -> None:
    server = virtual_escl("--pages", str(tray), script=[{"page": 3, "fault": "die"}])
    bench = connect(server)
    fault = bench.scan().fault
    assert (fault.code, fault.fed, fault.delivered) == (FaultCode.IO_ERROR, 3, 2)
    assert bench.scan().fault.code is FaultCode.NO_DEVICE
    with pytest.raises(DriverFault) as caught:
        read_capabilities("escl", bench.device, environment=bench.environment)
    assert caught.value.fault.code is FaultCode.NO_DEVICE


def test_the_devices_own_file_is_the_page(serve: Any, connect: Any, tray: Path) -> None:
    # What no program writes: a comment after the header proves that nobody encoded it again.
    for path in tray.iterdir():
        data = path.read_bytes()
        path.write_bytes(data[:20] + b"\xff\xfe\x00\x06note" + data[20:])
    bench = connect(serve())
    assert pictures(bench.spool, bench.scan().pages) == sheets(tray)


def test_stop_delivers_what_was_taken_in_and_counts_the_rest(serve: Any, connect: Any, tray: Path) -> None:
    bench = connect(serve(ahead=1))

    def on_event(run: Any, event: Event) -> None:
        if event == PageStarted(1):
            run.stop()

    outcome = bench.scan(on_event)
    assert outcome.end == Finished(2, undelivered=1)
    again = bench.scan()
    assert pictures(bench.spool, outcome.pages + again.pages) == sheets(tray)


def test_no_page_is_made_small_while_the_scanner_is_ahead(serve: Any, connect: Any) -> None:
    server = serve({"page": 3, "fault": "slow", "seconds": 0.5})
    bench = connect(server)
    pages = bench.scan().pages
    assert [bool(page.thumbnail) for page in (pages[0], pages[2])] == [True, True]
    # The others came at once, as far as this computer let them.
    assert not all(page.thumbnail for page in pages)


@pytest.mark.parametrize("seconds", [0.0, 0.5])
def test_a_page_broken_between_its_ends_is_told(serve: Any, connect: Any, tray: Path, seconds: float) -> None:
    second = sorted(tray.iterdir())[1]
    good = second.read_bytes()
    # Nonsense where a table of codes should be: the first and the last marker are there.
    place = good.index(b"\xff\xc4") + 5
    second.write_bytes(good[:place] + b"\xff" * 16 + good[place + 16 :])
    bench = connect(serve({"page": 2, "fault": "slow", "seconds": seconds}))
    fault = bench.scan().fault
    assert (fault.code, fault.fed, fault.delivered) == (FaultCode.BAD_PAGE, 2, 1)
    assert len(spool_leftovers(bench.spool)) == 1


def test_a_limit_of_pages_counts_what_the_scanner_took_in_beyond(serve: Any, connect: Any) -> None:
    assert connect(serve(ahead=3)).scan(max_pages=1).end == Finished(1, undelivered=3)


def test_cancel_while_the_scanner_is_silent(serve: Any, connect: Any) -> None:
    server = serve({"page": 2, "fault": "hang"})
    bench = connect(server)
    with bench.start() as run:
        for event in run.events():
            if isinstance(event, PageFinished):
                run.next_page()
                time.sleep(0.3)
                began = time.monotonic()
                run.abort()
        assert time.monotonic() - began < 2
    assert (event.code, event.delivered) == (FaultCode.CANCELLED, 1)
    assert len(spool_leftovers(bench.spool)) == 1
    # The job was taken back, so the next batch need not wait for it.
    assert b"Canceled" in server.scanner.status_xml()


def test_the_wait_for_a_slow_scanner_is_no_silence(serve: Any, connect: Any) -> None:
    outcome = connect(serve(ppm=40)).scan(max_pages=1)
    assert any(isinstance(event, Progress) and event.sequence == 0 for event in outcome.events)
    assert outcome.end == Finished(1)


def test_each_flatbed_job_takes_the_next_sheet(serve: Any, connect: Any, tray: Path) -> None:
    bench = connect(serve())
    pages = [bench.scan(source=Source.FLATBED).pages[0] for _ in range(2)]
    assert pictures(bench.spool, pages) == sheets(tray)[:2]


@pytest.mark.parametrize(
    "options", [{"stall_seconds": "0"}, {"busy_seconds": "soon"}, {"page_seconds": "inf"}, {"timeout": "3"}]
)
def test_an_option_that_makes_no_sense_is_refused(escl: Any, options: dict[str, str]) -> None:
    assert escl.scan(options=options).fault.code is FaultCode.INVALID_REQUEST


def test_gray_is_what_the_device_sends(escl: Any) -> None:
    (page,) = escl.scan(mode=ColorMode.GRAY, max_pages=1).pages
    assert page.mode is ColorMode.GRAY
