"""The history of a dossier as a table: which revision, when, what, who, why."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QDialog, QHeaderView, QTableWidget, QTableWidgetItem, QVBoxLayout, QWidget

from app.model.history import HistoryLine
from ui import messages
from ui.words import Words


class HistoryDialog(QDialog):
    """Shows the steps, oldest first."""

    def __init__(self, words: Words, number: str, lines: Sequence[HistoryLine], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        say = words.say
        self.setWindowTitle(f"{say(messages.HISTORY)} {number}")
        heads = [say(text) for text in messages.HISTORY_HEADS]
        self.table = table = QTableWidget(len(lines), len(heads))
        table.setHorizontalHeaderLabels(heads)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setAccessibleName(say(messages.HISTORY))
        table.verticalHeader().hide()
        for row, line in enumerate(lines):
            when = f"{line.at.astimezone():%H:%M %d/%m/%Y}"
            cells = (str(line.revision), when, say(messages.HISTORY_STEPS[line.step]), line.operator, line.reason)
            for column, text in enumerate(cells):
                item = QTableWidgetItem(text)
                item.setTextAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
                table.setItem(row, column, item)
        header = table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(len(heads) - 1, QHeaderView.ResizeMode.Stretch)
        column_box = QVBoxLayout(self)
        column_box.addWidget(table)
        self.resize(760, 320)
        table.resizeRowsToContents()
