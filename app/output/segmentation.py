"""Part a page into print, places that need full detail, and paper, for packing it in layers.

Print is what stands out from the paper around it by half the local contrast (Bernsen's threshold, 1986). Detail is
what one colour and one bit a pixel cannot show: seals, signatures, stamps, photographs.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce

import cv2
import numpy as np
from numpy.typing import NDArray

from app.output.layers import Mask
from app.pixels import Pixels, find_marks, shrink, shrink_to
from app.sheets import Place

# Dots per inch at which levels of paper and ink are looked at.
_LEVEL_DPI = 75
# Ink reflects less than this share of the paper; what shows through from the other side reflects more.
_INK = 0.80
# Ink ends this far up from its own level to that of the paper.
_BETWEEN = 0.5
_PAPER_MM = 6.0
_LETTER_MM = 1.2
# Colour: the spread of the channels, of 255, once the paper is made white; how far marks of one seal stand apart (mm).
_COLOURFUL = 38
# Less of a colour than this share of the page is fringes of black print.
_FEW_COLOURED = 0.0003
# Where less of the paper than this share is seen, its colour is taken from around.
_HIDDEN = 0.25
_JOIN_MM = 2.5
_PAD_MM = 1.0
_LEAST_MM2 = 1.5
_FRAME_MM = 110.0
_SMALL_PRINT_MM = 3.5
_TAIL_MM = 30.0
# Solid tones (photographs, filled areas) are thicker than any stroke of print; strokes of a pen reach further than letters.
_SOLID_MM = 2.2
_SOLID_LEAST_MM = 7.0
_SOLID_TONE = 200
_PEN_MM = 9.0
_PEN_FILL = 0.30
_PEN_ASPECT = 6
# A pen on paper, and the faint gray that a copier makes of a seal; of 255.
_PEN_TONES = (185, 212)


@dataclass(frozen=True, eq=False)
class Levels:
    """At 75 dpi: the level of the paper around each pixel and of the darkest ink near it (uint8, height x width)."""

    paper: Pixels
    ink: Pixels


def find_levels(half: Pixels, dpi: int) -> Levels:
    """Measure paper and ink of a page (half: uint8 gray, height x width, the page made smaller; dpi: dots per inch)."""
    small = shrink(half, _LEVEL_DPI / dpi)
    per_mm = min(dpi, _LEVEL_DPI) / 25.4
    window = _odd(_PAPER_MM * per_mm)
    paper = cv2.blur(cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((window, window), np.uint8)), (window, window))
    # Averaging lifts thin strokes, so the darkest ink is looked up before it.
    letter = _odd(_LETTER_MM * dpi / 25.4)
    darkest = cv2.erode(half, np.ones((letter, letter), np.uint8))
    darkest = cv2.resize(darkest, (small.shape[1], small.shape[0]), interpolation=cv2.INTER_NEAREST)
    return Levels(np.asarray(paper, dtype=np.uint8), np.asarray(cv2.blur(darkest, (3, 3)), dtype=np.uint8))


def find_print(gray: Pixels, levels: Levels) -> Mask:
    """Give the ink of a page (gray: uint8, height x width)."""
    paper, ink = levels.paper.astype(np.float32), levels.ink.astype(np.float32)
    threshold = np.minimum(paper * _BETWEEN + ink * (1 - _BETWEEN), paper * _INK)
    threshold[ink > paper * _INK] = 0
    limit = cv2.resize(threshold.astype(np.uint8), (gray.shape[1], gray.shape[0]), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.compare(gray, limit, cv2.CMP_LT), dtype=np.uint8)


def whiten(small: Pixels) -> Pixels:
    """Give a page (uint8 BGR or gray, 100 dpi) on white paper, each channel by its own: yellow paper is no colour."""
    tiny = cv2.resize(small, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    brightest = cv2.dilate(tiny, np.ones((7, 7), np.uint8))
    paper = cv2.medianBlur(shrink(np.asarray(brightest, dtype=np.uint8), 0.5), 15)
    paper = cv2.resize(paper, (small.shape[1], small.shape[0]))
    return np.asarray(cv2.divide(small, np.maximum(paper, 1), scale=255), dtype=np.uint8)


def find_detail(white: Pixels, dpi: float, size: tuple[int, int]) -> tuple[Place, ...]:
    """Find boxes that need full detail, in pixels of the page: left, top, right, bottom.

    ``white`` is what ``whiten`` gave at ``dpi`` dots per inch; ``size`` is the page's own width and height.
    """
    per_mm = dpi / 25.4
    darkest = darkest_channel(white)
    marks = _solid(darkest, per_mm)
    for tone in _PEN_TONES:
        marks |= _pen(darkest, tone, per_mm)
    if white.ndim == 3:
        marks |= _coloured(white, per_mm)
    return _boxes(marks, per_mm, size)


def _boxes(marks: NDArray[np.uint8], per_mm: float, size: tuple[int, int]) -> tuple[Place, ...]:
    """Give boxes around marks that stand together, in pixels of the page."""
    join = _odd(_JOIN_MM * per_mm)
    closed = cv2.morphologyEx(marks, cv2.MORPH_CLOSE, np.ones((join, join), np.uint8))
    boxes = find_marks(np.asarray(closed, dtype=np.uint8)).boxes
    pad = _PAD_MM * per_mm
    across, down = size[0] / marks.shape[1], size[1] / marks.shape[0]
    places = []
    for left, top, wide, high, area in boxes[1:]:
        if area < _LEAST_MM2 * per_mm**2 or max(wide, high) < 2 * per_mm:
            continue
        places.append(
            (
                max(0, round((left - pad) * across)),
                max(0, round((top - pad) * down)),
                min(size[0], round((left + wide + pad) * across)),
                min(size[1], round((top + high + pad) * down)),
            )
        )
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


def part_by_colour(white: Pixels, ink: Mask) -> tuple[Mask, ...]:
    """Part the ink of a page into black or gray, blue, green and red; only what there is. ``white`` is from ``whiten``.

    ``ink`` itself becomes the black part.
    """
    colour = cv2.dilate(colourful(white), np.ones((3, 3), np.uint8)) if white.ndim == 3 else None
    if colour is None or not cv2.hasNonZero(colour):
        return (ink,)
    blue, green, red = cv2.split(cv2.bitwise_and(white, white, mask=colour))
    largest = cv2.max(cv2.max(blue, green), red)
    left = cv2.compare(colour, 0, cv2.CMP_GT)
    parts = []
    for plane in (blue, green, red):
        hue = np.asarray(cv2.bitwise_and(left, cv2.compare(plane, largest, cv2.CMP_EQ)), dtype=np.uint8)
        left = cv2.bitwise_xor(left, hue)
        if cv2.countNonZero(hue) >= max(1, _FEW_COLOURED * hue.size):
            parts.append(_taken(ink, hue))
    return (ink, *parts)


def _taken(ink: Mask, hue: Mask) -> Mask:
    """Move the ink that stands where ``hue`` (255, any size) is set from ``ink`` to a mask of its own."""
    left, top, wide, high = cv2.boundingRect(hue)
    across, down = ink.shape[1] / hue.shape[1], ink.shape[0] / hue.shape[0]
    rows = slice(round(top * down), round((top + high) * down))
    columns = slice(round(left * across), round((left + wide) * across))
    size = (columns.stop - columns.start, rows.stop - rows.start)
    shown = cv2.resize(hue[top : top + high, left : left + wide], size, interpolation=cv2.INTER_NEAREST)
    taken = np.zeros_like(ink)
    taken[rows, columns] = cv2.bitwise_and(ink[rows, columns], shown)
    ink[rows, columns] = cv2.bitwise_xor(ink[rows, columns], taken[rows, columns])
    return taken


def find_paper(small: Pixels, ink: Mask) -> Pixels:
    """Give a page made smaller (uint8 BGR or gray) without its ink (at full size), filled in from around it."""
    touched = cv2.compare(shrink_to(ink, (small.shape[1], small.shape[0])), 0, cv2.CMP_GT)
    hidden = np.asarray(cv2.dilate(touched, np.ones((3, 3), np.uint8)), dtype=np.uint8)
    if not cv2.hasNonZero(hidden):
        return small
    shown = np.asarray(cv2.bitwise_not(hidden), dtype=np.uint8)
    kept = np.asarray(cv2.bitwise_and(small, small, mask=shown), dtype=np.uint8)
    return np.asarray(cv2.copyTo(_spread(kept, shown), hidden, small.copy()), dtype=np.uint8)


def _spread(value: Pixels, share: Pixels) -> Pixels:
    """Give the paper's colour everywhere, from as near as there is some; coarse, since nothing is seen there anyway."""
    size = (max(1, share.shape[1] // 4), max(1, share.shape[0] // 4))
    small = (shrink_to(plane, size) for plane in (value, share))
    coarse, coarse_share = (plane.astype(np.float32) / np.float32(255) for plane in small)
    filled, known = _divided(coarse, coarse_share), coarse_share > _HIDDEN
    for window in (3, 7, 21, 61, 181):
        if known.all():
            break
        wide, wide_share = cv2.blur(coarse, (window, window)), cv2.blur(coarse_share, (window, window))
        usable = ~known & (wide_share > 0.05)
        filled[usable] = _divided(wide, wide_share)[usable]
        known |= usable
    return np.asarray(
        cv2.resize((255 * filled).clip(0, 255).astype(np.uint8), (share.shape[1], share.shape[0])), dtype=np.uint8
    )


def _divided(value: NDArray[np.float32], share: NDArray[np.float32]) -> NDArray[np.float32]:
    share = np.maximum(share, np.float32(1e-6))
    return value / (share[:, :, None] if value.ndim == 3 else share)


def _coloured(white: Pixels, per_mm: float) -> NDArray[np.uint8]:
    """Tell marks in colour that are more than a frame around the page or a line of small print."""
    seen = colourful(white)
    left, top, wide, high = cv2.boundingRect(seen)
    if not wide:
        return seen
    around = round(_JOIN_MM * per_mm) + 2
    rows = slice(max(0, top - around), top + high + around)
    columns = slice(max(0, left - around), left + wide + around)
    seen[rows, columns] = _without_frame(np.ascontiguousarray(seen[rows, columns]), per_mm)
    return seen


def _without_frame(seen: NDArray[np.uint8], per_mm: float) -> NDArray[np.uint8]:
    reach = _odd(_FRAME_MM * per_mm)
    long = np.ones((1, reach), np.uint8)
    lines = [line for line, room in ((long, seen.shape[1]), (long.T, seen.shape[0])) if room >= reach]
    if lines:
        frame = reduce(cv2.bitwise_or, (cv2.morphologyEx(seen, cv2.MORPH_OPEN, line) for line in lines))
        seen &= 1 - cv2.dilate(frame, np.ones((3, 3), np.uint8))
    join, thick, tail = (_odd(size * per_mm) for size in (_JOIN_MM, _SMALL_PRINT_MM, _TAIL_MM))
    joined = cv2.morphologyEx(seen, cv2.MORPH_CLOSE, np.ones((join, join), np.uint8))
    bodies = cv2.morphologyEx(joined, cv2.MORPH_OPEN, np.ones((thick, thick), np.uint8))
    # The tails of a signature are thin; those of an ornament that a seal touches run around the whole page.
    _, labels = cv2.connectedComponents(joined & cv2.dilate(bodies, np.ones((tail, tail), np.uint8)))
    kept = np.zeros(int(labels.max()) + 1, np.uint8)
    kept[labels[bodies > 0]] = 1
    kept[0] = 0
    return np.asarray(seen & kept[labels], dtype=np.uint8)


def colourful(white: Pixels) -> NDArray[np.uint8]:
    """Give 1 where a page on white paper (uint8, height x width x 3) has colour, else 0."""
    blue, green, red = cv2.split(white)
    spread = cv2.subtract(cv2.max(cv2.max(blue, green), red), cv2.min(cv2.min(blue, green), red))
    return np.asarray(cv2.threshold(cv2.blur(spread, (3, 3)), _COLOURFUL, 1, cv2.THRESH_BINARY)[1], dtype=np.uint8)


def darkest_channel(white: Pixels) -> Pixels:
    """Give the darkest channel of each pixel; gray stays as it is."""
    if white.ndim == 2:
        return white
    blue, green, red = cv2.split(white)
    return np.asarray(cv2.min(cv2.min(blue, green), red), dtype=np.uint8)


def _solid(gray: Pixels, per_mm: float) -> NDArray[np.uint8]:
    """Tell areas of tone too thick to be print."""
    dark = (gray < _SOLID_TONE).astype(np.uint8)
    size = _odd(_SOLID_MM * per_mm)
    solid = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((size, size), np.uint8))
    return _large(np.asarray(solid, dtype=np.uint8), _SOLID_LEAST_MM * per_mm)


def _pen(gray: Pixels, tone: int, per_mm: float) -> NDArray[np.uint8]:
    """Tell strokes of a pen and gray seals: one connected mark, wide and high, not made of rules, and mostly empty."""
    dark = (gray < tone).astype(np.uint8)
    long = np.ones((1, _odd(12 * per_mm)), np.uint8)
    rules = cv2.morphologyEx(dark, cv2.MORPH_OPEN, long) | cv2.morphologyEx(dark, cv2.MORPH_OPEN, long.T)
    dark &= 1 - cv2.dilate(rules, np.ones((3, 3), np.uint8))
    marks = find_marks(dark)
    boxes = marks.boxes
    wide, high, area = (boxes[:, field] for field in (cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT, cv2.CC_STAT_AREA))
    pen = (np.maximum(wide, high) >= _PEN_MM * per_mm) & (np.minimum(wide, high) >= _PEN_MM / 3 * per_mm)
    pen &= (area <= _PEN_FILL * wide * high) & (np.maximum(wide, high) <= _PEN_ASPECT * np.minimum(wide, high))
    pen[0] = False
    return marks.picked(pen)


def _large(marks: NDArray[np.uint8], least: float) -> NDArray[np.uint8]:
    if not cv2.hasNonZero(marks):
        return marks
    found = find_marks(marks)
    large = np.minimum(found.boxes[:, cv2.CC_STAT_WIDTH], found.boxes[:, cv2.CC_STAT_HEIGHT]) >= least
    large[0] = False
    return found.picked(large)


def _touch(one: Place, other: Place) -> bool:
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]


def _odd(value: float) -> int:
    return max(1, round(value)) | 1
