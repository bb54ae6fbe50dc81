"""Turning one page offers to turn the rest of its pile."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

pytestmark = pytest.mark.window


def turns(desk) -> list[int]:
    return [page.geometry.turn for page in desk.pages]


def test_one_click_turns_the_rest_of_the_pile_and_undo_takes_it_back(desk) -> None:
    desk.scan(3)
    desk.processed()
    before = turns(desk)
    bar = desk.screen.view.stack_bar
    desk.press(Qt.Key.Key_R)
    desk.wait(lambda: turns(desk)[0] == (before[0] + 90) % 360)
    desk.wait(bar.isVisible)
    desk.shoot("stack-offer")
    bar.accept.click()
    assert not bar.isVisible()
    desk.wait(lambda: len(set(turns(desk))) == 1)
    desk.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    desk.wait(lambda: turns(desk) == [(before[0] + 90) % 360, *before[1:]])


def test_the_offer_goes_when_another_page_is_looked_at(desk) -> None:
    desk.scan(3)
    bar = desk.screen.view.stack_bar
    desk.press(Qt.Key.Key_R)
    desk.wait(bar.isVisible)
    desk.press(Qt.Key.Key_Space)
    desk.wait(lambda: not bar.isVisible())
