"""Scanners through TWAIN, by pytwain, on Windows. Needs neither Qt nor numpy, so that it can be frozen for 32 bits.

A driver may hang for ever in any call: the watchdog is the workstation, which ends the process.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Generator
from functools import partial
from pathlib import Path
from typing import Any

from PIL import Image

from drivers import twain_listing, twain_names, twain_options, twain_windows
from drivers.backend import Desk, DriverFault, Page, failure
from drivers.contract import Capabilities, ColorMode, Device, FaultCode, OptionsRead, ScanRequest, Source
from drivers.images import encode_page
from drivers.twain_faults import twain_errors
from drivers.twain_session import Acquisition, open_manager, open_source

# Capabilities of the specification's versions 2.2 and 2.3 that pytwain 2.3.0 does not name.
_LATER = {
    "CAP_DOUBLEFEEDDETECTION": 0x103F,
    "CAP_DOUBLEFEEDDETECTIONLENGTH": 0x1040,
    "CAP_DOUBLEFEEDDETECTIONSENSITIVITY": 0x1041,
    "CAP_DOUBLEFEEDDETECTIONRESPONSE": 0x1042,
    "CAP_PAPERHANDLING": 0x1043,
    "CAP_INDICATORSMODE": 0x1044,
    "CAP_PRINTERVERTICALOFFSET": 0x1045,
    "CAP_POWERSAVETIME": 0x1046,
    "CAP_PRINTERCHARROTATION": 0x1047,
    "CAP_PRINTERFONTSTYLE": 0x1048,
    "CAP_PRINTERINDEXLEADCHAR": 0x1049,
    "CAP_PRINTERINDEXMAXVALUE": 0x104A,
    "CAP_PRINTERINDEXNUMDIGITS": 0x104B,
    "CAP_PRINTERINDEXSTEP": 0x104C,
    "CAP_PRINTERINDEXTRIGGER": 0x104D,
}


def load() -> TwainBackend:
    """Give the backend. Raises DriverFault(BACKEND_MISSING) elsewhere than on Windows, ImportError without pytwain."""
    if not twain_windows.is_windows():
        raise failure(FaultCode.BACKEND_MISSING, "TWAIN is on Windows only")
    import twain
    from twain.lowlevel import constants

    names = {name: value for name, value in vars(constants).items() if name.startswith(("CAP_", "ICAP_"))}
    return TwainBackend(twain, {**names, **_LATER})


class TwainBackend:
    """The four verbs on TWAIN; ``library`` is the twain module, ``names`` its capabilities' numbers by name."""

    def __init__(self, library: Any, names: dict[str, int]) -> None:
        self._library = library
        self._names = names

    def devices(self) -> tuple[Device, ...]:
        """Give the data sources that are installed; whether one is switched on shows when it is opened."""
        with open_manager(self._library) as manager, twain_errors("listing the scanners"):
            names = [(twain_names.address(name), name) for name in manager.source_list]
            return tuple(Device("twain", address, name, identity=address) for address, name in names)

    def capabilities(self, device: str) -> Capabilities:
        """Give what the device can do."""
        with open_manager(self._library) as manager, open_source(manager, device) as source:
            return twain_options.read_capabilities(source)

    def options(self, request: ScanRequest) -> OptionsRead:
        """Give every capability of the source, with the request applied as far as the driver takes it."""
        with open_manager(self._library) as manager, open_source(manager, request.device) as source:
            return twain_listing.read_options(source, request, self._names)

    def scan(self, request: ScanRequest, desk: Desk) -> Generator[Page, None, None]:
        """Yield pages; the source is opened for this batch alone."""
        with open_manager(self._library) as manager, open_source(manager, request.device) as source:
            by_file = twain_options.apply_request(source, request, self._names)
            runs_ahead = bool(twain_options.read_current(source, twain_options.AUTO_SCAN))
            acquisition = Acquisition(manager, source, Path(request.spool), by_file=by_file)
            yield from _Sheets(acquisition, request, desk, runs_ahead=runs_ahead).scan()


class _Sheets:
    """One batch on an opened source."""

    def __init__(self, acquisition: Acquisition, request: ScanRequest, desk: Desk, *, runs_ahead: bool) -> None:
        self._acquisition = acquisition
        self._request = request
        self._desk = desk
        self._runs_ahead = runs_ahead

    def scan(self) -> Generator[Page, None, None]:
        self._start()
        for number in itertools.count(1):
            if not self._has_side(number):
                return
            self._desk.page_started()
            image, more = self._acquisition.take()
            if self._desk.aborted:
                raise failure(FaultCode.CANCELLED)
            yield self._page(number, image, more)
            if not more or self._request.source is Source.FLATBED:
                return

    def _start(self) -> None:
        if self._acquisition.start(lambda: self._desk.aborted):
            return
        if self._desk.aborted:
            raise failure(FaultCode.CANCELLED)
        raise failure(FaultCode.IO_ERROR, "the driver asked to be closed before the first page; it may have shown the reason")

    def _has_side(self, number: int) -> bool:
        """Say whether there is a further side: a driver that cannot count announces one more than there are."""
        try:
            self._acquisition.describe()
        except DriverFault as error:
            if error.fault.code is FaultCode.FEEDER_EMPTY and number > 1:
                return False
            raise
        return True

    def _page(self, number: int, image: Image.Image, more: int) -> Page:
        request = self._request
        # A device without the asked mode may give gray where colour was asked: say what it is.
        mode = ColorMode.GRAY if request.mode is ColorMode.COLOR and image.mode in ("1", "L") else request.mode
        data, suffix = encode_page(image, mode, request.dpi)
        side = "back" if request.source is Source.DUPLEX and number % 2 == 0 else "front"
        return Page((data,), suffix, request.dpi, mode, request.source, side, waiting=partial(self._waiting, more))

    def _waiting(self, more: int) -> int:
        """Stop the feeder; gives the sides that the scanner holds, if it is one that runs ahead."""
        if not more or not self._runs_ahead:
            return 0
        try:
            waiting = self._acquisition.stop_feeder()
        except DriverFault as error:
            # Older than the message: what it holds it keeps, and the clerk is told by the count of sheets.
            print(error, file=sys.stderr)  # noqa: T201 - stderr is the worker's log
            return 0
        return waiting
