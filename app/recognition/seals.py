"""Reading what stands under a red seal: in the red part of the light its ink is as bright as paper, and black print is not.

Only where a seal lies over print is it taken away; a stamp on empty paper stays, for its words are to be read too.
"""

from __future__ import annotations

import cv2
import numpy as np

from app.pixels import Pixels, find_marks
from app.sheets import Sheet

# Seals are looked for on a small picture; red ink has this much more red than green or blue.
_LOOK_DPI = 60
_REDNESS = 32
# The parts of a seal stand this near to each other; a seal, with what touches it, is so large. In mm.
_JOIN = 2.0
_SMALLEST, _LARGEST = 14.0, 70.0
# In red light, print is darker than this, and there is at least this share of it under the seal.
_PRINT = 110
_LEAST_PRINT = 0.004


def without_seals(sheet: Sheet) -> Pixels:
    """Give the gray of an upright page with the seals that lie over print taken away."""
    small = sheet.small(_LOOK_DPI)
    if small.ndim == 2:
        return sheet.light
    blue, green, red = cv2.split(small)
    ink = cv2.compare(cv2.subtract(red, cv2.max(blue, green)), _REDNESS, cv2.CMP_GT)
    if not cv2.hasNonZero(ink):
        return sheet.light
    gray = sheet.light.copy()
    across, down = sheet.width / small.shape[1], sheet.height / small.shape[0]
    reach = max(1, round(_JOIN * _LOOK_DPI / 25.4))
    joined = cv2.dilate(ink, np.ones((reach, reach), np.uint8))
    for left, top, width, height, _ in find_marks(np.asarray(joined, dtype=np.uint8)).boxes[1:].tolist():
        if all(_SMALLEST <= side / _LOOK_DPI * 25.4 <= _LARGEST for side in (width, height)):
            right, bottom = (
                min(sheet.width, int((left + width) * across) + 1),
                min(sheet.height, int((top + height) * down) + 1),
            )
            place = (int(left * across), int(top * down), right, bottom)
            light = sheet.part(place)[:, :, 2]
            if np.count_nonzero(light < _PRINT) > _LEAST_PRINT * light.size:
                gray[place[1] : bottom, place[0] : right] = light
    return gray
