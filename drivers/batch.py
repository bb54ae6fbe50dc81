"""One batch in the worker: page by page from the backend through the spool to the workstation."""

from __future__ import annotations

import contextlib
import dataclasses
import math
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

from drivers.backend import Backend, DriverFault, Look, Page, failure, foreign_errors
from drivers.contract import Ending, Event, Fault, FaultCode, Finished, PageFinished, PageStarted, Progress, ScanRequest
from drivers.control import Control
from drivers.images import look_at
from drivers.spool import PartFile, spool_errors, write_file

Send = Callable[[Event], None]


class Batch:
    """The desk of one scan: numbers the pages, announces them, and waits until each one is safe."""

    def __init__(self, request: ScanRequest, control: Control, send: Send) -> None:
        self._request = request
        self._control = control
        self._send = send
        self._id = uuid.uuid4().hex
        self._begun = 0
        self._fed = 0
        self._delivered = 0

    @property
    def aborted(self) -> bool:
        """Whether the page in progress is to be dropped."""
        return self._control.aborted

    def page_started(self) -> None:
        """Announce the next sheet side. Raises DriverFault(CANCELLED) when aborted."""
        self._begun += 1
        self.taken_in(self._begun)
        self._send(PageStarted(self._begun))
        self._check()

    def taken_in(self, sides: int) -> None:
        """Note how many sides the scanner has taken in, delivered or not."""
        self._fed = max(self._fed, sides)

    def progress(self, done: int, total: int) -> None:
        """Announce the lines read of the page. Raises DriverFault(CANCELLED) when aborted."""
        self._check()
        self._send(Progress(self._begun, done, total))

    def ending(self, fault: Fault | None) -> None:
        """Announce how the batch will end (None: as it should), before a call to the driver that may never return."""
        self._send(Ending(self._counted(fault) if fault is not None else None))

    def pause(self, seconds: float) -> None:
        """Wait. Raises DriverFault(CANCELLED) as soon as the batch is aborted."""
        self._control.wait_for_abort(seconds)
        self._check()

    def run(self, backend: Backend) -> None:
        """Scan until the tray, the request or the workstation ends it; the last event is Finished or Fault."""
        try:
            with foreign_errors():
                check_request(self._request)
                with contextlib.closing(backend.scan(self._request, self)) as pages:
                    self._scan_and_say(pages)
        except DriverFault as error:
            self._send(self._counted(error.fault))
        else:
            self._send(Finished(self._delivered, self._fed - self._delivered))

    def _scan_and_say(self, pages: Iterator[Page]) -> None:
        """Scan, and say how it ended before the driver is closed."""
        try:
            self._scan(pages)
        except DriverFault as error:
            self.ending(error.fault)
            raise
        self.ending(None)

    def _scan(self, pages: Iterator[Page]) -> None:
        page: Page | None = None
        to_drain: int | None = None  # Known once no further sheet is wanted.
        while self._delivered != self._request.max_pages:
            if self._control.stopped and to_drain is None:
                to_drain = page.waiting() if page is not None and not self._control.aborted else 0
            if to_drain == 0:
                break
            page = next(pages, None)
            if page is None:
                break
            self._send(self._deliver(page))
            self._control.wait_for_page()
            to_drain = to_drain - 1 if to_drain else to_drain
        self._check()

    def _deliver(self, page: Page) -> PageFinished:
        folder = Path(self._request.spool)
        sequence = self._delivered + 1
        stem = f"{self._id}-{sequence:05d}"
        with spool_errors(folder):
            part = PartFile(folder, f"{stem}.{page.suffix}", page.chunks)
            try:
                look = page.look or look_at(part.data)
                self._check()
            except DriverFault:
                part.discard()
                raise
            thumbnail = _store_thumbnail(folder, f"{stem}.thumb.jpg", look)
            message = self._message(page, part, look, sequence=sequence, thumbnail=thumbnail)
            part.publish(message)
        page.stored()
        self._delivered = sequence
        return message

    def _message(self, page: Page, part: PartFile, look: Look, *, sequence: int, thumbnail: str) -> PageFinished:
        return PageFinished(
            batch=self._id,
            sequence=sequence,
            file=part.name,
            sha256=part.sha256,
            size=len(part.data),
            width=look.width,
            height=look.height,
            dpi=page.dpi,
            mode=page.mode,
            source=page.source,
            side=page.side,
            device=self._request.device,
            thumbnail=thumbnail,
        )

    def _check(self) -> None:
        if self._control.aborted:
            raise failure(FaultCode.CANCELLED)

    def _counted(self, fault: Fault) -> Fault:
        return dataclasses.replace(fault, sequence=self._delivered + 1, fed=self._fed, delivered=self._delivered)


def check_request(request: ScanRequest) -> None:
    """Refuse a request that no scanner could follow. Raises DriverFault(INVALID_REQUEST)."""
    lengths = (request.paper_width_mm, request.paper_height_mm)
    if not Path(request.spool).is_absolute() or not Path(request.spool).is_dir():
        raise failure(FaultCode.INVALID_REQUEST, f"the spool folder does not exist: {request.spool}")
    if request.dpi < 1 or not all(math.isfinite(length) and length > 0 for length in lengths):
        raise failure(FaultCode.INVALID_REQUEST, "resolution and paper size must be above zero")
    if request.max_pages is not None and request.max_pages < 1:
        raise failure(FaultCode.INVALID_REQUEST, "at least one page must be asked for")


def _store_thumbnail(folder: Path, name: str, look: Look) -> str:
    if not look.thumbnail:
        return ""
    try:
        write_file(folder / name, look.thumbnail, synced=False)
    except OSError:
        # The page goes first: on a full disk it may still fit, or its own error is the one to tell.
        return ""
    return name
