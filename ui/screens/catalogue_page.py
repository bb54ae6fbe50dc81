"""The page of the settings that says which list of procedures is in use and takes in another."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.model.procedure import Catalogue
from ui import messages
from ui.widgets.buttons import label, word_button
from ui.words import Words


class CataloguePage(QWidget):
    """``import_wanted`` when a file is to be chosen."""

    import_wanted = Signal()

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self.in_use = label(None, None)
        self.in_use.setWordWrap(True)
        how = label(words, messages.CATALOGUE_HOW, "muted")
        how.setWordWrap(True)
        self.take_in = word_button(words, messages.CATALOGUE_IMPORT, "import")
        self.take_in.clicked.connect(self.import_wanted)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(self.in_use)
        column.addWidget(how)
        column.addWidget(self.take_in, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)

    def show_catalogue(self, catalogue: Catalogue) -> None:
        """Say which catalogue is in use."""
        about = {"count": len(catalogue.procedures), "version": catalogue.version}
        self.in_use.setText(self._words.say(messages.CATALOGUE_IN_USE, **about))
