"""Background work as a value: a function put on a lane gives a Job that can be watched, waited for and cancelled.

One lane for each exclusive resource: the scanner has one, sync, files (finishing, export) and records have one each,
pictures have a few. A job runs in a worker thread; its callbacks are called there too, so a window brings them to its own.
"""

from __future__ import annotations

import contextlib
import enum
import itertools
import logging
import queue
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from app.errors import MustStop, SohoaError, Text

_log = logging.getLogger(__name__)
T = TypeVar("T")

QUEUE_LIMIT = 1000


class Lane(enum.StrEnum):
    """The exclusive resources."""

    SCANNER = "scanner"
    SYNC = "sync"
    FILES = "files"
    PICTURES = "pictures"
    RECORDS = "records"


_THREADS = {Lane.SCANNER: 1, Lane.SYNC: 1, Lane.FILES: 1, Lane.PICTURES: 2, Lane.RECORDS: 1}


class JobState(enum.StrEnum):
    """Where a job stands; the last three are final."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class LaneFull(MustStop):
    """More work is waiting than can be meant."""

    title = Text("Có quá nhiều việc đang chờ", "Too much work is waiting")
    remedy = Text("Đợi các việc đang chạy xong rồi thử lại.", "Wait for the running work to end, then try again.")


class Cancelled(Exception):  # it is no error: the user asked for it
    """Raised inside a job's function where it notices that it should end."""


class Job(Generic[T]):
    """A piece of background work: its state, progress, result or error. Safe to use from any thread."""

    def __init__(self, number: int, lane: Lane, title: Text) -> None:
        self.number = number
        self.lane = lane
        self.title = title
        self.progress: tuple[int, int] = (0, 0)
        self.note: Text = title
        self._lock = threading.Lock()
        self._state = JobState.WAITING
        self._result: T | None = None
        self._error: BaseException | None = None
        self._over = threading.Event()
        self._cancel_asked = threading.Event()
        self._on_cancel: list[Callable[[], None]] = []
        self._on_change: list[Callable[[Job[T]], None]] = []

    @property
    def state(self) -> JobState:
        """The state now."""
        return self._state

    @property
    def error(self) -> BaseException | None:
        """Why it failed, or None."""
        return self._error

    @property
    def cancel_asked(self) -> bool:
        """Whether someone wants it to end early."""
        return self._cancel_asked.is_set()

    def result(self, timeout: float | None = None) -> T:
        """Wait (seconds) and give the result. Raises what the work raised, Cancelled, or TimeoutError."""
        if not self._over.wait(timeout):
            raise TimeoutError(self.title.en)
        if self._error is not None:
            raise self._error
        if self._state is JobState.CANCELLED:
            raise Cancelled
        return self._result  # type: ignore[return-value]  # done without error: the work's own value

    def cancel(self) -> None:
        """Ask it to end; work that has not begun never will."""
        self._cancel_asked.set()
        with self._lock:
            callbacks = list(self._on_cancel)
        self._finish(JobState.CANCELLED, only_waiting=True)
        for callback in callbacks:
            try:
                callback()
            except Exception:
                _log.exception("job %s could not be told to end", self.number)

    def when_cancelled(self, callback: Callable[[], None]) -> None:
        """Call this when someone asks the job to end (at once if that was already asked)."""
        with self._lock:
            self._on_cancel.append(callback)
        if self.cancel_asked:
            callback()

    def watch(self, callback: Callable[[Job[T]], None]) -> None:
        """Call this on every change, in the thread that makes the change; at once if it is already over."""
        with self._lock:
            self._on_change.append(callback)
            over = self._over.is_set()
        if over:
            callback(self)

    def report(self, done: int, total: int, note: Text | None = None) -> None:
        """Say how far the work is; ``total`` 0 means that nobody knows."""
        self.progress = (done, total)
        if note is not None:
            self.note = note
        self._changed()

    def check_cancelled(self) -> None:
        """Raise Cancelled if someone asked for the end."""
        if self.cancel_asked:
            raise Cancelled

    def run(self, work: Callable[[Job[T]], T]) -> None:
        """Do the work in this thread and keep what comes of it."""
        with self._lock:
            if self._state is not JobState.WAITING:
                return
            self._state = JobState.RUNNING
        self._changed()
        try:
            self._result = work(self)
        except Cancelled:
            self._finish(JobState.CANCELLED)
        except BaseException as error:
            if not isinstance(error, SohoaError):
                _log.exception("job %s (%s) failed unexpectedly", self.number, self.title.en)
            self._error = error
            self._finish(JobState.FAILED)
        else:
            self._finish(JobState.DONE)

    def _finish(self, state: JobState, *, only_waiting: bool = False) -> None:
        with self._lock:
            if self._over.is_set() or (only_waiting and self._state is not JobState.WAITING):
                return
            self._state = state
            self._over.set()
        self._changed()

    def _changed(self) -> None:
        with self._lock:
            callbacks = list(self._on_change)
        for callback in callbacks:
            try:
                callback(self)
            except Exception:
                _log.exception("a watcher of job %s failed", self.number)


class Jobs:
    """The lanes. Close it at the end: what waits is cancelled, what runs is asked to end and waited for."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._queues: dict[Lane, queue.Queue[Callable[[], None] | None]] = {}
        self._threads: list[threading.Thread] = []
        self._live: set[Job[object]] = set()
        self._lock = threading.Lock()
        self._closed = False

    def submit(self, lane: Lane, title: Text, work: Callable[[Job[T]], T]) -> Job[T]:
        """Put work on a lane. Raises LaneFull where too much already waits there."""
        job: Job[T] = Job(next(self._numbers), lane, title)
        with self._lock:
            if self._closed:
                job.cancel()
                return job
            self._live.add(job)  # type: ignore[arg-type]  # only its state is used there
            waiting = self._lane(lane)
        try:
            waiting.put_nowait(lambda: self._run(job, work))
        except queue.Full:
            self._forget(job)
            raise LaneFull from None
        return job

    def close(self, timeout: float = 20.0) -> None:
        """End all lanes; waits up to ``timeout`` seconds for work that is running."""
        with self._lock:
            self._closed = True
            jobs = list(self._live)
            queues = list(self._queues.items())
        for job in jobs:
            job.cancel()
        for lane, waiting in queues:
            _empty(waiting)
            for _ in range(_THREADS[lane]):
                waiting.put(None)
        for thread in self._threads:
            thread.join(timeout)

    def _run(self, job: Job[T], work: Callable[[Job[T]], T]) -> None:
        try:
            job.run(work)
        finally:
            self._forget(job)

    def _forget(self, job: Job[T]) -> None:
        with self._lock:
            self._live.discard(job)

    def _lane(self, lane: Lane) -> queue.Queue[Callable[[], None] | None]:
        if lane not in self._queues:
            waiting: queue.Queue[Callable[[], None] | None] = queue.Queue(QUEUE_LIMIT)
            self._queues[lane] = waiting
            for index in range(_THREADS[lane]):
                thread = threading.Thread(target=_serve, args=(waiting,), name=f"{lane}-{index}", daemon=True)
                thread.start()
                self._threads.append(thread)
        return self._queues[lane]


def _empty(waiting: queue.Queue[Callable[[], None] | None]) -> None:
    """Take out what is cancelled, so that there is room for the word that ends the lane."""
    with contextlib.suppress(queue.Empty):
        while True:
            waiting.get_nowait()


def _serve(waiting: queue.Queue[Callable[[], None] | None]) -> None:
    while (task := waiting.get()) is not None:
        task()
