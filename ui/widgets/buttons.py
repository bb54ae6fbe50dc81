"""Buttons with an icon, a name for screen readers and a tooltip that tells the key."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from app.errors import Text
from ui import icons, messages, style
from ui.words import Words


def icon_button(words: Words, name: str, text: Text, key: str = "", *, flat: bool = True) -> QToolButton:
    """Make a button that shows only an icon; its words are in the tooltip and for screen readers."""
    button = QToolButton()
    button.setIcon(icons.icon(name))
    button.setIconSize(QSize(20, 20))
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    if flat:
        button.setObjectName("flat")
    words.bind(button.setAccessibleName, text)
    words.bind(lambda shown: button.setToolTip(f"{shown} ({key})" if key else shown), text)
    return button


def word_button(words: Words, text: Text, name: str = "") -> QPushButton:
    """Make a button with words and perhaps an icon."""
    button = QPushButton()
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    if name:
        button.setIcon(icons.icon(name))
        button.setIconSize(QSize(18, 18))
    words.bind(button.setText, text)
    words.bind(button.setAccessibleName, text)
    return button


def make_primary(button: QPushButton, icon: str, wanted: bool = True) -> None:
    """Make a button the one to press next, or a quiet one again; its icon follows."""
    style.mark(button, "primary", "true" if wanted else "false")
    button.setIcon(icons.icon(icon, "#ffffff" if wanted else style.INK))


def label(words: Words | None, text: Text | None, kind: str = "") -> QLabel:
    """Make a label of a kind that the style sheet knows (heading, section, caption, muted)."""
    made = QLabel()
    made.setObjectName(kind)
    made.setTextFormat(Qt.TextFormat.PlainText)
    if words is not None and text is not None:
        words.bind(made.setText, text)
    return made


def screen_top(words: Words, title: Text, back: Callable[[], object]) -> QHBoxLayout:
    """Begin the top of a screen that lies over the desk: the way back, and the title."""
    button = icon_button(words, "back", messages.BACK_TO_DESK, "Esc")
    button.clicked.connect(lambda: back())
    top = QHBoxLayout()
    top.setContentsMargins(12, 10, 14, 6)
    top.setSpacing(8)
    top.addWidget(button)
    top.addWidget(label(words, title, "heading"))
    return top


def answer_row(words: Words, leave: Callable[[], object], go: QPushButton, leaving: Text = messages.CANCEL) -> QHBoxLayout:
    """Make the last row of a dialog: the way out without an answer, and the answer."""
    button = QPushButton(words.say(leaving))
    button.setAutoDefault(False)
    button.clicked.connect(lambda: leave())
    row = QHBoxLayout()
    row.addStretch(1)
    row.addWidget(button)
    row.addWidget(go)
    return row


def rule() -> QWidget:
    """Make a thin line between two parts."""
    line = QFrame()
    line.setObjectName("rule")
    return line
