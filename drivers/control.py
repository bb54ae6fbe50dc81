"""The worker's ear: commands arrive on a thread of their own, so that Stop and Abort are heard during a page."""

from __future__ import annotations

import queue
import sys
import threading
import time
from typing import BinaryIO

from drivers.contract import (
    MAX_LINE_BYTES,
    Abort,
    ContractError,
    Fault,
    FaultCode,
    ListDevices,
    Message,
    NextPage,
    ReadCapabilities,
    ReadOptions,
    Scan,
    Stop,
    decode,
)

POLL_SECONDS = 0.05

Order = ListDevices | ReadCapabilities | ReadOptions | Scan | Fault | None


class Control:
    """What the workstation wants of the running batch. Any thread may call any method."""

    def __init__(self) -> None:
        self._change = threading.Condition()
        self._credits = 0
        self._stopped = False
        self._aborted = False
        self.hung_up = False

    @property
    def stopped(self) -> bool:
        """Whether no further page is wanted."""
        return self._stopped

    @property
    def aborted(self) -> bool:
        """Whether the page in progress is not wanted either."""
        return self._aborted

    def allow_page(self) -> None:
        """Note that the workstation has the last page safe."""
        with self._change:
            self._credits += 1
            self._change.notify_all()

    def stop(self) -> None:
        """Ask for the end after the page in progress."""
        with self._change:
            self._stopped = True
            self._change.notify_all()

    def abort(self) -> None:
        """Ask for the end now. Takes no lock, because a signal handler calls it too."""
        self._stopped = True
        self._aborted = True

    def wait_for_page(self) -> None:
        """Block until the last page is safe, or no further one is wanted."""
        with self._change:
            # Polled, because abort() cannot notify.
            while not self._credits and not self._stopped:
                self._change.wait(POLL_SECONDS)
            self._credits = max(0, self._credits - 1)

    def wait_for_abort(self, seconds: float) -> bool:
        """Block for ``seconds`` or until the batch is aborted, which it then says."""
        end = time.monotonic() + seconds
        with self._change:
            while not self._aborted and (left := end - time.monotonic()) > 0:
                self._change.wait(min(left, POLL_SECONDS))
            return self._aborted


class Ear(threading.Thread):
    """Reads commands until the workstation closes the pipe; ``orders`` then gets None."""

    def __init__(self, stream: BinaryIO, control: Control) -> None:
        super().__init__(name="ear", daemon=True)
        self._stream = stream
        self.control = control
        self.orders: queue.SimpleQueue[Order] = queue.SimpleQueue()

    def run(self) -> None:
        """Sort the commands: those for the running batch at once, the others in a queue."""
        while line := self._stream.readline(MAX_LINE_BYTES + 1):
            try:
                self._sort(decode(line))
            except ContractError as error:
                print(error, file=sys.stderr)  # noqa: T201 - stderr is the worker's log
                self.orders.put(Fault(FaultCode.INVALID_REQUEST, str(error)))
        self.control.hung_up = True
        self.control.abort()
        self.orders.put(None)

    def _sort(self, message: Message) -> None:
        match message:
            case NextPage():
                self.control.allow_page()
            case Stop():
                self.control.stop()
            case Abort():
                self.control.abort()
            case ListDevices() | ReadCapabilities() | ReadOptions() | Scan():
                self.orders.put(message)
            case _:
                raise ContractError(f"{type(message).__name__} is not a command")
