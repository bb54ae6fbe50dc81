"""The one way from worker threads into the window: they hold plain callbacks, the bridge brings the calls over."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal, Slot

from app.events import Change, Events


class Bridge(QObject):
    """Lives on the GUI thread. ``noticed`` carries change notices; ``post`` brings any call over."""

    noticed = Signal(object)
    _called = Signal(object)

    def __init__(self, events: Events, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._open = True
        self._called.connect(self._run, Qt.ConnectionType.QueuedConnection)
        self._unsubscribe = events.subscribe(self._hear)

    def post(self, call: Callable[[], None]) -> None:
        """Have a call made on the GUI thread; may be used from any thread, does nothing once closed."""
        if self._open:
            self._called.emit(call)

    def close(self) -> None:
        """Bring nothing over any more."""
        self._open = False
        self._unsubscribe()

    def _hear(self, change: Change) -> None:
        self.post(lambda: self.noticed.emit(change))

    @Slot(object)
    def _run(self, call: Callable[[], None]) -> None:
        if self._open:
            call()
