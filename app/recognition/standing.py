"""Which way up lines of print stand, by their shape, for a fiftieth of what reading costs.

In Latin script nearly all letters stand on one line, while their tops differ: ascenders, capitals and, in Vietnamese, marks
above many vowels; few letters reach below. (Leptonica's up-down detection counts ascenders and descenders for the same end:
Bloomberg, Kopec, Dasari, Measuring document image skew and orientation, 1995.) Of two letters side by side, feet that agree
where heads do not speak for lines that stand upright, and the other way round for lines upside down.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Gray = NDArray[np.uint8]

# Against the usual height of letters: what is compared, how far letters of one line stand apart, and a difference that counts.
_HEIGHTS = (0.55, 2.2)
_APART = 0.8
_DIFFERENT = 0.15
_SMALLEST_MM = 1.2
_FEWEST = 20


def standing(letters: Gray, boxes: NDArray[np.int32], dpi: int) -> float:
    """Tell which way up level lines stand: above 0 upright, below 0 upside down, in standard deviations of mere chance.

    ``letters`` (height x width) is not 0 where letters are; ``boxes`` holds a row for each (OpenCV's statistics).
    """
    left, top, width, height = (boxes[:, field] for field in range(4))
    tall = height[height >= _SMALLEST_MM * dpi / 25.4]
    if len(tall) < _FEWEST:
        return 0.0
    usual = float(np.median(tall))
    reach = 2 * round(_APART * usual) + 1
    joined = cv2.dilate(letters, np.ones((1, reach), np.uint8))
    lines = cv2.connectedComponents(joined, connectivity=4)[1]
    own = lines[top + height // 2, left + width // 2]
    chosen = np.flatnonzero((height >= _HEIGHTS[0] * usual) & (height <= _HEIGHTS[1] * usual) & (own > 0))
    chosen = chosen[np.lexsort((left[chosen], own[chosen]))]
    head, foot, own = top[chosen], (top + height)[chosen], own[chosen]
    beside = own[1:] == own[:-1]
    common = np.minimum(foot[1:], foot[:-1]) - np.maximum(head[1:], head[:-1])
    beside &= 2 * common >= np.minimum(height[chosen][1:], height[chosen][:-1])
    heads, feet = np.abs(np.diff(head)), np.abs(np.diff(foot))
    unlike = max(2.0, _DIFFERENT * usual)
    upright = np.count_nonzero(beside & (feet <= 1) & (heads > unlike))
    turned = np.count_nonzero(beside & (heads <= 1) & (feet > unlike))
    return float((upright - turned) / max(1.0, np.sqrt(upright + turned)))
