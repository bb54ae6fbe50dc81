"""Background work as the window sees it: an operation is a value; starting it never blocks."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from PySide6.QtCore import QObject, Signal

from app.errors import SohoaError, Text
from app.jobs import Job, Jobs, JobState, Lane
from ui.bridge import Bridge

_log = logging.getLogger(__name__)
T = TypeVar("T")

Failure = Callable[[BaseException], None]


@dataclass(frozen=True)
class Operation(Generic[T]):
    """Work for a lane, and what the screen does with its outcome. Without ``failure`` the window shows the error."""

    title: Text
    work: Callable[[], T]
    success: Callable[[T], None]
    failure: Failure | None = None
    lane: Lane = Lane.RECORDS


class Operations(QObject):
    """Starts operations and follows jobs; outcomes arrive on the GUI thread. ``failed`` has what nobody else handles."""

    failed = Signal(object)

    def __init__(self, jobs: Jobs, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._bridge = bridge

    def post(self, call: Callable[[], None]) -> None:
        """Have a call made on the GUI thread; may be used from any thread."""
        self._bridge.post(call)

    def start(self, operation: Operation[T]) -> None:
        """Put an operation on its lane."""
        try:
            job = self._jobs.submit(operation.lane, operation.title, lambda _job: operation.work())
        except SohoaError as error:
            (operation.failure or self.failed.emit)(error)
            return
        self.follow(job, operation.success, operation.failure)

    def follow(
        self,
        job: Job[T],
        success: Callable[[T], None],
        failure: Failure | None = None,
        progress: Callable[[], None] | None = None,
        over: Callable[[], None] | None = None,
    ) -> None:
        """Bring a job's progress and outcome over; ``over`` comes first, however the job ended."""
        follower = _Follower(job, self._bridge, progress or _nothing)

        def end() -> None:
            (over or _nothing)()
            if job.state is JobState.DONE:
                success(job.result())
            elif job.error is not None:
                _note(job)
                (failure or self.failed.emit)(job.error)

        follower.end = end
        job.watch(follower.hear)


class _Follower(Generic[T]):
    """Lets at most one progress call wait in the window's queue, and ends once."""

    def __init__(self, job: Job[T], bridge: Bridge, progress: Callable[[], None]) -> None:
        self._job = job
        self._bridge = bridge
        self._progress = progress
        self._waiting = False
        self._ended = False
        self.end: Callable[[], None] = _nothing

    def hear(self, _job: Job[T]) -> None:
        if not self._waiting:
            self._waiting = True
            self._bridge.post(self._tell)

    def _tell(self) -> None:
        self._waiting = False
        if self._ended:
            return
        if self._job.state in (JobState.WAITING, JobState.RUNNING):
            self._progress()
        else:
            self._ended = True
            self.end()


def _note(job: Job[T]) -> None:
    if not isinstance(job.error, SohoaError):
        _log.error("%s failed", job.title.en, exc_info=job.error)


def _nothing() -> None:
    return None
