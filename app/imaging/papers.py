"""Small papers on a large glass, such as an ID card, both sides of one, or two receipts.

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
# Beside a paper alone on the lid, further away than its shadow (mm), no more pixels than these differ from the lid even by
# so little: faint print around a picture makes it a page.
_DUST, _SHADOW_MM, _TRACE = 60, 4.0, 6


def find_papers(pixels: Pixels) -> tuple[Quad, ...]:
    """Find the papers on a scan (uint8, height x width x 3 BGR or height x width, 75 dpi), from the top, then from the left.

    Gives their corners in pixels of ``pixels``, top left first; nothing where anything else as large lies on the lid. One
    alone may be a picture on a white page, so it is a paper only where there is no other mark at all.
    """
    ring = max(2, round(_RING_MM * _PER_MM))
    if min(pixels.shape[:2]) < _LEAST_MM * _PER_MM + 2 * ring:
        return ()
    difference = _from_lid(pixels, ring)
    if difference is None:
        return ()
    join = round(_JOIN_MM * _PER_MM) | 1
    unlike = cv2.compare(difference, _APART, cv2.CMP_GT)
    paper = np.asarray(cv2.morphologyEx(unlike, cv2.MORPH_OPEN, np.ones((join, join), np.uint8)), dtype=np.uint8)
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
    if len(found) > _MOST or (len(found) == 1 and not _is_alone(difference, found[0])):
        return ()
    return tuple(sorted(found, key=_place))


def _is_alone(difference: Pixels, paper: Quad) -> bool:
    """Tell whether nothing but a paper and its shadow is on the lid."""
    around = cv2.boundingRect(np.array(paper, np.float32))
    pad = round(_SHADOW_MM * _PER_MM)
    left, top, right, bottom = around[0] - pad, around[1] - pad, around[0] + around[2] + pad, around[1] + around[3] + pad
    outside = np.asarray(cv2.compare(difference, _TRACE, cv2.CMP_GT), dtype=np.uint8)
    outside[max(0, top) : bottom, max(0, left) : right] = 0
    return cv2.countNonZero(outside) <= _DUST


def _from_lid(pixels: Pixels, ring: int) -> Pixels | None:
    """Give by how much a scan differs from the lid, noise averaged away; None where no lid is seen all around."""
    planes = pixels.reshape(*pixels.shape[:2], -1)
    edge = np.concatenate(
        [side.reshape(-1, planes.shape[2]) for side in (planes[:ring], planes[-ring:], planes[:, :ring], planes[:, -ring:])]
    )
    lid = np.median(edge, axis=0)
    if (np.abs(edge - lid).max(axis=1) <= _NEAR).mean() < _LID_SHARE:
        return None
    largest = reduce(cv2.max, (cv2.absdiff(plane, float(level)) for plane, level in zip(cv2.split(pixels), lid, strict=True)))
    return np.asarray(cv2.blur(largest, (3, 3)), dtype=np.uint8)


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
