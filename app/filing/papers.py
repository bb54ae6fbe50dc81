"""What a clerk says about the papers of a dossier: their data, the count of their sheets, why one is not there."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from app.errors import ExitCode, ItemFailed, Text
from app.events import Events, Topic
from app.filing.errors import NoProcedure, UnknownComponent
from app.filing.identifier_errors import explain
from app.filing.stores import Stores, places_of
from app.model.identifiers import BadIdentifier, parse_owner_id, parse_result_kind
from app.model.paper import Paper
from app.model.paper_words import NAMES
from app.model.procedure import Component

DATES = frozenset({"issued_on", "valid_from", "valid_to"})
FLAGS = frozenset({"unlimited", "in_force"})
_LONGEST = {"summary": 1000, "title": 300, "issuer": 300, "number": 100, "kind_code": 64}
_USUAL_LONGEST = 200
_LONGEST_ABSENCE = 300
_MOST_SHEETS = 5000
_DAY_FIRST = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4})", re.ASCII)
_YES = frozenset({"1", "true", "yes", "có", "co", "x"})
_NO = frozenset({"0", "false", "no", "không", "khong"})


class BadPaperField(ItemFailed):
    """A value of a paper's field cannot be taken."""

    title = Text("“{shown}” không dùng được cho {field_vi}", "“{shown}” cannot be used as {field_en}")
    remedy = Text("{hint_vi}", "{hint_en}")
    exit_code = ExitCode.INPUT

    def __init__(self, shown: str, field: Text, hint: Text) -> None:
        super().__init__(shown=shown[:40], field_vi=field.vi, field_en=field.en, hint_vi=hint.vi, hint_en=hint.en)


_DATE_HINT = Text("Viết ngày như 23/11/2026.", "Write the day as 23/11/2026 or 2026-11-23.")
_FLAG_HINT = Text("Ghi “có” hoặc “không”, để trống nếu chưa rõ.", "Write yes or no, or nothing where it is not known.")
_LONG_HINT = Text("Rút gọn lại rồi nhập lại.", "Make it shorter and enter it again.")
_COUNT_HINT = Text("Số tờ từ 0 đến 5000; số mặt là 1 hoặc 2.", "Sheets go from 0 to 5000; sides are 1 or 2.")
_SHEETS = Text("số tờ", "the count of sheets")
_ABSENCE = Text("lý do thiếu", "the reason")


class Papers:
    """The papers of open dossiers. Every change is committed when a call returns."""

    def __init__(self, stores: Stores, events: Events) -> None:
        self._stores = stores
        self._events = events

    def of_dossier(self, dossier_id: str) -> dict[str, Paper]:
        """What is known of the dossier's papers, by component; those that nobody said anything about are not in it."""
        return self._stores.papers.of_dossier(dossier_id)

    def set_fields(self, dossier_id: str, component: str, values: Mapping[str, str]) -> Paper:
        """Set fields of a paper by their names in PaperFields, as typed; empty text clears one.

        Raises BadPaperField, InvalidIdentifier, UnknownComponent, NoProcedure or DossierFrozen; nothing is set then.
        """
        place = self._place(dossier_id, component)
        read: dict[str, Any] = {name: read_field(name, text) for name, text in values.items()}
        paper = self._paper(dossier_id, component)
        known = replace(paper.fields, **read)
        return self._keep(replace(paper, fields=replace(known, kind_code=known.kind_code or place.paper_kind)))

    def count(self, dossier_id: str, component: str, sheets: int, sides: int) -> Paper:
        """Keep how many sheets were counted in the hand and how many sides of them are printed; 0 takes the count back."""
        if not 0 <= sheets <= _MOST_SHEETS or sides not in (0, 1, 2):
            raise BadPaperField(f"{sheets}x{sides}", _SHEETS, _COUNT_HINT)
        self._place(dossier_id, component)
        return self._keep(replace(self._paper(dossier_id, component), sheets=sheets, sides=sides))

    def excuse(self, dossier_id: str, component: str, reason: str) -> Paper:
        """Say why a required paper is not there; an empty reason takes it back."""
        self._place(dossier_id, component)
        absence = _tidy(reason)
        if len(absence) > _LONGEST_ABSENCE:
            raise BadPaperField(absence, _ABSENCE, _LONG_HINT)
        return self._keep(replace(self._paper(dossier_id, component), absence=absence))

    def _paper(self, dossier_id: str, component: str) -> Paper:
        return self.of_dossier(dossier_id).get(component, Paper(dossier_id, component))

    def _place(self, dossier_id: str, code: str) -> Component:
        dossier = self._stores.dossiers.get(dossier_id)
        procedure = self._stores.procedure_of(dossier)
        if procedure is None:
            raise NoProcedure
        places = places_of(dossier, procedure)
        found = next((place for place in places if place.code == code), None)
        if found is None:
            raise UnknownComponent(code=code, procedure=procedure.code, known=", ".join(item.code for item in places))
        return found

    def _keep(self, paper: Paper) -> Paper:
        self._stores.papers.keep(paper)
        self._events.announce(Topic.DOSSIERS, paper.dossier_id)
        return paper


def read_field(name: str, text: str) -> str | date | bool | None:
    """Read what was typed into a field of a paper. Raises BadPaperField or InvalidIdentifier; KeyError for no field."""
    tidy, label = _tidy(text), NAMES[name]
    if name in DATES:
        return _read_date(tidy, label)
    if name in FLAGS:
        return _read_flag(name, tidy, label)
    if len(tidy) > _LONGEST.get(name, _USUAL_LONGEST):
        raise BadPaperField(tidy, label, _LONG_HINT)
    if not tidy:
        return ""
    try:
        if name == "owner_id":
            return parse_owner_id(tidy)
        return parse_result_kind(tidy).code if name == "kind_code" else tidy
    except BadIdentifier as error:
        raise explain(error.reason, error.kind, tidy) from error


def _read_date(text: str, label: Text) -> date | None:
    if not text:
        return None
    try:
        if match := _DAY_FIRST.fullmatch(text):
            return date(int(match[3]), int(match[2]), int(match[1]))
        return date.fromisoformat(text)
    except ValueError:
        raise BadPaperField(text, label, _DATE_HINT) from None


def _read_flag(name: str, text: str, label: Text) -> bool | None:
    word = text.lower()
    if word in _YES:
        return True
    if word in _NO:
        return False
    if word:
        raise BadPaperField(text, label, _FLAG_HINT)
    return False if name == "unlimited" else None


def _tidy(text: str) -> str:
    plain = "".join(sign if sign.isspace() or unicodedata.category(sign)[0] != "C" else " " for sign in text)
    return unicodedata.normalize("NFC", " ".join(plain.split()))
