"""Settings as the window changes them: by the form, by the language button, by choosing among the scanners found."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMenu, QWidget

from app.acquisition.errors import WhichScanner
from app.bootstrap import Application
from app.events import Change, Topic
from app.model.profile import Profile, ScannerName
from app.settings import Settings
from ui import messages
from ui.catalogue_files import CatalogueFiles
from ui.dialogs.scanner_check import ScannerCheck
from ui.dialogs.scanner_options import ScannerOptions
from ui.operations import Operation, Operations
from ui.profile_files import ProfileFiles
from ui.scanner_choice import ask
from ui.scanner_news import ScannerNews
from ui.screens.settings_screen import SettingsScreen
from ui.widgets.banner import Answer
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
        self.files = ProfileFiles(application, operations, screen, words)
        self.files.said.connect(self.said)
        self.catalogue = CatalogueFiles(application, operations, screen, words)
        self.catalogue.said.connect(self.said)
        self._news = ScannerNews(words)
        self.options: ScannerOptions | None = None
        self.check: ScannerCheck | None = None
        self.menu: QMenu | None = None
        screen.profiles.find_wanted.connect(self._find_scanners)
        screen.profiles.options_wanted.connect(self._show_options)
        screen.profiles.check_wanted.connect(self._show_check)

    def show(self) -> None:
        """Fill the form with the settings in force."""
        self._screen.show_settings(self._application.settings())

    def hear(self, change: Change) -> None:
        """Say quietly when scanners came or went, and show new lists where they are shown."""
        self.catalogue.hear(change)
        if change.topic is not Topic.DEVICES:
            return
        known = self._application.scanners.devices.known
        self._screen.profiles.refresh(known)
        if news := self._news.read(known):
            self.said.emit(news)

    def question(self, error: BaseException, profile: int, parent: QWidget) -> Answer | None:
        """Give the button that asks which of several equal scanners a profile means; None for any other error."""
        if not isinstance(error, WhichScanner):
            return None
        scanners = error.candidates

        def answer() -> None:
            self.menu = ask(scanners, lambda scanner: self.choose_scanner(profile, scanner), self._words, parent)

        return Answer(messages.WHICH_SCANNER, answer)

    def choose_scanner(self, index: int, scanner: ScannerName) -> None:
        """Have a profile of the settings remember this scanner."""
        profiles = list(self._application.settings().profiles)
        if index < len(profiles):
            taken = {"backend": scanner.backend, "device": scanner.device, "identity": scanner.identity}
            profiles[index] = profiles[index].model_copy(update=taken)
            self.change({"profiles": [profile.model_dump(mode="json") for profile in profiles]})

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

    def _show_options(self, profile: Profile) -> None:
        def keep(options: dict[str, str]) -> None:
            self._screen.profiles.take_options(profile.name, options)

        devices = self._application.scanners.devices
        self.options = ScannerOptions(devices, self._operations, profile, keep, self._words)
        self.options.show()

    def _show_check(self, profile: Profile) -> None:
        equipment, operator = self._application.equipment, self._application.settings().station.operator
        self.check = ScannerCheck(equipment, self._operations, profile, operator, self._words)
        self.check.show()
