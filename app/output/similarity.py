"""How alike two pictures are to the eye: the structural similarity index (Wang, Bovik, Sheikh, Simoncelli, 2004)."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

_WINDOW, _SIGMA = 11, 1.5
_C1, _C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
# Rows compared at a time: their dozen planes of floats stay near the processor, and a large picture takes no more memory.
_ROWS = 128


def ssim(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """Give the mean similarity of two gray pictures of one size (uint8, height x width): 1 is the same."""
    around, height = _WINDOW // 2, one.shape[0]
    total = 0.0
    for top in range(0, height, _ROWS):
        first, last = max(0, top - around), min(height, top + _ROWS + around)
        index = _index(one[first:last].astype(np.float32), other[first:last].astype(np.float32))
        total += float(index[top - first : top - first + _ROWS].sum(dtype=np.float64))
    return total / one.size


def _index(x: NDArray[np.float32], y: NDArray[np.float32]) -> NDArray[np.float32]:
    """Give the similarity at each pixel."""
    mean_x, mean_y = _blurred(x), _blurred(y)
    square_x, square_y, product = mean_x * mean_x, mean_y * mean_y, mean_x * mean_y
    spread = _blurred(x * x) - square_x + _blurred(y * y) - square_y
    common = _blurred(x * y) - product
    index = (2 * product + _C1) * (2 * common + _C2) / ((square_x + square_y + _C1) * (spread + _C2))
    return np.asarray(index, dtype=np.float32)


def _blurred(plane: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(cv2.GaussianBlur(plane, (_WINDOW, _WINDOW), _SIGMA), dtype=np.float32)
