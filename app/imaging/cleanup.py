"""Make a page pleasant to look at: white even paper, nothing shining through, no punched holes; ink and seals stay true.

It works on the page that was rendered, never on the original, so it can be left out again at any time.
"""

from __future__ import annotations

import cv2
import numpy as np

from app.imaging.quality import find_holes
from app.pixels import Pixels, shrink, to_gray

_PAPER_DPI = 50
_PAPER_MM = 10.0
# Paper is not darker than this share of the page's usual paper: what is, is a photograph or a filled box.
_DARKEST_PAPER = 0.6
# Of 255 once the paper is white: paler than the second is paper, darker than the first is left alone; and how far the
# channels of what may be paled lie apart, so that the pale red of a seal is not.
_PALE = (185, 228)
_NEUTRAL = 26
_HOLE_DPI = 100
_HOLE_RIM_MM = 0.8


def clean(pixels: Pixels, dpi: int) -> Pixels:
    """Clean an upright page (pixels: uint8, height x width x 3 BGR or height x width gray; dpi: dots per inch)."""
    white = _without_holes(_whitened(pixels, dpi), pixels, dpi)
    start, end = _PALE
    steps = np.arange(256, dtype=np.float32)
    curve = np.where(steps <= start, steps, start + (steps - start) * (255 - start) / (end - start)).clip(0, 255)
    paled = cv2.LUT(white, curve.round().astype(np.uint8))
    if white.ndim == 2:
        return np.asarray(paled, dtype=np.uint8)
    blue, green, red = cv2.split(white)
    spread = cv2.subtract(cv2.max(cv2.max(blue, green), red), cv2.min(cv2.min(blue, green), red))
    # A pixel alone says little: noise gives it a colour, and takes some from the rim of a seal.
    neutral = cv2.compare(cv2.blur(spread, (5, 5)), _NEUTRAL, cv2.CMP_LT)
    return np.asarray(cv2.copyTo(paled, neutral, white.copy()), dtype=np.uint8)


def _whitened(pixels: Pixels, dpi: int) -> Pixels:
    """Divide each channel by the paper around it."""
    small = shrink(pixels, _PAPER_DPI / dpi, cv2.INTER_AREA)
    window = round(_PAPER_MM * min(_PAPER_DPI, dpi) / 25.4) | 1
    kernel = np.ones((window, window), np.uint8)
    closed = cv2.blur(cv2.morphologyEx(small, cv2.MORPH_CLOSE, kernel), (window, window))
    usual = np.median(closed.reshape(-1, *closed.shape[2:]), axis=0)
    dark = to_gray(np.asarray(closed, dtype=np.uint8)) < _DARKEST_PAPER * float(np.max(usual))
    paper = np.where(dark if closed.ndim == 2 else dark[:, :, None], usual, closed).clip(1, 255).astype(np.uint8)
    full = cv2.resize(paper, (pixels.shape[1], pixels.shape[0]), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.divide(pixels, full, scale=252), dtype=np.uint8)


def _without_holes(white: Pixels, pixels: Pixels, dpi: int) -> Pixels:
    """Paint paper over the holes of a punch."""
    small = shrink(to_gray(pixels), _HOLE_DPI / dpi, cv2.INTER_AREA)
    per_mm = min(_HOLE_DPI, dpi) / 25.4
    dark = (small < float(np.median(small)) / 2).astype(np.uint8)
    across, down = white.shape[1] / small.shape[1], white.shape[0] / small.shape[0]
    for left, top, wide, high in find_holes(dark, per_mm):
        centre = (round((left + wide / 2) * across), round((top + high / 2) * down))
        axes = (round((wide / 2 + _HOLE_RIM_MM * per_mm) * across), round((high / 2 + _HOLE_RIM_MM * per_mm) * down))
        cv2.ellipse(white, centre, axes, 0, 0, 360, (255, 255, 255), -1)
    return white
