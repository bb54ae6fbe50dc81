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

ENCODING = "utf-8-sig"  # Windows' own editor puts a mark in front
_HEADER = re.compile(r"\s*(\[{1,2})\s*([^\[\]]+?)\s*\]")
_KEY = re.compile(r"\s*([\w.\s\"'-]+?)\s*=")
M = TypeVar("M", bound=BaseModel)

_NUMBER = Text("phải là số", "must be a number")
_ONE_OF = Text("chỉ nhận {expected_vi}", "must be {expected}")
_LIST = Text('phải là danh sách trong ngoặc vuông, ví dụ ["a", "b"]', 'must be a list in square brackets, such as ["a", "b"]')
_TABLE = Text("phải là một bảng [tên] hoặc {{tên = giá trị}}", "must be a table: [name] or {{name = value}}")
_DAY = Text("phải là ngày như 2025-07-01", "must be a day such as 2025-07-01")
# pydantic's kinds of errors; it says others in English only.
_WRONG = {
    "string_pattern_mismatch": Text("không đúng dạng", "does not have the right form"),
    "string_too_short": Text("không được để trống", "must not be empty"),
    "string_too_long": Text("dài quá {max_length} ký tự", "has more than {max_length} signs"),
    "string_type": Text("phải là chữ trong ngoặc kép", "must be text in quotes"),
    "greater_than_equal": Text("phải từ {ge} trở lên", "must be {ge} or more"),
    "greater_than": Text("phải lớn hơn {gt}", "must be more than {gt}"),
    "less_than_equal": Text("nhiều nhất là {le}", "must be {le} at most"),
    "less_than": Text("phải nhỏ hơn {lt}", "must be less than {lt}"),
    "int_parsing": _NUMBER,
    "int_type": _NUMBER,
    "int_from_float": Text("phải là số nguyên", "must be a whole number"),
    "float_parsing": _NUMBER,
    "float_type": _NUMBER,
    "bool_parsing": Text("phải là true hoặc false", "must be true or false"),
    "bool_type": Text("phải là true hoặc false", "must be true or false"),
    "literal_error": _ONE_OF,
    "enum": _ONE_OF,
    "finite_number": _NUMBER,
    "list_type": _LIST,
    "tuple_type": _LIST,
    "dict_type": _TABLE,
    "model_type": _TABLE,
    "model_attributes_type": _TABLE,
    "date_type": _DAY,
    "date_parsing": _DAY,
    "date_from_datetime_parsing": _DAY,
    "date_from_datetime_inexact": _DAY,
    "missing": Text("còn thiếu", "is missing"),
    "extra_forbidden": Text("không có mục này", "there is no such entry"),
}


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


class ValueRefused(ValueError):
    """What a validator of a declared model raises, so that the reason is said in both languages."""

    def __init__(self, said: Text) -> None:
        super().__init__(said.en)
        self.said = said


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
    about, wrong, name = _described(model, place), _wrong(error), ".".join(place)
    return Text(f"{name}{about.vi}: {wrong.vi}", f"{name}{about.en}: {wrong.en}")


def _wrong(error: ErrorDetails) -> Text:
    limits = error.get("ctx", {})
    if isinstance(refused := limits.get("error"), ValueRefused):
        return refused.said
    known = _WRONG.get(error["type"])
    if known is None:
        return Text(f"không hợp lệ ({error['msg']})", error["msg"])
    limits["expected_vi"] = str(limits.get("expected")).replace(" or ", " hoặc ")
    return Text(known.show("vi", **limits), known.show("en", **limits))


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
