"""The tools of the page on screen: before or after, turning, cropping, marking, deleting, undo, zoom."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QToolButton, QWidget

from app.errors import Text
from ui import messages
from ui.images import Kind
from ui.widgets.buttons import icon_button, label
from ui.words import Words


class ViewBar(QWidget):
    """Buttons only; ``asked`` has the name of the command, ``kind_chosen`` the picture to show."""

    asked = Signal(str)
    kind_chosen = Signal(str)

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("viewBar")
        self._words = words
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(8, 5, 8, 5)
        self._row.setSpacing(2)
        self._kinds = self._make_kinds()
        self._row.addSpacing(8)
        self._edits = [
            self._add("rotate-left", messages.TURN_LEFT, "turn_left", "L"),
            self._add("rotate-right", messages.TURN_RIGHT, "turn_right", "R"),
            self._add("crop", messages.CROP, "crop", "C"),
            self._add("blank", messages.MARK_BLANK, "mark_blank"),
            self._add("trash", messages.DELETE, "delete", "Del"),
        ]
        self._row.addSpacing(8)
        self.undo = self._add("undo", messages.UNDO, "undo", "Ctrl+Z")
        self.redo = self._add("redo", messages.REDO, "redo", "Ctrl+Y")
        self._row.addStretch(1)
        self._views = [self._add("left", messages.PREVIOUS_PAGE, "previous")]
        self._place = label(None, None, "muted")
        self._row.addWidget(self._place)
        self._views += [
            self._add("right", messages.NEXT_PAGE, "next", "Space"),
            self._add("minus", messages.ZOOM_OUT, "zoom_out", "Ctrl+-"),
        ]
        self._zoom = label(None, None, "muted")
        self._row.addWidget(self._zoom)
        self._views += [
            self._add("plus", messages.ZOOM_IN, "zoom_in", "Ctrl++"),
            self._add("fit", messages.ZOOM_FIT, "zoom_fit", "Ctrl+0"),
            self._add("actual", messages.ZOOM_ACTUAL, "zoom_actual", "Ctrl+1"),
        ]
        self.show_zoom(1.0)

    def _make_kinds(self) -> dict[Kind, QToolButton]:
        group = QButtonGroup(self)
        kinds: dict[Kind, QToolButton] = {}
        choices: tuple[tuple[Kind, Text], ...] = (("original", messages.BEFORE), ("processed", messages.AFTER))
        for kind, text in choices:
            button = icon_button(self._words, "page" if kind == "original" else "check", text, flat=False)
            self._words.bind(button.setText, text)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
            button.setToolTip("O")
            button.setCheckable(True)
            button.setMinimumWidth(74)
            button.clicked.connect(lambda _checked=False, kind=kind: self.kind_chosen.emit(kind))
            group.addButton(button)
            self._row.addWidget(button)
            kinds[kind] = button
        kinds["processed"].setChecked(True)
        return kinds

    def _add(self, icon: str, text: Text, command: str, key: str = "") -> QToolButton:
        button = icon_button(self._words, icon, text, key)
        button.clicked.connect(lambda: self.asked.emit(command))
        self._row.addWidget(button)
        return button

    def show_kind(self, kind: Kind) -> None:
        """Mark which picture is on screen."""
        self._kinds[kind].setChecked(True)

    def show_place(self, number: int, total: int) -> None:
        """Say which page is on screen."""
        self._place.setText(f"{number}/{total}" if total else "")
        self._place.setToolTip(self._words.say(messages.PAGE_OF, number=number, total=total) if total else "")

    def show_zoom(self, zoom: float) -> None:
        """Say how large the page is drawn."""
        self._zoom.setText(f"{zoom * 100:.0f}%")
        self._zoom.setMinimumWidth(self._zoom.fontMetrics().horizontalAdvance("888%"))

    def show_history(self, undo: Text | None, redo: Text | None) -> None:
        """Say what undo and redo would do."""
        for button, what, plain, named, key in (
            (self.undo, undo, messages.UNDO, messages.UNDO_WHAT, "Ctrl+Z"),
            (self.redo, redo, messages.REDO, messages.REDO_WHAT, "Ctrl+Y"),
        ):
            button.setEnabled(what is not None)
            text = self._words.say(plain) if what is None else self._words.say(named, what=self._words.say(what))
            button.setToolTip(f"{text} ({key})")

    def allow(self, viewing: bool, editing: bool) -> None:
        """Switch the tools on where there is a page, and those that change it where that is allowed."""
        for button in (*self._views, *self._kinds.values()):
            button.setEnabled(viewing)
        for button in self._edits:
            button.setEnabled(viewing and editing)
