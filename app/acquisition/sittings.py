"""Runs sessions at the glass: starts the batches that a session asks for and brings what came to its place."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from app.acquisition.errors import FeederEmpty
from app.acquisition.scanners import Scanners, ScanOutcome
from app.acquisition.session import Session
from app.acquisition.session_messages import (
    ASKING,
    BatchEnded,
    BatchFailed,
    Begin,
    Bring,
    Close,
    Command,
    Done,
    EndBatch,
    Event,
    GoOn,
    Kept,
    ScanBatch,
    Stage,
    Stop,
    plan_of,
)
from app.errors import SohoaError, Text
from app.jobs import Job, Jobs, JobState, Lane
from app.model.order import Spot
from app.model.page import Page
from app.model.profile import Backs, Profile, Source

_log = logging.getLogger(__name__)

_AFTER = Text("Xếp các trang vừa quét", "Arrange the scanned pages")
_STARTING = Text("Đang mở máy quét…", "Opening the scanner…")
_WAITING = Text("Khay nạp trống: đang chờ giấy…", "The feeder is empty: waiting for paper…")


@dataclass(frozen=True)
class Standing:
    """How a session stands. ``sheet`` is the next one of the pile, ``last_whole`` the last page that is kept whole."""

    stage: Stage
    dossier_id: str
    pages: tuple[str, ...]
    pile_number: int
    pile: int
    sides: int
    sheet: int
    last_whole: str
    fronts: int
    backs: Backs
    glass: bool
    replacing: bool
    undelivered: int
    trouble: SohoaError | None
    stopped: bool
    complete: bool
    note: Text
    progress: tuple[int, int]

    @property
    def asking(self) -> bool:
        """Whether a person has to act before anything goes on."""
        return self.stage in ASKING

    @property
    def running(self) -> bool:
        """Whether a batch runs or paper is waited for."""
        return self.stage in (Stage.SCANNING, Stage.PAPER)


class Places(Protocol):
    """What a session asks of a dossier."""

    def bring(
        self, dossier_id: str, why: str, page_ids: Sequence[str], spot: Spot, gone: Collection[str], *, joined: bool
    ) -> None:
        """Put pages to a spot and take out those that they stand for. Raises DossierFrozen, NoSuchDossier."""

    def finish(self, dossier_id: str, page_ids: Sequence[str], backs: Collection[str], profile: Profile) -> None:
        """Do what the profile wants with the pages of a session that is over. Raises as ``bring``."""


class Sittings:
    """Opens sessions at the scanners of this station."""

    def __init__(self, scanners: Scanners, jobs: Jobs, places: Places) -> None:
        self._scanners = scanners
        self._jobs = jobs
        self._places = places

    def open(self, profile: Profile, dossier_id: str, spot: Spot | None = None) -> Sitting:
        """Prepare a session that scans into a dossier, at its end or at a spot; ``begin`` starts it."""
        return Sitting((self._scanners, self._jobs, self._places), profile, dossier_id, spot)


class Sitting:
    """One session. Any thread may call any method; none of them waits for the scanner. Watchers are called in any thread."""

    def __init__(self, services: tuple[Scanners, Jobs, Places], profile: Profile, dossier_id: str, spot: Spot | None) -> None:
        self.profile = profile
        self.dossier_id = dossier_id
        self._scanners, self._jobs, self._places = services
        self._session = Session(plan_of(profile, spot))
        self._job: Job[ScanOutcome] | None = None
        self._lock = threading.Lock()
        self._changed = threading.Condition()
        self._watchers: list[Callable[[], None]] = []
        self._trouble: SohoaError | None = None
        self._note = _STARTING
        self._stopped = False
        self._closed = False

    @property
    def standing(self) -> Standing:
        """How it stands now; ``stage`` is OVER once everything is done that follows the last batch."""
        with self._lock:
            session = self._session
            over = session.stage is Stage.OVER and not self._closed
            return Standing(
                stage=Stage.SCANNING if over else session.stage,
                dossier_id=self.dossier_id,
                pages=session.pages,
                pile_number=session.pile_number,
                pile=len(session.pile),
                sides=session.plan.sides,
                sheet=session.sheet,
                last_whole=session.last_whole,
                fronts=len(session.fronts),
                backs=session.plan.backs,
                glass=self.profile.source is Source.FLATBED,
                replacing=session.plan.most is not None,
                undelivered=session.undelivered,
                trouble=session.trouble or self._trouble,
                stopped=self._stopped,
                complete=session.complete or not session.pages,
                note=_WAITING if session.stage is Stage.PAPER else self._note,
                progress=(len(session.pages), 0),
            )

    def watch(self, callback: Callable[[], None]) -> None:
        """Call this after every change."""
        self._watchers.append(callback)

    def wait(self, condition: Callable[[Standing], bool]) -> Standing:
        """Block until a condition holds; gives how it stands then. For front ends without a window."""
        with self._changed:
            while not condition(standing := self.standing):
                self._changed.wait(0.5)
            return standing

    def begin(self) -> None:
        """Start."""
        self._tell(Begin())

    def go_on(self) -> None:
        """The clerk did what was asked for."""
        self._stopped = False
        self._tell(GoOn())

    def done(self) -> None:
        """That was all; a batch that runs is not ended by it."""
        self._tell(Done())

    def stop(self) -> None:
        """End the batch after the sheet in progress; asked again, now. Waiting for paper ends."""
        self._stopped = True
        self._tell(Stop())

    # --- the loop --------------------------------------------------------------------------------

    def _tell(self, event: Event) -> None:
        with self._lock:
            if not self._session.expects(event):
                return  # a key was pressed just as the batch ended
            commands = self._session.handle(event, time.monotonic())
        for command in commands:
            self._do(command)
        self._announce()

    def _do(self, command: Command) -> None:
        match command:
            case ScanBatch():
                self._scan(command)
            case EndBatch():
                self._end_batch(command.at_once)
            case Bring():
                self._bring(command)
            case Close():
                self._close()

    def _scan(self, command: ScanBatch) -> None:
        sheet, delay, most = self._session.sheet, command.delay, command.most
        try:
            job = self._scanners.start(
                self.profile, self.dossier_id, kept=self._kept, delay=delay, first_sheet=sheet, most=most
            )
        except SohoaError as error:
            self._tell(BatchFailed(error))
            return
        self._job = job
        job.watch(self._heard)

    def _end_batch(self, at_once: bool) -> None:
        if self._job is not None:
            (self._scanners.abort if at_once else self._scanners.stop)(self._job)

    def _kept(self, page: Page) -> None:
        # Pages that came too late for a finished dossier lie in one of their own and have no place here.
        if page.dossier_id == self.dossier_id:
            self._tell(Kept(page.id))

    def _heard(self, job: Job[ScanOutcome]) -> None:
        if job.state in (JobState.WAITING, JobState.RUNNING):
            self._note = job.note
            self._announce()
        elif job is self._job:
            self._job = None
            self._tell(_ending(job))

    def _bring(self, command: Bring) -> None:
        try:
            self._places.bring(
                self.dossier_id, command.why.value, command.pages, command.spot, command.gone, joined=command.joined
            )
        except SohoaError as error:  # the pages are safe where they are
            _log.warning("pages were not brought to their place: %s", type(error).__name__)
            self._trouble = error

    def _close(self) -> None:
        pages, backs = self._session.pages, self._session.backs
        if not pages:
            self._over()
            return

        def work(_job: Job[None]) -> None:
            self._places.finish(self.dossier_id, pages, backs, self.profile)

        self._jobs.submit(Lane.RECORDS, _AFTER, work).watch(self._after_heard)

    def _after_heard(self, job: Job[None]) -> None:
        if job.state in (JobState.WAITING, JobState.RUNNING):
            return
        if isinstance(job.error, SohoaError):
            self._trouble = job.error
        self._over()

    def _over(self) -> None:
        self._closed = True
        self._announce()

    def _announce(self) -> None:
        with self._changed:
            self._changed.notify_all()
        for watcher in tuple(self._watchers):
            watcher()


def _ending(job: Job[ScanOutcome]) -> Event:
    """Say how a batch ended, in the session's words."""
    if job.state is JobState.CANCELLED:
        return BatchEnded(stopped=True)
    if job.state is JobState.DONE:
        outcome = job.result()
        return BatchEnded(outcome.undelivered, outcome.stopped)
    error = job.error if isinstance(job.error, SohoaError) else SohoaError()
    return BatchFailed(error, empty=isinstance(error, FeederEmpty))
