"""A store with small pages in it, and runners on it with real page workers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from PIL import Image, ImageDraw

from app.events import Change, Events
from app.jobs import Jobs
from app.model.page import Page, PageState
from app.pipeline.pictures import Pictures
from app.pipeline.pool import PagePool
from app.pipeline.runner import Runner
from app.settings import Settings
from app.store.dossiers import DossierStore
from app.store.folder import DataFolder
from app.store.pages import PageStore
from tests.records import a_dossier, a_page, opened_database
from tests.support import wait_until

WIDTH, HEIGHT = 413, 583


def workers() -> list[psutil.Process]:
    """The page workers of this process."""
    children = psutil.Process().children()
    return [child for child in children if "spawn_main" in " ".join(child.cmdline())]


class Mill:
    """Pages and what works on them."""

    def __init__(self, root: Path) -> None:
        self.folder = DataFolder(root)
        self.database = opened_database(self.folder)
        self.pages = PageStore(self.database)
        self.dossier_id = DossierStore(self.database).add(a_dossier()).id
        self.events, self.jobs = Events(), Jobs()
        self.heard: list[Change] = []
        self.events.subscribe(self.heard.append)
        self.runners: list[Runner] = []
        self.drawing = PagePool(1)
        self.pictures = Pictures(self.pages, self.jobs, lambda page_id: None, self.drawing)

    def add(self, sequence: int, *, size: tuple[int, int] = (WIDTH, HEIGHT), content: bytes | None = None) -> Page:
        """A page with a number on it, or with these bytes instead of a picture."""
        page = a_page(self.dossier_id, sequence, dpi=100, width=size[0], height=size[1])
        path = self.pages.path_of(page)
        path.parent.mkdir(exist_ok=True)
        if content is None:
            picture = Image.new("RGB", size, "white")
            ImageDraw.Draw(picture).text((60, 80), f"Trang {sequence}", fill="black", font_size=40)
            picture.save(path, dpi=(100, 100))
        else:
            path.write_bytes(content)
        return self.pages.add(replace(page, sha256=hashlib.sha256(path.read_bytes()).hexdigest()))

    def run(self, pool: PagePool | None = None) -> Runner:
        """Start a runner with one worker."""
        runner = Runner(self.pages, pool or PagePool(1), self.events, Settings)
        self.runners.append(runner)
        runner.start()
        return runner

    def state(self, page: Page) -> PageState:
        return self.pages.get(page.id).state

    def wait(self, *pages: Page) -> None:
        wait_until(lambda: all(self.state(page) is not PageState.NEW for page in pages), 60, "the processed pages")

    def close(self) -> None:
        for runner in self.runners:
            runner.close()
        self.drawing.close()
        self.jobs.close()
        self.database.close()


@pytest.fixture
def mill(tmp_path: Path) -> Iterator[Mill]:
    made = Mill(tmp_path / "data")
    yield made
    made.close()


@pytest.fixture
def page_workers() -> Callable[[], list[psutil.Process]]:
    return workers
