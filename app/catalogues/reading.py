"""Reads a list of procedures out of a file into a catalogue: pure. What cannot be taken is reported, the rest is kept."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields, replace
from datetime import datetime
from pathlib import PurePath
from typing import Any

from pydantic import TypeAdapter, ValidationError

from app.catalogues.faults import faults, procedure_faults
from app.catalogues.files import FileRefused, csv_rows, xlsx_rows
from app.catalogues.table import Refusal, Row, Taken, merged, procedures_of
from app.errors import Text
from app.model.identifiers import BadIdentifier, parse_procedure_code
from app.model.procedure import Catalogue, Procedure
from app.model.validity import overlap

CATALOGUE_FORMAT = "sohoa-catalogue/1"

_PROCEDURE, _CATALOGUE = TypeAdapter(Procedure), TypeAdapter(Catalogue)
_PARTS = tuple(part.name for part in fields(Catalogue) if part.name not in ("version", "procedures"))
_MEND = Text("Sửa chỗ này trong tệp rồi nhập lại.", "Mend this place in the file, then import it again.")
_TWICE = Text("thủ tục có hai bản cùng thời gian", "the procedure has two versions at the same time")
_UNKNOWN_KIND = Text("không phải loại tệp nhập được", "it is no kind of file that is known")
_KINDS = Text("Dùng tệp .csv, .tsv, .xlsx hoặc .json.", "Use a .csv, .tsv, .xlsx or .json file.")


@dataclass(frozen=True)
class Reading:
    """What came of a file: how many procedures were taken, lines left out as notes, what was refused, and the new catalogue."""

    taken: int
    notes: int
    refused: tuple[Refusal, ...]
    catalogue: Catalogue
    changed: bool


def read_into(known: Catalogue, name: str, content: bytes, now: datetime) -> Reading:
    """Take what can be taken of a file (.csv, .tsv, .xlsx or .json, by its name) into a catalogue.

    The same version of a procedure is replaced, others stay; a changed catalogue gets a new version. Raises FileRefused.
    """
    catalogue = known
    match PurePath(name).suffix.lower():
        case ".json":
            taken, catalogue = _from_json(name, content, known)
        case ".xlsx":
            taken = _from_table(*xlsx_rows(name, content))
        case ".csv" | ".tsv" | ".txt":
            taken = _from_table(*csv_rows(name, content))
        case _:
            raise FileRefused(name, _UNKNOWN_KIND, _KINDS)
    changed = catalogue is not known or bool(taken.procedures)
    catalogue = replace(
        catalogue,
        version=next_version(known.version, now) if changed else known.version,
        procedures=tuple(merged(catalogue.procedures, taken.procedures)),
    )
    refused = tuple(sorted(taken.refused, key=lambda refusal: refusal.row))
    return Reading(len(taken.procedures), taken.notes, refused, catalogue, changed)


def next_version(version: str, now: datetime) -> str:
    """Name the state of a catalogue that was changed at a moment; what it is based on stays in the name."""
    return f"{version.split('+')[0]}+{now:%Y%m%d%H%M%S}"


def _from_table(rows: list[Row], refused: list[Refusal]) -> Taken:
    taken = procedures_of(rows)
    taken.refused += refused
    return taken


def _from_json(name: str, content: bytes, known: Catalogue) -> tuple[Taken, Catalogue]:
    """Read a catalogue as the centre sends it; each procedure is judged alone, the other parts as a whole."""
    try:
        found = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise FileRefused(name, Text("không phải JSON ở mã UTF-8", "it is no JSON in UTF-8"), _MEND) from error
    if not isinstance(found, dict) or found.get("format") != CATALOGUE_FORMAT or not isinstance(found.get("procedures"), list):
        reason = Text(f"không phải danh mục “{CATALOGUE_FORMAT}”", f"it is no catalogue “{CATALOGUE_FORMAT}”")
        raise FileRefused(name, reason, _MEND)
    taken, versions = Taken(), dict[str, list[Procedure]]()
    for index, item in enumerate(found["procedures"], start=1):
        _take_json(index, item, versions, taken)
    parts = {part: found[part] for part in _PARTS if part in found}
    if not parts:
        return taken, known
    try:
        other = _CATALOGUE.validate_python({"version": "x", "procedures": [], **parts})
        place = next((f"{where}: {problem.en}" for where, problem in faults(other)), "")
    except ValidationError as error:
        place = ".".join(map(str, error.errors(include_url=False, include_input=False)[0]["loc"]))
    if place:
        reason = Text(f"phần còn lại của danh mục sai ở {place}", f"the rest of the catalogue is wrong at {place}")
        taken.refused.append(Refusal(0, place.split(":")[0], reason, _MEND))
        return taken, known
    return taken, replace(known, **{part: getattr(other, part) for part in parts})


def _take_json(index: int, item: Any, versions: dict[str, list[Procedure]], taken: Taken) -> None:
    try:
        procedure = _PROCEDURE.validate_python(item)
        others = versions.setdefault(parse_procedure_code(procedure.code).base, [])
    except ValidationError as error:
        column = ".".join(map(str, error.errors(include_url=False, include_input=False)[0]["loc"]))
        taken.refused.append(Refusal(index, column, Text("giá trị thiếu hoặc sai", "is missing or wrong"), _MEND))
        return
    except BadIdentifier:
        taken.refused.append(Refusal(index, "code", Text("không phải mã thủ tục", "is no procedure code"), _MEND))
        return
    place, problem = next(procedure_faults(procedure), ("", None))
    if problem is None and any(overlap(procedure, other) for other in others):
        place, problem = "code", _TWICE
    if problem is None:
        taken.procedures.append(procedure)
        others.append(procedure)
    else:
        taken.refused.append(Refusal(index, place, problem, _MEND))


def to_json(catalogue: Catalogue) -> bytes:
    """Write a catalogue as its JSON file."""
    plain = {"format": CATALOGUE_FORMAT, **_CATALOGUE.dump_python(catalogue, mode="json")}
    return json.dumps(plain, ensure_ascii=False, indent=1).encode()
