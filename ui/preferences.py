"""Settings as the window changes them: by the form, by the language button, by choosing among the scanners found."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from app.bootstrap import Application
from app.model.profile import ScannerName
from app.settings import Settings
from ui import messages
from ui.operations import Operation, Operations
from ui.screens.settings_screen import SettingsScreen
from ui.words import Words


class Preferences(QObject):
    """Writes what was changed and lets everybody speak the new language. ``said`` has one line for the bottom."""

    said = Signal(str)
    searching = Signal()
    searched = Signal()

    def __init__(self, application: Application, operations: Operations, screen: SettingsScreen, words: Words) -> None:
        super().__init__(screen)
        self._application = application
        self._operations = operations
        self._screen = screen
        self._words = words
        screen.saved.connect(self.change)
        screen.profiles.find_wanted.connect(self._find_scanners)

    def show(self) -> None:
        """Fill the form with the settings in force."""
        self._screen.show_settings(self._application.settings())

    def other_language(self) -> None:
        """Speak the other language from now on, also after the next start."""
        self.change({"language": "en" if self._words.language == "vi" else "vi"})

    def change(self, changes: dict[str, object]) -> None:
        """Write changed values by dotted name; a value that is not valid leaves everything as it was."""
        if not changes:
            self.said.emit(self._words.say(messages.SETTINGS_SAME))
            return

        def saved(settings: Settings) -> None:
            self._words.use(settings.language)
            self._screen.show_settings(settings)
            self.said.emit(self._words.say(messages.SETTINGS_SAVED))

        def write() -> Settings:
            return self._application.change_settings(changes)

        self._operations.start(Operation(messages.CHANGE_SETTINGS, write, saved))

    def _find_scanners(self) -> None:
        def found(scanners: tuple[ScannerName, ...]) -> None:
            self._screen.profiles.offer(scanners)

        self.searching.emit()
        self._operations.follow(self._application.scanners.find(), found, over=self.searched.emit)
