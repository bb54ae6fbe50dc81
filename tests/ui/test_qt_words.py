"""Qt's own dialogs and menus speak the window's language: Qt ships no Vietnamese."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QFileDialog, QLabel, QPushButton

pytestmark = pytest.mark.window


def _said(desk) -> set[str]:
    """Open the dialog for files and give the words on it, without accelerators."""
    desk.window.bar.take_in.click()
    (dialog,) = (each for each in desk.window.findChildren(QFileDialog) if each.isVisible())
    said = {each.text().replace("&", "") for kind in (QLabel, QPushButton) for each in dialog.findChildren(kind)}
    dialog.reject()
    desk.wait(lambda: not desk.window.findChildren(QFileDialog))
    return said


def test_the_dialog_for_files_speaks_the_language_of_the_window(desk) -> None:
    assert {"Trong thư mục:", "Tên tệp:", "Loại tệp:", "Mở", "Bỏ"} <= _said(desk)
    desk.window.words.use("en")
    assert {"Look in:", "Open", "Cancel"} <= _said(desk)
    field = desk.window.search.createStandardContextMenu()
    assert any("Paste" in action.text() for action in field.actions())
    desk.window.words.use("vi")
    field = desk.window.search.createStandardContextMenu()
    assert any("Dán" in action.text().replace("&", "") for action in field.actions())
