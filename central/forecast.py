"""Where a share will stand at a deadline if it goes on as before: a straight line, and said so. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import linear_regression

from central.indicators import Share

MOST_MONTHS = 6
FEWEST_MONTHS = 3


def month_number(month: int) -> int:
    """Count months in a row: yyyymm as a number that grows by one each month."""
    return month // 100 * 12 + month % 100 - 1


def month_of(number: int) -> int:
    """Give yyyymm back."""
    return number // 12 * 100 + number % 12 + 1


def months_between(first: int, last: int) -> list[int]:
    """List the months from one to another, both included, as yyyymm."""
    return [month_of(number) for number in range(month_number(first), month_number(last) + 1)]


@dataclass(frozen=True)
class Forecast:
    """The line through ``months`` monthly shares: ``slope`` in points a month, and ``percent`` at the month ``at``."""

    slope: float
    months: int
    at: int
    percent: float


def forecast(shares: Mapping[int, Share], now: int, at: int) -> Forecast | None:
    """Draw the least-squares line through the last full months before ``now`` (yyyymm) and read it at the month ``at``.

    Months without a dossier say nothing. None where fewer than three are left, or ``at`` is past.
    """
    if at < now:
        return None
    known = [(month_number(month), share.percent) for month, share in sorted(shares.items()) if month < now]
    points = [(number, percent) for number, percent in known if percent is not None][-MOST_MONTHS:]
    if len(points) < FEWEST_MONTHS:
        return None
    slope, intercept = linear_regression([number for number, _ in points], [percent for _, percent in points])
    percent = min(100.0, max(0.0, slope * month_number(at) + intercept))
    return Forecast(round(slope, 2), len(points), at, round(percent, 2))
