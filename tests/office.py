"""Filing on a real store, with pages whose text is already read: what tests of finished dossiers share."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from PIL import Image

from app.events import Events, Topic
from app.filing.dossiers import Dossiers
from app.filing.export import Exporting
from app.filing.finish import Finishing
from app.filing.page_actions import PageActions
from app.filing.procedures import ProcedureSearch
from app.filing.reuse import Reuse
from app.filing.revisions import Revisions
from app.filing.stores import Stores
from app.jobs import Jobs
from app.model.manifest import KnownPaper
from app.model.page import Page
from app.model.page_findings import PageText
from app.settings import FilingSettings, Settings, StationSettings
from app.store.dossiers import DossierStore
from app.store.folder import DataFolder
from app.store.history import HistoryStore
from app.store.outbox import OutboxStore
from app.store.pages import PageStore
from app.store.procedures import load_catalogue
from resources import resource
from tests.records import NOW, a_page, opened_database


class Office:
    """Everything that finishing needs, with pages whose text is already read."""

    def __init__(self, root: Path) -> None:
        self.folder = DataFolder(root)
        self.database = opened_database(self.folder)
        self.pages, self.store = PageStore(self.database), DossierStore(self.database)
        self.outbox = OutboxStore(self.database)
        self.events, self.jobs = Events(), Jobs()
        self.settings = Settings(filing=FilingSettings(min_dpi=100), station=StationSettings(name="Bàn thử"))
        stores = Stores.on(self.database, ProcedureSearch(load_catalogue(resource("catalogue.json"))))
        self.stores = stores
        self.papers = stores.papers
        self.page_actions = PageActions(stores, self.events, lambda: self.settings, lambda: NOW)
        self.dossiers = Dossiers(stores, self.page_actions, self.events, lambda: self.settings, lambda: NOW)
        self.finishing = Finishing(stores, self.jobs, self.events, lambda: self.settings, lambda: NOW)
        self.revisions = Revisions(stores, HistoryStore(self.database), self.events, lambda: self.settings, lambda: NOW)
        self.exporting = Exporting(stores, self.outbox, self.revisions, self.jobs, _run_here)

        self.reuse = Reuse(stores, self._ask, self.jobs, self.events, lambda: self.settings, lambda: NOW)
        self.centre: Callable[[str, str], tuple[KnownPaper, ...]] = lambda _owner, _kind: ()

    def _ask(self, owner_id: str, kind_code: str) -> tuple[KnownPaper, ...]:
        """What the centre answers in a test; the real one answers in tests/journeys."""
        return self.centre(owner_id, kind_code)

    def add(self, dossier_id: str, sequence: int, component: str = "", *, read: bool = True) -> Page:
        """A small page with its file; its gray is its number."""
        page = a_page(dossier_id, sequence, batch=dossier_id, dpi=100, width=200, height=280)
        path = self.pages.path_of(page)
        path.parent.mkdir(exist_ok=True)
        Image.new("RGB", (200, 280), (20 * sequence,) * 3).save(path, dpi=(100, 100))
        page = self.pages.add(replace(page, sha256=hashlib.sha256(path.read_bytes()).hexdigest()))
        if component:
            self.page_actions.place(dossier_id, [page.id], component)
        if read:
            self.read(page.id)
        return self.pages.get(page.id)

    def read(self, page_id: str) -> None:
        """Say that the pipeline is through with a page."""
        page = self.pages.get(page_id)
        self.pages.keep_text(page, PageText((), 200, 280, "thử"))
        self.events.announce(Topic.PAGE_PROCESSED, page.dossier_id, page_id)

    def complete(self) -> str:
        """A dossier with two papers of three pages; gives its id."""
        dossier_id = self.dossiers.new("1.001193").id
        for sequence, component in ((1, "TP02"), (2, "TP01"), (3, "TP01")):
            self.add(dossier_id, sequence, component)
        self.dossiers.set_fields(dossier_id, owner_name="Trần Thị Thử", owner_id_number="024198000001")
        return dossier_id

    def close(self) -> None:
        """End its lanes and let the database go."""
        self.jobs.close()
        self.database.close()


def _run_here(function: Callable[..., Any], *arguments: Any) -> Any:
    """A worker process costs a second; tests of what it is asked to do need none."""
    return function(*arguments)
