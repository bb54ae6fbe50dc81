"""Sync as the rest of the program sees it: a thread that sends, and the few things that are asked of the centre."""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

from app.errors import SohoaError, Text
from app.events import Change, Events, Topic
from app.jobs import Cancelled, Job, Jobs, Lane
from app.model.outbox import OutboxEntry, OutboxState
from app.store.centre_keys import CentreKeys
from app.sync.access import Access, Account
from app.sync.by_disk import SealedCheck, SealedPackage, TakenReceipts, Told, check_sealed, export_sealed, take_receipts
from app.sync.catalogue import refresh_catalogue
from app.sync.clearing import Cleared, Clearing
from app.sync.connector import Feature
from app.sync.errors import AccountUnusable, NotEnrolled, NothingToSend, from_detail
from app.sync.hours import is_within
from app.sync.plan import Plan, Standing
from app.sync.proofs import ReceiptFinding, verify_receipts
from app.sync.reconcile import Reconciler, Reconciliation
from app.sync.rounds import Rounds, SyncReport, SyncStores, Timing
from app.sync.status import StatusReports
from app.sync.upkeep import Upkeep
from app.sync.uploading import Progress

_log = logging.getLogger(__name__)

_VIETNAM = timezone(timedelta(hours=7))
# The longest sleep: a clock that is set, or a machine that slept, is then noticed soon.
_NAP_SECONDS = 60.0
_CLOSE_SECONDS = 5.0

_ENROLLING = Text("Ghi danh với máy chủ trung tâm", "Enrol at the central server")
_CONNECTING = Text("Kết nối hệ thống của tỉnh", "Connect to the province's system")
_NUMBERING = Text("Xin mã hồ sơ", "Ask for a dossier number")
_FETCHING = Text("Tải danh mục thủ tục", "Fetch the procedure catalogue")
_UNSENT = (OutboxState.WAITING, OutboxState.UNCONFIRMED)


def _untold(_done: int, _total: int) -> None:
    """Nobody asks how far it is."""


@dataclass(frozen=True)
class SyncStatus:
    """How sync stands. ``online`` is None while nobody knows; ``progress`` is bytes sent and their sum."""

    online: bool | None
    waiting: int
    accepted: int
    refused: int
    sending: str
    error: SohoaError | None
    enrolled: bool
    progress: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class CentreSummary:
    """The kind of centre in use, what it has beside taking records, and where the secret for it is kept."""

    kind: str
    title: Text
    features: frozenset[Feature]
    enrolled: bool
    secret_in: Text


class SyncEngine:
    """Sends what is in the outbox, from a thread of its own (``start``) or on request (``run_once``)."""

    def __init__(
        self,
        stores: SyncStores,
        access: Access,
        jobs: Jobs,
        events: Events,
        clock: Callable[[], datetime],
        spread: Callable[[], float] = random.random,
    ) -> None:
        self._stores = stores
        self._access = access
        self._jobs = jobs
        self._events = events
        self._clock = clock
        self._turn = threading.Lock()
        self._nudge = threading.Event()
        self._anew = threading.Event()
        self._closing = threading.Event()
        self._rounds = Rounds(stores, access, events, Timing(clock, spread), self._closing.is_set)
        self._at_once = threading.Event()
        self._clearing = Clearing(stores, access, events, clock)
        self._upkeep = Upkeep(stores.folder.root, access, Reconciler(stores.outbox, self._rounds.proofs), self._clear, clock)
        self._reports = StatusReports(stores, access, clock)
        self._thread: threading.Thread | None = None
        self._unsubscribe: Callable[[], None] = lambda: None

    def status(self) -> SyncStatus:
        """Say how sync stands."""
        now, outbox = self._rounds.now, self._stores.outbox
        known = now.standing in (Standing.ONLINE, Standing.OFFLINE)
        return SyncStatus(
            online=now.standing is Standing.ONLINE if known else None,
            waiting=outbox.count(*_UNSENT),
            accepted=outbox.count(OutboxState.ACCEPTED),
            refused=outbox.count(OutboxState.REFUSED),
            sending=now.sending,
            error=now.error or self._upkeep.trouble,
            enrolled=self._access.enrolled,
            progress=now.progress,
        )

    def entries(self) -> tuple[OutboxEntry, ...]:
        """The newest entries of the outbox, oldest first."""
        return self._stores.outbox.all()

    def describe(self, entry: OutboxEntry) -> SohoaError | None:
        """Give the last error of an entry, ready to be shown; None where there is none."""
        return from_detail(entry.error, entry.error_detail)

    def verify_receipts(self) -> tuple[ReceiptFinding, ...]:
        """Check every kept receipt again, without the centre. Raises StorageFailed."""
        stores = self._stores
        return tuple(verify_receipts(stores.folder.root, stores.outbox.accepted(), CentreKeys(stores.folder).all()))

    def start(self) -> None:
        """Begin to send in the background."""
        if self._thread is None:
            self._unsubscribe = self._events.subscribe(self._heard)
            self._thread = threading.Thread(target=self._run, name="sync-engine", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Stop, also inside a file; the next start goes on there."""
        self._unsubscribe()
        self._closing.set()
        self._nudge.set()
        if self._thread is not None:
            self._thread.join(_CLOSE_SECONDS + self._access.settings().server.timeout)
            self._thread = None

    def wake(self) -> None:
        """Try everything now, also after a failed sign-in."""
        self._stores.outbox.try_now(self._clock())
        self._at_once.set()
        self._anew.set()
        self._nudge.set()

    def run_once(self, progress: Progress | None = None) -> SyncReport:
        """Try every waiting record once, now, in this thread. ``progress`` may raise Cancelled to stop.

        Raises StorageFailed or DiskFull; trouble with the centre is in the report.
        """
        with self._turn:
            self._stores.outbox.try_now(self._clock())
            _, _, report = self._rounds.run(Plan(), progress or _unwatched, once=True)
            self._report()
            # Whatever kept the thread from sending may be over now.
            self._anew.set()
            return replace(report, waiting=self._stores.outbox.count(*_UNSENT))

    def reconcile(self) -> Reconciliation:
        """Compare everything with the centre's list and mend what can be mended; what it lacks is sent by the next round.

        Raises NotOffered, NotEnrolled, ReceiptNotProven, StorageFailed or a kind of Unreachable.
        """
        self._access.need(Feature.LISTS)
        with self._turn, self._access.open() as connector:
            self._rounds.proofs.learn(connector)
            found = self._upkeep.reconcile(connector)
        if found.differences:
            self._events.announce(Topic.OUTBOX)
        return found

    def clean(self, *, dry: bool = False, told: Told = _untold) -> Cleared:
        """Remove the files that the centre still holds and the retention time is over of; ``dry`` only counts.

        It is what is done once a day by itself. Trouble with asking the centre is in the answer; raises StorageFailed.
        """
        with self._turn:
            return self._clearing.run(told, dry=dry)

    def export_sealed(self, folder: Path, told: Told = _untold) -> SealedPackage:
        """Write everything unsent into a sealed file for the centre.

        Raises NotOffered, NotEnrolled, NothingToSend, StorageFailed or DiskFull.
        """
        self._access.need(Feature.BY_DISK)
        station_id, token = self._access.credentials()
        stores = self._stores
        entries = sorted(stores.outbox.unsent(), key=lambda entry: (entry.created_at, entry.revision))
        if not entries:
            raise NothingToSend
        return export_sealed(stores.folder.root, entries, (station_id, token), folder, self._clock(), told)

    def check_sealed(self, file: Path, told: Told = _untold) -> SealedCheck:
        """Read a sealed file of this station to its end. Raises NotEnrolled or SealNotOpened."""
        return check_sealed(file, self._access.credentials(), told)

    def take_receipts(self, file: Path) -> TakenReceipts:
        """Take the receipts in that the centre gave for a sealed file. Raises ReceiptsFileBroken or StorageFailed."""
        with self._turn:
            taken = take_receipts(self._stores.outbox, CentreKeys(self._stores.folder).all(), file)
        self._events.announce(Topic.OUTBOX)
        self._events.announce(Topic.DOSSIERS)
        return taken

    def enrol(self, url: str, code: str, ca_file: str = "") -> Job[str]:
        """Enrol with a one-time code; the job gives the station's id.

        It raises EnrolmentRefused, BadServerAddress, StorageFailed, SettingsBroken or a kind of Unreachable.
        """

        def work(_job: Job[str]) -> str:
            account = Account("sohoa", url, ca_file=ca_file)
            with self._access.open_as(account) as connector:
                enrolled = connector.enrol(code, self._access.settings().station.name)
                kept = replace(account, account_id=enrolled.station_id, secret=enrolled.token)
                self._access.keep(kept, enrolled.agency_code)
                self._rounds.proofs.learn_if_possible(connector)
            self._events.announce(Topic.OUTBOX)
            self.wake()
            return enrolled.station_id

        return self._jobs.submit(Lane.SYNC, _ENROLLING, work)

    def connect(self, account: Account) -> Job[None]:
        """Send to another province's system from now on, once it has taken the account.

        The job raises AccountUnusable, ClientRefused, DialectBroken, BadServerAddress, StorageFailed, SettingsBroken or a kind
        of Unreachable; everything then stays as it was.
        """

        def work(_job: Job[None]) -> None:
            if not (_is_plain(account.account_id) and _is_plain(account.secret)):
                raise AccountUnusable
            with self._access.open_as(account) as connector:
                connector.check()
            self._access.keep(account)
            self._events.announce(Topic.OUTBOX)
            self.wake()

        return self._jobs.submit(Lane.SYNC, _CONNECTING, work)

    def centre(self) -> CentreSummary:
        """Say which centre is in use and what it has."""
        server, kind = self._access.settings().server, self._access.kind
        return CentreSummary(server.kind, kind.title, kind.features, self._access.enrolled, self._access.tokens.where())

    def new_number(self, dossier_id: str) -> Job[str]:
        """Ask the centre for the number of an open dossier; the job puts it in and gives it.

        It raises NumberRefused, DossierFrozen, NoSuchDossier, NotEnrolled or a kind of Unreachable.
        """

        def work(_job: Job[str]) -> str:
            dossier = self._stores.dossiers.get(dossier_id)
            if dossier.number:
                return dossier.number
            agency = dossier.agency_code or self._access.settings().station.agency_code
            with self._access.open() as connector:
                number = connector.new_number(dossier.id, agency, self._clock().astimezone(_VIETNAM).date())
            self._stores.dossiers.change(dossier.id, number=number)
            self._events.announce(Topic.DOSSIERS, dossier.id)
            return number

        return self._jobs.submit(Lane.SYNC, _NUMBERING, work)

    def fetch_catalogue(self) -> Job[bool]:
        """Fetch the catalogue; the job says whether there was a newer one.

        It raises CatalogueBroken, NotOffered, NotEnrolled, StorageFailed or a kind of Unreachable; the copy here then stays.
        """

        def work(_job: Job[bool]) -> bool:
            with self._access.open() as connector:
                changed = refresh_catalogue(self._stores.folder, connector)
            if changed:
                self._events.announce(Topic.CATALOGUE)
            return changed

        return self._jobs.submit(Lane.SYNC, _FETCHING, work)

    def _clear(self) -> Cleared:
        def go_on(_done: int, _total: int) -> None:
            if self._closing.is_set():
                raise Cancelled

        return self._clearing.run(go_on)

    def _report(self) -> None:
        if self._rounds.now.standing is Standing.ONLINE:
            self._upkeep.do_if_due()
            self._reports.send_if_due()

    def _heard(self, change: Change) -> None:
        if change.topic is Topic.SETTINGS:
            self._anew.set()
        if change.topic in (Topic.SETTINGS, Topic.OUTBOX):
            self._nudge.set()

    def _is_out_of_hours(self) -> bool:
        """Say whether sending by itself must wait; who asks for it (``wake``) is served once at any hour."""
        asked = self._at_once.is_set()
        self._at_once.clear()
        return not asked and not is_within(self._access.settings().server.send_hours, self._clock().astimezone())

    def _is_secret_back(self, plan: Plan) -> bool:
        """Say whether sending stopped for want of a secret that is there now: a keyring may open after the desk starts."""
        lacking = plan.standing is Standing.STOPPED and isinstance(self._rounds.now.error, NotEnrolled)
        return lacking and self._access.has_secret

    def _run(self) -> None:
        plan = Plan()
        while not self._closing.is_set():
            self._nudge.clear()
            if self._anew.is_set() or self._is_secret_back(plan):
                self._anew.clear()
                plan = Plan()
            nap = _NAP_SECONDS
            if self._is_out_of_hours():
                self._nudge.wait(nap)
                continue
            try:
                with self._turn:
                    plan, until, _ = self._rounds.run(plan, _unwatched)
                    self._report()
                if until is not None:
                    nap = min(max((until - self._clock()).total_seconds(), 0.0), _NAP_SECONDS)
            except Cancelled:
                return
            except SohoaError as error:
                self._rounds.now.error = error
                _log.error("sync must wait: %s", type(error).__name__)
            except Exception as error:
                _log.error("the sync loop failed: %s", type(error).__name__)
            self._nudge.wait(nap)


def _is_plain(text: str) -> bool:
    """Say whether a text can go into a request's head, and into a line of the file of tokens."""
    return bool(text) and text.isascii() and text.isprintable() and " " not in text


def _unwatched(_entry: OutboxEntry, _done: int, _total: int) -> None:
    """Nobody watches."""
