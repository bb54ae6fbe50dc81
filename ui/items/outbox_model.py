"""The outbox as a list: an icon and a word for the state, the dossier, the time, and what went wrong."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QListView, QStyledItemDelegate, QStyleOptionViewItem

from app.model.outbox import OutboxEntry, OutboxState
from ui import icons, messages, style
from ui.centre import OutboxRow, moment_of
from ui.words import Words

Index = QModelIndex | QPersistentModelIndex
OUTBOX_ROW = Qt.ItemDataRole.UserRole + 1
_NO_PARENT = QModelIndex()
_STATE_WIDTH, _TIME_WIDTH, _ROW = 150, 250, 58
_WRAP = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft

SIGNS = {
    OutboxState.WAITING: ("clock", style.MUTED, style.WINDOW),
    OutboxState.UNCONFIRMED: ("send", style.ACCENT, style.ACCENT_SOFT),
    OutboxState.ACCEPTED: ("receipt", style.GREEN, style.GREEN_SOFT),
    OutboxState.REFUSED: ("refused", style.RED, style.RED_SOFT),
}


class OutboxModel(QAbstractListModel):
    """Entries, newest first; rows keep their identity."""

    def __init__(self, words: Words, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self.rows: list[OutboxRow] = []

    def update(self, rows: Sequence[OutboxRow]) -> None:
        """Show these entries."""
        ordered = sorted(rows, key=lambda row: row.entry.created_at, reverse=True)
        if [row.entry.id for row in ordered] != [row.entry.id for row in self.rows]:
            self.beginResetModel()
            self.rows = ordered
            self.endResetModel()
            return
        for at, row in enumerate(ordered):
            if self.rows[at] != row:
                self.rows[at] = row
                self.dataChanged.emit(self.index(at), self.index(at))

    def rowCount(self, parent: Index = _NO_PARENT) -> int:
        """Qt: how many rows there are."""
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Qt: the row, and its words."""
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        if role == OUTBOX_ROW:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            state = self._words.say(messages.OUTBOX_STATES[row.entry.state])
            parts = (state, row.dossier.shown_number, row.dossier.owner_name, time_text(row.entry, self._words))
            return ", ".join(part for part in (*parts, trouble_text(row, self._words)) if part)
        return None


def time_text(entry: OutboxEntry, words: Words) -> str:
    """Say when something happened to an entry."""
    text = messages.RECEIVED_AT if entry.receipt is not None else messages.FINISHED_AT
    return words.say(text, time=words.moment(moment_of(entry)))


def progress_text(entry: OutboxEntry, words: Words) -> str:
    """Say how far the upload is, or when it is tried again."""
    if entry.state is OutboxState.ACCEPTED or entry.state is OutboxState.REFUSED:
        return ""
    if entry.attempts and entry.error:
        return words.say(messages.NEXT_TRY, time=words.moment(entry.next_try_at), attempts=entry.attempts)
    sent = sum(file.uploaded for file in entry.files)
    return words.say(messages.FILES_SENT, done=sent, total=len(entry.files))


def trouble_text(row: OutboxRow, words: Words) -> str:
    """Say what went wrong and what to do; empty where nothing did or it is over."""
    if row.trouble is None or row.entry.state is OutboxState.ACCEPTED:
        return ""
    return words.joined(row.trouble.title, row.trouble.remedy)


class OutboxDelegate(QStyledItemDelegate):
    """Draws one entry; rows with trouble are higher."""

    def __init__(self, words: Words, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words = words

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Qt: two lines, and what the trouble needs."""
        view = option.widget
        width = view.viewport().width() if isinstance(view, QListView) else 800
        row: OutboxRow = index.data(OUTBOX_ROW)
        trouble = trouble_text(row, self._words)
        if not trouble:
            return QSize(width, _ROW)
        space = QRect(0, 0, max(100, width - _STATE_WIDTH - 24), 1000)
        return QSize(width, _ROW + QFontMetrics(option.font).boundingRect(space, _WRAP, trouble).height() + 6)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Qt: draw one entry."""
        row: OutboxRow = index.data(OUTBOX_ROW)
        rect: QRect = option.rect
        painter.save()
        self._paint_state(painter, rect, row.entry.state)
        left = rect.left() + _STATE_WIDTH
        middle = QRect(left, rect.top() + 8, rect.width() - _STATE_WIDTH - _TIME_WIDTH, 20)
        owner = row.dossier.owner_name or self._words.say(messages.NO_OWNER)
        self._line(painter, middle, f"{row.dossier.shown_number}   {owner}", style.INK, bold=True)
        revision = self._words.say(messages.REVISION, number=row.entry.revision) if row.entry.revision > 1 else ""
        detail = "   ".join(part for part in (row.dossier.procedure_name, revision) if part)
        self._line(painter, middle.translated(0, 22), detail, style.MUTED)
        side = QRect(rect.right() - _TIME_WIDTH, rect.top() + 8, _TIME_WIDTH - 14, 20)
        self._line(painter, side, time_text(row.entry, self._words), style.MUTED, right=True)
        self._line(painter, side.translated(0, 22), progress_text(row.entry, self._words), style.MUTED, right=True)
        trouble = trouble_text(row, self._words)
        painter.setPen(QColor(style.RED if row.entry.state is OutboxState.REFUSED else style.AMBER))
        painter.drawText(QRect(left, rect.top() + 54, rect.right() - left - 24, rect.height() - 56), _WRAP, trouble)
        painter.setPen(QColor(style.LINE))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        painter.restore()

    def _paint_state(self, painter: QPainter, rect: QRect, state: OutboxState) -> None:
        sign, color, soft = SIGNS[state]
        pill = QRect(rect.left() + 12, rect.top() + 14, _STATE_WIDTH - 28, 28)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(soft))
        painter.drawRoundedRect(pill, 14, 14)
        painter.drawPixmap(pill.left() + 9, pill.top() + 5, icons.pixmap(sign, color, 18))
        painter.setPen(QColor(color))
        painter.drawText(
            pill.adjusted(33, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, self._words.say(messages.OUTBOX_STATES[state])
        )

    def _line(self, painter: QPainter, space: QRect, text: str, color: str, *, bold: bool = False, right: bool = False) -> None:
        font = painter.font()
        font.setBold(bold)
        painter.setFont(font)
        painter.setPen(QColor(color))
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, space.width())
        align = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        painter.drawText(space, align | Qt.AlignmentFlag.AlignVCenter, shown)
