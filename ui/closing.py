"""Closing without losing anything: the sheet being scanned is kept, packing ends, what was typed is written."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from ui import messages
from ui.finishing import Finish
from ui.operations import Operation, Operations
from ui.scanning import Scanning


class Closing(QObject):
    """``ready`` says that the window may go. Asked once it waits for running work, asked again it breaks that off."""

    ready = Signal()

    def __init__(self, scanning: Scanning, finish: Finish, operations: Operations, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._scanning = scanning
        self._finish = finish
        self._operations = operations
        self._writing = False
        self.asked = False
        self.done = False
        scanning.changed.connect(self._go_on)
        finish.changed.connect(self._go_on)

    def ask(self) -> None:
        """Begin to close; a second time, break off what runs. Pages that were committed stay, a dossier stays open."""
        if self.asked and self._scanning.running:
            self._scanning.stop()
        if self.asked and self._finish.running:
            self._finish.cancel()
        self.asked = True
        self._go_on()

    def _go_on(self) -> None:
        if not self.asked or self._writing:
            return
        if self._scanning.running:
            if not self._scanning.stopping:
                self._scanning.stop()
        elif self._scanning.asking:
            self._scanning.done()
        elif not self._finish.running:
            self._writing = True
            # The lane keeps its order: once this is through, everything that was asked for before is written.
            self._operations.start(Operation(messages.CHANGE_DOSSIER, lambda: None, self._leave, self._leave))

    def _leave(self, _outcome: object) -> None:
        self.done = True
        self.ready.emit()
