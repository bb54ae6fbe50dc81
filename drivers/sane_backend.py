"""Scanners through SANE, by python-sane, with a guard for each way in which it was seen to lose or garble a page.

The feeder loop is our own: python-sane's iterator takes "out of documents" in mid-page for a normal end. Everything
happens on one thread, in a process that ends after the batch: closing or leaving SANE elsewhere crashes it.
"""

from __future__ import annotations

import ctypes
import dataclasses
import itertools
import time
from collections.abc import Generator
from typing import Any

from PIL import Image

from drivers import sane_identity, sane_options, sane_read
from drivers.backend import Desk, DriverFault, Look, Page, failure, pixels_of
from drivers.contract import Capabilities, ColorMode, Device, FaultCode, OptionsRead, ScanRequest, Source
from drivers.images import encode_page, look_of
from drivers.sane_device import SaneDevice
from drivers.sane_read import Frame, frame_of
from drivers.stripes import MAX_WIDTH, STRIPE_LINES, StripedJpeg

PROGRESS_SECONDS = 0.25
_SEEN_LINES = 16
_FILLER, _BLOCK_LINES = 128, 16

NO_DOCUMENTS = "Document feeder out of documents"
_CODES = {
    "Operation not supported": FaultCode.UNSUPPORTED,
    "Operation was canceled": FaultCode.CANCELLED,
    "Device busy": FaultCode.DEVICE_BUSY,
    "Invalid argument": FaultCode.INVALID_REQUEST,
    "End of file reached": FaultCode.PAGE_LOST,
    "Document feeder jammed": FaultCode.JAM,
    NO_DOCUMENTS: FaultCode.FEEDER_EMPTY,
    "Scanner cover is open": FaultCode.COVER_OPEN,
    "Error during device I/O": FaultCode.IO_ERROR,
    "Out of memory": FaultCode.NO_MEMORY,
    "Access to resource has been denied": FaultCode.ACCESS_DENIED,
}
# What backends say of a device that is not there, or switched off.
_OPEN_CODES = dict.fromkeys(("Out of memory", "Invalid argument", "Error during device I/O"), FaultCode.NO_DEVICE)


def load() -> SaneBackend:
    """Give the backend. Raises ImportError where python-sane or SANE itself is not installed."""
    import sane

    sane.init()
    return SaneBackend(sane)


class SaneBackend:
    """The four verbs on SANE; ``library`` is the python-sane module, already initialised."""

    def __init__(self, library: Any) -> None:
        self._sane = library

    def devices(self) -> tuple[Device, ...]:
        """Give the devices that SANE sees now."""
        return tuple(sane_identity.device(*found) for found in self._sane.get_devices())

    def capabilities(self, device: str) -> Capabilities:
        """Give what the device can do."""
        handle = self._open(device)
        try:
            return sane_options.read_capabilities(SaneDevice(handle))
        finally:
            handle.close()

    def options(self, request: ScanRequest) -> OptionsRead:
        """Give every option of the device, with the request applied as far as the device takes it."""
        handle = self._open(request.device)
        try:
            device = SaneDevice(handle)
            applied = sane_options.apply_request(device, request, strict=False)
            return OptionsRead(device.options(), applied.refused)
        finally:
            handle.close()

    def scan(self, request: ScanRequest, desk: Desk) -> Generator[Page, None, None]:
        """Yield pages; the device is opened for this batch alone, as some remember an empty feeder until closed."""
        handle = self._open(request.device)
        try:
            try:
                applied = sane_options.apply_request(SaneDevice(handle), request)
            except DriverFault:
                raise
            except Exception as error:
                raise failure(FaultCode.UNSUPPORTED, str(error)) from error
            yield from _Sheets(handle, dataclasses.replace(request, dpi=applied.dpi), desk).scan()
        finally:
            handle.close()

    def _open(self, name: str) -> Any:
        try:
            return self._sane.open(name)
        except Exception as error:
            raise failure(_OPEN_CODES.get(str(error), _code(error)), f"{name}: {error}") from error


class _Sheets:
    """One batch on an open device."""

    def __init__(self, handle: Any, request: ScanRequest, desk: Desk) -> None:
        self._handle = handle
        self._request = request
        self._desk = desk
        self._cancelled = False
        self._told, self._told_line = 0.0, -1

    def scan(self) -> Generator[Page, None, None]:
        try:
            for number in itertools.count(1):
                if not self._start(number):
                    break
                yield self._read(number)
                if self._request.source is Source.FLATBED:
                    break
            self._desk.ending(None)
        except DriverFault as error:
            # Cancelling never returns from some drivers, SANE's own test device among them.
            self._desk.ending(error.fault)
            raise
        finally:
            # Once a batch, and after any trouble: until then the device refuses everything else.
            self._cancel()

    def _start(self, number: int) -> bool:
        try:
            self._handle.start()
        except Exception as error:
            if str(error) == NO_DOCUMENTS and number > 1:
                return False
            raise failure(_code(error), str(error)) from error
        self._desk.page_started()
        return True

    def _read(self, number: int) -> Page:
        frame = frame_of(self._handle.get_parameters())
        stream = sane_read.stream_of(self._handle.dev)
        if stream is None or self._request.mode is ColorMode.BITONAL or frame.depth != 8 or frame.width > MAX_WIDTH:
            return self._read_whole(number, frame.lines)
        return self._read_in_stripes(number, frame, stream)

    def _read_in_stripes(self, number: int, frame: Frame, stream: ctypes.c_void_p) -> Page:
        """Pack the page while it is being read."""
        request, line = self._request, frame.line_bytes
        guess = frame.lines if frame.lines > 0 else pixels_of(request.paper_height_mm, request.dpi)
        page = StripedJpeg(frame.width, frame.pixels, gray=request.mode is ColorMode.GRAY, dpi=request.dpi, lines=guess)
        end = _End(line)
        for stripe in sane_read.stripes(
            stream, STRIPE_LINES * line, line, lambda came: self._tell(came // line, frame.lines), _page_failure
        ):
            whole = len(stripe) // line * line
            if whole:
                del stripe[whole:]
                end.add(stripe)
                page.add(stripe)
        self._check_page(page.lines, frame.lines, filled_up=end.is_filler)
        data, look = page.finish()
        mode = ColorMode.GRAY if frame.pixels == "L" else request.mode
        return self._page(number, data, "jpg", mode, look)

    def _read_whole(self, number: int, lines: int) -> Page:
        """Let python-sane read the page, which makes eight bits of one."""
        try:
            data, width, height, samples, _ = self._handle.dev.snap(True, False, self._seen)
        except Exception as error:
            raise _page_failure(str(error)) from error
        whole = height if data and len(data) == width * height * samples else 0
        end = _End(width * samples)
        end.add(data)
        self._check_page(whole, lines, filled_up=end.is_filler)
        pixels = "RGB" if samples == 3 else "L"
        image = Image.frombuffer(pixels, (width, height), data, "raw", pixels, 0, 1)
        # A device without a mode option may give gray where colour was asked: say what it is.
        mode = ColorMode.GRAY if self._request.mode is ColorMode.COLOR and pixels == "L" else self._request.mode
        return self._page(number, *encode_page(image, mode, self._request.dpi), mode, look_of(image))

    def _check_page(self, height: int, lines: int, *, filled_up: bool) -> None:
        """Refuse a page that did not arrive as a whole; ``lines`` is -1 where the device does not know."""
        if self._desk.aborted:
            raise failure(FaultCode.CANCELLED)
        if not height or (lines >= 0 and height != lines):
            raise failure(FaultCode.PAGE_LOST, f"{height} of {lines} lines came")
        if filled_up:
            raise failure(FaultCode.BAD_PAGE, "the lower part of the picture did not arrive")

    def _page(self, number: int, data: bytes, suffix: str, mode: ColorMode, look: Look) -> Page:
        request = self._request
        side = "back" if request.source is Source.DUPLEX and number % 2 == 0 else "front"
        return Page((data,), suffix, request.dpi, mode, request.source, side, look=look)

    def _seen(self, line: int, total: int) -> None:
        """Pass progress on, now and then. Never raises: python-sane would crash the process."""
        if line % _SEEN_LINES:
            return
        try:
            self._tell(line, total)
        except Exception:
            self._cancel()

    def _tell(self, line: int, total: int) -> None:
        """Pass progress on, now and then, where there is some. Raises DriverFault(CANCELLED) when aborted."""
        if self._desk.aborted:
            raise failure(FaultCode.CANCELLED)
        now = time.monotonic()
        if line != self._told_line and now - self._told >= PROGRESS_SECONDS:
            self._told, self._told_line = now, line
            self._desk.progress(line, total)

    def _cancel(self) -> None:
        if not self._cancelled:
            self._cancelled = True
            self._handle.cancel()


class _End:
    """The end of a page that comes in pieces, and whether sane-airscan's JPEG decoder made it up.

    Where the network cut the file off, that puts gray 128 without the least noise, which no paper gives, a row of blocks
    or more of it.
    """

    def __init__(self, line_bytes: int) -> None:
        self._size = _BLOCK_LINES * line_bytes
        self._tail = b""
        self._all_filler = True

    def add(self, piece: bytes | bytearray) -> None:
        """Look at the next piece."""
        self._tail = (self._tail + piece[-self._size :])[-self._size :]
        self._all_filler = self._all_filler and piece.count(_FILLER) == len(piece)

    @property
    def is_filler(self) -> bool:
        """Whether the end was made up, and the rest was not."""
        return not self._all_filler and self._tail.count(_FILLER) == self._size


def _page_failure(words: str) -> DriverFault:
    # The feeder cannot run out inside a page: this sheet was taken and not delivered.
    return failure(FaultCode.PAGE_LOST if words == NO_DOCUMENTS else _CODES.get(words, FaultCode.IO_ERROR), words)


def _code(error: Exception) -> FaultCode:
    return _CODES.get(str(error), FaultCode.IO_ERROR)
