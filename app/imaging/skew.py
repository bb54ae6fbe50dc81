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
_COARSE_STEP = 0.5
_FINE_STEP = 0.05
_COARSE_POINTS = 12_000
_FINE_POINTS = 60_000
_FEWEST_POINTS = 150
_CERTAIN = 2.2

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


def find_skew(mask: Pixels, around: float = 0.0, reach: float = REACH) -> Skew:
    """Find the lean of the marks in ``mask`` (uint8, height x width, not 0 = mark) within ``around`` +- ``reach`` degrees.

    Angle 0 with confidence 0 is given where there are too few marks to tell.
    """
    places = cv2.findNonZero(mask)
    if places is None or len(places) < _FEWEST_POINTS:
        return Skew(0.0, 0.0)
    points = np.ascontiguousarray(places.reshape(-1, 2).T, dtype=np.float32)
    points -= points.mean(axis=1, keepdims=True)
    coarse_angles = np.arange(around - reach, around + reach + _COARSE_STEP / 2, _COARSE_STEP)
    few = _sample(points, _COARSE_POINTS)
    best: tuple[float, float, int] = (0.0, 0.0, 0)
    for axis in (0, 1):
        scores = _scores(few, coarse_angles, axis, bin_size=2.0)
        peak = int(scores.argmax())
        ratio = float(scores[peak] / max(float(np.median(scores)), 1e-9))
        if ratio > best[0]:
            best = (ratio, float(coarse_angles[peak]), axis)
    ratio, angle, axis = best
    if ratio < _CERTAIN:
        return Skew(0.0, 0.0)
    fine_angles = np.arange(angle - _COARSE_STEP, angle + _COARSE_STEP + _FINE_STEP / 2, _FINE_STEP)
    scores = _scores(_sample(points, _FINE_POINTS), fine_angles, axis, bin_size=1.0)
    return Skew(_peak_angle(fine_angles, scores), min(1.0, (ratio - 1) / 4))


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
        place = across * np.float32(np.cos(radian)) - along * np.float32(np.sin(radian)) + np.float32(margin)
        profile = np.bincount(place.astype(np.int32))
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
