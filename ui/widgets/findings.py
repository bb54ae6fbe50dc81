"""What is still to do before the dossier can be finished, each line with its icon; a click goes to the page."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QResizeEvent
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QVBoxLayout, QWidget

from app.filing.facts import Finding
from ui import icons, messages, style
from ui.widgets.buttons import label
from ui.widgets.quiet_list import QuietList
from ui.words import Words

Index = QModelIndex | QPersistentModelIndex
FINDING = Qt.ItemDataRole.UserRole + 1
_NO_PARENT = QModelIndex()
_LEFT = 24
_WRAP = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft


class FindingsModel(QAbstractListModel):
    """The findings, those that block first."""

    def __init__(self, words: Words, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self.findings: tuple[Finding, ...] = ()

    def update(self, findings: Sequence[Finding]) -> None:
        """Show these."""
        self.beginResetModel()
        self.findings = tuple(sorted(findings, key=lambda finding: finding.severity != "block"))
        self.endResetModel()

    def rowCount(self, parent: Index = _NO_PARENT) -> int:
        """Qt: how many rows there are."""
        return 0 if parent.isValid() else len(self.findings)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Qt: the finding, and its words."""
        if not index.isValid():
            return None
        finding = self.findings[index.row()]
        if role == FINDING:
            return finding
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return self._words.sentence(finding.text)
        return None


class _Lines(QStyledItemDelegate):
    """Draws an icon and the sentence; lines that lead to a page or a paper look like links."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Qt: as high as the sentence needs."""
        view = option.widget
        width = view.viewport().width() if isinstance(view, QListView) else 280
        space = QRect(0, 0, max(60, width - _LEFT - 4), 1000)
        height = QFontMetrics(option.font).boundingRect(space, _WRAP, index.data()).height()
        return QSize(width, height + 4)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Qt: draw one line."""
        finding: Finding = index.data(FINDING)
        rect: QRect = option.rect
        blocks = finding.severity == "block"
        color = style.INK if blocks else style.AMBER
        painter.save()
        leads = bool(finding.page_id or finding.component)
        if leads and option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, QColor(style.ACCENT_SOFT))
        sign = icons.pixmap("circle" if blocks else "warn", style.MUTED if blocks else style.AMBER, 14)
        painter.drawPixmap(rect.left() + 2, rect.top() + 4, sign)
        font = option.font
        font.setUnderline(leads)
        painter.setFont(font)
        painter.setPen(QColor(style.ACCENT if leads and blocks else color))
        painter.drawText(rect.adjusted(_LEFT, 1, -4, 0), _WRAP, index.data())
        painter.restore()


class FindingsList(QWidget):
    """At most a few lines high; longer lists scroll.

    ``page_wanted`` has the page of a finding; ``paper_wanted`` the component of one that is about no page.
    """

    page_wanted = Signal(str)
    paper_wanted = Signal(str)

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ready = False
        self._highest = 0
        self.model = FindingsModel(words, self)
        self._title = label(words, messages.TO_DO, "section")
        self._done = label(words, messages.NOTHING_TO_DO, "muted")
        self._view = QuietList("findings")
        self._view.setModel(self.model)
        self._view.setItemDelegate(_Lines(self))
        self._view.clicked.connect(self._go)
        self._view.activated.connect(self._go)
        words.bind(self._view.setAccessibleName, messages.TO_DO)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for widget in (self._title, self._view, self._done):
            column.addWidget(widget)
        words.changed.connect(self._arrange)

    def show_findings(self, findings: Sequence[Finding], has_pages: bool) -> None:
        """Show these; without any and with pages, say that all is there."""
        if set(findings) != set(self.model.findings) or has_pages != self._ready:
            self._ready = has_pages
            self.model.update(findings)
            self._arrange()

    def limit(self, highest: int) -> None:
        """Be at most so many pixels high; more lines scroll."""
        if highest != self._highest:
            self._highest = highest
            self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt: lines wrap anew."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        some = bool(self.model.findings)
        self._title.setVisible(some)
        self._view.setVisible(some)
        self._done.setVisible(not some and self._ready)
        needed = 0
        for row in range(self.model.rowCount()):
            needed += self._view.sizeHintForIndex(self.model.index(row)).height()
            if needed > self._highest:
                break
        self._view.setFixedHeight(min(self._highest, needed + 2))
        self._view.scheduleDelayedItemsLayout()

    def _go(self, index: QModelIndex) -> None:
        finding: Finding = index.data(FINDING)
        if finding.page_id:
            self.page_wanted.emit(finding.page_id)
        elif finding.component:
            self.paper_wanted.emit(finding.component)
