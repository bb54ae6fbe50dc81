"""The workstation's side of a scanner: questions, and a batch as a run of events. Use it from a worker thread.

Each call starts a process of its own, so that a driver that hangs or crashes takes neither the window nor a page.
"""

from __future__ import annotations

import contextlib
import enum
import queue
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Self

from drivers import twain_names
from drivers.backend import DriverFault, failure
from drivers.contract import (
    Abort,
    Capabilities,
    CapabilitiesRead,
    Command,
    Device,
    DevicesChanged,
    DevicesFound,
    Ending,
    Event,
    Fault,
    FaultCode,
    Finished,
    ListDevices,
    NextPage,
    OptionsRead,
    PageFinished,
    PageStarted,
    ReadCapabilities,
    ReadOptions,
    Ready,
    Scan,
    ScanRequest,
    Stop,
)
from drivers.process import Log, WorkerProcess, crash_fault, worker_command
from drivers.programs import Program, program_for, programs
from drivers.spool import clear_page, spool_leftovers

__all__ = [
    "Deadlines",
    "DriverFault",
    "Found",
    "ScanRun",
    "Watcher",
    "clear_page",
    "find_devices",
    "list_devices",
    "read_capabilities",
    "read_options",
    "spool_leftovers",
    "start_scan",
    "worker_command",
]

POLL_SECONDS = 0.1
ABORT_SECONDS = 2.0
HANG_UP_SECONDS = 1.0


@dataclass(frozen=True)
class Deadlines:
    """How long the workstation waits, in seconds.

    ``open``: for the worker; ``start``: from asking for a page until the scanner begins with it; ``page``: without
    a sign of progress within a page; ``stop``: for the end, once it was asked for and no page is in progress.
    """

    open: float = 30.0
    start: float = 60.0
    page: float = 45.0
    stop: float = 15.0


class _Phase(enum.Enum):
    OPENING = "open"
    STARTING = "start"
    IN_PAGE = "page"
    HOLDING = "holding"


@dataclass(frozen=True)
class Found:
    """What the programs of a backend see, and why one of them could not look."""

    devices: tuple[Device, ...] = ()
    faults: tuple[Fault, ...] = ()


def find_devices(backend: str, *, timeout: float = 10.0, environment: Mapping[str, str] | None = None) -> Found:
    """Ask all programs of a backend at once for the scanners that they see now, within ``timeout`` seconds."""

    def ask(program: Program) -> Found:
        try:
            return Found(list_devices(backend, timeout=timeout, environment=environment, command=program.command))
        except DriverFault as error:
            return Found(faults=(error.fault,))

    served = programs(backend, environment)
    with ThreadPoolExecutor(len(served)) as threads:
        answers = list(threads.map(ask, served))
    faults = [fault for answer in answers for fault in answer.faults]
    if len(faults) < len(served):
        # Windows without the manager of one kind of drivers is the usual case, where the other kind is there.
        faults = [fault for fault in faults if fault.code is not FaultCode.BACKEND_MISSING]
    return Found(twain_names.told_apart(device for answer in answers for device in answer.devices), tuple(faults))


def list_devices(
    backend: str,
    *,
    timeout: float = 10.0,
    environment: Mapping[str, str] | None = None,
    command: Sequence[str] | None = None,
) -> tuple[Device, ...]:
    """Give the scanners that a backend sees now, within ``timeout`` seconds; ``command`` asks one worker program only.

    Raises DriverFault.
    """
    if command is None and len(programs(backend, environment)) > 1:
        found = find_devices(backend, timeout=timeout, environment=environment)
        if found.faults and not found.devices:
            raise DriverFault(found.faults[0])
        return found.devices
    match _ask(_worker(backend, "", environment, command), ListDevices(), timeout):
        case DevicesFound(devices=devices):
            return devices
        case other:
            raise failure(FaultCode.CRASHED, f"unexpected answer {type(other).__name__}")


def read_capabilities(
    backend: str,
    device: str,
    *,
    timeout: float = 30.0,
    environment: Mapping[str, str] | None = None,
    command: Sequence[str] | None = None,
) -> Capabilities:
    """Give what a scanner can do, within ``timeout`` seconds; ``command`` starts another program. Raises DriverFault."""
    match _ask(_worker(backend, device, environment, command), ReadCapabilities(device), timeout):
        case CapabilitiesRead(capabilities=capabilities):
            return capabilities
        case other:
            raise failure(FaultCode.CRASHED, f"unexpected answer {type(other).__name__}")


def read_options(
    backend: str,
    request: ScanRequest,
    *,
    timeout: float = 30.0,
    environment: Mapping[str, str] | None = None,
    command: Sequence[str] | None = None,
) -> OptionsRead:
    """Give all options of a request's scanner with the request applied as far as it goes. Raises DriverFault."""
    match _ask(_worker(backend, request.device, environment, command), ReadOptions(request), timeout):
        case OptionsRead() as read:
            return read
        case other:
            raise failure(FaultCode.CRASHED, f"unexpected answer {type(other).__name__}")


class Watcher:
    """Says when it is worth looking for scanners again; a process that opens none of them. Close it at the end."""

    def __init__(self, environment: Mapping[str, str] | None = None, command: Sequence[str] | None = None) -> None:
        """Start it. Raises DriverFault."""
        self._process = WorkerProcess("watch", environment, command=command)

    def changed(self, seconds: float) -> bool:
        """Wait up to ``seconds`` for a change. Raises DriverFault(CRASHED) when the process is gone."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            with contextlib.suppress(queue.Empty):
                event = self._process.receive(left)
                if event is None:
                    raise DriverFault(crash_fault(self._process))
                if isinstance(event, DevicesChanged):
                    return True
        return False

    def close(self) -> None:
        """End the process."""
        self._process.end(HANG_UP_SECONDS)


def start_scan(
    backend: str,
    request: ScanRequest,
    *,
    deadlines: Deadlines | None = None,
    environment: Mapping[str, str] | None = None,
    log: Log | None = None,
    command: Sequence[str] | None = None,
) -> ScanRun:
    """Start a batch; ``log`` gets each line of the worker's stderr, on another thread; ``command`` starts another program.

    Raises DriverFault when no process can be started; every later trouble is an event.
    """
    return ScanRun(_worker(backend, request.device, environment, command, log), request, deadlines or Deadlines())


class ScanRun:
    """A running batch; a context manager that leaves no process behind. stop, abort and next_page suit any thread."""

    def __init__(self, process: WorkerProcess, request: ScanRequest, deadlines: Deadlines) -> None:
        self.fed = 0
        self.delivered = 0
        self._process = process
        self._deadlines = deadlines
        self._lock = threading.Lock()
        self._over = False
        self._ending = False
        self._aborting = False
        self._known: Fault | Finished | None = None
        self._enter(_Phase.OPENING)
        process.send(Scan(request))

    @property
    def pid(self) -> int:
        """The worker's process id."""
        return self._process.pid

    def events(self) -> Iterator[Event]:
        """Yield events as they come; the last one is a Fault or Finished.

        After each PageFinished the scanner waits until ``next_page``, and no deadline runs. When a worker dies or
        stalls, pages that it had announced before still come first, and then the end that it had announced, if any.
        """
        while not self._over:
            event = self._receive()
            if event is None:
                crash = crash_fault(self._process)
                yield self._noted(self._known or self._counted(crash))
            elif isinstance(event, Ending):
                self._put_to_rest(event.fault)
            elif isinstance(event, Fault) and event.code is FaultCode.STALLED:
                self._process.send(Abort())
                self._process.end(ABORT_SECONDS)
                yield from self._late_pages()
                yield self._noted(self._known or self._counted(event))
            else:
                yield self._noted(event)

    def next_page(self) -> None:
        """Say that the last page is safe."""
        with self._lock:
            if self._phase is _Phase.HOLDING:
                self._enter(_Phase.STARTING)
        self._process.send(NextPage())

    def stop(self) -> None:
        """Ask for the end after the page in progress."""
        self._ask_for_end(Stop())

    def abort(self) -> None:
        """Ask for the end now; the page in progress is dropped."""
        self._ask_for_end(Abort())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if not self._over:
            self._process.send(Abort())
        self._over = True
        self._process.end(ABORT_SECONDS)

    def _put_to_rest(self, fault: Fault | None) -> None:
        with self._lock:
            self._known = fault or Finished(self.delivered, self.fed - self.delivered)
            if fault is not None:
                self._expires = time.monotonic() + self._deadlines.stop

    def _ask_for_end(self, command: Command) -> None:
        with self._lock:
            self._ending = True
            self._aborting = self._aborting or isinstance(command, Abort)
            if self._aborting or self._phase is not _Phase.IN_PAGE:
                self._expires = time.monotonic() + self._deadlines.stop
        self._process.send(command)

    def _enter(self, phase: _Phase) -> None:
        self._phase = phase
        if self._aborting:
            return  # An end that was asked for at once is not put off by a page that goes on.
        seconds = {
            _Phase.OPENING: self._deadlines.open,
            _Phase.STARTING: self._deadlines.start,
            _Phase.IN_PAGE: self._deadlines.page,
            _Phase.HOLDING: float("inf"),
        }[phase]
        if self._ending and phase is not _Phase.IN_PAGE:
            seconds = self._deadlines.stop
        self._expires = time.monotonic() + seconds

    def _receive(self) -> Event | None:
        while True:
            try:
                return self._process.receive(POLL_SECONDS)
            except queue.Empty:
                with self._lock:
                    if time.monotonic() > self._expires:
                        return Fault(FaultCode.STALLED, f"no sign of life in phase {self._phase.value}")

    def _noted(self, event: Event) -> Event:
        with self._lock:
            match event:
                case Ready():
                    self._enter(_Phase.STARTING)
                case PageStarted():
                    self.fed += 1
                    self._enter(_Phase.IN_PAGE)
                case PageFinished():
                    self.delivered += 1
                    self._enter(_Phase.HOLDING)
                case Fault() | Finished():
                    self._over = True
                case _:
                    self._enter(self._phase)
        return event

    def _late_pages(self) -> Iterator[Event]:
        while (event := self._process.inbox.get()) is not None:
            if isinstance(event, PageFinished):
                yield self._noted(event)

    def _counted(self, fault: Fault) -> Fault:
        return replace(fault, sequence=self.delivered + 1, fed=self.fed, delivered=self.delivered)


def _worker(
    backend: str, device: str, environment: Mapping[str, str] | None, command: Sequence[str] | None, log: Log | None = None
) -> WorkerProcess:
    return WorkerProcess(backend, environment, log, command or program_for(backend, device, environment).command)


def _ask(process: WorkerProcess, question: Command, timeout: float) -> Event:
    deadline = time.monotonic() + timeout
    try:
        process.send(question)
        while time.monotonic() < deadline:
            with contextlib.suppress(queue.Empty):
                event = process.receive(POLL_SECONDS)
                if event is None:
                    raise DriverFault(crash_fault(process))
                if isinstance(event, Fault):
                    raise DriverFault(event)
                if not isinstance(event, Ready):
                    return event
        raise failure(FaultCode.STALLED, f"the worker gave no answer within {timeout:g} seconds")
    finally:
        process.end(HANG_UP_SECONDS)
