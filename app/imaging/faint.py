"""Pale print on a page that seems blank: marks of a letter's size whose edges are as steep as those of print.

What shows through from the other side of thin paper is as pale, but the paper has blurred it.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from app.pixels import Pixels, find_marks

WORKING_DPI = 200
_PER_MM = WORKING_DPI / 25.4
_MARGIN_MM = 8.0
# A mark reflects less than this share of the paper; letters are so large (mm) and have so many pixels; a page has so many.
_MARK = 0.95
_LETTER_MM = (1.0, 8.0)
_FEWEST_PIXELS = 12
_FEWEST_LETTERS = 40
# Steepness of the marks' edges, of their depth a pixel: bleed-through stays below 0.18, print is above 0.25.
_DOUBTFUL, _PRINT = 0.20, 0.28


@dataclass(frozen=True)
class PaleMarks:
    """Whether the marks may be pale print, so that the page is worth a look, and whether they surely are."""

    doubtful: bool
    print_there: bool


def find_pale_print(sheet: Pixels) -> PaleMarks:
    """Look for pale print on a sheet (uint8 gray, height x width, cut out and straight, 200 dpi), its outer 8 mm left out."""
    margin = round(_MARGIN_MM * _PER_MM)
    inner = np.ascontiguousarray(sheet[margin:-margin, margin:-margin])
    if min(inner.shape) < 2 * margin:
        return PaleMarks(False, False)
    even = cv2.GaussianBlur(inner, (0, 0), 0.7).astype(np.float32) / np.maximum(_paper(inner), 1)
    found = find_marks((even < _MARK).astype(np.uint8))
    boxes = found.boxes
    size = np.maximum(boxes[:, cv2.CC_STAT_WIDTH], boxes[:, cv2.CC_STAT_HEIGHT]) / _PER_MM
    letter = (size > _LETTER_MM[0]) & (size < _LETTER_MM[1]) & (boxes[:, cv2.CC_STAT_AREA] > _FEWEST_PIXELS)
    letter[0] = False
    if letter.sum() < _FEWEST_LETTERS:
        return PaleMarks(False, False)
    marks = letter[found.labels]
    depth = 1 - float(np.percentile(even[marks], 10))
    steepness = float(np.percentile(np.abs(np.diff(even, axis=1))[marks[:, 1:]], 90)) / depth
    return PaleMarks(steepness >= _DOUBTFUL, steepness >= _PRINT)


def _paper(inner: Pixels) -> Pixels:
    quarter = cv2.resize(inner, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    brightest = cv2.medianBlur(cv2.dilate(quarter, np.ones((3, 3), np.uint8)), 21)
    return np.asarray(cv2.resize(brightest, (inner.shape[1], inner.shape[0])), dtype=np.uint8)
