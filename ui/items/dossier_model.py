"""The list of dossiers on the left: rows keep their identity; two lines and an icon each."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.model.dossier import Dossier, DossierState
from ui import icons, messages, style
from ui.words import Words

Index = QModelIndex | QPersistentModelIndex
DOSSIER = Qt.ItemDataRole.UserRole + 1
_NO_PARENT = QModelIndex()
_ROW = 62

STATE_SIGNS = {
    DossierState.OPEN: ("folder", style.ACCENT),
    DossierState.FINISHED: ("clock", style.MUTED),
    DossierState.REFUSED: ("refused", style.RED),
    DossierState.ACCEPTED: ("receipt", style.GREEN),
}


class DossierModel(QAbstractListModel):
    """Dossiers of one state, newest first."""

    def __init__(self, words: Words, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self.dossiers: list[Dossier] = []

    def update(self, dossiers: Sequence[Dossier]) -> None:
        """Show these; where only values differ, rows stay."""
        if [item.id for item in dossiers] != [item.id for item in self.dossiers]:
            self.beginResetModel()
            self.dossiers = list(dossiers)
            self.endResetModel()
            return
        for row, dossier in enumerate(dossiers):
            if self.dossiers[row] != dossier:
                self.dossiers[row] = dossier
                self.dataChanged.emit(self.index(row), self.index(row))

    def row_of(self, dossier_id: str) -> int:
        """Give the row of a dossier, -1 where it is not in the list."""
        return next((row for row, dossier in enumerate(self.dossiers) if dossier.id == dossier_id), -1)

    def rowCount(self, parent: Index = _NO_PARENT) -> int:
        """Qt: how many rows there are."""
        return 0 if parent.isValid() else len(self.dossiers)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Qt: the dossier, and its words."""
        if not index.isValid():
            return None
        dossier = self.dossiers[index.row()]
        if role == DOSSIER:
            return dossier
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return "\n".join(lines_of(dossier, self._words))
        return None


def lines_of(dossier: Dossier, words: Words) -> tuple[str, str, str]:
    """Give owner, number and procedure as they are shown."""
    number = dossier.number or f"{dossier.provisional} ({words.say(messages.PROVISIONAL)})"
    return (
        dossier.owner_name or words.say(messages.NO_OWNER),
        number,
        dossier.procedure_name or words.say(messages.NO_PROCEDURE),
    )


class DossierDelegate(QStyledItemDelegate):
    """Draws owner, number and procedure; ``shown`` is the id of the open dossier."""

    def __init__(self, words: Words, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self.shown = ""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Qt: all rows are of one height."""
        return QSize(160, _ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Qt: draw one dossier."""
        dossier: Dossier = index.data(DOSSIER)
        rect: QRect = option.rect
        painter.save()
        if dossier.id == self.shown:
            painter.fillRect(rect, QColor(style.ACCENT_SOFT))
            painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height()), QColor(style.ACCENT))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, QColor(style.WINDOW))
        sign, color = STATE_SIGNS[dossier.state]
        painter.drawPixmap(rect.left() + 10, rect.top() + 8, icons.pixmap(sign, color, 18))
        lines = lines_of(dossier, self._words)
        colors = (style.INK if dossier.owner_name else style.MUTED, style.MUTED, style.MUTED)
        step = (rect.height() - 8) // 3
        for at, (line, shade) in enumerate(zip(lines, colors, strict=True)):
            font = option.font
            font.setBold(at == 0 and bool(dossier.owner_name))
            font.setPointSizeF(10 if at == 0 else 9)
            painter.setFont(font)
            painter.setPen(QColor(shade))
            space = QRect(rect.left() + 36, rect.top() + 4 + at * step, rect.width() - 44, step)
            text = painter.fontMetrics().elidedText(line, Qt.TextElideMode.ElideRight, space.width())
            painter.drawText(space, Qt.AlignmentFlag.AlignVCenter, text)
        painter.setPen(QColor(style.LINE))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        painter.restore()
