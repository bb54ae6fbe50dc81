"""How often somebody may ask: stations by their id, strangers by their address. Each replica counts for itself."""

from __future__ import annotations

import math
import time

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from central.problems import Problem


class Limiter:
    """Counts requests of the last minute. ``station`` and ``stranger`` are requests a minute; 0 means no limit."""

    def __init__(self, station: int, stranger: int) -> None:
        self._counts = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._station, self._stranger = station, stranger

    def count_station(self, station_id: str) -> None:
        """Count one request of a station. Raises Problem ``too-many-requests``."""
        self._count(self._station, "station", station_id)

    def count_stranger(self, address: str) -> None:
        """Count one request without a right token. Raises Problem ``too-many-requests``."""
        self._count(self._stranger, "stranger", address)

    def _count(self, per_minute: int, kind: str, who: str) -> None:
        if not per_minute:
            return
        item: RateLimitItem = RateLimitItemPerMinute(per_minute)
        if not self._counts.hit(item, kind, who):
            wait = self._counts.get_window_stats(item, kind, who).reset_time - time.time()
            raise Problem("too-many-requests", headers={"Retry-After": str(max(1, math.ceil(wait)))})
