"""What a scan session asks of the clerk: what happened, what to do with the paper, and the two answers."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.acquisition.prompts import Prompt
from ui import icons, messages, style
from ui.widgets.banner import wrapping_label
from ui.widgets.buttons import make_primary
from ui.words import Words

_PICTURE_HEIGHT = 64


class PromptBar(QFrame):
    """Shown while a session waits for the clerk. Its picture is the last page kept, to be laid beside the paper."""

    go_on = Signal()
    done = Signal()

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self._words = words
        self._prompt: Prompt | None = None
        self._sign = QLabel()
        self.title = wrapping_label(bold=True)
        self.remedy = wrapping_label()
        self.picture = QLabel()
        self.picture.setFrameShape(QFrame.Shape.Box)
        words.bind(self.picture.setAccessibleName, messages.LAST_KEPT)
        words.bind(self.picture.setToolTip, messages.LAST_KEPT)
        self.go_on_button, self.done_button = QPushButton(), QPushButton()
        self.go_on_button.clicked.connect(self.go_on)
        self.done_button.clicked.connect(self.done)
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addStretch(1)
        texts.addWidget(self.title)
        texts.addWidget(self.remedy)
        texts.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 6, 14, 6)
        row.setSpacing(10)
        for widget in (self._sign, self.picture):
            row.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addLayout(texts, 1)
        for button in (self.go_on_button, self.done_button):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            row.addWidget(button)
        words.changed.connect(self._speak)
        self.hide()

    @property
    def page(self) -> str:
        """The id of the page whose picture belongs here, empty where there is none."""
        return self._prompt.page if self._prompt is not None else ""

    def show_prompt(self, prompt: Prompt | None, picture: QPixmap | None) -> None:
        """Show what is asked, or nothing."""
        if prompt != self._prompt:
            self._prompt = prompt
            self._speak()
        if picture is not None:
            self.picture.setPixmap(picture.scaledToHeight(_PICTURE_HEIGHT, Qt.TransformationMode.SmoothTransformation))
        self.picture.setVisible(picture is not None)
        self.setVisible(prompt is not None)

    def primary(self, wanted: bool) -> None:
        """Make going on the next thing to do."""
        make_primary(self.go_on_button, "scan", wanted)

    def _speak(self) -> None:
        prompt = self._prompt
        if prompt is None:
            return
        style.mark(self, "kind", "error" if prompt.error else "notice")
        self._sign.setPixmap(icons.pixmap("warn", style.RED, 24) if prompt.error else icons.pixmap("scan", style.AMBER, 24))
        self.go_on_button.setVisible(prompt.go_on is not None)
        for target, text in (
            (self.title, prompt.title),
            (self.remedy, prompt.remedy),
            (self.go_on_button, prompt.go_on),
            (self.done_button, prompt.done),
        ):
            if text is not None:
                target.setText(self._words.as_is(text))
                target.setAccessibleName(self._words.as_is(text))
