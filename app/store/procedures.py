"""Reads the catalogue of procedures from its JSON file, as resources/make_catalogue.py and the centre write it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from app.errors import ExitCode, MustStop, Text
from app.model.identifiers import BadIdentifier, parse_procedure_code, parse_result_kind
from app.model.procedure import Catalogue, Procedure

CATALOGUE_FORMAT = "sohoa-catalogue/1"

_CATALOGUE = TypeAdapter(Catalogue)
_CODE_LIMIT = 64

_UNREADABLE = Text("không mở được tệp", "the file cannot be opened")
_NOT_JSON = Text("không phải JSON", "is not JSON")
_WRONG_FORMAT = Text(f"phải là “{CATALOGUE_FORMAT}”", f"must be “{CATALOGUE_FORMAT}”")
_MISSING = Text("còn thiếu", "is missing")
_WRONG_VALUE = Text("có giá trị không hợp lệ", "has a value that is not allowed")
_EMPTY = Text("còn để trống", "is empty")
_BAD_CODE = Text("không phải mã hợp lệ", "is not a valid code")
_TWICE = Text("bị trùng", "occurs twice")
_DATES = Text("ngày kết thúc sớm hơn ngày bắt đầu", "ends before it starts")


class CatalogueBroken(MustStop):
    """The catalogue cannot be used; ``where`` says the place in the file."""

    title: ClassVar[Text] = Text(
        "Danh mục thủ tục “{file}” bị lỗi ở {where}: {problem_vi}.",
        "The procedure catalogue “{file}” is broken at {where}: {problem_en}.",
    )
    remedy: ClassVar[Text] = Text(
        "Tải lại danh mục từ máy chủ trung tâm, hoặc cài lại phần mềm để có danh mục gốc. Hồ sơ đã quét vẫn an toàn.",
        "Fetch the catalogue from the central server again, or reinstall to get the original one. Scanned dossiers are safe.",
    )
    exit_code: ClassVar[ExitCode] = ExitCode.INPUT

    def __init__(self, file: str, where: str, problem: Text) -> None:
        self.where = where
        super().__init__(file=file, where=where, problem_vi=problem.vi, problem_en=problem.en)


def load_catalogue(path: Path) -> Catalogue:
    """Read and check a catalogue; raises CatalogueBroken for the first thing that is wrong.

    Unknown keys are left to those who know them: levels, targets and agencies live in the same file.
    """
    content = _read(path)
    try:
        catalogue = _CATALOGUE.validate_python(content)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        problem = _MISSING if first["type"] == "missing" else _WRONG_VALUE
        raise CatalogueBroken(path.name, _place(first, content), problem) from error
    for where, problem in _faults(catalogue):
        raise CatalogueBroken(path.name, where, problem)
    return catalogue


def _read(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise CatalogueBroken(path.name, str(path.parent), _UNREADABLE) from error
    except ValueError as error:
        line = f"line {error.lineno}" if isinstance(error, json.JSONDecodeError) else "line 1"
        raise CatalogueBroken(path.name, line, _NOT_JSON) from error
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


def _faults(catalogue: Catalogue) -> Iterator[tuple[str, Text]]:
    """Give what the types alone cannot forbid."""
    if not catalogue.version.strip():
        yield "version", _EMPTY
    seen: set[str] = set()
    for index, procedure in enumerate(catalogue.procedures):
        place = f"procedures[{index}] ({procedure.code[:_CODE_LIMIT]})"
        try:
            base = parse_procedure_code(procedure.code).base
        except BadIdentifier:
            yield f"{place}.code", _BAD_CODE
            continue
        if base in seen:
            yield f"{place}.code", _TWICE
        seen.add(base)
        for inside, problem in _procedure_faults(procedure):
            yield f"{place}.{inside}", problem


def _procedure_faults(procedure: Procedure) -> Iterator[tuple[str, Text]]:
    if not procedure.name.strip():
        yield "name", _EMPTY
    if procedure.valid_from and procedure.valid_to and procedure.valid_to < procedure.valid_from:
        yield "valid_to", _DATES
    codes: set[str] = set()
    for index, component in enumerate(procedure.components):
        if not _is_component_code(component.code):
            yield f"components[{index}].code", _BAD_CODE
        if component.code in codes:
            yield f"components[{index}].code", _TWICE
        if not component.name.strip():
            yield f"components[{index}].name", _EMPTY
        codes.add(component.code)
    for index, result in enumerate(procedure.results):
        if result.code and not _passes(parse_result_kind, result.code):
            yield f"results[{index}].code", _BAD_CODE


def _is_component_code(code: str) -> bool:
    """Component codes have no common form (TP01, 000.00.00.G09-KQ002269), so only what breaks file names is refused."""
    return 0 < len(code) <= _CODE_LIMIT and code.isprintable() and not set(code) & set(' /\\:*?"<>|')


def _passes(parse: Callable[[str], object], text: str) -> bool:
    try:
        parse(text)
    except BadIdentifier:
        return False
    return True
