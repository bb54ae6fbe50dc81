"""Drawing a page large for the screen, in a worker process: a decoder may crash there, and takes no time from the window."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from app.imaging.geometry import render
from app.imaging.raster import Raster, encode_preview, read_image
from app.model.page import Page
from app.pixels import Pixels

PREVIEW_SIDE = 2000
Kind = Literal["original", "processed"]
_REDUCTIONS: tuple[Literal[8, 4, 2], ...] = (8, 4, 2)


@dataclass(frozen=True)
class PreviewTask:
    """One picture to draw: the page as it is now, where its original lies, where the JPEG goes."""

    page: Page
    kind: Kind
    original: Path
    preview: Path


def scale_of(page: Page) -> float:
    """Give the pixels of a preview for one pixel of the original."""
    return min(1.0, PREVIEW_SIDE / max(page.width, page.height))


def draw(task: PreviewTask) -> None:
    """Write the preview where there is none yet. Raises BrokenImage, or OSError where it cannot be written."""
    if task.preview.exists():  # one that was asked for twice
        return
    page, scale = task.page, scale_of(task.page)
    reduced: Literal[1, 2, 4, 8] = next((step for step in _REDUCTIONS if step * scale <= 1), 1)
    raster = read_image(task.original, reduced=reduced)
    pixels = raster.pixels if task.kind == "original" else _render_small(raster, page)
    down, across = (side * scale * reduced for side in pixels.shape[:2])
    # A preview is at most four times as wide as the height that is asked for: a flat strip asks for more.
    write_picture(task.preview, encode_preview(pixels, max(1, round(down), math.ceil(across / 4))))


def get_ready() -> None:
    """Do nothing: a worker that ran this has loaded what drawing needs."""


def write_picture(path: Path, content: bytes) -> None:
    """Write a picture that can be made again: never half under its name, and without waiting for the disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_bytes(content)
    part.replace(path)


def _render_small(raster: Raster, page: Page) -> Pixels:
    across, down = raster.width / page.width, raster.height / page.height
    geometry = page.geometry
    top_left, top_right, bottom_right, bottom_left = ((x * across, y * down) for x, y in geometry.quad)
    return render(raster, replace(geometry, quad=(top_left, top_right, bottom_right, bottom_left)))
