"""The bars of a Patch-T separator sheet: four bars narrow, wide, narrow, wide, parted by narrow spaces.

A narrow bar or space is 0.08 inch wide and a wide bar 0.20 (the patch codes of document scanners). No decoder of bar
codes knows them, since they carry no data; here each row of the page is cut into runs of dark and light, and rows that
agree over the height of a bar make a sheet. A sheet may lie on its side or upside down, so the bars are taken in both
directions.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from app.model.page_findings import Point, Quad

Gray = NDArray[np.uint8]

_WORKING_DPI = 100
_PX_PER_MM = _WORKING_DPI / 25.4
# Millimetres: a narrow bar on originals and on enlarged or reduced copies; the shortest bars taken; dirt that is mended.
_NARROW = (1.3, 3.2)
_SHORTEST = 12.0
_DIRT = 0.6
# Against the narrow bars' mean: a wide bar, the other narrow bar and the spaces, the white left and right of the bars.
_WIDE = (1.8, 3.3)
_SAME = (0.6, 1.5)
_QUIET = 1.5
# Of the height of the bars, so many rows must show them.
_STEADY = 0.7


def find_patch_t(gray: Gray, dpi: int) -> Quad | None:
    """Find Patch-T bars (gray: uint8, height x width, as scanned; dpi: dots per inch); their corners in pixels of it."""
    if min(gray.shape) * 25.4 / dpi < _SHORTEST:
        return None
    small, left = gray, dpi
    while left >= 2 * _WORKING_DPI:  # exact halves are averaged ten times faster than other sizes
        small = np.asarray(
            cv2.resize(small[: small.shape[0] & ~1, : small.shape[1] & ~1], None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        )
        left //= 2
    factor = min(1.0, _WORKING_DPI / left)
    size = (max(1, round(small.shape[1] * factor)), max(1, round(small.shape[0] * factor)))
    small = np.asarray(cv2.resize(small, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    across, down = gray.shape[1] / small.shape[1], gray.shape[0] / small.shape[0]
    for upright in (True, False):
        corners = _bars(small if upright else np.ascontiguousarray(small.T))
        if corners is not None:
            a, b, c, d = ((x * across, y * down) if upright else (y * across, x * down) for x, y in corners)
            return (a, b, c, d)
    return None


def _bars(gray: Gray) -> tuple[Point, Point, Point, Point] | None:
    """Find upright bars; their corners top left, top right, bottom right, bottom left."""
    dirt = round(_DIRT * _PX_PER_MM) + 1
    # A streak of dirty glass, thin and dark or thin and light, is mended before the rows are cut into runs.
    mended = cv2.morphologyEx(gray, cv2.MORPH_CLOSE, np.ones((1, dirt), np.uint8))
    mended = cv2.morphologyEx(mended, cv2.MORPH_OPEN, np.ones((1, dirt), np.uint8))
    rows, starts, ends = _runs(np.asarray(mended < _paper(mended) // 2))
    if len(rows) == 0:
        return None
    hits = np.zeros(gray.shape, np.uint8)
    for row, start, end in zip(rows, starts, ends, strict=True):
        hits[row, start:end] = 1
    joined = cv2.morphologyEx(hits, cv2.MORPH_CLOSE, np.ones((round(2 * _PX_PER_MM), 1), np.uint8))
    _, labels, boxes, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    tall = int(boxes[1:, cv2.CC_STAT_HEIGHT].argmax()) + 1
    first, high = int(boxes[tall, cv2.CC_STAT_TOP]), int(boxes[tall, cv2.CC_STAT_HEIGHT])
    own = (rows >= first) & (rows < first + high) & (labels[rows, starts] == tall)
    if high < _SHORTEST * _PX_PER_MM or own.sum() < _STEADY * high:
        return None
    top, bottom = np.flatnonzero(own)[[0, -1]]
    return (
        (float(starts[top]), float(rows[top])),
        (float(ends[top]), float(rows[top])),
        (float(ends[bottom]), float(rows[bottom] + 1)),
        (float(starts[bottom]), float(rows[bottom] + 1)),
    )


def _paper(gray: Gray) -> Gray:
    """Give the level of the paper around each pixel: the brightest within some 20 mm."""
    reduced = (max(1, gray.shape[1] // 10), max(1, gray.shape[0] // 10))
    brightest = cv2.dilate(cv2.resize(gray, reduced, interpolation=cv2.INTER_AREA), np.ones((9, 9), np.uint8))
    return np.asarray(cv2.resize(brightest, (gray.shape[1], gray.shape[0])), dtype=np.uint8)


def _runs(dark: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    """Find the rows in which four bars stand as Patch-T asks; gives row, first column and column after the last bar."""
    padded = np.zeros((dark.shape[0], dark.shape[1] + 2), np.int8)
    padded[:, 1:-1] = dark
    change = np.diff(padded, axis=1)
    rows, begins = np.nonzero(change == 1)
    ends = np.nonzero(change == -1)[1]
    if len(rows) < 4:
        return rows[:0], begins[:0], ends[:0]
    width = (ends - begins).astype(np.float64)
    bars = [width[number : len(width) - 3 + number] for number in range(4)]
    spaces = [(begins[number + 1 : len(begins) - 2 + number] - ends[number : len(ends) - 3 + number]) for number in range(3)]
    fits = rows[:-3] == rows[3:]
    one = _fits(bars[0], bars[1], bars[2], bars[3], spaces)
    other = _fits(bars[3], bars[2], bars[1], bars[0], spaces)
    fits &= one | other
    narrow = np.minimum(bars[0], bars[3])
    before = np.where(np.r_[True, rows[1:] != rows[:-1]], begins, begins - np.r_[0, ends[:-1]])[:-3]
    after = np.where(np.r_[rows[1:] != rows[:-1], True], dark.shape[1] - ends, np.r_[begins[1:], 0] - ends)[3:]
    fits &= (before >= _QUIET * narrow) & (after >= _QUIET * narrow)
    return rows[:-3][fits], begins[:-3][fits], ends[3:][fits]


def _fits(
    narrow: NDArray[np.float64],
    wide: NDArray[np.float64],
    narrow_too: NDArray[np.float64],
    wide_too: NDArray[np.float64],
    spaces: list[NDArray[np.intp]],
) -> NDArray[np.bool_]:
    unit = (narrow + narrow_too) / 2
    good = (unit >= _NARROW[0] * _PX_PER_MM) & (unit <= _NARROW[1] * _PX_PER_MM)
    for same in (narrow, narrow_too, *spaces):
        good &= (same >= _SAME[0] * unit) & (same <= _SAME[1] * unit)
    for broad in (wide, wide_too):
        good &= (broad >= _WIDE[0] * unit) & (broad <= _WIDE[1] * unit)
    return np.asarray(good)
