"""Print that runs over the edge of the scan: the sheet lay too far out, or was larger than the area that was scanned."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from app.model.page_findings import Box, Quad
from app.pixels import Pixels, find_marks

# Millimetres: letters, in height and width; how near the frame a letter counts as cut; how far a line reaches inwards.
_LETTER_MM = (1.0, 7.0)
_NEAR_MM = 0.3
_LINE_MM = 12.0
# So many letters of its line must stand beside a letter that is cut.
_BESIDE = 3
_SIDES = ("left", "top", "right", "bottom")


def find_cut_off(ink: Pixels, dpi: int, sheet: Quad) -> tuple[Box, ...]:
    """Find where print is cut off by the frame of the scan (ink: its ``ink_mask``, about 100 dpi).

    Gives a box for each side of the frame, in pixels of ``ink``.
    """
    reached = [side for side in _SIDES if _reaches(sheet, side, ink.shape[1], ink.shape[0])]
    if not reached:
        return ()
    per_mm = dpi / 25.4
    boxes = find_marks(ink).boxes[1:, :4].astype(np.float64)
    left, top = boxes[:, 0], boxes[:, 1]
    right, bottom = left + boxes[:, 2], top + boxes[:, 3]
    size = np.maximum(boxes[:, 2], boxes[:, 3]) / per_mm
    letter = (size >= _LETTER_MM[0]) & (size <= _LETTER_MM[1])
    near = max(1.0, _NEAR_MM * per_mm)
    distances = {"left": left, "top": top, "right": ink.shape[1] - right, "bottom": ink.shape[0] - bottom}
    found = []
    for side in reached:
        distance = distances[side]
        cut = np.flatnonzero(letter & (distance <= near))
        along = (top, bottom) if side in ("left", "right") else (left, right)
        inside = letter & (distance > near) & (distance < _LINE_MM * per_mm)
        cut = cut[[_has_line(int(number), along, inside) for number in cut]] if len(cut) else cut
        if len(cut):
            found.append((float(left[cut].min()), float(top[cut].min()), float(right[cut].max()), float(bottom[cut].max())))
    return tuple(found)


def _has_line(number: int, along: tuple[NDArray[np.float64], NDArray[np.float64]], inside: NDArray[np.bool_]) -> bool:
    """Tell whether letters stand beside this one, going inwards; dirt and the edge of a lid stand alone."""
    start, end = along[0][number], along[1][number]
    return int((inside & (along[0] < end) & (along[1] > start)).sum()) >= _BESIDE


def _reaches(sheet: Quad, side: str, width: int, height: int) -> bool:
    """Tell whether the sheet goes up to that side of the frame: beyond a lid that is seen nothing is cut."""
    across, down = [point[0] for point in sheet], [point[1] for point in sheet]
    margin = 3.0
    return {
        "left": min(across) <= margin,
        "top": min(down) <= margin,
        "right": max(across) >= width - margin,
        "bottom": max(down) >= height - margin,
    }[side]
