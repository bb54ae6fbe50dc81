"""The practice scanner: its tray is a folder of images or a PDF file, and its mishaps are ordered in advance."""

from __future__ import annotations

import itertools
import os
from collections.abc import Generator
from functools import partial
from pathlib import Path

from drivers import mishaps
from drivers.backend import Desk, Page, failure, pixels_of
from drivers.contract import Capabilities, ColorMode, Device, FaultCode, OptionsRead, ScanRequest, Source
from drivers.mishaps import Mishap
from drivers.sheets import Sheet, image_sheets, pdf_sheets

FEEDER_VARIABLE = "SOHOA_VIRTUAL_FEEDER"
RESOLUTIONS = (75, 100, 150, 200, 300, 400, 600)
MIN_DPI, MAX_DPI = 50, 1200
MAX_WIDTH_MM, MAX_HEIGHT_MM = 297.0, 432.0
STRIPS = 10


def load() -> VirtualBackend:
    """Give the backend."""
    return VirtualBackend()


class VirtualBackend:
    """The four verbs on folders and PDF files."""

    def devices(self) -> tuple[Device, ...]:
        """Give the trays named in SOHOA_VIRTUAL_FEEDER (parted as in PATH) that exist."""
        names = [name for name in os.environ.get(FEEDER_VARIABLE, "").split(os.pathsep) if name and Path(name).exists()]
        return tuple(Device("virtual", name, Path(name).name or name, "Sohoa", "Practice scanner", name) for name in names)

    def capabilities(self, device: str) -> Capabilities:
        """Give what the practice scanner can do. Raises DriverFault(NO_DEVICE) for a path that does not exist."""
        _tray(device)
        return Capabilities(tuple(Source), tuple(ColorMode), RESOLUTIONS, MAX_WIDTH_MM, MAX_HEIGHT_MM)

    def options(self, request: ScanRequest) -> OptionsRead:
        """Give the ways in which the practice scanner can misbehave. Raises DriverFault(NO_DEVICE)."""
        _tray(request.device)
        return mishaps.listed(request.options)

    def scan(self, request: ScanRequest, desk: Desk) -> Generator[Page, None, None]:
        """Yield the tray's pages; ``request.options`` are those of drivers.mishaps.Mishap."""
        mishap = mishaps.parse(request.options)
        tray = _tray(request.device)
        _check_reach(request)
        sheets = itertools.islice(image_sheets(tray) if tray.is_dir() else pdf_sheets(tray), mishap.first_page - 1, None)
        for number in itertools.count(1):
            sheet = None if mishap.strikes(number, "empty") else next(sheets, None)
            if sheet is None and number == 1:
                raise failure(FaultCode.FEEDER_EMPTY, str(tray))
            if sheet is None:
                return
            yield _scan_sheet(request, desk, mishap, number, sheet)
            if request.source is Source.FLATBED:
                return


def _tray(device: str) -> Path:
    path = Path(device)
    if not device or not path.exists():
        raise failure(FaultCode.NO_DEVICE, f"there is no such folder or file: {device}")
    if not os.access(path, os.R_OK):
        raise failure(FaultCode.ACCESS_DENIED, device)
    if path.is_file() and path.suffix.lower() != ".pdf":
        raise failure(FaultCode.NO_DEVICE, f"neither a folder nor a PDF file: {device}")
    return path


def _check_reach(request: ScanRequest) -> None:
    if not MIN_DPI <= request.dpi <= MAX_DPI:
        raise failure(FaultCode.UNSUPPORTED, f"{request.dpi} dpi")
    if request.paper_width_mm > MAX_WIDTH_MM or request.paper_height_mm > MAX_HEIGHT_MM:
        raise failure(FaultCode.UNSUPPORTED, f"paper of {request.paper_width_mm:g} x {request.paper_height_mm:g} mm")


def _scan_sheet(request: ScanRequest, desk: Desk, mishap: Mishap, number: int, sheet: Sheet) -> Page:
    desk.page_started()
    mishap.strike_scanner(number)
    desk.pause(mishap.page_delay)
    data, suffix = mishap.wear.worn(*sheet.page_file(request), request)
    lines = pixels_of(request.paper_height_mm, request.dpi)
    for strip in range(1, STRIPS + 1):
        desk.pause(mishap.line_delay)
        desk.progress(lines * strip // STRIPS, lines)
    return Page(
        chunks=mishap.strike_file(number, data),
        suffix=suffix,
        dpi=request.dpi,
        mode=request.mode,
        source=request.source,
        side="back" if request.source is Source.DUPLEX and number % 2 == 0 else "front",
        stored=partial(mishap.strike_stored, number),
    )
