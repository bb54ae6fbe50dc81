"""What every backend does alike: whole batches through real worker processes."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from drivers.client import DriverFault, list_devices, read_capabilities, spool_leftovers
from drivers.contract import ColorMode, Event, Fault, FaultCode, Finished, PageFinished, PageStarted, Ready, Source
from drivers.images import jpeg_is_whole


def check_page(spool: Path, page: PageFinished, *, mode: ColorMode, source: Source) -> None:
    data = (spool / page.file).read_bytes()
    assert hashlib.sha256(data).hexdigest() == page.sha256
    assert len(data) == page.size
    assert (page.mode, page.source) == (mode, source)
    assert page.file.endswith(".png" if mode is ColorMode.BITONAL else ".jpg")
    assert jpeg_is_whole(data) == (mode is not ColorMode.BITONAL)
    with Image.open(spool / page.file) as image:
        assert image.size == (page.width, page.height)
        assert image.mode == {ColorMode.COLOR: "RGB", ColorMode.GRAY: "L", ColorMode.BITONAL: "1"}[mode]
        assert round(image.info["dpi"][0]) == page.dpi
    if page.thumbnail or page.sequence == 1:  # pages that were waiting in the scanner may come without one
        with Image.open(spool / page.thumbnail) as thumbnail:
            assert thumbnail.format == "JPEG"
            assert thumbnail.height <= 320


@pytest.mark.parametrize("mode", list(ColorMode))
@pytest.mark.parametrize("source", [Source.FLATBED, Source.FEEDER])
def test_a_batch_arrives_whole(bench: Any, mode: ColorMode, source: Source) -> None:
    outcome = bench.scan(mode=mode, source=source, max_pages=2)
    count = 1 if source is Source.FLATBED else 2
    assert outcome.end == Finished(count)
    assert isinstance(outcome.events[0], Ready)
    assert [page.sequence for page in outcome.pages] == list(range(1, count + 1))
    assert len({page.batch for page in outcome.pages}) == 1
    for page in outcome.pages:
        assert page.device == bench.device
        check_page(bench.spool, page, mode=mode, source=source)
    assert not list(bench.spool.glob("*.part"))


@pytest.mark.parametrize("dpi", [75, 150, 300])
def test_resolution_and_paper_decide_the_pixels(bench: Any, dpi: int) -> None:
    (page,) = bench.scan(dpi=dpi, paper_width_mm=60.0, paper_height_mm=80.0, max_pages=1).pages
    assert page.dpi == dpi
    # SANE devices round to their own steps.
    assert page.width == pytest.approx(60 / 25.4 * dpi, abs=2)
    assert page.height == pytest.approx(80 / 25.4 * dpi, abs=2)


def test_the_feeder_runs_until_it_is_empty(bench: Any) -> None:
    outcome = bench.scan()
    assert outcome.end == Finished(10 if bench.backend == "sane" else 4)


def test_batches_share_a_spool_without_touching_each_other(bench: Any) -> None:
    first, second = bench.scan(max_pages=2), bench.scan(max_pages=2)
    assert first.pages[0].batch != second.pages[0].batch
    assert spool_leftovers(bench.spool) == first.pages + second.pages


def test_the_next_page_waits_for_the_workstation(bench: Any) -> None:
    with bench.start() as run:
        events = run.events()
        seen: list[Event] = []
        while not (seen and isinstance(seen[-1], PageFinished)):
            seen.append(next(events))
        time.sleep(0.5)
        assert len(spool_leftovers(bench.spool)) == 1
        assert not list(bench.spool.glob("*-00002*"))
        run.next_page()
        assert isinstance(next(events), PageStarted)


def test_stop_ends_after_the_page_in_progress(bench: Any) -> None:
    def on_event(run: Any, event: Event) -> None:
        if event == PageStarted(2):
            run.stop()

    outcome = bench.scan(on_event)
    assert outcome.end == Finished(2)
    assert len(spool_leftovers(bench.spool)) == 2


def test_stop_before_the_first_page(bench: Any) -> None:
    with bench.start() as run:
        run.stop()
        assert list(run.events())[-1] in (Finished(0), Finished(1))


def test_stop_while_a_page_is_being_committed(bench: Any) -> None:
    with bench.start() as run:
        events = []
        for event in run.events():
            events.append(event)
            if isinstance(event, PageFinished):
                run.stop()
        assert events[-1] == Finished(1)


def test_abort_drops_the_page_in_progress(slow_bench: Any) -> None:
    bench, slow = slow_bench
    asked: list[float] = []

    def on_event(run: Any, event: Event) -> None:
        if isinstance(event, PageStarted):
            asked.append(time.monotonic())
            run.abort()

    outcome = bench.scan(on_event, options=slow)
    assert time.monotonic() - asked[0] < 5
    assert outcome.fault.code is FaultCode.CANCELLED
    assert (outcome.fault.fed, outcome.fault.delivered) == (1, 0)
    assert spool_leftovers(bench.spool) == []


def test_no_such_device(bench: Any) -> None:
    outcome = bench.scan(device=bench.nobody)
    assert outcome.fault.code is FaultCode.NO_DEVICE
    with pytest.raises(DriverFault) as caught:
        read_capabilities(bench.backend, "/nowhere/scanner", environment=bench.environment)
    assert caught.value.fault.code is FaultCode.NO_DEVICE


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"dpi": 5000}, FaultCode.UNSUPPORTED),
        ({"dpi": 0}, FaultCode.INVALID_REQUEST),
        ({"paper_width_mm": 900.0}, FaultCode.UNSUPPORTED),
        ({"paper_height_mm": -1.0}, FaultCode.INVALID_REQUEST),
        ({"max_pages": 0}, FaultCode.INVALID_REQUEST),
        ({"spool": "/nowhere/spool"}, FaultCode.INVALID_REQUEST),
        ({"spool": "."}, FaultCode.INVALID_REQUEST),
        ({"options": {"colour-of-the-sky": "blue"}}, FaultCode.INVALID_REQUEST),
    ],
)
def test_an_impossible_request_is_refused(bench: Any, changes: dict[str, Any], code: FaultCode) -> None:
    fault = bench.scan(**changes).fault
    assert (fault.code, fault.fed, fault.delivered) == (code, 0, 0)
    assert fault.detail


def test_capabilities(bench: Any) -> None:
    capabilities = read_capabilities(bench.backend, bench.device, environment=bench.environment)
    assert {Source.FLATBED, Source.FEEDER} <= set(capabilities.sources)
    assert set(capabilities.modes) == set(ColorMode)
    assert 300 in capabilities.resolutions
    assert capabilities.max_width_mm >= 200


def test_devices(bench: Any) -> None:
    environment = {**bench.environment, "SOHOA_VIRTUAL_FEEDER": f"/nowhere:{bench.device}"}
    devices = list_devices(bench.backend, environment=environment)
    assert bench.device in [device.name for device in devices]
    assert all(device.backend == bench.backend and device.label for device in devices)
    assert "/nowhere" not in [device.name for device in devices]


def test_unknown_backend() -> None:
    with pytest.raises(DriverFault) as caught:
        list_devices("fax")
    assert caught.value.fault == Fault(FaultCode.BACKEND_MISSING, "there is no scanner backend 'fax'")
