"""What is wrong with a catalogue that the types alone cannot forbid: pure, one fault after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from app.errors import Text
from app.model.identifiers import BadIdentifier, parse_agency_code, parse_procedure_code, parse_result_kind
from app.model.procedure import Catalogue, Component, Digitising, Procedure, Reason
from app.model.validity import Dated, overlap, runs_backwards

_CODE_LIMIT = 64

_EMPTY = Text("còn để trống", "is empty")
_BAD_CODE = Text("không phải mã hợp lệ", "is not a valid code")
_TWICE = Text("bị trùng", "occurs twice")
_DATES = Text("ngày kết thúc sớm hơn ngày bắt đầu", "ends before it starts")
_OVERLAP = Text("bị trùng với một phiên bản khác cùng thời gian", "occurs twice in versions that are valid on a common day")
_UNKNOWN = Text("không có trong danh mục này", "is not in this catalogue")
_PERCENT = Text("phải từ 0 đến 100", "must be from 0 to 100")
_NO_REASON = Text("số hóa bắt buộc thì phải có căn cứ 1, 2 hoặc 3", "needs a reason from 1 to 3 where it must be digitised")

Fault = tuple[str, Text]


def faults(catalogue: Catalogue) -> Iterator[Fault]:
    """Give each fault with its place, such as ``procedures[3] (1.001193).components[0].code``."""
    if not catalogue.version.strip():
        yield "version", _EMPTY
    yield from _versions(catalogue.procedures)
    yield from _agencies(catalogue)
    yield from _named("levels", [(item.name, item) for item in catalogue.levels])
    yield from _targets(catalogue)
    yield from _named("paper_kinds", [(item.code, item) for item in catalogue.paper_kinds])
    yield from _named("organisations", [(item.code, item) for item in catalogue.organisations])
    organisations = {item.code for item in catalogue.organisations}
    for index, operator in enumerate(catalogue.operators):
        if operator.organisation not in organisations:
            yield f"operators[{index}].organisation", _UNKNOWN


def _versions(procedures: Sequence[Procedure]) -> Iterator[Fault]:
    seen: dict[str, list[Procedure]] = {}
    for index, procedure in enumerate(procedures):
        place = f"procedures[{index}] ({procedure.code[:_CODE_LIMIT]})"
        try:
            base = parse_procedure_code(procedure.code).base
        except BadIdentifier:
            yield f"{place}.code", _BAD_CODE
            continue
        if any(overlap(procedure, other) for other in seen.get(base, [])):
            yield f"{place}.code", _OVERLAP
        seen.setdefault(base, []).append(procedure)
        for inside, problem in procedure_faults(procedure):
            yield f"{place}.{inside}", problem


def procedure_faults(procedure: Procedure) -> Iterator[Fault]:
    """Give the faults inside one procedure, its code apart."""
    if not procedure.name.strip():
        yield "name", _EMPTY
    if runs_backwards(procedure):
        yield "valid_to", _DATES
    codes: set[str] = set()
    for index, component in enumerate(procedure.components):
        for inside, problem in _component(component, codes):
            yield f"components[{index}].{inside}", problem
        codes.add(component.code)
    for index, result in enumerate(procedure.results):
        if result.code and not _passes(parse_result_kind, result.code):
            yield f"results[{index}].code", _BAD_CODE


def _component(component: Component, known: set[str]) -> Iterator[Fault]:
    if not _is_component_code(component.code):
        yield "code", _BAD_CODE
    if component.code in known:
        yield "code", _TWICE
    if not component.name.strip():
        yield "name", _EMPTY
    if component.digitise is Digitising.MANDATORY and component.reason is Reason.NONE:
        yield "reason", _NO_REASON


def _agencies(catalogue: Catalogue) -> Iterator[Fault]:
    codes = {agency.code for agency in catalogue.agencies}
    levels = {level.name for level in catalogue.levels}
    yield from _named("agencies", [(item.code, item) for item in catalogue.agencies])
    for index, agency in enumerate(catalogue.agencies):
        place = f"agencies[{index}] ({agency.code[:_CODE_LIMIT]})"
        if not _passes(parse_agency_code, agency.code):
            yield f"{place}.code", _BAD_CODE
        if not agency.name.strip():
            yield f"{place}.name", _EMPTY
        if agency.level and levels and agency.level not in levels:
            yield f"{place}.level", _UNKNOWN
        if agency.parent and agency.parent not in codes:
            yield f"{place}.parent", _UNKNOWN
        if not all(_passes(parse_agency_code, spelling) for alias in agency.aliases for spelling in (alias.old, alias.new)):
            yield f"{place}.aliases", _BAD_CODE
        if set(agency.successors) - codes:
            yield f"{place}.successors", _UNKNOWN


def _targets(catalogue: Catalogue) -> Iterator[Fault]:
    levels = {level.name for level in catalogue.levels}
    for index, target in enumerate(catalogue.targets):
        if levels and target.level not in levels:
            yield f"targets[{index}].level", _UNKNOWN
        if not 0 <= target.percent <= 100:
            yield f"targets[{index}].percent", _PERCENT
        if runs_backwards(target):
            yield f"targets[{index}].valid_to", _DATES


def _named(part: str, items: Sequence[tuple[str, Dated]]) -> Iterator[Fault]:
    """Give what is wrong with names and dates; the same name twice is right only where the dates tell them apart."""
    for index, (name, item) in enumerate(items):
        if not name.strip():
            yield f"{part}[{index}]", _EMPTY
        if runs_backwards(item):
            yield f"{part}[{index}].valid_to", _DATES
        if any(name == other and overlap(item, before) for other, before in items[:index]):
            yield f"{part}[{index}]", _OVERLAP


def _is_component_code(code: str) -> bool:
    """Component codes have no common form (TP01, 000.00.00.G09-KQ002269), so only what breaks file names is refused."""
    return 0 < len(code) <= _CODE_LIMIT and code.isprintable() and not set(code) & set(' /\\:*?"<>|')


def _passes(parse: Callable[[str], object], text: str) -> bool:
    try:
        parse(text)
    except BadIdentifier:
        return False
    return True
