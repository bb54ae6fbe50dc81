"""Profiles from and into files, as the settings ask for them: a dialog that stops nothing, then an operation."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog

from app.bootstrap import Application
from ui import messages
from ui.choosing import choose_file, choose_new_file
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
        screen.profiles.import_wanted.connect(self._ask_import)
        screen.profiles.export_wanted.connect(self._ask_export)

    def take_in(self, file: Path) -> None:
        """Take in the profiles of a file."""

        def taken(names: tuple[str, ...]) -> None:
            self._screen.show_settings(self._settings())
            self.said.emit(self._words.say(messages.PROFILES_TAKEN, names=", ".join(names)))

        self._operations.start(Operation(messages.PROFILE_IMPORT, lambda: self._profiles.import_from(file), taken))

    def write_out(self, file: Path) -> None:
        """Write all profiles into a file."""

        def written(count: int) -> None:
            self.said.emit(self._words.say(messages.PROFILES_WRITTEN, count=count, file=file))

        self._operations.start(Operation(messages.PROFILE_EXPORT, lambda: self._profiles.export_to(file), written))

    def _ask_import(self) -> None:
        say = self._words.say
        self.dialog = choose_file(self._screen, say(messages.PROFILE_IMPORT), say(messages.TOML_FILES), self.take_in)

    def _ask_export(self) -> None:
        say = self._words.say
        self.dialog = choose_new_file(
            self._screen, say(messages.PROFILE_EXPORT), say(messages.TOML_FILES), "profiles.toml", self.write_out
        )
