"""Which key does what: commands for the whole window, and those for pages that never disturb typing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from app.model.profile import PROFILE_KEYS

# These work wherever the cursor is.
WINDOW = {
    "F5": "scan",
    "Ctrl+K": "find",
    "Ctrl+N": "new",
    "Ctrl+Return": "finish",
    "Ctrl+Enter": "finish",
    "Ctrl+B": "outbox",
    "Ctrl+D": "paper",
    "Ctrl+,": "settings",
    "Ctrl++": "zoom_in",
    "Ctrl+=": "zoom_in",
    "Ctrl+-": "zoom_out",
    "Ctrl+0": "zoom_fit",
    "Ctrl+1": "zoom_actual",
}

# A focused field keeps these to itself; they reach the window only from elsewhere.
PAGE = {
    Qt.Key.Key_Space: "next",
    Qt.Key.Key_Backspace: "previous",
    Qt.Key.Key_R: "turn_right",
    Qt.Key.Key_L: "turn_left",
    Qt.Key.Key_C: "crop",
    Qt.Key.Key_B: "mark_blank",
    Qt.Key.Key_O: "flip",
    Qt.Key.Key_I: "scan_before",
    Qt.Key.Key_T: "scan_instead",
    Qt.Key.Key_Delete: "delete",
    Qt.Key.Key_A: "accept_offer",
}

PAGE_WITH_CONTROL = {Qt.Key.Key_Z: "undo", Qt.Key.Key_Y: "redo"}


def page_command(key: int, modifiers: Qt.KeyboardModifier) -> str:
    """Give the page command of a key, empty where it has none."""
    try:
        named = Qt.Key(key)
    except ValueError:
        return ""
    held = modifiers & ~Qt.KeyboardModifier.KeypadModifier
    if held == Qt.KeyboardModifier.NoModifier:
        return PAGE.get(named, "")
    if held == Qt.KeyboardModifier.ControlModifier:
        return PAGE_WITH_CONTROL.get(named, "")
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    return "redo" if held == both and named == Qt.Key.Key_Z else ""


def component_number(key: int, modifiers: Qt.KeyboardModifier) -> int:
    """Give the component of a digit key, 0 for all other keys."""
    plain = modifiers & ~Qt.KeyboardModifier.KeypadModifier == Qt.KeyboardModifier.NoModifier
    return key - Qt.Key.Key_0 if plain and Qt.Key.Key_1 <= key <= Qt.Key.Key_9 else 0


def bind(
    window: QWidget, actions: Mapping[str, Callable[[], object]], command: Callable[[str], None], profile: Callable[[str], None]
) -> None:
    """Make the keys of the whole window; what is no action of its own is a command for the page."""
    for key, name in WINDOW.items():
        QShortcut(QKeySequence(key), window, actions.get(name) or partial(command, name))
    for key in PROFILE_KEYS:
        QShortcut(QKeySequence(key), window, partial(profile, key))
