"""What a scanner backend offers the worker, and what the worker offers a backend: four verbs and a desk."""

from __future__ import annotations

import contextlib
import sys
import traceback
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from drivers.contract import Capabilities, ColorMode, Device, Fault, FaultCode, OptionsRead, ScanRequest, Source

MM_PER_INCH = 25.4


class DriverFault(Exception):
    """A scan, or a question to a scanner, that came to nothing; ``fault`` says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(f"{fault.code}: {fault.detail}")
        self.fault = fault


def failure(code: FaultCode, detail: str = "") -> DriverFault:
    """Give the exception that a backend raises; the worker adds the page and the counts."""
    return DriverFault(Fault(code, detail))


@contextlib.contextmanager
def foreign_errors() -> Iterator[None]:
    """Turn what a backend or its library raised unexpectedly into DriverFault, with the traceback on stderr."""
    try:
        yield
    except DriverFault:
        raise
    except MemoryError as error:
        raise failure(FaultCode.NO_MEMORY, str(error)) from error
    except Exception as error:
        traceback.print_exc(file=sys.stderr)
        raise failure(FaultCode.IO_ERROR, f"{type(error).__name__}: {error}") from error


def pixels_of(millimetres: float, dpi: int) -> int:
    """Give a length on paper (millimetres) in pixels at ``dpi`` dots per inch."""
    return max(1, round(millimetres / MM_PER_INCH * dpi))


def _nothing() -> None:
    """Stand in for a hook that a backend does not need."""


def _none() -> int:
    """Stand in for the count of a scanner that does not run ahead."""
    return 0


@dataclass(frozen=True)
class Look:
    """What the pixels of a page show. Sizes in pixels; ``thumbnail`` is a JPEG file, empty if none could be made."""

    width: int
    height: int
    thumbnail: bytes


@dataclass(frozen=True)
class Page:
    """One sheet side as the backend gives it.

    ``chunks`` is a whole JPEG or PNG file in pieces, ``suffix`` its file name's end without the dot. ``stored`` is
    called once the page lies synced in the spool, before it is announced. ``waiting`` is called when no further sheet
    is wanted after this page: the sides that the scanner has taken in already, which are still delivered. ``look`` is
    given by a backend that made the file itself or has proved it whole; any other file is decoded to prove it.
    """

    chunks: Iterable[bytes]
    suffix: str
    dpi: int
    mode: ColorMode
    source: Source
    side: str = "front"
    stored: Callable[[], None] = _nothing
    waiting: Callable[[], int] = _none
    look: Look | None = None


class Desk(Protocol):
    """What a backend may tell and ask while it scans."""

    @property
    def aborted(self) -> bool:
        """Whether the page in progress is to be dropped."""

    def page_started(self) -> None:
        """Announce that the scanner has begun with the next sheet side. Raises DriverFault when aborted."""

    def taken_in(self, sides: int) -> None:
        """Note how many sides of this batch the scanner says it has taken in, delivered or not."""

    def progress(self, done: int, total: int) -> None:
        """Announce lines read of the page (``total`` -1 where unknown). Raises DriverFault when aborted."""

    def ending(self, fault: Fault | None) -> None:
        """Announce how the batch will end (None: as it should), before a call to the driver that may never return."""

    def pause(self, seconds: float) -> None:
        """Wait. Raises DriverFault as soon as the batch is aborted."""


class Backend(Protocol):
    """The four verbs. Each raises DriverFault."""

    def devices(self) -> tuple[Device, ...]:
        """Give the scanners that can be seen now."""

    def capabilities(self, device: str) -> Capabilities:
        """Give what the device can do."""

    def options(self, request: ScanRequest) -> OptionsRead:
        """Give every option of the request's device, once what can be applied of the request is applied."""

    def scan(self, request: ScanRequest, desk: Desk) -> Generator[Page, None, None]:
        """Yield page after page; the worker asks for the next one when the last is safe, and closes the generator."""
