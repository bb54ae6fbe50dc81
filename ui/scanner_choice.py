"""Asks which of several equal scanners a profile means: a menu at the mouse, which remembers the answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QMenu, QWidget

from app.model.profile import ScannerName
from ui import messages
from ui.words import Words

_AT = " @ "


def ask(scanners: Sequence[ScannerName], chosen: Callable[[ScannerName], None], words: Words, parent: QWidget) -> QMenu:
    """Show the scanners with the place of each; gives the menu, which calls ``chosen``."""
    menu = QMenu(parent)
    for scanner in scanners:
        place = scanner.identity.rpartition(_AT)[2] or scanner.device
        action = menu.addAction(words.say(messages.SCANNER_PLACE, label=scanner.label, place=place))
        action.triggered.connect(lambda _checked=False, scanner=scanner: chosen(scanner))
    menu.aboutToHide.connect(menu.deleteLater)
    menu.popup(QCursor.pos())
    return menu
