"""Faults of a network scanner in any order: no page that was delivered is lost, none comes twice."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from PIL import Image

from drivers.batch import Batch
from drivers.contract import Event, Fault, Finished, PageFinished, ScanRequest
from drivers.control import Control
from drivers.escl import EsclBackend
from drivers.virtual_escl import Server, serving
from drivers.virtual_escl_device import Tray, VirtualScanner
from drivers.virtual_escl_faults import parse_script

SHEETS = 5
MANY = 60  # More batches than any script can spoil, also on a computer so busy that a limit is passed for no reason.
IMPATIENT = {"page_seconds": "0.2", "stall_seconds": "0.2", "busy_seconds": "0.2", "answer_seconds": "0.5"}
PAGE = [
    "jam",
    "cover_open",
    "double_feed",
    "mispick",
    "empty",
    "drop",
    "truncate",
    "shortjpeg",
    "garbage",
    "html",
    "empty_body",
]
PAGE += ["tiny", "huge", "stall", "hang", "busy", "http500", "gone", "cancelled", "chunked", "chunked_cut", "slow"]
JOB = ["jam", "busy", "http500", "refused", "location_missing", "location_relative", "location_wrong_host", "hang"]

at_page = st.builds(
    lambda fault, page: {"fault": fault, "page": page, "times": 1, "seconds": 1.0 if fault != "slow" else 0.1},
    st.sampled_from(PAGE),
    st.integers(1, SHEETS),
)
at_job = st.builds(lambda fault: {"fault": fault, "times": 1, "seconds": 1.0}, st.sampled_from(JOB))
scripts = st.lists(st.one_of(at_page, at_page, at_job), max_size=5)
# What the clerk does in each batch: nothing, or an end after so many pages.
clerks = st.lists(st.one_of(st.none(), st.tuples(st.sampled_from(["stop", "abort", "limit"]), st.integers(1, 3))), max_size=4)


@pytest.fixture(scope="module")
def server(slips: Path) -> Iterator[Server]:
    with serving(VirtualScanner(Tray(slips), parse_script("[]"))) as server:
        yield server


@pytest.fixture(scope="module", autouse=True)
def unsynced() -> Iterator[None]:
    """Thousands of pages, and no power cut among the faults: without waiting for the disk."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda handle: None)
        yield


@pytest.fixture(scope="module")
def slips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("slips")
    for number in range(1, SHEETS + 1):
        Image.new("RGB", (394, 197), (number * 40, 255 - number * 40, 90)).save(folder / f"{number}.jpg", dpi=(100, 100))
    return folder


def batch(server: Server, spool: Path, clerk: tuple[str, int] | None) -> list[Event]:
    """Run one batch in this process, with the worker's own parts."""
    control, events = Control(), list[Event]()

    def hear(event: Event) -> None:
        events.append(event)
        if isinstance(event, PageFinished):
            control.allow_page()
            if clerk is not None and clerk[1] == event.sequence and clerk[0] != "limit":
                getattr(control, clerk[0])()

    limit = clerk[1] if clerk is not None and clerk[0] == "limit" else None
    paper = {"dpi": 100, "paper_width_mm": 100.0, "paper_height_mm": 50.0}
    Batch(ScanRequest(server.url, str(spool), max_pages=limit, options=IMPATIENT, **paper), control, hear).run(EsclBackend())
    return events


@seed(20261)
@settings(
    max_examples=100,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(scripts, clerks, st.integers(0, 2))
def test_every_sheet_comes_once(
    server: Server,
    slips: Path,
    tmp_path_factory: Any,
    script: list[dict[str, Any]],
    clerk: list[tuple[str, int] | None],
    ahead: int,
) -> None:
    server.scanner.closing.set()
    server.scanner = VirtualScanner(Tray(slips), parse_script(json.dumps(script)), ahead=ahead)
    spool = tmp_path_factory.mktemp("spool")
    number_of = {path.read_bytes(): int(path.stem) for path in slips.iterdir()}
    pages: list[int] = []
    todo = list(clerk)
    for _ in range(MANY):
        events = batch(server, spool, todo.pop(0) if todo else None)
        assert isinstance(events[-1], Fault | Finished)
        came = [event for event in events if isinstance(event, PageFinished)]
        pages += [number_of[(spool / page.file).read_bytes()] for page in came]
        delivered = events[-1].pages if isinstance(events[-1], Finished) else events[-1].delivered
        assert delivered == len(came)
        assert not list(spool.glob("*.part"))
        if len(pages) >= SHEETS:
            break
        # What the workstation has is what counts: the clerk puts back the sheet after it.
        server.scanner.lay_back(len(pages))
    assert pages == list(range(1, SHEETS + 1))
