"""Faults, kills and a clerk's keys in any order, through real workers: no delivered page is lost, none comes twice.

With tests/drivers/test_escl_random.py, which runs a hundred sequences without processes, these are two hundred.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from app.acquisition.errors import ScanFailed
from app.model.profile import Profile
from drivers import client, process
from drivers.client import Deadlines
from drivers.virtual_escl import Server
from drivers.virtual_escl_device import Tray, VirtualScanner
from drivers.virtual_escl_faults import parse_script
from tests.drivers.test_escl_random import IMPATIENT, scripts
from tests.scanners import Station, network_scanner, opened_station, when, workers

SHEETS = 5
MANY = 40  # More batches than any sequence can spoil, also on a computer so busy that a limit is passed for no reason.
PLENTY = 60.0
FAULTS = ["jam", "double_feed", "cover_open", "empty", "truncate", "segfault", "die", "die_after_rename", "stall"]

mishaps = st.one_of(st.none(), st.tuples(st.sampled_from(FAULTS), st.integers(1, SHEETS)))
# What happens meanwhile: a key of the clerk or the end of the worker, when a sheet begins or when it is kept.
keys = st.one_of(
    st.none(),
    st.tuples(
        st.sampled_from(["stop", "abort", "kill"]),
        st.sampled_from(["Scanning sheet {}", "{} pages scanned"]),
        st.integers(1, SHEETS),
    ),
)
Key = tuple[str, str, int] | None
Batches = list[tuple[tuple[str, int] | None, Key]]
batches = st.lists(st.tuples(mishaps, keys), min_size=1, max_size=3)
often = partial(
    settings,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Station]:
    """A workstation that waits neither for a silent scanner nor for the disk, as no power cut is among the faults."""
    with pytest.MonkeyPatch.context() as patch, opened_station(tmp_path_factory.mktemp("workstation"), SHEETS) as station:
        patch.setattr(process, "TERM_SECONDS", 0.2)
        patch.setattr(client, "ABORT_SECONDS", 0.2)
        patch.setattr(client, "start_scan", partial(client.start_scan, deadlines=Deadlines(start=PLENTY, page=1.0, stop=1.0)))
        patch.setattr(os, "fsync", lambda handle: None)
        yield station


@pytest.fixture(scope="module")
def server(station: Station) -> Iterator[Server]:
    with network_scanner(station.slips) as server:
        yield server


def press(station: Station, job: Any, key: Key) -> None:
    """Let a batch be stopped, aborted or its worker killed once it is so far."""
    if key is None:
        return
    what, words, number = key

    def act() -> None:
        if what == "kill":
            for worker in workers():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(worker.pid, signal.SIGKILL)
        else:
            getattr(station.application.scanners, what)(job)

    when(job, words.format(number), act)


def scan_batch(station: Station, profile: Profile, key: Key, **options: str) -> None:
    """Run one batch however it ends, and see that what it says is what was kept: the sheets from the first on, each once."""
    before = len(station.sequences)
    job = station.start(profile, **options)
    press(station, job, key)
    try:
        told = job.result(PLENTY).pages
    except ScanFailed as failed:
        told = failed.values["safe"]
    numbers = station.slip_numbers
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) - before == told
    assert list(station.application.folder.spool.iterdir()) == []
    assert workers() == []


@pytest.mark.timeout(300)
@pytest.mark.parametrize("part", [1, 2])
def test_ninety_sequences_with_the_practice_scanner(station: Station, part: int) -> None:
    @seed(20262 + part)
    @often(max_examples=45)
    @given(batches)
    def every_sheet_comes_once(sequence: Batches) -> None:
        station.dossier = station.application.dossiers.new().id
        for number in range(MANY):
            mishap, key = sequence[number] if number < len(sequence) else (None, None)
            options = {"fault": mishap[0], "fault_page": str(mishap[1])} if mishap else {}
            # What the workstation has is what counts: the clerk puts back the sheets after it.
            scan_batch(station, station.virtual, key, first_page=str(len(station.sequences) + 1), **options)
            if len(station.sequences) >= SHEETS:
                break
        assert station.slip_numbers == list(range(1, SHEETS + 1))

    every_sheet_comes_once()


@pytest.mark.timeout(300)
@seed(20265)
@often(max_examples=10)
@given(scripts, st.lists(keys, max_size=3), st.integers(0, 2))
def test_ten_sequences_with_the_network_scanner(
    station: Station, server: Server, script: list[dict[str, Any]], pressed: list[Key], ahead: int
) -> None:
    server.scanner.closing.set()
    server.scanner = VirtualScanner(Tray(station.slips), parse_script(json.dumps(script)), ahead=ahead)
    station.dossier = station.application.dossiers.new().id
    for number in range(MANY):
        scan_batch(station, station.escl(server.url), pressed[number] if number < len(pressed) else None, **IMPATIENT)
        if len(station.sequences) >= SHEETS:
            break
        server.scanner.lay_back(len(station.sequences))
    assert station.slip_numbers == list(range(1, SHEETS + 1))
