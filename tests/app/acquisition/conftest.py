"""Real worker processes and a real store, without the pipeline behind them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.acquisition.intake import Intake
from app.acquisition.profiles import Profiles
from app.acquisition.scanners import Scanners, ScanOutcome
from app.acquisition.sittings import Sittings
from app.events import Change, Events
from app.filing.dossiers import Dossiers
from app.filing.page_actions import PageActions
from app.filing.procedures import ProcedureSearch
from app.filing.scanned import ScannedPages
from app.filing.stores import Stores
from app.jobs import Job, Jobs
from app.model.page import Page
from app.model.profile import Profile
from app.settings import FilingSettings, Settings
from app.store.dossiers import DossierStore
from app.store.folder import DataFolder
from app.store.pages import PageStore
from app.store.procedures import load_catalogue
from resources import resource
from tests.records import NOW, opened_database


class ScanRoom:
    """Scanners and where their pages go."""

    def __init__(self, root: Path) -> None:
        self.folder = DataFolder(root)
        self.database = opened_database(self.folder)
        self.pages, self.store = PageStore(self.database), DossierStore(self.database)
        self.events, self.jobs = Events(), Jobs()
        self.heard: list[Change] = []
        self.events.subscribe(self.heard.append)
        self.settings = Settings(filing=FilingSettings(min_free_mb=10))
        stores = Stores.on(self.database, ProcedureSearch(load_catalogue(resource("catalogue.json"))))
        self.page_actions = PageActions(stores, self.events, lambda: self.settings, lambda: NOW)
        self.dossiers = Dossiers(stores, self.page_actions, self.events, lambda: self.settings, lambda: NOW)
        self.intake = Intake(self.folder, self.pages, self.events, self.dossiers.open_late)
        self.scanners = Scanners(self.jobs, self.events, self.intake, self.store, lambda: self.settings)
        self.profiles = Profiles(lambda: self.settings, lambda _values: self.settings, root / "site.toml")
        self.sittings = Sittings(
            self.scanners, self.jobs, ScannedPages(self.dossiers, self.page_actions, self.jobs, self.events)
        )

    def start(self, dossier_id: str, device: Path, **values: Any) -> Job[ScanOutcome]:
        """Start a batch with the practice scanner at 100 dpi; ``options`` order its mishaps."""
        return self.scanners.start(Profile("thử", "virtual", str(device), **{"dpi": 100, **values}), dossier_id)

    def kept(self, dossier_id: str) -> tuple[Page, ...]:
        return self.dossiers.pages(dossier_id)

    def sequences(self, dossier_id: str) -> list[int]:
        return [page.provenance.sequence for page in self.kept(dossier_id)]

    def close(self) -> None:
        self.jobs.close()
        self.database.close()


@pytest.fixture
def make_room(tmp_path: Path) -> Iterator[Callable[[], ScanRoom]]:
    """Opens the same data folder as often as asked, one after the other."""
    made: list[ScanRoom] = []

    def make() -> ScanRoom:
        for earlier in made:
            earlier.close()
        made.append(ScanRoom(tmp_path / "data"))
        return made[-1]

    yield make
    for room in made:
        room.close()


@pytest.fixture
def room(make_room: Callable[[], ScanRoom]) -> ScanRoom:
    return make_room()
