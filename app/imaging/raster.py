"""Pixels from files and back: JPEG, PNG and TIFF, checked before they cost memory.

Pillow decodes, because it refuses a truncated file, scales JPEG while decoding and knows every odd colour mode.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import ClassVar, Literal

import cv2
import numpy as np
import simplejpeg
from PIL import Image, ImageOps, UnidentifiedImageError

from app.errors import ExitCode, ItemFailed, Text
from app.files import SHARED, shown_name, write_whole
from app.pixels import Pixels, shrink, shrink_to, to_gray

MAX_PIXELS = 200_000_000
ASSUMED_DPI = 300
# Enough to see lines of print, specks of ink and wide bars.
GLANCE_DPI = 100
_PLAUSIBLE_DPI = range(50, 4801)
# What Pillow's parsers raise on malformed chunks, tags and tables.
_PARSER_ERRORS = (
    *(OSError, SyntaxError, ValueError, EOFError, TypeError, AttributeError),
    *(LookupError, ArithmeticError, MemoryError, struct.error, zlib.error),
)
# Odd colour modes are turned into plain ones this many pixels at a time.
_BAND_PIXELS = 4_000_000
_FORMATS = ("JPEG", "PNG", "TIFF")
_EXIF_TURN = 0x0112
_JPEG_END = b"\xff\xd9"

# Pillow's own limit warns at 89 million pixels; an A4 page at 1200 dpi has 139. The limit here is checked instead.
Image.MAX_IMAGE_PIXELS = None


_AGAIN = Text("Quét lại tờ này, hoặc xin lại tệp từ nơi đã gửi.", "Scan the sheet again, or ask for the file once more.")


class BrokenImage(ItemFailed):
    """The file cannot be used as a page: ``reason`` says why, ``advice`` what to do about that."""

    title: ClassVar[Text] = Text("Không đọc được ảnh {name}: {reason}", "The image {name} cannot be read: {reason}")
    remedy: ClassVar[Text] = Text("{advice} Các trang khác không bị ảnh hưởng.", "{advice} The other pages are not affected.")
    exit_code: ClassVar[ExitCode] = ExitCode.INPUT

    def __init__(self, name: str, reason: Text, advice: Text = _AGAIN) -> None:
        self.reason, self.advice = reason, advice
        super().__init__(name=shown_name(name), reason=reason, advice=advice)


_DAMAGED = Text("tệp bị hỏng hoặc bị cắt cụt", "the file is damaged or cut short")
_NOT_IMAGE = Text("không phải ảnh JPEG, PNG hay TIFF", "it is not a JPEG, PNG or TIFF image")
_AS_PDF = Text("Mở bằng chương trình đã tạo ra nó, lưu thành PDF.", "Open it in the program that made it and save it as a PDF.")
SMALLER = Text("Lưu lại ở 300 dpi, khổ A4 hoặc A3.", "Save it again at 300 dpi, as A4 or A3.")
_TOO_LARGE = Text("ảnh lớn hơn 200 triệu điểm ảnh", "it has more than 200 million pixels")


@dataclass(frozen=True, eq=False)
class Raster:
    """Decoded pixels: ``pixels`` uint8, height x width x 3 BGR or height x width gray; ``dpi`` dots per inch.

    ``damaged``: the decoder had to guess what belongs in some of them.
    """

    pixels: Pixels
    dpi: int
    damaged: bool = False

    @property
    def width(self) -> int:
        """Pixels across."""
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        """Pixels down."""
        return int(self.pixels.shape[0])

    @property
    def gray(self) -> bool:
        """Whether there is one channel only."""
        return self.pixels.ndim == 2

    @cached_property
    def light(self) -> Pixels:
        """The pixels as height x width gray, made once."""
        return to_gray(self.pixels)

    @cached_property
    def _half(self) -> Pixels:
        return shrink_to(self.pixels, (self.width // 2, self.height // 2))

    @cached_property
    def glance(self) -> Pixels:
        """The pixels as height x width gray at 100 dpi, made once; as they are where the dpi is lower."""
        return shrink(self.light, GLANCE_DPI / self.dpi, cv2.INTER_AREA)

    def small(self, dpi: int) -> Pixels:
        """Give the pixels in their colours at ``dpi``, never enlarged; all who ask share the first halving."""
        factor = dpi / self.dpi
        if factor >= 1:
            return self.pixels
        size = (max(1, round(self.width * factor)), max(1, round(self.height * factor)))
        halved = 2 * size[0] <= self.width and 2 * size[1] <= self.height
        return shrink_to(self._half if halved else self.pixels, size)

    def forget_light(self) -> None:
        """Free the gray pixels; asked for again, they are made again."""
        self.__dict__.pop("light", None)


@contextmanager
def _opened(path: Path) -> Iterator[Image.Image]:
    """Open a file by its header, check its size, and translate Pillow's errors."""
    try:
        with Image.open(path, formats=_FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise BrokenImage(path.name, _TOO_LARGE, SMALLER)
            yield image
    except UnidentifiedImageError as error:
        raise BrokenImage(path.name, _NOT_IMAGE, _AS_PDF) from error
    except (FileNotFoundError, BrokenImage):
        raise
    except _PARSER_ERRORS as error:
        raise BrokenImage(path.name, _DAMAGED) from error


def _dpi_of(image: Image.Image) -> int:
    try:
        dpi = round(float(image.info.get("dpi", (0, 0))[0]))
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return ASSUMED_DPI
    return dpi if dpi in _PLAUSIBLE_DPI else ASSUMED_DPI


def _plain_mode(image: Image.Image) -> Image.Image:
    """Give the image as 8-bit gray or RGB, what is transparent as white paper; in bands, to keep the memory small."""
    if image.mode in ("L", "RGB"):
        return image
    if image.width * image.height <= _BAND_PIXELS:
        return _plain_band(image, _top_value(image))
    top = max(_top_value(band) for band in _bands(image))
    made: Image.Image | None = None
    for place, band in enumerate(_bands(image)):
        plain = _plain_band(band, top)
        made = made or Image.new(plain.mode, image.size)
        made.paste(plain, (0, place * _band_height(image)))
    return made or image


def _band_height(image: Image.Image) -> int:
    return max(1, _BAND_PIXELS // image.width)


def _bands(image: Image.Image) -> Iterator[Image.Image]:
    high = _band_height(image)
    for top in range(0, image.height, high):
        yield image.crop((0, top, image.width, min(image.height, top + high)))


def _top_value(image: Image.Image) -> float:
    """Give what stands for white in a mode of many bits, 0 in the others."""
    if not image.mode.startswith(("I", "F")):
        return 0.0
    return 65535.0 if np.asarray(image).max(initial=0) > 255 else 255.0


def _plain_band(image: Image.Image, top: float) -> Image.Image:
    if top:
        values = np.asarray(image, dtype=np.float32)
        return Image.fromarray((np.nan_to_num(values).clip(0, top) * (255 / top)).astype(np.uint8))
    if "A" in image.mode or "a" in image.mode or "transparency" in image.info:
        image = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
    return image.convert("L" if image.mode == "1" else "RGB")


def _pixels_of(image: Image.Image) -> Pixels:
    array = np.asarray(image)
    return np.asarray(cv2.cvtColor(array, cv2.COLOR_RGB2BGR), dtype=np.uint8) if array.ndim == 3 else np.array(array)


def _quick_jpeg(path: Path, image: Image.Image, dpi: int) -> Raster | None:
    """Decode a plain upright JPEG straight to the pixels wanted, without Pillow's copies on the way.

    None for any other image, and for one that cannot be decoded or does not end as a JPEG does: Pillow knows what to say
    of it. Pillow and OpenCV paint over damage between the markers without a word; this decoder says so.
    """
    if image.format != "JPEG" or image.mode not in ("L", "RGB") or image.getexif().get(_EXIF_TURN, 1) != 1:
        return None
    data = path.read_bytes()
    if not data.endswith(_JPEG_END):
        return None
    for strict in (True, False):
        with suppress(ValueError):
            pixels = simplejpeg.decode_jpeg(data, "GRAY" if image.mode == "L" else "BGR", strict=strict)
            return Raster(np.squeeze(pixels, 2) if image.mode == "L" else pixels, dpi, damaged=not strict)
    return None


def count_frames(path: Path) -> int:
    """Give how many pages an image file holds: TIFF may hold many. Raises BrokenImage for what is no image."""
    with _opened(path) as image:
        return int(getattr(image, "n_frames", 1))


def read_image(path: Path, *, reduced: Literal[1, 2, 4, 8] = 1, frame: int = 0) -> Raster:
    """Decode a page, upright by its EXIF note, at 1/``reduced`` of its size (cheap for JPEG: scaled while decoding).

    ``frame`` chooses a page of a TIFF file that holds many, from 0.
    The dpi is the file's, divided by ``reduced``; 300 is assumed where the file says nothing plausible.
    Raises BrokenImage for what is damaged, cut short, no image or larger than 200 million pixels.
    """
    with _opened(path) as image:
        if frame:
            image.seek(frame)
            if image.width * image.height > MAX_PIXELS:
                raise BrokenImage(path.name, _TOO_LARGE, SMALLER)
        dpi = _dpi_of(image)
        if reduced > 1:
            wanted = (-(-image.width // reduced), -(-image.height // reduced))
            image.draft(None, wanted)
            rest = max(1, round(image.width / wanted[0]))
            image.load()
            small = _plain_mode(image) if rest == 1 else _plain_mode(image).reduce(rest)
            return Raster(_pixels_of(ImageOps.exif_transpose(small)), max(1, round(dpi / reduced)))
        quick = _quick_jpeg(path, image, dpi)
        if quick is not None:
            return quick
        image.load()
        plain = _plain_mode(image)
        ImageOps.exif_transpose(plain, in_place=True)
        return Raster(_pixels_of(plain), dpi)


def _as_pillow(pixels: Pixels) -> Image.Image:
    return Image.fromarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB) if pixels.ndim == 3 else pixels)


def encode_jpeg(pixels: Pixels, dpi: int, *, quality: int = 75) -> bytes:
    """Encode pixels (uint8, height x width x 3 BGR, or height x width gray) as JPEG that states its dpi."""
    buffer = io.BytesIO()
    _as_pillow(pixels).save(buffer, "JPEG", quality=quality, dpi=(dpi, dpi))
    return buffer.getvalue()


def encode_png(pixels: Pixels, dpi: int) -> bytes:
    """Encode pixels (uint8, height x width x 3 BGR, or height x width gray) without loss, as PNG that states its dpi."""
    buffer = io.BytesIO()
    _as_pillow(pixels).save(buffer, "PNG", dpi=(dpi, dpi), compress_level=4)
    return buffer.getvalue()


def stated_dpi(path: Path) -> tuple[int | None, str]:
    """Give the resolution that an image file states, None where it says nothing plausible, and its format."""
    with _opened(path) as image:
        stated = image.info.get("dpi")
        return (_dpi_of(image) if stated and round(float(stated[0])) in _PLAUSIBLE_DPI else None), image.format or ""


def write_jpeg(path: Path, pixels: Pixels, dpi: int, *, quality: int = 75) -> None:
    """Write pixels as ``encode_jpeg`` makes them, in one step: a half-written file never bears its name. Raises OSError."""
    write_whole(path, encode_jpeg(pixels, dpi, quality=quality), mode=SHARED)


def thumbnail(path: Path, height: int) -> bytes:
    """Give a small JPEG of at most ``height`` pixels high (and four times as wide), scaled while decoding."""
    with _opened(path) as image:
        image.draft(None, (max(1, image.width * height * 2 // image.height), height * 2))
        upright = ImageOps.exif_transpose(_plain_mode(image))
        upright.thumbnail((height * 4, height), reducing_gap=2.0)
        return encode_jpeg(_pixels_of(upright), 72, quality=80)


def encode_preview(pixels: Pixels, height: int, *, quality: int = 80) -> bytes:
    """Give a JPEG of pixels already in memory, at most ``height`` pixels high, to be looked at on the screen."""
    image = _as_pillow(pixels)
    image.thumbnail((height * 4, height), reducing_gap=2.0)
    return encode_jpeg(_pixels_of(image), 72, quality=quality)
