"""This machine's clock beside the centre's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from app.sync.connector import Connector
from app.sync.errors import ClockWrong

# More than a slow answer explains, and enough to put a dossier on the wrong day.
_TOLERATED = timedelta(minutes=2)


def clock_error(connector: Connector, clock: Callable[[], datetime]) -> ClockWrong | None:
    """Ask the centre for its time; give the error that says how far this machine is off, None where it is right."""
    there, here = connector.time(), clock()
    off = abs(here - there)
    if off <= _TOLERATED:
        return None
    return ClockWrong(minutes=round(off.total_seconds() / 60), time=there.astimezone().strftime("%H:%M %d/%m/%Y"))
