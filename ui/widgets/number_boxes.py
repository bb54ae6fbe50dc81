"""Fields for numbers that look like the other fields: typed into, without arrows; the wheel scrolls the page instead."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractSpinBox, QDoubleSpinBox, QSpinBox

# Pixels between frame and number, as the style sheet gives other fields; it cannot reach into the box itself.
_MARGIN = 9
B = TypeVar("B", bound=QAbstractSpinBox)


def whole_box(low: int, high: int) -> QSpinBox:
    """Make a field for a whole number from ``low`` to ``high``."""
    box = _dressed(QSpinBox())
    box.setRange(low, high)
    return box


def real_box(low: float, high: float, decimals: int) -> QDoubleSpinBox:
    """Make a field for a number from ``low`` to ``high`` with so many decimals."""
    box = _dressed(QDoubleSpinBox())
    box.setDecimals(decimals)
    box.setRange(low, high)
    return box


def _dressed(box: B) -> B:
    box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    box.lineEdit().setTextMargins(_MARGIN, 0, _MARGIN, 0)
    return box
