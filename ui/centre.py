"""The centre as the window sees it: is it there, what waits, what became of each finished dossier."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QObject, QTimer, Signal

from app.bootstrap import Application
from app.errors import SohoaError, Text
from app.events import Change, Topic
from app.model.dossier import Dossier
from app.model.outbox import OutboxEntry
from ui import messages
from ui.operations import Failure, Operation, Operations

_GATHER_MS = 120
_LOOK_AGAIN_MS = 5000


@dataclass(frozen=True)
class OutboxRow:
    """An entry with the dossier it belongs to."""

    entry: OutboxEntry
    dossier: Dossier


@dataclass(frozen=True)
class CentreView:
    """What is known of the centre; ``online`` is None while nobody has asked it yet."""

    online: bool | None
    waiting: int
    error: SohoaError | None
    rows: tuple[OutboxRow, ...] = ()


class Centre(QObject):
    """Reads status and outbox on notices and now and then; ``shown`` has a CentreView."""

    shown = Signal(object)

    def __init__(self, application: Application, operations: Operations, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._application = application
        self._operations = operations
        self._reading = False
        self.view = CentreView(None, 0, None)
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

        def done(_result: object) -> None:
            self._gather.start()
            success()

        self._operations.follow(self._application.sync.enrol(url, code, ca_file), done, failure)

    def new_number(self, dossier_id: str, success: Callable[[str], None], failure: Failure) -> None:
        """Ask the centre for a dossier number."""
        self._operations.follow(self._application.sync.new_number(dossier_id), success, failure)

    def _read(self) -> None:
        if self._reading:
            return
        self._reading = True
        self._operations.start(Operation(messages.READ_OUTBOX, self._look, self._arrived, self._missed))

    def _look(self) -> CentreView:
        sync, dossiers = self._application.sync, self._application.dossiers
        status = sync.status()
        rows = tuple(OutboxRow(entry, dossiers.get(entry.dossier_id)) for entry in sync.entries())
        return CentreView(status.online, status.waiting, status.error, rows)

    def _arrived(self, view: CentreView) -> None:
        self._reading = False
        if view != self.view:
            self.view = view
            self.shown.emit(view)

    def _missed(self, error: BaseException) -> None:
        self._reading = False
        self._operations.failed.emit(error)


def explain(entry: OutboxEntry) -> tuple[Text, Text] | None:
    """Give title and remedy of an entry's last failure by the name of its class, None where there was none."""
    if not entry.error:
        return None
    kind = next((kind for kind in _kinds(SohoaError) if kind.__name__ == entry.error), SohoaError)
    blank = _Blank(detail=entry.error_detail)
    title = Text(kind.title.vi.format_map(blank), kind.title.en.format_map(blank))
    return title, Text(kind.remedy.vi.format_map(blank), kind.remedy.en.format_map(blank))


def _kinds(root: type[SohoaError]) -> Iterator[type[SohoaError]]:
    yield root
    for kind in root.__subclasses__():
        yield from _kinds(kind)


class _Blank(dict[str, object]):
    """Stands in for places whose values were not kept."""

    def __missing__(self, key: str) -> str:
        return "…"


def moment_of(entry: OutboxEntry) -> datetime:
    """Give the time that matters for an entry: its receipt's, else when it was finished."""
    return entry.receipt.received_at if entry.receipt is not None else entry.created_at
