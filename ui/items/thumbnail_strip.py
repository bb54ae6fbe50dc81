"""The strip under the page: choose one or many pages, drag them between papers, or put them under one by key or menu."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QListView, QWidget

from ui import messages, style
from ui.images import Images
from ui.items.cells import Cell
from ui.items.thumbnail_delegate import ThumbnailDelegate
from ui.items.thumbnail_model import MIME, Index, ThumbnailModel
from ui.words import Words

_MOVES = {
    Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End,
    Qt.Key.Key_PageUp, Qt.Key.Key_PageDown,
}  # fmt: skip


@dataclass(frozen=True)
class Drop:
    """Where dragged pages are put: under a paper, before a page of it or (empty) at its end."""

    pages: tuple[str, ...]
    component: str
    before: str


class ThumbnailStrip(QListView):
    """One row of thumbnails. ``page_chosen`` has the id of the page to show, empty where there is none."""

    page_chosen = Signal(str)
    dropped = Signal(object)
    menu_wanted = Signal(QPoint)

    def __init__(self, images: Images, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("strip")
        words.bind(self.setAccessibleName, messages.STRIP)
        self.pages = ThumbnailModel(images, words, self)
        self._drawer = ThumbnailDelegate(self.pages, words, self)
        self._mark = -1
        self.setModel(self.pages)
        self.setItemDelegate(self._drawer)
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(False)
        self.setUniformItemSizes(False)
        self.setMovement(QListView.Movement.Static)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setDragEnabled(True)
        self.setAcceptDrops(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(lambda at: self.menu_wanted.emit(self.viewport().mapToGlobal(at)))
        self.setMinimumHeight(132)
        words.changed.connect(self.viewport().update)

    def selected_ids(self) -> list[str]:
        """Give the chosen pages in their order; the page on screen where none is chosen."""
        rows = sorted(index.row() for index in self.selectedIndexes())
        chosen = [self.pages.cells[row].key for row in rows]
        return chosen or ([self._drawer.shown] if self._drawer.shown else [])

    def page_ids(self) -> list[str]:
        """Give all pages in the order of the strip."""
        return [cell.key for cell in self.pages.cells if cell.page is not None]

    def update_cells(self, cells: Sequence[Cell]) -> None:
        """Show these cells. Where the page on screen is gone, what lies in its place now is shown: what replaced it."""
        before, shown = self.page_ids(), self.shown
        self.pages.update(cells)
        order = self.page_ids()
        if shown not in order:
            at = before.index(shown) if shown in before else 0
            self.show_page(order[min(at, len(order) - 1)] if order else "")

    def cell(self, page_id: str) -> Cell | None:
        """Give the cell of a page, or None."""
        row = self.pages.row_of(page_id)
        return self.pages.cells[row] if row >= 0 else None

    @property
    def shown(self) -> str:
        """The id of the page on screen."""
        return self._drawer.shown

    def show_page(self, page_id: str) -> None:
        """Choose this page alone and bring it into view; an empty id chooses none."""
        if not page_id:
            self._drawer.forget()
        row = self.pages.row_of(page_id)
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self.selectionModel().setCurrentIndex(self.pages.index(row) if row >= 0 else QModelIndex(), flags)
        self._set_shown(page_id if row >= 0 else "")

    def step(self, by: int) -> None:
        """Go to the next (1) or previous (-1) page."""
        order = self.page_ids()
        if order:
            at = order.index(self.shown) + by if self.shown in order else 0
            self.show_page(order[max(0, min(at, len(order) - 1))])

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Qt: the page under the cursor is the one on screen."""
        super().currentChanged(current, previous)
        if current.isValid() and self.pages.cells[current.row()].page is not None:
            self._set_shown(self.pages.cells[current.row()].key)
            self.scrollTo(current)

    def _set_shown(self, page_id: str) -> None:
        if page_id != self._drawer.shown:
            self._drawer.shown = page_id
            self.viewport().update()
            self.page_chosen.emit(page_id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: keys that move stay here; all others are the window's."""
        if event.key() in _MOVES:
            super().keyPressEvent(event)
        else:
            event.ignore()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Qt: the wheel moves along the strip."""
        turned = event.angleDelta()
        bar = self.horizontalScrollBar()
        bar.setValue(bar.value() - (turned.y() or turned.x()))
        event.accept()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt: cells are as high as the strip."""
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()

    # --- dragging --------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Qt: only pages are taken."""
        if event.mimeData().hasFormat(MIME):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Qt: show where the pages would go."""
        super().dragMoveEvent(event)
        if event.mimeData().hasFormat(MIME):
            self._mark = self._gap_at(event.position().toPoint())
            self.viewport().update()
            event.setDropAction(Qt.DropAction.MoveAction)
            event.accept()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Qt: the pages would go nowhere."""
        super().dragLeaveEvent(event)
        self._mark = -1
        self.viewport().update()

    def dropEvent(self, event: QDropEvent) -> None:
        """Qt: say where the pages go; the model follows when the dossier has changed."""
        self._mark = -1
        self.viewport().update()
        if event.mimeData().hasFormat(MIME):
            ids = tuple(bytes(event.mimeData().data(MIME).data()).decode().split("\n"))
            self.dropped.emit(self.drop_at(self._gap_at(event.position().toPoint()), ids))
            event.setDropAction(Qt.DropAction.MoveAction)
            event.accept()

    def drop_at(self, gap: int, ids: tuple[str, ...]) -> Drop:
        """Say what dropping pages into the gap before row ``gap`` means."""
        cells = self.pages.cells
        head = cells[max(0, gap - 1)]
        following = next((cell for cell in cells[gap:] if cell.key not in ids), None)
        same = following is not None and following.page is not None and following.group == head.group
        return Drop(ids, head.group.code, following.key if same and following is not None else "")

    def _gap_at(self, at: QPoint) -> int:
        for row, cell in enumerate(self.pages.cells):
            rect = self.visualRect(self.pages.index(row))
            if at.x() < rect.right():
                before = cell.page is not None and at.x() < rect.center().x()
                return row if before else row + 1
        return len(self.pages.cells)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt: draw the cells, and the line where dragged pages would go."""
        super().paintEvent(event)
        if self._mark < 0 or not self.pages.cells:
            return
        row = min(self._mark, len(self.pages.cells)) - 1
        x = self.visualRect(self.pages.index(max(0, row))).right() + 1
        painter = QPainter(self.viewport())
        painter.setPen(QPen(QColor(style.ACCENT), 3))
        painter.drawLine(x, 8, x, self.viewport().height() - 8)
        painter.end()
