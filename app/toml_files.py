"""TOML files that people write: read as a declared model, or refused with the line that is wrong."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from typing import TypeVar

import tomlkit
from pydantic import BaseModel, ValidationError
from tomlkit.exceptions import ParseError, TOMLKitError

ENCODING = "utf-8-sig"  # Windows' own editor puts a mark in front
_HEADER = re.compile(r"\s*(\[{1,2})\s*([^\[\]]+?)\s*\]")
_KEY = re.compile(r"\s*([\w.\s\"'-]+?)\s*=")
M = TypeVar("M", bound=BaseModel)


class BadToml(ValueError):
    """A file that is not what it should be; ``line`` counts from 1."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(f"line {line}: {what}")
        self.line = line
        self.what = what


def parse(content: bytes, model: type[M]) -> M:
    """Read a file's bytes as a model. Raises BadToml with the line that is wrong."""
    try:
        text = content.decode(ENCODING)
        return model.model_validate(tomlkit.parse(text).unwrap())
    except UnicodeDecodeError as error:
        raise BadToml(content[: error.start].count(b"\n") + 1, "không phải UTF-8 / not UTF-8") from error
    except ParseError as error:
        raise BadToml(error.line, str(error)) from error
    except TOMLKitError as error:  # a key that is there twice, of which tomlkit does not say the line
        raise BadToml(_line_said(text), str(error)) from error
    except ValidationError as error:
        first = error.errors()[0]
        place = [str(part) for part in first["loc"]]
        raise BadToml(_line_of(text, place), f"{'.'.join(place)}: {first['msg']}") from error


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
