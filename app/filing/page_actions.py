"""What a clerk does to the pages of a dossier: turning, cropping, ordering, placing; each action can be undone."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from app.errors import Text
from app.events import Events, Topic
from app.filing.action_words import ACTION_WORDS
from app.filing.errors import NoProcedure, OnePaper, OnlyPresented, SecretPaper, UnknownComponent
from app.filing.stores import Stores, places_of
from app.model.dossier import Dossier
from app.model.order import Spot, brought, moved
from app.model.page import AcceptFlaws, Crop, Edit, MarkBlank, MarkSlip, Page, Slip, Turn
from app.model.page_findings import Quad
from app.model.procedure import Procedure
from app.model.splitting import can_split, split, split_in_place
from app.model.stack import rest_of_stack
from app.settings import Settings
from app.store.pages import Arrangement


class PageActions:
    """The actions on the pages of open dossiers. Every one is committed when a call returns, and announced.

    What changes pages raises NoSuchDossier, and DossierFrozen for a dossier that is finished.
    """

    def __init__(self, stores: Stores, events: Events, settings: Callable[[], Settings], clock: Callable[[], datetime]) -> None:
        self._stores = stores
        self._pages = stores.pages
        self._events = events
        self._settings = settings
        self._clock = clock

    def turn(self, dossier_id: str, page_ids: Iterable[str], degrees: int) -> None:
        """Turn pages clockwise by 90, 180 or 270 degrees. Raises ValueError for anything else."""
        if degrees % 90 or not degrees % 360:
            raise ValueError(f"{degrees} is not a quarter turn")
        self._edit(dossier_id, Arrangement.TURN, page_ids, Turn(degrees % 360))

    def rest_of_stack(self, dossier_id: str, page_id: str) -> dict[str, int]:
        """Give which pages of a turned page's pile should be turned to lie as it does, and by how much."""
        return rest_of_stack(self._pages.of_dossier(dossier_id), page_id)

    def turn_rest(self, dossier_id: str, page_id: str) -> int:
        """Turn the rest of a turned page's pile to lie as it does; one action. Gives how many pages that were."""
        count = 0

        def turned(pages: Sequence[Page]) -> list[Page]:
            nonlocal count
            rest = rest_of_stack(pages, page_id)
            count = len(rest)
            return [replace(page, edits=(*page.edits, Turn(rest[page.id]))) for page in pages if page.id in rest]

        self._arrange(dossier_id, Arrangement.TURN, turned)
        return count

    def split(self, dossier_id: str, page_id: str) -> int:
        """Make a page for each paper found on a picture of several; gives how many. Raises OnePaper."""
        page = next((page for page in self._pages.of_dossier(dossier_id) if page.id == page_id), None)
        if page is None or not can_split(page):
            raise OnePaper
        parts = split(page)
        self._arrange(dossier_id, Arrangement.SPLIT, lambda pages: split_in_place(pages, parts), parts[1:])
        return len(parts)

    def crop(self, dossier_id: str, page_id: str, quad: Quad) -> None:
        """Set the frame of a page, corners in pixels of its original; raises ValueError for one that encloses nothing."""
        if _area(quad) < 100:
            raise ValueError("the frame encloses nothing")
        self._edit(dossier_id, Arrangement.CROP, [page_id], Crop(quad))

    def mark_blank(self, dossier_id: str, page_ids: Iterable[str], blank: bool) -> None:
        """Say whether pages are blank, whatever was detected."""
        self._edit(dossier_id, Arrangement.BLANK, page_ids, MarkBlank(blank))

    def mark_slip(self, dossier_id: str, page_ids: Iterable[str], slip: Slip) -> None:
        """Say which half of a slip's pair pages are, or that they are none."""
        self._edit(dossier_id, Arrangement.SLIP, page_ids, MarkSlip(slip))

    def accept_flaws(self, dossier_id: str, page_ids: Iterable[str]) -> None:
        """Say that somebody looked at what is warned of on pages and takes them as they are."""
        chosen = set(page_ids)
        self._arrange(
            dossier_id,
            Arrangement.ACCEPT,
            lambda pages: [
                replace(page, edits=(*page.edits, AcceptFlaws(page.open_warnings)))
                for page in pages
                if page.id in chosen and page.open_warnings
            ],
        )

    def delete(self, dossier_id: str, page_ids: Iterable[str]) -> None:
        """Take pages out of the dossier; undo brings them back, also after a restart."""
        self._change_each(dossier_id, Arrangement.DELETE, page_ids, lambda page: replace(page, deleted=True))

    def move(self, dossier_id: str, page_ids: Iterable[str], before: str | None) -> None:
        """Put pages, in the order given, before another page, which may be one of them, or at the end."""
        chosen = list(page_ids)
        self._arrange(dossier_id, Arrangement.MOVE, lambda pages: moved(pages, chosen, before))

    def bring(
        self,
        dossier_id: str,
        kind: Arrangement,
        page_ids: Sequence[str],
        spot: Spot,
        gone: Collection[str] = (),
        *,
        joined: bool = False,
    ) -> None:
        """Put pages to a spot, under the component that lies there, and take others out; one action.

        ``joined``: one with the last action, where that is of the same kind.
        """
        self._arrange(dossier_id, kind, lambda pages: brought(pages, page_ids, spot, gone), joined=joined)

    def remove_blanks(self, dossier_id: str, page_ids: Iterable[str]) -> None:
        """Take pages out that were found to be blank; undo brings them back."""
        self._change_each(dossier_id, Arrangement.BLANKS, page_ids, lambda page: replace(page, deleted=True))

    def place(self, dossier_id: str, page_ids: Iterable[str], component: str) -> None:
        """Put pages under a component of the procedure; an empty code takes them off.

        Raises NoProcedure, UnknownComponent, and OnlyPresented or SecretPaper where the component takes no pages.
        """
        if component:
            self._require_component(self._stores.dossiers.get(dossier_id), component)
        self._change_each(dossier_id, Arrangement.PLACE, page_ids, lambda page: replace(page, component=component))

    def follow_procedure(self, dossier_id: str, old: Procedure | None, new: Procedure) -> None:
        """Keep pages only under components that another procedure asks for too, by the same name."""
        codes = _same_papers(old, new)
        self._arrange(
            dossier_id,
            Arrangement.PLACE,
            lambda pages: [replace(page, component=codes.get(page.component, "")) for page in pages if page.component],
        )

    def undo(self, dossier_id: str) -> Text | None:
        """Take back the last action on the pages; gives its name, None where there is none."""
        return self._back_or_forth(dossier_id, self._pages.undo(dossier_id))

    def redo(self, dossier_id: str) -> Text | None:
        """Do the last undone action again; gives its name, None where there is none."""
        return self._back_or_forth(dossier_id, self._pages.redo(dossier_id))

    def history(self, dossier_id: str) -> tuple[Text | None, Text | None]:
        """What undo and what redo would do now."""
        undoable, redoable = self._pages.history(dossier_id)
        return (ACTION_WORDS[undoable] if undoable else None, ACTION_WORDS[redoable] if redoable else None)

    def _require_component(self, dossier: Dossier, code: str) -> None:
        procedure = self._stores.procedure_of(dossier)
        if procedure is None:
            raise NoProcedure
        places = places_of(dossier, procedure)
        component = next((item for item in places if item.code == code), None)
        if component is None:
            raise UnknownComponent(code=code, procedure=procedure.code, known=", ".join(item.code for item in places))
        if not component.takes_pages:
            raise (SecretPaper if component.secret else OnlyPresented)(component=component.name)

    def _edit(self, dossier_id: str, kind: Arrangement, page_ids: Iterable[str], edit: Edit) -> None:
        self._change_each(dossier_id, kind, page_ids, lambda page: replace(page, edits=(*page.edits, edit)))

    def _change_each(self, dossier_id: str, kind: Arrangement, page_ids: Iterable[str], change: Callable[[Page], Page]) -> None:
        chosen = set(page_ids)
        self._arrange(dossier_id, kind, lambda pages: [change(page) for page in pages if page.id in chosen])

    def _arrange(
        self,
        dossier_id: str,
        kind: Arrangement,
        change: Callable[[Sequence[Page]], Iterable[Page]],
        added: Sequence[Page] = (),
        *,
        joined: bool = False,
    ) -> None:
        operator, now = self._settings().station.operator, self._clock()
        if self._pages.arrange(dossier_id, kind, change, operator=operator, now=now, added=added, joined=joined):
            self._events.announce(Topic.PAGES, dossier_id)

    def _back_or_forth(self, dossier_id: str, done: Arrangement | None) -> Text | None:
        if done is None:
            return None
        self._events.announce(Topic.PAGES, dossier_id)
        return ACTION_WORDS[done]


def _same_papers(old: Procedure | None, new: Procedure) -> dict[str, str]:
    """Give the codes of the new procedure by the codes of the old one, for papers that both ask for by the same name."""
    digitised = {item.name: item.code for item in new.places if item.takes_pages}
    return {item.code: digitised[item.name] for item in (old.places if old else ()) if item.name in digitised}


def _area(quad: Quad) -> float:
    """Area of a quadrilateral in square pixels, by the shoelace formula."""
    turned = (*quad[1:], quad[0])
    return abs(sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in zip(quad, turned, strict=True))) / 2
