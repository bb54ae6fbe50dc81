"""Scanning as the window drives it: which profile, what is running, how it ended."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from app.acquisition.scanners import Scanners, ScanOutcome
from app.bootstrap import Application
from app.errors import Text
from app.jobs import Job
from app.model.dossier import Dossier
from app.model.profile import Profile
from ui import messages
from ui.desk import Desk
from ui.operations import Operations


class Scanning(QObject):
    """One batch at a time, into the open dossier or a new one. ``changed`` says that something about it is different.

    ``over_in_new`` has the id of the dossier that was made for a batch which is over.
    """

    changed = Signal()
    over_in_new = Signal(str)
    ended = Signal(object)
    failed = Signal(object)

    def __init__(self, application: Application, desk: Desk, operations: Operations, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._scanners: Scanners = application.scanners
        self._desk = desk
        self._operations = operations
        self._job: Job[ScanOutcome] | None = None
        self._asked = False
        self._made = ""
        self.stopping = False
        self.profiles: tuple[Profile, ...] = self._scanners.profiles()
        self.chosen = 0

    @property
    def profile(self) -> Profile | None:
        """The profile that the scan button uses."""
        return self.profiles[self.chosen] if self.profiles else None

    @property
    def running(self) -> bool:
        """Whether a batch is running or about to."""
        return self._asked or self._job is not None

    @property
    def note(self) -> Text:
        """What the batch is doing."""
        return self._job.note if self._job is not None else messages.SCAN_STARTING

    @property
    def progress(self) -> tuple[int, int]:
        """Pages done and pages to come; 0 where nobody knows."""
        return self._job.progress if self._job is not None else (0, 0)

    def read_profiles(self) -> None:
        """Take the profiles from the settings again."""
        self.profiles = self._scanners.profiles()
        self.chosen = min(self.chosen, max(0, len(self.profiles) - 1))
        self.changed.emit()

    def choose(self, index: int) -> None:
        """Use this profile from now on."""
        if 0 <= index < len(self.profiles):
            self.chosen = index
            self.changed.emit()

    def start(self) -> None:
        """Scan into the open dossier, or into a new one where none is open to changes."""
        if self.running or self.profile is None:
            return
        self._asked = True
        self.stopping = False
        self.changed.emit()
        snapshot = self._desk.snapshot
        if self._desk.dossier_id and (snapshot is None or snapshot.editable):
            self._begin(self._desk.dossier_id)
        else:
            self._desk.new(self._into, failure=self._not_made)

    def stop(self) -> None:
        """End after the sheet that is being scanned; asked a second time, end now."""
        if self._job is None:
            return
        if self.stopping:
            self._scanners.abort(self._job)
        else:
            self.stopping = True
            self._scanners.stop(self._job)
        self.changed.emit()

    def _into(self, dossier: Dossier) -> None:
        self._made = dossier.id
        self._begin(dossier.id)

    def _not_made(self, error: BaseException) -> None:
        """Nothing is scanned where no dossier could be made for it."""
        self._asked = False
        self.failed.emit(error)
        self.changed.emit()

    def _begin(self, dossier_id: str) -> None:
        if self.profile is None:
            return
        job = self._scanners.start(self.profile, dossier_id)
        self._job = job
        self._operations.follow(job, self.ended.emit, self.failed.emit, self.changed.emit, self._over)
        self.changed.emit()

    def _over(self) -> None:
        made, self._made = self._made, ""
        self._job = None
        self._asked = False
        self.stopping = False
        if made:
            self.over_in_new.emit(made)
        self._desk.mark_stale(at_once=True)
        self.changed.emit()
