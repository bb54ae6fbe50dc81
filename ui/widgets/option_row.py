"""One option of a scanner: the control that fits its type and limits, its unit, and what the device says against it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.acquisition.option_words import allowed, unit_of
from app.model.option import DeviceOption, OptionKind
from ui import messages, style
from ui.option_words import OF_THE_PROFILE, name_of
from ui.widgets.buttons import label
from ui.widgets.number_boxes import real_box, whole_box
from ui.words import Words

_WIDEST = (1 << 31) - 1
_YES = "yes"


class OptionRow(QWidget):
    """``changed`` has name and text of a new value; ``cleared`` the name of one that goes back to the device's own."""

    changed = Signal(str, str)
    cleared = Signal(str)

    def __init__(self, option: DeviceOption, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self.option = option
        self.control, self._put = self._make()
        self.control.setMinimumWidth(230)
        self.control.setAccessibleName(name_of(option, words))
        self.control.setToolTip("\n".join(filter(None, (option.description, option.name))))
        self.back = QPushButton(words.say(messages.OPTION_BACK))
        self.back.setAutoDefault(False)
        self.back.clicked.connect(lambda: self.cleared.emit(self.option.name))
        self.allowed = label(None, None, "muted")
        self.allowed.setWordWrap(True)
        self.why = label(None, None, "fieldError")
        self.why.setWordWrap(True)
        self.title = QLabel()
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.title.setWordWrap(True)
        self.title.setFixedWidth(230)
        self.title.setText(name_of(option, words))
        self._lay_out()
        self.show_option(option, kept=False, refusal="")

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(10)
        for widget in (self.title, self.control, self.back):
            line.addWidget(widget)
        line.addWidget(self.allowed, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2, 0, 2)
        column.setSpacing(2)
        column.addLayout(line)
        column.addWidget(self.why)

    def show_option(self, option: DeviceOption, *, kept: bool, refusal: str) -> None:
        """Show the option as the device has it now; ``kept`` if the profile has a value for it, ``refusal`` why not."""
        self.option = option
        with QSignalBlocker(self.control):
            self._put(option.value)
        can = option.active and option.settable and option.name not in OF_THE_PROFILE
        self.control.setEnabled(can)
        self.title.setEnabled(can)
        self.back.setVisible(kept)
        # A list that is opened and a box that is ticked show themselves what they take.
        self.allowed.setText("" if isinstance(self.control, QComboBox | QCheckBox) else self._words.as_is(allowed(option)))
        self.why.setText(refusal)
        self.why.setVisible(bool(refusal))
        style.mark(self.title, "kept", "true" if kept else "false")

    def _make(self) -> tuple[QWidget, Callable[[str], None]]:
        option = self.option
        if option.kind is OptionKind.BOOL:
            return self._switch()
        if option.choices and option.count == 1:
            return self._choice()
        if option.kind is OptionKind.STRING or not option.settable:
            return self._text()
        return self._whole_number() if option.kind is OptionKind.INT else self._real_number()

    def _unit(self) -> str:
        return self._words.as_is(unit_of(self.option))

    def _tell(self, text: str) -> None:
        self.changed.emit(self.option.name, text)

    def _switch(self) -> tuple[QWidget, Callable[[str], None]]:
        box = QCheckBox()
        box.toggled.connect(lambda on: self._tell(_YES if on else "no"))
        return box, lambda text: box.setChecked(text == _YES)

    def _choice(self) -> tuple[QWidget, Callable[[str], None]]:
        box = QComboBox()
        box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        box.activated.connect(lambda at: self._tell(str(box.itemData(at))))

        def put(text: str) -> None:
            box.clear()
            for choice in self.option.choices:
                shown = choice or self._words.say(messages.OPTION_NONE)
                box.addItem(f"{shown}{self._unit()}", choice)
            box.setCurrentIndex(box.findData(text))

        return box, put

    def _whole_number(self) -> tuple[QWidget, Callable[[str], None]]:
        box = whole_box(*map(int, _limits(self.option)))
        box.setSuffix(self._unit())
        box.editingFinished.connect(lambda: self._tell_number(str(box.value())))

        def put(text: str) -> None:
            low, high = _limits(self.option)
            box.setRange(int(low), int(high))
            box.setSingleStep(max(1, round(self.option.step)))
            box.setValue(int(text) if text else box.minimum())

        return box, put

    def _real_number(self) -> tuple[QWidget, Callable[[str], None]]:
        box = real_box(*_limits(self.option), decimals=0 if self.option.step >= 1 else 2)
        box.setSuffix(self._unit())
        box.editingFinished.connect(lambda: self._tell_number(f"{box.value():g}"))

        def put(text: str) -> None:
            box.setRange(*_limits(self.option))
            box.setSingleStep(self.option.step or 1.0)
            box.setValue(float(text or 0))

        return box, put

    def _text(self) -> tuple[QWidget, Callable[[str], None]]:
        line = QLineEdit()
        line.editingFinished.connect(lambda: self._tell(line.text()) if line.text() != self.option.value else None)
        return line, line.setText

    def _tell_number(self, text: str) -> None:
        """Tell of a number that is another one: leaving a field is no change, nor is a rounded display."""
        if not self.option.value or abs(float(text) - float(self.option.value)) > 0.005:
            self._tell(text)


def _limits(option: DeviceOption) -> tuple[float, float]:
    low = -_WIDEST if option.low is None else option.low
    high = _WIDEST if option.high is None else option.high
    return max(float(low), -_WIDEST), min(float(high), _WIDEST)
