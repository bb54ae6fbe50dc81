"""Opens the window on a built application."""

from __future__ import annotations

import ctypes
import sys

import PySide6
from PySide6.QtWidgets import QApplication

from app.bootstrap import Application
from app.settings import default_settings_path
from ui import style
from ui.collector import Collector
from ui.main_window import MainWindow

_SWITCH_SECONDS = 0.0005


def prepare(program: QApplication) -> None:
    """Make the program ready for windows of this package."""
    program.setApplicationName("sohoa")
    _stock_up_on_true()
    # Drawing enters and leaves Python hundreds of times a frame; each time it may have to wait this long for a busy worker.
    sys.setswitchinterval(_SWITCH_SECONDS)
    style.dress(program)


def _stock_up_on_true() -> None:
    """Keep ``True`` from running out.

    PySide6 6.12.0 returns True from ``Signal.emit`` without taking a reference to it, so each emit takes one away. From
    Python 3.12 on True cannot die; before that the interpreter would abort once the last reference is gone.
    """
    if sys.implementation.name == "cpython" and sys.version_info < (3, 12) and PySide6.__version_info__[:2] == (6, 12):
        ctypes.c_ssize_t.from_address(id(True)).value += 1 << 40


def run_window(application: Application) -> int:
    """Show the window until it is closed; gives the exit code. The caller closes the application."""
    program = QApplication.instance() or QApplication(sys.argv[:1])
    if not isinstance(program, QApplication):
        raise TypeError("a QApplication is needed for windows")
    prepare(program)
    collector = Collector(program)
    window = MainWindow(application, default_settings_path().with_name("window.ini"))
    window.show()
    code = program.exec()
    collector.stop()
    return code
