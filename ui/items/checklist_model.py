"""The papers that the procedure asks for, with their page counts, as rows to click on."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.filing.checklist import ChecklistRow
from app.model.procedure import Digitising, Side
from ui import icons, messages, style
from ui.words import Words

Index = QModelIndex | QPersistentModelIndex
ROW = Qt.ItemDataRole.UserRole + 1
NUMBER = Qt.ItemDataRole.UserRole + 2
_NO_PARENT = QModelIndex()
_LINES = 3
# Pixels: what key and sign take on the left, what the state takes on the right at most, and the room around it.
_LEFT, _RIGHT, _AROUND = 54, 78, 20
_WRAP = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft


class ChecklistModel(QAbstractListModel):
    """Rows of the checklist; those that are to be digitised are numbered with the keys that place pages there."""

    def __init__(self, words: Words, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self.rows: list[ChecklistRow] = []

    def update(self, rows: Sequence[ChecklistRow]) -> None:
        """Show these rows."""
        if [row.component for row in rows] != [row.component for row in self.rows]:
            self.beginResetModel()
            self.rows = list(rows)
            self.endResetModel()
        elif rows:
            self.rows = list(rows)
            self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))

    def number_of(self, row: int) -> int:
        """Give the key of a row, 0 where nothing is placed under it."""
        if not self.rows[row].component.takes_pages:
            return 0
        return sum(item.component.takes_pages for item in self.rows[: row + 1])

    def code_at(self, number: int) -> str:
        """Give the component's code for a key, empty where there is none."""
        for row, item in enumerate(self.rows):
            if number and self.number_of(row) == number:
                return item.component.code
        return ""

    def rowCount(self, parent: Index = _NO_PARENT) -> int:
        """Qt: how many rows there are."""
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Qt: the row, its key, and its words."""
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        if role == ROW:
            return row
        if role == NUMBER:
            return self.number_of(index.row())
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return f"{name_text(row, self._words)}: {state_text(row, self._words)}"
        return None


def name_text(row: ChecklistRow, words: Words) -> str:
    """Name a row; a result says that it is one."""
    name = row.component.name
    return words.say(messages.RESULT_OF, name=name) if row.component.side is Side.RESULT else name


def state_text(row: ChecklistRow, words: Words) -> str:
    """Say how a row stands: page count, missing, or why it need not be there."""
    component = row.component
    if component.secret:
        return words.say(messages.SECRET)
    if component.digitising is Digitising.PRESENTED:
        return words.say(messages.PRESENTED)
    if row.pages:
        return words.say(messages.PAGES_COUNT, count=row.pages)
    if row.reused is not None:
        return words.say(messages.REUSED_ROW)
    if row.absence:
        return words.say(messages.EXCUSED)
    if component.digitising is Digitising.NO:
        return words.say(messages.NOT_DIGITISED)
    if row.missing:
        return words.say(messages.MUST_DIGITISE if component.digitising is Digitising.MANDATORY else messages.MISSING)
    return words.say(messages.CONDITIONAL)


class ChecklistDelegate(QStyledItemDelegate):
    """Draws key, sign, name on up to three lines, and how the row stands."""

    def __init__(self, words: Words, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words = words

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Qt: as high as the name needs, three lines at most."""
        view = option.widget
        width = view.viewport().width() if isinstance(view, QListView) else 280
        row: ChecklistRow = index.data(ROW)
        metrics = QFontMetrics(option.font)
        room = max(40, width - _LEFT - self._right(row, metrics))
        needed = metrics.boundingRect(QRect(0, 0, room, 1000), _WRAP, name_text(row, self._words))
        return QSize(width, max(30, min(needed.height(), _LINES * metrics.lineSpacing()) + 10))

    def _right(self, row: ChecklistRow, metrics: QFontMetrics) -> int:
        """Give the pixels that the state needs: what it leaves is the name's."""
        return min(_RIGHT, metrics.horizontalAdvance(state_text(row, self._words)) + _AROUND)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Qt: draw one row."""
        row: ChecklistRow = index.data(ROW)
        number: int = index.data(NUMBER)
        rect: QRect = option.rect
        painter.save()
        if number and option.state & (QStyle.StateFlag.State_MouseOver | QStyle.StateFlag.State_Selected):
            painter.fillRect(rect, QColor(style.ACCENT_SOFT))
        if number:
            paint_chip(painter, QRect(rect.left() + 5, rect.center().y() - 8, 20, 18), number)
        sign, color = _sign_of(row)
        painter.drawPixmap(rect.left() + 30, rect.center().y() - 8, icons.pixmap(sign, color, 17))
        painter.setPen(QColor(style.INK if number else style.MUTED))
        right = self._right(row, painter.fontMetrics())
        name = rect.adjusted(_LEFT, 5, -right, -5)
        painter.drawText(name, _WRAP, shorten(name_text(row, self._words), painter.fontMetrics(), name.width(), _LINES))
        painter.setPen(QColor(style.AMBER if row.missing else style.MUTED))
        side = QRect(rect.right() - right + 4, rect.top(), right - 10, rect.height())
        align = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(side, align, state_text(row, self._words))
        painter.restore()


def shorten(text: str, metrics: QFontMetrics, width: int, lines: int) -> str:
    """Cut a text at a word so that it fills no more than so many lines of a width, with an ellipsis where it was cut."""
    words, limit = text.split(" "), lines * metrics.lineSpacing()
    kept = len(words)
    while kept > 1:
        shown = text if kept == len(words) else " ".join(words[:kept]) + "…"
        if metrics.boundingRect(QRect(0, 0, width, 10_000), _WRAP, shown).height() <= limit:
            return shown
        kept -= 1
    return words[0]


def paint_chip(painter: QPainter, chip: QRect, number: int) -> None:
    """Draw the key that places pages under a paper, like a key cap."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(style.FAINT), 1))
    painter.setBrush(QColor(style.PANEL))
    painter.drawRoundedRect(chip, 4, 4)
    painter.setPen(QColor(style.INK))
    painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, str(number))


def _sign_of(row: ChecklistRow) -> tuple[str, str]:
    if not row.component.takes_pages:
        return "card", style.FAINT
    if row.pages:
        return "check", style.INK
    if row.reused is not None:
        return "link", style.INK
    return ("warn", style.AMBER) if row.missing else ("circle", style.FAINT)
