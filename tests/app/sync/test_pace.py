"""Chunks follow the link, and a limit is kept."""

from __future__ import annotations

import pytest

from app.jobs import Cancelled
from app.sync.pace import FIRST_CHUNK, LARGEST_CHUNK, SMALLEST_CHUNK, Pace


class Watch:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def _after(rate: float, chunks: int) -> Pace:
    pace = Pace(lambda: 0)
    for _ in range(chunks):
        pace.took(pace.chunk, pace.chunk / rate)
    return pace


@pytest.mark.parametrize(("rate", "chunk"), [(1_000, SMALLEST_CHUNK), (125_000, 500_000), (100_000_000, LARGEST_CHUNK)])
def test_a_chunk_comes_to_take_about_four_seconds(rate, chunk):
    assert _after(rate, 8).chunk == chunk


def test_it_grows_to_sixteen_times_the_size_at_most_and_a_short_last_chunk_says_nothing():
    assert _after(1e9, 1).chunk == 16 * FIRST_CHUNK
    pace = Pace(lambda: 0)
    pace.took(100, 0.001)
    assert pace.chunk == FIRST_CHUNK


def test_a_limit_is_kept_and_can_be_lifted_at_any_moment():
    watch, limit = Watch(), [10_000.0]
    pace = Pace(lambda: limit[0], watch, watch.sleep)
    for _ in range(20):
        pace.before_sending(5_000, lambda: None)
    assert watch.now - 100 == pytest.approx(9.5)
    limit[0] = 0
    pace.before_sending(1_000_000, lambda: None)
    assert watch.now - 100 == pytest.approx(9.5)


def test_a_stop_is_noticed_while_it_waits():
    watch = Watch()
    pace = Pace(lambda: 1.0, watch, watch.sleep)
    pace.before_sending(1_000, lambda: None)

    def stop():
        raise Cancelled

    with pytest.raises(Cancelled):
        pace.before_sending(1, stop)
    assert watch.now < 101
