"""The open dossier: read as one snapshot on the records lane, changed by operations that keep their order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from app.bootstrap import Application
from app.errors import SohoaError, Text
from app.events import Change, Topic
from app.filing.checklist import ChecklistRow
from app.filing.dossiers import Dossiers
from app.filing.facts import Finding
from app.filing.offers import Offer
from app.filing.reuse import ReuseOffer
from app.model.dossier import Dossier, DossierState
from app.model.page import Page
from app.model.paper import Paper
from ui import messages
from ui.operations import Failure, Operation, Operations

_TOPICS = {Topic.DOSSIERS, Topic.PAGES, Topic.PAGE_ADDED, Topic.PAGE_PROCESSED, Topic.CATALOGUE}
_GATHER_MS = 120


@dataclass(frozen=True)
class Snapshot:
    """Everything that the screen shows of one dossier, read together."""

    dossier: Dossier
    pages: tuple[Page, ...]
    checklist: tuple[ChecklistRow, ...]
    findings: tuple[Finding, ...]
    undo: Text | None
    redo: Text | None
    papers: Mapping[str, Paper] = field(default_factory=dict)
    offers: tuple[Offer, ...] = ()
    reusable: tuple[ReuseOffer, ...] = ()
    refusal: SohoaError | None = None

    @property
    def editable(self) -> bool:
        """Whether the dossier may still be changed."""
        return self.dossier.state is DossierState.OPEN

    @property
    def filled(self) -> bool:
        """Whether there is anything to finish: pages, or papers that are reused."""
        return bool(self.pages) or any(row.reused is not None for row in self.checklist)

    def page(self, page_id: str) -> Page | None:
        """Give a page of the dossier, or None."""
        return next((page for page in self.pages if page.id == page_id), None)


class Desk(QObject):
    """Keeps the snapshot fresh. Many notices in a short time cause one read; reads never overlap."""

    shown = Signal(object)

    def __init__(self, application: Application, operations: Operations, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._application = application
        self._dossiers: Dossiers = application.dossiers
        self._operations = operations
        self._wanted = ""
        self._reading = False
        self._stale = False
        self._beginning = False
        self.snapshot: Snapshot | None = None
        self._gather = QTimer(self, singleShot=True, interval=_GATHER_MS)
        self._gather.timeout.connect(self._read)

    @property
    def dossier_id(self) -> str:
        """The id of the dossier that is open or being opened, empty where there is none."""
        return self._wanted

    def open(self, dossier_id: str) -> None:
        """Show this dossier."""
        if dossier_id == self._wanted:
            return
        self._wanted = dossier_id
        self.mark_stale(at_once=True)

    def new(
        self, then: Callable[[Dossier], None] | None = None, procedure_code: str = "", failure: Failure | None = None
    ) -> None:
        """Begin a dossier and show it."""
        self._begin(lambda: self._dossiers.new(procedure_code), then, failure)

    def fresh(self, then: Callable[[Dossier], None]) -> None:
        """Show an empty dossier: the one on the desk where nothing is in it yet, else a new one.

        Pressed twice, one is begun: a second empty dossier would be left over in the list.
        """
        wanted = self._wanted

        def work() -> Dossier:
            return self._dossiers.get(wanted) if wanted and self._is_empty(wanted) else self._dossiers.new()

        if not self._beginning:
            self._begin(work, then, None)

    def _is_empty(self, dossier_id: str) -> bool:
        dossier, pages = self._dossiers.get(dossier_id), self._dossiers.pages(dossier_id)
        return dossier.state is DossierState.OPEN and not (
            pages or _has_words(dossier) or any(self._application.page_actions.history(dossier_id))
        )

    def _begin(self, work: Callable[[], Dossier], then: Callable[[Dossier], None] | None, failure: Failure | None) -> None:
        def begun(dossier: Dossier) -> None:
            self._beginning = dossier.id != self._wanted  # until it is on screen
            self.open(dossier.id)
            if then is not None:
                then(dossier)

        def failed(error: BaseException) -> None:
            self._beginning = False
            (failure or self._operations.failed.emit)(error)

        self._beginning = True
        self._operations.start(Operation(messages.NEW_DOSSIER, work, begun, failed))

    def drop_empty(self, dossier_id: str) -> None:
        """Remove a dossier that never held a page and has no words yet, and show none in its place."""

        def work() -> bool:
            return not _has_words(self._dossiers.get(dossier_id)) and self._dossiers.drop_empty(dossier_id)

        def dropped(gone: bool) -> None:
            if gone and dossier_id == self._wanted:
                self._wanted = ""
                self._gather.stop()
                self.snapshot = None
                self.shown.emit(None)

        self._operations.start(Operation(messages.CHANGE_DOSSIER, work, dropped))

    def hear(self, change: Change) -> None:
        """Read anew where a notice is about this dossier."""
        if self._wanted and change.topic in _TOPICS and change.dossier_id in ("", self._wanted):
            self.mark_stale()

    def mark_stale(self, at_once: bool = False) -> None:
        """Have the snapshot read again, soon or at once."""
        self._stale = True
        if at_once:
            self._gather.stop()
            self._read()
        elif not self._gather.isActive():
            self._gather.start()  # the first notice is read without waiting, so that a page is on screen at once
            self._read()

    def change(
        self, work: Callable[[str], object], done: Callable[[object], None] | None = None, failure: Failure | None = None
    ) -> None:
        """Do something to the open dossier; ``work`` gets its id, on the records lane."""
        dossier_id = self._wanted
        if not dossier_id:
            return

        def changed(result: object) -> None:
            self.mark_stale(at_once=True)
            if done is not None:
                done(result)

        self._operations.start(Operation(messages.CHANGE_DOSSIER, lambda: work(dossier_id), changed, failure))

    def _read(self) -> None:
        if self._reading or not self._stale or not self._wanted:
            return
        self._reading = True
        self._stale = False
        wanted = self._wanted
        work = partial(_read, self._application, wanted)
        missed = partial(self._not_read, wanted)
        self._operations.start(Operation(messages.READ_DOSSIER, work, self._arrived, missed))

    def _arrived(self, snapshot: Snapshot) -> None:
        self._reading = False
        self._beginning = self._beginning and snapshot.dossier.id != self._wanted
        if snapshot.dossier.id == self._wanted:
            self.snapshot = snapshot
            self.shown.emit(snapshot)
        if self._stale or snapshot.dossier.id != self._wanted:
            self._stale = True
            self._gather.start()

    def _not_read(self, wanted: str, error: BaseException) -> None:
        self._reading = self._beginning = False
        if wanted == self._wanted:
            self._operations.failed.emit(error)
        else:
            self.mark_stale(at_once=True)


def _has_words(dossier: Dossier) -> bool:
    return bool(dossier.number or dossier.procedure_code or dossier.owner_name or dossier.owner_id_number)


def _read(application: Application, dossier_id: str) -> Snapshot:
    dossiers = application.dossiers
    undo, redo = application.page_actions.history(dossier_id)
    dossier = dossiers.get(dossier_id)
    return Snapshot(
        dossier,
        dossiers.pages(dossier_id),
        dossiers.checklist(dossier_id),
        dossiers.check(dossier_id),
        undo,
        redo,
        application.papers.of_dossier(dossier_id),
        application.offers.of_dossier(dossier_id),
        application.reuse.offers(dossier_id),
        _refusal(application, dossier),
    )


def _refusal(application: Application, dossier: Dossier) -> SohoaError | None:
    """Why the centre sent a dossier back; None for any other."""
    entry = application.outbox.of_dossier(dossier.id) if dossier.state is DossierState.REFUSED else None
    return application.sync.describe(entry) if entry is not None else None
