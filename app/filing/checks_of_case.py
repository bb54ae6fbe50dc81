"""Checks of the case itself: procedure, owner, number, agencies."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.errors import Text
from app.filing.facts import Check, Facts, Found
from app.filing.identifier_errors import warning_text
from app.model.identifiers import (
    BadIdentifier,
    Kind,
    new_agency_code,
    parse_agency_code,
    parse_dossier_number,
    parse_personal_id,
    parse_tax_code,
)
from app.model.validity import holds

_NOT_IN_NAMES = re.compile(r"[\d<>@#%*=|_]")
_PERSONAL = (9, 12)


def case_findings(facts: Facts) -> Iterator[Found]:
    """What is wrong with procedure, owner, number and agencies."""
    yield from _procedure(facts)
    yield from _owner(facts)
    yield from _number(facts)
    yield from _agencies(facts)


def _procedure(facts: Facts) -> Iterator[Found]:
    dossier, procedure = facts.dossier, facts.procedure
    if procedure is None and dossier.procedure_code:
        code = dossier.procedure_code
        yield Found(
            Check.PROCEDURE, Text(f"danh mục không còn thủ tục {code}", f"the catalogue has no procedure {code} any more")
        )
    elif procedure is None:
        yield Found(Check.PROCEDURE, Text("chưa chọn thủ tục", "no procedure is chosen"))
    elif not holds(procedure, facts.received):
        day = f"{facts.received:%d/%m/%Y}"
        yield Found(
            Check.PROCEDURE_DATES,
            Text(
                f"bản thủ tục {procedure.code} đang dùng không có hiệu lực ngày {day}",
                f"the version of procedure {procedure.code} in use was not in force on {day}",
            ),
        )


def _owner(facts: Facts) -> Iterator[Found]:
    name, number = facts.dossier.owner_name, facts.dossier.owner_id_number
    if not name:
        yield Found(Check.OWNER_NAME, Text("chưa có tên chủ hồ sơ", "the owner's name is missing"))
    elif _NOT_IN_NAMES.search(name) or len(name.replace(" ", "")) < 2:
        yield Found(Check.OWNER_DOUBT, Text("tên chủ hồ sơ có vẻ không phải tên", "the owner's name does not look like a name"))
    if not number:
        yield Found(Check.OWNER_ID, Text("chưa có số định danh của chủ hồ sơ", "the owner's ID number is missing"))
    else:
        yield from owner_id_doubts(number, facts, Check.OWNER_DOUBT)


def owner_id_doubts(number: str, facts: Facts, check: Check, component: str = "") -> Iterator[Found]:
    """What is doubtful about the ID number of a person or the tax code of an organisation."""
    kind = Kind.PERSONAL_ID if len(number) in _PERSONAL else Kind.TAX_CODE
    try:
        if kind is Kind.PERSONAL_ID:
            warnings = parse_personal_id(number, today=facts.today).warnings
        else:
            warnings = parse_tax_code(number).warnings
    except BadIdentifier as error:
        warnings = (error.reason,)
    for reason in warnings:
        yield Found(check, warning_text(reason, kind), component=component)


def _number(facts: Facts) -> Iterator[Found]:
    dossier = facts.dossier
    if not dossier.number:
        yield Found(
            Check.NUMBER,
            Text("chưa có mã hồ sơ: trung tâm sẽ cấp khi nhận", "there is no dossier number: the centre issues it on arrival"),
        )
        return
    try:
        number = parse_dossier_number(dossier.number, facts.today)
    except BadIdentifier:
        # A province's own pattern let it pass; what its parts mean is not known here.
        return
    if _spelled(number.agency, facts) != _spelled(dossier.agency_code, facts):
        yield Found(
            Check.NUMBER_DOUBT,
            Text(
                f"mã hồ sơ thuộc cơ quan {number.agency}, hồ sơ nhận tại {dossier.agency_code}",
                f"the number is of the agency {number.agency}, the dossier was received at {dossier.agency_code}",
            ),
        )


def _spelled(code: str, facts: Facts) -> str:
    """Give a code in the spelling of now, so that old and new ones of one agency are the same."""
    known = facts.agencies.find(code, facts.received)
    if known is not None:
        return known.code
    try:
        return new_agency_code(code, facts.received) or code
    except BadIdentifier:
        return code


def _agencies(facts: Facts) -> Iterator[Found]:
    for code in dict.fromkeys((facts.dossier.agency_code, facts.dossier.competent_agency)):
        try:
            if code:
                parse_agency_code(code)
        except BadIdentifier:
            yield Found(
                Check.AGENCY_CODE,
                Text(
                    f"mã cơ quan “{code[:40]}” không đúng cấu trúc",
                    f"the agency code “{code[:40]}” does not have the right form",
                ),
            )
        else:
            yield from _known_agency(code, facts)


def _known_agency(code: str, facts: Facts) -> Iterator[Found]:
    if not code or not len(facts.agencies):
        return
    agency = facts.agencies.find(code, facts.received)
    if agency is None:
        yield Found(Check.AGENCY, Text(f"danh mục không có cơ quan {code}", f"the catalogue does not have the agency {code}"))
    elif not holds(agency, facts.received):
        successors = ", ".join(agency.successors) or "-"
        yield Found(
            Check.AGENCY,
            Text(
                f"cơ quan {code} không hoạt động ngày {facts.received:%d/%m/%Y}; đơn vị kế thừa: {successors}",
                f"the agency {code} was not there on {facts.received:%d/%m/%Y}; its successors: {successors}",
            ),
        )
