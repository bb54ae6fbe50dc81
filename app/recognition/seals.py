"""Reading what stands under a red seal: in the red part of the light its ink is as bright as paper, and black print is not.

Only where a seal lies over print is it taken away; a stamp on empty paper stays, for its words are to be read too.
"""

from __future__ import annotations

import cv2
import numpy as np

from app.pixels import Pixels, find_marks, shrink, to_gray

# Seals are looked for on a small picture; red ink has this much more red than green or blue.
_LOOK_DPI = 60
_REDNESS = 32
# The parts of a seal stand this near to each other; a seal is so large (Circular 21/2012/TT-BCA: 20 to 42 mm). In mm.
_JOIN = 2.0
_SMALLEST, _LARGEST = 14.0, 70.0
# In red light, print is darker than this, and there is at least this share of it under the seal.
_PRINT = 110
_LEAST_PRINT = 0.004


def without_seals(pixels: Pixels, dpi: int) -> Pixels:
    """Give the gray of a page (uint8, height x width x 3 BGR, or gray; dpi: dots per inch) with seals over print taken away."""
    gray = to_gray(pixels)
    if pixels.ndim == 2:
        return gray
    small = shrink(pixels, min(1.0, _LOOK_DPI / dpi), cv2.INTER_AREA)
    blue, green, red = cv2.split(small)
    ink = (cv2.subtract(red, cv2.max(blue, green)) > _REDNESS).astype(np.uint8)
    if not ink.any():
        return gray
    factor = small.shape[1] / pixels.shape[1]
    reach = max(1, round(_JOIN * _LOOK_DPI / 25.4))
    joined = cv2.dilate(ink, np.ones((reach, reach), np.uint8))
    boxes = find_marks(np.asarray(joined, dtype=np.uint8)).boxes[1:]
    for left, top, width, height, _ in boxes.tolist():
        if all(_SMALLEST <= side / _LOOK_DPI * 25.4 <= _LARGEST for side in (width, height)):
            rows = slice(int(top / factor), int((top + height) / factor) + 1)
            columns = slice(int(left / factor), int((left + width) / factor) + 1)
            light = pixels[rows, columns, 2]
            if np.count_nonzero(light < _PRINT) > _LEAST_PRINT * light.size:
                gray[rows, columns] = light
    return gray
