"""Checks of the papers: which are there, how many sheets, their data, and whether the store has them already."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from app.errors import Text
from app.filing.checks_of_case import owner_id_doubts
from app.filing.facts import Check, Facts, Found
from app.filing.identifier_errors import warning_text
from app.model.identifiers import BadIdentifier, Kind, parse_result_kind
from app.model.page import Page, Slip
from app.model.paper import Paper
from app.model.procedure import Component, Digitising, Requirement, Side
from app.model.validity import runs_backwards

# Papers of the administration before this day exist, but nobody brings them to a desk: it is a typing error.
_OLDEST = date(1900, 1, 1)
_LEAST = {
    "number": Text("số, ký hiệu", "number"),
    "issued_on": Text("ngày cấp", "date of issue"),
    "issuer": Text("cơ quan cấp", "issuer"),
}


def paper_findings(facts: Facts) -> Iterator[Found]:
    """What is wrong with the papers, in the checklist's order."""
    yield from _absent(facts)
    for place, paper, pages in facts.placed():
        if place.digitising is Digitising.NO:
            text = Text(f"“{place.name}” không phải số hóa", f"“{place.name}” need not be digitised")
            yield Found(Check.NOT_DIGITISED, text, pages[0][1].id, place.code)
        yield from _sheets(place, paper, pages, facts)
        yield from _slips(place, pages)
        yield from _data(place, paper, facts)
        yield from _dates(place, paper, facts)
        yield from _validity(place, paper, facts)
        if place.code in facts.reused:
            text = Text(
                f"“{place.name}” vừa dùng lại bản đã số hóa vừa có trang quét: bỏ một trong hai",
                f"“{place.name}” is reused and has scanned pages too: leave one of them out",
            )
            yield Found(Check.REUSED, text, pages[0][1].id, place.code)
        if place.code in facts.same_papers:
            other = facts.same_papers[place.code]
            text = Text(
                f"“{place.name}” cùng chủ, loại và số đã có trong hồ sơ {other}",
                f"“{place.name}” of the same owner, kind and number is already in the dossier {other}",
            )
            yield Found(Check.SAME_PAPER, text, component=place.code)


def _absent(facts: Facts) -> Iterator[Found]:
    for place in facts.absent():
        if place.requirement is not Requirement.REQUIRED or place.secret:
            continue
        must = place.digitising is Digitising.MANDATORY
        check = Check.MANDATORY if must else Check.REQUIRED
        yield Found(check, Text(f"thiếu “{place.name}”", f"“{place.name}” is missing"), component=place.code)


def _sheets(place: Component, paper: Paper, pages: list[tuple[int, Page]], facts: Facts) -> Iterator[Found]:
    """TT 01/2023 Art. 8: as many images as pages; a slip's second picture is one more, a blank left out is accounted for."""
    if not paper.sheets:
        text = Text(f"chưa đếm số tờ của “{place.name}”", f"the sheets of “{place.name}” were not counted")
        yield Found(Check.UNCOUNTED, text, component=place.code)
        return
    images = sum(page.slip is not Slip.WITH for _, page in pages)
    blanks = _blanks_left_out(place.code, facts)
    expected = paper.expected_images
    if images <= expected <= images + blanks:
        return
    counted = f"{paper.sheets}×{paper.sides or 1}"
    text = Text(
        f"“{place.name}”: đếm {counted} = {expected} trang nhưng có {images} ảnh, {blanks} trang trắng để ngoài",
        f"“{place.name}”: {counted} = {expected} pages were counted, {images} images are there, {blanks} blanks left out",
    )
    yield Found(Check.SHEETS, text, pages[0][1].id, place.code)


def _blanks_left_out(code: str, facts: Facts) -> int:
    """Count the blank pages without a place that follow a page of this component."""
    last, count = "", 0
    for page in facts.pages:
        if page.component:
            last = page.component
        elif page.blank and last == code:
            count += 1
    return count


def _slips(place: Component, pages: list[tuple[int, Page]]) -> Iterator[Found]:
    """TT 01/2023 Art. 8: a page with an attached slip is captured twice, with and without it, one after the other."""
    waiting: tuple[int, Page] | None = None
    for number, page in pages:
        if waiting is not None and page.slip is not Slip.NONE and page.slip is not waiting[1].slip:
            waiting = None
        elif waiting is not None:
            yield _lone_slip(place, *waiting)
            waiting = (number, page) if page.slip is not Slip.NONE else None
        elif page.slip is not Slip.NONE:
            waiting = (number, page)
    if waiting is not None:
        yield _lone_slip(place, *waiting)


def _lone_slip(place: Component, number: int, page: Page) -> Found:
    missing = Text("khi gỡ phiếu", "without the slip") if page.slip is Slip.WITH else Text("có phiếu", "with the slip")
    text = Text(
        f"trang {number} có phiếu dán: còn thiếu ảnh {missing.vi}",
        f"page {number} has a slip: the picture {missing.en} is missing",
    )
    return Found(Check.SLIPS, text, page.id, place.code)


def _data(place: Component, paper: Paper, facts: Facts) -> Iterator[Found]:
    missing = [name for field, name in _LEAST.items() if not getattr(paper.fields, field)]
    if missing:
        text = Text(
            f"“{place.name}” còn thiếu {', '.join(name.vi for name in missing)}",
            f"“{place.name}” lacks {', '.join(name.en for name in missing)}",
        )
        yield Found(Check.PAPER_DATA, text, component=place.code)
    kind = paper.fields.kind_code
    try:
        warnings = parse_result_kind(kind).warnings if kind else ()
    except BadIdentifier as error:
        warnings = (error.reason,)
    for reason in warnings:
        worded = warning_text(reason, Kind.RESULT_KIND)
        text = Text(f"“{place.name}”: {worded.vi}", f"“{place.name}”: {worded.en}")
        yield Found(Check.PAPER_CODES, text, component=place.code)
    if paper.fields.owner_id:
        yield from owner_id_doubts(paper.fields.owner_id, facts, Check.PAPER_CODES, place.code)


def _dates(place: Component, paper: Paper, facts: Facts) -> Iterator[Found]:
    known = paper.fields
    if known.issued_on is not None and not _OLDEST <= known.issued_on <= facts.today:
        text = Text(
            f"“{place.name}”: ngày cấp {known.issued_on:%d/%m/%Y} không thể có",
            f"“{place.name}”: the date of issue {known.issued_on:%d/%m/%Y} cannot be",
        )
        yield Found(Check.PAPER_DATES, text, component=place.code)
    if runs_backwards(known) or (known.issued_on and known.valid_to and known.valid_to < known.issued_on):
        text = Text(f"“{place.name}” hết hạn trước khi có hiệu lực", f"“{place.name}” ends before it begins")
        yield Found(Check.PAPER_DATES, text, component=place.code)
    if known.unlimited and known.valid_to is not None:
        text = Text(f"“{place.name}” vừa vô thời hạn vừa có ngày hết hạn", f"“{place.name}” has no end and yet a last day")
        yield Found(Check.PAPER_DATES, text, component=place.code)


def _validity(place: Component, paper: Paper, facts: Facts) -> Iterator[Found]:
    known = paper.fields
    if place.side is Side.RESULT and known.valid_to is None and not known.unlimited and known.in_force is None:
        text = Text(f"“{place.name}” chưa ghi thời hạn hiệu lực", f"nobody has said how long “{place.name}” is valid")
        yield Found(Check.VALIDITY, text, component=place.code)
    if place.side is Side.APPLICATION and known.in_force_on(facts.received) is False:
        day = f"{facts.received:%d/%m/%Y}"
        text = Text(f"“{place.name}” không còn hiệu lực ngày {day}", f"“{place.name}” was not in force on {day}")
        yield Found(Check.VALIDITY, text, component=place.code)
