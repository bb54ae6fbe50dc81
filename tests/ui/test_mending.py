"""What a clerk mends: fields that were refused, scans that brought nothing, dossiers that are opened again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox, QLabel

from app.model.dossier import DossierState
from app.store.errors import DiskFull
from ui.widgets.badges import badges_of

pytestmark = pytest.mark.window

_GOOD_ID = "079098508877"
_GOOD_NUMBER = "H02.15-261005-0007"


def complete(desk) -> str:
    """Scan and fill all but number and ID, so that only a field can keep the dossier from being finished."""
    desk.scan(3)
    desk.choose_procedure("1.001193")
    dossier_id = desk.window.desk.dossier_id
    desk.application.page_actions.place(dossier_id, [page.id for page in desk.pages], "TP01")
    write(desk, "owner_name", "Lý Thị Cam")
    desk.bot.keyClick(desk.screen.panel.fields.rows["owner_name"].field, Qt.Key.Key_Return)
    desk.processed()
    desk.wait(lambda: desk.window.desk.snapshot.dossier.owner_name == "Lý Thị Cam")
    return dossier_id


def write(desk, name: str, text: str):
    field = desk.screen.panel.fields.rows[name].field
    field.setFocus()
    field.selectAll()
    field.insert(text)
    field.setModified(True)
    return field


def press_finish(desk, widget) -> None:
    desk.bot.keyClick(widget, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)


@pytest.mark.parametrize(
    ("name", "bad", "good"),
    [("owner_id_number", "0241 9800 00", _GOOD_ID), ("number", "H02.15-26", _GOOD_NUMBER)],
)
def test_a_dossier_with_a_refused_field_is_not_finished(desk, name: str, bad: str, good: str) -> None:
    dossier_id = complete(desk)
    row = desk.screen.panel.fields.rows[name]
    press_finish(desk, write(desk, name, bad))
    desk.wait(row.problem.isVisible)
    desk.bot.wait(400)
    assert desk.application.dossiers.get(dossier_id).state is DossierState.OPEN
    assert not desk.window.finish.running
    assert row.field.text() == bad
    assert QApplication.focusWidget() is row.field
    desk.shoot(f"refused-{name}")
    desk.strip.setFocus()
    desk.screen.panel.finish.click()
    desk.wait(lambda: QApplication.focusWidget() is row.field)
    desk.bot.wait(300)
    assert desk.application.dossiers.get(dossier_id).state is DossierState.OPEN
    press_finish(desk, write(desk, name, good))
    desk.wait(lambda: desk.application.dossiers.get(dossier_id).state is not DossierState.OPEN)
    assert getattr(desk.application.dossiers.get(dossier_id), name) == good


def test_a_dossier_that_cannot_be_made_ends_the_scan(desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object) -> None:
        raise DiskFull(folder="kho")

    monkeypatch.setattr(desk.window.desk._dossiers, "new", refuse)
    desk.window.bar.scan.click()
    desk.wait(desk.window.banner.isVisible)
    assert not desk.window.scanning.running
    assert "kho" in desk.window.banner.title.text()


def test_taking_back_what_was_refused_is_enough_to_finish(desk) -> None:
    dossier_id = complete(desk)
    row = desk.screen.panel.fields.rows["owner_id_number"]
    desk.bot.keyClick(write(desk, "owner_id_number", "12345"), Qt.Key.Key_Return)
    desk.wait(row.problem.isVisible)
    press_finish(desk, write(desk, "owner_id_number", ""))
    desk.wait(lambda: desk.application.dossiers.get(dossier_id).state is not DossierState.OPEN)


def test_a_field_refused_after_its_dossier_was_left_is_told(desk) -> None:
    dossier_id = complete(desk)
    write(desk, "owner_id_number", "12345")
    desk.window.new_dossier()
    desk.wait(lambda: desk.window.desk.snapshot.dossier.id != dossier_id)
    row = desk.screen.panel.fields.rows["owner_id_number"]
    assert desk.window.banner.isVisible()
    assert "Số định danh cá nhân" in desk.window.banner.title.text()
    assert row.problem.isHidden()
    assert row.field.text() == ""


@pytest.mark.parametrize("closing", [False, True])
def test_a_scan_without_a_page_leaves_no_dossier(open_desk, tmp_path: Path, closing: bool) -> None:
    tray = tmp_path / "empty-tray"
    tray.mkdir()
    desk = open_desk(tray)
    desk.window.bar.scan.click()
    if closing:
        desk.wait(lambda: desk.window.scanning.running)
        desk.window.close()
        desk.wait(lambda: not desk.window.isVisible())
    else:
        desk.wait(desk.window.banner.isVisible)
        desk.wait(lambda: desk.window.desk.dossier_id == "")
        desk.bot.wait(400)
        assert desk.window.desk.snapshot is None
        assert desk.screen.panel._none.isVisible()
        assert desk.window.banner.button.text() == "Tiếp tục quét (F5)"
        desk.wait(lambda: not desk.window.queue.model.dossiers)
        desk.shoot("scan-without-a-page")
    assert desk.application.dossiers.list() == ()


def test_a_scan_without_a_page_leaves_what_was_made_or_written_by_hand(open_desk, tmp_path: Path) -> None:
    tray = tmp_path / "empty-tray"
    tray.mkdir()
    desk = open_desk(tray)
    desk.window.new_dossier()
    desk.wait(lambda: desk.window.desk.snapshot is not None)
    desk.window.bar.scan.click()
    desk.wait(desk.window.banner.isVisible)
    desk.bot.wait(300)
    assert len(desk.application.dossiers.list()) == 1


def test_a_finished_dossier_offers_to_be_opened_again(desk) -> None:
    dossier_id = complete(desk)
    desk.application.finishing.start(dossier_id).result(60)
    desk.window.desk.mark_stale(at_once=True)
    desk.wait(lambda: desk.window.desk.snapshot.dossier.state is DossierState.FINISHED)
    assert desk.screen.panel.reopen.isVisible()
    desk.shoot("finished")
    desk.screen.panel.reopen.click()
    desk.wait(lambda: desk.screen.panel.finish.isVisible() or desk.window.banner.isVisible())


def test_the_list_of_dossiers_can_be_called_in_a_small_window(desk) -> None:
    desk.scan(3)
    window = desk.window
    assert not window.bar.dossiers.isVisible()
    window.resize(1000, 600)
    desk.wait(lambda: not window.queue.isVisible())
    assert window.bar.dossiers.isVisible()
    window.bar.dossiers.click()
    desk.wait(window.queue.isVisible)
    desk.bot.wait(200)
    assert window.width() == 1000
    desk.shoot("small-list")
    desk.wait(lambda: bool(window.queue.model.dossiers))
    window.queue.opened.emit(window.queue.model.dossiers[0].id)
    desk.wait(lambda: not window.queue.isVisible())
    desk.shoot("small-no-list")
    window.resize(1366, 768)
    desk.wait(window.queue.isVisible)
    assert not window.bar.dossiers.isVisible()


def test_every_warning_has_a_badge(desk) -> None:
    desk.scan(3)
    desk.processed()
    page = desk.pages[0]
    kinds = ("skew", "low_dpi", "dark", "faint", "blurred", "cut_off", "streak")
    seen = replace(page, findings=replace(page.findings, warnings=kinds, separator=True))
    shown = {badge.text.vi for badge in badges_of(seen)}
    assert {"Vệt sọc do mặt kính bẩn", "Chữ sát mép, có thể bị cắt", "Tờ phân cách"} <= shown
    for kind in kinds:
        alone = replace(page, findings=replace(page.findings, warnings=(kind,), separator=False))
        none = replace(page, findings=replace(page.findings, warnings=(), separator=False))
        assert len(badges_of(alone)) == len(badges_of(none)) + 1, kind
    desk.on_screen()
    desk.screen.view.badges.show_page(replace(page, findings=replace(page.findings, warnings=kinds[-2:], separator=True)))
    desk.shoot("badges-new")


def test_the_outbox_names_the_button_that_enrols(open_desk, small_pages) -> None:
    desk = open_desk(small_pages(1), send=True)
    desk.window.show_outbox()
    outbox = desk.window.screen_outbox
    desk.wait(lambda: desk.window.centre.view.trouble is not None)
    told = " ".join(each.text() for each in outbox.findChildren(QLabel) if each.isVisible())
    assert f"“{outbox.enrol.text()}”" in told
    assert "Máy chủ" not in told
    desk.shoot("outbox-not-enrolled")


def test_the_language_is_chosen_by_its_name(desk) -> None:
    desk.window.show_settings()
    box = desk.window.screen_settings._controls["language"].widget
    assert isinstance(box, QComboBox)
    assert [box.itemText(at) for at in range(box.count())] == ["Tiếng Việt", "English"]
    assert box.accessibleName() == "Ngôn ngữ"


def test_a_long_number_shows_its_beginning(desk) -> None:
    dossier_id = complete(desk)
    desk.application.dossiers.set_fields(dossier_id, number="000.12.41.H43-230720-4968")
    field = desk.screen.panel.fields.rows["number"].field
    desk.wait(lambda: field.text() == "000.12.41.H43-230720-4968")
    assert field.cursorPosition() == 0
