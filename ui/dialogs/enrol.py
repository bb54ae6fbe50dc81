"""Enrolment: the centre's address and a code that works once. Not modal; what goes wrong is said in the dialog."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QFormLayout, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from app.settings import ServerSettings
from ui import messages, style
from ui.centre import Centre
from ui.choosing import choose_file
from ui.widgets.buttons import label
from ui.words import Words


class EnrolDialog(QDialog):
    """Asks, waits for the centre, and closes by itself when the station is enrolled."""

    def __init__(self, centre: Centre, words: Words, server: ServerSettings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._centre = centre
        self._words = words
        self.url = QLineEdit(server.url)
        self.url.setPlaceholderText("https://")
        self.code = QLineEdit()
        self.ca_file = QLineEdit(server.ca_file)
        self.problem = label(None, None, "fieldError")
        self.problem.setWordWrap(True)
        self.go = QPushButton(words.say(messages.ENROL_GO))
        self.go.setDefault(True)
        style.mark(self.go, "primary", "true")
        self.go.clicked.connect(self._ask)
        self.setWindowTitle(words.say(messages.ENROL))
        self._lay_out()
        for field in (self.url, self.code):
            field.textChanged.connect(self._allow)
        self._allow()
        self.setMinimumWidth(460)

    def _lay_out(self) -> None:
        say = self._words.say
        browse = QPushButton(say(messages.BROWSE))
        browse.setAutoDefault(False)
        browse.clicked.connect(self._browse)
        file_row = QHBoxLayout()
        file_row.addWidget(self.ca_file, 1)
        file_row.addWidget(browse)
        form = QFormLayout()
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapAllRows)
        form.addRow(say(messages.ENROL_URL), self.url)
        form.addRow(say(messages.ENROL_CODE), self.code)
        form.addRow(say(messages.ENROL_CA), file_row)
        for field, name in (
            (self.url, messages.ENROL_URL),
            (self.code, messages.ENROL_CODE),
            (self.ca_file, messages.ENROL_CA),
        ):
            field.setAccessibleName(say(name))
        leave = QPushButton(say(messages.CANCEL))
        leave.setAutoDefault(False)
        leave.clicked.connect(self.close)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(leave)
        buttons.addWidget(self.go)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 14)
        column.setSpacing(10)
        intro = label(None, None, "muted")
        intro.setText(say(messages.ENROL_INTRO))
        intro.setWordWrap(True)
        column.addWidget(intro)
        column.addLayout(form)
        column.addWidget(self.problem)
        column.addLayout(buttons)

    def _allow(self) -> None:
        self.go.setEnabled(bool(self.url.text().strip() and self.code.text().strip()))

    def _browse(self) -> None:
        title = self._words.say(messages.ENROL_CA)
        choose_file(self, title, "PEM (*.pem *.crt *.cer)", lambda path: self.ca_file.setText(str(path)))

    def _ask(self) -> None:
        self.go.setEnabled(False)
        self.go.setText(self._words.say(messages.ENROL_RUNNING))
        self.problem.clear()
        self._centre.enrol(
            self.url.text().strip(), self.code.text().strip(), self.ca_file.text().strip(), self._done, self._refused
        )

    def _done(self) -> None:
        self.accept()

    def _refused(self, error: BaseException) -> None:
        if not self.isVisible():
            return
        self.go.setText(self._words.say(messages.ENROL_GO))
        self._allow()
        self.problem.setText("\n".join(self._words.error(error)))
