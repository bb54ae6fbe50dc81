"""Scanning as the window drives it: which profile, which session, what it asks for, how it ended."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal

from app.acquisition.prompts import Prompt, ending_of, prompt_of
from app.acquisition.session_messages import Stage
from app.acquisition.sittings import Sitting, Standing
from app.bootstrap import Application
from app.errors import Text
from app.model.dossier import Dossier
from app.model.order import Spot
from app.model.profile import AfterScan, Profile, keys_of
from ui import messages
from ui.desk import Desk
from ui.operations import Operation, Operations


class Scanning(QObject):
    """One session at a time, into the open dossier or a new one. ``changed`` says that something about it is different.

    ``wanted`` comes before anything is scanned: what was being typed is for the dossier that is open. ``over_in_new`` has
    the id of the dossier that was made for a session which is over; ``chose`` names the profile that is used from now on;
    ``said`` has one line for the bottom.
    """

    wanted = Signal()
    changed = Signal()
    over_in_new = Signal(str)
    chose = Signal(str)
    said = Signal(object)
    failed = Signal(object)

    def __init__(self, application: Application, desk: Desk, operations: Operations, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._profiles = application.profiles
        self._sittings = application.sittings
        self._desk = desk
        self._operations = operations
        self._sitting: Sitting | None = None
        self._asked = False
        self._made = ""
        self._dropping = False
        self._spot = Spot()
        self._full = ""
        self.standing: Standing | None = None
        self.stopping = False
        self.profiles: tuple[Profile, ...] = self._profiles.all()
        self.chosen = 0
        desk.shown.connect(self._desk_shown)

    @property
    def profile(self) -> Profile | None:
        """The profile that the scan button uses."""
        return self.profiles[self.chosen] if self.profiles else None

    @property
    def running(self) -> bool:
        """Whether a batch is running or about to, or paper is waited for."""
        return self._asked or (self.standing is not None and self.standing.running)

    @property
    def asking(self) -> bool:
        """Whether the session waits for the clerk."""
        return self.standing is not None and self.standing.asking

    @property
    def prompt(self) -> Prompt | None:
        """What the session asks of the clerk."""
        return prompt_of(self.standing) if self.standing is not None else None

    @property
    def note(self) -> Text:
        """What the batch is doing."""
        return self.standing.note if self.standing is not None else messages.SCAN_STARTING

    @property
    def progress(self) -> tuple[int, int]:
        """Pages done and pages to come; 0 where nobody knows."""
        return self.standing.progress if self.standing is not None else (0, 0)

    def read_profiles(self) -> None:
        """Take the profiles from the settings again."""
        before = self.profile
        self.profiles = self._profiles.all()
        self.chosen = min(self.chosen, max(0, len(self.profiles) - 1))
        if before is not None:
            self.choose_named(before.name)
        self.changed.emit()

    def choose(self, index: int) -> None:
        """Use this profile from now on."""
        if 0 <= index < len(self.profiles):
            self.chosen = index
            self.chose.emit(self.profiles[index].name)
            self.changed.emit()

    def choose_named(self, name: str) -> None:
        """Use the profile of this name, if there still is one."""
        self.chosen = next((at for at, profile in enumerate(self.profiles) if profile.name == name), self.chosen)

    def press(self, key: str) -> None:
        """Scan with the profile of a key; where its session asks for something, that is done."""
        keys = keys_of(self.profiles)
        if self.running or key not in keys:
            return
        index = keys.index(key)
        same = self._sitting is not None and self._sitting.profile == self.profiles[index]
        if not same and not self.leave():
            return
        self.choose(index)
        self.start()

    def start(self) -> None:
        """Go on with the session where it asks for something, else scan: into the open dossier, or into a new one."""
        if self.asking and self._sitting is not None:
            self.wanted.emit()
            self._sitting.go_on()
        else:
            self.scan_at(Spot())

    def again(self) -> None:
        """Try once more what failed."""
        self.scan_at(self._spot)

    def scan_at(self, spot: Spot) -> None:
        """Begin a session that puts its pages to a spot of the open dossier."""
        if self.running or self.profile is None or not self.leave():
            return
        self.wanted.emit()
        self._sitting = self.standing = None
        self._asked = True
        self._spot = spot
        self.stopping = False
        self.changed.emit()
        if self._dropping:
            # The lane keeps its order: once this is through, it is known whether the empty dossier is still there.
            self._dropping = False
            through = Operation(messages.CHANGE_DOSSIER, lambda: None, lambda _none: self._into_dossier(), self._not_made)
            self._operations.start(through)
        else:
            self._into_dossier()

    def _into_dossier(self) -> None:
        snapshot, dossier_id = self._desk.snapshot, self._desk.dossier_id
        full = self._full == dossier_id and not self._spot.anchor
        if dossier_id and not full and (snapshot is None or snapshot.editable):
            self._begin(dossier_id)
        else:
            self._desk.new(self._into, failure=self._not_made)

    def stop(self) -> None:
        """End after the sheet that is being scanned; asked a second time, end now."""
        if self._sitting is not None:
            self.stopping = True
            self._sitting.stop()
            self.changed.emit()

    def done(self) -> None:
        """End a session that waits for the clerk or for paper; its pages are kept as they are."""
        if self._sitting is not None and self.prompt is not None:
            self._sitting.done()

    def leave(self) -> bool:
        """End a session for something else; False, and said, while its pile is not through: backs or sheets are missing yet."""
        if self.asking and self.standing is not None and self.standing.stage is not Stage.NEXT:
            self.said.emit(messages.SESSION_FIRST)
            return False
        self.done()
        return True

    def _desk_shown(self, _snapshot: object) -> None:
        """Another dossier on the desk ends a session that waits: its pages belong to the one before."""
        if self._sitting is not None and self._desk.dossier_id != self._sitting.dossier_id:
            self.done()

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
        sitting = self._sittings.open(self.profile, dossier_id, self._spot)
        self._sitting = sitting
        waiting: list[bool] = []

        def heard() -> None:
            """Let at most one call wait in the window's queue."""
            if not waiting:
                waiting.append(True)
                self._operations.post(partial(self._tell, sitting, waiting))

        sitting.watch(heard)
        sitting.begin()

    def _tell(self, sitting: Sitting, waiting: list[bool]) -> None:
        waiting.clear()
        standing = sitting.standing
        if sitting is not self._sitting:
            return
        self._asked = False
        self.standing = standing
        self.stopping = self.stopping and standing.running
        if standing.stage is Stage.OVER:
            self._over(sitting, standing)
        else:
            self.changed.emit()

    def _over(self, sitting: Sitting, standing: Standing) -> None:
        self._sitting = self.standing = None
        made, self._made = self._made, ""
        self._dropping = bool(made) and not standing.pages
        if AfterScan.NEW_DOSSIER in sitting.profile.after and standing.pages:
            self._full = sitting.dossier_id
        if made:
            # First of all: a window that waits to close does so as soon as it hears that nothing runs.
            self.over_in_new.emit(made)
        self.changed.emit()
        if standing.trouble is not None:
            self.failed.emit(standing.trouble)
        else:
            self.said.emit(ending_of(standing))
        self._desk.mark_stale(at_once=True)
