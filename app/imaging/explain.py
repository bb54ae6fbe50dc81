"""A picture of what was found on a scan: the sheet, the codes, the details kept whole, and what is wrong."""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np

from app.imaging.geometry import map_points, matrix
from app.imaging.raster import Raster
from app.model.page_findings import Box, Findings, Point
from app.pixels import Pixels, shrink

HEIGHT = 1200
# B, G, R: chosen to be told apart by people who see no red or no green.
_SHEET, _CODE, _FLAW, _DETAIL, _WORD = (178, 114, 0), (115, 158, 0), (0, 94, 213), (167, 121, 204), (66, 228, 240)
_CELL = (233, 180, 86)


def draw_findings(
    raster: Raster,
    findings: Findings,
    words: Iterable[Box] = (),
    details: Iterable[Box] = (),
    cells: Iterable[Box] = (),
) -> Pixels:
    """Draw on a smaller copy of the scan: blue the sheet with a dot at its upright top left, green codes, orange flaws.

    ``words`` (yellow), ``details`` (pink) and ``cells`` of tables (light blue) are boxes in pixels of the upright page.
    Gives uint8 BGR.
    """
    factor = min(1.0, HEIGHT / max(raster.width, raster.height))
    small = shrink(raster.pixels, factor)
    picture = np.asarray(cv2.cvtColor(small, cv2.COLOR_GRAY2BGR) if small.ndim == 2 else small.copy(), dtype=np.uint8)
    geometry = findings.geometry()
    to_scan = np.asarray(np.linalg.inv(matrix(geometry)), dtype=np.float64)
    for boxes, colour in ((cells, _CELL), (words, _WORD), (details, _DETAIL)):
        for box in boxes:
            _outline(picture, map_points(to_scan, _corners(box)), factor, colour, 1 if colour is _WORD else 2)
    _outline(picture, findings.quad, factor, _SHEET, 3)
    for code in findings.barcodes:
        _outline(picture, code.quad, factor, _CODE, 3)
    for flaw in findings.flaws:
        _outline(picture, _corners(flaw.box), factor, _FLAW, 2)
    (start,) = map_points(to_scan, ((0.0, 0.0),))
    cv2.circle(picture, (round(start[0] * factor), round(start[1] * factor)), 10, _SHEET, -1)
    return picture


def _corners(box: Box) -> tuple[Point, ...]:
    left, top, right, bottom = box
    return ((left, top), (right, top), (right, bottom), (left, bottom))


def _outline(picture: Pixels, points: Iterable[Point], factor: float, colour: tuple[int, int, int], width: int) -> None:
    scaled_points = np.array([[x * factor, y * factor] for x, y in points]).round().astype(np.int32)
    cv2.polylines(picture, [scaled_points], True, colour, width, cv2.LINE_AA)
