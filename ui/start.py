"""Opens the window on a built application."""

from __future__ import annotations

import sys

from PySide6.QtWidgets import QApplication

from app.bootstrap import Application
from app.settings import default_settings_path
from ui import style
from ui.main_window import MainWindow


def run_window(application: Application) -> int:
    """Show the window until it is closed; gives the exit code. The caller closes the application."""
    program = QApplication.instance() or QApplication(sys.argv[:1])
    if not isinstance(program, QApplication):
        raise TypeError("a QApplication is needed for windows")
    program.setApplicationName("sohoa")
    style.dress(program)
    window = MainWindow(application, default_settings_path().with_name("window.ini"))
    window.show()
    return program.exec()
