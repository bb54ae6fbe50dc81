"""The thirty faults of docs/scanners.md, each by its number, on one workstation that is never started anew.

Every row ends with the next scan on the same application; row 30 is in tests/bench, where it runs alone.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from PIL import Image

from app.acquisition import errors
from app.acquisition.scanners import ScanOutcome
from drivers.client import Deadlines
from tests.scanners import (
    FEEDER_PPM,
    NETWORK_NAME,
    SLIP_DPI,
    SLIP_SIZE,
    Station,
    as_administrator,
    draw_slips,
    mortal_network_scanner,
    network_scanner,
    one_row,
    opened_station,
    sane_environment,
    troubled,
    when,
    workers,
)
from tests.support import ROOT, wait_until

pytestmark = pytest.mark.timeout(60)

SHEETS = 5
FAILED = errors.ScanFailed
SANE_SHEETS = 10  # the feeder of SANE's test device


@pytest.fixture(scope="module")
def workstation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Station]:
    with opened_station(tmp_path_factory.mktemp("workstation"), SHEETS) as station:
        yield station


@pytest.fixture
def station(workstation: Station, monkeypatch: pytest.MonkeyPatch) -> Iterator[Station]:
    with one_row(workstation, monkeypatch, Deadlines(start=5.0, page=3.0, stop=3.0)) as ready:
        yield ready


@pytest.mark.parametrize(
    ("row", "status", "kind"),
    [
        (1, "UNSUPPORTED", errors.NotSupported),
        (2, "CANCELLED", errors.ScanAborted),
        (3, "DEVICE_BUSY", errors.ScannerBusy),
        (4, "INVAL", errors.NotSupported),
        (5, "EOF", errors.PageLost),
        (6, "JAMMED", errors.PaperJam),
        (7, "NO_DOCS", errors.PageLost),
        (8, "COVER_OPEN", errors.CoverOpen),
        (9, "IO_ERROR", errors.ScanFailed),
        (10, "NO_MEM", errors.ScanFailed),
        (11, "ACCESS_DENIED", errors.ScannerDenied),
    ],
)
def test_rows_1_to_11_each_status_at_page_3(
    station: Station, tmp_path: Path, row: int, status: str, kind: type[FAILED]
) -> None:
    trouble = troubled(station.test_device, tmp_path / "in front", f"self.read_return_value = 'SANE_STATUS_{status}'")
    failed = station.fails(kind, station.sane, trouble)
    assert (failed.values["safe"], failed.values["sheet"]) == (2, 3)
    assert station.sequences == [1, 2]
    assert station.scan(station.sane, station.test_device).pages == SANE_SHEETS


def test_row_12_feeder_empty_at_the_start(station: Station, tmp_path: Path) -> None:
    tray = draw_slips(tmp_path / "tray", 0)
    with network_scanner(tray) as server:
        for scanner in ((station.escl(server.url),), station.airscan(server.url)):
            assert "0 pages" not in station.fails(errors.FeederEmpty, *scanner).title_in("en")
        draw_slips(tray, 2)
        assert station.scan(station.escl(server.url)).pages == 2
    assert station.slip_numbers == [1, 2]


def test_row_13_out_of_paper_inside_a_page_is_a_lost_page(station: Station, tmp_path: Path) -> None:
    trouble = troubled(station.test_device, tmp_path / "in front", "self.read_return_value = 'SANE_STATUS_NO_DOCS'")
    failed = station.fails(errors.PageLost, station.sane, trouble)
    assert "3" in failed.title_in("vi")
    assert station.sequences == [1, 2]


def test_row_14_cancel_in_mid_page_leaves_no_short_page(station: Station) -> None:
    options = {"read-delay": "yes", "read-delay-duration": "20000"}
    job = station.start(station.sane, station.test_device, **options)
    when(job, "Scanning sheet 2", lambda: station.application.scanners.abort(job), after=0.05)
    with pytest.raises(errors.ScanAborted) as aborted:
        job.result(station.limit)
    assert station.sequences == list(range(1, aborted.value.values["sheet"]))
    assert {page.height for page in station.application.dossiers.pages(station.dossier)} == {159}


def test_row_15_sheets_that_the_scanner_took_in_ahead_are_counted(station: Station) -> None:
    with network_scanner(station.slips, ppm=200, ahead=2) as server:
        profile = station.escl(server.url)
        job = station.start(profile)
        when(job, "Scanning sheet 2", lambda: station.application.scanners.abort(job))
        with pytest.raises(errors.ScanAborted) as aborted:
            job.result(station.limit)
        assert aborted.value.values["sheet"] == len(station.sequences) + 1
        server.scanner.lay_back(0)
        job = station.start(profile)
        when(job, "Scanning sheet 1", lambda: station.application.scanners.stop(job))
        outcome = job.result(station.limit)
        assert (outcome.stopped, outcome.undelivered > 0) == (True, True)


def test_row_16_exactly_all_pages_then_a_reloaded_feeder(station: Station) -> None:
    with network_scanner(station.slips, ppm=FEEDER_PPM) as server:
        scanner = station.airscan(server.url)
        assert [station.scan(*scanner).pages for _ in range(2)] == [SHEETS, SHEETS]
    assert station.slip_numbers == [*range(1, SHEETS + 1)] * 2


@pytest.mark.parametrize(("fault", "way"), [("stall", "escl"), ("hang", "escl"), ("stall", "airscan")])
def test_row_17_a_scanner_that_falls_silent_is_ended(station: Station, fault: str, way: str) -> None:
    with network_scanner(station.slips, {"page": 3, "fault": fault, "seconds": 30}, ppm=FEEDER_PPM) as server:
        if way == "escl":
            impatience = {"stall_seconds": "1", "page_seconds": "1"}
            station.fails(errors.ScannerStalled, station.escl(server.url), **impatience)
        else:
            station.fails(errors.ScannerStalled, *station.airscan(server.url))
        assert station.slip_numbers == [1, 2]
        assert station.scan(station.escl(server.url)).pages == SHEETS - 2
    assert station.slip_numbers == list(range(1, SHEETS + 1))


@pytest.mark.parametrize("fault", ["drop", "truncate"])
def test_row_18_a_connection_that_breaks(station: Station, fault: str) -> None:
    with network_scanner(station.slips, {"page": 3, "fault": fault, "times": 2}, ppm=FEEDER_PPM) as server:
        station.fails(errors.ScanFailed, station.escl(server.url))
        server.scanner.lay_back(0)
        station.fails(errors.ScanFailed, *station.airscan(server.url))
        assert station.slip_numbers == [1, 2, 1, 2]
        assert station.scan(station.escl(server.url)).pages == SHEETS - 2


def test_row_18_a_scanner_that_dies_in_mid_page(station: Station, tmp_path: Path) -> None:
    with mortal_network_scanner(station.slips, tmp_path, {"page": 3, "fault": "die"}) as url:
        station.fails(errors.ScanFailed, station.escl(url))
        assert station.slip_numbers == [1, 2]
        station.fails(errors.NoScanner, station.escl(url))


@pytest.mark.parametrize("way", ["escl", "airscan"])
def test_row_19_a_picture_cut_off_in_a_whole_answer(station: Station, tmp_path: Path, way: str) -> None:
    # Noise, as paper has it: the file of an even slip ends with bytes that say nothing.
    tray = tmp_path / "noisy"
    tray.mkdir()
    for number in range(1, 4):
        Image.effect_noise(SLIP_SIZE, 60).convert("RGB").save(tray / f"{number}.jpg", dpi=(SLIP_DPI, SLIP_DPI))
    with network_scanner(tray, {"page": 3, "fault": "shortjpeg"}, ppm=FEEDER_PPM) as server:
        scanner = (station.escl(server.url),) if way == "escl" else station.airscan(server.url)
        station.fails(errors.BadPicture, *scanner)
        assert station.sequences == [1, 2]
        server.scanner.lay_back(2)
        assert station.scan(*scanner).pages == 1


@pytest.mark.parametrize("fault", ["garbage", "html", "empty_body"])
def test_row_20_an_answer_that_is_no_picture(station: Station, fault: str) -> None:
    with network_scanner(station.slips, {"page": 3, "fault": fault, "times": 2}, ppm=FEEDER_PPM) as server:
        station.fails(errors.BadPicture, station.escl(server.url))
        server.scanner.lay_back(0)
        station.fails(errors.ScanFailed, *station.airscan(server.url))
        assert station.slip_numbers == [1, 2, 1, 2]
        assert station.scan(station.escl(server.url)).pages == SHEETS - 2


def test_row_21_a_busy_scanner_is_waited_for_and_then_told(station: Station) -> None:
    script = ({"page": 2, "fault": "busy", "times": 2}, {"page": 4, "fault": "busy_forever", "times": 4})
    with network_scanner(station.slips, *script) as server:
        station.fails(errors.ScannerBusy, station.escl(server.url), busy_seconds="2.5")
        assert station.slip_numbers == [1, 2, 3]
        assert station.scan(station.escl(server.url)).pages == SHEETS - 3


@pytest.mark.parametrize(
    ("fault", "kind", "through_sane"),
    [
        ("jam", errors.PaperJam, errors.PaperJam),
        ("cover_open", errors.CoverOpen, errors.CoverOpen),
        # airscan has no word for it: the clerk hears of some trouble. The direct way tells.
        ("double_feed", errors.DoubleFeed, errors.ScanFailed),
    ],
)
def test_row_22_trouble_in_the_feeder(station: Station, fault: str, kind: type[FAILED], through_sane: type[FAILED]) -> None:
    with network_scanner(station.slips, {"page": 3, "fault": fault, "times": 2}, ppm=FEEDER_PPM) as server:
        station.fails(kind, station.escl(server.url))
        server.scanner.lay_back(0)
        station.fails(through_sane, *station.airscan(server.url))
        assert station.slip_numbers == [1, 2, 1, 2]
        assert station.scan(*station.airscan(server.url)).pages == SHEETS - 2


def test_row_23_a_scanner_server_killed_in_mid_page(station: Station, tmp_path: Path) -> None:
    served = sane_environment(tmp_path / "served", test="number_of_devices 1\n", saned="127.0.0.1\n")
    reached = sane_environment(tmp_path / "reached", net="127.0.0.1\n")
    scanner = replace(station.sane, device="net:127.0.0.1:test:0")
    with subprocess.Popen(
        ["saned", "-l", "-b", "127.0.0.1", "-p", "6566"], env={**os.environ, **served}, stderr=subprocess.DEVNULL
    ) as saned:
        try:
            job = station.start(scanner, reached, **{"read-delay": "yes", "read-delay-duration": "200000"})
            when(job, "Scanning sheet 2", lambda: [child.kill() for child in psutil.Process(saned.pid).children()])
            with pytest.raises(errors.ScanFailed):
                job.result(station.limit)
            assert station.sequences == [1]
            wait_until(lambda: workers() == [], 5, "the end of the worker, which turns in a loop")
            assert station.scan(scanner, reached).pages == SANE_SHEETS
        finally:
            saned.terminate()


def test_row_23_a_reading_call_that_gives_nothing_and_no_error_is_no_progress(station: Station, tmp_path: Path) -> None:
    # A mock: it is what libsane's "net" does when its server dies inside a record, a moment that cannot be chosen.
    nothing = "import drivers.sane_read as reading; reading.library().sane_read = lambda stream, place, size, got: 0"
    station.fails(errors.ScannerStalled, station.sane, troubled(station.test_device, tmp_path / "in front", nothing))
    assert station.sequences == [1, 2]
    assert station.scan(station.sane, station.test_device).pages == SANE_SHEETS


@pytest.mark.parametrize(
    ("how", "kept"), [("in mid-page", 2), ("between renaming and announcing", 3), ("before the page is acknowledged", 3)]
)
def test_row_24_the_worker_is_killed(station: Station, how: str, kept: int) -> None:
    if how == "before the page is acknowledged":
        job = station.start(station.virtual)
        when(job, "3 pages scanned", lambda: os.kill(workers()[0].pid, signal.SIGKILL))
    else:
        fault = {"in mid-page": "die", "between renaming and announcing": "die_after_rename"}[how]
        job = station.start(station.virtual, fault=fault, fault_page="3")
    with pytest.raises(errors.DriverCrashed):
        job.result(station.limit)
    assert station.slip_numbers == list(range(1, kept + 1))
    assert station.scan(station.virtual, first_page=str(kept + 1)).pages == SHEETS - kept
    assert station.slip_numbers == list(range(1, SHEETS + 1))


def test_row_25_a_driver_that_crashes(station: Station, tmp_path: Path) -> None:
    trouble = troubled(station.test_device, tmp_path / "in front", "import ctypes; ctypes.string_at(0)")
    failed = station.fails(errors.DriverCrashed, station.sane, trouble)
    assert "SIGSEGV" in str(failed.values["detail"])
    assert station.sequences == [1, 2]
    assert station.scan(station.sane, station.test_device).pages == SANE_SHEETS


def test_row_26_a_library_that_locks_itself_up(station: Station, tmp_path: Path) -> None:
    # What libsane's lock after a cancel looks like from outside: the call for page 3 never returns.
    trouble = troubled(station.test_device, tmp_path / "in front", "import time; time.sleep(600)")
    station.fails(errors.ScannerStalled, station.sane, trouble)
    assert station.sequences == [1, 2]
    assert station.scan(station.sane, station.test_device).pages == SANE_SHEETS


def test_row_26_a_library_that_locks_itself_up_after_a_jam_does_not_hide_the_jam(station: Station, tmp_path: Path) -> None:
    # SANE's own test device does so, once in some dozens of times.
    never = "type(self).cancel = lambda self: __import__('time').sleep(60)"
    jam = troubled(station.test_device, tmp_path / "in front", f"self.read_return_value = 'SANE_STATUS_JAMMED'; {never}")
    assert station.fails(errors.PaperJam, station.sane, jam).values["safe"] == 2
    assert station.sequences == [1, 2]
    assert station.scan(station.sane, station.test_device).pages == SANE_SHEETS


@pytest.mark.parametrize("rest", ["time.sleep(60)", "os.kill(os.getpid(), 9)"])
def test_row_26_a_library_that_fails_after_the_last_page_fails_nobody(station: Station, tmp_path: Path, rest: str) -> None:
    # sane-airscan's closing waits for ever now and then; others crash at it.
    last = f"import os, time; type(self).close = lambda self: {rest}"
    trouble = troubled(station.test_device, tmp_path / "in front", last)
    assert station.scan(station.sane, trouble) == ScanOutcome(SANE_SHEETS, stopped=False)
    assert station.sequences == list(range(1, SANE_SHEETS + 1))


def test_row_26_a_library_that_locks_itself_up_at_a_stop_or_an_abort(station: Station, tmp_path: Path) -> None:
    trouble = troubled(
        station.test_device, tmp_path / "in front", "import time; type(self).cancel = lambda self: time.sleep(60)"
    )
    job = station.start(station.sane, trouble)
    when(job, "3 pages scanned", lambda: station.application.scanners.abort(job))
    with pytest.raises(errors.ScanAborted) as aborted:
        job.result(station.limit)
    assert aborted.value.values["safe"] == len(station.sequences) >= 3


@pytest.mark.parametrize(
    ("options", "comes"),
    [
        ({"depth": "16"}, False),
        ({"three-pass": "yes"}, False),
        ({"ppl-loss": "3"}, False),
        ({"hand-scanner": "yes"}, True),
        ({"read-limit": "yes", "read-limit-size": "1"}, True),
    ],
)
def test_row_27_odd_formats_come_right_or_not_at_all(station: Station, options: dict[str, str], comes: bool) -> None:
    if not comes:
        station.fails(errors.NotSupported, station.sane, station.test_device, **options)
        assert station.sequences == []
        return
    job = station.start(station.sane, station.test_device, **options)
    when(job, "1 pages scanned", lambda: station.application.scanners.stop(job))
    assert job.result(station.limit).stopped
    (page, *_) = station.application.dossiers.pages(station.dossier)
    assert page.width >= 253
    assert page.height >= 159


def test_row_28_a_spool_that_is_full_or_cannot_be_written(station: Station) -> None:
    spool = str(station.application.folder.spool)
    as_administrator("mount", "-t", "tmpfs", "-o", "size=32k", "tmpfs", spool)
    try:
        station.fails(errors.SpoolFull, replace(station.virtual, dpi=600))
        assert station.sequences == []
        assert station.scan(replace(station.virtual, dpi=75)).pages == SHEETS
        as_administrator("mount", "-o", "remount,ro", spool)
        with pytest.raises(Exception, match=r"ghi|đĩa|write|disk") as failed:
            station.scan(station.virtual)
        assert failed.value.remedy_in("vi")  # type: ignore[attr-defined]
    finally:
        as_administrator("umount", spool)
    assert station.slip_numbers == list(range(1, SHEETS + 1))


@pytest.mark.usefixtures("sole_listener")
def test_row_29_a_scanner_whose_number_changed_is_found_by_what_it_is(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    with network_scanner(station.slips, ppm=FEEDER_PPM) as server:
        profile, environment = station.airscan(server.url)
        monkeypatch.setenv("SANE_CONFIG_DIR", environment["SANE_CONFIG_DIR"])
        (seen,) = [each for each in station.application.scanners.search().scanners if each.device == profile.device]
        # Another scanner is put in front: the one of the profile is airscan:e1 now, and e0 is one that is off.
        station.airscan("http://127.0.0.1:9/eSCL", server.url)
        assert station.scan(replace(profile, identity=seen.identity)).pages == SHEETS
    assert station.slip_numbers == list(range(1, SHEETS + 1))


def test_row_29_a_scanner_that_is_switched_off(station: Station) -> None:
    with network_scanner(station.slips, ppm=FEEDER_PPM) as server:
        # It stands in SANE's configuration, so SANE lists it; only opening it tells.
        profile, environment = station.airscan("http://127.0.0.1:9/eSCL", server.url)
        off, on = (replace(profile, device=f"airscan:{device}") for device in ("e0:Other 1", f"e1:{NETWORK_NAME}"))
        assert "Other 1" in station.fails(errors.NoScanner, off, environment).title_in("vi")
        assert station.scan(on, environment).pages == SHEETS


def test_every_row_of_the_page_has_its_test() -> None:
    page = (ROOT / "docs" / "scanners.md").read_text("utf-8").partition("## The thirty faults")[2]
    rows = [int(row) for row in re.findall(r"^\| (?:1-)?(\d+) \|", page, re.MULTILINE)]
    assert rows == list(range(11, 31))
    tested = {int(found[1]) for name in globals() if (found := re.match(r"test_row_(\d+)_", name))}
    assert tested | {11, 30} == set(rows)
