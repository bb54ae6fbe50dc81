"""Collects Python's garbage on the GUI thread only.

Python collects in whichever thread happens to allocate. Where that is a worker, Qt objects caught in a cycle would be
destroyed in the wrong thread, which Qt answers with a crash.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

_EVERY_MS = 2000
# Counts of Python's own thresholds: young objects often, older ones now and then.
_LIMITS = (700, 10, 10)


class Collector(QObject):
    """Takes the work over from Python while it lives; what exists at the start is left out, so that each turn is short."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.collect()
        gc.freeze()
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY_MS)
        self._timer.timeout.connect(self._collect)
        self._timer.start()

    def stop(self) -> None:
        """Give the work back to Python."""
        self._timer.stop()
        gc.unfreeze()
        gc.enable()

    def _collect(self) -> None:
        for generation in reversed(range(3)):
            if gc.get_count()[generation] > _LIMITS[generation]:
                gc.collect(generation)
                return
