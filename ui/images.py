"""Pictures for the screen: made by the pipeline, decoded in worker threads, handed over as QImage."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QImage, QImageReader, QPixmap

from app.model.page import Page
from app.pipeline.pictures import Picture, Pictures
from ui.bridge import Bridge
from ui.operations import Operations

Kind = Literal["original", "processed"]
THUMBNAIL_HEIGHT = 236
_KEPT = 6


@dataclass(frozen=True)
class Shown:
    """A picture ready to be drawn; ``scale`` is its pixels per pixel of the original."""

    image: QImage
    scale: float


def version_of(page: Page) -> str:
    """Name the look of a page: it changes with each edit and when the pipeline has been there."""
    return f"{page.id}/{page.state}/{hash(page.edits)}"


class Images(QObject):
    """Loads large pictures on demand and thumbnails as they come; both keep what was used last."""

    thumbnail_ready = Signal(str)

    def __init__(self, pictures: Pictures, bridge: Bridge, operations: Operations, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pictures = pictures
        self._bridge = bridge
        self._operations = operations
        self._pool = ThreadPoolExecutor(2, "pictures")
        self._large: OrderedDict[tuple[str, Kind], Shown] = OrderedDict()
        self._thumbnails: dict[str, QPixmap] = {}
        self._versions: dict[str, str] = {}

    def close(self) -> None:
        """Decode nothing more."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def thumbnail(self, page: Page) -> QPixmap | None:
        """Give the thumbnail at hand and fetch a newer one where the page looks different now."""
        version = version_of(page)
        if self._versions.get(page.id) != version:
            self._versions[page.id] = version
            self._submit(lambda: self._fetch_thumbnail(page.id, version))
        return self._thumbnails.get(page.id)

    def refresh_thumbnail(self, page_id: str) -> None:
        """Have the thumbnail of a page fetched again when it is drawn next."""
        self._versions.pop(page_id, None)

    def show(self, page: Page, kind: Kind, ready: Callable[[Shown], None], failure: Callable[[BaseException], None]) -> None:
        """Call ``ready`` with a large picture, at once where it is at hand."""
        key = (version_of(page), kind)
        if (kept := self._large.get(key)) is not None:
            self._large.move_to_end(key)
            ready(kept)
            return

        def made(picture: Picture) -> None:
            self._submit(lambda: self._fetch_large(key, picture, ready))

        self._pictures.prefer(page.id)
        self._operations.follow(self._pictures.make(page.id, kind), made, failure)

    def _submit(self, work: Callable[[], None]) -> None:
        try:
            self._pool.submit(work)
        except RuntimeError:  # closed: the window is going away
            return

    def _fetch_thumbnail(self, page_id: str, version: str) -> None:
        path = self._pictures.thumbnail(page_id)
        image = read_image(path, THUMBNAIL_HEIGHT) if path is not None else QImage()
        self._bridge.post(lambda: self._keep_thumbnail(page_id, version, image))

    def _keep_thumbnail(self, page_id: str, version: str, image: QImage) -> None:
        if image.isNull():
            self._versions.pop(page_id, None)
        elif self._versions.get(page_id) == version:
            self._thumbnails[page_id] = QPixmap.fromImage(image)
            self.thumbnail_ready.emit(page_id)

    def _fetch_large(self, key: tuple[str, Kind], picture: Picture, ready: Callable[[Shown], None]) -> None:
        shown = Shown(read_image(picture.path), picture.scale)
        self._bridge.post(lambda: self._keep_large(key, shown, ready))

    def _keep_large(self, key: tuple[str, Kind], shown: Shown, ready: Callable[[Shown], None]) -> None:
        if not shown.image.isNull():
            self._large[key] = shown
            while len(self._large) > _KEPT:
                self._large.popitem(last=False)
        ready(shown)


def read_image(path: Path, height: int = 0) -> QImage:
    """Decode a picture, no higher than ``height`` pixels where that is given; a null image where it cannot be read."""
    reader = QImageReader(str(path))
    reader.setAutoTransform(True)
    size = reader.size()
    if height and size.height() > height:
        reader.setScaledSize(size.scaled(QSize(size.width(), height), Qt.AspectRatioMode.KeepAspectRatio))
    # No conversion here: it would hold Python's lock, and with it the window; reading lets it go.
    return reader.read()
