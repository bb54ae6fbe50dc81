"""Page files as bytes: encoding, the resolution in their header, and the look that proves them whole."""

from __future__ import annotations

import io
import re
import struct
from pathlib import Path

from PIL import Image

from drivers.backend import Look, failure
from drivers.contract import ColorMode, FaultCode

MAX_PIXELS = 200_000_000
JPEG_QUALITY = 92
THUMBNAIL_HEIGHT = 320

# It begins with one plain byte, so that the search for it is quick.
_NEXT_MARKER = re.compile(rb"\xff([^\x00\xff\xd0-\xd7])")
_START_OF_SCAN, _END_OF_IMAGE = 0xDA, 0xD9
# Tables, further scans, a late number of lines, remarks (ITU-T T.81, table B.1).
_BETWEEN_SCANS = {0xC4, 0xCC, 0xDA, 0xDB, 0xDC, 0xDD, 0xFE, *range(0xE0, 0xF0)}
# As much of the coded picture as shows that a decoder can begin with it.
_FIRST_BYTES = 1024
_PIXELS_OF_MODE = {ColorMode.COLOR: "RGB", ColorMode.GRAY: "L"}


def open_image(source: Path | io.BytesIO) -> Image.Image:
    """Open an image without decoding it. Raises DriverFault(BAD_PAGE) for what is broken or beyond MAX_PIXELS."""
    # Pillow's own limit is lower than an A3 sheet at 600 dpi in some versions; ours is checked just below.
    Image.MAX_IMAGE_PIXELS = None
    try:
        image = Image.open(source)
    except (OSError, ValueError, SyntaxError) as error:
        raise failure(FaultCode.BAD_PAGE, f"not a readable image: {error}") from error
    if image.width * image.height > MAX_PIXELS:
        image.close()
        raise failure(FaultCode.BAD_PAGE, f"{image.width} x {image.height} pixels are too many")
    return image


def encode_page(image: Image.Image, mode: ColorMode, dpi: int) -> tuple[bytes, str]:
    """Give the page as a file and its suffix: PNG of 1 bit for bitonal, else JPEG; ``dpi`` goes into the header."""
    out = io.BytesIO()
    if mode is ColorMode.BITONAL:
        # A fixed threshold, not Pillow's dither: dots between the letters ruin text recognition.
        black_white = image if image.mode == "1" else image.convert("L").convert("1", dither=Image.Dither.NONE)
        black_white.save(out, "PNG", dpi=(dpi, dpi), compress_level=6)
        return out.getvalue(), "png"
    pixels = _PIXELS_OF_MODE[mode]
    converted = image if image.mode == pixels else image.convert(pixels)
    converted.save(out, "JPEG", quality=JPEG_QUALITY, dpi=(dpi, dpi))
    return out.getvalue(), "jpg"


def with_jpeg_dpi(data: bytes, dpi: int) -> bytes:
    """Give a JPEG file with ``dpi`` in its JFIF header; the picture's own bytes stay as they are."""
    density = struct.pack(">BHH", 1, dpi, dpi)
    if data[2:4] == b"\xff\xe0" and data[6:11] == b"JFIF\0":
        return data[:13] + density + data[18:]
    return data[:2] + b"\xff\xe0\0\x10JFIF\0\x01\x02" + density + b"\0\0" + data[2:]


def jpeg_is_whole(data: bytes) -> bool:
    """Say whether a JPEG file reaches its end marker, and has no marker on the way that cannot be there.

    Markers inside an embedded preview do not count.
    """
    return _coded_bytes(data) > 0


def _coded_bytes(data: bytes) -> int:
    """Give where the coded picture of a whole JPEG file begins; 0 for a file that is none, or not whole."""
    if data[:2] != b"\xff\xd8":
        return 0
    position = begin = 2
    while found := _NEXT_MARKER.search(data, position):
        marker, position = found[1][0], found.end()
        scanned = begin > 2
        if marker == _END_OF_IMAGE:
            return begin if scanned else 0
        if (scanned and marker not in _BETWEEN_SCANS) or position + 2 > len(data):
            return 0
        position += int.from_bytes(data[position : position + 2], "big")
        if marker == _START_OF_SCAN and not scanned:
            begin = position
    return 0


def look_of(image: Image.Image) -> Look:
    """Give the look of pixels that this program itself puts into a file: there is nothing to prove."""
    times = image.height // THUMBNAIL_HEIGHT if image.mode in ("L", "RGB") else 1
    return Look(*image.size, thumbnail_of(shrunk(image, times)))


def shrunk(image: Image.Image, times: int) -> Image.Image:
    """Give a picture of mode "L" or "RGB" a whole number of ``times`` smaller, of every second of its pixels each way."""
    if times < 2:
        return image.copy()
    half = image.resize((-(-image.width // 2), -(-image.height // 2)), Image.Resampling.NEAREST)
    return half.reduce(times // 2) if times > 3 else half


def look_at(data: bytes) -> Look:
    """Prove a page file whole and make it small. Raises DriverFault(BAD_PAGE) where it is not."""
    if data[:2] == b"\xff\xd8" and not jpeg_is_whole(data):
        raise failure(FaultCode.BAD_PAGE, "the JPEG file is cut off")
    image = _decoded_small(data, THUMBNAIL_HEIGHT)
    return Look(*open_image(io.BytesIO(data)).size, thumbnail_of(image))


def glance_at(data: bytes) -> Look:
    """Prove a JPEG file whole by all of its markers and the beginning of its picture, without making it small.

    A decoder finds hardly more in the rest: it paints over what is damaged there without a word. Raises
    DriverFault(BAD_PAGE).
    """
    begin = _coded_bytes(data)
    if not begin:
        raise failure(FaultCode.BAD_PAGE, "the JPEG file is cut off")
    _decoded_small(data[: begin + _FIRST_BYTES] + bytes((0xFF, _END_OF_IMAGE)), 1)
    return Look(*open_image(io.BytesIO(data)).size, b"")


def _decoded_small(data: bytes, height: int) -> Image.Image:
    """Read every coded byte, yet make only a small picture, at least ``height`` high. Raises DriverFault(BAD_PAGE)."""
    image = open_image(io.BytesIO(data))
    image.draft(None, (height * image.width // image.height + 1, height))
    try:
        image.load()
    except (OSError, ValueError, SyntaxError) as error:
        raise failure(FaultCode.BAD_PAGE, f"the image file is broken: {error}") from error
    return image


def thumbnail_of(image: Image.Image) -> bytes:
    """Give a picture as a small JPEG file, at most THUMBNAIL_HEIGHT high; empty if none can be made."""
    try:
        small = image.convert("L" if image.mode in ("1", "L") else "RGB")
        # A picture that is small already: a finer filter takes three times as long and shows nothing more.
        small.thumbnail((THUMBNAIL_HEIGHT * 4, THUMBNAIL_HEIGHT), Image.Resampling.BOX)
        out = io.BytesIO()
        small.save(out, "JPEG", quality=80)
    except (OSError, ValueError, MemoryError):
        # The page itself is whole; a workstation can live without its thumbnail.
        return b""
    return out.getvalue()
