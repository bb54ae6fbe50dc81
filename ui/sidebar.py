"""The list of dossiers at the left: always there in a wide window, called with a button in a narrow one."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QToolButton

from ui.screens.queue_panel import QueuePanel

_NARROW = 1180


class Sidebar(QObject):
    """Shows and hides the list; the button is there only where the list gave way."""

    def __init__(self, panel: QueuePanel, button: QToolButton, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._panel = panel
        self._button = button
        self._narrow = False
        button.setCheckable(True)
        button.hide()
        button.toggled.connect(self._show)
        # A dossier was chosen: the page needs the room again.
        panel.opened.connect(lambda: button.setChecked(False))
        panel.listed.connect(lambda: button.setChecked(True))

    def fit(self, width: int) -> None:
        """Give way to the page in a window that became narrow, come back in one that became wide."""
        narrow = width < _NARROW
        if narrow != self._narrow:
            self._narrow = narrow
            self._button.setVisible(narrow)
            self._button.setChecked(False)
            self._panel.setVisible(not narrow)

    def _show(self, wanted: bool) -> None:
        self._panel.setVisible(wanted or not self._narrow)
