"""Cut, straighten and turn a page in one pass, at the scale of the scan.

Corners follow ``app.model.page_findings``: (0, 0) is the outer corner of the first pixel, while OpenCV counts from
pixel centres; the half pixel between them is handled here only.
"""

from __future__ import annotations

import math
from typing import ClassVar

import cv2
import numpy as np
from numpy.typing import NDArray

from app.errors import ExitCode, ItemFailed, Text
from app.imaging.raster import MAX_PIXELS, Raster
from app.model.page_findings import Geometry, Point, Quad
from app.pixels import Pixels

_WHITE = 255
_EXACT = 0.01
# A map that moves no point of the page by more than this share through perspective has none.
_FLAT = 1e-6
# So many pixels of the scan around a part of the page are wanted, for the half pixels at its rim.
_RIM = 2
_CV_TURNS = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}


class BadCrop(ItemFailed):
    """The four corners do not enclose a page."""

    title: ClassVar[Text] = Text("Bốn góc cắt không tạo thành một trang", "The four corners do not enclose a page")
    remedy: ClassVar[Text] = Text(
        "Kéo lại các góc của khung, hoặc bấm “Bỏ” để giữ trang như cũ. Ảnh gốc vẫn còn nguyên.",
        "Drag the corners again, or press “Leave” to keep the page as it is. The original is untouched.",
    )
    exit_code: ClassVar[ExitCode] = ExitCode.INPUT


def full_quad(width: float, height: float) -> Quad:
    """Give the quad of a whole frame of ``width`` x ``height`` pixels."""
    return ((0.0, 0.0), (float(width), 0.0), (float(width), float(height)), (0.0, float(height)))


def rotate_point(point: Point, angle: float, centre: Point) -> Point:
    """Turn a point about ``centre`` by ``angle`` degrees, clockwise as seen on the screen."""
    sine, cosine = math.sin(math.radians(angle)), math.cos(math.radians(angle))
    x, y = point[0] - centre[0], point[1] - centre[1]
    return (centre[0] + x * cosine - y * sine, centre[1] + x * sine + y * cosine)


def rotate_quad(quad: Quad, angle: float, centre: Point) -> Quad:
    """Turn a quad about ``centre`` by ``angle`` degrees, clockwise as seen on the screen."""
    a, b, c, d = (rotate_point(point, angle, centre) for point in quad)
    return (a, b, c, d)


def cut_size(quad: Quad) -> tuple[int, int]:
    """Give width and height in pixels of the straightened cut-out, from the quad's side lengths: the scale stays 1:1."""
    top_left, top_right, bottom_right, bottom_left = quad
    width = (math.dist(top_left, top_right) + math.dist(bottom_left, bottom_right)) / 2
    height = (math.dist(top_left, bottom_left) + math.dist(top_right, bottom_right)) / 2
    return max(1, round(width)), max(1, round(height))


def output_size(geometry: Geometry) -> tuple[int, int]:
    """Give width and height in pixels of the page that ``render`` makes."""
    width, height = cut_size(geometry.quad)
    return (height, width) if geometry.turn in (90, 270) else (width, height)


def matrix(geometry: Geometry) -> NDArray[np.float64]:
    """Give the 3 x 3 map from points of the original to points of the processed page."""
    width, height = output_size(geometry)
    corners = full_quad(width, height)
    # A cut-out turned 90 degrees clockwise has its top left corner at the top right.
    shift = geometry.turn // 90
    target = corners[shift:] + corners[:shift]
    found = cv2.getPerspectiveTransform(np.array(geometry.quad, np.float32), np.array(target, np.float32))
    return np.asarray(found, dtype=np.float64)


def map_points(transform: NDArray[np.float64], points: tuple[Point, ...]) -> tuple[Point, ...]:
    """Send points through a 3 x 3 map such as ``matrix`` gives, or its inverse."""
    mapped = cv2.perspectiveTransform(np.array([points], np.float64), transform)[0]
    return tuple((float(x), float(y)) for x, y in mapped)


def _exact_box(quad: Quad, width: int, height: int) -> tuple[int, int, int, int] | None:
    """Give left, top, right, bottom where the quad is an upright box on whole pixels inside the frame."""
    left, top, right, bottom = round(quad[0][0]), round(quad[0][1]), round(quad[2][0]), round(quad[2][1])
    box = full_quad(right - left, bottom - top)
    if not (0 <= left < right <= width and 0 <= top < bottom <= height):
        return None
    near = all(math.dist((x + left, y + top), point) < _EXACT for (x, y), point in zip(box, quad, strict=True))
    return (left, top, right, bottom) if near else None


def is_sound(quad: Quad) -> bool:
    """Tell whether the corners are in order, the quad convex, and the page it gives of a usable size."""
    crosses = []
    for number in range(4):
        (x0, y0), (x1, y1), (x2, y2) = (quad[(number + step) % 4] for step in range(3))
        crosses.append((x1 - x0) * (y2 - y1) - (y1 - y0) * (x2 - x1))
    width, height = cut_size(quad)
    return min(crosses) > 0 and width * height <= MAX_PIXELS


def render(raster: Raster, geometry: Geometry) -> Pixels:
    """Cut, straighten and turn upright in one resampling; what lies beyond the frame becomes white.

    Gives uint8 pixels with the channels and the dpi of ``raster``. A pure crop or quarter turn copies pixels exactly.
    Raises BadCrop where the corners do not enclose a page.
    """
    if not is_sound(geometry.quad):
        raise BadCrop
    box = _exact_box(geometry.quad, raster.width, raster.height)
    if box:
        left, top, right, bottom = box
        cut = raster.pixels[top:bottom, left:right]
        return turned_about(cut, geometry.turn)
    return _resampled(raster.pixels, matrix(geometry), output_size(geometry))


def render_part(raster: Raster, geometry: Geometry, place: tuple[int, int, int, int]) -> Pixels:
    """Give what ``render`` would give within ``place`` (left, top, right, bottom in pixels of the page), for its cost only.

    Gives uint8 pixels with the channels of ``raster``. Raises BadCrop as ``render`` does.
    """
    if not is_sound(geometry.quad):
        raise BadCrop
    left, top, right, bottom = place
    to_page = matrix(geometry)
    corners = tuple((float(x), float(y)) for x, y in ((left, top), (right, top), (right, bottom), (left, bottom)))
    on_scan = np.array(map_points(np.asarray(np.linalg.inv(to_page), dtype=np.float64), corners))
    first_x, first_y = (max(0, int(value) - _RIM) for value in on_scan.min(axis=0))
    last_x, last_y = (int(value) + _RIM for value in on_scan.max(axis=0))
    around = raster.pixels[first_y : max(last_y, first_y + 1), first_x : max(last_x, first_x + 1)]
    size = (right - left, bottom - top)
    if not around.size:
        return np.full((size[1], size[0], *raster.pixels.shape[2:]), _WHITE, np.uint8)
    return _resampled(around, _shift(-left, -top) @ to_page @ _shift(first_x, first_y), size)


def turned_about(pixels: Pixels, turn: int) -> Pixels:
    """Give pixels (uint8, height x width x 3 BGR or height x width gray) turned clockwise by 0, 90, 180 or 270 degrees."""
    return np.ascontiguousarray(cv2.rotate(pixels, _CV_TURNS[turn]) if turn else pixels, dtype=np.uint8)


def _resampled(pixels: Pixels, transform: NDArray[np.float64], size: tuple[int, int]) -> Pixels:
    """Send pixels through a 3 x 3 map of points onto a page of ``size``."""
    centred = _shift(-0.5, -0.5) @ transform @ _shift(0.5, 0.5)
    centred /= centred[2, 2]
    # A sheet on glass is only turned: without perspective OpenCV gives the same pixels a little sooner.
    white = (_WHITE, _WHITE, _WHITE)
    if float(np.abs(centred[2, :2]) @ size) < _FLAT:
        turn = centred[:2]
        made = cv2.warpAffine(pixels, turn, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=white)
    else:
        made = cv2.warpPerspective(
            pixels, centred, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=white
        )
    return np.asarray(made, dtype=np.uint8)


def _shift(x: float, y: float) -> NDArray[np.float64]:
    return np.array([[1, 0, x], [0, 1, y], [0, 0, 1]], np.float64)
