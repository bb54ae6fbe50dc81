"""The expert page: every option of a profile's scanner, tried on the device at once, kept in the profile when wanted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QDialog, QHBoxLayout, QLineEdit, QPushButton, QScrollArea, QVBoxLayout, QWidget

from app.acquisition.devices import Devices
from app.acquisition.driver_words import driver_words
from app.jobs import Lane
from app.model.option import DeviceOption, DeviceOptions, OptionKind
from app.model.profile import Profile
from app.model.vietnamese import fold
from ui import messages, style
from ui.operations import Operation, Operations
from ui.option_words import name_of
from ui.widgets.buttons import label
from ui.widgets.option_row import OptionRow
from ui.words import Words

Keep = Callable[[dict[str, str]], None]


class ScannerOptions(QDialog):
    """Reads the options under the profile, again after each change: what one option rules out is seen at once.

    ``keep`` gets the profile's options when they are wanted. What the device refuses is said under its row.
    """

    def __init__(self, devices: Devices, operations: Operations, profile: Profile, keep: Keep, words: Words) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._devices = devices
        self._operations = operations
        self._profile = profile
        self._words = words
        self._keep = keep
        self._reading = False
        self._stale = False
        self._open = True
        self.rows: dict[str, OptionRow] = {}
        self.wanted = dict(profile.options)
        self.search = QLineEdit()
        self.search.setPlaceholderText(words.say(messages.OPTION_SEARCH))
        self.search.setAccessibleName(words.say(messages.OPTION_SEARCH))
        self.search.textChanged.connect(self._filter)
        self.advanced = QCheckBox(words.say(messages.OPTION_ADVANCED))
        self.advanced.toggled.connect(self._filter)
        self.note = label(None, None, "muted")
        self.note.setWordWrap(True)
        self.problem = label(None, None, "fieldError")
        self.problem.setWordWrap(True)
        self.take = QPushButton(words.say(messages.OPTION_KEEP))
        style.mark(self.take, "primary", "true")
        self.take.clicked.connect(self._kept)
        self.setWindowTitle(words.say(messages.OPTIONS_TITLE, profile=profile.name))
        self._body = QWidget()
        self._list = QVBoxLayout(self._body)
        self._lay_out()
        self.resize(760, 540)
        self.read()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self.search, 1)
        top.addWidget(self.advanced)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setWidget(self._body)
        leave = QPushButton(self._words.say(messages.CANCEL))
        leave.setAutoDefault(False)
        leave.clicked.connect(self.close)
        bottom = QHBoxLayout()
        bottom.addWidget(self.note, 1)
        bottom.addWidget(leave)
        bottom.addWidget(self.take)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 14)
        column.setSpacing(10)
        column.addLayout(top)
        column.addWidget(self.problem)
        column.addWidget(scroll, 1)
        column.addLayout(bottom)
        self.problem.hide()

    def read(self) -> None:
        """Read the options with what is wanted now; reads never overlap, and the last change is always read."""
        self._stale = True
        if self._reading:
            return
        self._reading, self._stale = True, False
        profile = replace(self._profile, options=dict(self.wanted))
        self.note.setText(self._words.say(messages.OPTIONS_READING))
        title = messages.OPTIONS_READING
        self._operations.start(
            Operation(title, lambda: self._devices.options(profile), self._show, self._failed, lane=Lane.SCANNER)
        )

    def done(self, result: int) -> None:
        """Qt: what is still being read comes to nobody."""
        self._open = False
        super().done(result)

    def _show(self, found: DeviceOptions) -> None:
        if not self._open:
            return
        self._reading = False
        shown = [option for option in found.options if option.kind is not OptionKind.BUTTON]
        if [option.name for option in shown] != list(self.rows):
            self._build(shown)
        whys = {one.name: self._words.as_is(driver_words(one.why)) for one in found.refused}
        for option in shown:
            self.rows[option.name].show_option(option, kept=option.name in self.wanted, refusal=whys.pop(option.name, ""))
        # What is left is said of the profile itself, or of options that this device does not have.
        self._complain("\n".join(whys.values()))
        self.note.setText(self._words.say(messages.OPTIONS_OF, device=found.device, count=len(shown)))
        self._filter()
        if self._stale:
            self.read()

    def _failed(self, error: BaseException) -> None:
        if self._open:
            self._reading = False
            self.note.clear()
            self._complain("\n".join(self._words.error(error)))

    def _complain(self, text: str) -> None:
        self.problem.setText(text)
        self.problem.setVisible(bool(text))

    def _build(self, options: list[DeviceOption]) -> None:
        while (item := self._list.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        self.rows = {}
        group = ""
        for option in options:
            if option.group != group:
                group = option.group
                heading = label(None, None, "section")
                heading.setText(group)
                self._list.addWidget(heading)
            row = OptionRow(option, self._words)
            row.changed.connect(self._change)
            row.cleared.connect(self._clear)
            self.rows[option.name] = row
            self._list.addWidget(row)
        self._list.addStretch(1)

    def _change(self, name: str, text: str) -> None:
        self.wanted[name] = text
        self.read()

    def _clear(self, name: str) -> None:
        self.wanted.pop(name, None)
        self.read()

    def _filter(self) -> None:
        sought = fold(self.search.text()).split()
        for name, row in self.rows.items():
            said = fold(f"{name} {name_of(row.option, self._words)} {row.option.title}")
            plain = not row.option.advanced or self.advanced.isChecked() or name in self.wanted
            row.setVisible(plain and all(word in said for word in sought))

    def _kept(self) -> None:
        self._keep(dict(self.wanted))
        self.accept()
