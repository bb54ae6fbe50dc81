"""Agencies and targets changed on the pages: what held until now is ended on a day, and never rewritten."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any, Literal

from app.catalogues.faults import Fault, faults
from app.errors import Text
from central import catalogue
from central.catalogue_editing import change
from central.centre import Centre
from central.people import Person

Part = Literal["targets", "agencies"]
Row = dict[str, Any]

# Two lines that agree in these speak of one thing and must not hold on the same day.
_NAMED_BY: dict[Part, tuple[tuple[str, str], ...]] = {
    "targets": (("level", ""), ("indicator", "digitised"), ("due", "")),
    "agencies": (("code", ""),),
}
_TAKEN = Text("đã có từ ngày đó trở đi", "stands there already from that day on")
_GONE = Text("không có trong danh mục này, hoặc đã kết thúc trước", "is not in this catalogue, or ended before")
_DAY = timedelta(days=1)


class NotTaken(Exception):
    """The change would make the catalogue wrong; nothing was changed. ``fault`` says where and why."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(fault[0])


def put(centre: Centre, person: Person, basis: str, part: Part, new: Row) -> None:
    """Let a line hold from its ``valid_from`` on; what said something else of the same thing ends the day before.

    ``new`` is in the form of the catalogue's JSON. Raises NotTaken or CatalogueChanged.
    """

    def edit(content: dict[str, Any]) -> str:
        rows: list[Row] = content.setdefault(part, [])
        older: Row = {}
        for row in rows:
            if _name(part, row) == _name(part, new) and _last(row) >= _first(new):
                if _first(row) >= _first(new):
                    raise NotTaken((_said(part, new), _TAKEN))
                row["valid_to"] = (_first(new) - _DAY).isoformat()
                older = row
        rows.append(older | new | {"valid_to": None})
        return f"{part}: {_said(part, new)}"

    _change(centre, person, basis, edit)


def end(centre: Centre, person: Person, basis: str, part: Part, index: int, last: date, successors: Sequence[str] = ()) -> None:
    """Let a line, by its place in the list, hold until a day; an agency's work goes to ``successors``.

    Raises NotTaken or CatalogueChanged.
    """

    def edit(content: dict[str, Any]) -> str:
        rows: list[Row] = content.get(part, [])
        if not (0 <= index < len(rows) and last <= _last(rows[index])):
            raise NotTaken((f"{part}[{index}]", _GONE))
        rows[index]["valid_to"] = last.isoformat()
        if successors:
            rows[index]["successors"] = list(successors)
        return f"{part}: {_said(part, rows[index])} → {last:%d/%m/%Y}"

    _change(centre, person, basis, edit)


def _change(centre: Centre, person: Person, basis: str, edit: Callable[[dict[str, Any]], str]) -> None:
    def checked(content: dict[str, Any]) -> str:
        before = _faults(content)
        note = edit(content)
        found = [fault for fault in _faults(content) if fault not in before]
        if found:
            raise NotTaken(found[0])
        return note

    change(centre, person, basis, checked)


def _faults(content: dict[str, Any]) -> list[Fault]:
    return list(faults(catalogue.parsed(json.dumps(content).encode())))


def _name(part: Part, row: Row) -> str:
    return " · ".join(str(row.get(name, usual)) for name, usual in _NAMED_BY[part])


def _said(part: Part, row: Row) -> str:
    """Name a line for people, who write days the other way round."""
    return re.sub(r"(\d{4})-(\d\d)-(\d\d)", r"\3/\2/\1", _name(part, row))


def _first(row: Row) -> date:
    return date.fromisoformat(row["valid_from"]) if row.get("valid_from") else date.min


def _last(row: Row) -> date:
    return date.fromisoformat(row["valid_to"]) if row.get("valid_to") else date.max
