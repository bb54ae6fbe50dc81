"""How far the lines of a page lean, by the sharpness of its projection profile.

The angle that makes rows of ink fall together gives the profile with the largest jumps between neighbouring bins
(Bloomberg, Kopec, Dasari: Measuring document image skew and orientation, 1995). Both axes are tried, since a page
may lie on its side.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from app.pixels import Pixels

REACH = 15.0
# Where nothing leans within reach, it is looked for this far.
_FAR_REACH = 25.0
_COARSE_STEP = 0.5
_FINE_STEP = 0.05
_COARSE_POINTS = 12_000
_FINE_POINTS = 60_000
_FEWEST_POINTS = 150
# How many times as sharp as at the other angles a profile must be: for lines at all, and as pages of print have it.
_CERTAIN, _SURE = 2.2, 5.0
# Rows of print as sharp as this need no look at the columns.
_BEYOND_DOUBT = 15.0
# An angle this near to 0 may be that of the scanner's own marks, which run through so much of the frame; what is left
# without them must lean by so much more to be believed instead.
_ON_GRID, _THROUGH, _APART = 0.1, 0.6, 0.25

Points = NDArray[np.float32]


@dataclass(frozen=True)
class Skew:
    """An angle in degrees clockwise and how sure it is: 0 (no lines seen) to 1."""

    angle: float
    confidence: float


def ink_mask(gray: Pixels, dpi: int) -> Pixels:
    """Give 255 where a pixel (gray: uint8, height x width) is clearly darker than the paper around it, else 0."""
    window = max(3, round(dpi * 0.16)) | 1
    return np.asarray(
        cv2.adaptiveThreshold(gray, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, window, 20), dtype=np.uint8
    )


def find_skew(mask: Pixels) -> Skew:
    """Find the lean of the marks in ``mask`` (uint8, height x width, not 0 = mark).

    Angle 0 with confidence 0 is given where there are too few marks to tell. Streaks of dirty glass and the rims of black
    bands lie along the frame whichever way the paper lies, so they are left out where they alone say that it is straight.
    """
    points = _points(mask)
    ratio, angle, axis = _coarse(points)
    if ratio < _CERTAIN:
        return Skew(0.0, 0.0)
    found = _fine(points, ratio, angle, axis)
    if abs(found.angle) <= _ON_GRID and (rest := _off_grid(mask)) is not None:
        ratio, angle, axis = _coarse(rest)
        if ratio >= _SURE and abs(angle - found.angle) > _APART:
            return _fine(rest, ratio, angle, axis)
    return found


def _points(mask: Pixels) -> Points:
    """Give the places of marks, x and y from their middle; none where there are too few to tell."""
    places = cv2.findNonZero(mask)
    if places is None or len(places) < _FEWEST_POINTS:
        return np.empty((2, 0), np.float32)
    points = np.ascontiguousarray(places.reshape(-1, 2).T, dtype=np.float32)
    points -= points.mean(axis=1, keepdims=True)
    return points


def _off_grid(mask: Pixels) -> Points | None:
    """Give the places of marks without the rows and columns of the frame that are marked through; None where none are."""
    rows, columns = (np.count_nonzero(mask, axis=axis) >= _THROUGH * mask.shape[axis] for axis in (1, 0))
    if not (rows.any() or columns.any()):
        return None
    rest = mask.copy()
    rest[_widened(rows)] = 0
    rest[:, _widened(columns)] = 0
    return _points(rest)


def _widened(lines: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Take in the two lines on each side, where the rim of a line that is marked through shows here and there."""
    return np.asarray(np.convolve(lines, np.ones(5), mode="same") > 0)


def _coarse(points: Points) -> tuple[float, float, int]:
    """Give how much sharper than usual the sharpest profile is, its angle, and its axis; few pages lie beyond ``REACH``."""
    near = _sharpest(points, REACH)
    if near[0] >= _SURE and abs(near[1]) < REACH:
        return near
    far = _sharpest(points, _FAR_REACH)
    return far if far[0] >= _SURE else near


def _sharpest(points: Points, reach: float) -> tuple[float, float, int]:
    best: tuple[float, float, int] = (0.0, 0.0, 0)
    if not points.size:
        return best
    angles = np.arange(-reach, reach + _COARSE_STEP / 2, _COARSE_STEP)
    few = _sample(points, _COARSE_POINTS)
    for axis in (0, 1):
        scores = _scores(few, angles, axis, bin_size=2.0)
        peak = int(scores.argmax())
        best = max(best, (float(scores[peak] / max(float(np.median(scores)), 1e-9)), float(angles[peak]), axis))
        if best[0] >= _BEYOND_DOUBT:
            break
    return best


def _fine(points: Points, ratio: float, angle: float, axis: int) -> Skew:
    angles = np.arange(angle - _COARSE_STEP, angle + _COARSE_STEP + _FINE_STEP / 2, _FINE_STEP)
    scores = _scores(_sample(points, _FINE_POINTS), angles, axis, bin_size=1.0)
    return Skew(_peak_angle(angles, scores), min(1.0, (ratio - 1) / 4))


def _sample(points: Points, most: int) -> Points:
    step = max(1, points.shape[1] // most)
    return points[:, ::step]


def _scores(points: Points, angles: NDArray[np.float64], axis: int, bin_size: float) -> NDArray[np.float64]:
    """Give the profile's sharpness at each angle, for rows (axis 0) or columns (axis 1) of marks."""
    x, y = points / np.float32(bin_size)
    across, along = (y, x) if axis == 0 else (x, -y)
    radians = np.radians(angles)
    margin = float(np.hypot(np.abs(x).max(), np.abs(y).max())) + 1
    scores = np.empty(len(angles))
    for number, radian in enumerate(radians):
        place = across * np.float32(np.cos(radian))
        place -= along * np.float32(np.sin(radian))
        place += np.float32(margin)
        profile = np.bincount(place.astype(np.intp))
        scores[number] = float(np.square(np.diff(profile.astype(np.float64))).sum())
    return scores


def _peak_angle(angles: NDArray[np.float64], scores: NDArray[np.float64]) -> float:
    """Give the angle of the parabola through the smoothed peak and its neighbours."""
    smooth = np.convolve(scores, [0.25, 0.5, 0.25], mode="same")
    peak = int(smooth[1:-1].argmax()) + 1
    left, top, right = smooth[peak - 1 : peak + 2]
    bend = left - 2 * top + right
    shift = 0.5 * (left - right) / bend if bend < 0 else 0.0
    return float(angles[peak] + shift * (angles[1] - angles[0]))
