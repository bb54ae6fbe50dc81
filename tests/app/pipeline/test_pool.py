"""Page workers: real processes that are really killed."""

from __future__ import annotations

import math
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from app.pipeline import pool as pool_module
from app.pipeline.pool import PagePool, PageWorkerDied
from tests.support import wait_until


@pytest.fixture
def pool() -> Iterator[PagePool]:
    made = PagePool(2)
    yield made
    made.close()


def test_a_worker_that_dies_is_said_and_the_next_one_works(pool: PagePool) -> None:
    assert pool.run(math.factorial, 5) == 120
    with pytest.raises(PageWorkerDied) as died:
        pool.run(os._exit, 9)
    assert "tiến trình xử lý bị dừng" in died.value.title_in("vi")
    assert pool.run(math.factorial, 4) == 24


def test_what_a_stage_raises_comes_through_as_it_is(pool: PagePool) -> None:
    with pytest.raises(ValueError, match="factorial"):
        pool.run(math.factorial, -1)
    assert pool.run_alone(math.factorial, 3) == 6


def test_a_page_that_is_run_alone_takes_no_neighbour_with_it(pool: PagePool) -> None:
    results: list[object] = []
    neighbour = threading.Thread(target=lambda: results.append(pool.run(time.sleep, 1.0)))
    neighbour.start()
    with pytest.raises(PageWorkerDied):
        pool.run_alone(os._exit, 9)
    neighbour.join(20)
    assert results == [None]


@pytest.mark.skipif(os.name != "posix", reason="niceness and sessions are of POSIX")
def test_workers_yield_to_the_window_and_take_nothing_of_its_share(pool: PagePool) -> None:
    assert pool.run(os.nice, 0) == min(19, os.nice(0) + 10)
    assert pool.run(os.getsid, 0) != os.getsid(0)
    pressing = PagePool(1, niceness=5)
    try:
        assert pressing.run(os.nice, 0) == min(19, os.nice(0) + 5)
    finally:
        pressing.close()


def test_what_must_be_done_survives_a_worker_that_died_of_another_page(pool: PagePool, tmp_path: Path) -> None:
    assert pool.run_surely(math.factorial, 5) == 120
    with pytest.raises(PageWorkerDied):
        pool.run_surely(os._exit, 9)
    once = tmp_path / "once"
    once.mkdir()
    assert pool.run_surely(die_once, once) == "done"


def die_once(mark: Path) -> str:
    """Die the first time: as a worker does that another page brought down."""
    if mark.exists():
        mark.rmdir()
        os._exit(9)
    return "done"


def test_a_worker_that_takes_too_long_is_ended(
    pool: PagePool, monkeypatch: pytest.MonkeyPatch, page_workers: Callable[[], list[psutil.Process]]
) -> None:
    monkeypatch.setattr(pool_module, "PAGE_LIMIT_SECONDS", 0.3)
    with pytest.raises(PageWorkerDied):
        pool.run(time.sleep, 60)
    assert page_workers() == []


def test_a_closed_pool_ends_what_runs_and_starts_nothing(
    pool: PagePool, page_workers: Callable[[], list[psutil.Process]]
) -> None:
    ended: list[str] = []

    def work(run: Callable[..., object]) -> None:
        try:
            run(time.sleep, 60)
        except PageWorkerDied:
            ended.append("ended")

    threads = [threading.Thread(target=work, args=(run,)) for run in (pool.run, pool.run_alone)]
    for thread in threads:
        thread.start()
    wait_until(lambda: len(page_workers()) >= 2, 20, "the workers")
    pool.close()
    for thread in threads:
        thread.join(20)
    assert ended == ["ended", "ended"]
    for run in (pool.run, pool.run_alone):
        with pytest.raises(PageWorkerDied):
            run(math.factorial, 5)
    assert page_workers() == []
