"""What runs beside the clerk: mishaps of the scanner, closing, settings, languages, and the way to the receipt."""

from __future__ import annotations

import shutil
import sqlite3
import string
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QLabel, QScrollArea

from app.events import Topic
from app.model.dossier import DossierState
from app.model.outbox import OutboxState
from tests.support import central_server
from ui import messages

pytestmark = pytest.mark.window


def test_closing_while_scanning_ends_after_the_sheet(open_desk, small_pages) -> None:
    desk = open_desk(small_pages(20), {"page_delay": "0.3"})
    desk.window.bar.scan.click()
    desk.wait(lambda: len(desk.strip.page_ids()) >= 2)
    dossier_id = desk.window.desk.dossier_id
    assert not desk.window.close()
    assert desk.window.isVisible()
    desk.wait(lambda: not desk.window.isVisible())
    kept = len(desk.application.dossiers.pages(dossier_id))
    assert 2 <= kept < 20


def test_stop_keeps_what_was_scanned(open_desk, small_pages) -> None:
    desk = open_desk(small_pages(20), {"page_delay": "0.3"})
    desk.window.bar.scan.click()
    desk.wait(lambda: len(desk.strip.page_ids()) >= 2)
    desk.window.bar.stop.click()
    assert desk.window.bar.stop.text() == "Dừng ngay"
    desk.wait(lambda: not desk.window.scanning.running)
    assert "vẫn còn" in desk.window.status.note.text()


def test_every_word_changes_with_the_language(desk) -> None:
    desk.scan(3)
    desk.choose_procedure("1.001193")
    desk.window.bar.language.click()
    desk.wait(lambda: desk.application.settings().language == "en")
    desk.wait(lambda: desk.window.words.language == "en")
    vietnamese = {text.vi for text in all_texts() if text.vi != text.en}
    shown = {label.text() for label in desk.window.findChildren(QLabel)} | {
        button.text() for button in desk.window.findChildren(QAbstractButton)
    }
    names = {button.accessibleName() for button in desk.window.findChildren(QAbstractButton)}
    assert not vietnamese & (shown | names)
    desk.shoot("english")


def test_every_button_has_a_name(desk) -> None:
    desk.scan(3)
    desk.window.show_settings()
    for button in desk.window.findChildren(QAbstractButton):
        if button.isVisible() and button.objectName() != "qt_spinbox_lineedit":
            inside_a_field = button.parent().inherits("QLineEdit")
            assert inside_a_field or button.accessibleName() or button.text(), button


@pytest.mark.parametrize("size", [QSize(1366, 768), QSize(1024, 700)])
def test_nothing_is_cut_off(desk, size: QSize) -> None:
    desk.scan(3)
    desk.choose_procedure("1.001193")
    desk.window.resize(size)
    desk.bot.wait(200)
    assert desk.window.size() == size, "the parts need more room than the screen has"
    for button in desk.window.findChildren(QAbstractButton):
        if button.isVisible() and button.text():
            assert button.width() >= button.minimumSizeHint().width() - 2, button.text()
    for label in desk.window.findChildren(QLabel):
        if label.isVisible() and label.text() and not label.wordWrap():
            assert label.width() >= label.sizeHint().width() - 1, label.text()
    desk.shoot(f"small-{size.width()}")


def test_fields_for_numbers_look_like_the_others(desk) -> None:
    desk.window.show_settings()
    form = desk.window.screen_settings
    form.sections.setCurrentRow(list(messages.SECTIONS).index("server"))
    boxes = {name: control.widget for name, control in form._controls.items() if name.startswith("server.")}
    numbers = [box for box in boxes.values() if isinstance(box, QAbstractSpinBox)]
    assert len(numbers) == 5
    desk.wait(lambda: boxes["server.url"].isVisible())
    assert {box.height() for box in numbers} == {boxes["server.url"].height()}
    for box in numbers:
        assert box.lineEdit().textMargins().left() >= 8, "the number would touch the frame"
        assert box.lineEdit().contentsRect().width() > box.fontMetrics().horizontalAdvance(box.text())


def test_settings_are_changed_by_their_form(desk) -> None:
    desk.window.show_settings()
    form = desk.window.screen_settings
    form.sections.setCurrentRow(list(messages.SECTIONS).index("station"))
    field = next(control.widget for name, control in form._controls.items() if name == "station.name")
    field.setText("Bàn số 7")
    assert form.changes() == {"station.name": "Bàn số 7"}
    desk.shoot("settings")
    form.save.click()
    desk.wait(lambda: desk.window.status.note.text() == messages.SETTINGS_SAVED.vi)
    assert desk.application.settings().station.name == "Bàn số 7"
    form.sections.setCurrentRow(list(messages.SECTIONS).index("profiles"))
    assert form.profiles._empty.isHidden()
    form.profiles.add.click()
    desk.shoot("profiles")
    form.save.click()
    desk.wait(lambda: len(desk.application.settings().profiles) == 3)
    desk.wait(lambda: len(desk.window.scanning.profiles) == 3)


def test_without_profiles_of_its_own_the_page_says_what_is_used(desk) -> None:
    desk.application.change_settings({"profiles": []})
    desk.window.show_settings()
    form = desk.window.screen_settings
    form.sections.setCurrentRow(list(messages.SECTIONS).index("profiles"))
    desk.wait(lambda: form.profiles._empty.isVisible())
    assert [form.profiles.check.isEnabled(), form.profiles.write_out.isEnabled()] == [False, False]
    form.sections.setCurrentRow(0)
    area = form.findChild(QScrollArea)
    desk.wait(lambda: area.verticalScrollBar().maximum() == 0)


def test_an_empty_desk_asks_for_no_paper_while_the_first_page_comes(desk) -> None:
    hint = desk.screen.view._hint
    assert messages.EMPTY_TITLE.vi in hint.text()
    desk.window.bar.scan.click()
    assert messages.EMPTY_SCANNING.vi in hint.text()
    assert messages.EMPTY_TITLE.vi not in hint.text()
    desk.wait(lambda: not desk.window.scanning.running and not hint.isVisible())
    assert messages.EMPTY_TITLE.vi in hint.text()


def test_the_window_remembers_its_place(desk, tmp_path: Path) -> None:
    desk.window.resize(1200, 720)
    desk.screen.across.setSizes([700, 400])
    desk.window.close()
    desk.wait(lambda: not desk.window.isVisible())
    assert (tmp_path / "window.ini").exists()


def test_the_profile_that_scanned_last_is_chosen_after_a_restart(open_desk, small_pages) -> None:
    first = open_desk(small_pages(1))
    first.press(Qt.Key.Key_F3)
    first.wait(lambda: not first.window.scanning.running and len(first.strip.page_ids()) == 1)
    assert first.window.scanning.profile.name == "Hai mặt 300 dpi"
    first.window.close()
    first.wait(lambda: not first.window.isVisible())
    first.application.close()
    again = open_desk(small_pages(1))
    assert again.window.scanning.profile.name == "Hai mặt 300 dpi"
    assert again.window.bar._profile.text() == "Hai mặt 300 dpi"


def test_a_refused_dossier_is_opened_again_from_its_side(desk) -> None:
    desk.scan(3)
    desk.choose_procedure("1.001193")
    application, dossier_id = desk.application, desk.window.desk.dossier_id
    application.page_actions.place(dossier_id, [page.id for page in desk.pages], "TP01")
    application.dossiers.set_fields(dossier_id, owner_name="Lý Thị Cam")
    entry = application.finishing.start(dossier_id).result(60)
    application.outbox.refuse(entry.id, "RecordRefused", "{}")
    desk.window.desk.mark_stale(at_once=True)
    desk.wait(desk.screen.panel.reopen.isVisible)
    said = application.sync.describe(application.sync.entries()[0])
    assert desk.screen.panel.state_line.text() == desk.window.words.error_line(said)
    desk.shoot("refused")
    desk.screen.panel.reopen.click()
    desk.wait(desk.screen.panel.finish.isVisible)
    assert not desk.screen.panel.reopen.isVisible()
    assert application.outbox.of_dossier(dossier_id) is None


def test_what_was_typed_last_is_written_before_the_window_goes(desk) -> None:
    desk.scan(3)
    dossier_id = desk.window.desk.dossier_id
    field = desk.screen.panel.fields.rows["owner_name"].field
    field.setFocus()
    desk.bot.keyClicks(field, "Ly Thi Cam")
    desk.window.close()
    desk.wait(lambda: not desk.window.isVisible())
    assert desk.application.dossiers.get(dossier_id).owner_name == "Ly Thi Cam"


def test_pages_recovered_after_a_crash_are_told(desk) -> None:
    notice = messages.Text("Đã khôi phục 2 trang {x}.", "2 pages were recovered {x}.")
    desk.window.banner.show_notices([notice, notice])
    assert desk.window.banner.title.text() == "Đã khôi phục 2 trang {x}.\nĐã khôi phục 2 trang {x}."


# A busy machine takes its time to read eight pages; pytest-timeout's end of a test may leave an event loop of Qt running.
@pytest.mark.timeout(400)
def test_from_the_glass_to_the_receipt(open_desk, sample_folder: Path, tmp_path: Path) -> None:
    with central_server(tmp_path / "central") as server:
        desk = open_desk(sample_folder, send=True)
        desk.bot.wait(300)
        desk.shoot("empty")
        enrol(desk, server.url, server.code())
        desk.window.bar.scan.click()
        desk.wait(lambda: len(desk.strip.page_ids()) >= 2)
        desk.on_screen()
        desk.shoot("scanning")
        desk.wait(lambda: not desk.window.scanning.running and len(desk.strip.page_ids()) == 8, 60)
        fill(desk)
        desk.shoot("desk")
        finish(desk)
        see_the_receipt(desk)
        see_that_the_files_went(desk, tmp_path / "data")


def enrol(desk, url: str, code: str) -> None:
    desk.window.show_outbox()
    dialog = desk.window.outbox.open_enrol()
    dialog.url.setText(url)
    dialog.code.setText("SAI-MA-0000")
    dialog.go.click()
    desk.wait(lambda: bool(dialog.problem.text()))
    desk.shoot("enrol-refused")
    dialog.code.setText(code)
    dialog.go.click()
    desk.wait(lambda: not dialog.isVisible())
    desk.window.show_desk()


def fill(desk) -> None:
    """Procedure, number, owner; papers 1 and 2 placed, the empty page and the separator thrown away."""
    desk.choose_procedure("1.001193")
    fields = desk.screen.panel.fields
    fields.get_number.click()
    desk.wait(lambda: bool(desk.window.desk.snapshot.dossier.number), 40)
    for name, text in (("owner_name", "Trần Trọng Hùng"), ("owner_id_number", "044067658478")):
        fields.rows[name].field.setFocus()
        fields.rows[name].field.setText(text)
        desk.bot.keyClick(fields.rows[name].field, Qt.Key.Key_Return)
    desk.wait(lambda: desk.window.desk.snapshot.dossier.owner_id_number == "044067658478")
    desk.processed()
    ids = [page.id for page in desk.pages]
    for page_id, key in ((ids[1], Qt.Key.Key_1), (ids[4], Qt.Key.Key_1), (ids[2], Qt.Key.Key_2), (ids[5], Qt.Key.Key_3)):
        desk.strip.show_page(page_id)
        desk.press(key)
        desk.wait(lambda page_id=page_id: desk.page(page_id).component != "")
    desk.strip.show_page(ids[5])
    desk.on_screen()
    desk.press(Qt.Key.Key_C)
    desk.wait(lambda: desk.screen.view.canvas.frame is not None)
    desk.shoot("crop")
    desk.bot.keyClick(desk.screen.view.canvas, Qt.Key.Key_Escape)
    for page_id in (ids[6], ids[7]):
        desk.strip.show_page(page_id)
        desk.on_screen()
        desk.shoot(f"badges-{page_id == ids[6]}")
        desk.press(Qt.Key.Key_Delete)
        desk.wait(lambda page_id=page_id: desk.page(page_id) is None)
    for page_id in (ids[0], ids[3]):
        desk.strip.show_page(page_id)
        desk.press(Qt.Key.Key_1)
        desk.wait(lambda page_id=page_id: desk.page(page_id).component != "")
    desk.strip.show_page(ids[1])
    desk.on_screen()
    assert desk.primaries() == ["Hoàn tất hồ sơ"]


def finish(desk) -> None:
    desk.bot.keyClick(desk.window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    desk.wait(lambda: desk.window.finish.running)
    desk.window.show_outbox()
    desk.wait(lambda: bool(desk.window.screen_outbox.model.rows), 90)
    desk.shoot("outbox-sending")


def see_the_receipt(desk) -> None:
    outbox = desk.window.screen_outbox
    desk.wait(lambda: outbox.model.rows[0].entry.state is OutboxState.ACCEPTED, 60)
    assert outbox.model.rows[0].entry.receipt is not None
    desk.wait(lambda: desk.window.centre.view.waiting == 0)
    desk.shoot("outbox-accepted")
    desk.window.queue.show_state(DossierState.ACCEPTED)
    desk.wait(lambda: len(desk.window.queue.model.dossiers) == 1)
    desk.window.show_desk()
    desk.wait(lambda: desk.window.desk.snapshot.dossier.state is DossierState.ACCEPTED)
    assert not desk.screen.panel.finish.isVisible()
    before = desk.pages
    desk.press(Qt.Key.Key_Delete)
    desk.bot.wait(200)
    assert desk.pages == before
    desk.shoot("accepted")


def see_that_the_files_went(desk, folder: Path) -> None:
    """Long after: the files are at the centre only; the dossier opens all the same and says so."""
    with closing(sqlite3.connect(folder / "sohoa.db")) as database:
        database.execute("update dossiers set cleared_at = '2030-01-01T00:00:00+00:00' where state = 'accepted'")
        database.commit()
    shutil.rmtree(folder / "pages")
    for preview in (folder / "cache").rglob("*.jpg"):
        if not preview.name.endswith((".thumb.jpg", ".raw.jpg")):
            preview.unlink()
    desk.application.events.announce(Topic.DOSSIERS)
    desk.wait(lambda: "máy chủ trung tâm" in desk.screen.panel.state_line.text())
    assert not desk.screen.panel.result.isVisible()
    desk.strip.show_page(desk.pages[-1].id)
    desk.on_screen()
    assert not desk.window.banner.isVisible()
    desk.shoot("files-at-centre")


def all_texts() -> list[messages.Text]:
    found: list[messages.Text] = []
    for value in vars(messages).values():
        if isinstance(value, messages.Text):
            found.append(value)
        elif isinstance(value, dict):
            found += [item for item in value.values() if isinstance(item, messages.Text)]
    return found


def test_all_words_stand_in_both_languages() -> None:
    for text in all_texts():
        assert text.vi.strip(), text
        assert text.en.strip(), text
        assert places(text.vi) == places(text.en), text


def places(sentence: str) -> set[str]:

    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}
