"""What a page of a PDF is painted from: pictures (JPEG) and stencils (CCITT Group 4), one over the other.

A stencil is an image mask of PDF: one bit a pixel, painted in one colour where it is set. It needs no transparency and
keeps every edge of print at full resolution; as it is no symbol coder, no letter can be swapped for another.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, TiffImagePlugin

from app.sheets import Place

Pixels = NDArray[np.uint8]
Mask = NDArray[np.uint8]  # height x width: 255 where there is ink, else 0
Colour = tuple[int, int, int]
Way = Literal["faithful", "layered", "bitonal"]


@dataclass(frozen=True)
class Picture:
    """A JPEG of ``width`` x ``height`` pixels, drawn over ``place``: left, top, right, bottom in pixels of the page."""

    data: bytes
    width: int
    height: int
    gray: bool
    place: Place


@dataclass(frozen=True)
class Stencil:
    """CCITT Group 4 of ``width`` x ``height`` pixels whose black is painted in ``colour`` (R, G, B) over ``place``."""

    data: bytes
    width: int
    height: int
    colour: Colour
    place: Place


Layer = Picture | Stencil


@dataclass(frozen=True)
class PackedPage:
    """A page ready for a PDF: ``width`` x ``height`` pixels at ``dpi``, painted from ``layers``, the lowest first."""

    width: int
    height: int
    dpi: int
    layers: tuple[Layer, ...]

    @property
    def size(self) -> int:
        """Bytes of all layers."""
        return sum(len(layer.data) for layer in self.layers)


def picture(pixels: Pixels, quality: int, place: Place) -> Picture:
    """Pack pixels (uint8, height x width x 3 BGR or height x width gray) as JPEG of ``quality`` 1 to 100."""
    options = [cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_OPTIMIZE, 1]
    data = cv2.imencode(".jpg", pixels, options)[1].tobytes()
    return Picture(data, pixels.shape[1], pixels.shape[0], pixels.ndim == 2, place)


def stencil(ink: Mask, colour: Colour) -> Stencil | None:
    """Pack the ink of a page, cut to where there is some; None where there is none."""
    left, top, wide, high = (int(value) for value in cv2.boundingRect(ink))
    if not wide or not high:
        return None
    place = (left, top, left + wide, top + high)
    return Stencil(encode_g4(ink[top : top + high, left : left + wide]), wide, high, colour, place)


def encode_g4(ink: Mask) -> bytes:
    """Give ink as one strip of CCITT Group 4 (ITU-T T.6), ink black."""
    buffer = io.BytesIO()
    # Pillow hands its bits to the coder as they are, and to the coder a one is black.
    image = Image.fromarray(ink).convert("1", dither=Image.Dither.NONE)
    image.save(buffer, "TIFF", compression="group4", tiffinfo={TiffImagePlugin.ROWSPERSTRIP: ink.shape[0]})
    with Image.open(buffer, formats=("TIFF",)) as written:
        offsets, sizes = written.tag_v2[TiffImagePlugin.STRIPOFFSETS], written.tag_v2[TiffImagePlugin.STRIPBYTECOUNTS]  # type: ignore[attr-defined]
    if len(offsets) != 1:
        raise ValueError(f"CCITT data came in {len(offsets)} strips")
    return buffer.getvalue()[offsets[0] : offsets[0] + sizes[0]]
