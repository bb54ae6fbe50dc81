"""The faults of docs/scanners.md by TWAIN, each by its number, on one workstation that is never started anew.

Rows take turns with the 64-bit and the 32-bit worker. Every row ends with two scans on the same application: by the
driver that failed, and by another one.
"""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import psutil
import pytest

from app.acquisition import errors
from app.acquisition.scanners import ScanOutcome
from app.jobs import Job
from app.model.profile import Profile, Source
from drivers import client
from drivers.client import Deadlines
from drivers.programs import TWAIN_WORKERS
from tests.scanners import Station, one_row, opened_station, when, workers
from tests.support import ROOT, wait_until
from tests.wine import NAME, on_windows, ordered, side_number, wine, worker_folder

__all__ = ["wine"]

pytestmark = pytest.mark.timeout(90)

SHEETS = 5
JAM, DOUBLE_FEED, OFFLINE, INTERLOCK = 20, 21, 23, 24


@dataclass
class Desk:
    """A workstation with a TWAIN scanner of five sheets; ``usual`` is the environment without mishaps."""

    station: Station
    profile: Profile
    usual: dict[str, str]

    def start(self, source: Source = Source.FEEDER, **plan: object) -> Job[ScanOutcome]:
        environment = {**self.usual, **ordered(**{"sheets": SHEETS, **plan})}
        return self.station.start(replace(self.profile, source=source), environment)

    def scan(self, source: Source = Source.FEEDER, **plan: object) -> ScanOutcome:
        return self.start(source, **plan).result(self.station.limit)

    def fails(self, kind: type[errors.ScanFailed], *, safe: int, **plan: object) -> errors.ScanFailed:
        with pytest.raises(errors.ScanFailed) as failed:
            self.scan(**plan)
        assert type(failed.value) is kind, failed.value
        assert failed.value.values["safe"] == safe
        assert self.sides == list(range(1, safe + 1))
        return failed.value

    @property
    def sides(self) -> list[int]:
        pages = self.station.application.dossiers.pages(self.station.dossier)
        return [side_number(self.station.application.folder.pages / page.file) for page in pages]


@pytest.fixture(scope="module")
def workstation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Station]:
    with opened_station(tmp_path_factory.mktemp("workstation"), SHEETS) as station:
        yield station


@pytest.fixture
def desk(
    request: pytest.FixtureRequest,
    workstation: Station,
    wine: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Desk]:
    monkeypatch.setattr(client, "start_scan", partial(_start_under_wine, client.start_scan))
    usual = {**wine, TWAIN_WORKERS: str(worker_folder(tmp_path, 64, 32))}
    profile = replace(workstation.virtual, backend="twain", device=f"{request.param}:{NAME}")
    with one_row(workstation, monkeypatch, Deadlines(start=15.0, page=4.0, stop=4.0)) as station:
        desk = Desk(station, profile, usual)
        yield desk
        station.dossier = station.application.dossiers.new().id
        assert desk.scan() == ScanOutcome(SHEETS, stopped=False)
        assert desk.sides == list(range(1, SHEETS + 1))
        wait_until(lambda: not _left(usual), 20, "the end of all that was started")


def _start_under_wine(start, backend, request, **others):  # type: ignore[no-untyped-def]
    return start(backend, on_windows(request) if backend == "twain" else request, **others)


def _left(environment: dict[str, str]) -> list[psutil.Process]:
    """What of this row still runs: Wine lets a 32-bit program stand beside the process that was started."""
    found = []
    for process in psutil.process_iter(["environ"]):
        if (process.info["environ"] or {}).get(TWAIN_WORKERS) == environment[TWAIN_WORKERS]:
            found.append(process)
    return found


def by(bits: int) -> pytest.MarkDecorator:
    """Run a row by the worker of these bits."""
    return pytest.mark.parametrize("desk", [bits], indirect=True, ids=[f"{bits} bits"])


@by(64)
def test_row_t1_paper_jam_at_page_3(desk: Desk) -> None:
    failed = desk.fails(errors.PaperJam, safe=2, fault=JAM, at=3)
    assert failed.values["sheet"] == 3


@by(32)
def test_row_t2_two_sheets_at_once(desk: Desk) -> None:
    assert desk.fails(errors.DoubleFeed, safe=2, fault=DOUBLE_FEED, at=3).values["sheet"] == 3


@by(64)
def test_row_t3_cover_opened(desk: Desk) -> None:
    desk.fails(errors.CoverOpen, safe=1, fault=INTERLOCK, at=2)


@by(32)
def test_row_t4_feeder_empty_at_the_start(desk: Desk) -> None:
    desk.fails(errors.FeederEmpty, safe=0, sheets=0)


@by(64)
def test_row_t5_switched_off_before_the_scan(desk: Desk) -> None:
    assert NAME in desk.fails(errors.NoScanner, safe=0, fault=OFFLINE, step="open").title_in("vi")


@by(32)
def test_row_t6_switched_off_in_mid_batch(desk: Desk) -> None:
    desk.fails(errors.NoScanner, safe=2, fault=OFFLINE, at=3)


@by(64)
def test_row_t7_fifty_pages_from_a_driver_that_cannot_count(desk: Desk) -> None:
    assert desk.scan(sheets=50, uncounted=1) == ScanOutcome(50, stopped=False)
    assert desk.sides == list(range(1, 51))


@by(32)
def test_row_t8_both_sides(desk: Desk) -> None:
    assert desk.scan(Source.DUPLEX) == ScanOutcome(2 * SHEETS, stopped=False)
    assert desk.sides == list(range(1, 2 * SHEETS + 1))
    pages = desk.station.application.dossiers.pages(desk.station.dossier)
    assert [page.provenance.side for page in pages] == ["front", "back"] * SHEETS


@pytest.mark.parametrize(("desk", "how"), [(32, "crash"), (64, "ends")], indirect=["desk"])
def test_row_t9_the_driver_crashes_in_mid_page(desk: Desk, how: str) -> None:
    desk.fails(errors.DriverCrashed, safe=2, **{how: 3})


@by(32)
def test_row_t10_the_driver_never_returns(desk: Desk) -> None:
    desk.fails(errors.ScannerStalled, safe=2, hang=3)


@by(64)
def test_row_t11_the_worker_is_killed_in_mid_page(desk: Desk) -> None:
    job = desk.start(hang=3)
    when(job, "Scanning sheet 3", lambda: os.kill(workers()[0].pid, signal.SIGKILL))
    with pytest.raises(errors.DriverCrashed) as crashed:
        job.result(desk.station.limit)
    assert (crashed.value.values["safe"], desk.sides) == (2, [1, 2])


@by(32)
def test_row_t12_half_a_page(desk: Desk) -> None:
    desk.fails(errors.PageLost, safe=1, cut=2)


@by(64)
def test_row_t13_abort_in_mid_page_and_stop(desk: Desk) -> None:
    job = desk.start(delay=700)
    when(job, "Scanning sheet 2", lambda: desk.station.application.scanners.abort(job))
    with pytest.raises(errors.ScanAborted):
        job.result(desk.station.limit)
    assert desk.sides == [1]
    job = desk.start(delay=300)
    when(job, "Scanning sheet 2", lambda: desk.station.application.scanners.stop(job))
    assert job.result(desk.station.limit) == ScanOutcome(2, stopped=True)
    assert desk.sides == [1, 1, 2]


def test_every_row_of_the_page_has_its_test() -> None:
    page = (ROOT / "docs" / "scanners.md").read_text("utf-8")
    rows = [int(row) for row in re.findall(r"^\| T(\d+) \|", page, re.MULTILINE)]
    tested = [int(found[1]) for name in globals() if (found := re.match(r"test_row_t(\d+)_", name))]
    assert rows == tested == list(range(1, 14))
