"""One eSCL job: asked for, drawn page by page, and taken back; what the device's states mean is decided here."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from drivers.backend import Desk, DriverFault, failure
from drivers.contract import FaultCode, Source
from drivers.escl_http import MAX_PAGE_BYTES, Answer, Exchange, Link
from drivers.escl_xml import JPEG, JobState, Order, Status, parse_status, scan_settings

HEARTBEAT_SECONDS = 1.0
GOODBYE_SECONDS = 3.0

# The device's word for the feeder's trouble; a word that is not here is no trouble.
FEEDER_FAULTS = {
    "ScannerAdfJam": FaultCode.JAM,
    "ScannerAdfDoorOpen": FaultCode.COVER_OPEN,
    "ScannerAdfHatchOpen": FaultCode.COVER_OPEN,
    "ScannerAdfMultipickDetected": FaultCode.DOUBLE_FEED,
    "ScannerAdfMispick": FaultCode.MISPICK,
    "ScannerAdfInputTrayFailed": FaultCode.IO_ERROR,
    "ScannerAdfInputTrayOverloaded": FaultCode.IO_ERROR,
    "ScannerAdfDuplexPageTooShort": FaultCode.UNSUPPORTED,
    "ScannerAdfDuplexPageTooLong": FaultCode.UNSUPPORTED,
}
EMPTY = "ScannerAdfEmpty"
# With these the sheet has left the tray.
_SWALLOWED = {FaultCode.JAM, FaultCode.DOUBLE_FEED}
_WORKING = {"Processing", "Testing"}
_DENIED = {401: FaultCode.ACCESS_DENIED, 403: FaultCode.ACCESS_DENIED}
# Only of an order do these say that the device cannot do what was asked.
_REFUSED = {**_DENIED, 400: FaultCode.UNSUPPORTED, 409: FaultCode.UNSUPPORTED}
# Bytes a second that a page comes with at least, over the time for a silence: what drips is as good as silent. Blank paper
# on the slowest glass gives ten times as many.
SLOWEST = 256


class Job:
    """A batch on one device. Every method raises DriverFault."""

    def __init__(self, link: Link, order: Order, desk: Desk) -> None:
        self._link = link
        self._order = order
        self._desk = desk
        self._url = ""
        self._told = time.monotonic()
        self._feeder = order.source is not Source.FLATBED

    def open(self) -> None:
        """Order the job, waiting for a busy device up to the limit."""
        until = time.monotonic() + self._link.limits.busy
        while True:
            self._check_tray(self.status())
            # Ordered even where the state is "Processing": that lags behind, and a device that is busy says 503.
            answer = self._link.ask("POST", f"{self._link.url}/ScanJobs", scan_settings(self._order), pulse=self._heartbeat)
            if answer.status == 201:
                self._url = self._own(answer.headers.get("location", ""))
                return
            self._check_refusal(answer)
            self._wait(answer.retry_seconds, until)

    def next_page(self, delivered: int) -> tuple[Exchange, Answer] | None:
        """Ask for the next page: an exchange whose body is a page (to be closed by the caller), or None at the end."""
        until = time.monotonic() + self._link.limits.busy
        while True:
            exchange = self._link.exchange("GET", f"{self._url}/NextDocument")
            try:
                head = exchange.head(self._link.limits.page, self._heartbeat)
            except BaseException as error:
                exchange.__exit__(type(error), error, None)
                raise
            if head.status == 200:
                return exchange, head
            exchange.__exit__(None, None, None)
            if self._is_over(head, delivered):
                self._url = ""  # Nothing to take back.
                return None
            self._wait(head.retry_seconds, until)

    def page(self, exchange: Exchange, head: Answer, lines: int) -> Iterator[bytes]:
        """Give the page's bytes as they come, and refuse what is no JPEG file of the announced length."""
        kind = head.headers.get("content-type", "").partition(";")[0].strip().casefold()
        if kind != JPEG:
            raise failure(FaultCode.BAD_PAGE, f"the scanner sent {kind or 'something without a name'} instead of a page")
        if head.headers.get("content-encoding", "identity").casefold() != "identity":
            raise failure(FaultCode.BAD_PAGE, "the scanner sent a packed page")
        length = head.headers.get("content-length", "")
        announced = int(length) if length.isdecimal() and len(length) < 12 else -1
        came = before = 0
        since, patience = time.monotonic(), self._link.limits.stall
        for chunk in exchange.chunks(patience, self._quick_look):
            came += len(chunk)
            if came > MAX_PAGE_BYTES:
                raise failure(FaultCode.BAD_PAGE, f"a page of more than {MAX_PAGE_BYTES} bytes")
            if time.monotonic() > since + patience:
                if came - before < SLOWEST * patience:
                    raise failure(FaultCode.STALLED, f"the scanner sent nothing for {patience:g} seconds")
                since, before = time.monotonic(), came
            yield chunk
            if time.monotonic() - self._told >= HEARTBEAT_SECONDS / 4:
                self._told = time.monotonic()
                self._desk.progress(*((lines * came // announced, lines) if announced > 0 else (came >> 10, -1)))
        if announced not in (-1, came):
            raise failure(FaultCode.BAD_PAGE, f"{came} of {announced} bytes came")

    def waiting(self) -> int:
        """Give the sides that the device has already taken in and not yet delivered; 0 where it does not say."""
        job = self._state(GOODBYE_SECONDS)
        return (job.waiting or 0) if job is not None else 0

    def close(self) -> None:
        """Take the job back, and tell the desk how many sides the device had taken in. Raises nothing."""
        if not self._url:
            return
        end = time.monotonic() + GOODBYE_SECONDS
        before = self._state(GOODBYE_SECONDS / 3)
        with contextlib.suppress(DriverFault):
            self._link.ask("DELETE", self._url, seconds=max(0.1, (end - time.monotonic()) / 2))
        # Asked for again: the device may have gone on until it was told. Some know nothing of a job taken back.
        job = self._state(max(0.1, end - time.monotonic())) or before
        if job is not None and job.completed is not None:
            self._desk.taken_in(job.completed)
        self._url = ""

    def status(self) -> Status:
        """Ask the device how it is."""
        answer = self._link.ask("GET", f"{self._link.url}/ScannerStatus", pulse=self._heartbeat)
        if answer.status == 503:
            return Status("Processing")
        if answer.status != 200:
            raise failure(_DENIED.get(answer.status, FaultCode.IO_ERROR), f"ScannerStatus: HTTP {answer.status}")
        return parse_status(answer.body)

    def _state(self, seconds: float) -> JobState | None:
        """Ask for the job's counts; nothing depends on an answer."""
        with contextlib.suppress(DriverFault):
            answer = self._link.ask("GET", f"{self._link.url}/ScannerStatus", seconds=seconds)
            return parse_status(answer.body).job(urlsplit(self._url).path) if answer.status == 200 else None
        return None

    def _check_refusal(self, answer: Answer) -> None:
        """Return where waiting may help."""
        if answer.status == 503:
            return
        status = self.status()
        self._check_tray(status)
        if answer.status == 409 and status.state in _WORKING:
            return
        code = _REFUSED.get(answer.status, FaultCode.IO_ERROR)
        raise failure(code, f"the scanner refused the job (HTTP {answer.status})")

    def _check_tray(self, status: Status) -> None:
        self._raise_feeder_fault(status)
        if self._feeder and status.adf == EMPTY:
            raise failure(FaultCode.FEEDER_EMPTY, "the feeder is empty")

    def _is_over(self, head: Answer, delivered: int) -> bool:
        """Say whether the batch ended as it should; False where waiting may help. Never guesses: raises instead."""
        status = self.status()
        self._raise_feeder_fault(status)
        job = status.job(urlsplit(self._url).path)
        if job is not None and job.state in ("Aborted", "Canceled"):
            raise failure(FaultCode.IO_ERROR, f"the job was ended at the scanner ({job.state})")
        if head.status == 503 and (status.state in _WORKING or not self._ran_out(status, job)):
            return False
        if head.status not in (404, 409, 410, 503):
            raise failure(_DENIED.get(head.status, FaultCode.IO_ERROR), f"NextDocument: HTTP {head.status}")
        if not self._ran_out(status, job):
            raise failure(FaultCode.IO_ERROR, f"the scanner ended the batch with sheets left (HTTP {head.status})")
        if not delivered:
            code = FaultCode.FEEDER_EMPTY if self._feeder else FaultCode.IO_ERROR
            raise failure(code, "no page came")
        if job is not None and job.completed is not None and job.completed > delivered:
            raise failure(FaultCode.PAGE_LOST, f"{job.completed} sides were taken in, {delivered} delivered")
        return True

    def _ran_out(self, status: Status, job: JobState | None) -> bool:
        return status.adf == EMPTY or (job is not None and job.state == "Completed") or not (self._feeder and status.adf)

    def _raise_feeder_fault(self, status: Status) -> None:
        code = FEEDER_FAULTS.get(status.adf) if self._feeder else None
        if code is None:
            return
        if code in _SWALLOWED and self._url:
            self._desk.page_started()
        raise failure(code, status.adf)

    def _own(self, location: str) -> str:
        """Give the job's address on the host that we spoke to: devices behind a name or a router give wrong ones."""
        path = urlsplit(urljoin(f"{self._link.url}/ScanJobs", location)).path.rstrip("/")
        if not location or not path.startswith("/") or any(not 32 < ord(letter) < 127 for letter in path):
            raise failure(FaultCode.IO_ERROR, "the scanner did not say where its job is")
        root = urlsplit(self._link.url)
        return f"{root.scheme}://{root.netloc}{path}"

    def _wait(self, seconds: float, until: float) -> None:
        if time.monotonic() + seconds > until:
            raise failure(FaultCode.DEVICE_BUSY, f"the scanner was busy for {self._link.limits.busy:g} seconds")
        self._desk.progress(0, -1)
        self._desk.pause(seconds)

    def _quick_look(self) -> None:
        self._desk.pause(0)

    def _heartbeat(self) -> None:
        """Hear a cancel, and let the workstation know that the wait is a wanted one."""
        self._desk.pause(0)
        if time.monotonic() - self._told >= HEARTBEAT_SECONDS:
            self._told = time.monotonic()
            self._desk.progress(0, -1)
