"""The desk: the page, the strip under it, and the dossier beside them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSplitter, QWidget

from app.bootstrap import Application
from app.errors import SohoaError
from app.filing.offers import Offer
from app.filing.revisions import Revisions
from app.model.page import PageState
from ui import keys, messages
from ui.desk import Desk, Snapshot
from ui.dialogs.paper_form import PaperForm, PaperSaid
from ui.images import Images
from ui.items.cells import cells_of
from ui.items.thumbnail_strip import ThumbnailStrip
from ui.page_commands import PageCommands
from ui.screens.dossier_panel import DossierPanel
from ui.screens.page_view import PageView
from ui.words import Words


class DeskScreen(QWidget):
    """Shows the snapshots of the open dossier and turns what is done to them into changes."""

    said = Signal(str)
    failed = Signal(object)
    read_changed = Signal(int, int)
    step_changed = Signal()

    def __init__(self, application: Application, desk: Desk, images: Images, words: Words) -> None:
        super().__init__()
        self._dossiers = application.dossiers
        self._offers = application.offers
        self._desk = desk
        self._words = words
        self._shown_id = ""
        self._opening = False
        self.view = PageView(images, words)
        self.strip = ThumbnailStrip(images, words)
        self.panel = DossierPanel(application.procedures, words)
        self.commands = PageCommands(application, desk, self.strip, self.view, words)
        self.cropping = False
        self.form = PaperForm(words, self)
        self._papers = application.papers
        self._lay_out()
        self._connect(application.revisions)
        words.changed.connect(self._speak)
        self.show_snapshot(None)

    def _lay_out(self) -> None:
        self.centre = QSplitter(Qt.Orientation.Vertical)
        self.centre.addWidget(self.view)
        self.centre.addWidget(self.strip)
        self.centre.setStretchFactor(0, 1)
        self.centre.setSizes([500, 150])
        self.centre.setChildrenCollapsible(False)
        self.across = QSplitter(Qt.Orientation.Horizontal)
        self.across.addWidget(self.centre)
        self.across.addWidget(self.panel)
        self.across.setStretchFactor(0, 1)
        self.across.setSizes([800, 344])
        self.across.setChildrenCollapsible(False)
        for splitter in (self.centre, self.across):
            splitter.setHandleWidth(3)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.across)

    def _connect(self, revisions: Revisions) -> None:
        self._desk.shown.connect(self.show_snapshot)
        self.strip.page_chosen.connect(self._show_page)
        self.strip.dropped.connect(self.commands.drop)
        self.strip.menu_wanted.connect(self._open_menu)
        self.view.bar.asked.connect(self.commands.run)
        self.view.badges.asked.connect(self.commands.mend)
        self.view.stack_bar.accepted.connect(self.commands.turn_rest)
        self.view.cropped.connect(self.commands.crop)
        self.view.cropping.connect(self._crop_changed)
        self.view.failed.connect(self.failed)
        self.commands.said.connect(self.said)
        self.panel.placed.connect(self.commands.place)
        self.panel.reopen_wanted.connect(partial(self._open_again, revisions.reopen))
        self.panel.result_wanted.connect(partial(self._open_again, revisions.begin_result))
        self.panel.paper_wanted.connect(self.open_paper)
        self.form.saved.connect(self._save_paper)
        self.panel.page_wanted.connect(self.strip.show_page)
        self.panel.fields.edited.connect(self._set_field)
        self.panel.offers.shown.connect(self._point_at)
        self.panel.offers.accepted.connect(self._accept)
        self.panel.fields.procedure_chosen.connect(self.set_procedure)

    def show_snapshot(self, snapshot: Snapshot | None) -> None:
        """Show a dossier, changing only what differs from what is on screen."""
        other = (snapshot.dossier.id if snapshot else "") != self._shown_id
        self._shown_id = snapshot.dossier.id if snapshot else ""
        self._opening = self._opening and not other and snapshot is not None and not snapshot.editable
        if other:
            self._tell_refused()
            self.strip.show_page("")
        self.strip.update_cells(cells_of(snapshot) if snapshot else ())
        self.panel.show_snapshot(snapshot)
        self._show_page(self.strip.shown)
        undo, redo = (snapshot.undo, snapshot.redo) if snapshot and snapshot.editable else (None, None)
        self.view.bar.show_history(undo, redo)
        pages = snapshot.pages if snapshot else ()
        self.read_changed.emit(sum(page.state is not PageState.NEW for page in pages), len(pages))
        self.step_changed.emit()

    def _open_again(self, work: Callable[[str], object]) -> None:
        """Open a finished dossier again, once: a second press before it is on screen would find it open already."""
        if self._opening:
            return

        def failed(error: BaseException) -> None:
            self._opening = False
            self.failed.emit(error)

        self._opening = True
        self._desk.change(work, failure=failed)

    def set_procedure(self, code: str) -> None:
        """Choose the procedure of the open dossier."""
        self._desk.change(lambda dossier_id: self._dossiers.set_procedure(dossier_id, code))
        self.strip.setFocus()

    def open_paper(self, component: str = "") -> None:
        """Show what is known of a paper: the one named, else that of the page on screen, else the first."""
        snapshot = self._desk.snapshot
        if snapshot is None or not snapshot.checklist:
            return
        page = snapshot.page(self.strip.shown)
        codes = [row.component.code for row in snapshot.checklist]
        wanted = next((code for code in (component, page.component if page else "", codes[0]) if code in codes), "")
        self.form.show_paper(snapshot, wanted)

    def _save_paper(self, component: str, said: PaperSaid) -> None:
        def work(dossier_id: str) -> None:
            self._papers.set_fields(dossier_id, component, said.fields)
            self._papers.count(dossier_id, component, said.sheets, said.sides)
            self._papers.excuse(dossier_id, component, said.absence)

        self._desk.change(work, lambda _none: self.form.accept(), self.form.refuse)

    def _tell_refused(self) -> None:
        """What a field says goes with the dossier that is left; say what was not taken where it stays in sight."""
        row = self.panel.fields.unsettled()
        if row is not None and row.error is not None:
            self.failed.emit(row.error)

    def settled(self) -> bool:
        """Whether all that was typed was taken; if not, go to the field that says why."""
        row = self.panel.fields.unsettled()
        if row is not None:
            self.panel.show_field(row)
        return row is None

    def drop_empty(self, dossier_id: str) -> None:
        """Remove a dossier into which nothing came, neither pages nor words."""
        self.panel.fields.commit()
        self._desk.drop_empty(dossier_id)

    def press(self, key: int, modifiers: Qt.KeyboardModifier) -> bool:
        """Do what a key means for the page on screen; gives whether it means anything."""
        if self.cropping and key in (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            (self.view.leave_crop if key == Qt.Key.Key_Escape else self.view.apply_crop)()
            return True
        if number := keys.component_number(key, modifiers):
            self.commands.place_number(number, self.panel.component_for(number))
            return True
        command = keys.page_command(key, modifiers)
        if command == "accept_offer":
            self.panel.offers.accept_next()
        elif command:
            self.commands.run(command)
        return bool(command)

    def _show_page(self, page_id: str) -> None:
        snapshot = self._desk.snapshot if self._shown_id else None
        page = snapshot.page(page_id) if snapshot and page_id else None
        self.view.show_page(page)
        cell = self.strip.cell(page_id)
        self.view.bar.show_place(cell.number if cell and page else 0, len(snapshot.pages) if snapshot and page else 0)
        self.view.bar.allow(page is not None, snapshot is not None and snapshot.editable)

    def _point_at(self, offer: Offer) -> None:
        """Show the place on the page where something was read."""
        self.strip.show_page(offer.page_id)
        self.view.point_at(offer.page_id, offer.proposal.box)

    def _accept(self, offers: list[Offer]) -> None:
        def accepted(_none: object) -> None:
            last = offers[-1]
            self.said.emit(self._words.say(messages.ACCEPTED_OFFER, name=self._words.say(last.label), value=last.value))

        if offers:
            self._point_at(offers[-1])
            self._desk.change(lambda dossier_id: self._offers.accept(dossier_id, offers), accepted, self.failed.emit)

    def _set_field(self, name: str, text: str) -> None:
        row = self.panel.fields.rows[name]

        def refused(error: BaseException) -> None:
            row.refuse(text, error)
            if not isinstance(error, SohoaError):
                self.failed.emit(error)

        def set_one(dossier_id: str) -> object:
            return self._dossiers.set_fields(dossier_id, **{name: text})

        self._desk.change(set_one, lambda _dossier: row.accept(text), refused)

    def _crop_changed(self, cropping: bool) -> None:
        self.cropping = cropping
        self.step_changed.emit()

    def _speak(self) -> None:
        self.show_snapshot(self._desk.snapshot)

    def _open_menu(self, at: QPoint) -> None:
        snapshot = self._desk.snapshot
        if snapshot is None or not snapshot.editable or not self.strip.selected_ids():
            return
        menu = self.make_menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(at)

    def make_menu(self) -> QMenu:
        """Make the menu of the chosen pages."""
        menu = QMenu(self)
        say = self._words.say
        under = menu.addMenu(say(messages.PLACE_UNDER))
        for cell in self.strip.pages.cells:
            if cell.page is None:
                name = self.strip.pages.group_name(cell.group)
                key = f"\t{cell.group.number}" if cell.group.number else ""
                under.addAction(f"{name[:70]}{key}", partial(self.commands.place, cell.group.code))
        menu.addSeparator()
        for text, key, command in (
            (messages.SCAN_BEFORE, "I", "scan_before"),
            (messages.SCAN_INSTEAD, "T", "scan_instead"),
            (messages.TURN_LEFT, "L", "turn_left"),
            (messages.TURN_RIGHT, "R", "turn_right"),
            (messages.CROP, "C", "crop"),
            (messages.MARK_BLANK, "", "mark_blank"),
            (messages.ACCEPT_FLAWS, "", "accept"),
            (messages.SLIP_WITH, "", "slip_with"),
            (messages.SLIP_WITHOUT, "", "slip_without"),
            (messages.SLIP_NONE, "", "slip_none"),
            (messages.DELETE, "Del", "delete"),
        ):
            menu.addAction(f"{say(text)}\t{key}", partial(self.commands.run, command))
        return menu
