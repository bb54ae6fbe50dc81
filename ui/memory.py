"""Where the window was, how wide its parts were and which profile scanned, kept between two starts."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings
from PySide6.QtWidgets import QMainWindow, QSplitter


class Memory:
    """One small file beside the settings."""

    def __init__(self, path: Path) -> None:
        self._store = QSettings(str(path), QSettings.Format.IniFormat)

    def restore(self, window: QMainWindow, splitters: dict[str, QSplitter]) -> None:
        """Bring the window back to where it was; the first time it fills what the screen offers."""
        geometry = self._store.value("window")
        if isinstance(geometry, QByteArray) and window.restoreGeometry(geometry):
            for name, splitter in splitters.items():
                state = self._store.value(name)
                if isinstance(state, QByteArray):
                    splitter.restoreState(state)
        else:
            area = window.screen().availableGeometry()
            window.setGeometry(area.x(), area.y(), min(area.width(), 1680), min(area.height(), 1050))

    @property
    def profile(self) -> str:
        """The name of the scan profile that was used last; empty where none was chosen."""
        return str(self._store.value("profile", ""))

    def keep_profile(self, name: str) -> None:
        """Remember a scan profile at once: a window that is killed keeps nothing at its end."""
        self._store.setValue("profile", name)
        self._store.sync()

    def keep(self, window: QMainWindow, splitters: dict[str, QSplitter]) -> None:
        """Remember where everything is."""
        self._store.setValue("window", window.saveGeometry())
        for name, splitter in splitters.items():
            self._store.setValue(name, splitter.saveState())
        self._store.sync()
