"""The language that the window speaks: one object, so that it can change while the window is open."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QObject, Signal

from app.errors import Language, SohoaError, Text


class Words(QObject):
    """Says texts in the chosen language and tells everybody when that changes."""

    changed = Signal()

    def __init__(self, language: Language, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.language: Language = language
        self._bound: list[tuple[Callable[[str], object], Text]] = []

    def use(self, language: Language) -> None:
        """Speak this language from now on."""
        if language == self.language:
            return
        self.language = language
        for setter, text in self._bound:
            setter(self.say(text))
        self.changed.emit()

    def say(self, text: Text, **values: object) -> str:
        """Give a text in the language of the window."""
        return text.show(self.language, **values)

    def as_is(self, text: Text) -> str:
        """Give a text whose values are in it already, so that braces in it are no places."""
        return text.vi if self.language == "vi" else text.en

    def sentence(self, text: Text, **values: object) -> str:
        """Give a text with a capital letter at its beginning."""
        shown = self.say(text, **values)
        return shown[:1].upper() + shown[1:]

    def bind(self, setter: Callable[[str], object], text: Text) -> None:
        """Give a control its words now and after each change; only for controls that live as long as the window."""
        self._bound.append((setter, text))
        setter(self.say(text))

    def error(self, error: BaseException) -> tuple[str, str]:
        """Give the title and remedy of an error; anything unforeseen speaks as the general one."""
        known = error if isinstance(error, SohoaError) else SohoaError()
        return known.title_in(self.language), known.remedy_in(self.language)

    def joined(self, title: Text, remedy: Text) -> str:
        """Give title and remedy as one line of sentences."""
        return _sentences(self.say(title), self.say(remedy))

    def error_line(self, error: BaseException) -> str:
        """Give title and remedy of an error as one line of sentences."""
        return _sentences(*self.error(error))

    def number(self, value: float, digits: int = 1) -> str:
        """Give a number with the decimal sign of the language."""
        shown = f"{value:.{digits}f}"
        return shown.replace(".", ",") if self.language == "vi" else shown

    def moment(self, value: datetime) -> str:
        """Give a time as people here write it: the hour alone today, the day before it otherwise."""
        local = value.astimezone()
        return f"{local:%H:%M}" if local.date() == datetime.now().astimezone().date() else f"{local:%H:%M %d/%m/%Y}"


def _sentences(first: str, second: str) -> str:
    first = first.rstrip()
    return f"{first if first.endswith(('.', '!', '?')) else first + '.'} {second}"
