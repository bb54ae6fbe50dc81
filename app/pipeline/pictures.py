"""Pictures of pages for the screen, made when asked for and kept in the cache folder."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from app.errors import Text
from app.imaging.geometry import render
from app.imaging.raster import Raster, encode_preview, read_image
from app.jobs import Job, Jobs, Lane
from app.model.page import Page
from app.store.errors import translated
from app.store.folder import DataFolder
from app.store.pages import PageStore

PREVIEW_SIDE = 2000
Kind = Literal["original", "processed"]
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
        places = (thumbnail_path(self._pages.folder, page_id), raw_thumbnail_path(self._pages.folder, page_id))
        return next((place for place in places if place.exists()), None)

    def make(self, page_id: str, kind: Kind) -> Job[Picture]:
        """Make a preview with its longest side at most 2000 pixels. The job raises NoSuchPage or BrokenImage."""
        return self._jobs.submit(Lane.PICTURES, _DRAWING, lambda job: self._draw(self._pages.get(page_id), kind))

    def _draw(self, page: Page, kind: Kind) -> Picture:
        path = self._pages.folder.cache / page.id[:2] / f"{page.id}.{_state_of(page, kind)}.jpg"
        reduced, scale = _reduction(max(page.width, page.height))
        if not path.exists():
            raster = read_image(self._pages.path_of(page), reduced=reduced)
            pixels = raster.pixels if kind == "original" else _render_small(raster, page)
            height = round(pixels.shape[0] * scale * reduced)
            self._write(path, encode_preview(pixels, height))
        shown = read_size(path)
        return Picture(path, *shown, scale=scale)

    def _write(self, path: Path, content: bytes) -> None:
        with translated(self._pages.folder.root):
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_name(path.name + ".part")
            part.write_bytes(content)
            part.replace(path)


def thumbnail_path(folder: DataFolder, page_id: str) -> Path:
    """Where the pipeline keeps the thumbnail of a processed page."""
    return folder.cache / page_id[:2] / f"{page_id}.thumb.jpg"


def raw_thumbnail_path(folder: DataFolder, page_id: str) -> Path:
    """Where the scanner worker's own thumbnail is kept."""
    return folder.cache / page_id[:2] / f"{page_id}.raw.jpg"


def _state_of(page: Page, kind: Kind) -> str:
    """Name a picture by what it shows, so that an old one is never taken for a new one."""
    if kind == "original":
        return kind
    return hashlib.sha256(page.geometry.to_json().encode()).hexdigest()[:16]


def _reduction(longest: int) -> tuple[Literal[1, 2, 4, 8], float]:
    """How far to reduce while decoding, and the scale of the picture against the original."""
    scale = min(1.0, PREVIEW_SIDE / longest)
    return (next((step for step in (8, 4, 2) if step * scale <= 1), 1), scale)  # type: ignore[return-value]  # 1, 2, 4, 8


def _render_small(raster: Raster, page: Page) -> object:
    across, down = raster.width / page.width, raster.height / page.height
    geometry = page.geometry
    top_left, top_right, bottom_right, bottom_left = ((x * across, y * down) for x, y in geometry.quad)
    return render(raster, replace(geometry, quad=(top_left, top_right, bottom_right, bottom_left)))
