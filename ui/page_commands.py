"""What can be done to the pages of the open dossier, by name, for keys, buttons and menus alike."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from app.bootstrap import Application
from app.errors import Text
from app.model.order import Spot
from app.model.page import Slip
from app.model.page_findings import Quad
from ui import messages
from ui.desk import Desk
from ui.items.thumbnail_strip import Drop, ThumbnailStrip
from ui.screens.page_view import PageView
from ui.widgets.badges import Remedy
from ui.words import Words

_SHOWN = 48


class PageCommands(QObject):
    """Acts on the chosen pages. ``said`` has one line for the bottom of the window, ``scan_wanted`` a Spot."""

    said = Signal(str)
    scan_wanted = Signal(object)

    def __init__(self, application: Application, desk: Desk, strip: ThumbnailStrip, view: PageView, words: Words) -> None:
        super().__init__(view)
        self._page_actions = application.page_actions
        self._desk = desk
        self._strip = strip
        self._view = view
        self._words = words
        canvas = view.canvas
        self._free: dict[str, Callable[[], None]] = {
            "next": lambda: strip.step(1),
            "previous": lambda: strip.step(-1),
            "zoom_in": canvas.zoom_in,
            "zoom_out": canvas.zoom_out,
            "zoom_fit": canvas.fit,
            "zoom_actual": canvas.actual,
            "flip": lambda: view.show_kind("processed" if view.kind == "original" else "original"),
        }
        self._changing: dict[str, Callable[[], None]] = {
            "turn_left": lambda: self._turn(270),
            "turn_right": lambda: self._turn(90),
            "crop": view.begin_crop,
            "split": self._split,
            "mark_blank": self._flip_blank,
            "delete": self._delete,
            "scan_before": lambda: self._scan_at(Spot(before=view.page.id if view.page else "")),
            "scan_instead": lambda: self._scan_at(Spot(instead_of=view.page.id if view.page else "")),
            "accept": lambda: self._mark(self._page_actions.accept_flaws),
            "slip_with": lambda: self._slip(Slip.WITH),
            "slip_without": lambda: self._slip(Slip.WITHOUT),
            "slip_none": lambda: self._slip(Slip.NONE),
            "undo": self._undo,
            "redo": self._redo,
        }

    def run(self, command: str) -> None:
        """Do what the command says; those that change pages only where the dossier is open to changes."""
        if (action := self._free.get(command)) is not None:
            action()
        elif self._desk.snapshot is not None and self._desk.snapshot.editable:
            self._changing[command]()

    def place(self, component: str) -> None:
        """Put the chosen pages under a component; an empty code takes them off."""
        ids = self._strip.selected_ids()
        snapshot = self._desk.snapshot
        if not ids or snapshot is None or not snapshot.editable:
            return
        name = next((row.component.name for row in snapshot.checklist if row.component.code == component), "")
        said = messages.PLACED if component else messages.UNPLACED
        following = self._after(ids)

        def placed(_none: object) -> None:
            self.said.emit(self._words.say(said, count=len(ids), component=_short(name)))
            if following:
                self._strip.show_page(following)

        self._desk.change(lambda dossier_id: self._page_actions.place(dossier_id, ids, component), placed)

    def place_number(self, number: int, component: str) -> None:
        """Put the chosen pages under the component of a key."""
        if component:
            self.place(component)
        elif self._desk.snapshot is not None and self._desk.snapshot.checklist:
            self.said.emit(self._words.say(messages.NO_SUCH_COMPONENT, number=number))

    def drop(self, drop: Drop) -> None:
        """Do what dragging asked for: another component, another order, or both."""
        snapshot = self._desk.snapshot
        if snapshot is None or not snapshot.editable:
            return
        ids = list(drop.pages)
        leaving = [page.id for page in snapshot.pages if page.id in ids and page.component != drop.component]

        def work(dossier_id: str) -> None:
            if leaving:
                self._page_actions.place(dossier_id, leaving, drop.component)
            self._page_actions.move(dossier_id, ids, drop.before or None)

        self._desk.change(work)

    def crop(self, page_id: str, quad: Quad) -> None:
        """Set the frame of a page."""
        self._desk.change(lambda dossier_id: self._page_actions.crop(dossier_id, page_id, quad))

    def mend(self, remedy: Remedy) -> None:
        """Do what a badge offers."""
        if remedy is Remedy.CHECK_FRAME:
            self.run("crop")
        elif remedy is Remedy.ORIGINAL:
            self._view.show_kind("original")
        elif remedy is Remedy.ACTUAL_SIZE:
            self._view.canvas.actual()
        elif remedy is Remedy.NOT_BLANK:
            self.run("mark_blank")
        elif remedy is Remedy.SPLIT:
            self.run("split")

    def _turn(self, degrees: int) -> None:
        ids = self._strip.selected_ids()
        if not ids:
            return

        def turn(dossier_id: str) -> int:
            self._page_actions.turn(dossier_id, ids, degrees)
            return len(self._page_actions.rest_of_stack(dossier_id, ids[0]))

        def turned(rest: object) -> None:
            self._view.stack_bar.offer(ids[0], rest if isinstance(rest, int) and len(ids) == 1 else 0)

        self._desk.change(turn, turned)

    def turn_rest(self, page_id: str) -> None:
        """Turn the rest of a page's pile as the page was turned."""
        self._desk.change(
            lambda dossier_id: self._page_actions.turn_rest(dossier_id, page_id),
            lambda count: self.said.emit(self._words.say(messages.STACK_TURNED, count=count)),
        )

    def _mark(self, mark: Callable[[str, list[str]], None]) -> None:
        ids = self._strip.selected_ids()
        if ids:
            self._desk.change(lambda dossier_id: mark(dossier_id, ids))

    def _slip(self, slip: Slip) -> None:
        self._mark(lambda dossier_id, ids: self._page_actions.mark_slip(dossier_id, ids, slip))

    def _split(self) -> None:
        page = self._view.page
        if page is not None:
            self._desk.change(
                lambda dossier_id: self._page_actions.split(dossier_id, page.id),
                lambda count: self.said.emit(self._words.say(messages.SPLIT_DONE, count=count)),
            )

    def _flip_blank(self) -> None:
        ids = self._strip.selected_ids()
        page = self._view.page
        if ids and page is not None:
            blank = not page.blank
            self._desk.change(lambda dossier_id: self._page_actions.mark_blank(dossier_id, ids, blank))

    def _delete(self) -> None:
        ids = self._strip.selected_ids()
        following = self._after(ids)

        def deleted(_none: object) -> None:
            self.said.emit(self._words.say(messages.DELETED, count=len(ids)))
            self._strip.show_page(following)

        if ids:
            self._desk.change(lambda dossier_id: self._page_actions.delete(dossier_id, ids), deleted)

    def _scan_at(self, spot: Spot) -> None:
        if spot.anchor:
            self.scan_wanted.emit(spot)

    def _after(self, ids: list[str]) -> str:
        """Give the page to look at once these are gone: the next one, else the one before."""
        order = self._strip.page_ids()
        if not ids or ids[-1] not in order:
            return ""
        at = order.index(ids[-1])
        rest = [page for page in order[at + 1 :] if page not in ids] or [
            page for page in reversed(order[:at]) if page not in ids
        ]
        return rest[0] if rest else ""

    def _undo(self) -> None:
        self._view.stack_bar.hide()
        self._desk.change(self._page_actions.undo, lambda done: self._tell(done, messages.UNDONE, messages.NOTHING_TO_UNDO))

    def _redo(self) -> None:
        self._desk.change(self._page_actions.redo, lambda done: self._tell(done, messages.REDONE, messages.NOTHING_TO_REDO))

    def _tell(self, done: object, said: Text, nothing: Text) -> None:
        text = self._words.say(said, what=self._words.say(done)) if isinstance(done, Text) else self._words.say(nothing)
        self.said.emit(text)


def _short(name: str) -> str:
    return name if len(name) <= _SHOWN else name[: _SHOWN - 1].rstrip() + "…"
