"""Asking for files and folders without stopping the window; each gives its dialog, which is open already."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFileDialog, QWidget


def choose_folder(window: QWidget, title: str, chosen: Callable[[Path], None]) -> QFileDialog:
    """Ask for a folder."""
    dialog = QFileDialog(window, title)
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    dialog.fileSelected.connect(lambda name: chosen(Path(name)))
    return _opened(dialog)


def choose_file(window: QWidget, title: str, kinds: str, chosen: Callable[[Path], None]) -> QFileDialog:
    """Ask for a file that is there; ``kinds`` is a filter such as ``PEM (*.pem)``."""
    dialog = QFileDialog(window, title, "", kinds)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.fileSelected.connect(lambda name: chosen(Path(name)))
    return _opened(dialog)


def choose_files(window: QWidget, title: str, kinds: str, chosen: Callable[[Sequence[Path]], None]) -> QFileDialog:
    """Ask for one or more files that are there."""
    dialog = QFileDialog(window, title, "", kinds)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
    dialog.filesSelected.connect(lambda names: chosen([Path(name) for name in names]))
    return _opened(dialog)


def choose_new_file(window: QWidget, title: str, kinds: str, name: str, chosen: Callable[[Path], None]) -> QFileDialog:
    """Ask where to write a file; ``name`` is what it is called unless somebody says otherwise."""
    dialog = QFileDialog(window, title, name, kinds)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(Path(name).suffix.lstrip("."))
    dialog.fileSelected.connect(lambda name: chosen(Path(name)))
    return _opened(dialog)


def show_dialog(dialog: QDialog) -> None:
    """Show a dialog that is not waited for and goes when it is closed."""
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.show()


def _opened(dialog: QFileDialog) -> QFileDialog:
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
    return dialog
