"""The line at the bottom: what is going on, how much was read, the centre, and the time."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QWidget

from app.errors import Text
from ui import icons, messages, style
from ui.centre import CentreView, standing_of
from ui.widgets.buttons import label
from ui.words import Words

_NOTE_MS = 8000
_CLOCK_MS = 5000


class StatusLine(QWidget):
    """One line; nothing in it asks for an answer."""

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("statusLine")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._words = words
        self._sync: CentreView | None = None
        self._busy = False
        self.note = label(None, None)
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setFixedWidth(120)
        self.progress.hide()
        self.read = label(None, None, "muted")
        self._sign = QLabel()
        self.centre = label(None, None)
        self._clock = label(None, None, "muted")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 12, 4)
        row.setSpacing(10)
        for widget in (self.note, self.progress, self.read):
            row.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addStretch(1)
        for widget in (self._sign, self.centre, self._clock):
            row.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)
        self._forget = QTimer(self, singleShot=True, interval=_NOTE_MS)
        self._forget.timeout.connect(self._rest)
        ticking = QTimer(self, interval=_CLOCK_MS)
        ticking.timeout.connect(self._tick)
        ticking.start()
        words.changed.connect(self._speak)
        self._rest()
        self._tick()
        self._speak()

    def say(self, text: str) -> None:
        """Say something that needs no answer; it goes away by itself."""
        self.note.setText(text)
        self._forget.start()

    def show_work(self, note: Text, progress: tuple[int, int]) -> None:
        """Say what is running and how far it is; a total of 0 means that nobody knows."""
        done, total = progress
        self._busy = True
        self._forget.stop()
        self.note.setText(self._words.say(note))
        self.progress.setRange(0, total)
        self.progress.setValue(done)
        self.progress.show()

    def end_work(self, text: str = "") -> None:
        """Say how the work ended."""
        self._busy = False
        self.progress.hide()
        self.progress.setRange(0, 1)
        if text:
            self.say(text)
        else:
            self._rest()

    def show_read(self, done: int, total: int) -> None:
        """Say how many pages of the open dossier are read."""
        self.read.setText(self._words.say(messages.PAGES_READ, done=done, total=total) if total else "")

    def show_sync(self, status: CentreView) -> None:
        """Say whether the centre is there and what waits for it."""
        self._sync = status
        self._speak()

    def _speak(self) -> None:
        status = self._sync
        text, sign, color = standing_of(status)
        trouble = status.trouble if status is not None else None
        if status is not None and status.online and trouble is not None:
            # Sending goes on, so nothing else on the desk would tell of it.
            text, sign, color = messages.CENTRE_LOOK, "warn", style.AMBER
        self.centre.setToolTip(self._words.joined(trouble.title, trouble.remedy) if trouble is not None else "")
        waiting = status.waiting if status is not None else 0
        self._sign.setPixmap(icons.pixmap(sign, color, 16))
        count = self._words.say(messages.CENTRE_WAITING if waiting else messages.CENTRE_NONE_WAITING, count=waiting)
        self.centre.setText(f"{self._words.say(text)}, {count}")
        if not self._busy and not self._forget.isActive():
            self._rest()

    def _rest(self) -> None:
        if not self._busy:
            self.note.setText(self._words.say(messages.READY))

    def _tick(self) -> None:
        self._clock.setText(f"{datetime.now():%H:%M}")
