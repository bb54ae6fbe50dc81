"""What was read on a paper, shown as proposals: where it stands, one click to take it, nothing taken by itself."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt

from resources import resource

pytestmark = pytest.mark.window


@pytest.fixture
def read_desk(open_desk: Callable, tmp_path: Path):
    """A desk with a declaration that was scanned and read."""
    folder = tmp_path / "tray"
    folder.mkdir()
    shutil.copy(resource("samples/pages/smoke_002_to_khai.jpg"), folder)
    desk = open_desk(folder)
    desk.scan(1)
    desk.processed()
    desk.choose_procedure("1.001193")
    desk.wait(lambda: len(desk.screen.panel.offers.model.offers) >= 3)
    return desk


def row_of(desk, name: str) -> int:
    return next(row for row, offer in enumerate(desk.screen.panel.offers.model.offers) if offer.name == name)


def click(desk, row: int, *, tick: bool) -> None:
    view = desk.screen.panel.offers.view
    rect = view.visualRect(view.model().index(row, 0))
    spot = QPoint(rect.right() - 12, rect.center().y()) if tick else QPoint(rect.left() + 40, rect.center().y())
    desk.bot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=spot)


def test_a_proposal_is_seen_on_the_page_and_taken_with_one_click(read_desk) -> None:
    desk = read_desk
    panel, canvas = desk.screen.panel, desk.screen.view.canvas
    desk.on_screen()
    assert panel.fields.rows["owner_name"].field.text() == ""
    click(desk, row_of(desk, "owner_name"), tick=False)
    desk.wait(lambda: canvas.marked is not None)
    desk.shoot("offers")
    left, top, right, bottom = canvas.marked
    assert 0 < left < right
    assert 0 < top < bottom
    desk.press(Qt.Key.Key_O)  # the original is another picture, with other places
    desk.wait(lambda: canvas.marked is None)
    assert panel.fields.rows["owner_name"].field.text() == ""
    click(desk, row_of(desk, "owner_name"), tick=True)
    desk.wait(lambda: panel.fields.rows["owner_name"].field.text() == "DƯƠNG THỊ TUYẾT HƯỜNG")
    desk.wait(lambda: all(offer.name != "owner_name" for offer in panel.offers.model.offers))


def test_the_key_takes_the_next_one_and_the_button_all(read_desk) -> None:
    desk = read_desk
    offers = desk.screen.panel.offers
    first = offers.model.offers[0]
    desk.press(Qt.Key.Key_A)
    desk.wait(lambda: first not in offers.model.offers)
    offers.all.click()
    desk.wait(lambda: bool(desk.window.desk.snapshot.dossier.owner_id_number))
    desk.wait(lambda: desk.pages[0].component == "TP01")
    desk.wait(lambda: {offer.place for offer in offers.model.offers} == {"paper"})
