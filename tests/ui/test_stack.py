"""Turning one page offers to turn the rest of its pile; a picture of several papers offers to be split."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image
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


def test_two_cards_on_the_glass_become_two_pages_with_one_click(open_desk: Callable, tmp_path: Path) -> None:
    glass = np.full((1754, 1240, 3), 25, np.uint8)
    for number, top in enumerate((90, 860)):
        glass[top : top + 320, 130 : 130 + 505] = (205, 222, 214)
        for row in range(5):
            cv2.putText(
                glass, f"CAN CUOC 0123{number}", (150, top + 60 + 50 * row), cv2.FONT_HERSHEY_SIMPLEX, 1.0, (40, 40, 40), 2
            )
    tray = tmp_path / "tray"
    tray.mkdir()
    Image.fromarray(glass).save(tray / "cards.png", dpi=(150, 150))
    desk = open_desk(tray)
    desk.scan(1)
    desk.processed()
    (page,) = desk.pages
    assert page.findings is not None
    assert len(page.findings.papers) == 2
    badge = next(button for button in desk.screen.view.badges.buttons() if "tách" in button.text())
    desk.on_screen()
    desk.shoot("papers-offer")
    badge.click()
    desk.wait(lambda: len(desk.strip.page_ids()) == 2)
    desk.processed()
    desk.on_screen()
    desk.shoot("papers-split")
    assert [round(page.geometry.quad[0][1], -2) for page in desk.pages] == [200, 1700]
    desk.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    desk.wait(lambda: len(desk.strip.page_ids()) == 1)
