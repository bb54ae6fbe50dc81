"""The real window on a real application, with folders of its own and the practice scanner."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QSize
from PySide6.QtWidgets import QApplication, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from app.bootstrap import Application
from app.model.page import Page, PageState
from app.settings import ProfileSettings, SettingsFile
from ui.collector import Collector
from ui.main_window import MainWindow
from ui.start import prepare, present

RESULTS = Path(os.environ.get("SOHOA_TEST_RESULTS", "test-results")) / "window"
SCREEN = QSize(1366, 768)


@pytest.fixture(scope="session")
def qapp_args() -> list[str]:
    return ["sohoa"]


@pytest.fixture
def dressed(qapp: QApplication) -> Iterator[QApplication]:
    """The program with its style and its own collector of garbage, as users have it."""
    prepare(qapp)
    collector = Collector(qapp)
    yield qapp
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    collector.stop()
    collector.deleteLater()


class Desk:
    """A window with its application, driven as a clerk would."""

    def __init__(self, window: MainWindow, bot: QtBot) -> None:
        self.window = window
        self.bot = bot
        self.application: Application = window.application
        self.screen = window.screen_desk
        self.strip = window.screen_desk.strip

    def wait(self, condition: Callable[[], bool], seconds: float = 60.0) -> None:
        self.bot.waitUntil(condition, timeout=int(seconds * 1000))

    @property
    def pages(self) -> tuple[Page, ...]:
        snapshot = self.window.desk.snapshot
        return snapshot.pages if snapshot else ()

    def page(self, page_id: str) -> Page | None:
        return next((page for page in self.pages if page.id == page_id), None)

    def scan(self, count: int, seconds: float = 30.0) -> None:
        before = len(self.pages)
        self.window.bar.scan.click()
        self.wait(lambda: not self.window.scanning.running and len(self.strip.page_ids()) == before + count, seconds)

    def processed(self, seconds: float = 90.0) -> None:
        self.wait(lambda: all(page.state is not PageState.NEW for page in self.pages), seconds)

    def press(self, key: object, modifier: object = None) -> None:
        """Press a key where the focus of a clerk is after clicking on a page."""
        self.strip.setFocus()
        if modifier is None:
            self.bot.keyClick(self.strip, key)
        else:
            self.bot.keyClick(self.strip, key, modifier)

    def choose_procedure(self, code: str) -> None:
        self.screen.set_procedure(code)
        self.wait(lambda: self.window.desk.snapshot is not None and bool(self.window.desk.snapshot.checklist))

    def on_screen(self, seconds: float = 20.0) -> None:
        """Wait until the large picture is the one that belongs there."""
        self.wait(lambda: self.screen.view.settled, seconds)

    def primaries(self) -> list[str]:
        """The names of all primary buttons that can be seen."""
        kinds = (*self.window.findChildren(QPushButton), *self.window.findChildren(QToolButton))
        return [each.accessibleName() for each in kinds if each.isVisible() and each.property("primary") == "true"]

    def shoot(self, name: str) -> Path:
        """Keep a picture of the whole screen, with lists that hang under fields."""
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        self.bot.wait(120)
        RESULTS.mkdir(parents=True, exist_ok=True)
        path = RESULTS / f"{name}.png"
        assert self.window.screen().grabWindow(0).save(str(path))
        return path


@pytest.fixture
def open_desk(
    qtbot: QtBot, dressed: QApplication, tmp_path: Path, make_application: Callable[..., Application]
) -> Iterator[Callable[..., Desk]]:
    """Opens the window with a profile that scans the pages of a folder."""
    windows: list[MainWindow] = []

    def make(tray: Path, options: dict[str, str] | None = None, **kwargs: bool) -> Desk:
        profiles = [
            ProfileSettings(name="Hồ sơ 300 dpi", backend="virtual", device=str(tray), options=options or {}),
            ProfileSettings(name="Hai mặt 300 dpi", backend="virtual", device=str(tray)),
        ]
        values = [profile.model_dump(mode="json") for profile in profiles]
        SettingsFile(tmp_path / "settings.toml").change({"profiles": values, "recognition.workers": 1})
        window = MainWindow(make_application(**kwargs), tmp_path / "window.ini")
        windows.append(window)
        window.resize(SCREEN)
        window.move(0, 0)
        with qtbot.waitActive(window):
            present(window)
            window.activateWindow()
        return Desk(window, qtbot)

    yield make
    for window in windows:
        if window.isVisible():
            window.close()
            qtbot.waitUntil(lambda window=window: not window.isVisible(), timeout=20_000)
        window.deleteLater()


@pytest.fixture
def desk(open_desk: Callable[..., Desk], small_pages: Callable[[int], Path]) -> Desk:
    """A desk with three small pages in the feeder."""
    return open_desk(small_pages(3))
