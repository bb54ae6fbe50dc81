"""Procedures out of the rows of a table: pure. What cannot be taken is refused with its row, column, reason and remedy.

A row holds one procedure with its papers in one cell, or one paper of a procedure whose other rows follow. The national
portal's lists mix papers with notes: headings (“phải nộp”, “phải xuất trình”, “lưu ý”) say what follows them, and a line
with “0 bản chính” and no copies is a note (the data set of dichvucong.gov.vn, 7/2026).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from app.errors import Text
from app.model.identifiers import BadIdentifier, parse_procedure_code
from app.model.procedure import Component, Digitising, Procedure, Reason, Requirement, ResultKind
from app.model.validity import holds, overlap, runs_backwards
from app.model.vietnamese import fold

_HEADINGS = {
    "code": ("code", "ma thu tuc", "ma tthc", "ma so thu tuc"),
    "name": ("name", "ten thu tuc", "ten tthc", "ten thu tuc hanh chinh"),
    "field": ("field", "linh vuc"),
    "level": ("level", "levels", "cap", "cap thuc hien"),
    "non_boundary": ("non_boundary", "phi dia gioi", "khong phu thuoc dia gioi"),
    "result": ("result", "results", "ket qua", "ket qua thuc hien"),
    "documents": ("documents", "thanh phan ho so", "danh sach giay to"),
    "component": ("component", "ten giay to", "giay to", "ten thanh phan"),
    "component_code": ("component_code", "ma giay to", "ma thanh phan"),
    "quantity": ("quantity", "so luong", "so ban"),
    "section": ("section", "loai giay to", "nhom giay to"),
    "digitise": ("digitise", "so hoa"),
    "reason": ("reason", "can cu so hoa"),
    "secret": ("secret", "mat"),
    "paper_kind": ("paper_kind", "ma loai giay to"),
    "retention": ("retention", "thoi han luu tru"),
    "valid_from": ("valid_from", "hieu luc tu"),
    "valid_to": ("valid_to", "hieu luc den"),
    "confidence": ("confidence", "do tin cay"),
}
COLUMNS = {fold(spelling): name for name, spellings in _HEADINGS.items() for spelling in spellings}

_RESULT = re.compile(r"\s*(?P<name>[^;\[\]]+?)\s*(?:\[(?P<code>[^\]]*)\])?\s*(?:;|$)")
_BULLET = re.compile(r"^(?:[-+*•·]|\d{1,2}[.)]|[a-zđ]\))\s+")
_ORIGINALS = re.compile(r"(\d+)\s*ban chinh")
_COPIES = re.compile(r"(\d+)\s*ban (?:sao|photo|chup)")
_CONDITION = re.compile(r"\bneu\b|\btruong hop\b|\bdoi voi\b|\btru\b")
_DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", re.ASCII)
_LONGEST = 600
_DIGITISE = {
    "mandatory": Digitising.MANDATORY,
    "bat buoc": Digitising.MANDATORY,
    "on_request": Digitising.ON_REQUEST,
    "theo yeu cau": Digitising.ON_REQUEST,
    "no": Digitising.NO,
    "khong": Digitising.NO,
}
_YES, _NO = frozenset({"y", "yes", "co", "x", "1", "true"}), frozenset({"n", "no", "khong", "0", "false"})


@dataclass(frozen=True)
class Refusal:
    """Something of a file that was not taken: where, why, and what to do. ``row`` counts as the file's own program does."""

    row: int
    column: str
    reason: Text
    remedy: Text


@dataclass(frozen=True)
class Row:
    """A row with its number in the file and its cells by the names of the columns; empty cells are empty text."""

    number: int
    cells: Mapping[str, str]


@dataclass
class Taken:
    """What came of a table. ``notes`` counts the lines that are no papers and so are left out."""

    procedures: list[Procedure] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    notes: int = 0


class _Refused(Exception):
    """A cell cannot be taken."""

    def __init__(self, column: str, reason: Text, remedy: Text) -> None:
        self.column, self.reason, self.remedy = column, reason, remedy


_GIVE_CODE = Text("Ghi mã như 1.001193.", "Write the code as 1.001193.")
_GIVE_DATE = Text("Ghi ngày như 01/07/2025.", "Write the day as 01/07/2025 or 2025-07-01.")
_SHORTEN = Text("Rút gọn còn nhiều nhất 600 ký tự.", "Make it 600 characters at most.")


def procedures_of(rows: Iterable[Row]) -> Taken:
    """Give the procedures of a table's rows, in their order, and what was refused."""
    taken = Taken()
    whole: dict[tuple[str, date | None], tuple[int, Procedure]] = {}
    for row in rows:
        try:
            key, procedure = _procedure(row, taken)
            before = whole.get(key)
            whole[key] = (row.number, procedure) if before is None else (before[0], _joined(before[1], procedure))
        except _Refused as refused:
            taken.refused.append(Refusal(row.number, refused.column, refused.reason, refused.remedy))
    versions: dict[str, list[Procedure]] = {}
    for (base, _), (number, procedure) in whole.items():
        problem = _problem(procedure, versions.setdefault(base, []))
        if problem is None:
            taken.procedures.append(procedure)
            versions[base].append(procedure)
        else:
            taken.refused.append(Refusal(number, *problem))
    return taken


def _problem(procedure: Procedure, others: list[Procedure]) -> tuple[str, Text, Text] | None:
    if not procedure.name:
        return "name", Text("thiếu tên thủ tục", "the name is missing"), Text("Điền tên thủ tục.", "Fill in the name.")
    if any(overlap(item, procedure) for item in others):
        reason = Text("thủ tục có hai bản cùng thời gian", "the procedure has two versions at the same time")
        return "code", reason, Text("Ghi ngày hiệu lực khác nhau cho từng bản.", "Give each version days of its own.")
    codes = [item.code for item in procedure.components]
    if len(set(codes)) != len(codes):
        reason = Text("hai giấy tờ cùng mã", "two papers have the same code")
        return "component_code", reason, Text("Ghi mã khác nhau hoặc bỏ trống.", "Give them other codes, or none.")
    return None


def _joined(first: Procedure, more: Procedure) -> Procedure:
    """Put the papers of a later row to those of the rows before; codes that were not given go on counting."""
    components = [*first.components]
    for item in more.components:
        given = not re.fullmatch(r"TP\d+", item.code)
        components.append(item if given else replace(item, code=f"TP{len(components) + 1:02d}"))
    return replace(first, components=tuple(components), results=first.results or more.results)


def _procedure(row: Row, taken: Taken) -> tuple[tuple[str, date | None], Procedure]:
    cell = row.cells.get
    try:
        code = parse_procedure_code(cell("code", ""))
    except BadIdentifier:
        raise _Refused("code", Text("không phải mã thủ tục", "is no procedure code"), _GIVE_CODE) from None
    components, notes = _components(row)
    taken.notes += notes
    procedure = Procedure(
        code=code.written,
        name=_text(row, "name"),
        field=_text(row, "field"),
        levels=tuple(part.strip() for part in re.split(r"[,;|]", cell("level", "")) if part.strip()),
        non_boundary=_flag(row, "non_boundary"),
        components=components,
        results=tuple(
            ResultKind((match["code"] or "").strip(), match["name"]) for match in _RESULT.finditer(cell("result", ""))
        ),
        confidence=cell("confidence", "") or "imported",
        valid_from=_date(row, "valid_from"),
        valid_to=_date(row, "valid_to"),
        retention=_text(row, "retention"),
    )
    if runs_backwards(procedure):
        raise _Refused("valid_to", Text("ngày kết thúc sớm hơn ngày bắt đầu", "ends before it starts"), _GIVE_DATE)
    return (code.base, procedure.valid_from), procedure


def _components(row: Row) -> tuple[tuple[Component, ...], int]:
    """Give the papers of a row, and how many of its lines are notes."""
    lines = [line for line in re.split(r"[|\n\r]+", row.cells.get("documents", "")) if line.strip()]
    if name := row.cells.get("component", "").strip():
        lines.append(name)
    section, notes = fold(row.cells.get("section", "")), 0
    found: list[Component] = []
    for line in lines:
        heading = _heading(line)
        if heading:
            section = heading
        elif _is_note(section, line, row.cells.get("quantity", "")):
            notes += 1
        else:
            found.append(_component(row, len(found) + 1, line, section))
    return tuple(found), notes


def _heading(line: str) -> str:
    """Give the section that a line opens, empty where it is no heading: it names the section and ends with a colon."""
    plain = _BULLET.sub("", fold(line).strip()).strip()
    sections = ("phai nop", "phai xuat trinh", "xuat trinh", "luu y", "ghi chu")
    return next((name for name in sections if plain.endswith(":") and name in plain and len(plain) < 80), "")


def _is_note(section: str, line: str, quantity: str) -> bool:
    plain = fold(f"{line} {quantity}")
    originals, copies = _ORIGINALS.search(plain), _COPIES.search(plain)
    none = originals is not None and int(originals[1]) == 0 and (copies is None or int(copies[1]) == 0)
    return none or "luu y" in section or "ghi chu" in section or fold(line).lstrip("*- ").startswith(("luu y", "ghi chu"))


def _component(row: Row, serial: int, line: str, section: str) -> Component:
    name = " ".join(_BULLET.sub("", line.strip()).split())
    if len(name) > _LONGEST:
        raise _Refused("documents", Text("tên giấy tờ quá dài", "the name of a paper is too long"), _SHORTEN)
    plain = fold(name)
    presented = "xuat trinh" in section or "xuat trinh" in plain
    digitise, reason = _digitising(row)
    return Component(
        code=row.cells.get("component_code", "").strip() or f"TP{serial:02d}",
        name=name,
        requirement=Requirement.PRESENTED if presented else _requirement(plain),
        digitise=digitise,
        reason=reason,
        paper_kind=row.cells.get("paper_kind", "").strip(),
        secret=bool(_flag(row, "secret")),
    )


def _requirement(plain: str) -> Requirement:
    return Requirement.CONDITIONAL if _CONDITION.search(plain) else Requirement.REQUIRED


def _digitising(row: Row) -> tuple[Digitising, Reason]:
    word, given = fold(row.cells.get("digitise", "")).strip(), row.cells.get("reason", "").strip()
    chosen = _DIGITISE.get(word, Digitising.ON_REQUEST)
    if word and word not in _DIGITISE:
        known = ", ".join(_DIGITISE)
        raise _Refused(
            "digitise",
            Text("không hiểu cách số hóa", "is not understood"),
            Text(f"Ghi một trong: {known}.", f"Write one of: {known}."),
        )
    if chosen is Digitising.MANDATORY and given not in ("1", "2", "3"):
        reason = Text("số hóa bắt buộc mà thiếu căn cứ 1, 2 hoặc 3", "must be digitised, but has no reason from 1 to 3")
        raise _Refused(
            "reason", reason, Text("Ghi 1, 2 hoặc 3 (Điều 21a NĐ 107/2021).", "Write 1, 2 or 3 (Art. 21a ND 107/2021).")
        )
    return chosen, Reason(int(given)) if chosen is Digitising.MANDATORY else Reason.NONE


def _text(row: Row, column: str) -> str:
    text = " ".join(row.cells.get(column, "").split())
    if len(text) > _LONGEST:
        raise _Refused(column, Text("quá dài", "is too long"), _SHORTEN)
    return text


def _flag(row: Row, column: str) -> bool | None:
    word = fold(row.cells.get(column, "")).strip()
    return True if word in _YES else False if word in _NO else None


def _date(row: Row, column: str) -> date | None:
    text = row.cells.get(column, "").strip()
    try:
        if match := _DAY_FIRST.fullmatch(text):
            return date(int(match[3]), int(match[2]), int(match[1]))
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise _Refused(column, Text("không phải ngày", "is no date"), _GIVE_DATE) from None


def merged(known: Iterable[Procedure], new: Iterable[Procedure]) -> Iterator[Procedure]:
    """Give the known procedures with the new ones in the place of the same version, and versions beside each other.

    A known version without an end is ended the day before a new one of the same procedure begins.
    """
    arriving = list(new)
    by_base: dict[str, list[Procedure]] = {}
    for item in arriving:
        by_base.setdefault(parse_procedure_code(item.code).base, []).append(item)
    for old in known:
        newer = by_base.get(parse_procedure_code(old.code).base, [])
        kept = _ended(old, newer)
        if kept is not None:
            yield kept
    yield from arriving


def _ended(old: Procedure, newer: list[Procedure]) -> Procedure | None:
    begins = sorted(item.valid_from for item in newer if item.valid_from is not None)
    later = [day for day in begins if old.valid_from is None or day > old.valid_from]
    if later and holds(old, later[0]):
        old = replace(old, valid_to=date.fromordinal(later[0].toordinal() - 1))
    return None if any(overlap(old, item) for item in newer) else old
