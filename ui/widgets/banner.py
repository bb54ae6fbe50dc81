"""The one place where errors and notices are shown: a slim line with what happened, what to do, and a button."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from app.errors import Text
from ui import icons, messages, style
from ui.widgets.buttons import icon_button
from ui.words import Words

Kind = Literal["error", "notice", "done"]
_SIGNS = {"error": ("refused", style.RED), "notice": ("warn", style.AMBER), "done": ("check", style.GREEN)}


@dataclass(frozen=True)
class Answer:
    """A button of the banner."""

    text: Text
    action: Callable[[], None]


class Banner(QFrame):
    """Hidden while there is nothing to say. What is shown stays until it is answered, hidden or replaced."""

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self._words = words
        self._render: Callable[[], tuple[str, str]] = lambda: ("", "")
        self._answer: Answer | None = None
        self._error: BaseException | None = None
        self._sign = QLabel()
        self.title = wrapping_label(bold=True)
        self.remedy = wrapping_label()
        self.button = QPushButton()
        self.button.clicked.connect(self._answered)
        close = icon_button(words, "close", messages.DISMISS)
        close.clicked.connect(self.hide)
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(self.title)
        texts.addWidget(self.remedy)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 6, 8, 6)
        row.setSpacing(10)
        row.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addLayout(texts, 1)
        row.addWidget(self.button)
        row.addWidget(close)
        words.changed.connect(self._speak)
        self.hide()

    def show_error(self, error: BaseException, answer: Answer | None = None) -> None:
        """Say what failed, what is safe and what to do."""
        self._error = error
        self._present("error", lambda: self._words.error(error), answer)

    def change_error(self, said: BaseException, now: BaseException | None) -> None:
        """Say what an error has become, or nothing any more; only where it still is what is said."""
        if self.isHidden() or self._error is not said:
            return
        if now is None:
            self.hide()
        else:
            self.show_error(now)

    def show_notices(self, notices: Sequence[Text]) -> None:
        """Say what should be looked at, all of it together; nothing where there is nothing."""
        if notices:
            self._error = None
            self._present("notice", lambda: ("\n".join(self._words.as_is(text) for text in notices), ""), None)

    def show_outcome(self, text: Text, *, well: bool, answer: Answer | None = None) -> None:
        """Say how something ended that somebody asked for and reads the end of."""
        self._error = None
        self._present("done" if well else "notice", lambda: (self._words.as_is(text), ""), answer)

    def _present(self, kind: Kind, render: Callable[[], tuple[str, str]], answer: Answer | None) -> None:
        self._render = render
        self._answer = answer
        style.mark(self, "kind", kind)
        self._sign.setPixmap(icons.pixmap(*_SIGNS[kind], 24))
        self._speak()
        self.show()

    def _speak(self) -> None:
        title, remedy = self._render()
        self.title.setText(title)
        self.remedy.setText(remedy)
        self.remedy.setVisible(bool(remedy))
        self.button.setVisible(self._answer is not None)
        if self._answer is not None:
            self.button.setText(self._words.say(self._answer.text))
        self.setAccessibleName(f"{title} {remedy}")

    def _answered(self) -> None:
        self.hide()
        if self._answer is not None:
            self._answer.action()


def wrapping_label(bold: bool = False) -> QLabel:
    """Make a label for plain text that takes the width there is and may be copied from."""
    made = QLabel()
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWordWrap(True)
    made.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    if bold:
        font = made.font()
        font.setBold(True)
        made.setFont(font)
    return made
