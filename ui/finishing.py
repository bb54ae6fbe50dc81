"""Finishing as the window drives it: one dossier at a time, in the background."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal

from app.bootstrap import Application
from app.errors import Text
from app.filing.checks import incomplete
from app.filing.errors import IncompleteDossier
from app.jobs import Job
from app.model.dossier import Dossier
from app.model.outbox import OutboxEntry
from ui import messages
from ui.desk import Desk, Snapshot
from ui.operations import Operations


class Finish(QObject):
    """``done`` has the number of the dossier that is finished; ``became`` a failure, and what it is now or None."""

    changed = Signal()
    done = Signal(str)
    failed = Signal(object)
    became = Signal(object, object)

    def __init__(self, application: Application, desk: Desk, operations: Operations, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._blocked: tuple[str, IncompleteDossier] | None = None
        desk.shown.connect(self._look_again)
        self._finishing = application.finishing
        self._desk = desk
        self._operations = operations
        self._job: Job[OutboxEntry] | None = None

    @property
    def running(self) -> bool:
        """Whether a dossier is being packed."""
        return self._job is not None

    @property
    def note(self) -> Text:
        """What is being done."""
        return self._job.note if self._job is not None else messages.FINISHING

    @property
    def progress(self) -> tuple[int, int]:
        """How far it is."""
        return self._job.progress if self._job is not None else (0, 0)

    def start(self, dossier: Dossier, settled: Callable[[], bool]) -> None:
        """Finish this dossier once everything asked for before is written, and only if ``settled`` says so then."""
        if self.running:
            return
        # The lane keeps its order: once this is through, every field that was handed over has its answer.
        self._desk.change(lambda _dossier_id: None, lambda _none: self._begin(dossier) if settled() else None)

    def cancel(self) -> None:
        """Break it off; the dossier stays open with all its pages."""
        if self._job is not None:
            self._job.cancel()

    def _begin(self, dossier: Dossier) -> None:
        if self.running:
            return
        job = self._finishing.start(dossier.id)
        self._job = job
        number = dossier.shown_number
        failed = partial(self._failed, dossier.id)
        self._operations.follow(job, lambda _entry: self.done.emit(number), failed, self.changed.emit, self._over)
        self.changed.emit()

    def _failed(self, dossier_id: str, error: BaseException) -> None:
        self._blocked = (dossier_id, error) if isinstance(error, IncompleteDossier) else None
        self.failed.emit(error)

    def _look_again(self, snapshot: Snapshot | None) -> None:
        """What blocked a dossier is said as it is now, and no longer once it is mended or another dossier is open."""
        if self._blocked is None:
            return
        dossier_id, said = self._blocked
        now = incomplete(snapshot.dossier, snapshot.findings) if snapshot and snapshot.dossier.id == dossier_id else None
        if now is None or now.values != said.values:
            self._blocked = (dossier_id, now) if now else None
            self.became.emit(said, now)

    def _over(self) -> None:
        self._job = None
        self._desk.mark_stale(at_once=True)
        self.changed.emit()
