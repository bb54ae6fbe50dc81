"""The offer that turning one page makes: to turn the rest of its pile the same way."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from ui import messages
from ui.widgets.buttons import icon_button, label, word_button
from ui.words import Words


class StackBar(QFrame):
    """Shown after a page was turned, while other pages of its pile lie another way. ``accepted`` has the page turned."""

    accepted = Signal(str)

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("viewBar")
        self._words = words
        self._page_id, self._count = "", 0
        self._question = label(words, None, "muted")
        self.accept = word_button(words, messages.STACK_TURN, "rotate-right")
        close = icon_button(words, "close", messages.DISMISS)
        self.accept.clicked.connect(self._accepted)
        close.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 5, 8, 5)
        row.setSpacing(8)
        row.addWidget(self._question, 1)
        row.addWidget(self.accept)
        row.addWidget(close)
        words.changed.connect(self._speak)
        self.hide()

    def offer(self, page_id: str, count: int) -> None:
        """Ask about ``count`` other pages of the pile of a page that was turned; nothing where there are none."""
        self._page_id, self._count = page_id, count
        self._speak()
        self.setVisible(count > 0)

    def keep_for(self, page_id: str) -> None:
        """Take the question back where another page is looked at."""
        if page_id != self._page_id:
            self.hide()

    def _accepted(self) -> None:
        self.hide()
        self.accepted.emit(self._page_id)

    def _speak(self) -> None:
        self._question.setText(self._words.say(messages.STACK_QUESTION, count=self._count))
