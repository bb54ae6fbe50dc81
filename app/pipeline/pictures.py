"""Pictures of pages for the screen, made when asked for and kept in the cache folder."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from PIL import Image

from app.errors import Text
from app.imaging.geometry import render
from app.imaging.raster import Raster, encode_preview, read_image
from app.jobs import Job, Jobs, Lane
from app.model.page import Page
from app.pixels import Pixels
from app.store.errors import FilesAtCentre, translated
from app.store.pages import PageStore

PREVIEW_SIDE = 2000
Kind = Literal["original", "processed"]
_REDUCTIONS: tuple[Literal[8, 4, 2], ...] = (8, 4, 2)
_DRAWING = Text("Đang tải ảnh trang…", "Loading the page…")


@dataclass(frozen=True)
class Picture:
    """A JPEG to show; ``scale`` is its pixels for one pixel of the original (before turning and cutting)."""

    path: Path
    width: int
    height: int
    scale: float


class Pictures:
    """Thumbnails and previews."""

    def __init__(self, pages: PageStore, jobs: Jobs, prefer: Callable[[str], None]) -> None:
        self._pages = pages
        self._jobs = jobs
        self.prefer = prefer

    def thumbnail(self, page_id: str) -> Path | None:
        """Give the small picture that there is: the processed one, else the scanner's; None where there is none yet."""
        folder = self._pages.folder
        places = (folder.thumbnail(page_id), folder.raw_thumbnail(page_id))
        return next((place for place in places if place.exists()), None)

    def make(self, page_id: str, kind: Kind) -> Job[Picture]:
        """Make a preview with its longest side at most 2000 pixels. The job raises NoSuchPage, BrokenImage or FilesAtCentre."""
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
        scale = min(1.0, PREVIEW_SIDE / max(page.width, page.height))
        if not path.exists():
            reduced: Literal[1, 2, 4, 8] = next((step for step in _REDUCTIONS if step * scale <= 1), 1)
            raster = read_image(self._pages.original(page), reduced=reduced)
            pixels = raster.pixels if kind == "original" else _render_small(raster, page)
            down, across = (side * scale * reduced for side in pixels.shape[:2])
            # A preview is at most four times as wide as the height that is asked for: a flat strip asks for more.
            self._write(path, encode_preview(pixels, max(1, round(down), math.ceil(across / 4))))
        with Image.open(path) as picture:
            width, height = picture.size
        return Picture(path, width, height, width / page.width if kind == "original" else scale)

    def _write(self, path: Path, content: bytes) -> None:
        with translated(self._pages.folder.root):
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_name(path.name + ".part")
            part.write_bytes(content)
            part.replace(path)


def _state_of(page: Page, kind: Kind) -> str:
    """Name a picture by what it shows, so that an old one is never taken for a new one."""
    if kind == "original":
        return kind
    return hashlib.sha256(page.geometry.to_json().encode()).hexdigest()[:16]


def _render_small(raster: Raster, page: Page) -> Pixels:
    across, down = raster.width / page.width, raster.height / page.height
    geometry = page.geometry
    top_left, top_right, bottom_right, bottom_left = ((x * across, y * down) for x, y in geometry.quad)
    return render(raster, replace(geometry, quad=(top_left, top_right, bottom_right, bottom_left)))
