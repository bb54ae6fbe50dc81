"""Find the sheet on the lid of the scanner: black, gray or white.

A sheet of paper on glass is a rectangle that is only turned, so once its angle is known each side is found on its own:
the outermost straight step (or lid shadow) that is long and unbroken. Short, broken steps are print, not paper.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from itertools import takewhile
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from app.imaging.geometry import rotate_quad
from app.model.page_findings import Quad
from app.pixels import Pixels

WORKING_DPI = 75
# Pixels; a smaller image has no room for a lid around a sheet.
SMALLEST = 80
_MM = WORKING_DPI / 25.4

# Gray levels, of 255. A white lid beside white paper differs by ten; the noise after averaging is well under one.
_STEP = 3.0
# A step of this size outside the sheet is a mark. So many pixels of them are dust (three letters have more), or, beside
# an edge that runs over most of the frame, a larger thing on the lid.
_MARK = 10.0
_FEW_MARKS = 100
_MANY_MARKS = 1000
_LONG = 0.6
# How far a step must run unbroken to count, and how much of it a side needs, in mm.
_UNBROKEN = 8.0
_SHORTEST = 22.0
# A lid's shadow may begin this far outside the sheet, in mm; the step is averaged over so many pixels on each side, and
# seen in one of the first so many columns.
_SHADOW = 4.0
_ACROSS = 3
_RIM = 3
# A lid's shadow beside a sheet that is darker than the lid: gray levels down into it, up out of it, pixels between.
_DEEPEST, _OUT_OF_SHADOW, _NARROW = 35.0, 6.0, 5
# Of the rows along an edge, so many are looked at for what lies on both sides.
_ROWS = 120

Steps = NDArray[np.int16]


@dataclass(frozen=True)
class Edges:
    """The sheet's corners in pixels of the image given, how many of its four sides were seen, and how surely (0 to 1)."""

    quad: Quad
    sides: int
    confidence: float


@dataclass(frozen=True)
class _Side:
    place: float
    share: float


def find_edges(image: Pixels, angle: float) -> Edges:
    """Find the sheet in ``image`` (uint8, 75 dpi, height x width x 3 or height x width), turned ``angle`` degrees clockwise.

    A side that is not seen is put at the frame's own edge.
    """
    height, width = image.shape[:2]
    straight, seen, centre = _straighten(image, angle)
    low_x, low_y = (straight.shape[1] - width) / 2, (straight.shape[0] - height) / 2
    bounds = {"left": low_x, "top": low_y, "right": low_x + width, "bottom": low_y + height}
    sides = {name: _outermost(*facing) for name, facing in _facing_left(straight, seen)}
    share = [side.share for side in sides.values() if side]
    place = {name: _unfaced(side.place, straight, name) if side else bounds[name] for name, side in sides.items()}
    if place["right"] - place["left"] < 10 * _MM or place["bottom"] - place["top"] < 10 * _MM:
        place, share = bounds, []
    upright: Quad = (
        (place["left"] - low_x, place["top"] - low_y),
        (place["right"] - low_x, place["top"] - low_y),
        (place["right"] - low_x, place["bottom"] - low_y),
        (place["left"] - low_x, place["bottom"] - low_y),
    )
    return Edges(rotate_quad(upright, angle, centre), len(share), sum(share) / 4)


def _straighten(image: Pixels, angle: float) -> tuple[Pixels, Pixels, tuple[float, float]]:
    """Turn the image back by ``angle`` on a canvas that holds all of it; also tell which pixels are its own."""
    height, width = image.shape[:2]
    radians = np.radians(abs(angle))
    wide = int(np.ceil(width * np.cos(radians) + height * np.sin(radians))) + 2
    high = int(np.ceil(height * np.cos(radians) + width * np.sin(radians))) + 2
    centre = (width / 2, height / 2)
    turn = cv2.getRotationMatrix2D((centre[0] - 0.5, centre[1] - 0.5), angle, 1.0)
    turn[:, 2] += ((wide - width) / 2, (high - height) / 2)
    straight = cv2.warpAffine(image, turn, (wide, high), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    own = cv2.warpAffine(np.full((height, width), 255, np.uint8), turn, (wide, high), flags=cv2.INTER_NEAREST)
    return np.asarray(straight, dtype=np.uint8), np.asarray(own, dtype=np.uint8), centre


def _facing_left(straight: Pixels, seen: Pixels) -> Iterator[tuple[str, tuple[Pixels, Steps]]]:
    """Give for each side the image and its steps, flipped so that this side is the left one; the steps up to the middle."""
    for names in (("left", "right"), ("top", "bottom")):
        plane, own = (straight, seen) if "left" in names else (cv2.transpose(straight), cv2.transpose(seen))
        plane = np.asarray(plane, dtype=np.uint8).reshape(*plane.shape[:2], -1)
        step, middle = _steps(plane, np.asarray(own, dtype=np.uint8)), plane.shape[1] // 2
        yield names[0], (plane, np.ascontiguousarray(step[:, :middle]))
        yield names[1], (plane[:, ::-1], -step[:, : -middle - 1 : -1])


def _unfaced(place: float, plane: Pixels, name: str) -> float:
    extent = plane.shape[0] if name in ("top", "bottom") else plane.shape[1]
    return extent - place if name in ("right", "bottom") else place


def _steps(plane: Pixels, seen: Pixels) -> Steps:
    """Give the signed step across each column boundary, in the channel where it is largest; 0 beyond the frame.

    Steps are sums over ``_ACROSS`` pixels on each side; the first is that across the image's left edge.
    """
    reach, boundaries = _ACROSS, plane.shape[1] + 1
    padded = cv2.copyMakeBorder(plane, 0, 0, reach, reach, cv2.BORDER_REPLICATE)
    sums = cv2.boxFilter(padded, cv2.CV_16S, (reach, 1), anchor=(0, 0), normalize=False)
    channels = cv2.split(cv2.subtract(sums[:, reach : reach + boundaries], sums[:, :boundaries]))
    rise, fall = reduce(cv2.max, channels), reduce(cv2.min, channels)
    largest = cv2.copyTo(rise, cv2.compare(cv2.add(rise, fall), 0, cv2.CMP_GE), fall)
    around = cv2.copyMakeBorder(seen, 0, 0, reach, reach, cv2.BORDER_CONSTANT, value=0)
    whole = cv2.erode(around, np.ones((1, 2 * reach), np.uint8), anchor=(reach, 0))[:, reach : reach + boundaries]
    return np.asarray(cv2.bitwise_and(largest, largest, mask=whole), dtype=np.int16)


def _outermost(plane: Pixels, step: Steps) -> _Side | None:
    """Find the first long straight edge from the left; ``place`` is a column, counted at pixel edges."""
    run = np.ones((round(_UNBROKEN * _MM), 1), np.uint8)
    steep = (cv2.compare(step, _STEP * _ACROSS, cv2.CMP_GT), cv2.compare(step, -_STEP * _ACROSS, cv2.CMP_LT))
    unbroken = [cv2.morphologyEx(side, cv2.MORPH_OPEN, run, borderValue=0) for side in steep]
    edge = cv2.bitwise_or(*unbroken) > 0
    lengths = np.maximum(*(cv2.reduce(side, 0, cv2.REDUCE_SUM, dtype=cv2.CV_32S)[0] // 255 for side in unbroken))
    lengths[_marked_outside(step, lengths) | (lengths < _SHORTEST * _MM)] = 0
    # What lies inside a printed line is print as well, so the search ends at the first edge that does not last. Columns
    # that touch are one edge, and the rim of a lid's shadow may be too soft to tell.
    long = np.flatnonzero(lengths)
    runs = np.split(long, np.flatnonzero(np.diff(long) > 1) + 1)
    lasts = ([int(column) * _lasts(plane, _some(edge[:, column]), column) for column in run] for run in runs)
    lasting = [column for run in takewhile(lambda run: any(run[:_RIM]), lasts) for column in run if column]
    if not lasting:
        return None
    # A corner of the frame beyond a turned sheet shows short edges of its own; the sheet's is the long one.
    start = next(column for column in lasting if 2 * lengths[column] >= lengths[lasting].max())
    rows = edge[:, start]
    near = step[rows, start : start + round(_SHADOW * _MM)] / np.float32(_ACROSS)
    # A code or a picture just inside the edge has larger steps, but not in every row.
    peak = _past_shadow(np.median(near, axis=0))
    place = start + peak
    usable = max(1, int((step[:, place] != 0).sum()))
    return _Side(start + _refined(np.abs(near.mean(axis=0)), peak), min(1.0, float(lengths[start : place + 2].max()) / usable))


def _marked_outside(step: Steps, lengths: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell for each column whether there are marks outside it: then it is a line on the page, not the page's edge."""
    marks = np.cumsum(np.count_nonzero(np.abs(step) > _MARK * _ACROSS, axis=0))
    outside = np.concatenate([np.zeros(2 * _ACROSS, marks.dtype), marks[: -2 * _ACROSS]])
    return np.asarray(outside > np.where(lengths > _LONG * step.shape[0], _MANY_MARKS, _FEW_MARKS))


def _lasts(plane: Pixels, rows: NDArray[np.intp], column: int) -> bool:
    """Tell a sheet's edge, seen in ``rows``, from a printed line: inside it the paper stays unlike the lid."""
    outside = _level(plane[rows, max(0, column - 7) : max(1, column - 2)])
    depths = ((3, 7), (8, 12), (13, 17))
    levels = (_level(plane[rows, column + near : column + far]) for near, far in depths)
    return all(float(np.abs(level - outside).max()) >= _STEP for level in levels)


def _some(edge: NDArray[np.bool_]) -> NDArray[np.intp]:
    rows = np.flatnonzero(edge)
    return rows[:: 1 + len(rows) // _ROWS]


def _level(part: Pixels) -> NDArray[np.intp]:
    """Give the median of each channel; sorting all of so few bytes is quicker than what ``np.median`` does."""
    channels = np.sort(np.ascontiguousarray(part.reshape(-1, part.shape[2]).T), axis=1)
    return np.asarray(channels[:, channels.shape[1] // 2], dtype=np.intp)


def _past_shadow(steps: NDArray[np.floating[Any]]) -> int:
    """Give the place of the largest step or, where that goes down into a narrow shadow, of the way up onto the sheet."""
    peak = int(np.abs(steps).argmax())
    beyond = steps[peak : peak + _NARROW + 1]
    if -_DEEPEST < steps[peak] < 0 and beyond.max() >= _OUT_OF_SHADOW:
        return peak + int(beyond.argmax())
    return peak


def _refined(steps: NDArray[np.floating[Any]], peak: int) -> float:
    """Give the place of a step to a part of a pixel, by the parabola through it and its neighbours."""
    if not 0 < peak < len(steps) - 1:
        return float(peak)
    left, top, right = (float(value) for value in steps[peak - 1 : peak + 2])
    bend = left - 2 * top + right
    return peak + (min(0.5, max(-0.5, 0.5 * (left - right) / bend)) if bend < 0 else 0.0)
