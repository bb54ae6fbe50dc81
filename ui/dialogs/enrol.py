"""Enrolment: the centre's address and a code that works once, or a province's own system with a client id and its secret.

Not modal; what goes wrong is said in the dialog.
"""

from __future__ import annotations

from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.settings import ServerSettings
from app.sync.access import Account
from ui import messages, style
from ui.centre import Centre
from ui.choosing import choose_file
from ui.widgets.buttons import answer_row, label
from ui.words import Words


class EnrolDialog(QDialog):
    """Asks, waits for the centre, and closes by itself when the station is enrolled."""

    def __init__(self, centre: Centre, words: Words, server: ServerSettings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._centre = centre
        self._words = words
        self._dialect = server.dialect
        self.kind = QComboBox()
        for kind, name in (("sohoa", messages.ENROL_OURS), ("lgsp", messages.ENROL_LGSP)):
            self.kind.addItem(words.say(name), kind)
        self.url = QLineEdit(server.url)
        self.url.setPlaceholderText("https://")
        self.code = QLineEdit()
        is_lgsp = server.kind == "lgsp"
        self.client_id = QLineEdit(server.station_id if is_lgsp else "")
        self.secret = QLineEdit()
        self.secret.setEchoMode(QLineEdit.EchoMode.Password)
        self.unit_code = QLineEdit(server.unit_code)
        self.ca_file = QLineEdit(server.ca_file)
        self.problem = label(None, None, "fieldError")
        self.problem.setWordWrap(True)
        self.go = QPushButton(words.say(messages.ENROL_GO))
        self.go.setDefault(True)
        style.mark(self.go, "primary", "true")
        self.go.clicked.connect(self._ask)
        self.setWindowTitle(words.say(messages.ENROL))
        self._intro = label(None, None, "muted")
        self._intro.setWordWrap(True)
        self._form = QFormLayout()
        self._lay_out()
        for field in (self.url, self.code, self.client_id, self.secret):
            field.textChanged.connect(self._allow)
        self.setMinimumWidth(460)
        self.kind.currentIndexChanged.connect(self._show_kind)
        self.kind.setCurrentIndex(self.kind.findData(server.kind))
        self._show_kind()

    def _lay_out(self) -> None:
        say = self._words.say
        browse = QPushButton(say(messages.BROWSE))
        browse.setAutoDefault(False)
        browse.clicked.connect(self._browse)
        file_row = QHBoxLayout()
        file_row.addWidget(self.ca_file, 1)
        file_row.addWidget(browse)
        self._form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapAllRows)
        for field, name in (
            (self.kind, messages.ENROL_KIND),
            (self.url, messages.ENROL_URL),
            (self.code, messages.ENROL_CODE),
            (self.client_id, messages.ENROL_CLIENT),
            (self.secret, messages.ENROL_SECRET),
            (self.unit_code, messages.ENROL_UNIT),
        ):
            self._form.addRow(say(name), field)
            field.setAccessibleName(say(name))
        self._form.addRow(say(messages.ENROL_CA), file_row)
        self.ca_file.setAccessibleName(say(messages.ENROL_CA))
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 14)
        column.setSpacing(10)
        column.addWidget(self._intro)
        column.addLayout(self._form)
        column.addWidget(self.problem)
        column.addLayout(answer_row(self._words, self.close, self.go))

    @property
    def _is_lgsp(self) -> bool:
        return bool(self.kind.currentData() == "lgsp")

    def _show_kind(self) -> None:
        """Show what the chosen kind of centre needs, and nothing else."""
        for field in (self.client_id, self.secret, self.unit_code):
            self._form.setRowVisible(field, self._is_lgsp)
        self._form.setRowVisible(self.code, not self._is_lgsp)
        self._intro.setText(self._words.say(messages.ENROL_LGSP_INTRO if self._is_lgsp else messages.ENROL_INTRO))
        self.problem.clear()
        self._allow()
        self.adjustSize()

    def _allow(self) -> None:
        needed = (self.url, self.client_id, self.secret) if self._is_lgsp else (self.url, self.code)
        self.go.setEnabled(all(field.text().strip() for field in needed))

    def _browse(self) -> None:
        title = self._words.say(messages.ENROL_CA)
        choose_file(self, title, "PEM (*.pem *.crt *.cer)", lambda path: self.ca_file.setText(str(path)))

    def _ask(self) -> None:
        self.go.setEnabled(False)
        self.go.setText(self._words.say(messages.ENROL_RUNNING))
        self.problem.clear()
        url, ca_file = self.url.text().strip(), self.ca_file.text().strip()
        if not self._is_lgsp:
            self._centre.enrol(url, self.code.text().strip(), ca_file, self._done, self._refused)
            return
        client_id, secret, unit_code = (field.text().strip() for field in (self.client_id, self.secret, self.unit_code))
        account = Account("lgsp", url, client_id, secret, ca_file, unit_code, self._dialect)
        self._centre.connect_to(account, self._done, self._refused)

    def _done(self) -> None:
        self.accept()

    def _refused(self, error: BaseException) -> None:
        if not self.isVisible():
            return
        self.go.setText(self._words.say(messages.ENROL_GO))
        self._allow()
        self.problem.setText("\n".join(self._words.error(error)))
