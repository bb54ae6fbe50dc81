"""What the screen of the outbox asks for: enrolment, sending, and beside it the USB disk, kept receipts, both lists."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Signal

from app.bootstrap import Application
from app.errors import Text
from app.jobs import Job
from app.sync.answers import Answer, of_cleared
from app.sync.clearing import Cleared
from ui import messages
from ui.centre import Centre
from ui.choosing import choose_file, choose_folder, show_dialog
from ui.dialogs.enrol import EnrolDialog
from ui.dialogs.report import ReportDialog
from ui.operations import Operations
from ui.screens.outbox_screen import OutboxScreen
from ui.widgets.banner import Answer as Button
from ui.widgets.status_line import StatusLine
from ui.words import Words

T = TypeVar("T")


class Outbox(QObject):
    """What is done beside sending is done one at a time; its answer stays on the screen until it is closed or another comes."""

    begun = Signal()
    failed = Signal(object)

    def __init__(
        self,
        application: Application,
        centre: Centre,
        operations: Operations,
        screen: OutboxScreen,
        status: StatusLine,
        words: Words,
    ) -> None:
        super().__init__(screen)
        self._errands = application.errands
        self._settings = application.settings
        self._centre = centre
        self._operations = operations
        self._screen = screen
        self._status = status
        self._words = words
        self._job: Job[Any] | None = None
        self.report: ReportDialog | None = None
        screen.send_now.connect(centre.send_now)
        screen.enrol_wanted.connect(self.open_enrol)
        tools = screen.tools
        tools.export.clicked.connect(self._ask_folder)
        tools.receipts.clicked.connect(self._ask_receipts)
        tools.check.clicked.connect(self._ask_sealed)
        tools.verify.clicked.connect(lambda: self._start(messages.ERRAND_VERIFY, self._errands.verify()))
        tools.compare.clicked.connect(lambda: self._start(messages.ERRAND_COMPARE, self._errands.reconcile()))
        tools.clear.clicked.connect(self.look_what_may_go)
        tools.stop.clicked.connect(self.cancel)

    def open_enrol(self) -> EnrolDialog:
        """Open the enrolment dialog."""
        dialog = EnrolDialog(self._centre, self._words, self._settings().server, self._screen.window())
        dialog.accepted.connect(lambda: self._status.say(self._words.say(messages.ENROL_DONE)))
        dialog.show()
        return dialog

    def export(self, folder: Path) -> None:
        """Seal everything unsent into a file in a folder."""
        self._start(messages.ERRAND_EXPORT, self._errands.export(folder))

    def check(self, file: Path) -> None:
        """Read a sealed file to its end."""
        self._start(messages.ERRAND_CHECK, self._errands.check(file))

    def take_receipts(self, file: Path) -> None:
        """Take in the receipts that the centre gave for a sealed file."""
        self._start(messages.ERRAND_RECEIPTS, self._errands.take_receipts(file))

    def look_what_may_go(self) -> None:
        """Ask the centre which files may go from this machine, and the clerk whether they shall."""
        self._run(self._errands.clear(dry=True), self._may_go)

    def cancel(self) -> None:
        """Break off what runs; what is done so far by comparing stays so, a sealed file that is not whole goes."""
        if self._job is not None:
            self._job.cancel()

    def _ask_folder(self) -> None:
        choose_folder(self._screen.window(), self._words.say(messages.ERRAND_EXPORT_WHERE), self.export)

    def _ask_receipts(self) -> None:
        say = self._words.say
        choose_file(self._screen.window(), say(messages.ERRAND_RECEIPTS), say(messages.RECEIPT_FILES), self.take_receipts)

    def _ask_sealed(self) -> None:
        say = self._words.say
        choose_file(self._screen.window(), say(messages.ERRAND_CHECK), say(messages.SEALED_FILES), self.check)

    def _may_go(self, found: Cleared) -> None:
        answer = of_cleared(found, dry=True)
        button = Button(messages.ERRAND_CLEAR_NOW, self._clear) if found.dossiers else None
        self._screen.answer.show_outcome(answer.summary, well=answer.well and button is None, answer=button)

    def _clear(self) -> None:
        self._run(self._errands.clear(dry=False), self._cleared)

    def _cleared(self, found: Cleared) -> None:
        answer = of_cleared(found, dry=False)
        self._screen.answer.show_outcome(answer.summary, well=answer.well)

    def _start(self, title: Text, job: Job[Answer]) -> None:
        self._run(job, partial(self._answered, title))

    def _run(self, job: Job[T], answered: Callable[[T], None]) -> None:
        self._job = job
        self._screen.tools.show_running(True)
        self._screen.answer.hide()
        self.begun.emit()
        self._tell(job)
        self._operations.follow(job, answered, self.failed.emit, partial(self._tell, job), self._over)

    def _tell(self, job: Job[T]) -> None:
        self._status.show_work(job.note, job.progress)

    def _over(self) -> None:
        self._job = None
        self._screen.tools.show_running(False)
        self._status.end_work()

    def _answered(self, title: Text, answer: Answer) -> None:
        button = Button(messages.ERRAND_LINES, partial(self._open_lines, title, answer)) if answer.lines else None
        self._screen.answer.show_outcome(answer.summary, well=answer.well, answer=button)

    def _open_lines(self, title: Text, answer: Answer) -> None:
        say = self._words.say
        states = {True: messages.LINE_WELL, False: messages.LINE_TO_SEE}
        rows = [(line.number, say(states[line.well]), self._words.as_is(line.said)) for line in answer.lines]
        summary = self._words.as_is(answer.summary)
        self.report = ReportDialog(self._words, say(title), summary, messages.LINE_HEADS, rows, self._screen.window())
        show_dialog(self.report)
