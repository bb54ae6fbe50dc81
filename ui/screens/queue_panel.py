"""The left side: states with their counts, and the dossiers of the chosen state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QListView, QToolButton, QVBoxLayout, QWidget

from app.bootstrap import Application
from app.model.dossier import Dossier, DossierState
from ui import icons, messages, style
from ui.finder import Findings
from ui.items.dossier_model import DOSSIER, STATE_SIGNS, DossierDelegate, DossierModel
from ui.operations import Operation, Operations
from ui.widgets.buttons import icon_button, label, rule
from ui.words import Words

_GATHER_MS = 150


@dataclass(frozen=True)
class _Reading:
    counts: dict[DossierState, int]
    state: DossierState
    dossiers: tuple[Dossier, ...]
    latest: tuple[Dossier, ...]


class QueuePanel(QWidget):
    """``opened`` has the id of the dossier that was clicked, ``known`` the newest dossiers of all states."""

    opened = Signal(str)
    known = Signal(object)
    listed = Signal()

    def __init__(self, application: Application, operations: Operations, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("leftPanel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._dossiers = application.dossiers
        self._operations = operations
        self._words = words
        self._state = DossierState.OPEN
        self._counts: dict[DossierState, int] = {}
        self._count_labels: dict[DossierState, QLabel] = {}
        self.states = {state: self._state_button(state) for state in messages.STATES}
        self._found: Findings | None = None
        self._found_line = label(None, None, "section")
        self._found_line.setWordWrap(True)
        self.leave_found = icon_button(words, "close", messages.FOUND_LEAVE)
        self.leave_found.clicked.connect(lambda: self.show_state(self._state))
        self._none = label(words, messages.NO_DOSSIERS, "muted")
        self._none.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._none.setContentsMargins(0, 24, 0, 0)
        self.model = DossierModel(words, self)
        self._drawer = DossierDelegate(words, self)
        self.list = self._make_list()
        self._lay_out()
        self._gather = QTimer(self, singleShot=True, interval=_GATHER_MS)
        self._gather.timeout.connect(self._read)
        words.changed.connect(self._speak)
        self._speak()
        self._read()

    def _make_list(self) -> QListView:
        view = _List()
        view.setObjectName("dossiers")
        view.setModel(self.model)
        view.setItemDelegate(self._drawer)
        view.setMouseTracking(True)
        view.setUniformItemSizes(True)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.clicked.connect(self._open)
        view.activated.connect(self._open)
        self._words.bind(view.setAccessibleName, messages.DOSSIER_LIST)
        return view

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(1)
        for button in self.states.values():
            column.addWidget(button)
        column.addSpacing(6)
        column.addWidget(rule())
        found = QHBoxLayout()
        found.setContentsMargins(12, 2, 4, 2)
        found.addWidget(self._found_line, 1)
        found.addWidget(self.leave_found)
        column.addLayout(found)
        column.addWidget(self._none)
        column.addWidget(self.list, 1)
        self.setMinimumWidth(170)

    def _state_button(self, state: DossierState) -> QToolButton:
        button = QToolButton()
        button.setCheckable(True)
        button.setAutoExclusive(True)
        button.setChecked(state is self._state)
        button.setObjectName("state")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setIcon(icons.icon(*STATE_SIGNS[state]))
        button.setIconSize(QSize(18, 18))
        count = label(None, None, "count")
        count.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        inside = QHBoxLayout(button)
        inside.setContentsMargins(0, 0, 12, 0)
        inside.addWidget(count, 0, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._count_labels[state] = count
        button.setSizePolicy(button.sizePolicy().Policy.Expanding, button.sizePolicy().Policy.Fixed)
        button.setStyleSheet(
            f"#state {{ border: none; border-radius: 0; text-align: left; padding: 5px 10px; }}"
            f"#state:checked {{ background: {style.WINDOW}; font-weight: 600; color: {style.INK}; }}"
            f"#state:focus {{ border: 2px solid {style.ACCENT}; padding: 3px 8px; }}"
        )
        button.clicked.connect(lambda: self.show_state(state))
        return button

    def show_state(self, state: DossierState) -> None:
        """Show the dossiers of this state."""
        self._state = state
        self._found = None
        self.states[state].setChecked(True)
        self._read()

    def show_found(self, found: Findings) -> None:
        """Show the dossiers of a search, until a state is chosen again."""
        self._found = found
        self._fill(found.dossiers)
        self._speak()
        self.listed.emit()

    @property
    def open_id(self) -> str:
        """The dossier that is marked as the one on the desk."""
        return self._drawer.shown

    def show_open(self, dossier_id: str) -> None:
        """Mark the dossier that is on the desk."""
        self._drawer.shown = dossier_id
        self.list.viewport().update()

    def mark_stale(self) -> None:
        """Have counts and list read again soon."""
        if not self._gather.isActive():
            self._gather.start()

    def _read(self) -> None:
        state = self._state

        def work() -> _Reading:
            return _Reading(
                self._dossiers.count_by_state(), state, self._dossiers.list(state, 200), self._dossiers.list(None, 200)
            )

        self._operations.start(Operation(messages.READ_QUEUE, work, self._show))

    def _show(self, reading: _Reading) -> None:
        self._counts = reading.counts
        self.known.emit(reading.latest)
        self._speak()
        if self._found is None and reading.state is self._state:
            self._fill(reading.dossiers)

    def _fill(self, dossiers: Sequence[Dossier]) -> None:
        self.model.update(tuple(dossiers))
        self._none.setVisible(not dossiers)
        self.list.setVisible(bool(dossiers))

    def _speak(self) -> None:
        for state, button in self.states.items():
            name, count = self._words.say(messages.STATES[state]), self._counts.get(state, 0)
            button.setText(f" {name}")
            self._count_labels[state].setText(str(count))
            button.setAccessibleName(f"{name}: {count}")
        found = self._found
        self._found_line.setVisible(found is not None)
        self.leave_found.setVisible(found is not None)
        if found is not None:
            self._found_line.setText(self._words.say(messages.FOUND, count=len(found.dossiers), words=found.text))
        self.list.viewport().update()

    def _open(self, index: QModelIndex) -> None:
        dossier: Dossier = index.data(DOSSIER)
        self.opened.emit(dossier.id)


class _List(QListView):
    """Leaves letters and digits to the window: they are keys for pages."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: only keys that move or open stay here."""
        if event.text().strip() or event.key() == Qt.Key.Key_Space:
            event.ignore()
        else:
            super().keyPressEvent(event)
