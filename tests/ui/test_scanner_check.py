"""The check of a scanner in the window."""

from __future__ import annotations

import shutil
from pathlib import Path

import pypdfium2
import pytest

from resources import resource
from ui import messages

pytestmark = pytest.mark.window


@pytest.fixture
def sheets(tmp_path: Path) -> Path:
    """Two test sheets in the feeder."""
    folder = tmp_path / "tờ kiểm tra"
    folder.mkdir()
    with pypdfium2.PdfDocument(resource("test-sheet.pdf")) as document:
        document[0].render(scale=300 / 72).to_pil().convert("RGB").save(folder / "1.jpg", dpi=(300, 300), quality=92)
    shutil.copyfile(folder / "1.jpg", folder / "2.jpg")
    return folder


def test_a_scanner_is_checked_in_the_window_and_goes_into_the_inventory(open_desk, sheets: Path, tmp_path: Path) -> None:
    desk = open_desk(sheets, {"streak": "77", "yellow": "0.1"})
    desk.window.preferences.show()
    desk.window.screen_settings.profiles.check.click()
    dialog = desk.window.preferences.check
    assert dialog is not None
    dialog.claimed.setValue(1)
    dialog.go.click()
    assert not dialog.go.isEnabled()
    desk.wait(lambda: dialog.found.rowCount() == 6 and dialog.history.rowCount() == 1, 60)
    advice = [dialog.found.item(row, 2).text() for row in range(6)]
    assert [text != "✓" for text in advice] == [False, False, False, True, True, False]
    assert "kính" in advice[3]
    assert dialog.go.isEnabled()
    dialog.raise_()
    desk.shoot("scanner-check")
    dialog.save_to(tmp_path / "danh mục.csv", messages.CHECK_EXPORT, desk.window.application.equipment.export)
    desk.wait(lambda: (tmp_path / "danh mục.csv").exists() and (tmp_path / "danh mục.csv").stat().st_size > 100, 20)
    assert "streaks" in (tmp_path / "danh mục.csv").read_text("utf-8-sig")
    # What is no test sheet is said in the dialog.
    for path in sheets.iterdir():
        shutil.copyfile(resource("samples/pages/smoke_001_quyet_dinh.jpg"), path)
    dialog.go.click()
    desk.wait(lambda: dialog.problem.isVisible(), 60)
    assert "tờ kiểm tra" in dialog.problem.text()
    assert dialog.history.rowCount() == 1
    dialog.close()
    assert desk.pages == ()
