"""From pressing Scan to the first thumbnail on screen: little more than what the driver needs for its first page."""

from __future__ import annotations

import shutil
import statistics
import time
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject

from drivers.client import start_scan
from drivers.contract import PageFinished, ScanRequest

pytestmark = pytest.mark.window

LIMIT_SECONDS = 0.3
ROUNDS = 5


class Painted(QObject):
    """Notes when the strip is painted for the first time with a thumbnail in it."""

    def __init__(self, desk) -> None:
        super().__init__()
        self._strip, self._images = desk.strip, desk.window.images
        self.at = 0.0
        self._strip.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        pages = [cell.page for cell in self._strip.pages.cells if cell.page is not None]
        if not self.at and event.type() is QEvent.Type.Paint and pages and self._images.thumbnail(pages[0]) is not None:
            self.at = time.monotonic()
        return False


def driver_alone(tray: Path, spool: Path) -> float:
    """Seconds from starting a scan until the driver has announced its first page, with nothing else around it."""
    spool.mkdir()
    begun = time.monotonic()
    with start_scan("virtual", ScanRequest(str(tray), str(spool), dpi=300)) as run:
        next(event for event in run.events() if isinstance(event, PageFinished))
        return time.monotonic() - begun


def in_the_window(desk) -> float:
    """Seconds from pressing Scan, with an empty dossier open, until the strip shows the first thumbnail."""
    desk.window.desk.new()
    desk.wait(lambda: desk.window.desk.snapshot is not None and not desk.pages)
    painted = Painted(desk)
    begun = time.monotonic()
    desk.window.bar.scan.click()
    desk.wait(lambda: painted.at > 0)
    desk.wait(lambda: not desk.window.scanning.running)
    return painted.at - begun


@pytest.mark.alone
def test_the_first_thumbnail_follows_the_first_page(open_desk, sample_folder: Path, tmp_path: Path) -> None:
    tray = tmp_path / "tray"
    tray.mkdir()
    shutil.copy(sorted(sample_folder.glob("*.jpg"))[0], tray)
    desk = open_desk(tray)
    desk.bot.wait(500)
    pairs = []
    for number in range(ROUNDS):
        alone = driver_alone(tray, tmp_path / f"spool-{number}")
        pairs.append((in_the_window(desk), alone))
        desk.processed()
    more = [window - alone for window, alone in pairs]
    figures = ", ".join(f"{window * 1000:.0f}/{alone * 1000:.0f}" for window, alone in pairs)
    print(f"window/driver alone, ms: {figures}; median of the difference {statistics.median(more) * 1000:.0f} ms")
    assert statistics.median(more) < LIMIT_SECONDS
