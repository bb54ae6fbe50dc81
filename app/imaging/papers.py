"""Several small papers on one glass, such as both sides of an ID card or two receipts.

Paper is what differs from the lid, whose colour is read around the frame. Shapes that are nearly rectangles, of the size
of a paper and apart from one another are papers.
"""

from __future__ import annotations

from functools import reduce

import cv2
import numpy as np
from numpy.typing import NDArray

from app.model.page_findings import Quad
from app.pixels import Pixels

WORKING_DPI = 75
_PER_MM = WORKING_DPI / 25.4
# The ring around the frame that shows the lid (mm), how much of it must be of one colour, and how far from that paper is.
_RING_MM = 2.0
_LID_SHARE = 0.8
_NEAR, _APART = 10, 14
_JOIN_MM = 2.0
# A paper's shorter side, its greatest share of the frame, and how much of the rectangle around it it fills.
_LEAST_MM = 30.0
_MOST_SHARE = 0.6
_FILLED = 0.9
# A paper is paper inside: so much of it is unlike the lid before its holes are filled.
_SOLID = 0.6
_MOST = 8


def find_papers(pixels: Pixels) -> tuple[Quad, ...]:
    """Find the papers on a scan (uint8, height x width x 3 BGR or height x width, 75 dpi), from the top, then from the left.

    Gives their corners in pixels of ``pixels``, top left first; nothing unless there are two papers or more, and nothing
    else on the lid.
    """
    ring = max(2, round(_RING_MM * _PER_MM))
    if min(pixels.shape[:2]) < _LEAST_MM * _PER_MM + 2 * ring:
        return ()
    paper = _unlike_lid(pixels, ring)
    if paper is None:
        return ()
    shapes, _ = cv2.findContours(paper, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    frame = paper.shape[0] * paper.shape[1]
    found = []
    for shape in shapes:
        centre, size, angle = cv2.minAreaRect(shape)
        if min(size) < _LEAST_MM * _PER_MM:
            if max(size) >= _LEAST_MM * _PER_MM:
                return ()  # something long and narrow: edges of a sheet that is not told from the lid
            continue
        area = cv2.contourArea(shape)
        if area > _MOST_SHARE * frame or area < _FILLED * size[0] * size[1] or not _is_solid(paper, shape):
            return ()
        found.append(_corners(centre, size, angle))
    return tuple(sorted(found, key=_place)) if 2 <= len(found) <= _MOST else ()


def _unlike_lid(pixels: Pixels, ring: int) -> Pixels | None:
    """Give 255 where a scan differs from the lid; None where no lid is seen all around."""
    planes = pixels.reshape(*pixels.shape[:2], -1)
    edge = np.concatenate(
        [side.reshape(-1, planes.shape[2]) for side in (planes[:ring], planes[-ring:], planes[:, :ring], planes[:, -ring:])]
    )
    lid = np.median(edge, axis=0)
    if (np.abs(edge - lid).max(axis=1) <= _NEAR).mean() < _LID_SHARE:
        return None
    largest = reduce(cv2.max, (cv2.absdiff(plane, float(level)) for plane, level in zip(cv2.split(pixels), lid, strict=True)))
    join = round(_JOIN_MM * _PER_MM) | 1
    unlike = cv2.compare(cv2.blur(largest, (3, 3)), _APART, cv2.CMP_GT)
    return np.asarray(cv2.morphologyEx(unlike, cv2.MORPH_OPEN, np.ones((join, join), np.uint8)), dtype=np.uint8)


def _is_solid(paper: Pixels, shape: NDArray[np.int32]) -> bool:
    left, top, wide, high = cv2.boundingRect(shape)
    inside = np.zeros((high, wide), np.uint8)
    cv2.drawContours(inside, [shape - (left, top)], -1, 255, -1)
    return float((paper[top : top + high, left : left + wide][inside > 0] > 0).mean()) >= _SOLID


def _corners(centre: tuple[float, float], size: tuple[float, float], angle: float) -> Quad:
    """Give the corners of a turned rectangle, top left first; contours run through the middle of their pixels."""
    corners = cv2.boxPoints((centre, (size[0] + 1, size[1] + 1), angle)) + 0.5
    start = int(corners.sum(axis=1).argmin())
    a, b, c, d = ((float(x), float(y)) for x, y in np.roll(corners, -start, axis=0))
    return (a, b, c, d)


def _place(quad: Quad) -> tuple[float, float]:
    """Order papers by rows of two centimetres, then across."""
    return (min(y for _, y in quad) // (20 * _PER_MM), min(x for x, _ in quad))
