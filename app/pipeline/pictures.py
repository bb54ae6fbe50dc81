"""Pictures of pages for the screen, made when asked for and kept in the cache folder."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from app.errors import Text
from app.jobs import Job, Jobs, Lane
from app.model.page import Page
from app.pipeline import previews
from app.pipeline.pool import PagePool
from app.pipeline.previews import Kind
from app.store.errors import FilesAtCentre, translated
from app.store.pages import PageStore

_DRAWING = Text("Đang tải ảnh trang…", "Loading the page…")


@dataclass(frozen=True)
class Picture:
    """A JPEG to show; ``scale`` is its pixels for one pixel of the original (before turning and cutting)."""

    path: Path
    width: int
    height: int
    scale: float


class Pictures:
    """Thumbnails and previews; previews are drawn in the processes of ``pool``."""

    def __init__(self, pages: PageStore, jobs: Jobs, prefer: Callable[[str], None], pool: PagePool) -> None:
        self._pages = pages
        self._jobs = jobs
        self.prefer = prefer
        self._pool = pool

    def warm_up(self) -> None:
        """Have a process started that can draw, so that the first preview need not wait for one."""
        self._jobs.submit(Lane.PICTURES, _DRAWING, lambda job: self._pool.run(previews.get_ready))

    def thumbnail(self, page_id: str) -> Path | None:
        """Give the small picture that there is: the processed one, else the scanner's; None where there is none yet."""
        folder = self._pages.folder
        places = (folder.thumbnail(page_id), folder.raw_thumbnail(page_id))
        return next((place for place in places if place.exists()), None)

    def make(self, page_id: str, kind: Kind) -> Job[Picture]:
        """Make a preview with its longest side at most 2000 pixels.

        The job raises NoSuchPage, BrokenImage, OriginalMissing, FilesAtCentre, DiskFull, StorageFailed or PageWorkerDied.
        """
        return self._jobs.submit(Lane.PICTURES, _DRAWING, lambda job: self._draw(self._pages.get(page_id), kind))

    def _draw(self, page: Page, kind: Kind) -> Picture:
        try:
            return self._draw_large(page, kind)
        except FilesAtCentre:
            # The small picture is what stays of a page whose files are at the centre only.
            small = self.thumbnail(page.id)
            if small is None:
                raise
            with Image.open(small) as picture:
                width, height = picture.size
            return Picture(small, width, height, width / page.width)

    def _draw_large(self, page: Page, kind: Kind) -> Picture:
        path = self._pages.folder.cache / page.id[:2] / f"{page.id}.{_state_of(page, kind)}.jpg"
        scale = previews.scale_of(page)
        if not path.exists():
            task = previews.PreviewTask(page, kind, self._pages.original(page), path)
            with translated(self._pages.folder.root):
                self._pool.run_surely(previews.draw, task)
        with Image.open(path) as picture:
            width, height = picture.size
        return Picture(path, width, height, width / page.width if kind == "original" else scale)


def _state_of(page: Page, kind: Kind) -> str:
    """Name a picture by what it shows, so that an old one is never taken for a new one."""
    if kind == "original":
        return kind
    return hashlib.sha256(page.geometry.to_json().encode()).hexdigest()[:16]
