"""Profiles from and into files, as the settings ask for them: a dialog that stops nothing, then an operation."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog

from app.bootstrap import Application
from app.errors import Text
from ui import messages
from ui.operations import Operation, Operations
from ui.screens.settings_screen import SettingsScreen
from ui.words import Words


class ProfileFiles(QObject):
    """``said`` has one line for the bottom; what fails goes where all errors of operations go."""

    said = Signal(str)

    def __init__(self, application: Application, operations: Operations, screen: SettingsScreen, words: Words) -> None:
        super().__init__(screen)
        self._profiles = application.profiles
        self._settings = application.settings
        self._operations = operations
        self._screen = screen
        self._words = words
        self.dialog: QFileDialog | None = None
        screen.profiles.locked = tuple(profile.name for profile in self._profiles.all() if profile.locked)
        screen.profiles.import_wanted.connect(lambda: self._ask(messages.PROFILE_IMPORT, writing=False))
        screen.profiles.export_wanted.connect(lambda: self._ask(messages.PROFILE_EXPORT, writing=True))

    def take_in(self, file: str) -> None:
        """Take in the profiles of a file."""

        def taken(names: tuple[str, ...]) -> None:
            self._screen.show_settings(self._settings())
            self.said.emit(self._words.say(messages.PROFILES_TAKEN, names=", ".join(names)))

        self._operations.start(Operation(messages.PROFILE_IMPORT, lambda: self._profiles.import_from(Path(file)), taken))

    def write_out(self, file: str) -> None:
        """Write all profiles into a file."""

        def written(count: int) -> None:
            self.said.emit(self._words.say(messages.PROFILES_WRITTEN, count=count, file=file))

        self._operations.start(Operation(messages.PROFILE_EXPORT, lambda: self._profiles.export_to(Path(file)), written))

    def _ask(self, title: Text, *, writing: bool) -> None:
        self.dialog = QFileDialog(self._screen, self._words.say(title), "", self._words.say(messages.TOML_FILES))
        if writing:
            self.dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
            self.dialog.setDefaultSuffix("toml")
        else:
            self.dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        self.dialog.fileSelected.connect(self.write_out if writing else self.take_in)
        self.dialog.open()
