"""A field that suggests while one types: a list under it, chosen with the arrow keys and Enter or with the mouse."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, QStringListModel, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QPainter
from PySide6.QtWidgets import QCompleter, QLineEdit, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ui import icons, style

_ROW = 46


@dataclass(frozen=True)
class Suggestion:
    """One row of the list; ``value`` is handed over when it is chosen."""

    icon: str
    title: str
    detail: str
    value: object


class SuggestField(QLineEdit):
    """``suggest`` gives the rows for what was typed; it must be fast. ``chosen`` has the value of the row taken."""

    chosen = Signal(object)

    def __init__(self, suggest: Callable[[str], list[Suggestion]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._suggest = suggest
        self._rows: list[Suggestion] = []
        self._model = QStringListModel(self)
        self._completer = QCompleter(self._model, self)
        self._completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self._completer.setWidget(self)
        self._completer.setMaxVisibleItems(9)
        self._popup = popup = QListView()
        popup.setObjectName("suggestions")
        popup.setUniformItemSizes(True)
        self._completer.setPopup(popup)
        popup.setItemDelegate(_Rows(self._row, popup))
        self._completer.activated[QModelIndex].connect(self._take)  # type: ignore[index]  # the stubs know one kind only
        self.textEdited.connect(self._offer)
        self.returnPressed.connect(self._take_first)

    @property
    def suggestions(self) -> list[Suggestion]:
        """The rows that are offered now."""
        return self._rows

    @property
    def popup(self) -> QListView:
        """The list under the field."""
        return self._popup

    def renew(self, text: str) -> None:
        """Offer anew, where this is still what is typed: more was found meanwhile."""
        if text == self.text() and self._popup.isVisible():
            at = self._popup.currentIndex().row()
            self._offer(text)
            row = min(max(at, 0), len(self._rows) - 1)
            self._popup.setCurrentIndex(self._completer.completionModel().index(row, 0))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Qt: an offer that was not taken is forgotten."""
        super().focusOutEvent(event)
        if event.reason() is not Qt.FocusReason.PopupFocusReason:
            self._rows = []

    def _row(self, index: int) -> Suggestion | None:
        return self._rows[index] if 0 <= index < len(self._rows) else None

    def _offer(self, text: str) -> None:
        self._rows = self._suggest(text) if text.strip() else []
        self._model.setStringList([f"{row.title} {row.detail}" for row in self._rows])
        if not self._rows:
            self._popup.hide()
            return
        place = self.rect()
        self._completer.complete(QRect(0, 2, max(place.width(), 420), place.height()))
        self._popup.setCurrentIndex(self._completer.completionModel().index(0, 0))

    def _take(self, index: QModelIndex) -> None:
        row = self._row(index.row())
        if row is not None:
            self._rows = []
            self._popup.hide()
            self.chosen.emit(row.value)

    def _take_first(self) -> None:
        if self._rows and not self._popup.isVisible():
            self._take(self._model.index(0))


class _Rows(QStyledItemDelegate):
    """Draws an icon and two lines."""

    def __init__(self, row: Callable[[int], Suggestion | None], parent: QObject) -> None:
        super().__init__(parent)
        self._row = row

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Qt: all rows are of one height."""
        return QSize(300, _ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        """Qt: draw one row."""
        row = self._row(index.row())
        if row is None:
            return
        rect: QRect = option.rect
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, QColor(style.ACCENT_SOFT))
        painter.drawPixmap(rect.left() + 10, rect.top() + 13, icons.pixmap(row.icon, style.MUTED, 20))
        metrics = option.fontMetrics
        inner = rect.adjusted(40, 5, -10, -5)
        elide = Qt.TextElideMode.ElideRight
        painter.setPen(QColor(style.INK))
        painter.drawText(inner, Qt.AlignmentFlag.AlignTop, metrics.elidedText(row.title, elide, inner.width()))
        painter.setPen(QColor(style.MUTED))
        painter.drawText(inner, Qt.AlignmentFlag.AlignBottom, metrics.elidedText(row.detail, elide, inner.width()))
        painter.restore()
