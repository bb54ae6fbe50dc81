"""Opens the window on a built application."""

from __future__ import annotations

import sys

from PySide6.QtWidgets import QApplication, QMessageBox

from app.bootstrap import Application
from app.errors import SohoaError
from app.settings import default_settings_path
from ui import style
from ui.collector import Collector
from ui.main_window import MainWindow

_SWITCH_SECONDS = 0.0005


def prepare(program: QApplication) -> None:
    """Make the program ready for windows of this package."""
    program.setApplicationName("sohoa")
    # Drawing enters and leaves Python hundreds of times a frame; each time it may have to wait this long for a busy worker.
    sys.setswitchinterval(_SWITCH_SECONDS)
    style.dress(program)


def tell_why_not(error: SohoaError) -> None:
    """Say why the program cannot start, where there is no window yet that could say it."""
    _ = QApplication.instance() or QApplication(sys.argv[:1])
    box = QMessageBox(QMessageBox.Icon.Critical, "Số hoá Một cửa", error.title_in("vi"))
    box.setInformativeText(f"{error.remedy_in('vi')}\n\n{error.title_in('en')}. {error.remedy_in('en')}")
    box.exec()


def present(window: MainWindow) -> None:
    """Put a window on screen and make ready what its first page needs, while nobody waits for it yet."""
    window.show()
    window.application.pictures.warm_up()


def run_window(application: Application) -> int:
    """Show the window until it is closed; gives the exit code. The caller closes the application."""
    program = QApplication.instance() or QApplication(sys.argv[:1])
    if not isinstance(program, QApplication):
        raise TypeError("a QApplication is needed for windows")
    prepare(program)
    collector = Collector(program)
    window = MainWindow(application, default_settings_path().with_name("window.ini"))
    present(window)
    application.device_watch.start()
    code = program.exec()
    collector.stop()
    return code
