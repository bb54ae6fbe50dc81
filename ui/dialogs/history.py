"""The history of a dossier as a table: which revision, when, what, who, why."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from app.model.history import HistoryLine
from ui import messages
from ui.widgets.tables import ReadingTable
from ui.words import Words


class HistoryDialog(QDialog):
    """Shows the steps, oldest first."""

    def __init__(self, words: Words, number: str, lines: Sequence[HistoryLine], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        say = words.say
        self.setWindowTitle(f"{say(messages.HISTORY)} {number}")
        heads = [say(text) for text in messages.HISTORY_HEADS]
        rows = [
            (
                str(line.revision),
                f"{line.at.astimezone():%H:%M %d/%m/%Y}",
                say(messages.HISTORY_STEPS[line.step]),
                line.operator,
                line.reason,
            )
            for line in lines
        ]
        self.table = table = ReadingTable(heads, rows)
        table.setAccessibleName(say(messages.HISTORY))
        column_box = QVBoxLayout(self)
        column_box.addWidget(table)
        self.resize(760, 320)
