"""Scanned pages on their way into a dossier: brought to their place, put under the next paper, blank ones taken out."""

from __future__ import annotations

import threading
from collections.abc import Collection, Sequence

from app.errors import Text
from app.events import Change, Events, Topic
from app.filing.dossiers import Dossiers
from app.filing.page_actions import PageActions
from app.jobs import Jobs, Lane
from app.model.order import Spot
from app.model.page import MarkBlank, Page
from app.model.procedure import Requirement
from app.model.profile import AfterScan, Blanks, Profile
from app.store.pages import Arrangement

_TAKING = Text("Bỏ trang trắng", "Take blank pages out")


class ScannedPages:
    """What a session asks of a dossier, and the steps of a profile once the session is over.

    A blank page is taken out when the detector has seen it, as an action that can be undone. Pages that a restart finds
    unprocessed are only flagged: what the profile wanted is not kept over an end of the program.
    """

    def __init__(self, dossiers: Dossiers, page_actions: PageActions, jobs: Jobs, events: Events) -> None:
        self._dossiers = dossiers
        self._page_actions = page_actions
        self._jobs = jobs
        self._events = events
        self._watched: set[str] = set()
        self._lock = threading.Lock()
        events.subscribe(self._heard)

    @property
    def undecided(self) -> int:
        """How many pages wait for the detector to say whether they are blank."""
        return len(self._watched)

    def bring(
        self, dossier_id: str, why: str, page_ids: Sequence[str], spot: Spot, gone: Collection[str], *, joined: bool
    ) -> None:
        """Put pages to a spot and take out those that they stand for, as one action ("insert", "replace" or "interleave").

        ``joined``: undone together with the last action, where that is of the same kind. Raises DossierFrozen, NoSuchDossier.
        """
        self._page_actions.bring(dossier_id, Arrangement(why), page_ids, spot, gone, joined=joined)

    def finish(self, dossier_id: str, page_ids: Sequence[str], backs: Collection[str], profile: Profile) -> None:
        """Do what the profile wants with the pages of a session; ``backs`` were scanned by hand. Raises as ``bring``."""
        if AfterScan.NEXT_COMPONENT in profile.after:
            self._place(dossier_id, page_ids)
        if profile.blanks is not Blanks.FLAG:
            everything = profile.blanks is Blanks.REMOVE
            pages = {page.id: page for page in self._dossiers.pages(dossier_id)}
            watched = {name for name in page_ids if name in pages and (everything or name in backs or _is_back(pages[name]))}
            with self._lock:
                self._watched |= watched
            self._look(dossier_id)

    def _place(self, dossier_id: str, page_ids: Sequence[str]) -> None:
        """Put pages that lie under no component under the first one that has no page and is to be digitised."""
        empty = [
            row.component.code
            for row in self._dossiers.checklist(dossier_id)
            if not row.pages and row.component.requirement is not Requirement.PRESENTED
        ]
        loose = [page.id for page in self._dossiers.pages(dossier_id) if page.id in set(page_ids) and not page.component]
        if empty and loose:
            self._page_actions.place(dossier_id, loose, empty[0])

    def _heard(self, change: Change) -> None:
        if change.topic is Topic.PAGE_PROCESSED and change.page_id in self._watched:
            self._jobs.submit(Lane.RECORDS, _TAKING, lambda _job: self._look(change.dossier_id))

    def _look(self, dossier_id: str) -> None:
        """Decide on the watched pages of a dossier that the detector has seen by now."""
        seen = {page.id: page for page in self._dossiers.pages(dossier_id) if page.findings is not None or page.failure}
        with self._lock:
            decided = self._watched & set(seen)
            self._watched -= decided
        blank = [page_id for page_id in decided if _only_detected(seen[page_id])]
        if blank:
            self._page_actions.remove_blanks(dossier_id, blank)
            self._events.announce(Topic.BLANKS_REMOVED, dossier_id)


def _is_back(page: Page) -> bool:
    return page.provenance.side == "back"


def _only_detected(page: Page) -> bool:
    """Whether the detector takes the page for blank and the clerk has said nothing about it."""
    return page.blank and not any(isinstance(edit, MarkBlank) for edit in page.edits)
