"""What blocks finishing and what is only noted: whole dossiers against their exact findings."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.filing.checks import check_dossier
from app.model.dossier import Dossier
from app.model.page import MarkBlank, Page, PageState
from app.model.procedure import Component, Procedure, Requirement
from app.settings import FilingSettings
from tests.records import a_dossier, a_page

PROCEDURE = Procedure(
    code="1.001193",
    name="Đăng ký khai sinh",
    field="Hộ tịch",
    levels=("Cấp xã",),
    non_boundary=None,
    components=(
        Component("TP01", "Tờ khai", Requirement.REQUIRED),
        Component("TP02", "Giấy chứng sinh", Requirement.REQUIRED),
        Component("TP03", "Văn bản ủy quyền", Requirement.CONDITIONAL),
        Component("TP06", "Căn cước", Requirement.PRESENTED),
    ),
    results=(),
    confidence="high",
)
WHOLE = a_dossier(number="H02.15-261123-0001")
FIRST = a_page(WHOLE.id, 1, component="TP01", state=PageState.READY)
SECOND = a_page(WHOLE.id, 2, component="TP02", state=PageState.READY)
BOTH = (FIRST, SECOND)


def changed(page: Page, **values: Any) -> Page:
    return replace(page, **values)


CASES: list[tuple[str, Dossier, tuple[Page, ...], Procedure | None, list[str]]] = [
    ("whole", WHOLE, BOTH, PROCEDURE, []),
    (
        "nothing at all",
        a_dossier(procedure_code="", owner_name="", owner_id_number=""),
        (),
        None,
        [
            "block: no procedure is chosen",
            "block: the owner's name is missing",
            "block: no page is under a component yet",
            "warn: the owner's ID number is missing",
            "warn: there is no dossier number: the centre issues it on arrival",
        ],
    ),
    (
        "no number",
        replace(WHOLE, number=""),
        BOTH,
        PROCEDURE,
        ["warn: there is no dossier number: the centre issues it on arrival"],
    ),
    (
        "a procedure that is gone",
        WHOLE,
        BOTH,
        None,
        ["block: the catalogue has no procedure 1.001193 any more"],
    ),
    ("a paper is missing", WHOLE, (FIRST,), PROCEDURE, ["warn: “Giấy chứng sinh” is missing"]),
    (
        "a page without a place",
        WHOLE,
        (*BOTH, a_page(WHOLE.id, 3, state=PageState.READY)),
        PROCEDURE,
        ["block: not under any component: page 3"],
    ),
    (
        "many pages without a place",
        WHOLE,
        (*BOTH, *(a_page(WHOLE.id, number, state=PageState.READY) for number in (3, 4, 5))),
        PROCEDURE,
        ["block: not under any component: page 3-5"],
    ),
    (
        "a blank page without a place",
        WHOLE,
        (FIRST, a_page(WHOLE.id, 3, edits=(MarkBlank(True),)), SECOND),
        PROCEDURE,
        ["warn: the blank page 2 goes into no PDF"],
    ),
    (
        "a blank page with a place",
        WHOLE,
        (changed(FIRST, edits=(MarkBlank(True),)), SECOND),
        PROCEDURE,
        ["warn: page 1 looks blank"],
    ),
    (
        "only blank pages",
        WHOLE,
        (a_page(WHOLE.id, 1, edits=(MarkBlank(True),)),),
        PROCEDURE,
        [
            "block: no page is under a component yet",
            "warn: “Tờ khai” is missing",
            "warn: “Giấy chứng sinh” is missing",
            "warn: the blank page 1 goes into no PDF",
        ],
    ),
    (
        "too coarse",
        WHOLE,
        (FIRST, a_page(WHOLE.id, 2, dpi=150, component="TP02")),
        PROCEDURE,
        ["block: page 2 has only 150 dpi, at least 200 are needed"],
    ),
    (
        "unread",
        WHOLE,
        (FIRST, changed(SECOND, state=PageState.FAILED)),
        PROCEDURE,
        ["warn: the text of page 2 could not be read"],
    ),
    (
        "a component of another procedure",
        WHOLE,
        (*BOTH, a_page(WHOLE.id, 3, component="TP09")),
        PROCEDURE,
        ["block: page 3 is under the component “TP09”, which the procedure does not have"],
    ),
    (
        "a paper that is only shown",
        WHOLE,
        (*BOTH, a_page(WHOLE.id, 3, component="TP06")),
        PROCEDURE,
        ["block: page 3 is “Căn cước”, which is only presented and is not digitised"],
    ),
]


@pytest.mark.parametrize(("dossier", "pages", "procedure", "expected"), [case[1:] for case in CASES], ids=[c[0] for c in CASES])
def test_a_dossier_has_exactly_these_findings(
    dossier: Dossier, pages: tuple[Page, ...], procedure: Procedure | None, expected: list[str]
) -> None:
    found = check_dossier(dossier, pages, procedure, FilingSettings())
    assert [f"{item.severity}: {item.text.en}" for item in found] == expected
    for item in found:
        assert item.text.vi not in ("", item.text.en)


def test_a_finding_about_a_page_names_it() -> None:
    page = a_page(WHOLE.id, 3)
    (found,) = check_dossier(WHOLE, (*BOTH, page), PROCEDURE, FilingSettings())
    assert (found.page_id, found.text.vi) == (page.id, "trang 3 chưa xếp vào thành phần nào")


def test_the_lowest_resolution_is_a_setting() -> None:
    coarse = (a_page(WHOLE.id, 1, dpi=100, component="TP01"), a_page(WHOLE.id, 2, dpi=100, component="TP02"))
    assert check_dossier(WHOLE, coarse, PROCEDURE, FilingSettings(min_dpi=100)) == ()
    assert len(check_dossier(WHOLE, coarse, PROCEDURE, FilingSettings(min_dpi=101))) == 2
