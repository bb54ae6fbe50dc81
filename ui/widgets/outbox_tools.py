"""What can be done with the outbox beside sending, as a row of quiet buttons under its title."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from ui import messages
from ui.widgets.buttons import word_button
from ui.words import Words


class OutboxTools(QWidget):
    """While one of them works, the others wait and it can be stopped."""

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.export = word_button(words, messages.ERRAND_EXPORT, "export")
        self.receipts = word_button(words, messages.ERRAND_RECEIPTS, "import")
        self.check = word_button(words, messages.ERRAND_CHECK, "check")
        self.compare = word_button(words, messages.ERRAND_COMPARE, "sync")
        self.verify = word_button(words, messages.ERRAND_VERIFY, "receipt")
        self.clear = word_button(words, messages.ERRAND_CLEAR, "trash")
        self.stop = word_button(words, messages.STOP, "stop")
        self.stop.hide()
        self._starting: list[QPushButton] = []
        for button, tip in (
            (self.export, messages.ERRAND_EXPORT_TIP),
            (self.receipts, messages.ERRAND_RECEIPTS_TIP),
            (self.check, messages.ERRAND_CHECK_TIP),
            (self.compare, messages.ERRAND_COMPARE_TIP),
            (self.verify, messages.ERRAND_VERIFY_TIP),
            (self.clear, messages.ERRAND_CLEAR_TIP),
        ):
            words.bind(button.setToolTip, tip)
            self._starting.append(button)
        row = QHBoxLayout(self)
        row.setContentsMargins(50, 0, 14, 8)
        row.setSpacing(6)
        for button in (self.export, self.receipts, self.check):
            row.addWidget(button)
        row.addSpacing(14)
        for button in (self.compare, self.verify, self.clear, self.stop):
            row.addWidget(button)
        row.addStretch(1)

    def show_running(self, running: bool) -> None:
        """Let nothing else begin while one thing is done."""
        for button in self._starting:
            button.setEnabled(not running)
        self.stop.setVisible(running)
