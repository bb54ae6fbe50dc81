"""Reads the catalogue from its JSON file, as resources/make_catalogue.py and the centre write it, and writes a newer one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, ClassVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from app.catalogues.faults import faults
from app.catalogues.reading import CATALOGUE_FORMAT
from app.errors import ExitCode, MustStop, Text
from app.files import put_in_place
from app.model.procedure import Catalogue
from app.store.errors import translated
from app.store.folder import DataFolder
from app.system_words import system_words

FILE_NAME = "catalogue.json"

_CATALOGUE = TypeAdapter(Catalogue)

_NOT_JSON = Text("không phải JSON", "is not JSON")
_WRONG_FORMAT = Text(f"phải là “{CATALOGUE_FORMAT}”", f"must be “{CATALOGUE_FORMAT}”")
_MISSING = Text("còn thiếu", "is missing")
_WRONG_VALUE = Text("có giá trị không hợp lệ", "has a value that is not allowed")


class CatalogueBroken(MustStop):
    """The catalogue cannot be used; ``where`` says the place in the file."""

    title: ClassVar[Text] = Text(
        "Danh mục thủ tục “{file}” bị lỗi ở {where}: {problem}.",
        "The procedure catalogue “{file}” is broken at {where}: {problem}.",
    )
    remedy: ClassVar[Text] = Text(
        "Tải lại danh mục từ máy chủ trung tâm, hoặc cài lại phần mềm để có danh mục gốc. Hồ sơ đã quét vẫn an toàn.",
        "Fetch the catalogue from the central server again, or reinstall to get the original one. Scanned dossiers are safe.",
    )
    exit_code: ClassVar[ExitCode] = ExitCode.INPUT

    def __init__(self, file: str, where: str | Text, problem: Text) -> None:
        super().__init__(file=file, where=where, problem=problem)


def load_catalogue(path: Path) -> Catalogue:
    """Read and check a catalogue; raises CatalogueBroken for the first thing that is wrong. Unknown keys are let pass."""
    content = _read(path)
    try:
        catalogue = _CATALOGUE.validate_python(content)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        problem = _MISSING if first["type"] == "missing" else _WRONG_VALUE
        raise CatalogueBroken(path.name, _place(first, content), problem) from error
    for where, problem in faults(catalogue):
        raise CatalogueBroken(path.name, where, problem)
    return catalogue


def keep_catalogue(folder: DataFolder, content: bytes) -> Path:
    """Put a catalogue in the place of the station's, once it was read without a fault; gives where it lies.

    Raises CatalogueBroken, StorageFailed or DiskFull; the one that was there then stays.
    """
    with translated(folder.root):
        # A folder of its own, so that what is said about a broken one names catalogue.json.
        part = folder.cache / "catalogue.part" / FILE_NAME
        part.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(content)
        load_catalogue(part)
        kept = folder.root / FILE_NAME
        put_in_place(part, kept)
    return kept


def _read(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise CatalogueBroken(path.name, str(path.parent), system_words(error)) from error
    except ValueError as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else 1
        raise CatalogueBroken(path.name, Text(f"dòng {line}", f"line {line}"), _NOT_JSON) from error
    if not isinstance(content, dict) or content.get("format") != CATALOGUE_FORMAT:
        raise CatalogueBroken(path.name, "format", _WRONG_FORMAT)
    return content


def _place(error: ErrorDetails, content: dict[str, Any]) -> str:
    """Write pydantic's path as procedures[3].name, with the procedure's code where it can be read."""
    location = error["loc"]
    place = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in location).lstrip(".")
    if len(location) > 1 and location[0] == "procedures" and isinstance(location[1], int):
        item = content["procedures"][location[1]]
        code = item.get("code") if isinstance(item, dict) else None
        return f"{place} ({code})" if isinstance(code, str) else place
    return place
