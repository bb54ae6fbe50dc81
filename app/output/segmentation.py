"""Part a page into print, places that need full detail, and paper, for packing it in layers.

Print is what stands out from the paper around it by half the local contrast (Bernsen's threshold, 1986). Detail is
what one colour and one bit a pixel cannot show: seals, signatures, stamps, photographs.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from app.output.layers import Mask, Pixels, Place

# Dots per inch at which levels of paper and ink, and colours, are looked at.
_LEVEL_DPI = 75
_COLOUR_DPI = 100
# Ink reflects less than this share of the paper; what shows through from the other side reflects more.
_INK = 0.80
_CLEAR_INK = 0.70
_PAPER_MM = 6.0
_LETTER_MM = 1.2
# Colour: the spread of the channels, of 255, once the paper is made white; how far marks of one seal stand apart (mm).
_COLOURFUL = 38
_JOIN_MM = 2.5
_PAD_MM = 1.0
_LEAST_MM2 = 1.5
_FRAME_MM = 110.0
_SMALL_PRINT_MM = 3.5
# Solid tones (photographs, filled areas) are thicker than any stroke of print; strokes of a pen reach further than letters.
_SOLID_MM = 2.2
_SOLID_LEAST_MM = 7.0
_PEN_MM = 9.0
_PEN_FILL = 0.30
_PEN_TONE = 212


@dataclass(frozen=True, eq=False)
class Levels:
    """At 75 dpi: the level of the paper around each pixel and of the darkest ink near it (uint8, height x width)."""

    paper: Pixels
    ink: Pixels


def reduced(pixels: Pixels, dpi: int, wanted: int) -> tuple[Pixels, float]:
    """Give pixels averaged down to ``wanted`` dpi and the factor that was applied; never enlarged."""
    factor = min(1.0, wanted / dpi)
    width, height = max(1, round(pixels.shape[1] * factor)), max(1, round(pixels.shape[0] * factor))
    while pixels.shape[0] >= 2 * height and pixels.shape[1] >= 2 * width:
        half = (pixels.shape[1] // 2, pixels.shape[0] // 2)
        pixels = np.asarray(
            cv2.resize(pixels[: 2 * half[1], : 2 * half[0]], half, interpolation=cv2.INTER_AREA), dtype=np.uint8
        )
    return np.asarray(cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA), dtype=np.uint8), factor


def find_levels(gray: Pixels, dpi: int) -> Levels:
    """Measure paper and ink of a page (gray: uint8, height x width)."""
    small, factor = reduced(gray, dpi, _LEVEL_DPI)
    per_mm = dpi * factor / 25.4
    paper = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((_odd(_PAPER_MM * per_mm),) * 2, np.uint8))
    paper = cv2.blur(paper, (_odd(_PAPER_MM * per_mm),) * 2)
    darkest = cv2.blur(cv2.erode(small, np.ones((_odd(_LETTER_MM * per_mm),) * 2, np.uint8)), (3, 3))
    return Levels(np.asarray(paper, dtype=np.uint8), np.asarray(darkest, dtype=np.uint8))


def find_print(gray: Pixels, levels: Levels) -> Mask:
    """Tell which pixels of a page (gray: uint8, height x width) are ink."""
    paper, ink = levels.paper.astype(np.float32), levels.ink.astype(np.float32)
    # The averaging that made the small picture has already lifted thin strokes, so the darkest level is set a bit lower.
    threshold = np.minimum((paper * 1.08 + ink * 0.92) / 2, paper * _INK)
    threshold[ink > paper * _INK] = 0
    limit = cv2.resize(threshold.astype(np.uint8), (gray.shape[1], gray.shape[0]), interpolation=cv2.INTER_LINEAR)
    return np.asarray(gray < limit)


def find_detail(pixels: Pixels, dpi: int) -> tuple[Place, ...]:
    """Find boxes that need full detail (pixels: uint8 BGR or gray), in pixels of the page: left, top, right, bottom."""
    small, factor = reduced(pixels, dpi, _COLOUR_DPI)
    per_mm = dpi * factor / 25.4
    white = _whitened(small)
    marks = _solid(white, per_mm) | _pen(white, per_mm)
    if white.ndim == 3:
        marks |= _coloured(white, per_mm)
    join = _odd(_JOIN_MM * per_mm)
    _, _, boxes, _ = cv2.connectedComponentsWithStats(cv2.morphologyEx(marks, cv2.MORPH_CLOSE, np.ones((join, join), np.uint8)))
    pad = _PAD_MM * per_mm
    places = []
    for left, top, wide, high, area in boxes[1:]:
        if area < _LEAST_MM2 * per_mm**2 or max(wide, high) < 2 * per_mm:
            continue
        corners = (left - pad, top - pad, left + wide + pad, top + high + pad)
        places.append(_clipped(tuple(round(value / factor) for value in corners), pixels))
    return merged(places)


def merged(places: list[Place]) -> tuple[Place, ...]:
    """Join boxes that overlap, until none do."""
    left = sorted(places)
    done: list[Place] = []
    while left:
        box = left.pop()
        touching = [other for other in left if _touch(box, other)]
        if not touching:
            done.append(box)
            continue
        for other in touching:
            left.remove(other)
            box = (min(box[0], other[0]), min(box[1], other[1]), max(box[2], other[2]), max(box[3], other[3]))
        left.append(box)
    return tuple(sorted(done))


def part_by_colour(pixels: Pixels, ink: Mask, dpi: int) -> tuple[Mask, ...]:
    """Part ink (bool, height x width) of a page (uint8) into black or gray, blue, green and red; only what there is."""
    if pixels.ndim == 2:
        return (ink,)
    white = _whitened(reduced(pixels, dpi, _COLOUR_DPI)[0])
    hue = (white.argmax(axis=2) + 1).astype(np.uint8) * cv2.dilate(colourful(white), np.ones((3, 3), np.uint8))
    if not hue.any():
        return (ink,)
    hue = cv2.resize(hue, (ink.shape[1], ink.shape[0]), interpolation=cv2.INTER_NEAREST)
    parts = (ink & (hue == number) for number in np.flatnonzero(np.bincount(hue.ravel())))
    return tuple(part for part in parts if part.any())


def find_paper(pixels: Pixels, hidden: Mask, dpi: int, wanted: int) -> Pixels:
    """Give the page at ``wanted`` dpi without what is ``hidden`` (bool, height x width), filled in from around it."""
    shown = (~hidden).astype(np.uint8) * np.uint8(255)
    kept = cv2.bitwise_and(pixels, pixels, mask=shown)
    total, _ = reduced(np.asarray(kept, dtype=np.uint8), dpi, wanted)
    weight, _ = reduced(np.asarray(shown, dtype=np.uint8), dpi, wanted)
    value, share = total.astype(np.float32), np.maximum(weight.astype(np.float32) / 255, 1e-6)
    near = value if value.ndim == 2 else np.ascontiguousarray(value)
    filled = _divided(near, share)
    known = share > 0.25
    for size in (5, 15, 61, 241):
        if known.all():
            break
        wide, wide_share = cv2.blur(near, (size, size)), cv2.blur(share, (size, size))
        usable = ~known & (wide_share > 0.05)
        filled[usable] = _divided(wide, np.maximum(wide_share, 1e-6))[usable]
        known |= usable
    return np.asarray(filled.clip(0, 255), dtype=np.uint8)


def _divided(value: NDArray[np.float32], share: NDArray[np.float32]) -> NDArray[np.float32]:
    return value / (share[:, :, None] if value.ndim == 3 else share)


def _whitened(small: Pixels) -> Pixels:
    """Divide by the paper, each channel by its own, so that yellow paper is not taken for colour."""
    tiny = cv2.resize(small, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    paper = cv2.medianBlur(cv2.dilate(tiny, np.ones((7, 7), np.uint8)), 31)
    paper = cv2.resize(paper, (small.shape[1], small.shape[0]))
    return np.asarray(cv2.divide(small, np.maximum(paper, 1), scale=255), dtype=np.uint8)


def _coloured(white: Pixels, per_mm: float) -> NDArray[np.uint8]:
    """Tell marks in colour that are more than a frame around the page or a line of small print."""
    seen = colourful(white)
    long = np.ones((1, _odd(_FRAME_MM * per_mm)), np.uint8)
    frame = cv2.morphologyEx(seen, cv2.MORPH_OPEN, long) | cv2.morphologyEx(seen, cv2.MORPH_OPEN, long.T)
    seen &= 1 - cv2.dilate(frame, np.ones((3, 3), np.uint8))
    join = _odd(_JOIN_MM * per_mm)
    joined = cv2.morphologyEx(seen, cv2.MORPH_CLOSE, np.ones((join, join), np.uint8))
    return seen & _large(np.asarray(joined, dtype=np.uint8), _SMALL_PRINT_MM * per_mm)


def colourful(white: Pixels) -> NDArray[np.uint8]:
    """Give 1 where a page on white paper (uint8, height x width x 3) has colour, else 0."""
    spread = cv2.subtract(white.max(axis=2), white.min(axis=2))
    return np.asarray(cv2.blur(spread, (3, 3)) > _COLOURFUL, dtype=np.uint8)


def _solid(white: Pixels, per_mm: float) -> NDArray[np.uint8]:
    """Tell areas of tone too thick to be print."""
    gray = white if white.ndim == 2 else white.min(axis=2)
    dark = (gray < 200).astype(np.uint8)
    size = _odd(_SOLID_MM * per_mm)
    solid = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((size, size), np.uint8))
    return _large(np.asarray(solid, dtype=np.uint8), _SOLID_LEAST_MM * per_mm)


def _pen(white: Pixels, per_mm: float) -> NDArray[np.uint8]:
    """Tell strokes of a pen and gray seals: one connected mark, wide and high, not made of rules, and mostly empty."""
    gray = white if white.ndim == 2 else white.min(axis=2)
    dark = (gray < _PEN_TONE).astype(np.uint8)
    long = np.ones((1, _odd(12 * per_mm)), np.uint8)
    rules = cv2.morphologyEx(dark, cv2.MORPH_OPEN, long) | cv2.morphologyEx(dark, cv2.MORPH_OPEN, long.T)
    dark &= 1 - cv2.dilate(rules, np.ones((3, 3), np.uint8))
    _, labels, boxes, _ = cv2.connectedComponentsWithStats(dark, connectivity=8)
    wide, high, area = (boxes[:, field] for field in (cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT, cv2.CC_STAT_AREA))
    pen = (np.maximum(wide, high) >= _PEN_MM * per_mm) & (np.minimum(wide, high) >= 0.3 * _PEN_MM * per_mm)
    pen &= area <= _PEN_FILL * wide * high
    pen[0] = False
    return np.asarray(pen.astype(np.uint8)[labels], dtype=np.uint8)


def _large(marks: NDArray[np.uint8], least: float) -> NDArray[np.uint8]:
    _, labels, boxes, _ = cv2.connectedComponentsWithStats(marks, connectivity=8)
    large = np.minimum(boxes[:, cv2.CC_STAT_WIDTH], boxes[:, cv2.CC_STAT_HEIGHT]) >= least
    large[0] = False
    return np.asarray(large.astype(np.uint8)[labels], dtype=np.uint8)


def _touch(one: Place, other: Place) -> bool:
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]


def _clipped(corners: tuple[int, ...], pixels: Pixels) -> Place:
    left, top, right, bottom = corners
    return (max(0, left), max(0, top), min(pixels.shape[1], right), min(pixels.shape[0], bottom))


def _odd(value: float) -> int:
    return max(1, round(value)) | 1
