"""The test sheet of a scanner: where its marks lie, and what a scan of it tells of the scanner.

The sheet is A4 on white paper (resources/test-sheet.pdf, made by resources/make_test_sheet.py from the places below):
four square marks to measure by, a fifth that tells which way up it lies, gratings of fine lines, and blank paper.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from app.errors import ExitCode, ItemFailed, Text
from app.imaging.raster import Raster
from app.imaging.streaks import find_streaks
from app.model.page_findings import Quad
from app.pixels import Pixels

# Millimetres from the sheet's top left corner. A mark is given by its middle.
SHEET = (210.0, 297.0)
MARK = 8.0
MARKS = ((20.0, 20.0), (190.0, 20.0), (190.0, 277.0), (20.0, 277.0))
UP_MARK = (34.0, 20.0)
UP_SIZE = 5.0
# Line pairs a millimetre; the patches of upright lines are in one row, those of level lines below.
GRATINGS = (1.5, 2.0, 3.0, 4.0, 5.0)
PATCH = 14.0
GRATING_LEFT, GRATING_STEP = 30.0, 32.0
UPRIGHT_TOP, LEVEL_TOP = 60.0, 84.0
# Left, top, width, height of the paper without print from which its colour is taken.
BLANK = (60.0, 130.0, 90.0, 60.0)

MM_PER_INCH = 25.4
_WORKING_DPI = 100
# How much of a mark's box is ink, how far its sides may differ, and its size from what it should be.
_FILLED, _SQUARE, _ODD_SIZE = 0.8, 0.25, 0.2
# So much of the contrast of black and white must be left in a grating for its lines to be told apart.
_RESOLVED = 0.2
_FIRST_HARMONIC = 2 / np.pi


class NoTestSheet(ItemFailed):
    """The scan does not show the test sheet whole."""

    title = Text("Ảnh quét không phải là tờ kiểm tra máy quét", "The scan does not show the scanner's test sheet")
    remedy = Text(
        "In tờ kiểm tra ra giấy A4 trắng, tỉ lệ 100% (“sohoa doctor scanner --print-sheet TỆP”), đặt vào máy rồi quét lại.",
        "Print the test sheet on white A4 at 100 % (“sohoa doctor scanner --print-sheet FILE”), put it in and scan again.",
    )
    exit_code = ExitCode.INPUT


@dataclass(frozen=True)
class SheetReading:
    """What one scan of the sheet tells.

    ``dpi``: by the distance of the marks, across and down; ``resolved_dpi``: what the finest grating that can be told
    apart needs, 0 where none can; ``skew``: degrees clockwise; ``paper``: mean blue, green, red of blank paper.
    """

    dpi: tuple[float, float]
    resolved_dpi: float
    skew: float
    streaks: int
    paper: tuple[float, float, float]


def read_sheet(raster: Raster) -> SheetReading:
    """Measure a scan of the test sheet. Raises NoTestSheet."""
    gray = raster.light
    marks = _find_marks(gray, raster.dpi)
    to_scan = cv2.getPerspectiveTransform(np.array(MARKS, np.float32), marks)
    across = _distance(marks[0], marks[1]) + _distance(marks[3], marks[2])
    down = _distance(marks[0], marks[3]) + _distance(marks[1], marks[2])
    top = marks[1] - marks[0]
    return SheetReading(
        dpi=(across / 2 / (MARKS[1][0] - MARKS[0][0]) * MM_PER_INCH, down / 2 / (MARKS[3][1] - MARKS[0][1]) * MM_PER_INCH),
        resolved_dpi=_resolved(gray, to_scan, raster.dpi),
        skew=_lean(float(top[0]), float(top[1])),
        streaks=_count_streaks(gray, raster.dpi, to_scan),
        paper=_paper_colour(raster.pixels, to_scan),
    )


def finest_grating(dpi: float) -> float:
    """Give the resolution (dots per inch) of the finest grating that a scan at ``dpi`` has to show, 0 where none."""
    # Two dots a line pair are the limit (Nyquist); lenses and the raster's place take their part.
    return max((2 * MM_PER_INCH * pairs for pairs in GRATINGS if 2 * MM_PER_INCH * pairs <= 0.85 * dpi), default=0.0)


def grating_place(number: int, *, upright: bool) -> tuple[float, float]:
    """Give the top left corner, in millimetres, of the patch of grating ``number``."""
    return GRATING_LEFT + number * GRATING_STEP, UPRIGHT_TOP if upright else LEVEL_TOP


def _find_marks(gray: Pixels, dpi: int) -> NDArray[np.float32]:
    """Give the middles of the four marks in pixels of the scan, in the order of MARKS."""
    scale = min(1.0, _WORKING_DPI / dpi)
    small = cv2.resize(gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    _, dark = cv2.threshold(small, 0, 255, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    _, _, boxes, middles = cv2.connectedComponentsWithStats(dark)
    wide, high, area = (boxes[1:, field] for field in (cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT, cv2.CC_STAT_AREA))
    square = (np.abs(wide - high) <= _SQUARE * wide) & (area >= _FILLED * wide * high)
    per_mm = dpi * scale / MM_PER_INCH

    def of_size(millimetres: float) -> NDArray[np.float32]:
        fits = square & (np.abs(wide / per_mm - millimetres) <= _ODD_SIZE * millimetres)
        return np.asarray(middles[1:][fits], np.float32)

    large, up = of_size(MARK), of_size(UP_SIZE)
    if len(large) != len(MARKS):
        raise NoTestSheet
    return _turned_up(_in_order(large), up) / np.float32(scale)


def _in_order(points: NDArray[np.float32]) -> NDArray[np.float32]:
    """Sort four corners clockwise from the one nearest to the scan's top left."""
    total, difference = points.sum(axis=1), points[:, 0] - points[:, 1]
    return points[[total.argmin(), difference.argmax(), total.argmax(), difference.argmin()]]


def _turned_up(corners: NDArray[np.float32], up: NDArray[np.float32]) -> NDArray[np.float32]:
    """Turn the order of the corners so that the one with the fifth mark beside it, on the way to the next, is first."""
    share = (UP_MARK[0] - MARKS[0][0]) / (MARKS[1][0] - MARKS[0][0])
    for turn in range(4):
        turned = np.roll(corners, -turn, axis=0)
        place = turned[0] + (turned[1] - turned[0]) * np.float32(share)
        if any(_distance(place, each) < MARK / 2 / MM_PER_INCH * _WORKING_DPI for each in up):
            return turned
    raise NoTestSheet


def _distance(first: NDArray[np.float32], second: NDArray[np.float32]) -> float:
    return float(np.hypot(*(first - second)))


def _lean(x: float, y: float) -> float:
    """Give how far the sheet's upper side leans, clockwise, whichever way it was put in; -45 to 45 degrees."""
    return float((np.degrees(np.arctan2(y, x)) + 45) % 90 - 45)


def _cut(pixels: Pixels, to_scan: cv2.typing.MatLike, box: tuple[float, float, float, float], per_mm: float) -> Pixels:
    """Cut a part of the sheet (left, top, width, height in mm) out of the scan, straightened."""
    left, top, width, height = box
    into = np.array([[1 / per_mm, 0, left], [0, 1 / per_mm, top], [0, 0, 1]])
    size = round(width * per_mm), round(height * per_mm)
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpPerspective(pixels, to_scan @ into, size, flags=flags, borderValue=(255, 255, 255)), np.uint8)


def _resolved(gray: Pixels, to_scan: cv2.typing.MatLike, dpi: int) -> float:
    """Give the dots per inch that the finest grating needs whose lines can be told apart both ways."""
    per_mm = max(dpi / MM_PER_INCH, 4 * max(GRATINGS))
    black = float(np.median(_cut(gray, to_scan, (MARKS[0][0] - 2, MARKS[0][1] - 2, 4, 4), per_mm)))
    white = float(np.median(_cut(gray, to_scan, BLANK, per_mm / 4)))
    best = 0.0
    for number, pairs in enumerate(GRATINGS):
        kept = min(_modulation(gray, to_scan, number, per_mm, upright=upright) for upright in (True, False))
        if kept < _RESOLVED * _FIRST_HARMONIC * max(1.0, white - black):
            break
        best = 2 * MM_PER_INCH * pairs
    return best


def _modulation(gray: Pixels, to_scan: cv2.typing.MatLike, number: int, per_mm: float, *, upright: bool) -> float:
    """Give the amplitude, in gray levels, of a grating's own frequency in its patch."""
    left, top = grating_place(number, upright=upright)
    patch = _cut(gray, to_scan, (left + 1, top + 1, PATCH - 2, PATCH - 2), per_mm).astype(np.float64)
    profile = patch.mean(axis=0 if upright else 1)
    turns = np.exp(-2j * np.pi * GRATINGS[number] / per_mm * np.arange(len(profile)))
    return float(2 * abs(((profile - profile.mean()) * np.hanning(len(profile)) * turns).mean()) * 2)


def _count_streaks(gray: Pixels, dpi: int, to_scan: cv2.typing.MatLike) -> int:
    scale = min(1.0, _WORKING_DPI / dpi)
    small = np.asarray(cv2.resize(gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    width, height = SHEET
    corners = np.array([[(0, 0), (width, 0), (width, height), (0, height)]], np.float32)
    places = cv2.perspectiveTransform(corners, to_scan)[0] * scale
    last = (small.shape[1] - 1, small.shape[0] - 1)
    quad = tuple((float(np.clip(x, 0, last[0])), float(np.clip(y, 0, last[1]))) for x, y in places)
    return len(find_streaks(small, round(dpi * scale), _as_quad(quad)))


def _as_quad(points: tuple[tuple[float, float], ...]) -> Quad:
    first, second, third, fourth = points
    return first, second, third, fourth


def _paper_colour(pixels: Pixels, to_scan: cv2.typing.MatLike) -> tuple[float, float, float]:
    blank = _cut(pixels, to_scan, BLANK, 2.0)
    planes = blank.reshape(-1, 1 if blank.ndim == 2 else 3)
    blue, green, red = np.broadcast_to(np.median(planes, axis=0), 3)
    return float(blue), float(green), float(red)
