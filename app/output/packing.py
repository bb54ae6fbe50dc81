"""Pack a page for its PDF in one of three ways: faithful (JPEG), layered (print as bits over paper), bitonal (G4).

Layered pages follow the mixed raster content model (ITU-T T.44): a small picture of the paper, full pictures of seals,
signatures and photographs, and print as stencils at full resolution.
"""

from __future__ import annotations

import cv2
import numpy as np

from app.output.layers import Colour, Layer, Mask, PackedPage, Picture, Pixels, Place, Way, picture, stencil
from app.output.segmentation import find_detail, find_levels, find_paper, find_print, part_by_colour, reduced, whiten
from app.output.similarity import ssim

FAITHFUL_QUALITY = 80
_BLACK: Colour = (0, 0, 0)
_HALF_DPI = 150
_PAPER_DPI = 100
_PAPER_QUALITY = 45
# A detail is packed at the lowest of these at which it is as like the original as is asked, by SSIM.
_DETAIL_QUALITIES = (45, 55, 65, 75, 85)
_DETAIL_LIKENESS = 0.957
# A card is small and full of fine colour, so it is one detail; square millimetres (a card has 4622).
_CARD_MM2 = 9000
# With more detail than this share of the page, layers save nothing.
_MOST_DETAIL = 0.6


def pack(pixels: Pixels, dpi: int, way: Way, *, quality: int = FAITHFUL_QUALITY) -> PackedPage:
    """Pack a page (pixels: uint8, height x width x 3 BGR or height x width gray; dpi: dots per inch).

    ``quality`` is the JPEG quality of a faithful page, 1 to 100.
    """
    height, width = pixels.shape[:2]
    if way == "layered":
        layers = _layered(pixels, dpi, quality)
    elif way == "bitonal":
        layers = _bitonal(pixels, dpi)
    else:
        layers = (_whole(pixels, quality),)
    return PackedPage(width, height, dpi, layers)


def _whole(pixels: Pixels, quality: int) -> Picture:
    return picture(pixels, quality, (0, 0, pixels.shape[1], pixels.shape[0]))


def _bitonal(pixels: Pixels, dpi: int) -> tuple[Layer, ...]:
    half, factor = reduced(_gray(pixels), dpi, _HALF_DPI)
    made = stencil(find_print(_gray(pixels), find_levels(half, round(dpi * factor))), _BLACK)
    return (made,) if made else ()


def _layered(pixels: Pixels, dpi: int, quality: int) -> tuple[Layer, ...]:
    height, width = pixels.shape[:2]
    if width * height * (25.4 / dpi) ** 2 < _CARD_MM2:
        return (_detail(pixels, (0, 0, width, height)),)
    half, factor = reduced(pixels, dpi, _HALF_DPI)
    half_dpi = round(dpi * factor)
    white, white_dpi = whiten(half, half_dpi)
    places = find_detail(white, white_dpi, (width, height))
    if sum((right - left) * (bottom - top) for left, top, right, bottom in places) > _MOST_DETAIL * width * height:
        return (_whole(pixels, quality),)
    ink = find_print(_gray(pixels), find_levels(_gray(half), half_dpi))
    paper = picture(find_paper(half, ink, half_dpi, _PAPER_DPI), _PAPER_QUALITY, (0, 0, width, height))
    for left, top, right, bottom in places:
        ink[top:bottom, left:right] = 0
    details = tuple(_detail(pixels, place) for place in places)
    inks = [stencil(part, _colour_of(pixels, part)) for part in part_by_colour(white, ink)]
    return (paper, *details, *(made for made in inks if made))


def _detail(pixels: Pixels, place: Place) -> Picture:
    left, top, right, bottom = place
    cut = np.ascontiguousarray(pixels[top:bottom, left:right])
    made = picture(cut, _DETAIL_QUALITIES[-1], place)
    for quality in _DETAIL_QUALITIES[:-1]:
        tried = picture(cut, quality, place)
        shown = cv2.imdecode(np.frombuffer(tried.data, np.uint8), cv2.IMREAD_UNCHANGED)
        if ssim(_gray(cut), _gray(np.asarray(shown, dtype=np.uint8))) >= _DETAIL_LIKENESS:
            return tried
    return made


def _colour_of(pixels: Pixels, ink: Mask) -> Colour:
    """Give the ink's own colour: of its inside, since its rim is half paper."""
    inside = cv2.erode(ink, np.ones((3, 3), np.uint8))[::4, ::3] > 0
    if not inside.any():
        inside = ink[::4, ::3] > 0
    chosen = pixels[::4, ::3][inside]
    if not len(chosen):
        return _BLACK
    level = np.median(chosen, axis=0)
    if pixels.ndim == 2:
        return (int(level), int(level), int(level))
    blue, green, red = (int(value) for value in level)
    return (red, green, blue)


def _gray(pixels: Pixels) -> Pixels:
    return pixels if pixels.ndim == 2 else np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), dtype=np.uint8)
