"""Scanners through SANE, by python-sane, with a guard for each way in which it was seen to lose or garble a page.

The feeder loop is our own: python-sane's iterator takes "out of documents" in mid-page for a normal end. Everything
happens on one thread, in a process that ends after the batch: closing or leaving SANE elsewhere crashes it.
"""

from __future__ import annotations

import dataclasses
import itertools
import time
from collections.abc import Generator
from typing import Any

from PIL import Image

from drivers import sane_identity, sane_options
from drivers.backend import Desk, DriverFault, Page, failure
from drivers.contract import Capabilities, ColorMode, Device, FaultCode, OptionsRead, ScanRequest, Source
from drivers.images import encode_page, look_of
from drivers.sane_device import SaneDevice

PROGRESS_SECONDS = 0.25
_SEEN_LINES = 16
# python-sane counts a page's bytes in a C int.
MAX_PAGE_BYTES = (1 << 31) - 1
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
        self._told = 0.0

    def scan(self) -> Generator[Page, None, None]:
        try:
            for number in itertools.count(1):
                if not self._start(number):
                    return
                yield self._read(number)
                if self._request.source is Source.FLATBED:
                    return
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
        lines = _check_format(self._handle.get_parameters())
        try:
            data, width, height, samples, _ = self._handle.dev.snap(True, False, self._seen)
        except Exception as error:
            # The feeder cannot run out inside a page: this sheet was taken and not delivered.
            code = FaultCode.PAGE_LOST if str(error) == NO_DOCUMENTS else _code(error)
            raise failure(code, str(error)) from error
        if self._desk.aborted:
            raise failure(FaultCode.CANCELLED)
        if not data or (lines >= 0 and height != lines) or len(data) != width * height * samples:
            raise failure(FaultCode.PAGE_LOST, f"{height} of {lines} lines came")
        if _is_filled_up(data, width * samples):
            raise failure(FaultCode.BAD_PAGE, "the lower part of the picture did not arrive")
        image = Image.frombuffer(
            "RGB" if samples == 3 else "L", (width, height), data, "raw", "RGB" if samples == 3 else "L", 0, 1
        )
        return self._page(number, image)

    def _page(self, number: int, image: Image.Image) -> Page:
        request = self._request
        # A device without a mode option may give gray where colour was asked: say what it is.
        mode = ColorMode.GRAY if request.mode is ColorMode.COLOR and image.mode == "L" else request.mode
        data, suffix = encode_page(image, mode, request.dpi)
        side = "back" if request.source is Source.DUPLEX and number % 2 == 0 else "front"
        return Page((data,), suffix, request.dpi, mode, request.source, side, look=look_of(image))

    def _seen(self, line: int, total: int) -> None:
        """Pass progress on, now and then. Never raises: python-sane would crash the process."""
        if line % _SEEN_LINES:
            return
        try:
            now = time.monotonic()
            if self._desk.aborted:
                self._cancel()
            elif now - self._told >= PROGRESS_SECONDS:
                self._told = now
                self._desk.progress(line, total)
        except Exception:
            self._cancel()

    def _cancel(self) -> None:
        if not self._cancelled:
            self._cancelled = True
            self._handle.cancel()


def _is_filled_up(data: bytes, line_bytes: int) -> bool:
    """Say whether a page ends in what the JPEG decoder of sane-airscan puts where the network cut the file off.

    That is gray 128 without the least noise, which no paper gives, a row of blocks or more of it.
    """
    tail = bytes([_FILLER]) * (_BLOCK_LINES * line_bytes)
    return data.endswith(tail) and data.count(_FILLER) != len(data)


def _check_format(parameters: Any) -> int:
    """Refuse what python-sane would garble, give the lines to expect (-1 unknown). Raises DriverFault(UNSUPPORTED)."""
    kind, last_frame, (width, lines), depth, line_bytes = parameters
    samples = 3 if kind == "color" else 1
    if kind not in ("color", "gray", "grey") or last_frame != 1:
        raise failure(FaultCode.UNSUPPORTED, "the scanner sends its colours one after the other")
    if depth not in (1, 8):
        raise failure(FaultCode.UNSUPPORTED, f"the scanner sends {depth} bits a sample")
    if line_bytes != (width * samples * depth + 7) // 8:
        raise failure(FaultCode.UNSUPPORTED, "the scanner pads its lines")
    if width * samples * max(lines, 1) > MAX_PAGE_BYTES:
        raise failure(FaultCode.UNSUPPORTED, f"a page of {width} x {lines} pixels is too large")
    return int(lines)


def _code(error: Exception) -> FaultCode:
    return _CODES.get(str(error), FaultCode.IO_ERROR)
