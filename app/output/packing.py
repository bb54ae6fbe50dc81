"""Pack a page for its PDF in one of three ways: faithful (JPEG), layered (print as bits over paper), bitonal (G4).

Layered pages follow the mixed raster content model (ITU-T T.44): a small picture of the paper, full pictures of seals,
signatures and photographs, and print as stencils at full resolution.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

import cv2
import numpy as np

from app.output.layers import Colour, Layer, Mask, PackedPage, Picture, Way, picture, stencil
from app.output.segmentation import find_detail, find_levels, find_paper, find_print, merged, part_by_colour, whiten
from app.output.similarity import ssim
from app.pixels import Pixels, shrink, to_gray
from app.sheets import DrawnSheet, Place, Sheet

FAITHFUL_QUALITY = 80
_BLACK: Colour = (0, 0, 0)
_HALF_DPI = 150
# Paper is kept, and colours are looked at, so small.
_PAPER_DPI = 100
_PAPER_QUALITY = 45
# A detail is packed at the lowest of these at which it is as like the original as is asked, by SSIM.
_DETAIL_QUALITIES = (45, 55, 65, 75, 85)
_DETAIL_LIKENESS = 0.957
# Modules of a fine code are a few pixels wide, and likeness does not tell whether they can still be told apart.
_CODE_QUALITY = 85
# A card is small and full of fine colour under small print, so it is kept whole; square millimetres (a card has 4622).
_CARD_MM2 = 9000
# With more detail than this share of the page, layers save nothing.
_MOST_DETAIL = 0.6
# The colour of ink is taken from every so many rows, and from about so many pixels at most.
_EVERY = 8
_MOST_SAMPLES = 20_000


def pack(pixels: Pixels, dpi: int, way: Way, *, quality: int = FAITHFUL_QUALITY) -> PackedPage:
    """Pack a page (pixels: uint8, height x width x 3 BGR or height x width gray; dpi: dots per inch)."""
    return pack_sheet(DrawnSheet(pixels, dpi), way, quality=quality)


def pack_sheet(sheet: Sheet, way: Way, *, quality: int = FAITHFUL_QUALITY, codes: Sequence[Place] = ()) -> PackedPage:
    """Pack an upright page; ``quality`` is the JPEG quality of a faithful page, 1 to 100.

    ``codes`` are places of codes too fine for one bit a pixel; a layered page shows them as pictures.
    """
    if way == "layered":
        layers = _layered(sheet, quality, codes)
    elif way == "bitonal":
        layers = _bitonal(sheet)
    else:
        layers = (_whole(sheet, quality),)
    return PackedPage(sheet.width, sheet.height, sheet.dpi, layers)


def _whole(sheet: Sheet, quality: int) -> Picture:
    return picture(sheet.whole(), quality, (0, 0, sheet.width, sheet.height))


def _bitonal(sheet: Sheet) -> tuple[Layer, ...]:
    made = stencil(_print_of(sheet), _BLACK)
    return (made,) if made else ()


def _print_of(sheet: Sheet) -> Mask:
    half = shrink(sheet.light, _HALF_DPI / sheet.dpi)
    return find_print(sheet.light, find_levels(half, min(sheet.dpi, _HALF_DPI)))


def _layered(sheet: Sheet, quality: int, codes: Sequence[Place]) -> tuple[Layer, ...]:
    size = (sheet.width, sheet.height)
    if sheet.width * sheet.height * (25.4 / sheet.dpi) ** 2 < _CARD_MM2:
        return (_whole(sheet, quality),)
    small, dpi = sheet.small(_PAPER_DPI), min(sheet.dpi, _PAPER_DPI)
    white = whiten(small)
    places = merged([*find_detail(white, dpi, size), *codes])
    if sum((right - left) * (bottom - top) for left, top, right, bottom in places) > _MOST_DETAIL * size[0] * size[1]:
        return (_whole(sheet, quality),)
    ink = _print_of(sheet)
    paper = picture(find_paper(small, ink), _PAPER_QUALITY, (0, 0, *size))
    for left, top, right, bottom in places:
        ink[top:bottom, left:right] = 0
    details = tuple(
        picture(sheet.part(place), _CODE_QUALITY, place) if _has_any(place, codes) else _detail(sheet, place)
        for place in places
    )
    inks = [stencil(part, _colour_of(sheet, part)) for part in part_by_colour(white, ink)]
    return (paper, *details, *(made for made in inks if made))


def _has_any(place: Place, codes: Sequence[Place]) -> bool:
    left, top, right, bottom = place
    return any(left <= code[0] and top <= code[1] and right >= code[2] and bottom >= code[3] for code in codes)


def _detail(sheet: Sheet, place: Place) -> Picture:
    cut = sheet.part(place)
    original = to_gray(cut)

    def is_like(made: Picture) -> bool:
        shown = cv2.imdecode(np.frombuffer(made.data, np.uint8), cv2.IMREAD_GRAYSCALE)
        return ssim(original, np.asarray(shown, dtype=np.uint8)) >= _DETAIL_LIKENESS

    made = picture(cut, _DETAIL_QUALITIES[0], place)  # enough for most
    if is_like(made):
        return made
    last = len(_DETAIL_QUALITIES) - 1
    lowest = bisect_left(_DETAIL_QUALITIES, True, 1, last, key=lambda quality: is_like(picture(cut, quality, place)))
    return picture(cut, _DETAIL_QUALITIES[lowest], place)


def _colour_of(sheet: Sheet, ink: Mask) -> Colour:
    """Give the ink's own colour: of its inside, since its rim is half paper."""
    if len(ink) < 3:
        return _BLACK
    first, _, wide, _ = cv2.boundingRect(ink)
    across = slice(max(0, first - 1), first + wide + 1)
    rows = (ink[:-2:_EVERY, across], ink[1:-1:_EVERY, across], ink[2::_EVERY, across])
    inside = cv2.erode(cv2.bitwise_and(cv2.bitwise_and(rows[0], rows[1]), rows[2]), np.ones((1, 3), np.uint8))
    found = next((places for mask in (inside, rows[1]) if (places := cv2.findNonZero(mask)) is not None), None)
    if found is None:
        return _BLACK
    some = found.reshape(-1, 2)[:: 1 + len(found) // _MOST_SAMPLES].astype(np.intp)
    level = np.median(sheet.samples(some[:, 0] + across.start, some[:, 1] * _EVERY + 1), axis=0)
    if level.ndim == 0:
        return (int(level), int(level), int(level))
    blue, green, red = (int(value) for value in level)
    return (red, green, blue)
