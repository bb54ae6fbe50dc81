"""The offer to use a paper that is digitised already: which, since when, from where, and the two answers."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.filing.reuse import ReuseOffer
from ui import messages
from ui.widgets.buttons import label, word_button
from ui.words import Words


class ReuseCard(QFrame):
    """Hidden while nothing is offered. Both signals have the ReuseOffer that is answered."""

    taken = Signal(object)
    refused = Signal(object)

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self._words = words
        self.offer: ReuseOffer | None = None
        self.text = label(None, None)
        self.text.setWordWrap(True)
        self.use = word_button(words, messages.REUSE, "link")
        self.use.clicked.connect(lambda: self.taken.emit(self.offer))
        self.leave = word_button(words, messages.REUSE_NOT)
        self.leave.clicked.connect(lambda: self.refused.emit(self.offer))
        answers = QHBoxLayout()
        answers.addWidget(self.use)
        answers.addWidget(self.leave)
        answers.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 8)
        column.addWidget(self.text)
        column.addLayout(answers)
        self.hide()

    def show_offer(self, offer: ReuseOffer | None) -> None:
        """Show an offer, or none."""
        self.offer = offer
        self.setEnabled(True)
        self.setVisible(offer is not None)
        if offer is None:
            return
        paper, say = offer.paper, self._words.say
        day = f"{paper.digitised_at.astimezone():%d/%m/%Y}"
        number = paper.dossier_number or say(messages.REUSE_HERE)
        said = say(messages.REUSE_OFFER, paper=offer.component.name, day=day, dossier=number)
        self.text.setText(said if offer.valid else f"{said} {say(messages.REUSE_UNSURE)}")
