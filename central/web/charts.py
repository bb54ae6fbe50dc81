"""Where the lines of a chart lie. Pure: numbers in, places in the drawing out; the template draws them as SVG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from central.forecast import Forecast, month_number, month_of, months_between
from central.indicators import Share

WIDTH, HEIGHT = 960, 260
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 120, 14, 34
_MOST_LABELS = 12
_FARTHEST = 24


@dataclass(frozen=True)
class Point:
    """A month's share and its place in the drawing."""

    month: int
    x: float
    y: float
    share: Share


@dataclass(frozen=True)
class Goal:
    """A target's height, and where its deadline stands if the chart reaches that far."""

    name: str
    percent: float
    y: float
    due_x: float | None


@dataclass(frozen=True)
class Trend:
    """A chart of monthly shares: ``lines`` are unbroken runs of months, ``ahead`` the forecast from the last of them."""

    width: int
    height: int
    left: int
    right: float
    floor: float
    levels: Sequence[tuple[int, float]]
    labels: Sequence[tuple[int, float]]
    points: Sequence[Point]
    lines: Sequence[str]
    goals: Sequence[Goal]
    ahead: tuple[Point, float, float] | None


def trend(
    shares: Mapping[int, Share], first: int, last: int, goals: Sequence[tuple[str, float, int]], ahead: Forecast | None
) -> Trend:
    """Lay out the months from ``first`` to ``last`` (yyyymm), and on to the month of a forecast that is not too far away.

    ``goals`` are name, percent and month of the deadline.
    """
    reach = min(ahead.at, month_of(month_number(last) + _FARTHEST)) if ahead else last
    months = months_between(first, max(last, reach))
    width = (WIDTH - _LEFT - _RIGHT) / max(1, len(months) - 1)

    def x_of(month: int) -> float:
        return round(_LEFT + (month_number(month) - month_number(first)) * width, 1)

    points = [
        Point(month, x_of(month), y_of(share.percent), share)
        for month in months_between(first, last)
        if (share := shares.get(month, Share())).percent is not None
    ]
    shown = [month for number, month in enumerate(months) if number % -(-len(months) // _MOST_LABELS) == 0]
    placed = [(name, percent, x_of(due) if first <= due <= months[-1] else None) for name, percent, due in goals]
    end = (points[-1], x_of(ahead.at), y_of(ahead.percent)) if ahead and points and ahead.at <= months[-1] else None
    return Trend(
        WIDTH,
        HEIGHT,
        _LEFT,
        WIDTH - _RIGHT,
        HEIGHT - _BOTTOM,
        [(percent, y_of(percent)) for percent in (0, 25, 50, 75, 100)],
        [(month, x_of(month)) for month in shown],
        points,
        _runs(points),
        [Goal(name, percent, y_of(percent), due_x) for name, percent, due_x in placed],
        end,
    )


def y_of(percent: float | None) -> float:
    """Give the height of a share in the drawing."""
    return round(HEIGHT - _BOTTOM - (percent or 0) / 100 * (HEIGHT - _TOP - _BOTTOM), 1)


def _runs(points: Sequence[Point]) -> list[str]:
    """Join months that follow each other; a month without a share breaks the line, for nobody knows what was there."""
    runs: list[list[Point]] = []
    for point in points:
        if runs and month_number(point.month) - month_number(runs[-1][-1].month) == 1:
            runs[-1].append(point)
        else:
            runs.append([point])
    return [" ".join(f"{point.x},{point.y}" for point in run) for run in runs]
