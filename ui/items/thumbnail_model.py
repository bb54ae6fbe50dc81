"""The strip as a Qt model. Rows keep their identity, so that selection and scrolling survive every change."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, QMimeData, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QPixmap

from ui import messages
from ui.images import Images
from ui.items.cells import Cell, Group
from ui.words import Words

Index = QModelIndex | QPersistentModelIndex
MIME = "application/x-sohoa-pages"
CELL = Qt.ItemDataRole.UserRole + 1
_NO_PARENT = QModelIndex()


class ThumbnailModel(QAbstractListModel):
    """Cells of the open dossier; ``update`` makes the fewest changes that lead to the new ones."""

    def __init__(self, images: Images, words: Words, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._images = images
        self._words = words
        self._cells: list[Cell] = []
        images.thumbnail_ready.connect(self._redraw)

    def update(self, cells: Sequence[Cell]) -> None:
        """Remove, move, insert and change rows until they are these."""
        wanted = {cell.key for cell in cells}
        for row in reversed(range(len(self._cells))):
            if self._cells[row].key not in wanted:
                self.beginRemoveRows(_NO_PARENT, row, row)
                del self._cells[row]
                self.endRemoveRows()
        for row, cell in enumerate(cells):
            self._bring(row, cell)
        for row, cell in enumerate(cells):
            if self._cells[row] != cell:
                self._cells[row] = cell
                self.dataChanged.emit(self.index(row), self.index(row))

    def _bring(self, row: int, cell: Cell) -> None:
        if row < len(self._cells) and self._cells[row].key == cell.key:
            return
        at = self.row_of(cell.key)
        if at < 0:
            self.beginInsertRows(_NO_PARENT, row, row)
            self._cells.insert(row, cell)
            self.endInsertRows()
        else:
            self.beginMoveRows(_NO_PARENT, at, at, _NO_PARENT, row)
            self._cells.insert(row, self._cells.pop(at))
            self.endMoveRows()

    @property
    def cells(self) -> Sequence[Cell]:
        """All cells, in order."""
        return self._cells

    def row_of(self, key: str) -> int:
        """Give the row of a page or group, -1 where there is none."""
        return next((row for row, cell in enumerate(self._cells) if cell.key == key), -1)

    def picture(self, cell: Cell) -> QPixmap | None:
        """Give the thumbnail of a page where it is at hand; it is fetched otherwise."""
        return self._images.thumbnail(cell.page) if cell.page is not None else None

    def group_name(self, group: Group) -> str:
        """Give the name of a group in the language of the window."""
        return group.name if group.code else self._words.say(messages.NOT_PLACED)

    def _redraw(self, page_id: str) -> None:
        row = self.row_of(page_id)
        if row >= 0:
            self.dataChanged.emit(self.index(row), self.index(row), [Qt.ItemDataRole.DecorationRole])

    def rowCount(self, parent: Index = _NO_PARENT) -> int:
        """Qt: how many rows there are."""
        return 0 if parent.isValid() else len(self._cells)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Qt: the cell itself, and its words for tooltips and screen readers."""
        if not index.isValid():
            return None
        cell = self._cells[index.row()]
        if role == CELL:
            return cell
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.DisplayRole):
            name = self.group_name(cell.group)
            return name if cell.page is None else self._words.say(messages.PAGE_NAME, number=cell.number, group=name)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Qt: pages can be chosen and dragged, heads cannot."""
        if not index.isValid() or self._cells[index.row()].page is None:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsDragEnabled

    def mimeTypes(self) -> list[str]:
        """Qt: what a drag carries."""
        return [MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """Qt: the ids of the dragged pages, in order."""
        rows = sorted(index.row() for index in indexes)
        carried = QMimeData()
        carried.setData(MIME, "\n".join(self._cells[row].key for row in rows).encode())
        return carried

    def supportedDragActions(self) -> Qt.DropAction:
        """Qt: pages move, they are never copied."""
        return Qt.DropAction.MoveAction
