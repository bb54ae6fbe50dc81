"""Tables that are read, not filled in; Ctrl+C copies the rows that are selected, as a spreadsheet takes them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem


class ReadingTable(QTableWidget):
    """A table with these heads and rows; its last column takes what room is left."""

    def __init__(self, heads: Sequence[str], rows: Sequence[Sequence[str]] = ()) -> None:
        super().__init__(len(rows), len(heads))
        self._heads = list(heads)
        self.setHorizontalHeaderLabels(self._heads)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setWordWrap(True)
        self.verticalHeader().hide()
        for row, cells in enumerate(rows):
            for column, text in enumerate(cells):
                item = QTableWidgetItem(text)
                item.setTextAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
                self.setItem(row, column, item)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(len(heads) - 1, QHeaderView.ResizeMode.Stretch)

    def copy(self, rows: Sequence[int]) -> None:
        """Put rows on the clipboard under the table's heads, columns parted by tabs."""
        lines = [self._heads]
        for row in rows:
            cells = [self.item(row, column) for column in range(self.columnCount())]
            lines.append([" ".join(cell.text().split()) if cell else "" for cell in cells])
        QGuiApplication.clipboard().setText("\n".join("\t".join(line) for line in lines))

    def showEvent(self, event: QShowEvent) -> None:
        """Qt: how high rows are depends on how wide the table has become."""
        super().showEvent(event)
        self.resizeRowsToContents()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: a plain table copies one cell only."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy(sorted({index.row() for index in self.selectedIndexes()}))
        else:
            super().keyPressEvent(event)
