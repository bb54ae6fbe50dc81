"""One palette and one style sheet. Amber needs a look, red is refused, green has a receipt, blue is the next step."""

from __future__ import annotations

from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from resources import resource

INK = "#1c2733"
MUTED = "#566573"
FAINT = "#a3afba"
LINE = "#d6dde4"
PANEL = "#ffffff"
WINDOW = "#f3f5f8"
TABLE = "#dfe4ea"
ACCENT = "#0b5cad"
ACCENT_DARK = "#084a8c"
ACCENT_SOFT = "#e5f0fb"
AMBER = "#8a5200"
AMBER_SOFT = "#fff3d6"
AMBER_LINE = "#e6b450"
RED = "#b3261e"
RED_SOFT = "#fdecea"
RED_LINE = "#e8a09b"
GREEN = "#16713d"
GREEN_SOFT = "#e4f5ea"

ICONS = resource("icons")
FAMILIES = ("Noto Sans", "Segoe UI", "DejaVu Sans")

SHEET = f"""
QWidget {{ color: {INK}; }}
QMainWindow {{ background: {WINDOW}; }}
QDialog {{ background: {PANEL}; border: 1px solid {LINE}; }}
QToolTip {{ background: {INK}; color: white; border: none; padding: 4px 6px; }}
#panel, #bar, #strip {{ background: {PANEL}; }}
#bar {{ border-bottom: 1px solid {LINE}; }}
#statusLine {{ background: {PANEL}; border-top: 1px solid {LINE}; }}
#viewBar {{ background: {PANEL}; border-bottom: 1px solid {LINE}; }}
#strip {{ border-top: 1px solid {LINE}; }}
#leftPanel {{ background: {PANEL}; border-right: 1px solid {LINE}; }}
#rightPanel {{ background: {PANEL}; border-left: 1px solid {LINE}; }}
#rule {{ background: {LINE}; max-height: 1px; min-height: 1px; }}
QLabel#muted, QLabel#caption {{ color: {MUTED}; }}
QLabel#caption {{ font-size: 9pt; }}
QLabel#heading {{ font-size: 13pt; font-weight: 600; }}
QLabel#section {{ color: {MUTED}; font-size: 9pt; font-weight: 600; }}
QLabel#fieldError {{ color: {RED}; font-size: 9pt; }}
QLabel#finding {{ color: {AMBER}; font-size: 9pt; }}
QLabel#count {{ background: {WINDOW}; color: {MUTED}; border-radius: 9px; padding: 1px 8px; font-size: 9pt; }}
QLabel#number {{ font-size: 12pt; font-weight: 600; }}
QFrame#banner {{ background: {AMBER_SOFT}; border-bottom: 1px solid {AMBER_LINE}; }}
QFrame#banner[kind="error"] {{ background: {RED_SOFT}; border-bottom: 1px solid {RED_LINE}; }}
QFrame#banner[kind="done"] {{ background: {GREEN_SOFT}; border-bottom: 1px solid {LINE}; }}
QFrame#banner QLabel {{ color: {INK}; }}
QPushButton, QToolButton {{
    background: {PANEL}; border: 1px solid {LINE}; border-radius: 6px; padding: 5px 10px; min-height: 20px;
}}
QToolButton {{ padding: 4px; }}
QPushButton:hover, QToolButton:hover {{ background: {ACCENT_SOFT}; border-color: {ACCENT}; }}
QPushButton:pressed, QToolButton:pressed {{ background: #cfe2f6; }}
QPushButton:disabled, QToolButton:disabled {{ color: {FAINT}; background: {WINDOW}; border-color: {LINE}; }}
QPushButton:focus, QToolButton:focus {{ border: 2px solid {ACCENT}; padding: 4px 9px; }}
QToolButton:focus {{ padding: 3px; }}
QToolButton:checked {{ background: {ACCENT_SOFT}; border-color: {ACCENT}; color: {ACCENT_DARK}; }}
QToolButton#flat {{ border-color: transparent; background: transparent; }}
QToolButton#flat:hover {{ background: {ACCENT_SOFT}; }}
QToolButton#flat:focus {{ border: 2px solid {ACCENT}; }}
QToolButton::menu-indicator {{ image: none; }}
QPushButton[primary="true"], QToolButton[primary="true"] {{
    background: {ACCENT}; border: 1px solid {ACCENT_DARK}; color: white; font-weight: 600;
}}
QPushButton[primary="true"]:hover, QToolButton[primary="true"]:hover {{ background: {ACCENT_DARK}; }}
QPushButton[primary="true"]:focus, QToolButton[primary="true"]:focus {{ border: 2px solid {INK}; }}
QPushButton[primary="true"]:disabled {{ background: {FAINT}; border-color: {FAINT}; color: white; }}
QToolButton#badge {{
    background: {AMBER_SOFT}; border: 1px solid {AMBER_LINE}; color: {AMBER}; border-radius: 11px; padding: 1px 8px 1px 6px;
}}
QToolButton#badge:hover {{ background: #ffe8b3; }}
QToolButton#badge:focus {{ border: 2px solid {ACCENT}; padding: 0 7px 0 5px; }}
QLineEdit, QComboBox, QSpinBox, QDoubleSpinBox {{
    background: {PANEL}; border: 1px solid #b9c4ce; border-radius: 6px; padding: 0 8px; min-height: 30px;
    selection-background-color: {ACCENT}; selection-color: white;
}}
QLineEdit:focus, QComboBox:focus, QSpinBox:focus, QDoubleSpinBox:focus {{
    border: 2px solid {ACCENT}; padding: 0 7px; min-height: 28px;
}}
QLineEdit QToolButton {{ border: none; background: transparent; padding: 0; min-height: 0; }}
QSpinBox, QDoubleSpinBox {{ min-height: 27px; }}
QSpinBox:focus, QDoubleSpinBox:focus {{ min-height: 25px; }}
QSpinBox QLineEdit, QDoubleSpinBox QLineEdit {{ border: none; padding: 0; min-height: 0; }}
QTableView {{ border: 1px solid {LINE}; gridline-color: {LINE}; }}
QTableView::item {{ padding: 4px 6px; }}
QHeaderView::section {{ background: {WINDOW}; border: none; border-bottom: 1px solid {LINE}; padding: 5px 6px; }}
QListWidget {{ background: {PANEL}; border: 1px solid {LINE}; border-radius: 6px; outline: none; padding: 4px; }}
QListWidget:focus {{ border-color: {ACCENT}; }}
QListWidget::item {{ padding: 7px 8px; border-radius: 4px; color: {INK}; }}
QListWidget::item:selected {{ background: {ACCENT_SOFT}; color: {ACCENT_DARK}; }}
QLabel[kept="true"] {{ font-weight: 600; }}
QLabel:disabled {{ color: {FAINT}; }}
QLineEdit[state="bad"] {{ border-color: {RED}; }}
QLineEdit:read-only, QLineEdit:disabled, QComboBox:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled {{
    background: {WINDOW}; color: {MUTED}; border-color: {LINE};
}}
QComboBox::drop-down {{ border: none; width: 22px; }}
QComboBox::down-arrow {{ image: url({{chevron}}); width: 14px; height: 14px; }}
QSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::up-button, QDoubleSpinBox::down-button {{ width: 0; }}
QListView, QTreeView {{ background: {PANEL}; border: none; outline: none; }}
QListView#suggestions {{ border: 1px solid {LINE}; }}
QListView#findings {{ font-size: 9pt; }}
QListView:focus#dossiers, QListView:focus#checklist, QListView:focus#states {{ border: 1px solid {ACCENT}; }}
QScrollArea {{ border: none; background: transparent; }}
QScrollArea > QWidget > QWidget {{ background: transparent; }}
QSplitter::handle {{ background: {LINE}; }}
QSplitter::handle:hover {{ background: {ACCENT}; }}
QProgressBar {{ background: {TABLE}; border: none; border-radius: 3px; max-height: 6px; min-height: 6px; }}
QProgressBar::chunk {{ background: {ACCENT}; border-radius: 3px; }}
QMenu {{ background: {PANEL}; border: 1px solid {LINE}; padding: 4px; }}
QMenu::item {{ padding: 6px 28px 6px 12px; border-radius: 4px; }}
QMenu::item:selected {{ background: {ACCENT_SOFT}; color: {INK}; }}
QMenu::item:disabled {{ color: {FAINT}; }}
QMenu::separator {{ height: 1px; background: {LINE}; margin: 4px 6px; }}
QScrollBar:horizontal {{ height: 10px; background: transparent; }}
QScrollBar:vertical {{ width: 10px; background: transparent; }}
QScrollBar::handle {{ background: #bcc6d0; border-radius: 4px; min-width: 30px; min-height: 30px; margin: 1px; }}
QScrollBar::handle:hover {{ background: {MUTED}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QGraphicsView {{ background: {TABLE}; border: none; }}
QGraphicsView:focus {{ border: 1px solid {ACCENT}; }}
"""


def dress(application: QApplication) -> None:
    """Give the whole program its font, colours and style sheet."""
    application.setStyle("Fusion")
    known = set(QFontDatabase.families())
    family = next((name for name in FAMILIES if name in known), application.font().family())
    application.setFont(QFont(family, 10))
    palette = QPalette()
    for role, color in (
        (QPalette.ColorRole.Window, WINDOW),
        (QPalette.ColorRole.Base, PANEL),
        (QPalette.ColorRole.AlternateBase, WINDOW),
        (QPalette.ColorRole.Text, INK),
        (QPalette.ColorRole.WindowText, INK),
        (QPalette.ColorRole.ButtonText, INK),
        (QPalette.ColorRole.Button, PANEL),
        (QPalette.ColorRole.Highlight, ACCENT),
        (QPalette.ColorRole.HighlightedText, "#ffffff"),
        (QPalette.ColorRole.PlaceholderText, "#7b8894"),
    ):
        palette.setColor(role, QColor(color))
    application.setPalette(palette)
    application.setStyleSheet(SHEET.replace("{chevron}", (ICONS / "chevron-down.svg").as_posix()))


def mark(widget: QWidget, name: str, value: object) -> None:
    """Set a property that the style sheet looks at, and have the widget drawn anew."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)
