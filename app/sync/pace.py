"""How much is sent at once and how fast: chunks follow the link, and a limit leaves room for others."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

SMALLEST_CHUNK = 64 * 1024
FIRST_CHUNK = 256 * 1024
LARGEST_CHUNK = 32 * 1024 * 1024
# A chunk that went well tells enough for one of so many times its size.
_MOST_GROWTH = 16
# Seconds that a chunk should take: long enough that the pause between two costs little, short enough that a cut does too.
_WANTED_SECONDS = 4.0
_LONGEST_NAP = 0.2
_LIMITED_PIECE = 16 * 1024


class Pace:
    """The pace of one conversation, of all its threads together.

    ``limit()`` gives bytes a second, 0 for no limit; it is asked again for every piece.
    """

    def __init__(
        self,
        limit: Callable[[], float],
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.chunk = FIRST_CHUNK
        self._limit = limit
        self._now = now
        self._sleep = sleep
        self._free_at = now()
        self._lock = threading.Lock()

    def took(self, size: int, seconds: float) -> None:
        """Learn from a chunk that arrived: the next one is at most sixteen times as large."""
        if size >= self.chunk or seconds > _WANTED_SECONDS:
            fitting = int(size * _WANTED_SECONDS / max(seconds, 0.001))
            self.chunk = max(SMALLEST_CHUNK, min(fitting, _MOST_GROWTH * self.chunk, LARGEST_CHUNK))

    def piece(self, wanted: int) -> int:
        """Say how many of the wanted bytes to hand over at once: few where a limit spreads them over time."""
        return min(wanted, _LIMITED_PIECE) if self._limit() > 0 else wanted

    def before_sending(self, size: int, check: Callable[[], None]) -> None:
        """Wait until ``size`` more bytes keep to the limit; ``check`` is called meanwhile and may raise to stop."""
        limit = self._limit()
        if limit <= 0:
            return
        with self._lock:
            begin = max(self._free_at, self._now())
            self._free_at = begin + size / limit
        while (wait := begin - self._now()) > 0:
            self._sleep(min(wait, _LONGEST_NAP))
            check()
