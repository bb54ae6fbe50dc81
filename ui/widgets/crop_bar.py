"""The question that cropping asks, above the page: crop to this frame, or leave it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from ui import messages
from ui.widgets.buttons import label, make_primary, word_button
from ui.words import Words


class CropBar(QFrame):
    """Shown while the crop frame is on the page."""

    applied = Signal()
    left = Signal()

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("viewBar")
        self.apply = word_button(words, messages.CROP_APPLY, "crop")
        make_primary(self.apply, "crop")
        leave = word_button(words, messages.CROP_CANCEL)
        self.apply.clicked.connect(self.applied)
        leave.clicked.connect(self.left)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 5, 8, 5)
        row.setSpacing(8)
        row.addWidget(label(words, messages.CROP_HINT, "muted"), 1)
        row.addWidget(self.apply)
        row.addWidget(leave)
        self.hide()
