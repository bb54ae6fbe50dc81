"""A form made from the declarations of the settings: one control for each field, by its type."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QVBoxLayout, QWidget

from app.errors import Language
from ui import messages
from ui.widgets.number_boxes import real_box, whole_box
from ui.words import Words

_CHOICE_SIGNS = 16


@dataclass(frozen=True)
class Control:
    """A control with the way to read what is in it."""

    widget: QWidget
    read: Callable[[], Any]


def sentence(field: FieldInfo, language: Language) -> str:
    """Give the sentence of a field in one of the two languages that its description holds, parted by a slash."""
    vietnamese, _, english = (field.description or "").partition(" / ")
    chosen = vietnamese if language == "vi" else english or vietnamese
    return chosen[:1].upper() + chosen[1:]


def simple_fields(section: BaseModel) -> dict[str, FieldInfo]:
    """Give the fields that one control can show: no sections, no lists of sections, no tables."""
    fields = type(section).model_fields
    return {name: field for name, field in fields.items() if _is_simple(field.annotation)}


def _is_simple(kind: Any) -> bool:
    if kind in (str, int, float, bool) or get_origin(kind) is Literal or kind == tuple[str, ...]:
        return True
    return _is_enum(kind) or _is_choices(kind)


def _is_enum(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, enum.Enum)


def _is_choices(kind: Any) -> bool:
    return get_origin(kind) is tuple and _is_enum(get_args(kind)[0])


def make_control(field: FieldInfo, value: Any, words: Words) -> Control:
    """Make the control for a field and put the value in."""
    kind = field.annotation
    if get_origin(kind) is Literal:
        return _choice([(_literal(item, words), item) for item in get_args(kind)], value)
    if kind is bool:
        box = QCheckBox()
        box.setChecked(value)
        return Control(box, box.isChecked)
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return _choice([(_name_of(item, words), item) for item in kind], value)
    if _is_choices(kind):
        return _choices([(_name_of(item, words), item) for item in get_args(kind)[0]], value)
    if kind in (int, float):
        return _number(field, value, whole=kind is int)
    if kind is str:
        line = QLineEdit(value)
        return Control(line, lambda: line.text().strip())
    line = QLineEdit("; ".join(value))
    line.setPlaceholderText(words.say(messages.LINES_HINT))
    return Control(line, lambda: tuple(part.strip() for part in line.text().split(";") if part.strip()))


def _choice(items: list[tuple[str, Any]], value: Any) -> Control:
    box = QComboBox()
    for shown, item in items:
        box.addItem(shown, item)
    box.setCurrentIndex([item for _, item in items].index(value))
    box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    # The longest choice must not make the form wider than a small screen.
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(_CHOICE_SIGNS)
    return Control(box, lambda: items[box.currentIndex()][1])


def _choices(items: list[tuple[str, Any]], value: Any) -> Control:
    """Make one box to tick for each item; what is read keeps their order."""
    whole = QWidget()
    column = QVBoxLayout(whole)
    column.setContentsMargins(0, 0, 0, 0)
    boxes = []
    for shown, item in items:
        box = QCheckBox(shown)
        box.setChecked(item in value)
        column.addWidget(box)
        boxes.append((box, item))
    return Control(whole, lambda: tuple(item for box, item in boxes if box.isChecked()))


def _number(field: FieldInfo, value: Any, *, whole: bool) -> Control:
    lowest, highest = _limits(field)
    if whole:
        box = whole_box(int(lowest), int(highest))
        box.setValue(value)
        return Control(box, box.value)
    real = real_box(lowest, highest, decimals=1)
    real.setValue(value)
    return Control(real, real.value)


def _limits(field: FieldInfo) -> tuple[float, float]:
    lowest, highest = 0.0, 1_000_000.0
    for rule in field.metadata:
        lowest = float(getattr(rule, "ge", getattr(rule, "gt", lowest)))
        highest = float(getattr(rule, "le", getattr(rule, "lt", highest)))
    return lowest, highest


def _literal(item: object, words: Words) -> str:
    """Give the words of a value; those without any, such as F7, are said as they are."""
    text = messages.LITERALS.get(str(item))
    return words.say(text) if text is not None else str(item)


def _name_of(item: enum.Enum, words: Words) -> str:
    text = messages.CHOICES.get(item)
    return words.say(text) if text is not None else str(item.value)
