"""Hours of the day as a setting says them: ``07:30-11:30, 13:30-17:00``; a span may go over midnight, empty means always."""

from __future__ import annotations

from datetime import datetime


def is_within(hours: str, moment: datetime) -> bool:
    """Say whether a moment lies in hours that app.settings.HOURS has checked; the moment's own offset counts."""
    now = moment.strftime("%H:%M")
    spans = [tuple(span.strip().split("-")) for span in hours.split(",") if span.strip()]
    return not spans or any(begin <= now < end if begin <= end else (now >= begin or now < end) for begin, end in spans)
