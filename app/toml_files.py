"""TOML files that people write: read as a declared model, or refused with the line that is wrong."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from typing import Any, TypeVar, get_args

import tomlkit
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from tomlkit.exceptions import (
    EmptyKeyError,
    EmptyTableNameError,
    InvalidCharInStringError,
    InvalidDateError,
    InvalidNumberError,
    InvalidUnicodeValueError,
    KeyAlreadyPresent,
    ParseError,
    TOMLKitError,
    UnexpectedCharError,
    UnexpectedEofError,
)

from app.errors import Text
from app.wrong_values import what_is_wrong

ENCODING = "utf-8-sig"  # Windows' own editor puts a mark in front
_HEADER = re.compile(r"\s*(\[{1,2})\s*([^\[\]]+?)\s*\]")
_KEY = re.compile(r"\s*([\w.\s\"'-]+?)\s*=")
M = TypeVar("M", bound=BaseModel)

# What tomlkit complains of in English; the place and the name that it quotes are said behind it.
_SYNTAX = {
    UnexpectedCharError: "có ký tự không đúng chỗ",
    UnexpectedEofError: "tệp kết thúc giữa chừng",
    EmptyKeyError: "thiếu tên trước dấu =",
    EmptyTableNameError: "bảng trong ngoặc vuông thiếu tên",
    InvalidNumberError: "số viết không đúng",
    InvalidDateError: "ngày viết không đúng",
    InvalidUnicodeValueError: "mã ký tự viết không đúng",
    InvalidCharInStringError: "chữ trong ngoặc kép có ký tự không dùng được",
    KeyAlreadyPresent: "một tên có hai lần",
}
_NO_TOML = "không đúng cú pháp TOML"
_QUOTED = re.compile(r"""(['"])(?P<what>[^\\]+)\1""")


class BadToml(ValueError):
    """A file that is not what it should be; ``line`` counts from 1."""

    def __init__(self, line: int, what: Text) -> None:
        super().__init__(f"line {line}: {what.en}")
        self.line = line
        self.what = what


def parse(content: bytes, model: type[M]) -> M:
    """Read a file's bytes as a model. Raises BadToml with the line that is wrong."""
    try:
        text = content.decode(ENCODING)
        return model.model_validate(tomlkit.parse(text).unwrap())
    except UnicodeDecodeError as error:
        raise BadToml(content[: error.start].count(b"\n") + 1, Text("không phải UTF-8", "not UTF-8")) from error
    except ParseError as error:
        raise BadToml(error.line, _syntax(error)) from error
    except TOMLKitError as error:  # a key that is there twice, of which tomlkit does not say the line
        raise BadToml(_line_said(text), _syntax(error)) from error
    except ValidationError as error:
        first = error.errors()[0]
        place = [str(part) for part in first["loc"]]
        raise BadToml(_line_of(text, place), _said(first, place, model)) from error


def _syntax(error: TOMLKitError) -> Text:
    """Say what is wrong with the writing; the line is said beside it."""
    english = re.sub(r" at line \d+ col \d+$", "", str(error)).replace(
        r"Unexpected character: '\x00'", "Unexpected end of line"
    )
    kinds = [words for kind, words in _SYNTAX.items() if isinstance(error, kind) or isinstance(error.__cause__, kind)]
    quoted = _QUOTED.search(english)
    named = f" (“{quoted['what']}”)" if quoted else ""
    return Text(f"{kinds[0] if kinds else _NO_TOML}{named}", english)


def _said(error: ErrorDetails, place: list[str], model: type[BaseModel]) -> Text:
    """Say what is wrong with a value, with its name for the file and the sentence that its field is declared with."""
    about, wrong, name = _described(model, place), what_is_wrong(error), ".".join(place)
    return Text(f"{name}{about.vi}: {wrong.vi}", f"{name}{about.en}: {wrong.en}")


def _described(model: Any, place: list[str]) -> Text:
    """Give the sentence of the field at a place, in brackets; nothing where a part of the place is no field."""
    description = ""
    for part in place:
        if part.isdecimal():
            continue
        fields = getattr(model, "model_fields", {})
        if part not in fields:
            return Text("", "")
        description, model = fields[part].description or "", fields[part].annotation
        model = next((item for item in get_args(model) if item is not Ellipsis), model)
    vietnamese, _, english = description.partition(" / ")
    return Text(f" ({vietnamese})" if vietnamese else "", f" ({english})" if english else "")


def _line_said(text: str) -> int:
    """Give the line that Python's own reader names in its message, 1 where it names none."""
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        if said := re.search(r"at line (\d+)", str(error)):
            return int(said[1])
    return 1


def _line_of(text: str, place: list[str]) -> int:
    """Find the line of a value by its place, such as ``profiles``, ``1``, ``dpi``: the one that names most of it."""
    best, line_of_best = 0, 1
    for number, named in _named_places(text):
        if best < len(named) <= len(place) and place[: len(named)] == named:
            best, line_of_best = len(named), number
    return line_of_best


def _named_places(text: str) -> Iterator[tuple[int, list[str]]]:
    """Give each line that names a place, with that place: ``[[profiles]]`` a second time is ``profiles``, ``1``."""
    section: list[str] = []
    counts: Counter[str] = Counter()
    for number, line in enumerate(text.split("\n"), start=1):
        if header := _HEADER.match(line):
            section = _keys(header[2])
            if header[1] == "[[":
                counts[header[2]] += 1
                section = [*section, str(counts[header[2]] - 1)]
            elif counts[_keys(header[2])[0]]:
                section = [section[0], str(counts[section[0]] - 1), *section[1:]]
            yield number, section
        elif key := _KEY.match(line):
            yield number, [*section, *_keys(key[1])]


def _keys(dotted: str) -> list[str]:
    return [part.strip().strip("\"'") for part in dotted.split(".")]
