"""Make a page easy to read for Tesseract: no fill-dots, flat white paper, and as many pixels as it needs."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from app.pixels import find_marks, level_at, shrink

Gray = NDArray[np.uint8]

# 200 dpi reads 13-point print as well as 300, in two thirds of the time (docs/decisions).
READING_DPI = 200
_MM = READING_DPI / 25.4
# The longer side of a picture is not made shorter than this, in pixels.
_LEAST_LONG = 1600
# In pictures with a shorter one, letters lower than this many pixels (the median of capitals, small letters and digits)
# are enlarged to that many, at most so many times: of letters of ten pixels Tesseract loses whole lines.
_SMALL_LONG, _SMALL_LETTER, _LETTER, _MOST_ENLARGED = 1300, 17.0, 22.0, 3.0
# Lower marks are specks and accents, higher ones pictures; fewer marks tell nothing.
_LETTER_RANGE, _FEWEST_LETTERS = (4, 60), 20

# The dots that a form prints for an answer: small, on one line, close together, and many. In mm.
_DOT = 0.9
_GAP = 1.7
_WANDER = 0.5
_FEWEST = 6
# Between the tails of letters a few dots of such a row stand apart from the others, this near.
_FEWEST_APART = 2
_APART = 15.0

# Paper is looked at in a quarter of the size, within some millimetres; what is this light against it is paper, and paper is
# not darker than this share of the page's usual paper: what is, is a filled box.
_PAPER_SCALE, _PAPER_MM = 0.25, 6.5
_PAPER, _DARKEST_PAPER = 0.92, 0.6


@dataclass(frozen=True, eq=False)
class Prepared:
    """A page ready to be read; ``factor`` is its size against the page it was made from."""

    gray: Gray
    factor: float


def prepare(gray: Gray, dpi: int) -> Prepared:
    """Bring a page (gray: uint8, height x width; dpi: dots per inch) to 200 dpi, erase its fill-dots, whiten its paper.

    Small pictures are left large, or enlarged to letters that are well read: cards have small print, and the resolution
    that other small files state is often wrong.
    """
    if max(gray.shape) < _SMALL_LONG:
        factor = _enlargement(gray)
        large = cv2.resize(gray, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC)
        # Their ground is patterned more often than flat: whitened, sample cards lose four points more of their letters.
        return Prepared(erase_dots(np.asarray(large, dtype=np.uint8)), factor)
    factor = min(1.0, max(READING_DPI / dpi, _LEAST_LONG / max(gray.shape)))
    return Prepared(whiten(erase_dots(shrink(gray, factor))), factor)


def whiten(gray: Gray) -> Gray:
    """Divide a page (gray: uint8, height x width, about 200 dpi) by the paper around each pixel, and make paper flat white.

    Tesseract packs the picture of every line as PNG before it reads it; the scan's noise took a tenth of its time there.
    """
    small = shrink(gray, _PAPER_SCALE)
    window = round(_PAPER_MM * _MM * _PAPER_SCALE) | 1
    closed = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((window, window), np.uint8))
    least = np.uint8(max(1.0, _DARKEST_PAPER * level_at(small, 0.5)))
    paper = np.maximum(cv2.blur(closed, (window, window)), least)
    full = cv2.resize(paper, (gray.shape[1], gray.shape[0]), interpolation=cv2.INTER_LINEAR)
    levels = np.arange(256)
    flat = np.where(levels >= _PAPER * 255, 255, levels).astype(np.uint8)
    return np.asarray(cv2.LUT(cv2.divide(gray, full, scale=255), flat), dtype=np.uint8)


def _enlargement(gray: Gray) -> float:
    """Give how many times a small picture is to be enlarged, by the height of what may be letters."""
    sizes = find_marks(_dark(gray)).boxes[1:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]]
    low, high = _LETTER_RANGE
    heights = sizes[(sizes[:, 1] >= low) & (sizes.max(axis=1, initial=0) <= high), 1]
    if len(heights) < _FEWEST_LETTERS or np.median(heights) >= _SMALL_LETTER:
        return 1.0
    return min(_MOST_ENLARGED, _LETTER / float(np.median(heights)))


def _dark(gray: Gray) -> Gray:
    dark = cv2.adaptiveThreshold(gray, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 31, 18)
    return np.asarray(dark, dtype=np.uint8)


def erase_dots(gray: Gray) -> Gray:
    """Paint paper over rows of six or more fill-dots (gray: uint8, height x width, about 200 dpi).

    Tesseract's layout analysis takes a row of dots for a rule and drops the words that stand on it.
    """
    marks = find_marks(_dark(gray))
    boxes = marks.boxes
    most = _DOT * _MM
    small = (boxes[:, cv2.CC_STAT_WIDTH] <= most) & (boxes[:, cv2.CC_STAT_HEIGHT] <= most)
    small[0] = False
    numbers = np.flatnonzero(small)
    if len(numbers) < _FEWEST:
        return gray
    chosen = np.zeros(len(boxes), np.bool_)
    chosen[numbers[_in_rows(marks.centres[numbers])]] = True
    if not chosen.any():
        return gray
    mask = cv2.dilate(marks.picked(chosen), np.ones((3, 3), np.uint8))
    return np.asarray(cv2.copyTo(cv2.dilate(gray, np.ones((7, 7), np.uint8)), mask, gray.copy()), dtype=np.uint8)


def _in_rows(centres: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell which points (n x 2, x and y in pixels) stand in a row of at least six neighbours, or continue such a row.

    The points are drawn as short bars; bars that touch are one row.
    """
    across, down = (np.round(centres[:, axis]).astype(int) for axis in (0, 1))
    half, wander = round(_GAP * _MM / 2), max(1, round(_WANDER * _MM / 2))
    canvas = np.zeros((down.max() + 1, across.max() + 1), np.uint8)
    canvas[down, across] = 1
    bars = cv2.dilate(canvas, np.ones((wander, 2 * half + 1), np.uint8))
    _, labels = cv2.connectedComponents(bars, connectivity=4)
    row = labels[down, across]
    size = np.bincount(row)
    certain = size[row] >= _FEWEST
    canvas[down[~certain], across[~certain]] = 0
    reach = cv2.dilate(canvas, np.ones((3, 2 * round(_APART * _MM) + 1), np.uint8))
    outside = np.bincount(row, weights=reach[down, across] == 0, minlength=len(size))
    return np.asarray(certain | ((size[row] >= _FEWEST_APART) & (outside[row] == 0)))
