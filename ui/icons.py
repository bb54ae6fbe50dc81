"""Icons drawn from resources/icons in the colour that is asked for."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from ui import style


@cache
def pixmap(name: str, color: str = style.INK, size: int = 20) -> QPixmap:
    """Give an icon as a pixmap of ``size`` logical pixels, drawn at twice that for sharp screens."""
    drawing = (style.ICONS / f"{name}.svg").read_text("utf-8").replace("currentColor", color)
    renderer = QSvgRenderer(QByteArray(drawing.encode()))
    picture = QPixmap(size * 2, size * 2)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    renderer.render(painter, QRectF(0, 0, size * 2, size * 2))
    painter.end()
    picture.setDevicePixelRatio(2)
    return picture


@cache
def icon(name: str, color: str = style.INK) -> QIcon:
    """Give an icon with its disabled look."""
    made = QIcon(pixmap(name, color))
    made.addPixmap(pixmap(name, style.FAINT), QIcon.Mode.Disabled)
    return made
