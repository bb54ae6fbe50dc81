"""The dossier beside the page: procedure, checklist, fields that are checked where they are typed."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from app.model.dossier import DossierState

pytestmark = pytest.mark.window


def type_into(desk, row, text: str, enter: bool = True) -> None:
    row.field.setFocus()
    row.field.selectAll()
    for letter in text:
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            key = Qt.Key(ord(letter.upper())) if letter.isascii() else Qt.Key.Key_unknown
            QApplication.sendEvent(row.field, QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, letter))
    if enter:
        desk.bot.keyClick(row.field, Qt.Key.Key_Return)


def test_a_procedure_is_found_without_accents_and_taken_with_enter(desk) -> None:
    desk.scan(3)
    search = desk.screen.panel.fields.search
    search.setFocus()
    search.selectAll()
    desk.bot.keyClicks(search, "khai sinh")
    assert search.suggestions[0].title == "Đăng ký khai sinh"
    desk.shoot("procedure-search")
    desk.bot.keyClick(search.popup, Qt.Key.Key_Return)
    desk.wait(lambda: desk.window.desk.snapshot.dossier.procedure_code == "1.001193")
    desk.wait(lambda: search.text() == "1.001193  Đăng ký khai sinh")


def test_a_procedure_is_found_by_code(desk) -> None:
    desk.scan(3)
    search = desk.screen.panel.fields.search
    search.setFocus()
    desk.bot.keyClicks(search, "1.004884")
    assert [row.value for row in search.suggestions][:1] == ["1.004884"]
    search.popup.hide()


def test_digits_place_pages_and_the_next_one_comes(desk) -> None:
    desk.scan(3)
    desk.choose_procedure("1.001193")
    first, second, _third = desk.strip.page_ids()
    codes = [row.component.code for row in desk.window.desk.snapshot.checklist]
    desk.press(Qt.Key.Key_1)
    desk.wait(lambda: desk.page(first).component == codes[0])
    desk.wait(lambda: desk.strip.shown == second)
    desk.press(Qt.Key.Key_2)
    desk.wait(lambda: desk.page(second).component == codes[1])
    desk.wait(lambda: [row.pages for row in desk.screen.panel.checklist.rows[:2]] == [1, 1])
    desk.press(Qt.Key.Key_9)
    desk.wait(lambda: "số 9" in desk.window.status.note.text())


def test_a_click_on_the_checklist_places_the_page(desk) -> None:
    desk.scan(3)
    desk.choose_procedure("1.001193")
    panel = desk.screen.panel
    rect = panel.list.visualRect(panel.checklist.index(0))
    desk.bot.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    desk.wait(lambda: desk.pages[0].component == panel.checklist.code_at(1))


def test_typing_does_not_trigger_page_keys(desk) -> None:
    desk.scan(3)
    desk.choose_procedure("1.001193")
    before = desk.pages
    shown = desk.strip.shown
    row = desk.screen.panel.fields.rows["owner_name"]
    type_into(desk, row, "rlcb 123 Lưu Cẩm Rồng", enter=False)
    for key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_Space):
        desk.bot.keyClick(row.field, key)
    desk.bot.wait(250)
    assert desk.pages == before
    assert desk.strip.shown == shown
    assert desk.screen.view.canvas.frame is None
    assert row.field.text() == "rlcb 123 Lưu Cẩm Rồn "


def test_a_bad_id_number_is_refused_where_it_is_typed(desk) -> None:
    desk.scan(3)
    row = desk.screen.panel.fields.rows["owner_id_number"]
    type_into(desk, row, "12345")
    desk.wait(row.problem.isVisible)
    assert "Số định danh cá nhân" in row.problem.text()
    assert row.field.text() == "12345"
    assert desk.window.banner.isHidden()
    desk.shoot("bad-id-number")
    desk.window.application.events.announce("dossiers", "")
    desk.bot.wait(300)
    assert row.field.text() == "12345", "a refused text must not vanish while it is being mended"
    type_into(desk, row, "079098508877")
    desk.wait(row.problem.isHidden)
    desk.wait(lambda: desk.window.desk.snapshot.dossier.owner_id_number == "079098508877")


def test_fields_typed_last_belong_to_their_own_dossier(desk) -> None:
    desk.scan(3)
    first = desk.window.desk.dossier_id
    type_into(desk, desk.screen.panel.fields.rows["owner_name"], "Vũ Thị Bưởi", enter=False)
    desk.bot.keyClick(desk.window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    desk.wait(lambda: desk.window.desk.snapshot is not None and desk.window.desk.snapshot.dossier.id != first)
    desk.wait(lambda: desk.application.dossiers.get(first).owner_name == "Vũ Thị Bưởi")
    assert desk.application.dossiers.get(desk.window.desk.dossier_id).owner_name == ""
    assert desk.screen.panel.fields.rows["owner_name"].field.text() == ""


def test_find_opens_a_dossier_by_its_owner(desk) -> None:
    desk.scan(3)
    first = desk.window.desk.dossier_id
    type_into(desk, desk.screen.panel.fields.rows["owner_name"], "Đỗ Văn Mận")
    desk.wait(lambda: desk.application.dossiers.get(first).owner_name == "Đỗ Văn Mận")
    desk.bot.keyClick(desk.window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    desk.wait(lambda: desk.window.desk.dossier_id != first)
    desk.wait(lambda: any(item.owner_name == "Đỗ Văn Mận" for item in desk.window.queue.model.dossiers))
    desk.strip.setFocus()
    desk.bot.keyClick(desk.strip, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.focusWidget() is desk.window.search
    desk.bot.keyClicks(desk.window.search, "van man")
    desk.bot.keyClick(desk.window.search.popup, Qt.Key.Key_Return)
    desk.wait(lambda: desk.window.desk.snapshot is not None and desk.window.desk.snapshot.dossier.id == first)


def test_finishing_an_incomplete_dossier_says_what_is_missing(desk) -> None:
    desk.scan(3)
    desk.processed()
    desk.bot.keyClick(desk.window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    desk.wait(desk.window.banner.isVisible)
    assert desk.window.banner.title.text()
    assert desk.window.banner.remedy.text()
    desk.shoot("incomplete")
    assert desk.window.desk.snapshot.editable


def test_an_empty_dossier_is_not_begun_beside_another(desk) -> None:
    window = desk.window
    window.bar.new.click()
    window.bar.new.click()
    desk.wait(lambda: window.desk.snapshot is not None)
    first = window.desk.dossier_id
    window.new_dossier()
    desk.scan(3)
    assert window.desk.dossier_id == first
    assert [each.id for each in desk.application.dossiers.list(DossierState.OPEN)] == [first]
    window.new_dossier()
    desk.wait(lambda: window.desk.dossier_id != first)
    second = window.desk.dossier_id
    desk.wait(lambda: window.desk.snapshot.dossier.id == second)
    type_into(desk, desk.screen.panel.fields.rows["owner_name"], "Ann", enter=False)
    window.new_dossier()  # what is typed last makes it one that is in use
    desk.wait(lambda: window.desk.dossier_id not in (first, second))
