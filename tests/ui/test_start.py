"""The program as it is started: a second window on the same data says so instead of vanishing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMessageBox

from app.bootstrap import Application
from app.errors import ExitCode
from ui.__main__ import main

pytestmark = pytest.mark.window


def test_a_second_window_says_that_the_first_is_open(
    qapp: QApplication, make_application: Callable[..., Application], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_application(tmp_path / "data")
    monkeypatch.setenv("SOHOA_DATA", str(tmp_path / "data"))
    seen: list[str] = []

    def answer() -> None:
        box = QApplication.activeModalWidget()
        if isinstance(box, QMessageBox):
            seen.extend([box.text(), box.informativeText()])
            box.accept()

    timer = QTimer()
    timer.timeout.connect(answer)
    timer.start(50)

    assert main() == ExitCode.IN_USE

    timer.stop()
    assert "đang được chương trình khác dùng" in seen[0]
    assert "Đóng cửa sổ sohoa" in seen[1]
