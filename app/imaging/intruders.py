"""What does not belong on the sheet: fingers that hold it down, clips and staples that were left on it.

All of them come in from the sheet's edge or sit in its corner, stand apart from the print, and have sizes of their own:
a fingertip is a filled shape 8 to 45 mm wide, a paper clip two wires side by side, a staple 9 to 14 mm of wire.
"""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from app.model.page_findings import Box
from app.pixels import Pixels

FINGER = "finger"
CLIP = "clip"

WORKING_DPI = 100
_PER_MM = WORKING_DPI / 25.4
# What covers the paper reflects less than this share of it; the level of the paper is looked for so wide (mm).
_DARK = 0.82
_PAPER_MM = 25.0
_AT_EDGE_MM = 1.2
_RIM = 2  # pixels
# A fingertip: how thick its thinnest part is, how wide along the edge, how far in, how much of its box it fills. In mm.
_THICK_MM = 5.0
_WIDE_MM = (8.0, 45.0)
_IN_MM = (6.0, 80.0)
_FILLED = 0.62
# A paper clip: wide along the edge, far in, mostly empty, and its wires run straight for so long (mm).
_CLIP_WIDE_MM = (4.0, 14.0)
_CLIP_IN_MM = (9.0, 50.0)
_CLIP_FILL = 0.55
_WIRE_MM = 7.0
# A staple: as long and thick, so far from the edge, so near to a corner, and nothing else so near to it (mm).
_STAPLE_MM = (8.5, 14.5)
_STAPLE_THICK_MM = 1.1
_OFF_EDGE_MM = 2.5
_CORNER_MM = 22.0
_ALONE_MM = 4.0


def find_intruders(sheet: Pixels) -> tuple[tuple[str, Box], ...]:
    """Find fingers and clips on a sheet (uint8 gray, height x width, cut out and straight, 100 dpi).

    Gives for each its kind and its box in pixels of ``sheet``: left, top, right, bottom.
    """
    if min(sheet.shape) < _WIDE_MM[1] * _PER_MM:
        return ()
    dark = _covered(sheet)
    found = [(CLIP, box) for box in _staples(dark)]
    if _crossed(dark):
        found += [(FINGER, box) for box in _fingers(dark)]
        found += [(CLIP, box) for box in _clips(dark)]
    return tuple(found)


def _covered(sheet: Pixels) -> Pixels:
    """Give 1 where the sheet is clearly darker than its paper, the level of which may change over the sheet."""
    tiny = cv2.resize(sheet, None, fx=0.125, fy=0.125, interpolation=cv2.INTER_AREA)
    window = round(_PAPER_MM * _PER_MM / 8) | 1
    paper = cv2.blur(cv2.morphologyEx(tiny, cv2.MORPH_CLOSE, np.ones((window, window), np.uint8)), (window, window))
    limit = cv2.resize(cv2.convertScaleAbs(np.maximum(paper, np.uint8(np.median(tiny) * 0.9)), alpha=_DARK), sheet.shape[1::-1])
    dark = np.asarray(cv2.compare(sheet, limit, cv2.CMP_LT) // 255, dtype=np.uint8)
    # A hair of the lid along an edge would join all that comes in over it.
    inner = dark[_RIM:-_RIM, _RIM:-_RIM]
    return np.asarray(cv2.copyMakeBorder(inner, _RIM, _RIM, _RIM, _RIM, cv2.BORDER_REPLICATE), dtype=np.uint8)


def _crossed(dark: Pixels) -> bool:
    """Tell whether anything as wide as a wire comes in over an edge; on most sheets nothing does."""
    return any(np.count_nonzero(side) >= _RIM for side in (dark[0], dark[-1], dark[:, 0], dark[:, -1]))


def _fingers(dark: Pixels) -> Iterator[Box]:
    half = np.asarray(cv2.resize(dark, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_NEAREST), dtype=np.uint8)
    size = round(_THICK_MM * _PER_MM / 2) | 1
    # The border counts as covered while marks are thinned, or a finger that comes in over the edge would lose its root.
    solid = cv2.morphologyEx(half, cv2.MORPH_OPEN, np.ones((size, size), np.uint8), borderType=cv2.BORDER_REPLICATE)
    for box, (along, inward, at_edge), fill in _marks(np.asarray(solid, dtype=np.uint8), _PER_MM / 2):
        if at_edge and _within(along, _WIDE_MM) and _within(inward, _IN_MM) and fill >= _FILLED and inward >= along / 3:
            left, top, right, bottom = box
            yield (2 * left, 2 * top, 2 * right, 2 * bottom)


def _clips(dark: Pixels) -> Iterator[Box]:
    for box, (along, inward, at_edge), fill in _marks(dark, _PER_MM):
        if not at_edge or not _within(along, _CLIP_WIDE_MM) or not _within(inward, _CLIP_IN_MM) or fill > _CLIP_FILL:
            continue
        if _wires(dark, box) >= 2:
            yield box


def _staples(dark: Pixels) -> Iterator[Box]:
    """Look for staples in the four corners."""
    size = round((_CORNER_MM + _ALONE_MM) * _PER_MM)
    for over, down in ((slice(0, size), 0), (slice(-size, None), dark.shape[0] - size)):
        for columns, right in ((slice(0, size), 0), (slice(-size, None), dark.shape[1] - size)):
            corner = np.ascontiguousarray(dark[over, columns])
            far = (right > 0, down > 0)
            for (x0, y0, x1, y1), _, _ in _marks(corner, _PER_MM):
                if _is_staple(corner, (x0, y0, x1, y1), far):
                    yield (x0 + right, y0 + down, x1 + right, y1 + down)


def _marks(dark: Pixels, per_mm: float) -> Iterator[tuple[Box, tuple[float, float, bool], float]]:
    """Give each mark's box, its extent along the nearest edge and inwards (mm), whether it reaches it, and how full it is."""
    height, width = dark.shape
    for left, top, wide, high, area in cv2.connectedComponentsWithStats(dark, connectivity=8)[2][1:].tolist():
        if max(wide, high) < _IN_MM[0] * per_mm:
            continue
        sides = {"x": min(left, width - left - wide), "y": min(top, height - top - high)}
        over_x = sides["x"] <= sides["y"]
        along, inward = (high, wide) if over_x else (wide, high)
        # What covers a corner of the sheet is a fold or a tear.
        at_edge = min(sides.values()) <= _AT_EDGE_MM * per_mm < max(sides.values())
        box = (float(left), float(top), float(left + wide), float(top + high))
        yield box, (along / per_mm, inward / per_mm, at_edge), area / (wide * high)


def _within(value: float, bounds: tuple[float, float]) -> bool:
    return bounds[0] <= value <= bounds[1]


def _wires(dark: Pixels, box: Box) -> int:
    """Count the straight wires of a mark that run away from the edge."""
    left, top, right, bottom = (int(side) for side in box)
    cut = dark[top:bottom, left:right]
    upright = bottom - top >= right - left
    line = np.ones((round(_WIRE_MM * _PER_MM), 1), np.uint8)
    wires = cv2.morphologyEx(cut, cv2.MORPH_OPEN, line if upright else line.T)
    seen: NDArray[np.bool_] = wires.any(axis=0 if upright else 1)
    return int(np.count_nonzero(np.diff(np.concatenate([[False], seen]).astype(np.int8)) == 1))


def _is_staple(corner: Pixels, box: Box, far: tuple[bool, bool]) -> bool:
    """Tell a staple by its length, thickness, place in a corner, and that nothing stands beside it.

    ``far`` tells whether the sheet's own corner is at the right and at the bottom of this part of it.
    """
    left, top, right, bottom = (int(side) for side in box)
    size = corner.shape[0]
    off = ((size - right) if far[0] else left, (size - bottom) if far[1] else top)
    length = float(np.hypot(right - left, bottom - top))
    if min(off) < _OFF_EDGE_MM * _PER_MM or max(off) > _CORNER_MM * _PER_MM or not _within(length / _PER_MM, _STAPLE_MM):
        return False
    area = int(np.count_nonzero(corner[top:bottom, left:right]))
    around = round(_ALONE_MM * _PER_MM)
    field = corner[max(0, top - around) : bottom + around, max(0, left - around) : right + around]
    return bool(area <= _STAPLE_THICK_MM * _PER_MM * length and np.count_nonzero(field) <= 1.1 * area)
