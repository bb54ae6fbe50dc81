"""The window never stalls: the GUI thread answers within 100 ms while thirty pages arrive."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt, QTimer

pytestmark = pytest.mark.window

LIMIT_MS = 100.0
SCHEDSTAT = Path("/proc/thread-self/schedstat")


def without_a_core() -> float:
    """Milliseconds in which this thread could have run, but the machine gave it no core; 0 where no system says so.

    The second figure of schedstat, docs.kernel.org/scheduler/sched-stats.html. Waiting for Python's lock is not in it.
    """
    return int(SCHEDSTAT.read_text().split()[1]) / 1e6 if SCHEDSTAT.exists() else 0.0


class Pulse(QObject):
    """Beats every 10 ms on the GUI thread and keeps the longest gap, in milliseconds.

    ``held`` is the longest for which the program is to blame: without the time for which other programs had the cores.
    """

    def __init__(self) -> None:
        super().__init__()
        self.longest = self.held = 0.0
        self.beats = 0
        self._last = time.monotonic()
        self._starved = without_a_core()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(10)
        self._timer.timeout.connect(self._beat)
        self._timer.start()

    def _beat(self) -> None:
        now, starved = time.monotonic(), without_a_core()
        gap = (now - self._last) * 1000
        self.longest = max(self.longest, gap)
        self.held = max(self.held, gap - (starved - self._starved))
        self._last, self._starved = now, starved
        self.beats += 1

    def stop(self) -> None:
        self._timer.stop()


@pytest.mark.alone
def test_thirty_pages_arrive_without_a_stall(open_desk, small_pages) -> None:
    desk = open_desk(small_pages(30))
    desk.bot.wait(500)
    pulse = Pulse()
    desk.window.bar.scan.click()
    images = desk.window.images
    desk.bot.waitUntil(lambda: len(desk.strip.page_ids()) == 30 and not desk.window.scanning.running, timeout=60_000)
    desk.bot.waitUntil(lambda: all(images.thumbnail(page) is not None for page in desk.pages), timeout=30_000)
    pulse.stop()
    print(f"longest stall {pulse.held:.1f} ms of {pulse.beats} beats, {pulse.longest:.1f} ms with waiting for a core")
    assert pulse.held < LIMIT_MS
    desk.shoot("thirty-pages")
