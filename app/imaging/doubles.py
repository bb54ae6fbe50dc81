"""Two pages in one picture: an open booklet, or two sheets that the feeder drew in together.

An open booklet has print on both sides of a gap in the middle that no line crosses, and a fold down the gap. Of two
sheets drawn in together one lies shifted over the other: the picture is longer than any paper, and the upper sheet's
edge runs straight across it from side to side.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from app.imaging.skew import ink_mask
from app.imaging.streaks import find_streaks
from app.model.page_findings import Box
from app.pixels import Pixels

DOUBLE = "double_page"

WORKING_DPI = 100
_PER_MM = WORKING_DPI / 25.4
# Lines of print are still apart at half of that.
_HALVED = 2
# No spread is smaller (mm).
_LEAST_MM = 60.0
# Sides of a spread, long to short; how far from the middle the gap may lie (share of the width) and how wide it is (mm).
_SPREAD = (1.2, 1.65)
_OFF_MIDDLE = 0.06
_GAP_MM = 9.0
# Each half has so much of the print, over so much of the height.
_HALF = 0.2
_TALL = 0.35
# The fold: gray levels against both sides, in so much of the height; a sheet as wide as two A4 needs none.
_FOLD = 2.5
_FOLDED = 0.8
_TWO_A4_MM = 380.0
# Longer than A4 and no other usual paper, within so much (mm).
_LONGER_MM = 304.0
_USUAL_MM = (330.0, 355.6, 364.0, 420.0)
_CUT_MM = 4.0


def find_double(sheet: Pixels) -> Box | None:
    """Find two pages on one sheet (uint8 gray, height x width, cut out and straight, 100 dpi; it may lie on its side).

    Gives the box of the fold, or of the upper sheet's edge, in pixels of ``sheet``: left, top, right, bottom.
    """
    if min(sheet.shape) < _LEAST_MM * _PER_MM:
        return None
    upright = sheet.shape[0] > sheet.shape[1]
    wide = np.ascontiguousarray(sheet.T) if upright else sheet
    found = _fold(wide) or _overlap(wide)
    if found is None:
        return None
    first, last = found
    height, width = sheet.shape
    return (0.0, first, float(width), last) if upright else (first, 0.0, last, float(height))


def _fold(wide: Pixels) -> tuple[float, float] | None:
    """Give the columns of a booklet's fold on a sheet that is wider than high."""
    wide = np.asarray(cv2.resize(wide, None, fx=1 / _HALVED, fy=1 / _HALVED, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    height, width = wide.shape
    per_mm = _PER_MM / _HALVED
    if not _SPREAD[0] <= width / height <= _SPREAD[1]:
        return None
    ink = np.asarray(ink_mask(wide, WORKING_DPI // _HALVED))
    middle = slice(round(width * (0.5 - _OFF_MIDDLE)), round(width * (0.5 + _OFF_MIDDLE)))
    # The fold itself may be as dark as ink: what runs down most of the height is no print.
    columns = np.count_nonzero(ink, axis=0)
    columns[columns > _FOLDED * height] = 0
    gap = _longest(columns[middle] <= 0.002 * height)
    if gap is None or gap[1] - gap[0] < _GAP_MM * per_mm:
        return None
    first, last = gap[0] + middle.start, gap[1] + middle.start
    for half in (columns[:first], columns[last:]):
        if half.sum() < _HALF * columns.sum():
            return None
    halves = (ink[:, :first], ink[:, last:])
    if any(np.count_nonzero(half.any(axis=1)) < _TALL * height for half in halves):
        return None
    if width < _TWO_A4_MM * per_mm and not _is_folded(wide[:, first:last]):
        return None
    return float(first * _HALVED), float(last * _HALVED)


def _is_folded(gap: Pixels) -> bool:
    """Tell whether a line or a shadow runs down a gap between two pages."""
    bands = cv2.resize(gap, (gap.shape[1], 24), interpolation=cv2.INTER_AREA).astype(np.float32)
    level = np.median(bands, axis=1, keepdims=True)
    return bool((np.abs(bands - level) >= _FOLD).mean(axis=0).max() >= _FOLDED)


def _overlap(wide: Pixels) -> tuple[float, float] | None:
    """Give the columns of the edge of a sheet that lies shifted on another, on a picture that is wider than high."""
    height, width = wide.shape
    long = width / _PER_MM
    if long < _LONGER_MM or any(abs(long - usual) <= _CUT_MM for usual in _USUAL_MM) or height / _PER_MM > 225:
        return None
    whole = ((0.0, 0.0), (float(width), 0.0), (float(width), float(height)), (0.0, float(height)))
    edges = find_streaks(wide, WORKING_DPI, whole)
    return (float(edges[0][0]), float(edges[0][1])) if edges else None


def _longest(free: NDArray[np.bool_]) -> tuple[int, int] | None:
    change = np.flatnonzero(np.diff(np.concatenate([[False], free, [False]]).astype(np.int8)))
    runs = list(zip(change[::2], change[1::2], strict=True))
    if not runs:
        return None
    start, end = max(runs, key=lambda run: run[1] - run[0])
    return int(start), int(end)
