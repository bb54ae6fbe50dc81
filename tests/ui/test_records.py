"""Records in the window: files dropped on it, papers used again, corrections with a reason, history and packages."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication

from app.model.dossier import DossierState
from app.model.history import Step
from tests.ui.cases import OWNER, accepted
from ui import messages
from ui.dialogs.history import HistoryDialog
from ui.dialogs.report import ReportDialog

pytestmark = pytest.mark.window


def drop(desk, files: list[Path]) -> None:
    """Drag files from the desktop onto the page strip, the part that has drops of its own."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(file)) for file in files])
    window = desk.window
    action, button, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(400, 400), action, mime, button, none)
    QApplication.sendEvent(window, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(window, QDropEvent(QPointF(400, 400), action, mime, button, none))


def shown(desk, dossier_id: str) -> None:
    desk.window.open_dossier(dossier_id)
    desk.wait(lambda: desk.window.desk.snapshot is not None and desk.window.desk.snapshot.dossier.id == dossier_id)


def menu_of(desk) -> dict[str, object]:
    menu = desk.screen.panel.more.menu()
    desk.window.records.fill(menu)
    return {action.text(): action for action in menu.actions() if action.text()}


def verified(desk, package: Path) -> ReportDialog:
    """The report on a package, asked for by the menu's entry; the one before is closed."""
    for dialog in desk.window.findChildren(ReportDialog):
        dialog.close()
    desk.window.records.verify(package)
    desk.wait(lambda: any(dialog.isVisible() for dialog in desk.window.findChildren(ReportDialog)))
    return next(dialog for dialog in desk.window.findChildren(ReportDialog) if dialog.isVisible())


def test_dropped_files_become_pages_of_a_new_dossier_and_a_broken_one_is_named(desk, small_pages, tmp_path) -> None:
    broken = tmp_path / "hỏng.pdf"
    broken.write_text("không phải PDF")
    drop(desk, [*sorted(small_pages(2).iterdir()), broken])
    desk.wait(lambda: len(desk.strip.page_ids()) == 2)
    desk.wait(desk.window.banner.isVisible)
    assert "hỏng.pdf" in desk.window.banner.title.text()
    number = desk.window.desk.snapshot.dossier.shown_number
    assert desk.window.status.note.text() == f"Đã nhập 2 trang vào hồ sơ mới {number}"
    desk.shoot("import")


def test_files_for_a_closed_dossier_are_said_to_go_into_another(desk, small_pages) -> None:
    closed = accepted(desk, small_pages)
    shown(desk, closed)
    drop(desk, sorted(small_pages(1).iterdir()))
    desk.wait(lambda: desk.window.desk.snapshot.dossier.id != closed and len(desk.strip.page_ids()) == 1)
    old, new = desk.application.dossiers.get(closed), desk.window.desk.snapshot.dossier
    said = f"Hồ sơ {old.shown_number} đã khóa: 1 trang được nhập vào hồ sơ mới {new.shown_number}"
    desk.wait(lambda: desk.window.status.note.text() == said)
    assert desk.window.queue.open_id == new.id
    desk.shoot("import-beside")


def test_each_of_several_refused_files_is_told_with_its_own_reason_and_remedy(desk, small_pages, tmp_path) -> None:
    files = [tmp_path / name for name in ("hỏng.pdf", "đơn.docx", "trống.png", "bảng.xlsx")]
    for file in files:
        file.write_text("không phải PDF")
    drop(desk, [*files, tmp_path, *sorted(small_pages(1).iterdir())])
    desk.wait(lambda: len(desk.strip.page_ids()) == 1)
    banner = desk.window.banner
    desk.wait(banner.isVisible)
    assert banner.title.text() == "Không nhập được 5 tệp; các tệp khác đã vào hồ sơ."
    lines = banner.remedy.text().splitlines()
    assert [line.split(":")[0] for line in lines] == ["hỏng.pdf", "đơn.docx", "trống.png", "… và 2 tệp nữa"]
    assert all("không phải PDF, JPEG, PNG hay TIFF. Mở bằng" in line for line in lines[:3])
    desk.shoot("import-refused")
    banner.button.click()
    desk.wait(lambda: any(dialog.isVisible() for dialog in desk.window.findChildren(ReportDialog)))
    (dialog,) = (dialog for dialog in desk.window.findChildren(ReportDialog) if dialog.isVisible())
    assert [dialog.table.item(row, 0).text() for row in range(5)] == [file.name for file in (*files, tmp_path)]
    assert dialog.table.item(4, 1).text() == "đây là thư mục, không phải tệp"
    assert dialog.table.item(4, 2).text() == "Chọn các tệp PDF hoặc ảnh trong thư mục đó."
    desk.shoot("import-refused-each")
    dialog.close()


def test_nothing_but_broken_files_leaves_no_dossier_behind(desk, tmp_path) -> None:
    broken = tmp_path / "hỏng.pdf"
    broken.write_text("không phải PDF")
    drop(desk, [broken])
    desk.wait(desk.window.banner.isVisible)
    desk.wait(lambda: desk.application.dossiers.list() == ())


def test_a_paper_of_the_same_citizen_is_offered_used_and_taken_back(desk, small_pages) -> None:
    accepted(desk, small_pages)
    application, panel = desk.application, desk.screen.panel
    dossier_id = application.dossiers.new("1.001193").id
    application.dossiers.set_fields(dossier_id, owner_name="Trần Thị Thử", owner_id_number=OWNER)
    shown(desk, dossier_id)
    desk.wait(panel.reuse.isVisible)
    assert "dùng lại?" in panel.reuse.text.text()
    desk.shoot("reuse-offer")
    first = panel.reuse.offer.component
    panel.reuse.use.click()
    panel.reuse.use.click()
    desk.wait(lambda: first.code in application.reuse.attached(dossier_id))
    desk.wait(lambda: panel.reuse.offer is not None and panel.reuse.offer.component.code != first.code)
    assert list(application.reuse.attached(dossier_id)) == [first.code]
    assert not desk.window.banner.isVisible()
    panel.reuse.leave.click()
    desk.wait(lambda: not panel.reuse.isVisible())
    assert panel.finish.isEnabled(), "a reused paper is something to finish"
    desk.shoot("reuse-done")
    take_back = next(action for text, action in menu_of(desk).items() if text.startswith("Thôi dùng lại"))
    take_back.trigger()
    desk.wait(lambda: application.reuse.attached(dossier_id) == {})


def test_an_accepted_dossier_is_corrected_with_a_reason_and_its_history_told(desk, small_pages, tmp_path) -> None:
    dossier_id = accepted(desk, small_pages)
    shown(desk, dossier_id)
    assert desk.window.words.say(messages.CORRECT) in menu_of(desk)
    desk.window.records.export(tmp_path, "folder")
    desk.wait(lambda: any(tmp_path.glob("*/bia-ho-so.html")) and not any(tmp_path.glob("*.part")))
    package = next(tmp_path.glob("*/bia-ho-so.html")).parent
    assert "nguyên vẹn" in verified(desk, package).summary.text()
    (package / "ho-so.json").write_text("{}", encoding="utf-8")
    report = verified(desk, package)
    assert "KHÔNG" in report.summary.text()
    assert "ho-so.json" in report.table.item(0, 0).text()
    desk.shoot("verify")
    report.close()
    dialog = desk.window.records.open_reason()
    assert not dialog.go.isEnabled()
    desk.bot.keyClicks(dialog.reason, "Sai ten chu ho so")
    desk.shoot("correct")
    dialog.go.click()
    desk.wait(lambda: desk.window.desk.snapshot.dossier.revision == 2)
    assert desk.application.dossiers.get(dossier_id).state is DossierState.OPEN
    desk.window.records.open_history()
    desk.wait(lambda: desk.window.findChild(HistoryDialog) is not None)
    table = desk.window.findChild(HistoryDialog).table
    assert [table.item(row, 2).text() for row in range(table.rowCount())][-1] == "Mở để đính chính"
    assert table.item(table.rowCount() - 1, 4).text() == "Sai ten chu ho so"
    desk.shoot("history")
    desk.window.findChild(HistoryDialog).close()


def test_a_correction_opened_by_mistake_is_withdrawn(desk, small_pages) -> None:
    dossier_id = accepted(desk, small_pages)
    application, banner = desk.application, desk.window.banner
    shown(desk, dossier_id)
    application.revisions.correct(dossier_id, "nhầm hồ sơ")
    desk.wait(lambda: desk.window.desk.snapshot.dossier.revision == 2)
    panel = desk.window.screen_desk.panel
    assert panel.state_line.isVisible()
    assert panel.state_line.text().startswith("Đang mở bản 2 để sửa; trung tâm vẫn giữ bản 1.")
    assert not panel.to_outbox.isVisible()
    menu_of(desk)[messages.WITHDRAW.vi].trigger()
    desk.wait(lambda: desk.window.desk.snapshot.dossier.state is DossierState.ACCEPTED)
    assert desk.window.desk.snapshot.dossier.revision == 1

    application.revisions.correct(dossier_id, "nhầm hồ sơ")
    application.dossiers.set_fields(dossier_id, owner_name="Người Khác")
    desk.wait(lambda: desk.window.desk.snapshot.dossier.owner_name == "Người Khác")
    menu_of(desk)[messages.WITHDRAW.vi].trigger()
    desk.wait(banner.isVisible)
    assert banner.button.text() == "Bỏ cả sửa đổi"
    desk.shoot("withdraw")
    banner.button.click()
    desk.wait(lambda: desk.window.desk.snapshot.dossier.state is DossierState.ACCEPTED)
    assert desk.window.desk.snapshot.dossier.owner_name == "Trần Thị Thử"
    assert not banner.isVisible()


def test_the_result_is_begun_once_however_often_the_button_is_pressed(desk, small_pages) -> None:
    dossier_id = accepted(desk, small_pages)
    desk.window.open_dossier(dossier_id)
    button = desk.screen.panel.result
    desk.wait(button.isVisible)
    button.click()
    button.click()
    shown(desk, dossier_id)
    desk.wait(lambda: desk.window.desk.snapshot.editable)
    assert not desk.window.banner.isVisible()
    assert [line.step for line in desk.application.revisions.history(dossier_id)].count(Step.RESULT) == 1
