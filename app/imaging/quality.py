"""What is wrong with a scan, so that it is repeated while the paper is still on the desk; and whether a page is blank."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from app.pixels import Pixels, find_marks, level_at

SKEWED = "skew"
LOW_DPI = "low_dpi"
DARK = "dark"
FAINT = "faint"
BLURRED = "blurred"
DAMAGED = "damaged"
STREAK = "streak"
CUT_OFF = "cut_off"

_MOST_SKEW = 5.0
# Decree 30/2020 (digital copies of documents) asks for 200 dpi and more.
_LEAST_DPI = 200
_DARK_PAPER = 110
_FAINT_CONTRAST = 70
# Below this many gray levels the steepness of print says nothing.
_LEAST_CONTRAST = 45
_LEAST_SHARPNESS = 0.10
_STEEPEST, _DARKEST = 0.995, 0.005
# Of bands of so many rows, every third is looked at for steps.
_BAND, _EVERY = 24, 3
# Ink is what reflects less than this share of the paper around it; the print of the other side shows through weaker.
_INK = 0.80
_PAPER_SCALE, _PAPER_WINDOW = 0.25, 11
# A blank page may hold dust: marks of at most this size (mm), and so much of larger marks (mm2) in all.
_DUST = 0.8
_BLANK_AREA = 1.0
# Across a punched hole, mm.
_HOLE = (4.5, 8.0)
_MARGIN = 4.0
# Pixels; nothing can be said of a smaller image.
_TOO_SMALL = 8


@dataclass(frozen=True)
class Ink:
    """The marks of a sheet: ``share`` of the sheet, whether it is ``blank``, levels of ``paper`` and ``ink``."""

    share: float
    blank: bool
    paper: float
    level: float


def measure_ink(sheet: Pixels, dpi: int) -> Ink:
    """Measure the marks on ``sheet`` (uint8 gray, height x width, cut out, about 100 dpi), its outer 4 mm left out."""
    per_mm = dpi / 25.4
    margin = min(round(_MARGIN * per_mm), min(sheet.shape) // 4)
    inner = np.ascontiguousarray(sheet[margin : sheet.shape[0] - margin, margin : sheet.shape[1] - margin])
    if min(inner.shape) < _TOO_SMALL:
        return Ink(0.0, True, float(inner.mean()), float(inner.mean()))
    size = (inner.shape[1], inner.shape[0])
    dilated = cv2.dilate(inner, np.ones((5, 5), np.uint8))
    brightest = cv2.resize(dilated, None, fx=_PAPER_SCALE, fy=_PAPER_SCALE, interpolation=cv2.INTER_NEAREST)
    around = np.asarray(cv2.medianBlur(brightest, _PAPER_WINDOW), dtype=np.uint8)
    around = np.maximum(around, np.uint8(level_at(np.ascontiguousarray(inner[::2, ::2]), 0.5) * 0.8))
    paper = np.asarray(cv2.resize(around, size), dtype=np.uint8)
    dark = np.asarray(cv2.compare(inner, cv2.convertScaleAbs(paper, alpha=_INK), cv2.CMP_LT), dtype=np.uint8)
    usual = level_at(around, 0.5)
    level = cv2.mean(inner, mask=dark)[0] if cv2.hasNonZero(dark) else usual
    return Ink(cv2.countNonZero(dark) / dark.size, _is_blank(dark, per_mm), usual, level)


def _is_blank(dark: NDArray[np.uint8], per_mm: float) -> bool:
    """Tell whether only dust and the streaks of a dirty glass are left. One short line of print is not blank."""
    boxes = find_marks(dark).boxes
    wide, high, area = (boxes[1:, field] for field in (cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT, cv2.CC_STAT_AREA))
    dust = np.maximum(wide, high) <= _DUST * per_mm
    streak = (np.minimum(wide, high) <= 1.0 * per_mm) & (np.maximum(wide, high) >= 0.4 * max(dark.shape))
    mark = ~dust & ~streak & ~_holes(boxes[1:], dark.shape[1], dark.shape[0], per_mm)
    return float(area[mark].sum()) <= _BLANK_AREA * per_mm**2 and int(dust.sum()) < 400


def find_holes(dark: NDArray[np.uint8], per_mm: float) -> list[tuple[int, int, int, int]]:
    """Find the holes of a punch in the dark marks of a sheet (uint8, not 0 = dark; pixels a mm): left, top, width, height."""
    boxes = find_marks(dark).boxes
    holes = _holes(boxes[1:], dark.shape[1], dark.shape[0], per_mm)
    return [(int(left), int(top), int(wide), int(high)) for left, top, wide, high, _ in boxes[1:][holes]]


def _holes(boxes: NDArray[np.int32], width: int, height: int, per_mm: float) -> NDArray[np.bool_]:
    """Tell which marks (OpenCV's statistics, one a row) are holes of a punch: round, filled, near the sheet's edge."""
    left, top, wide, high, area = boxes.T
    fill = area / np.maximum(wide * high, 1)
    sized = (np.minimum(wide, high) >= _HOLE[0] * per_mm) & (np.maximum(wide, high) <= _HOLE[1] * per_mm)
    to_edge = np.minimum.reduce([left, top, width - left - wide, height - top - high])
    return np.asarray(sized & (np.abs(wide - high) <= 2) & (np.abs(fill - np.pi / 4) < 0.08) & (to_edge < 16 * per_mm))


def sharpness(gray: Pixels) -> float:
    """Give the steepness of the print's edges, 0 (fog) to 1 (one pixel), of uint8 gray, height x width, scan size.

    The strongest steps between neighbours are set against the contrast of the marks, so that pale print is not
    taken for blurred print.
    """
    height, width = gray.shape
    if min(height, width) < _TOO_SMALL:
        return 1.0
    middle = gray[height // 8 : height * 7 // 8, width // 8 : width * 7 // 8]
    some = np.ascontiguousarray(middle[::4, ::4])
    contrast = level_at(some, 0.5) - level_at(some, _DARKEST)
    if contrast < _LEAST_CONTRAST:
        return 1.0
    bands = [middle[top : top + _BAND] for top in range(0, middle.shape[0], _EVERY * _BAND)]
    steps = np.vstack([cv2.convertScaleAbs(cv2.Laplacian(band, cv2.CV_16S, ksize=1)) for band in bands])
    return level_at(np.asarray(steps, dtype=np.uint8), _STEEPEST) / contrast / 2


def flags(*, skew: float, dpi: int, ink: Ink, steepness: float) -> tuple[str, ...]:
    """Name what is wrong: ``skew`` in degrees clockwise, ``dpi`` dots per inch, ``steepness`` from ``sharpness``."""
    found = {
        SKEWED: abs(skew) > _MOST_SKEW,
        LOW_DPI: dpi < _LEAST_DPI,
        DARK: ink.paper < _DARK_PAPER,
        FAINT: not ink.blank and ink.paper - ink.level < _FAINT_CONTRAST,
        BLURRED: not ink.blank and steepness < _LEAST_SHARPNESS,
    }
    return tuple(name for name, wrong in found.items() if wrong)
