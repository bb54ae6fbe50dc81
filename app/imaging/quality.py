"""What is wrong with a scan, so that it is repeated while the paper is still on the desk; and whether a page is blank."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from app.imaging.raster import Pixels

WORKING_DPI = 100

SKEWED = "skew"
LOW_DPI = "low_dpi"
DARK = "dark"
FAINT = "faint"
BLURRED = "blurred"

_MOST_SKEW = 5.0
# Circular 05/2025 on digitising asks for 200 dpi and more.
_LEAST_DPI = 200
_DARK_PAPER = 110
_FAINT_CONTRAST = 45
_LEAST_SHARPNESS = 0.10
# Ink is what reflects less than this share of the paper around it; the print of the other side shows through weaker.
_INK = 0.72
_PAPER_WINDOW = 41
# A blank page may hold dust: marks of at most this size (mm), and so much of larger marks (mm2) in all.
_DUST = 0.8
_BLANK_AREA = 1.0
_MARGIN = 4.0


@dataclass(frozen=True)
class Ink:
    """The marks of a sheet at 100 dpi: ``share`` of the sheet, whether it is ``blank``, levels of ``paper`` and ``ink``."""

    share: float
    blank: bool
    paper: float
    level: float


def measure_ink(sheet: Pixels) -> Ink:
    """Measure the marks on ``sheet`` (uint8 gray, height x width, cut out, 100 dpi), its outer 4 mm left out."""
    margin = min(round(_MARGIN * WORKING_DPI / 25.4), min(sheet.shape) // 4)
    inner = np.ascontiguousarray(sheet[margin : sheet.shape[0] - margin, margin : sheet.shape[1] - margin])
    paper = cv2.medianBlur(cv2.dilate(inner, np.ones((5, 5), np.uint8)), _PAPER_WINDOW)
    paper = np.maximum(paper, np.uint8(np.median(inner) * 0.8))
    dark = (inner < paper * np.float32(_INK)).astype(np.uint8)
    level = float(inner[dark > 0].mean()) if dark.any() else float(np.median(paper))
    return Ink(float(dark.mean()), _is_blank(dark), float(np.median(paper)), level)


def _is_blank(dark: NDArray[np.uint8]) -> bool:
    """Tell whether only dust and the streaks of a dirty glass are left. One short line of print is not blank."""
    per_mm = WORKING_DPI / 25.4
    _, _, boxes, _ = cv2.connectedComponentsWithStats(dark, connectivity=8)
    wide, high, area = (boxes[1:, field] for field in (cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT, cv2.CC_STAT_AREA))
    dust = np.maximum(wide, high) <= _DUST * per_mm
    streak = (np.minimum(wide, high) <= 1.0 * per_mm) & (np.maximum(wide, high) >= 0.4 * max(dark.shape))
    return float(area[~dust & ~streak].sum()) <= _BLANK_AREA * per_mm**2 and int(dust.sum()) < 400


def sharpness(gray: Pixels) -> float:
    """Give the steepness of the print's edges, 0 (fog) to 1 (one pixel), of uint8 gray, height x width, scan size.

    The strongest steps between neighbours are set against the contrast of the marks, so that pale print is not
    taken for blurred print.
    """
    height, width = gray.shape
    if min(height, width) < 8:
        return 1.0
    middle = gray[height // 8 : height * 7 // 8, width // 8 : width * 7 // 8]
    contrast = float(np.percentile(middle[::4, ::4], 50)) - float(np.percentile(middle[::4, ::4], 0.5))
    if contrast < _FAINT_CONTRAST:
        return 1.0
    laplacian = cv2.Laplacian(middle, cv2.CV_16S, ksize=1)
    return float(np.percentile(np.abs(laplacian[::2]), 99.5)) / contrast / 2


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
