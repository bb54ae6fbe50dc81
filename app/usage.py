"""What a terminal says where a command is written wrongly: in Vietnamese, then in English, with the way to the help.

Typer says it in English only. Its sentences are known here by their form; one that is not stands behind a general one.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import typer
from pydantic import ValidationError
from typer.core import TyperGroup
from typer.exceptions import TyperException

from app.errors import ExitCode, Text
from app.system_words import system_words
from app.wrong_values import what_is_wrong

STOPPED = 130

_SENTENCES = (
    (r"Missing (?:argument|option|parameter) '(.+)'\.", "Còn thiếu “{}”"),
    (r"Missing command\.", "Còn thiếu lệnh"),
    (r"No such command '(.+)'\.", "Không có lệnh “{}”"),
    (r"No such option: ([^ ]+).*", "Không có tùy chọn {}"),
    (r"Option '(.+)' does not take a value\.", "Tùy chọn {} không nhận giá trị"),
    (r"Option '(.+)' requires .+", "Tùy chọn {} còn thiếu giá trị"),
    (r"Got unexpected extra argument\(s\) \((.+)\)", "Không rõ “{}” để làm gì"),
)
_VALUES = (
    (r".+ is not one of (.+)\.", "chỉ nhận {}"),
    (r".+ does not match the formats? .+", "phải là ngày như 2026-11-23 hoặc 23/11/2026"),
    (r"\w+ '(.+)' does not exist\.", "không có “{}”"),
    (r"\w+ '(.+)' is a file\.", "“{}” là tệp, không phải thư mục"),
    (r"\w+ '(.+)' is a directory\.", "“{}” là thư mục, không phải tệp"),
    (r"\w+ '(.+)' is not readable\.", "không có quyền đọc “{}”"),
    (r"\w+ '(.+)' is not writable\.", "không có quyền ghi “{}”"),
)
_SOME_WRONG_VALUE = re.compile(r"Invalid value(?: for '?(?P<name>.+?)'?)?: (?:Value error, )?(?P<what>.+)", re.DOTALL)


class WrongUse(typer.BadParameter):
    """What a command raises where it was given something that it does not take; ``name`` says which option or argument."""

    def __init__(self, said: Text, name: str = "") -> None:
        super().__init__(said.en, param_hint=name or None)
        self.said = said


class Commands(TyperGroup):
    """A program's commands; a wrong use ends with exit code 2 and is said in both languages."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        """Run the command line as Typer does; ends the process where ``standalone_mode``."""
        if not standalone_mode:
            return super().main(args, prog_name, complete_var, False, windows_expand_args, **extra)
        try:
            code = super().main(args, prog_name, complete_var, False, windows_expand_args, **extra)
        except TyperException as error:
            _end_with(error)
        except typer.Abort:
            typer.echo("Đã dừng. / Stopped.", err=True)
            sys.exit(STOPPED)
        except OSError as error:  # of the output itself, most often: /dev/full, a full disk behind ">"
            what = system_words(error)
            typer.echo(f"✗ Không ghi được kết quả: {what.vi} / The output could not be written: {what.en}", err=True)
            sys.exit(ExitCode.STORAGE)
        sys.exit(code if isinstance(code, int) else 0)


def speak_utf8() -> None:
    """Let what is written be UTF-8 whatever the system's language: elsewhere it would not be read as Vietnamese or JSON."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def wrong_use(error: TyperException) -> Text:
    """Say what is wrong with a command line."""
    english = error.format_message()
    if (value := _SOME_WRONG_VALUE.fullmatch(english)) is not None:
        reason, name = _reason(error, value["what"]), value["name"]
        return Text(f"“{name}”: {reason.vi}", f"{name}: {reason.en}") if name else reason
    return Text(_translated(_SENTENCES, english) or "Lệnh viết chưa đúng", english)


def _reason(error: TyperException, english: str) -> Text:
    if isinstance(error, WrongUse):
        return error.said
    if (vietnamese := _translated(_VALUES, english)) is not None:
        return Text(vietnamese, english)
    if isinstance(error.__cause__, ValidationError):
        return what_is_wrong(error.__cause__.errors()[0])
    return Text("giá trị không hợp lệ", english)


def _translated(known: tuple[tuple[str, str], ...], english: str) -> str | None:
    for pattern, vietnamese in known:
        if (found := re.fullmatch(pattern, english, re.DOTALL)) is not None:
            return vietnamese.format(*found.groups())
    return None


def _end_with(error: TyperException) -> NoReturn:
    """Say what was wrong and where the help is; a command that was given nothing has shown its help already."""
    said = wrong_use(error)
    context = getattr(error, "ctx", None)
    if said.en:
        typer.echo(f"✗ {said.vi} / {said.en}", err=True)
        if context is not None:
            typer.echo(f"→ Cách viết / how to write it: {context.command_path} --help", err=True)
    sys.exit(error.exit_code)
