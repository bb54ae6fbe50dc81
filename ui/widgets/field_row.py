"""A field of the dossier: its name above, a tick or sign inside, and what is wrong right under it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.errors import Text
from ui import icons, style
from ui.widgets.buttons import label
from ui.words import Words


class FieldRow(QWidget):
    """``edited`` has the text once the clerk is done with the field, ``error`` why the last one was refused."""

    edited = Signal(str)

    def __init__(self, words: Words, name: Text, hint: Text | None = None, field: QLineEdit | None = None) -> None:
        super().__init__()
        self._words = words
        self._stored = ""
        self.error: BaseException | None = None
        self._sent = ""
        self._checking: str | None = None
        self.field = field or QLineEdit()
        words.bind(self.field.setAccessibleName, name)
        if hint is not None:
            words.bind(self.field.setPlaceholderText, hint)
        self._sign = QAction(self)
        self.field.addAction(self._sign, QLineEdit.ActionPosition.TrailingPosition)
        self._sign.setVisible(False)
        self.problem = label(None, None, "fieldError")
        self.problem.setWordWrap(True)
        self.problem.hide()
        self._side = QHBoxLayout()
        self._side.setSpacing(6)
        self._side.addWidget(self.field, 1)
        caption = label(words, name, "caption")
        caption.setBuddy(self.field)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(caption)
        column.addLayout(self._side)
        column.addWidget(self.problem)
        if field is None:
            # A field of its own kind tells by itself what was chosen in it; its text is never checked.
            self.field.editingFinished.connect(self.commit)
        self.field.textEdited.connect(self._touched)
        words.changed.connect(self._speak)

    def add(self, widget: QWidget) -> None:
        """Put a control beside the field."""
        self._side.addWidget(widget)

    @property
    def settled(self) -> bool:
        """Whether the text was taken: neither refused nor still being checked."""
        return self.error is None and self._checking is None

    def commit(self) -> None:
        """Hand over what was typed, once; going back to what is stored takes back what was refused."""
        text = self.field.text().strip()
        if not self.field.isReadOnly() and text != self._sent:
            self._sent = self._checking = text
            self.edited.emit(text)

    def show_value(self, value: str) -> None:
        """Show what is stored; what is being typed or checked is left alone."""
        typing = self.field.hasFocus() and self.field.isModified()
        refused = self.error is not None and self._stored == value
        self._stored = value
        if typing or refused or self._checking is not None:
            return
        self._sent = value
        self.error = None
        if self.field.text() != value:
            self.field.setText(value)
            if not self.field.hasFocus():
                # A number is told apart by its beginning, which the end must not push out of a narrow field.
                self.field.setCursorPosition(0)
        self._speak()

    def reset(self) -> None:
        """Forget everything: another dossier comes."""
        self._stored = self._sent = ""
        self.error = None
        self._checking = None
        self.field.clear()
        self._speak()

    def refuse(self, text: str, error: BaseException) -> None:
        """Say under the field why a text was not taken, unless another one was handed over since."""
        if text == self._checking:
            self._checking = None
            self.error = error
            self._speak()

    def accept(self, text: str) -> None:
        """Take a text as stored, unless another one was handed over since."""
        if text == self._checking:
            self._checking = self.error = None
            self._stored = text
            self.field.setModified(self.field.text().strip() != text)
            self._speak()

    def allow(self, editing: bool) -> None:
        """Let the field be changed or not."""
        self.field.setReadOnly(not editing)

    def _touched(self) -> None:
        self._sign.setVisible(False)

    def _speak(self) -> None:
        bad = self.error is not None
        self.problem.setText(self._words.error_line(self.error) if self.error is not None else "")
        self.problem.setVisible(bad)
        style.mark(self.field, "state", "bad" if bad else "")
        self._sign.setIcon(icons.icon("warn", style.RED) if bad else icons.icon("check", style.MUTED))
        self._sign.setVisible(bad or bool(self._stored))
