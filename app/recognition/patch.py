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
from app.pixels import find_marks, shrink, shrink_to

Gray = NDArray[np.uint8]
# For each row that shows bars: the row, its first column and its column after the last bar.
Runs = tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]

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
# Every so many rows are looked at first: most pages have nothing like bars in any.
_SOME = 4


def find_patch_t(gray: Gray, dpi: int, glance: Gray | None = None) -> Quad | None:
    """Find Patch-T bars (gray: uint8, height x width, as scanned; dpi: dots per inch); their corners in pixels of it.

    ``glance`` is the same page at 100 dpi, where it is there already.
    """
    if min(gray.shape) * 25.4 / dpi < _SHORTEST:
        return None
    small = shrink(gray, _WORKING_DPI / dpi) if glance is None else glance
    across, down = gray.shape[1] / small.shape[1], gray.shape[0] / small.shape[0]
    for upright in (True, False):
        corners = _bars(small if upright else np.ascontiguousarray(small.T))
        if corners is not None:
            a, b, c, d = ((x * across, y * down) if upright else (y * across, x * down) for x, y in corners)
            return (a, b, c, d)
    return None


def _bars(gray: Gray) -> tuple[Point, Point, Point, Point] | None:
    """Find upright bars; their corners top left, top right, bottom right, bottom left."""
    if len(_rows_with_bars(gray, _SOME)[0]) * _SOME < _SHORTEST * _PX_PER_MM / 2:
        return None
    rows, starts, ends = _rows_with_bars(gray, 1)
    hits = np.zeros(gray.shape, np.uint8)
    for row, start, end in zip(rows, starts, ends, strict=True):
        hits[row, start:end] = 1
    joined = cv2.morphologyEx(hits, cv2.MORPH_CLOSE, np.ones((round(2 * _PX_PER_MM), 1), np.uint8))
    marks = find_marks(np.asarray(joined, dtype=np.uint8))
    tall = int(marks.boxes[1:, cv2.CC_STAT_HEIGHT].argmax()) + 1
    first, high = int(marks.boxes[tall, cv2.CC_STAT_TOP]), int(marks.boxes[tall, cv2.CC_STAT_HEIGHT])
    own = (rows >= first) & (rows < first + high) & (marks.labels[rows, starts] == tall)
    if high < _SHORTEST * _PX_PER_MM or own.sum() < _STEADY * high:
        return None
    top, bottom = np.flatnonzero(own)[[0, -1]]
    return (
        (float(starts[top]), float(rows[top])),
        (float(ends[top]), float(rows[top])),
        (float(ends[bottom]), float(rows[bottom] + 1)),
        (float(starts[bottom]), float(rows[bottom] + 1)),
    )


def _rows_with_bars(gray: Gray, every: int) -> Runs:
    """Look at each row, or at every so many, for what ``_runs`` finds; the numbers of rows are then of those."""
    rows = np.ascontiguousarray(gray[::every])
    # A streak of dirty glass, thin and dark or thin and light, is mended before the rows are cut into runs.
    dirt = np.ones((1, round(_DIRT * _PX_PER_MM) + 1), np.uint8)
    mended = cv2.morphologyEx(cv2.morphologyEx(rows, cv2.MORPH_CLOSE, dirt), cv2.MORPH_OPEN, dirt)
    half = cv2.convertScaleAbs(_paper(gray, (rows.shape[1], rows.shape[0])), alpha=0.5)
    return _runs(np.asarray(cv2.compare(mended, half, cv2.CMP_LT), dtype=np.uint8))


def _paper(gray: Gray, size: tuple[int, int]) -> Gray:
    """Give the level of the paper around each pixel, the brightest within some 20 mm, as a picture of ``size``."""
    reduced = (max(1, gray.shape[1] // 10), max(1, gray.shape[0] // 10))
    brightest = cv2.dilate(shrink_to(gray, reduced), np.ones((9, 9), np.uint8))
    return np.asarray(cv2.resize(brightest, size), dtype=np.uint8)


def _runs(dark: Gray) -> Runs:
    """Find the rows in which four bars stand as Patch-T asks (dark: uint8, height x width, not 0 = dark)."""
    padded = cv2.copyMakeBorder(dark, 0, 0, 1, 1, cv2.BORDER_CONSTANT, value=0)
    rows, begins = _places(cv2.compare(padded[:, 1:], padded[:, :-1], cv2.CMP_GT))
    _, ends = _places(cv2.compare(padded[:, 1:], padded[:, :-1], cv2.CMP_LT))
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


def _places(mask: cv2.typing.MatLike) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Give row and column of each pixel that is not 0, row by row."""
    found = cv2.findNonZero(mask)
    columns, rows = np.empty((2, 0), np.intp) if found is None else found.reshape(-1, 2).T.astype(np.intp)
    return rows, columns


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
