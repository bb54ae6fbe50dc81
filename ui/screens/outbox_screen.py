"""The outbox: every finished dossier on its way to the centre, until its receipt."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QListView, QVBoxLayout, QWidget

from ui import icons, messages
from ui.centre import CentreView, standing_of
from ui.items.outbox_model import OutboxDelegate, OutboxModel
from ui.widgets.banner import Banner
from ui.widgets.buttons import label, make_primary, rule, screen_top, word_button
from ui.widgets.outbox_tools import OutboxTools
from ui.words import Words


class OutboxScreen(QWidget):
    """Shows a CentreView; entries change by themselves."""

    back = Signal()
    send_now = Signal()
    enrol_wanted = Signal()

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._words = words
        self._view = CentreView()
        self.model = OutboxModel(words, self)
        self.list = QListView()
        self.list.setModel(self.model)
        self.list.setItemDelegate(OutboxDelegate(words, self))
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setResizeMode(QListView.ResizeMode.Adjust)
        words.bind(self.list.setAccessibleName, messages.OUTBOX_LIST)
        self._sign, self._centre = label(None, None), label(None, None)
        self._trouble = label(None, None, "finding")
        self._trouble.setWordWrap(True)
        self._none = label(words, messages.OUTBOX_EMPTY, "muted")
        self._none.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.send = word_button(words, messages.SEND_NOW, "send")
        self.enrol = word_button(words, messages.ENROL, "link")
        self.tools = OutboxTools(words)
        self.answer = Banner(words)
        self._lay_out()
        self.send.clicked.connect(self.send_now)
        self.enrol.clicked.connect(self.enrol_wanted)
        words.changed.connect(lambda: self.show_centre(self._view))
        self.show_centre(self._view)

    def _lay_out(self) -> None:
        top = screen_top(self._words, messages.OUTBOX_TITLE, self.back.emit)
        top.addSpacing(12)
        top.addWidget(self._sign)
        top.addWidget(self._centre)
        top.addStretch(1)
        top.addWidget(self.enrol)
        top.addWidget(self.send)
        self._trouble.setContentsMargins(50, 0, 14, 8)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self._trouble)
        column.addWidget(self.tools)
        column.addWidget(self.answer)
        column.addWidget(rule())
        column.addWidget(self._none, 1)
        column.addWidget(self.list, 1)

    def show_centre(self, view: CentreView) -> None:
        """Show the centre's state and all entries."""
        self._view = view
        self.model.update(view.rows)
        self.list.viewport().update()
        self.list.setVisible(bool(view.rows))
        self._none.setVisible(not view.rows)
        text, sign, color = standing_of(view)
        self._sign.setPixmap(icons.pixmap(sign, color, 18))
        self._centre.setText(self._words.say(text))
        self._trouble.setVisible(view.trouble is not None)
        if view.trouble is not None:
            self._trouble.setText(self._words.joined(view.trouble.title, view.trouble.remedy))
        make_primary(self.enrol, "link", view.refused or not view.enrolled)
        make_primary(self.send, "send", view.enrolled and not view.refused and bool(view.waiting))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt: rows with trouble wrap anew."""
        super().resizeEvent(event)
        self.list.scheduleDelayedItemsLayout()
