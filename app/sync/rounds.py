"""Rounds of sending: each step that the plan chooses is done here, and the plan is told what came of it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from app.errors import SohoaError
from app.events import Events, Topic
from app.jobs import Cancelled
from app.model.outbox import OutboxEntry, OutboxState
from app.store.centre_keys import CentreKeys
from app.store.clearing import ClearingStore
from app.store.dossiers import DossierStore
from app.store.errors import DiskFull, StorageFailed
from app.store.folder import DataFolder
from app.store.outbox import OutboxStore
from app.sync.access import Access
from app.sync.connector import Connector
from app.sync.errors import EarlierLacking, LocalFileChanged, Refused, ServerBusy, SignInFailed, Unreachable, to_detail
from app.sync.local_files import check_local
from app.sync.plan import LONGEST_DELAY, Outcome, Plan, Probe, Send, Standing, Wait, after, delay, due, next_step
from app.sync.proofs import ReceiptProofs
from app.sync.sending import Sender
from app.sync.uploading import Progress, Uploads

_log = logging.getLogger(__name__)

_NOTICE_SECONDS = 1.0


@dataclass(frozen=True)
class SyncStores:
    """What sync reads and writes."""

    folder: DataFolder
    outbox: OutboxStore
    dossiers: DossierStore
    clearing: ClearingStore


@dataclass(frozen=True)
class Timing:
    """The time, and a random number from 0 to 1 that spreads what many stations do."""

    clock: Callable[[], datetime]
    spread: Callable[[], float]


@dataclass(frozen=True)
class SyncReport:
    """What one round did: records tried, and what came of them; ``error`` is the last thing that went wrong."""

    sent: int = 0
    accepted: int = 0
    refused: int = 0
    failed: int = 0
    waiting: int = 0
    error: SohoaError | None = None

    def plus(self, outcome: Outcome) -> SyncReport:
        """Count one more record."""
        return replace(
            self,
            sent=self.sent + 1,
            accepted=self.accepted + (outcome is Outcome.ACCEPTED),
            refused=self.refused + (outcome is Outcome.REFUSED),
            failed=self.failed + (outcome not in (Outcome.ACCEPTED, Outcome.REFUSED)),
        )


@dataclass
class Standings:
    """What a window asks for meanwhile; written by the thread of the round only."""

    standing: Standing = Standing.UNKNOWN
    sending: str = ""
    progress: tuple[int, int] = (0, 0)
    error: SohoaError | None = None


@dataclass
class _Run:
    """One call of ``run``: who watches it, whether each record is tried once only, and what it did so far."""

    progress: Progress
    once: bool
    tried: set[str] = field(default_factory=set)
    looked_at: set[str] = field(default_factory=set)
    left: list[OutboxEntry] = field(default_factory=list)
    report: SyncReport = field(default_factory=SyncReport)
    asked: timedelta = timedelta(0)


class Rounds:
    """Does rounds, one at a time; whoever calls sees to that."""

    def __init__(self, stores: SyncStores, access: Access, events: Events, timing: Timing, stopped: Callable[[], bool]) -> None:
        self.now = Standings()
        self._outbox = stores.outbox
        self._root = stores.folder.root
        self.proofs = ReceiptProofs(CentreKeys(stores.folder), lambda: access.settings().server.url)
        self._access = access
        self._events = events
        self._timing = timing
        self._stopped = stopped

    def run(self, plan: Plan, progress: Progress, *, once: bool = False) -> tuple[Plan, datetime | None, SyncReport]:
        """Take steps until the plan wants to wait; give the plan, when to go on, and what was done.

        No moment to go on means: when something changes. Raises Cancelled, StorageFailed or DiskFull.
        """
        run = _Run(progress, once)
        step = self._next(plan, run)
        if isinstance(step, Wait):
            return plan, step.until, run.report
        try:
            with self._access.open() as connector, self._uploads(connector) as uploads:
                sender = Sender(connector, self._outbox, uploads)
                while not isinstance(step, Wait):
                    self._check_stop()
                    outcome = self._probe(connector, run) if isinstance(step, Probe) else self._try(sender, step.entry, run)
                    plan = self._learn(plan, outcome, run)
                    step = self._next(plan, run)
                return plan, step.until, run.report
        except (SignInFailed, Unreachable) as error:
            plan = self._learn(plan, self._out_of_reach(error, run), run)
            return plan, plan.ask_at if plan.standing is Standing.OFFLINE else None, run.report

    def _uploads(self, connector: Connector) -> Uploads:
        return Uploads(self._root, self._outbox, connector, self._access.settings().server.files_at_once)

    def _next(self, plan: Plan, run: _Run) -> Probe | Send | Wait:
        step = self._choose(plan, run)
        while isinstance(step, Send) and not self._outbox.has(step.entry.id):
            # It was opened again meanwhile, to be made anew.
            run.left.remove(step.entry)
            step = self._choose(plan, run)
        return step

    def _choose(self, plan: Plan, run: _Run) -> Probe | Send | Wait:
        """Choose among the entries read last; they are read anew when none of them is left to do."""
        step = next_step(plan, run.left, self._timing.clock())
        if isinstance(step, Wait):
            run.left = [entry for entry in self._outbox.unsent() if not (run.once and entry.id in run.tried)]
            step = next_step(plan, run.left, self._timing.clock())
        return step

    def _learn(self, plan: Plan, outcome: Outcome, run: _Run) -> Plan:
        plan = after(plan, outcome, self._timing.clock(), self._timing.spread(), run.asked)
        changed, self.now.standing = self.now.standing is not plan.standing, plan.standing
        if changed:
            self._events.announce(Topic.OUTBOX)
        return plan

    def _probe(self, connector: Connector, run: _Run) -> Outcome:
        try:
            connector.check()
            self.proofs.learn(connector)
        except (SignInFailed, Unreachable) as error:
            return self._out_of_reach(error, run)
        if isinstance(self.now.error, SignInFailed | Unreachable):
            self.now.error = None
        return Outcome.REACHED

    def _try(self, sender: Sender, entry: OutboxEntry, run: _Run) -> Outcome:
        run.tried.add(entry.id)
        # Its later revisions wait too, until it is known what became of this one.
        run.left = [other for other in run.left if other.dossier_id != entry.dossier_id]
        self.now.sending = entry.id
        try:
            outcome = self._send(sender, entry, run)
        finally:
            self.now.sending, self.now.progress = "", (0, 0)
        if outcome is not Outcome.REACHED:
            run.report = run.report.plus(outcome)
        self._events.announce(Topic.OUTBOX, entry.dossier_id)
        if outcome in (Outcome.ACCEPTED, Outcome.REFUSED):
            self._events.announce(Topic.DOSSIERS, entry.dossier_id)
        return outcome

    def _send(self, sender: Sender, entry: OutboxEntry, run: _Run) -> Outcome:
        try:
            checked = sender.uploads.begun(entry.id)
            if checked is None:
                checked = check_local(self._root, entry)
            if not self._outbox.mark_tried(entry.id):
                # It was opened again while its files were read: there is nothing to send.
                return Outcome.REACHED
            self._events.announce(Topic.OUTBOX, entry.dossier_id)
            if not sender.uploads.begun(entry.id):
                sender.uploads.begin(checked)
            self._look_ahead(sender.uploads, run)
            receipt = sender.send(checked, self._watched(run.progress))
            self.proofs.check(sender.connector, receipt)
            self._outbox.accept(entry.id, receipt)
        except (Cancelled, StorageFailed, DiskFull):
            raise
        except Refused as error:
            self._note(error, run)
            self._outbox.refuse(entry.id, type(error).__name__, to_detail(error))
            return Outcome.REFUSED
        except (SignInFailed, Unreachable) as error:
            return self._unsent(sender.connector, entry, error, run)
        except EarlierLacking as error:
            self._send_earlier_again(entry)
            return self._put_off(entry, error, run)
        except SohoaError as error:
            return self._put_off(entry, error, run)
        except Exception as error:
            # The message of a foreign error may quote what was being sent.
            _log.error("sending an entry failed inside: %s", type(error).__name__)
            return self._put_off(entry, SohoaError(), run)
        self.now.error = None
        return Outcome.ACCEPTED

    def _look_ahead(self, uploads: Uploads, run: _Run) -> None:
        """Begin with files of the next records while a thread is free; what is wrong with one is said in its turn."""
        for entry in due(run.left, self._timing.clock()):
            if not uploads.has_room:
                return
            if entry.id not in run.looked_at:
                run.looked_at.add(entry.id)
                try:
                    uploads.begin(check_local(self._root, entry))
                except (SohoaError, KeyError) as error:
                    _log.info("a record's files were not begun ahead of its turn: %s", type(error).__name__)

    def _unsent(self, connector: Connector, entry: OutboxEntry, error: SohoaError, run: _Run) -> Outcome:
        """Find out whether the centre is away or has trouble with this record only."""
        # Who asks us to wait is there, and is not asked again at once.
        away = isinstance(error, Unreachable) and not isinstance(error, ServerBusy)
        outcome = self._probe(connector, run) if away else self._out_of_reach(error, run)
        if outcome is Outcome.REACHED:
            return self._put_off(entry, error, run)
        self._note(error, run)
        self._outbox.put_off(entry.id, self._timing.clock(), type(error).__name__, to_detail(error))
        return outcome

    def _send_earlier_again(self, entry: OutboxEntry) -> None:
        """Have the revisions before this one sent anew, which a centre has lost, as far as their files are here."""
        for earlier in self._outbox.revisions_of(entry.dossier_id):
            if earlier.revision < entry.revision and earlier.state is OutboxState.ACCEPTED:
                self._outbox.send_again(earlier.id, self._timing.clock())

    def _put_off(self, entry: OutboxEntry, error: SohoaError, run: _Run) -> Outcome:
        self._note(error, run)
        local = isinstance(error, LocalFileChanged)
        pause = LONGEST_DELAY if local else delay(entry.attempts + 1, self._timing.spread())
        self._outbox.put_off(entry.id, self._timing.clock() + pause, type(error).__name__, to_detail(error))
        return Outcome.FAILED

    def _out_of_reach(self, error: SohoaError, run: _Run) -> Outcome:
        self._note(error, run)
        if isinstance(error, ServerBusy):
            run.asked = timedelta(seconds=float(str(error.values["seconds"])))
        return Outcome.STOPPED if isinstance(error, SignInFailed) else Outcome.OFFLINE

    def _note(self, error: SohoaError, run: _Run) -> None:
        _log.warning("sync: %s", type(error).__name__)
        self.now.error = error
        run.report = replace(run.report, error=error)

    def _watched(self, progress: Progress) -> Progress:
        told = time.monotonic()

        def watch(entry: OutboxEntry, done: int, total: int) -> None:
            nonlocal told
            self._check_stop()
            self.now.progress = (done, total)
            progress(entry, done, total)
            if time.monotonic() - told > _NOTICE_SECONDS:
                told = time.monotonic()
                self._events.announce(Topic.OUTBOX, entry.dossier_id)

        return watch

    def _check_stop(self) -> None:
        if self._stopped():
            raise Cancelled
