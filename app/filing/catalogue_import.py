"""Brings a list of procedures from a file into the catalogue in use, with a report of what was refused and why."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from app.errors import Text
from app.events import Events, Topic
from app.filing.catalogue_files import FileRefused, csv_rows, read_content, xlsx_rows
from app.filing.catalogue_table import Refusal, Row, Taken, merged, procedures_of
from app.filing.procedures import ProcedureSearch
from app.model.identifiers import BadIdentifier, parse_procedure_code
from app.model.procedure import Catalogue, Procedure
from app.model.validity import overlap
from app.store.catalogue_faults import faults, procedure_faults
from app.store.folder import DataFolder
from app.store.procedures import CATALOGUE_FORMAT, keep_catalogue

_PROCEDURE, _CATALOGUE = TypeAdapter(Procedure), TypeAdapter(Catalogue)
_PARTS = tuple(part.name for part in fields(Catalogue) if part.name not in ("version", "procedures"))
_MEND = Text("Sửa chỗ này trong tệp rồi nhập lại.", "Mend this place in the file, then import it again.")
_TWICE = Text("thủ tục có hai bản cùng thời gian", "the procedure has two versions at the same time")
_UNKNOWN_KIND = Text("không phải loại tệp nhập được", "it is no kind of file that is known")
_KINDS = Text("Dùng tệp .csv, .tsv, .xlsx hoặc .json.", "Use a .csv, .tsv, .xlsx or .json file.")


@dataclass(frozen=True)
class ImportReport:
    """What came of an import: how many procedures were taken, lines left out as notes, and what was refused."""

    file: str
    taken: int
    notes: int
    refused: tuple[Refusal, ...]
    version: str


class CatalogueImport:
    """Imports files into the station's catalogue; it counts at once."""

    def __init__(self, folder: DataFolder, procedures: ProcedureSearch, events: Events, clock: Callable[[], datetime]) -> None:
        self._folder = folder
        self._procedures = procedures
        self._events = events
        self._clock = clock

    def run(self, path: Path, *, check_only: bool = False) -> ImportReport:
        """Take what can be taken of a file; with ``check_only`` only say what would be.

        The same version of a procedure is replaced, other procedures stay. Raises FileRefused, StorageFailed or DiskFull.
        """
        content = read_content(path)
        known = self._procedures.catalogue
        match path.suffix.lower():
            case ".json":
                taken, known = _from_json(path.name, content, known)
            case ".xlsx":
                taken = _from_table(*xlsx_rows(path.name, content))
            case ".csv" | ".tsv" | ".txt":
                taken = _from_table(*csv_rows(path.name, content))
            case _:
                raise FileRefused(
                    path.name, Text("không phải loại tệp nhập được", "it is no kind of file that is known"), _KINDS
                )
        changed = known is not self._procedures.catalogue or bool(taken.procedures)
        catalogue = replace(
            known,
            version=f"{known.version.split('+')[0]}+{self._clock():%Y%m%d%H%M%S}" if changed else known.version,
            procedures=tuple(merged(known.procedures, taken.procedures)),
        )
        if changed and not check_only:
            keep_catalogue(self._folder, _to_json(catalogue))
            self._events.announce(Topic.CATALOGUE)
        refused = tuple(sorted(taken.refused, key=lambda refusal: refusal.row))
        return ImportReport(path.name, len(taken.procedures), taken.notes, refused, catalogue.version)


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


def _to_json(catalogue: Catalogue) -> bytes:
    plain = {"format": CATALOGUE_FORMAT, **_CATALOGUE.dump_python(catalogue, mode="json")}
    return json.dumps(plain, ensure_ascii=False, indent=1).encode()
