"""A page packed as JPEG in stripes, on a thread of its own, while the scanner still reads the rest of it.

Pillow packs each stripe; the stripes are then one picture, with a restart marker between two (ITU-T T.81, B.2.1 and E.1.4).
"""

from __future__ import annotations

import io
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from PIL import Image

from drivers.backend import Look, failure
from drivers.contract import FaultCode
from drivers.images import JPEG_QUALITY, THUMBNAIL_HEIGHT, shrunk, thumbnail_of

STRIPE_LINES = 256
MAX_LINES = 65_500
# Wider, the lines of a stripe would hold more blocks than a restart interval can.
MAX_WIDTH = 16_000
_WAITING_STRIPES = 2
_END_BYTES = 2
_FRAME, _SCAN, _FIRST_RESTART, _RESTARTS = 0xC0, 0xDA, 0xD0, 8
# A colour page is packed in blocks of 16 lines, a gray one in blocks of 8.
_BLOCK_LINES = {"RGB": 16, "L": 8}
_PACKER = ThreadPoolExecutor(1, "page-packer")


@dataclass(frozen=True)
class _Stripe:
    """A stripe as a JPEG file of its own, and its pixels made small."""

    file: bytes
    small: Image.Image


class StripedJpeg:
    """One page on its way into a file. ``mode`` is Pillow's, "RGB" or "L"; ``lines`` counts those that came."""

    def __init__(self, width: int, mode: str, *, gray: bool, dpi: int, lines: int) -> None:
        """``gray`` makes a gray page of whatever comes; ``lines`` is a guess, for the thumbnail's size."""
        self._mode, self._final = mode, "L" if gray else mode
        self._dpi = dpi
        self._times = next(times for times in (32, 16, 8, 4, 2, 1) if times == 1 or lines >= times * THUMBNAIL_HEIGHT)
        self._width, self.lines = width, 0
        self._pixels: Image.Image | None = None
        self._stripes: list[Future[_Stripe]] = []

    def add(self, data: bytes | bytearray) -> None:
        """Pack the next STRIPE_LINES lines; only the last stripe may have fewer. Waits where packing lags behind.

        Raises DriverFault(UNSUPPORTED) for more lines than a JPEG file can have.
        """
        if len(self._stripes) >= _WAITING_STRIPES:
            self._stripes[-_WAITING_STRIPES].result()
        lines = len(data) // (self._width * len(self._mode))
        self.lines += lines
        if self.lines > MAX_LINES:
            raise failure(FaultCode.UNSUPPORTED, f"a page of more than {MAX_LINES} lines")
        self._stripes.append(_PACKER.submit(self._pack, data, lines))

    def finish(self) -> tuple[bytes, Look]:
        """Give the whole file and its look."""
        stripes = [stripe.result() for stripe in self._stripes]
        small = Image.new(self._final, (stripes[0].small.width, sum(stripe.small.height for stripe in stripes)), None)
        top = 0
        for stripe in stripes:
            small.paste(stripe.small, (0, top))
            top += stripe.small.height
        return join([stripe.file for stripe in stripes], self.lines), Look(self._width, self.lines, thumbnail_of(small))

    def _pack(self, data: bytes | bytearray, lines: int) -> _Stripe:
        if self._pixels is None or self._pixels.height != lines:
            # Without a colour: filling it first would take as long as the scanner's own pixels.
            self._pixels = Image.new(self._mode, (self._width, lines), None)
        self._pixels.frombytes(data)
        image = self._pixels if self._mode == self._final else self._pixels.convert(self._final)
        out = io.BytesIO()
        rows = STRIPE_LINES // _BLOCK_LINES[self._final]
        image.save(out, "JPEG", quality=JPEG_QUALITY, dpi=(self._dpi, self._dpi), restart_marker_rows=rows)
        return _Stripe(out.getvalue(), shrunk(image, self._times))


def join(files: list[bytes], lines: int) -> bytes:
    """Give one JPEG file of ``lines`` lines out of files that were packed alike, each one restart interval high."""
    frame, scan = _places(files[0])
    head = bytearray(files[0][:scan])
    head[frame + 5 : frame + 7] = lines.to_bytes(2)
    parts: list[bytes | bytearray] = [head]
    for number, file in enumerate(files):
        if number:
            parts.append(bytes((0xFF, _FIRST_RESTART + (number - 1) % _RESTARTS)))
        parts.append(file[_places(file)[1] : -_END_BYTES])
    return b"".join((*parts, files[-1][-_END_BYTES:]))


def _places(file: bytes) -> tuple[int, int]:
    """Give where the frame's header begins, and the picture's coded bytes, in a baseline file of one scan."""
    frame, place = 0, 2
    while (marker := file[place + 1]) != _SCAN:
        frame = place if marker == _FRAME else frame
        place += 2 + int.from_bytes(file[place + 2 : place + 4])
    return frame, place + 2 + int.from_bytes(file[place + 2 : place + 4])
