"""Lists of procedures from files, as the settings ask for them: first what would be taken, then the taking."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog

from app.bootstrap import Application
from app.events import Change, Topic
from app.filing.catalogue_import import ImportReport
from app.jobs import Lane
from ui import messages
from ui.choosing import choose_file, show_dialog
from ui.dialogs.report import ReportDialog
from ui.operations import Operation, Operations
from ui.screens.settings_screen import SettingsScreen
from ui.words import Words

# More lines keep the window busy; who has so many to mend does not read them here.
_MOST_SHOWN = 1000


class CatalogueFiles(QObject):
    """``said`` has one line for the bottom; what fails goes where all errors of operations go."""

    said = Signal(str)

    def __init__(self, application: Application, operations: Operations, screen: SettingsScreen, words: Words) -> None:
        super().__init__(screen)
        self._catalogue = application.catalogue
        self._procedures = application.procedures
        self._operations = operations
        self._screen = screen
        self._words = words
        self.dialog: QFileDialog | None = None
        screen.catalogue.import_wanted.connect(self._ask)
        words.changed.connect(self.show)
        self.show()

    def hear(self, change: Change) -> None:
        """Show the catalogue that is in use now."""
        if change.topic is Topic.CATALOGUE:
            self.show()

    def show(self) -> None:
        """Say which catalogue is in use."""
        self._screen.catalogue.show_catalogue(self._procedures.catalogue)

    def look_at(self, file: Path) -> None:
        """Say what would be taken of a file and what not; nothing is changed."""
        work = partial(self._catalogue.run, file, check_only=True)
        self._operations.start(Operation(messages.CATALOGUE_IMPORT, work, partial(self._tell, file), lane=Lane.FILES))

    def take_in(self, file: Path) -> None:
        """Take what can be taken of a file; it counts at once."""

        def taken(report: ImportReport) -> None:
            self.said.emit(self._words.say(messages.CATALOGUE_TAKEN, count=report.taken, file=report.file))

        work = partial(self._catalogue.run, file)
        self._operations.start(Operation(messages.CATALOGUE_IMPORT, work, taken, lane=Lane.FILES))

    def _tell(self, file: Path, report: ImportReport) -> None:
        say, as_is = self._words.say, self._words.as_is
        shown = report.refused[:_MOST_SHOWN]
        rows = [(str(each.row), each.column, as_is(each.reason), as_is(each.remedy)) for each in shown]
        about = {"count": report.taken, "notes": report.notes, "refused": len(report.refused)}
        summary = say(messages.CATALOGUE_WOULD, **about)
        if len(shown) < len(report.refused):
            summary = f"{summary} {say(messages.CATALOGUE_FIRST, count=len(shown))}"
        dialog = ReportDialog(self._words, report.file, summary, messages.CATALOGUE_HEADS, rows, self._screen.window())
        if report.taken:
            dialog.offer(say(messages.CATALOGUE_GO, count=report.taken))
            dialog.agreed.connect(partial(self.take_in, file))
        show_dialog(dialog)

    def _ask(self) -> None:
        title = self._words.say(messages.CATALOGUE_IMPORT)
        self.dialog = choose_file(self._screen, title, messages.CATALOGUE_FILES, self.look_at)
