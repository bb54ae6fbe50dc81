"""Pages on the desk: scanning, looking, turning, cropping, ordering, deleting and taking all of it back."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QItemSelectionModel, QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDropEvent

from app.model.page import Crop, MarkBlank, Page, Turn
from ui.items.thumbnail_model import MIME

pytestmark = pytest.mark.window

CONTROL = Qt.KeyboardModifier.ControlModifier


def drop(desk, pages: list[str], beside: str, after: bool = False) -> None:
    """Drop pages on the left or right half of a cell, as the mouse would."""
    rect = desk.strip.visualRect(desk.strip.pages.index(desk.strip.pages.row_of(beside)))
    at = QPointF(rect.right() - 5 if after else rect.left() + 5, rect.center().y())
    carried = QMimeData()
    carried.setData(MIME, "\n".join(pages).encode())
    event = QDropEvent(at, Qt.DropAction.MoveAction, carried, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    desk.strip.dropEvent(event)


def edits(desk, page_id: str) -> object:
    page = desk.page(page_id)
    return page.edits if page is not None else None


def test_scanned_pages_appear_in_a_new_dossier(desk) -> None:
    assert desk.primaries() == ["Quét"]
    desk.window.bar.scan.click()
    desk.wait(lambda: desk.window.scanning.running)
    assert desk.primaries() == ["Dừng"]
    desk.wait(lambda: not desk.window.scanning.running and len(desk.strip.page_ids()) == 3)
    assert desk.primaries() == ["Hoàn tất hồ sơ"]
    assert desk.strip.shown == desk.strip.page_ids()[0]
    images = desk.window.images
    desk.wait(lambda: all(images.thumbnail(page) is not None for page in desk.pages))
    desk.on_screen()
    assert desk.window.queue.model.dossiers[0].id == desk.window.desk.dossier_id


def test_a_page_on_screen_is_drawn_once_however_often_its_dossier_is_read(desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.scan(3)
    desk.processed()
    desk.on_screen()
    pictures = desk.window.application.pictures
    make, asked = pictures.make, []

    def noted(page_id: str, kind: str) -> object:
        asked.append((page_id, kind))
        return make(page_id, kind)

    monkeypatch.setattr(pictures, "make", noted)
    desk.screen.view.show_kind("original")
    for _ in range(3):
        desk.screen.show_snapshot(desk.window.desk.snapshot)
    desk.on_screen()
    assert asked == [(desk.strip.shown, "original")]

    desk.screen.view.show_kind("processed")
    desk.on_screen()
    desk.screen.view.show_kind("original")
    desk.on_screen()


def test_more_pages_go_into_the_same_dossier(desk) -> None:
    desk.scan(3)
    first = desk.window.desk.dossier_id
    shown = desk.strip.shown
    desk.bot.keyClick(desk.window, Qt.Key.Key_F5)
    desk.wait(lambda: len(desk.strip.page_ids()) == 6)
    assert desk.window.desk.dossier_id == first
    assert desk.strip.shown == shown


def test_turn_delete_undo_redo_by_keys(desk) -> None:
    desk.scan(3)
    first, second, third = desk.strip.page_ids()
    desk.press(Qt.Key.Key_Space)
    assert desk.strip.shown == second
    desk.press(Qt.Key.Key_R)
    desk.wait(lambda: edits(desk, second) == (Turn(90),))
    desk.press(Qt.Key.Key_L)
    desk.wait(lambda: edits(desk, second) == (Turn(90), Turn(270)))
    desk.press(Qt.Key.Key_Delete)
    desk.wait(lambda: desk.strip.page_ids() == [first, third])
    desk.wait(lambda: desk.strip.shown == third)
    desk.press(Qt.Key.Key_Z, CONTROL)
    desk.wait(lambda: desk.strip.page_ids() == [first, second, third])
    desk.press(Qt.Key.Key_Y, CONTROL)
    desk.wait(lambda: desk.strip.page_ids() == [first, third])
    desk.press(Qt.Key.Key_Z, CONTROL)
    desk.press(Qt.Key.Key_Z, CONTROL)
    desk.wait(lambda: edits(desk, second) == (Turn(90),))
    desk.press(Qt.Key.Key_Z, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    desk.wait(lambda: edits(desk, second) == (Turn(90), Turn(270)))


def test_many_chosen_pages_are_turned_and_deleted_together(desk) -> None:
    desk.scan(3)
    first, second, third = desk.strip.page_ids()
    row = desk.strip.pages.row_of(second)
    desk.strip.selectionModel().select(desk.strip.pages.index(row), QItemSelectionModel.SelectionFlag.Select)
    assert desk.strip.selected_ids() == [first, second]
    desk.press(Qt.Key.Key_R)
    desk.wait(lambda: edits(desk, first) == edits(desk, second) == (Turn(90),))
    assert desk.strip.selected_ids() == [first, second]
    assert desk.page(third).edits == ()
    desk.press(Qt.Key.Key_Delete)
    desk.wait(lambda: desk.strip.page_ids() == [third])
    desk.wait(lambda: desk.strip.shown == third)


def inside(point: tuple[float, float], page: Page) -> tuple[float, float]:
    """The frame is laid inside the picture, also where a corner was found just outside."""
    return min(max(point[0], 0), page.width), min(max(point[1], 0), page.height)


def test_the_crop_frame_is_dragged_and_taken(desk) -> None:
    desk.scan(3)
    desk.processed()
    page = desk.pages[0]
    desk.press(Qt.Key.Key_C)
    canvas = desk.screen.view.canvas
    desk.wait(lambda: canvas.frame is not None)
    assert desk.primaries() == ["Cắt theo khung"]
    desk.bot.wait(100)
    corner = canvas.frame.corners[0]
    start = canvas.mapFromScene(corner)
    goal = canvas.mapFromScene(corner + QPointF(60, 40))
    desk.bot.mousePress(canvas.viewport(), Qt.MouseButton.LeftButton, pos=start)
    for step in range(1, 6):
        at = QPoint(start.x() + (goal.x() - start.x()) * step // 5, start.y() + (goal.y() - start.y()) * step // 5)
        desk.bot.mouseMove(canvas.viewport(), at)
    desk.bot.mouseRelease(canvas.viewport(), Qt.MouseButton.LeftButton, pos=goal)
    dragged = canvas.crop_quad()
    assert dragged is not None
    desk.shoot("crop-small")
    desk.bot.keyClick(canvas, Qt.Key.Key_Return)
    desk.wait(lambda: desk.page(page.id).edits == (Crop(dragged),))
    before = page.geometry.quad
    scale = 2000 / page.height
    assert dragged[0][0] - max(0, before[0][0]) == pytest.approx(60 / scale, abs=4)
    assert dragged[0][1] - max(0, before[0][1]) == pytest.approx(40 / scale, abs=4)
    for kept, was in zip(dragged[1:], before[1:], strict=True):
        assert kept == pytest.approx(inside(was, page), abs=1.0)
    assert desk.primaries() == ["Hoàn tất hồ sơ"]
    desk.on_screen()


def test_escape_leaves_the_crop_frame_without_a_change(desk) -> None:
    desk.scan(3)
    desk.press(Qt.Key.Key_C)
    canvas = desk.screen.view.canvas
    desk.wait(lambda: canvas.frame is not None)
    desk.bot.keyClick(canvas, Qt.Key.Key_Right)
    desk.bot.keyClick(canvas, Qt.Key.Key_Escape)
    assert canvas.frame is None
    assert desk.screen.view.kind == "processed"
    assert desk.pages[0].edits == ()


def test_before_and_after(desk) -> None:
    desk.scan(3)
    desk.press(Qt.Key.Key_O)
    assert desk.screen.view.kind == "original"
    desk.on_screen()
    desk.press(Qt.Key.Key_O)
    desk.on_screen()
    assert desk.screen.view.kind == "processed"


def test_zoom_by_wheel_and_keys(desk) -> None:
    desk.scan(3)
    desk.on_screen()
    canvas = desk.screen.view.canvas
    fitted = canvas.zoom_now
    desk.press(Qt.Key.Key_Plus, CONTROL)
    assert canvas.zoom_now == pytest.approx(fitted * 1.25)
    desk.press(Qt.Key.Key_1, CONTROL)
    assert canvas.zoom_now == pytest.approx(1.0)
    desk.press(Qt.Key.Key_0, CONTROL)
    assert canvas.zoom_now == pytest.approx(fitted)


def test_pages_are_dragged_into_another_order_and_paper(desk) -> None:
    desk.scan(3)
    first, second, third = desk.strip.page_ids()
    drop(desk, [third], first)
    desk.wait(lambda: desk.strip.page_ids() == [third, first, second])
    desk.choose_procedure("1.001193")
    component = desk.window.desk.snapshot.checklist[0].component.code
    desk.wait(lambda: desk.strip.pages.row_of(f"group:{component}") > 0)
    drop(desk, [first, second], f"group:{component}", after=True)
    desk.wait(lambda: [page.id for page in desk.pages if page.component == component] == [first, second])
    drop(desk, [second], first)
    desk.wait(lambda: [page.id for page in desk.pages if page.component == component] == [second, first])
    drop(desk, [second], "group:", after=True)
    desk.wait(lambda: desk.page(second).component == "")


def test_a_blank_page_is_marked_by_key_and_answered_on_its_badge(desk) -> None:
    desk.scan(3)
    desk.press(Qt.Key.Key_B)
    desk.wait(lambda: desk.pages[0].edits == (MarkBlank(True),))
    badges = desk.screen.view.badges
    desk.wait(lambda: "Trang trắng" in [button.text() for button in badges.buttons()])
    next(button for button in badges.buttons() if button.text() == "Trang trắng").click()
    desk.wait(lambda: desk.pages[0].edits == (MarkBlank(True), MarkBlank(False)))


def test_the_menu_of_a_page_offers_what_the_keys_do(desk) -> None:
    desk.scan(3)
    desk.choose_procedure("1.001193")
    menu = desk.screen.make_menu()
    turning = next(action for action in menu.actions() if action.text().startswith("Xoay phải"))
    turning.trigger()
    desk.wait(lambda: desk.pages[0].edits == (Turn(90),))
    menu.close()
