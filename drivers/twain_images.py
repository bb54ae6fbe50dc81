"""A page in memory as TWAIN hands it over: a Windows bitmap without a file header, its size known from itself alone."""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass

from PIL import Image

from drivers.backend import failure
from drivers.contract import FaultCode
from drivers.images import MAX_PIXELS

HEADER_BYTES = 40
FILE_HEADER_BYTES = 14
_HEADER = struct.Struct("<IiiHHIIiiII")
_LARGEST_HEADER = 124
_PLAIN, _MASKS = 0, 3
_MASK_BYTES = 12
_DEPTHS = (1, 4, 8, 16, 24, 32)


@dataclass(frozen=True)
class Bitmap:
    """What a bitmap's header says. Sizes in pixels; ``total`` is the length of header, palette and pixels in bytes."""

    width: int
    height: int
    depth: int
    total: int


def read_header(header: bytes) -> Bitmap:
    """Read the first 40 bytes of a bitmap. Raises DriverFault(BAD_PAGE) for what is none, or of a kind not taken."""
    size, width, height, _, depth, packing, _, _, _, used, _ = _HEADER.unpack(header[:HEADER_BYTES])
    lines = abs(height)
    if not HEADER_BYTES <= size <= _LARGEST_HEADER or width < 1 or lines < 1 or width * lines > MAX_PIXELS:
        raise failure(FaultCode.BAD_PAGE, "the driver gave no bitmap")
    if depth not in _DEPTHS or packing not in (_PLAIN, _MASKS):
        raise failure(FaultCode.BAD_PAGE, f"the driver gave a bitmap of {depth} bits in packing {packing}")
    # Zero colours used means all of them, which pytwain's own conversion overlooks.
    palette = 4 * (used or (1 << depth if depth <= 8 else 0))
    masks = _MASK_BYTES if packing == _MASKS and size == HEADER_BYTES else 0
    line_bytes = (width * depth + 31) // 32 * 4
    return Bitmap(width, lines, depth, size + masks + palette + line_bytes * lines)


def open_bitmap(data: bytes) -> Image.Image:
    """Decode a bitmap that begins with its header. Raises DriverFault(BAD_PAGE) where it is not whole."""
    return _decoded(data, "DIB")


def open_bitmap_file(data: bytes) -> Image.Image:
    """Decode a bitmap file. Raises DriverFault: PAGE_LOST where it is cut off, BAD_PAGE where it is no bitmap."""
    if data[:2] != b"BM" or len(data) < FILE_HEADER_BYTES + HEADER_BYTES:
        raise failure(FaultCode.BAD_PAGE, "the driver wrote no bitmap file")
    expected = FILE_HEADER_BYTES + read_header(data[FILE_HEADER_BYTES:]).total
    if len(data) < expected:
        raise failure(FaultCode.PAGE_LOST, f"{len(data)} of {expected} bytes came")
    return _decoded(data, "BMP")


def _decoded(data: bytes, kind: str) -> Image.Image:
    try:
        image = Image.open(io.BytesIO(data), formats=(kind,))
        image.load()
    except (OSError, ValueError, SyntaxError) as error:
        raise failure(FaultCode.BAD_PAGE, f"the driver's bitmap cannot be read: {error}") from error
    return image
