"""What came of a file or a package, point by point: to be read, copied, and perhaps acted on. Not modal; closed by Esc."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QPushButton, QVBoxLayout, QWidget

from app.errors import Text
from ui import messages, style
from ui.widgets.buttons import answer_row, label
from ui.widgets.tables import ReadingTable
from ui.words import Words


class ReportDialog(QDialog):
    """A sentence, and a table where there is more to say. ``agreed`` comes from the button that ``offer`` shows."""

    agreed = Signal()

    def __init__(
        self, words: Words, title: str, summary: str, heads: Sequence[Text], rows: Sequence[Sequence[str]], parent: QWidget
    ) -> None:
        super().__init__(parent)
        say = words.say
        self.setWindowTitle(title)
        self.summary = label(None, None)
        self.summary.setText(summary)
        self.summary.setWordWrap(True)
        self.table = ReadingTable([say(head) for head in heads], rows)
        self.table.setAccessibleName(summary)
        self.table.setVisible(bool(rows))
        self.copy = QPushButton(say(messages.REPORT_COPY))
        self.copy.setVisible(bool(rows))
        self.copy.clicked.connect(lambda: self.table.copy(range(self.table.rowCount())))
        self.copy.setAutoDefault(False)
        self.go = QPushButton()
        self.go.setDefault(True)
        self.go.hide()
        style.mark(self.go, "primary", "true")
        self.go.clicked.connect(self.agreed)
        self.go.clicked.connect(self.accept)
        buttons = answer_row(words, self.close, self.go, messages.CHECK_CLOSE)
        buttons.insertWidget(0, self.copy)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 14)
        column.setSpacing(10)
        column.addWidget(self.summary)
        column.addWidget(self.table, 1)
        column.addLayout(buttons)
        self.setMinimumWidth(460)
        if rows:
            self.resize(860, 420)

    def offer(self, text: str) -> None:
        """Show the button that does what the report is about."""
        self.go.setText(text)
        self.go.show()
