"""This machine's clock beside the centre's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from app.errors import Text
from app.sync.connector import Connector
from app.sync.errors import ClockWrong

# More than a slow answer explains, and enough to put a dossier on the wrong day.
_TOLERATED = timedelta(minutes=2)
# From so many of a unit on it is said instead of the smaller one.
_ENOUGH_HOURS, _ENOUGH_FOR_DAYS = 2, 48


def clock_error(connector: Connector, clock: Callable[[], datetime]) -> ClockWrong | None:
    """Ask the centre for its time; give the error that says how far this machine is off, None where it is right."""
    there, here = connector.time(), clock()
    off = abs(here - there)
    if off <= _TOLERATED:
        return None
    return ClockWrong(off=_long(off), time=there.astimezone().strftime("%H:%M %d/%m/%Y"))


def _long(off: timedelta) -> Text:
    """Say a time in the unit that people would use."""
    hours = round(off.total_seconds() / 3600)
    if hours >= _ENOUGH_FOR_DAYS:
        return Text(f"{round(hours / 24)} ngày", f"{round(hours / 24)} days")
    if hours >= _ENOUGH_HOURS:
        return Text(f"{hours} giờ", f"{hours} hours")
    minutes = round(off.total_seconds() / 60)
    return Text(f"{minutes} phút", f"{minutes} minutes")
