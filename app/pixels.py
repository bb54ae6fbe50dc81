"""Pixel work that finding, reading and packing share: gray, smaller pictures, connected marks, levels.

Everything here is done for every page, so each function takes the cheapest way that OpenCV has for it.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Marks:
    """Connected marks: ``labels`` (height x width, 0 = none); for each label, 0 included, a row of ``boxes`` and ``centres``.

    ``boxes`` holds left, top, width, height and area in pixels (OpenCV's CC_STAT columns), ``centres`` x and y.
    """

    labels: NDArray[np.unsignedinteger | np.signedinteger]
    boxes: NDArray[np.int32]
    centres: NDArray[np.float64]

    def picked(self, chosen: NDArray[np.bool_]) -> Pixels:
        """Give 1 where the marks stand that are ``chosen`` (one truth value a label), else 0."""
        if not chosen.any():
            return np.zeros(self.labels.shape, np.uint8)
        return np.asarray(chosen.astype(np.uint8)[self.labels])


def to_gray(pixels: Pixels) -> Pixels:
    """Give height x width gray of height x width x 3 BGR; gray stays as it is."""
    return pixels if pixels.ndim == 2 else np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), dtype=np.uint8)


def shrink(pixels: Pixels, factor: float, last: int = cv2.INTER_LINEAR) -> Pixels:
    """Give pixels (uint8, with or without channels) at ``factor`` of their size, averaged; never enlarged.

    What is not an exact half is done by ``last``. Between a half and the whole every pixel still weighs in by
    interpolation, at a sixth of the cost of areas.
    """
    if factor >= 1:
        return pixels
    return shrink_to(pixels, (max(1, round(pixels.shape[1] * factor)), max(1, round(pixels.shape[0] * factor))), last)


def shrink_to(pixels: Pixels, size: tuple[int, int], last: int = cv2.INTER_LINEAR) -> Pixels:
    """Give pixels at a smaller ``size`` (width, height), as ``shrink`` does."""
    while min(pixels.shape[0] // size[1], pixels.shape[1] // size[0]) >= 2:
        # Exact halves are averaged many times faster than other sizes, and than halves of an odd number of pixels.
        half = (pixels.shape[1] // 2, pixels.shape[0] // 2)
        even = pixels[: 2 * half[1], : 2 * half[0]]
        pixels = np.asarray(cv2.resize(even, half, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    if pixels.shape[1::-1] == size:
        return pixels
    return np.asarray(cv2.resize(pixels, size, interpolation=last), dtype=np.uint8)


def find_marks(mask: Pixels) -> Marks:
    """Find the connected marks of ``mask`` (uint8, height x width, not 0 = mark), also over corners."""
    try:  # labels of 16 bits take a third of the time
        found = cv2.connectedComponentsWithStatsWithAlgorithm(mask, 8, cv2.CV_16U, cv2.CCL_DEFAULT)
    except cv2.error:  # noise can have more marks than they can count
        found = cv2.connectedComponentsWithStatsWithAlgorithm(mask, 8, cv2.CV_32S, cv2.CCL_DEFAULT)
    _, labels, boxes, centres = found
    return Marks(labels, np.asarray(boxes, dtype=np.int32), np.asarray(centres, dtype=np.float64))


def level_at(gray: Pixels, share: float) -> float:
    """Give the level (0 to 255) below which ``share`` (0 to 1) of the pixels (uint8 gray) lie: 0.5 gives the median."""
    counts = np.cumsum(cv2.calcHist([gray], [0], None, [256], [0, 256]))
    return float(np.searchsorted(counts, share * counts[-1]))
