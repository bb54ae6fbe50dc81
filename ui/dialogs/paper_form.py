"""What is known of one paper, in a small form: its data, its sheets, or why it is not there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.errors import Text
from app.model.paper import Paper
from app.model.paper_words import NAMES
from ui import messages
from ui.desk import Snapshot
from ui.widgets.buttons import label, make_primary, word_button
from ui.widgets.number_boxes import whole_box
from ui.words import Words

_TEXTS = (
    ("title", "kind_code"),
    ("number", "issued_on"),
    ("issuer", "issued_at"),
    ("signer", "scope"),
    ("owner_name", "owner_id"),
    ("valid_from", "valid_to"),
)
_WIDE = "summary"
_MOST_SHEETS = 5000
# Pixels: what all fields need, and what a window's frame takes of a low screen; what has no room scrolls.
_HEIGHT, _FRAME = 680, 60
_FORCE: tuple[bool | None, ...] = (None, True, False)


@dataclass(frozen=True)
class PaperSaid:
    """What the clerk entered: fields that differ from what was shown, as typed, the count, and the reason."""

    fields: Mapping[str, str]
    sheets: int
    sides: int
    absence: str


class PaperForm(QDialog):
    """One form for all papers. ``saved`` has the component and what was entered; it stays open until that was taken."""

    saved = Signal(str, object)

    def __init__(self, words: Words, parent: QWidget) -> None:
        super().__init__(parent)
        self._words = words
        self._component = ""
        self._shown: dict[str, str] = {}
        self.lines = {name: QLineEdit() for name in (*(name for pair in _TEXTS for name in pair), _WIDE)}
        self.unlimited = QCheckBox()
        words.bind(lambda said: self.unlimited.setText(_capital(said)), NAMES["unlimited"])
        self.in_force = QComboBox()
        self.sheets, self.sides, self.absence = whole_box(0, _MOST_SHEETS), whole_box(1, 2), QLineEdit()
        self.problem = label(None, None, "fieldError")
        self.problem.setWordWrap(True)
        self._heading = label(None, None, "section")
        self._heading.setWordWrap(True)
        self.save = word_button(words, messages.PAPER_SAVE)
        self.save.setDefault(True)
        make_primary(self.save, "check")
        self.save.clicked.connect(self._save)
        self._lay_out()
        words.bind(lambda _said: self._fill_choices(), messages.PAPER_DATA)
        self.setMinimumWidth(580)

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(3)
        for row, pair in enumerate(_TEXTS):
            for column, name in enumerate(pair):
                self._put(grid, NAMES[name], self.lines[name], 2 * row, column)
        last = 2 * len(_TEXTS)
        self._put(grid, NAMES[_WIDE], self.lines[_WIDE], last, 0, 2)
        self._put(grid, NAMES["in_force"], self.in_force, last + 2, 0)
        grid.addWidget(self.unlimited, last + 3, 1)
        self._put(grid, messages.PAPER_SHEETS, self.sheets, last + 4, 0)
        self._put(grid, messages.PAPER_SIDES, self.sides, last + 4, 1)
        self._put(grid, messages.PAPER_ABSENCE, self.absence, last + 6, 0, 2)
        leave = word_button(self._words, messages.CANCEL)
        leave.setAutoDefault(False)
        leave.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(leave)
        buttons.addWidget(self.save)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(18, 14, 18, 14)
        whole.setSpacing(10)
        inner = QWidget()
        grid.setContentsMargins(0, 0, 8, 0)
        inner.setLayout(grid)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inner)
        whole.addWidget(self._heading)
        whole.addWidget(scroll, 1)
        whole.addWidget(self.problem)
        whole.addLayout(buttons)

    def _put(self, grid: QGridLayout, name: Text, field: QWidget, row: int, column: int, span: int = 1) -> None:
        caption = label(None, None, "caption")
        caption.setBuddy(field)
        self._words.bind(lambda said: caption.setText(_capital(said)), name)
        self._words.bind(field.setAccessibleName, name)
        grid.addWidget(caption, row, column, 1, span)
        grid.addWidget(field, row + 1, column, 1, span)

    def show_paper(self, snapshot: Snapshot, component: str) -> None:
        """Show what is known of the dossier's paper under a component, and let it be changed while the dossier is open."""
        place = next(row.component for row in snapshot.checklist if row.component.code == component)
        paper = snapshot.papers.get(component, Paper(snapshot.dossier.id, component))
        self._component = component
        self._shown = {name: _typed(getattr(paper.fields, name)) for name in self.lines}
        for name, line in self.lines.items():
            line.setText(self._shown[name])
            line.setCursorPosition(0)
            line.setReadOnly(not snapshot.editable)
            line.setPlaceholderText("")
        hints = {
            "title": place.name,
            "kind_code": place.paper_kind,
            "owner_name": snapshot.dossier.owner_name,
            "owner_id": snapshot.dossier.owner_id_number,
        }
        for name, hint in hints.items():
            self.lines[name].setPlaceholderText(hint)
        self.unlimited.setChecked(paper.fields.unlimited)
        self.in_force.setCurrentIndex(_FORCE.index(paper.fields.in_force))
        self._shown |= {"unlimited": _flag(paper.fields.unlimited), "in_force": _flag(paper.fields.in_force)}
        self.sheets.setValue(paper.sheets)
        self.sides.setValue(paper.sides or 1)
        self.absence.setText(paper.absence)
        self._heading.setText(place.name)
        self.setWindowTitle(self._words.say(messages.PAPER_DATA).rstrip("…"))
        self.problem.clear()
        self.save.setEnabled(snapshot.editable)
        self.resize(self.width(), min(_HEIGHT, self.screen().availableGeometry().height() - _FRAME))
        self.open()
        self.lines["number"].setFocus()

    def refuse(self, error: BaseException) -> None:
        """Say why what was entered is not taken."""
        self.problem.setText(self._words.error_line(error))
        self.save.setEnabled(True)

    def _fill_choices(self) -> None:
        chosen = max(self.in_force.currentIndex(), 0)
        self.in_force.clear()
        self.in_force.addItems([_capital(self._words.say(messages.IN_FORCE[force])) for force in _FORCE])
        self.in_force.setCurrentIndex(chosen)

    def _save(self) -> None:
        now = {name: line.text().strip() for name, line in self.lines.items()}
        now |= {"unlimited": _flag(self.unlimited.isChecked()), "in_force": _flag(_FORCE[self.in_force.currentIndex()])}
        changed = {name: text for name, text in now.items() if text != self._shown[name]}
        self.save.setEnabled(False)
        sides = self.sides.value() if self.sheets.value() else 0
        self.saved.emit(self._component, PaperSaid(changed, self.sheets.value(), sides, self.absence.text()))


def _typed(value: object) -> str:
    """Write a stored value as a clerk types it."""
    return f"{value:%d/%m/%Y}" if isinstance(value, date) else str(value or "")


def _flag(value: bool | None) -> str:
    return "" if value is None else "yes" if value else "no"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
