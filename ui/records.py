"""What the window does with records besides filling them: import, reuse, correct, tell their history, export."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMenu, QWidget

from app.acquisition.importing import ImportOutcome
from app.bootstrap import Application
from app.errors import SohoaError, Text
from app.filing.errors import RevisionChanged
from app.filing.reuse import ReuseOffer
from app.jobs import Job, Lane
from app.model.dossier import Dossier, DossierState
from app.model.history import HistoryLine
from ui import messages
from ui.choosing import choose_files, choose_folder, show_dialog
from ui.desk import Desk, Snapshot
from ui.dialogs.history import HistoryDialog
from ui.dialogs.reason import ReasonDialog
from ui.dialogs.report import ReportDialog
from ui.file_drop import FileDrop
from ui.operations import Operation, Operations
from ui.screens.desk_screen import DeskScreen
from ui.widgets.banner import Answer, Banner
from ui.widgets.status_line import StatusLine
from ui.widgets.top_bar import TopBar
from ui.words import Words

# More lines would push the page out of sight; the list behind the button has all.
_MOST_NAMED = 3
_FILES = "PDF, JPEG, PNG, TIFF (*.pdf *.jpg *.jpeg *.png *.tif *.tiff)"


class Records(QObject):
    """Starts the work, shows how far it is, and says how it ended. ``over_in_new`` names a dossier made for an import."""

    failed = Signal(object)
    over_in_new = Signal(str)

    def __init__(self, application: Application, desk: Desk, operations: Operations, words: Words, window: QWidget) -> None:
        super().__init__(window)
        self._application = application
        self._desk = desk
        self._operations = operations
        self._words = words
        self._window = window
        self._asked: set[tuple[str, str, str]] = set()
        self._refused: set[tuple[str, str]] = set()
        FileDrop(window).dropped.connect(self.import_files)

    def bind(self, screen: DeskScreen, bar: TopBar, banner: Banner, status: StatusLine) -> None:
        """Show offers, the menu and the work in these parts of the window."""
        card, menu = screen.panel.reuse, screen.panel.more.menu()
        self._card, self._status, self._banner = card, status, banner
        bar.take_in.clicked.connect(self.choose_files)
        self.failed.connect(banner.show_error)
        self.over_in_new.connect(screen.drop_empty)
        menu.aboutToShow.connect(lambda: self.fill(menu))
        card.taken.connect(self._reuse)
        card.refused.connect(self._leave)
        self._desk.shown.connect(self._show)

    def fill(self, menu: QMenu) -> None:
        """Put what can be done with the open dossier now into a menu."""
        menu.clear()
        snapshot, say = self._desk.snapshot, self._words.say
        menu.addAction(say(messages.IMPORT), self.choose_files)
        menu.addAction(say(messages.VERIFY), self.choose_package)
        if snapshot is None:
            return
        state = snapshot.dossier.state
        for row in snapshot.checklist if snapshot.editable else ():
            if row.reused is not None:
                name = say(messages.REUSE_END, paper=row.component.name[:60])
                menu.addAction(name, partial(self._detach, row.component.code))
        if state is not DossierState.OPEN:
            menu.addAction(say(messages.CORRECT), self.open_reason)
        elif snapshot.dossier.revision > 1:
            menu.addAction(say(messages.WITHDRAW), self.withdraw)
        if state is not DossierState.OPEN or snapshot.dossier.revision > 1:
            menu.addSeparator()
            menu.addAction(say(messages.EXPORT_FOLDER), partial(self.choose_target, "folder"))
            menu.addAction(say(messages.EXPORT_BAG), partial(self.choose_target, "bagit"))
        menu.addSeparator()
        menu.addAction(say(messages.HISTORY), self.open_history)

    # --- import ----------------------------------------------------------------------------------

    def choose_files(self) -> None:
        """Let the clerk choose files to be taken in."""
        choose_files(self._window, self._words.say(messages.IMPORT), _FILES, self.import_files)

    def import_files(self, files: Sequence[Path]) -> None:
        """Take files into the open dossier, or into a new one where none is open to changes."""
        snapshot = self._desk.snapshot
        if snapshot is not None and snapshot.editable:
            self._import(snapshot.dossier, files, lambda count: self._words.say(messages.IMPORTED, count=count))
            return
        closed = snapshot.dossier.shown_number if snapshot is not None else ""
        text = messages.IMPORTED_BESIDE if closed else messages.IMPORTED_NEW

        def begun(dossier: Dossier) -> None:
            number, dossier_id = dossier.shown_number, dossier.id
            said = partial(self._words.say, text, number=number, closed=closed)
            self._import(dossier, files, lambda count: said(count=count), lambda: self.over_in_new.emit(dossier_id))

        self._desk.new(begun)

    def _import(
        self, dossier: Dossier, files: Sequence[Path], said: Callable[[int], str], then: Callable[[], None] = lambda: None
    ) -> None:
        job = self._application.importing.start(dossier.id, files)

        def over() -> None:
            self._status.end_work()
            then()

        self._operations.follow(job, partial(self._imported, said), self.failed.emit, partial(self._progress, job), over)

    def _imported(self, said: Callable[[int], str], outcome: ImportOutcome) -> None:
        if outcome.taken:
            self._status.say(said(len(outcome.page_ids)))
        refused = outcome.refused
        if len(refused) == 1:
            self._banner.show_error(refused[0])
        elif refused:
            self._banner.show_error(_SomeRefused(outcome), Answer(messages.IMPORT_EACH, partial(self._show_refused, outcome)))

    def _show_refused(self, outcome: ImportOutcome) -> None:
        as_is, title = self._words.as_is, self._words.say(messages.IMPORT)
        rows = [(each.name, as_is(each.reason), as_is(each.advice)) for each in outcome.refused]
        summary = as_is(_refused_line(outcome))
        show_dialog(ReportDialog(self._words, title, summary, messages.IMPORT_HEADS, rows, self._window))

    def _progress(self, job: Job[ImportOutcome]) -> None:
        self._status.show_work(job.note, job.progress)

    # --- reuse -----------------------------------------------------------------------------------

    def _show(self, snapshot: Snapshot | None) -> None:
        offers = snapshot.reusable if snapshot is not None and snapshot.editable else ()
        self._card.show_offer(next((offer for offer in offers if _key(offer) not in self._refused), None))
        if snapshot is not None and snapshot.editable:
            self._ask(snapshot.dossier)

    def _ask(self, dossier: Dossier) -> None:
        """Ask the centre once for each owner and procedure; where it is away the question is kept and asked again."""
        about = (dossier.id, dossier.owner_id_number, dossier.procedure_code)
        if all(about) and about not in self._asked and self._application.settings().server.station_id:
            self._asked.add(about)
            job = self._application.reuse.ask(dossier.id)
            self._operations.follow(job, lambda _told: None, lambda _error: None)

    def _reuse(self, offer: ReuseOffer) -> None:
        reuse = self._application.reuse

        def attached(_result: object) -> None:
            self._status.say(self._words.say(messages.REUSED, paper=offer.component.name))

        def refused(error: BaseException) -> None:
            self._show(self._desk.snapshot)
            self.failed.emit(error)

        self._card.setEnabled(False)  # a second press would be for a paper that is not offered any more, or for the next one
        self._desk.change(lambda name: reuse.attach(name, offer.component.code, offer.paper.code), attached, refused)

    def _leave(self, offer: ReuseOffer) -> None:
        self._refused.add(_key(offer))
        self._show(self._desk.snapshot)

    def _detach(self, component: str) -> None:
        self._desk.change(lambda name: self._application.reuse.detach(name, component))

    # --- corrections, history, packages ----------------------------------------------------------

    def open_reason(self) -> ReasonDialog | None:
        """Ask for the reason of a correction; the dossier is opened when it is given."""
        snapshot = self._desk.snapshot
        if snapshot is None:
            return None
        dialog = ReasonDialog(self._words, snapshot.dossier.shown_number, self._window)
        dialog.given.connect(lambda reason: self._desk.change(lambda name: self._application.revisions.correct(name, reason)))
        show_dialog(dialog)
        return dialog

    def withdraw(self, *, drop: bool = False) -> None:
        """Close a correction again; where something was changed in it, the banner asks whether that is let go too."""

        def withdrawn(_dossier: object) -> None:
            self._status.say(self._words.say(messages.WITHDRAWN))

        def kept(error: BaseException) -> None:
            answer = Answer(messages.WITHDRAW_ALL, lambda: self.withdraw(drop=True))
            self._banner.show_error(error, answer if isinstance(error, RevisionChanged) else None)

        self._banner.hide()
        self._desk.change(lambda name: self._application.revisions.withdraw(name, drop=drop), withdrawn, kept)

    def open_history(self) -> None:
        """Show the history of the open dossier."""
        snapshot = self._desk.snapshot
        if snapshot is not None:
            dossier, revisions = snapshot.dossier, self._application.revisions

            def show(lines: tuple[HistoryLine, ...]) -> None:
                show_dialog(HistoryDialog(self._words, dossier.shown_number, lines, self._window))

            self._operations.start(Operation(messages.HISTORY, lambda: revisions.history(dossier.id), show))

    def choose_target(self, form: Literal["folder", "bagit"]) -> None:
        """Let the clerk choose where a package is put."""
        choose_folder(self._window, self._words.say(messages.EXPORT_WHERE), lambda folder: self.export(folder, form))

    def export(self, folder: Path, form: Literal["folder", "bagit"]) -> None:
        """Write the open dossier's newest finished revision as a package into a folder."""
        snapshot = self._desk.snapshot
        if snapshot is None:
            return
        job = self._application.exporting.start(snapshot.dossier.id, folder, form)
        self._status.show_work(job.note, (0, 0))
        self._operations.follow(job, self._exported, self.failed.emit, over=self._status.end_work)

    def _exported(self, package: Path) -> None:
        self._status.say(self._words.say(messages.EXPORTED, path=package))

    def choose_package(self) -> None:
        """Let the clerk choose a package to be checked."""
        choose_folder(self._window, self._words.say(messages.VERIFY_WHERE), self.verify)

    def verify(self, package: Path) -> None:
        """Check every file of a package and tell what is wrong with it."""
        work = partial(self._application.exporting.verify, package)

        def tell(faults: Sequence[Text], files: int) -> None:
            text = messages.VERIFY_BROKEN if faults else messages.VERIFY_WHOLE
            summary = self._words.say(text, count=len(faults) or files)
            rows = [[self._words.as_is(fault)] for fault in faults]
            show_dialog(ReportDialog(self._words, package.name, summary, messages.VERIFY_HEADS, rows, self._window))

        self._operations.start(
            Operation(messages.VERIFY, work, lambda verdict: tell(verdict.faults, verdict.files), lane=Lane.FILES)
        )


class _SomeRefused(SohoaError):
    """Several files were not taken in; the first of them with reason and remedy, the others in the list behind the button."""

    title = Text("{said}", "{said}")
    remedy = Text("{each}", "{each}")

    def __init__(self, outcome: ImportOutcome) -> None:
        shown, more = outcome.refused[:_MOST_NAMED], len(outcome.refused) - _MOST_NAMED
        lines = [
            Text(f"{one.name}: {one.reason.vi}. {one.advice.vi}", f"{one.name}: {one.reason.en}. {one.advice.en}")
            for one in shown
        ]
        if more > 0:
            lines.append(Text(f"… và {more} tệp nữa", f"… and {more} more"))
        each = Text("\n".join(line.vi for line in lines), "\n".join(line.en for line in lines))
        super().__init__(said=_refused_line(outcome), each=each)


def _refused_line(outcome: ImportOutcome) -> Text:
    said, count = messages.IMPORT_REFUSED if outcome.taken else messages.IMPORT_NONE, len(outcome.refused)
    return Text(said.show("vi", count=count), said.show("en", count=count))


def _key(offer: ReuseOffer) -> tuple[str, str]:
    return offer.component.code, offer.paper.code
