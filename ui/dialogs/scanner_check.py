"""The check of a profile's scanner: print the sheet, scan it, read what was measured and what to do, keep the inventory."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
)

from app.acquisition.equipment import Equipment
from app.acquisition.equipment_words import TROUBLES, findings, to_do
from app.errors import Text
from app.jobs import Lane
from app.model.equipment import EquipmentCheck
from app.model.profile import Profile
from ui import messages, style
from ui.choosing import choose_new_file
from ui.operations import Operation, Operations
from ui.widgets.buttons import label
from ui.widgets.number_boxes import whole_box
from ui.widgets.tables import ReadingTable
from ui.words import Words

_MOST_PPM = 300
_LAST = 8
_WRONG = QColor(style.AMBER)


class ScannerCheck(QDialog):
    """Scans with the profile into no dossier; while it does so the button waits. What goes wrong is said in the dialog."""

    def __init__(self, equipment: Equipment, operations: Operations, profile: Profile, operator: str, words: Words) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._equipment = equipment
        self._operations = operations
        self._profile = profile
        self._operator = operator
        self._words = words
        self._open = True
        self.problem = label(None, None, "fieldError")
        self.problem.setWordWrap(True)
        self.claimed = whole_box(0, _MOST_PPM)
        self.claimed.setAccessibleName(words.say(messages.CHECK_CLAIMED))
        self.found = self._table((messages.CHECK_WHAT, messages.CHECK_FOUND, messages.CHECK_TO_DO))
        self.history = self._table((messages.CHECK_DATE, messages.CHECK_SCANNER, messages.CHECK_TO_DO))
        self.go = QPushButton(words.say(messages.CHECK_GO))
        style.mark(self.go, "primary", "true")
        self.go.clicked.connect(self.check)
        self.setWindowTitle(words.say(messages.CHECK_TITLE, profile=profile.name))
        self._lay_out()
        self.resize(860, 540)
        self._read_history()

    def _lay_out(self) -> None:
        how = self._label(messages.CHECK_HOW, "muted")
        how.setWordWrap(True)
        sheet = self._button(messages.CHECK_SHEET, self._save_sheet)
        export = self._button(messages.CHECK_EXPORT, self._export)
        row = QHBoxLayout()
        row.addWidget(sheet)
        row.addStretch(1)
        row.addWidget(self._label(messages.CHECK_CLAIMED))
        row.addWidget(self.claimed)
        row.addWidget(self.go)
        bottom = QHBoxLayout()
        bottom.addWidget(export)
        bottom.addStretch(1)
        bottom.addWidget(self._button(messages.CHECK_CLOSE, self.close))
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 14)
        column.setSpacing(10)
        column.addWidget(how)
        column.addLayout(row)
        column.addWidget(self.problem)
        column.addWidget(self.found, 3)
        column.addWidget(self._label(messages.CHECK_HISTORY, "section"))
        column.addWidget(self.history, 2)
        column.addLayout(bottom)
        self.problem.hide()

    def check(self) -> None:
        """Scan the sheet that lies in the scanner, and measure."""
        self.problem.hide()
        self.go.setEnabled(False)
        self.go.setText(self._words.say(messages.CHECK_RUNNING))
        job = self._equipment.check(self._profile, claimed_ppm=float(self.claimed.value()), operator=self._operator)
        self._operations.follow(job, self._show, self._failed, over=self._over)

    def done(self, result: int) -> None:
        """Qt: what is still being scanned comes to nobody, and is kept."""
        self._open = False
        super().done(result)

    def _over(self) -> None:
        if self._open:
            self.go.setEnabled(True)
            self.go.setText(self._words.say(messages.CHECK_GO))

    def _show(self, check: EquipmentCheck) -> None:
        if not self._open:
            return
        lines = findings(check)
        self.found.setRowCount(len(lines))
        for row, (name, finding, trouble) in enumerate(lines):
            wrong = trouble in check.troubles
            advice = self._words.as_is(TROUBLES[trouble]) if wrong else "✓"
            self._fill(self.found, row, (self._words.as_is(name), self._words.as_is(finding), advice), wrong=wrong)
        self.found.resizeRowsToContents()
        self._read_history()

    def _failed(self, error: BaseException) -> None:
        if self._open:
            self.problem.setText(self._words.error_line(error))
            self.problem.show()

    def _read_history(self) -> None:
        self._operations.start(
            Operation(messages.CHECK_HISTORY, self._equipment.history, self._show_history, self._failed, lane=Lane.FILES)
        )

    def _show_history(self, checks: tuple[EquipmentCheck, ...]) -> None:
        if not self._open:
            return
        last = checks[: -_LAST - 1 : -1]
        self.history.setRowCount(len(last))
        for row, check in enumerate(last):
            cells = (self._words.moment(check.checked_at), check.label, self._words.as_is(to_do(check)))
            self._fill(self.history, row, cells, wrong=bool(check.troubles))

    def _save_sheet(self) -> None:
        self._save(messages.CHECK_SHEET, "test-sheet.pdf", "PDF (*.pdf)", self._equipment.save_sheet)

    def _export(self) -> None:
        self._save(messages.CHECK_EXPORT, "inventory.csv", "CSV (*.csv);;JSON (*.json)", self._equipment.export)

    def _save(self, title: Text, name: str, kinds: str, write: Callable[[Path], object]) -> None:
        choose_new_file(self, self._words.say(title), kinds, name, lambda path: self.save_to(path, title, write))

    def save_to(self, path: Path, title: Text, write: Callable[[Path], object]) -> None:
        """Write the sheet or the inventory to a file."""
        self._operations.start(Operation(title, lambda: write(path), lambda _: None, self._failed, lane=Lane.FILES))

    def _label(self, text: Text, kind: str = "") -> QLabel:
        made = label(None, None, kind)
        made.setText(self._words.say(text))
        return made

    def _button(self, text: Text, action: Callable[[], object]) -> QPushButton:
        button = QPushButton(self._words.say(text))
        button.setAutoDefault(False)
        button.clicked.connect(lambda: action())
        return button

    def _table(self, names: tuple[Text, ...]) -> QTableWidget:
        return ReadingTable([self._words.say(name) for name in names])

    def _fill(self, table: QTableWidget, row: int, cells: tuple[str, ...], *, wrong: bool) -> None:
        for column, text in enumerate(cells):
            item = QTableWidgetItem(text)
            if wrong:
                item.setForeground(_WRONG)
            table.setItem(row, column, item)
