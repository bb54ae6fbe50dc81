"""The centre as the window sees it: is it there, what waits, what became of each finished dossier."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from app.bootstrap import Application
from app.errors import SohoaError, Text
from app.events import Change, Topic
from app.jobs import Job
from app.model.dossier import Dossier
from app.model.outbox import OutboxEntry
from app.sync.access import Account
from app.sync.errors import NotEnrolled, SignInFailed
from ui import messages, style
from ui.operations import Failure, Operation, Operations

_GATHER_MS = 120
_LOOK_AGAIN_MS = 5000
_WHILE_SENDING_MS = 1000


@dataclass(frozen=True)
class Trouble:
    """An error as words, so that the same one again is equal."""

    title: Text
    remedy: Text


@dataclass(frozen=True)
class OutboxRow:
    """An entry with the dossier it belongs to and the last trouble with it."""

    entry: OutboxEntry
    dossier: Dossier
    trouble: Trouble | None = None


@dataclass(frozen=True)
class CentreView:
    """What is known of the centre; ``online`` is None while nobody has asked it yet, ``refused`` where it lets nobody in."""

    online: bool | None = None
    waiting: int = 0
    trouble: Trouble | None = None
    enrolled: bool = False
    refused: bool = False
    rows: tuple[OutboxRow, ...] = ()


def standing_of(view: CentreView | None) -> tuple[Text, str, str]:
    """Give in words how the centre stands, with its sign and colour."""
    if view is not None and view.refused:
        return messages.CENTRE_REFUSES, "warn", style.AMBER
    return {
        True: (messages.CENTRE_ONLINE, "online", style.GREEN),
        False: (messages.CENTRE_OFFLINE, "offline", style.AMBER),
        None: (messages.CENTRE_UNKNOWN, "circle", style.MUTED),
    }[view.online if view is not None else None]


class Centre(QObject):
    """Reads status and outbox on notices and now and then; ``shown`` has a CentreView."""

    shown = Signal(object)
    numbered = Signal(str)

    def __init__(self, application: Application, operations: Operations, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._application = application
        self._operations = operations
        self._reading = False
        self.view = CentreView()
        self._gather = QTimer(self, singleShot=True, interval=_GATHER_MS)
        self._gather.timeout.connect(self._read)
        self._again = QTimer(self, interval=_LOOK_AGAIN_MS)
        self._again.timeout.connect(self._read)
        self._again.start()
        self._gather.start()

    def hear(self, change: Change) -> None:
        """Read anew where a notice is about sending."""
        if change.topic in (Topic.OUTBOX, Topic.SETTINGS) and not self._gather.isActive():
            self._gather.start()

    def send_now(self) -> None:
        """Have the centre tried at once."""
        self._operations.start(Operation(messages.SEND_NOW, self._application.sync.wake, lambda _none: self._gather.start()))

    def enrol(self, url: str, code: str, ca_file: str, success: Callable[[], None], failure: Failure) -> None:
        """Enrol this station; the outcome comes back on the GUI thread."""
        self._set_up(self._application.sync.enrol(url, code, ca_file), success, failure)

    def connect_to(self, account: Account, success: Callable[[], None], failure: Failure) -> None:
        """Send to a province's own system from now on; the outcome comes back on the GUI thread."""
        self._set_up(self._application.sync.connect(account), success, failure)

    def new_number(self, dossier_id: str) -> None:
        """Ask the centre for a dossier number; ``numbered`` has it."""
        if dossier_id:
            self._operations.follow(self._application.sync.new_number(dossier_id), self.numbered.emit)

    def _set_up(self, job: Job[Any], success: Callable[[], None], failure: Failure) -> None:
        def done(_result: object) -> None:
            self._gather.start()
            success()

        self._operations.follow(job, done, failure)

    def _read(self) -> None:
        if self._reading:
            return
        self._reading = True
        self._operations.start(Operation(messages.READ_OUTBOX, self._look, self._arrived, self._missed))

    def _look(self) -> CentreView:
        sync, dossiers = self._application.sync, self._application.dossiers
        status = sync.status()
        rows = tuple(
            OutboxRow(entry, dossiers.get(entry.dossier_id), _trouble_of(sync.describe(entry))) for entry in sync.entries()
        )
        refused = status.enrolled and isinstance(status.error, SignInFailed)
        return CentreView(status.online, status.waiting, _trouble_of(status.error), status.enrolled, refused, rows)

    def _arrived(self, view: CentreView) -> None:
        self._reading = False
        self._again.setInterval(_WHILE_SENDING_MS if view.online and view.waiting else _LOOK_AGAIN_MS)
        if view != self.view:
            self.view = view
            self.shown.emit(view)

    def _missed(self, error: BaseException) -> None:
        self._reading = False
        self._operations.failed.emit(error)


def _trouble_of(error: SohoaError | None) -> Trouble | None:
    if error is None:
        return None
    if isinstance(error, NotEnrolled):
        return Trouble(error.title, messages.ENROL_HOW)
    return Trouble(
        Text(_plain(error.title_in("vi")), _plain(error.title_in("en"))),
        Text(_plain(error.remedy_in("vi")), _plain(error.remedy_in("en"))),
    )


def _plain(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def moment_of(entry: OutboxEntry) -> datetime:
    """Give the time that matters for an entry: its receipt's, else when it was finished."""
    return entry.receipt.received_at if entry.receipt is not None else entry.created_at
