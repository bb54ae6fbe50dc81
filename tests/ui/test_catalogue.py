"""Lists of procedures come into the station through the window, with what was refused to be read and copied."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from ui import messages
from ui.dialogs.report import ReportDialog

pytestmark = pytest.mark.window

LIST = "\ufeffmã thủ tục,tên thủ tục,tên giấy tờ\n9.999001,Thủ tục thử một,Tờ khai\n9.99,Mã sai,Tờ khai\n"


def report(desk) -> ReportDialog:
    desk.wait(lambda: any(dialog.isVisible() for dialog in desk.window.findChildren(ReportDialog)))
    return next(dialog for dialog in desk.window.findChildren(ReportDialog) if dialog.isVisible())


def test_a_list_is_looked_at_first_and_taken_in_when_agreed(desk, tmp_path: Path) -> None:
    window, procedures = desk.window, desk.application.procedures
    file = tmp_path / "danh mục.csv"
    file.write_text(LIST, encoding="utf-8")
    before = len(procedures.catalogue.procedures)
    window.show_settings()
    window.screen_settings.sections.setCurrentRow(list(messages.SECTIONS).index("catalogue"))
    page = window.screen_settings.catalogue
    assert page.isVisible()
    assert f"{before} thủ tục" in page.in_use.text()
    page.take_in.click()
    window.preferences.catalogue.dialog.fileSelected.emit(str(file))
    window.preferences.catalogue.dialog.close()
    dialog = report(desk)
    assert "Nhận được 1 thủ tục" in dialog.summary.text()
    assert "từ chối 1" in dialog.summary.text()
    assert dialog.table.item(0, 0).text() == "3"
    assert len(procedures.catalogue.procedures) == before, "nothing is taken in before the clerk agrees"
    desk.shoot("catalogue-report")
    dialog.copy.click()
    copied = QGuiApplication.clipboard().text()
    assert copied.splitlines()[0] == "Hàng\tCột\tLý do\tCách sửa"
    assert copied.splitlines()[1].startswith("3\t")
    dialog.table.selectRow(0)
    QGuiApplication.clipboard().clear()
    desk.bot.keyClick(dialog.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == copied
    dialog.go.click()
    desk.wait(lambda: f"{before + 1} thủ tục" in page.in_use.text())
    desk.shoot("catalogue-settings")
    assert procedures.search("thu tuc thu mot", 1)[0].procedure.code == "9.999001"


def test_a_file_that_is_no_list_is_told_and_changes_nothing(desk, tmp_path: Path) -> None:
    file = tmp_path / "danh mục.xls"
    file.write_bytes(b"\xd0\xcf\x11\xe0")
    before = desk.application.procedures.catalogue
    desk.window.preferences.catalogue.look_at(file)
    desk.wait(desk.window.banner.isVisible)
    assert "danh mục.xls" in desk.window.banner.title.text()
    assert desk.application.procedures.catalogue is before
