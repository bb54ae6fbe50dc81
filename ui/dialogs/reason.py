"""Asks why a finished dossier is corrected. Not modal; closed by Esc."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from app.filing.revisions import LONGEST_REASON
from ui import messages, style
from ui.widgets.buttons import answer_row, label
from ui.words import Words


class ReasonDialog(QDialog):
    """``given`` has the reason."""

    given = Signal(str)

    def __init__(self, words: Words, number: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        say = words.say
        self.setWindowTitle(f"{say(messages.CORRECT).rstrip('…')} {number}")
        intro = label(None, None, "muted")
        intro.setText(say(messages.CORRECT_INTRO))
        intro.setWordWrap(True)
        self.reason = QPlainTextEdit()
        self.reason.setPlaceholderText(say(messages.CORRECT_HINT))
        self.reason.setAccessibleName(say(messages.CORRECT_INTRO))
        self.reason.setTabChangesFocus(True)
        self.go = QPushButton(say(messages.CORRECT_GO))
        self.go.setDefault(True)
        style.mark(self.go, "primary", "true")
        self.go.clicked.connect(self._give)
        self.reason.textChanged.connect(self._allow)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 14)
        column.setSpacing(10)
        column.addWidget(intro)
        column.addWidget(self.reason)
        column.addLayout(answer_row(words, self.close, self.go))
        self.setMinimumWidth(460)
        self._allow()

    def _allow(self) -> None:
        self.go.setEnabled(0 < len(" ".join(self.reason.toPlainText().split())) <= LONGEST_REASON)

    def _give(self) -> None:
        self.given.emit(self.reason.toPlainText())
        self.accept()
