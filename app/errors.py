"""Errors that a clerk can act on: each carries a title, a remedy and an exit code, in Vietnamese and English.

Two families decide what happens next: ``ItemFailed`` (this page, paper or record failed, go on with the others)
and ``MustStop`` (going on would only fail again). Front ends show them in one place each.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import ClassVar, Literal

Language = Literal["vi", "en"]


class ExitCode(enum.IntEnum):
    """What a command of ``sohoa`` ends with; docs/commands.md explains each."""

    OK = 0
    INTERNAL = 1
    USAGE = 2
    SCANNER = 3
    INPUT = 4
    NETWORK = 5
    STORAGE = 6
    SIGN_IN = 7
    SETTINGS = 8
    IN_USE = 9
    INCOMPLETE = 10
    UNHEALTHY = 11


@dataclass(frozen=True)
class Text:
    """One sentence in both languages; may hold ``{name}`` places, which may be filled with another one."""

    vi: str
    en: str

    def show(self, language: Language, /, **values: object) -> str:
        """Give the sentence in a language with its places filled."""
        return self.said(language).format(
            **{name: value.said(language) if isinstance(value, Text) else value for name, value in values.items()}
        )

    def said(self, language: Language) -> str:
        """Give the sentence as it is: braces in it are no places."""
        return self.vi if language == "vi" else self.en


class SohoaError(Exception):
    """The root: a title, a remedy, an exit code and the values for their places."""

    title: ClassVar[Text] = Text("Có lỗi trong chương trình", "Something went wrong inside the program")
    remedy: ClassVar[Text] = Text(
        "Dữ liệu đã lưu vẫn an toàn. Làm lại; nếu vẫn lỗi, nhờ người quản trị chạy “sohoa doctor” và gửi nhật ký cho hỗ trợ.",
        "What was saved is safe. Try again; if it stays, the administrator runs “sohoa doctor” and sends the log to support.",
    )
    exit_code: ClassVar[ExitCode] = ExitCode.INTERNAL

    def __init__(self, **values: object) -> None:
        self.values = values
        super().__init__(self.title.show("en", **values))

    def __reduce__(self) -> tuple[object, ...]:
        """Let a worker process hand the error to its parent, whatever the constructor of its class asks for."""
        return _rebuild, (type(self), self.args, self.__dict__)

    def title_in(self, language: Language) -> str:
        """Say what happened."""
        return self.title.show(language, **self.values)

    def remedy_in(self, language: Language) -> str:
        """Say what to do next."""
        return self.remedy.show(language, **self.values)


def _rebuild(kind: type[SohoaError], args: tuple[object, ...], state: dict[str, object]) -> SohoaError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(state)
    return error


class ItemFailed(SohoaError):
    """This item failed; the others can go on."""


class MustStop(SohoaError):
    """Going on would fail again until someone acts."""
