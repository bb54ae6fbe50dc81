"""pytwain with its corners rounded off: manager and source opened and surely closed, pages taken in as images."""

from __future__ import annotations

import contextlib
import ctypes
import sys
import traceback
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from PIL import Image

from drivers import twain_images, twain_names, twain_windows
from drivers.backend import DriverFault, failure
from drivers.contract import FaultCode
from drivers.twain_faults import opening_errors, twain_errors

UNCOUNTED = 65535
_READY, _CLOSE_REQUEST = 0x0101, 0x0102
_CONTROL, _PENDING_TRANSFERS, _STOP_FEEDER = 1, 0x0005, 0x0702


@contextlib.contextmanager
def open_manager(library: Any) -> Iterator[Any]:
    """Give the TWAIN manager with a real window. Raises DriverFault(BACKEND_MISSING) where Windows has none."""
    with twain_windows.hidden_window() as window:
        # pytwain's own choice: twain_32.dll of Windows for 32 bits, twaindsm.dll for 64, which has to be installed.
        with twain_errors(f"the {twain_names.OWN_BITS}-bit TWAIN manager"):
            manager = library.SourceManager(window, ProductName="Sohoa", ProductFamily="Sohoa", Manufacturer="Sohoa")
        # Names in a code page of Windows are not UTF-8; spelled so, they come back to the driver as they were.
        manager._decode = lambda name: name.decode("utf-8", "surrogateescape")
        manager._encode = lambda name: name.encode("utf-8", "surrogateescape")
        with _closing(manager):
            yield manager


@contextlib.contextmanager
def open_source(manager: Any, device: str) -> Iterator[Any]:
    """Give the opened source of an address or name. Raises DriverFault, NO_DEVICE where it is not there or switched off."""
    bits, name = twain_names.parted(device)
    if bits not in (None, twain_names.OWN_BITS):
        raise failure(FaultCode.NO_DEVICE, f"{name}: a {bits}-bit driver, and there is no program for such drivers")
    if not name:
        # pytwain would show a dialog for an empty name.
        raise failure(FaultCode.NO_DEVICE, "no scanner was named")
    with opening_errors(name):
        # Some managers open the usual scanner where they do not know the name.
        if name not in manager.source_list:
            raise failure(FaultCode.NO_DEVICE, f"{name}: not among the installed TWAIN drivers")
        source = manager.open_source(name)
    source._decode, source._encode = manager._decode, manager._encode
    with _closing(source):
        yield source


@contextlib.contextmanager
def _closing(opened: Any) -> Iterator[None]:
    """Close a source or a manager at the end, whatever state a failure left it in; that failure is the one to tell."""
    try:
        yield
    except DriverFault as error:
        if error.fault.code is FaultCode.CRASHED:
            # A driver that crashed is not called again, not even by pytwain's destructors: it could hang for ever.
            opened._state = "closed"
        raise
    finally:
        try:
            opened.close()
        except Exception:
            traceback.print_exc(file=sys.stderr)


@contextlib.contextmanager
def memory_held(source: Any) -> Iterator[None]:
    """Let pytwain give no memory back until the end: lists of fixed point numbers that it returns still point into it."""
    held: list[tuple[Any, Any]] = []
    unlock, free = source._unlock, source._free
    source._unlock = lambda handle: held.append((unlock, handle))
    source._free = lambda handle: held.append((free, handle))
    try:
        yield
    finally:
        source._unlock, source._free = unlock, free
        for give_back, handle in held:
            give_back(handle)


class Acquisition:
    """One enabled source: waits for the first side, then takes in one side after the other."""

    def __init__(self, manager: Any, source: Any, spool: Path, *, by_file: bool) -> None:
        self._manager = manager
        self._source = source
        self._file = twain_windows.plain_path(spool) / f"{uuid.uuid4().hex}.bmp" if by_file else None
        self._messages: list[int] = []

    def start(self, is_aborted: Callable[[], bool]) -> bool:
        """Enable the source without its own dialog; says whether a side is ready, and gives up when ``is_aborted``.

        Raises DriverFault.
        """
        self._manager.set_callback(self._messages.append)
        with twain_errors("starting the scanner"):
            self._source.request_acquire(False, False)
            with twain_windows.left_when(is_aborted):
                self._source.modal_loop()
        return _READY in self._messages

    def describe(self) -> None:
        """Ask about the side that is ready: a driver that found no further sheet fails here, before anything moves."""
        with twain_errors("asking for the page"):
            _ = self._source.image_info

    def take(self) -> tuple[Image.Image, int]:
        """Take in one side; gives the picture and how many are to come (UNCOUNTED: some). Raises DriverFault."""
        return self._take_file(self._file) if self._file is not None else self._take_native()

    def stop_feeder(self) -> int:
        """Let a scanner that runs ahead take in no further sheet; gives how many sides it holds."""
        from twain.lowlevel import structs

        pending = structs.TW_PENDINGXFERS()
        with twain_errors("stopping the feeder"):
            self._source._call(_CONTROL, _PENDING_TRANSFERS, _STOP_FEEDER, ctypes.byref(pending))
        return int(pending.Count)

    def _take_native(self) -> tuple[Image.Image, int]:
        with twain_errors("taking in the page"):
            handle, more = self._source.xfer_image_natively()
        try:
            data = self._read_block(handle)
        finally:
            self._source._free(handle)
        return twain_images.open_bitmap(data), more

    def _read_block(self, handle: int) -> bytes:
        address = self._source._lock(handle)
        if not address:
            raise failure(FaultCode.NO_MEMORY, "the driver's page cannot be locked")
        try:
            # pytwain trusts the block's size, which may be larger than the page and is not known for every allocator.
            needed = twain_images.read_header(ctypes.string_at(address, twain_images.HEADER_BYTES)).total
            size = twain_windows.block_size(handle)
            if 0 < size < needed:
                raise failure(FaultCode.PAGE_LOST, f"{size} of {needed} bytes came")
            return ctypes.string_at(address, needed)
        finally:
            self._source._unlock(handle)

    def _take_file(self, path: Path) -> tuple[Image.Image, int]:
        try:
            with twain_errors("taking in the page"):
                self._source.file_xfer_params = (str(path), 2)
                more = self._source.xfer_image_by_file()
                data = path.read_bytes()
        finally:
            path.unlink(missing_ok=True)
        return twain_images.open_bitmap_file(data), more
