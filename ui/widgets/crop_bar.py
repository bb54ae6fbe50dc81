"""The question that cropping asks, laid over the page: crop to this frame, or leave it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from ui import messages, style
from ui.widgets.buttons import label, word_button
from ui.words import Words


class CropBar(QFrame):
    """Shown while the crop frame is on the page."""

    applied = Signal()
    left = Signal()

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("cropBar")
        self.setStyleSheet(f"#cropBar {{ background: {style.PANEL}; border: 1px solid {style.LINE}; border-radius: 8px; }}")
        self.apply = word_button(words, messages.CROP_APPLY, "crop")
        style.mark(self.apply, "primary", "true")
        leave = word_button(words, messages.CROP_CANCEL)
        self.apply.clicked.connect(self.applied)
        leave.clicked.connect(self.left)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 6, 6)
        row.setSpacing(8)
        row.addWidget(label(words, messages.CROP_HINT, "caption"))
        row.addWidget(self.apply)
        row.addWidget(leave)
        words.changed.connect(self.adjustSize)
        self.hide()
