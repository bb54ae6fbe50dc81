"""What blocks finishing and what is only noted: whole dossiers, right and wrong, against their exact findings."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.filing.checks import check_dossier
from app.filing.facts import ALWAYS, Check, Facts
from app.model.agency import Agencies, Agency
from app.model.dossier import Dossier
from app.model.identifiers import AgencyAlias
from app.model.manifest import KnownPaper, ManifestFile, ManifestReuse
from app.model.page import AcceptFlaws, MarkBlank, MarkSlip, Page, PageState, Slip
from app.model.page_findings import Findings
from app.model.paper import Paper, PaperFields
from app.model.procedure import Component, Digitising, Procedure, Reason, Requirement, ResultKind, Side
from app.settings import CheckSettings, FilingSettings, Rule, Settings
from tests.records import NOW, a_dossier, a_page

TODAY = date(2026, 11, 23)
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
        Component("TP04", "Bản photo sổ hộ khẩu", Requirement.CONDITIONAL, Digitising.NO),
        Component("TP06", "Căn cước", Requirement.PRESENTED),
        Component("TP07", "Công văn mật", Requirement.REQUIRED, secret=True),
    ),
    results=(ResultKind("KQ.G15.000031", "Giấy khai sinh"), ResultKind("", "Bản sao giấy khai sinh")),
    confidence="high",
)
MUST = replace(
    PROCEDURE,
    components=(
        Component("TP01", "Tờ khai", Requirement.REQUIRED),
        Component("TP02", "Giấy chứng nhận kết hôn", Requirement.REQUIRED, Digitising.MANDATORY, Reason.EARLIER_RESULT),
    ),
)
AGENCIES = Agencies(
    [
        Agency("H02", "Bắc Giang", valid_to=date(2025, 6, 30), successors=("H05",)),
        Agency("H02.15", "Xã thử", old_code="000.00.15.H02", aliases=(AgencyAlias("000.01.15.H02", "H02.15"),)),
        Agency("H05", "Bắc Ninh"),
    ]
)
WHOLE = a_dossier(number="H02.15-261123-0001")
RETURNED = replace(WHOLE, side=Side.RESULT)
NO_PAGE = "block: no page is under a component yet"
NO_NUMBER = "warn: there is no dossier number: the centre issues it on arrival"
NO_ID = "warn: the owner's ID number is missing"


def page(sequence: int, component: str = "", mode: str = "color", **values: Any) -> Page:
    made = a_page(WHOLE.id, sequence, component=component, state=PageState.READY, **values)
    return replace(made, provenance=replace(made.provenance, mode=mode))


def flawed(sequence: int, *kinds: str, accepted: tuple[str, ...] = ()) -> Page:
    corners = ((0.0, 0.0), (413.0, 0.0), (413.0, 583.0), (0.0, 583.0))
    findings = Findings(corners, True, 1.0, 0.0, 0, 1.0, False, 0.1, kinds)
    edits = (AcceptFlaws(accepted),) if accepted else ()
    return page(sequence, "TP02", findings=findings, edits=edits)


def blank(sequence: int, component: str = "") -> Page:
    return page(sequence, component, edits=(MarkBlank(True),))


def slip(sequence: int, half: Slip) -> Page:
    return page(sequence, "TP02", edits=(MarkSlip(half),))


def paper(component: str = "TP02", *, sheets: int = 0, sides: int = 0, absence: str = "", **fields: Any) -> dict[str, Paper]:
    return {component: Paper(WHOLE.id, component, PaperFields(**fields), sheets, sides, absence)}


EARLIER = ManifestReuse(
    "TP02",
    "Giấy chứng sinh",
    KnownPaper("m", "r", 1, "", "H02.15", "x", PaperFields(), ManifestFile("x.pdf", "ab" * 32, 1, "application/pdf"), 1, NOW),
    NOW,
    "",
)
FIRST, SECOND = page(1, "TP01"), page(2, "TP02")
BOTH = (FIRST, SECOND)
RESULT = (*BOTH, page(3, "KQ(1)"))


def facts(
    dossier: Dossier = WHOLE, pages: tuple[Page, ...] = BOTH, procedure: Procedure | None = PROCEDURE, **more: Any
) -> Facts:
    return Facts(dossier, pages, procedure, TODAY, **more)


CASES: list[tuple[str, Facts, list[str]]] = [
    ("whole", facts(), []),
    (
        "nothing at all",
        facts(a_dossier(procedure_code="", owner_name="", owner_id_number=""), (), None),
        [
            "block: no procedure is chosen",
            "block: the owner's name is missing",
            NO_PAGE,
            NO_ID,
            NO_NUMBER,
        ],
    ),
    ("no number", facts(replace(WHOLE, number="")), [NO_NUMBER]),
    ("a procedure that is gone", facts(procedure=None), ["block: the catalogue has no procedure 1.001193 any more"]),
    (
        "a version that was not in force yet",
        facts(procedure=replace(PROCEDURE, valid_from=date(2026, 12, 1))),
        ["warn: the version of procedure 1.001193 in use was not in force on 23/11/2026"],
    ),
    (
        "a version that had ended",
        facts(procedure=replace(PROCEDURE, valid_to=date(2026, 11, 22))),
        ["warn: the version of procedure 1.001193 in use was not in force on 23/11/2026"],
    ),
    (
        "an old dossier keeps the version of its day",
        facts(replace(WHOLE, number="H02.15-250630-0001"), procedure=replace(PROCEDURE, valid_to=date(2025, 6, 30))),
        [],
    ),
    # --- owner
    ("no owner", facts(replace(WHOLE, owner_name="")), ["block: the owner's name is missing"]),
    ("no ID number", facts(replace(WHOLE, owner_id_number="")), [NO_ID]),
    (
        "a number for a name",
        facts(replace(WHOLE, owner_name="024198000001")),
        ["warn: the owner's name does not look like a name"],
    ),
    ("one letter for a name", facts(replace(WHOLE, owner_name="T")), ["warn: the owner's name does not look like a name"]),
    ("an old card's number", facts(replace(WHOLE, owner_id_number="121234567")), []),
    (
        "born next year",
        facts(replace(WHOLE, owner_id_number="024227000001")),
        ["warn: The personal ID number holds a date after today."],
    ),
    ("an organisation", facts(replace(WHOLE, owner_name="Công ty Thử", owner_id_number="0100109106-001")), []),
    (
        "a tax code with a wrong digit",
        facts(replace(WHOLE, owner_id_number="0100109107")),
        ["warn: The tax code has a check digit that does not match."],
    ),
    # --- number and agencies
    ("a number in the old spelling", facts(replace(WHOLE, number="000.00.15.H02-261123-0001")), []),
    ("a number by an alias", facts(replace(WHOLE, number="000.01.15.H02-261123-0001"), agencies=AGENCIES), []),
    (
        "a number of another agency",
        facts(replace(WHOLE, number="H05.99-261123-0001")),
        ["warn: the number is of the agency H05.99, the dossier was received at H02.15"],
    ),
    (
        "a number that was issued days after the dossier was begun",
        facts(replace(WHOLE, created_at=NOW - timedelta(days=3))),
        [],
    ),
    ("a number of the province's own pattern", facts(replace(WHOLE, number="BG/2026/1")), []),
    ("a non-boundary dossier", facts(replace(WHOLE, competent_agency="H05"), agencies=AGENCIES), []),
    (
        "an agency that nobody knows",
        facts(replace(WHOLE, competent_agency="H77"), agencies=AGENCIES),
        ["warn: the catalogue does not have the agency H77"],
    ),
    (
        "an agency that was merged",
        facts(replace(WHOLE, competent_agency="H02"), agencies=AGENCIES),
        ["warn: the agency H02 was not there on 23/11/2026; its successors: H05"],
    ),
    (
        "the same agency before the merger",
        facts(replace(WHOLE, number="H02.15-250101-0001", competent_agency="H02"), agencies=AGENCIES),
        [],
    ),
    (
        "no agency code at all",
        facts(replace(WHOLE, number="", agency_code="xã thử")),
        ["block: the agency code “xã thử” does not have the right form", NO_NUMBER],
    ),
    # --- components
    ("a paper is missing", facts(pages=(FIRST,)), ["warn: “Giấy chứng sinh” is missing"]),
    ("a paper is missing for a reason", facts(pages=(FIRST,), papers=paper(absence="đã có trên CSDL")), []),
    ("a mandatory paper is missing", facts(pages=(FIRST,), procedure=MUST), ["block: “Giấy chứng nhận kết hôn” is missing"]),
    (
        "a mandatory paper is missing for a reason",
        facts(pages=(FIRST,), procedure=MUST, papers=paper(absence="dùng lại bản đã số hóa")),
        [],
    ),
    ("a page without a place", facts(pages=(*BOTH, page(3))), ["block: not under any component: page 3"]),
    (
        "many pages without a place",
        facts(pages=(*BOTH, page(3), page(4), page(5))),
        ["block: not under any component: page 3-5"],
    ),
    (
        "a component of another procedure",
        facts(pages=(*BOTH, page(3, "TP09"))),
        ["block: page 3 is under the component “TP09”, which the procedure does not have"],
    ),
    (
        "a paper that is only shown",
        facts(pages=(*BOTH, page(3, "TP06"))),
        ["block: page 3 is “Căn cước”, which is only presented and is not digitised"],
    ),
    (
        "a secret paper",
        facts(pages=(*BOTH, page(3, "TP07"))),
        ["block: page 3 is “Công văn mật”, which is a state secret and is not digitised"],
    ),
    ("a photocopy", facts(pages=(*BOTH, page(3, "TP04"))), ["warn: “Bản photo sổ hộ khẩu” need not be digitised"]),
    # --- sheets and slips
    ("two sheets of one side", facts(pages=(*BOTH, page(3, "TP02")), papers=paper(sheets=2, sides=1)), []),
    ("one sheet of two sides", facts(pages=(*BOTH, page(3, "TP02")), papers=paper(sheets=1, sides=2)), []),
    (
        "its blank back was left out",
        facts(pages=(*BOTH, blank(3)), papers=paper(sheets=1, sides=2)),
        ["warn: the blank page 3 goes into no PDF"],
    ),
    (
        "the blank left out is another paper's",
        facts(pages=(FIRST, blank(3), SECOND), papers=paper(sheets=1, sides=2)),
        [
            "block: “Giấy chứng sinh”: 1×2 = 2 pages were counted, 1 images are there, 0 blanks left out",
            "warn: the blank page 2 goes into no PDF",
        ],
    ),
    (
        "a sheet was not scanned",
        facts(papers=paper(sheets=2, sides=1)),
        ["block: “Giấy chứng sinh”: 2×1 = 2 pages were counted, 1 images are there, 0 blanks left out"],
    ),
    (
        "a sheet too many",
        facts(pages=(*BOTH, page(3, "TP02")), papers=paper(sheets=1)),
        ["block: “Giấy chứng sinh”: 1×1 = 1 pages were counted, 2 images are there, 0 blanks left out"],
    ),
    ("a slip with its pair", facts(pages=(FIRST, slip(2, Slip.WITH), slip(3, Slip.WITHOUT)), papers=paper(sheets=1)), []),
    ("a slip's pair the other way round", facts(pages=(FIRST, slip(2, Slip.WITHOUT), slip(3, Slip.WITH))), []),
    (
        "a slip without its pair",
        facts(pages=(FIRST, slip(2, Slip.WITH))),
        ["block: page 2 has a slip: the picture without the slip is missing"],
    ),
    (
        "two pictures with the slip",
        facts(pages=(FIRST, slip(2, Slip.WITH), slip(3, Slip.WITH), slip(4, Slip.WITHOUT))),
        ["block: page 2 has a slip: the picture without the slip is missing"],
    ),
    (
        "a page between the pair",
        facts(pages=(FIRST, slip(2, Slip.WITHOUT), page(3, "TP02"), slip(4, Slip.WITH))),
        [
            "block: page 2 has a slip: the picture with the slip is missing",
            "block: page 4 has a slip: the picture without the slip is missing",
        ],
    ),
    # --- pages
    ("a blank page with a place", facts(pages=(blank(1, "TP01"), SECOND)), ["warn: page 1 looks blank"]),
    (
        "only blank pages",
        facts(pages=(blank(1),)),
        [
            NO_PAGE,
            "warn: “Tờ khai” is missing",
            "warn: “Giấy chứng sinh” is missing",
            "warn: the blank page 1 goes into no PDF",
        ],
    ),
    ("too coarse", facts(pages=(FIRST, page(2, "TP02", dpi=150))), ["block: page 2 has only 150 dpi, at least 200 are needed"]),
    ("just fine enough", facts(pages=(FIRST, page(2, "TP02", dpi=200))), []),
    ("gray", facts(pages=(FIRST, page(2, "TP02", "gray"))), ["block: page 2 was not scanned in colour"]),
    (
        "a gray blank left out",
        facts(pages=(*BOTH, replace(blank(3), provenance=page(3, "", "gray").provenance))),
        ["warn: the blank page 3 goes into no PDF"],
    ),
    ("unread", facts(pages=(FIRST, replace(SECOND, state=PageState.FAILED))), ["warn: the text of page 2 could not be read"]),
    ("dark and cut off", facts(pages=(FIRST, flawed(2, "dark", "cut_off"))), ["warn: look at page 2: dark, perhaps cut off"]),
    (
        "one flaw was taken as it is",
        facts(pages=(FIRST, flawed(2, "dark", "skew", accepted=("dark",)))),
        ["warn: look at page 2: skewed"],
    ),
    ("all flaws were taken as they are", facts(pages=(FIRST, flawed(2, "dark", accepted=("dark",)))), []),
    # --- papers' data
    (
        "issued tomorrow",
        facts(papers=paper(issued_on=date(2026, 11, 24))),
        ["block: “Giấy chứng sinh”: the date of issue 24/11/2026 cannot be"],
    ),
    (
        "issued in another age",
        facts(papers=paper(issued_on=date(1026, 11, 24))),
        ["block: “Giấy chứng sinh”: the date of issue 24/11/1026 cannot be"],
    ),
    (
        "ends before it begins",
        facts(papers=paper(valid_from=date(2026, 12, 1), valid_to=date(2026, 11, 30))),
        ["block: “Giấy chứng sinh” ends before it begins", "warn: “Giấy chứng sinh” was not in force on 23/11/2026"],
    ),
    (
        "without an end and with one",
        facts(papers=paper(unlimited=True, valid_to=date(2027, 1, 1))),
        ["block: “Giấy chứng sinh” has no end and yet a last day"],
    ),
    (
        "ran out before it was filed",
        facts(papers=paper(valid_to=date(2026, 11, 22))),
        ["warn: “Giấy chứng sinh” was not in force on 23/11/2026"],
    ),
    ("runs out on the day", facts(papers=paper(valid_to=TODAY)), []),
    (
        "withdrawn",
        facts(papers=paper(in_force=False, unlimited=True)),
        ["warn: “Giấy chứng sinh” was not in force on 23/11/2026"],
    ),
    (
        "an unusual kind and another's ID number",
        facts(papers=paper(kind_code="dsfas", owner_id="999198000001")),
        [
            "warn: “Giấy chứng sinh”: The result kind code has an unusual form.",
            "warn: The personal ID number starts with three digits that are no province.",
        ],
    ),
    # --- the result
    ("the result is missing", facts(RETURNED), ["block: “Giấy khai sinh” is missing"]),
    (
        "a result that does not say how long it is valid",
        facts(RETURNED, RESULT),
        ["warn: nobody has said how long “Giấy khai sinh” is valid"],
    ),
    ("a result without end", facts(RETURNED, RESULT, papers=paper("KQ(1)", unlimited=True)), []),
    ("a result that is still in force", facts(RETURNED, RESULT, papers=paper("KQ(1)", in_force=True)), []),
    (
        "what the application lacked is not asked for again",
        facts(RETURNED, RESULT[1:], papers=paper("KQ(1)", unlimited=True)),
        [],
    ),
    # --- already in the store
    (
        "an image of another dossier",
        facts(same_pages={SECOND.sha256: "TAM-261123-00007"}),
        ["warn: page 2 is already in the dossier TAM-261123-00007"],
    ),
    (
        "one image twice",
        facts(pages=(*BOTH, page(3, "TP02", sha256=SECOND.sha256))),
        ["warn: page 3 is the same image as another page"],
    ),
    (
        "a paper that is reused and scanned too",
        facts(reused={"TP02": EARLIER, "TP03": replace(EARLIER, component_code="TP03")}),
        ["warn: “Giấy chứng sinh” is reused and has scanned pages too: leave one of them out"],
    ),
    (
        "a paper of another dossier",
        facts(same_papers={"TP02": "H02.15-261101-0003"}),
        ["warn: “Giấy chứng sinh” of the same owner, kind and number is already in the dossier H02.15-261101-0003"],
    ),
]


def findings(given: Facts, chosen: Settings | None = None) -> list[str]:
    return [f"{item.severity}: {item.text.en}" for item in check_dossier(given, chosen or Settings())]


@pytest.mark.parametrize(("given", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_dossier_has_exactly_these_findings(given: Facts, expected: list[str]) -> None:
    assert findings(given) == expected
    for item in check_dossier(given, Settings()):
        assert item.text.vi not in ("", item.text.en)


def test_enough_dossiers_are_walked_through() -> None:
    assert len(CASES) >= 40
    assert {item.check for _, given, _ in CASES for item in check_dossier(given, Settings())} == set(Check) - {
        Check.UNCOUNTED,
        Check.PAPER_DATA,
    }


def test_a_finding_about_a_page_names_it() -> None:
    loose = page(3)
    (found,) = check_dossier(facts(pages=(*BOTH, loose)), Settings())
    assert (found.page_id, found.text.vi) == (loose.id, "trang 3 chưa xếp vào thành phần nào")


def test_the_lowest_resolution_is_a_setting() -> None:
    coarse = facts(pages=(page(1, "TP01", dpi=100), page(2, "TP02", dpi=100)))
    assert findings(coarse, Settings(filing=FilingSettings(min_dpi=100))) == []
    assert len(findings(coarse, Settings(filing=FilingSettings(min_dpi=101)))) == 2


def test_what_a_province_leaves_out_by_default_can_be_asked_for() -> None:
    strict = Settings(checks=CheckSettings(uncounted=Rule.WARN, paper_data=Rule.BLOCK))
    assert findings(facts(papers=paper("TP01", sheets=1, number="1", issued_on=TODAY, issuer="UBND")), strict) == [
        "block: “Giấy chứng sinh” lacks number, date of issue, issuer",
        "warn: the sheets of “Giấy chứng sinh” were not counted",
    ]


def test_every_check_is_a_setting_or_always_blocks() -> None:
    assert set(CheckSettings.model_fields) == {check.value for check in Check} - {check.value for check in ALWAYS}


POLICIES = st.fixed_dictionaries({name: st.sampled_from(Rule) for name in CheckSettings.model_fields})


@settings(max_examples=150, deadline=None)
@given(given=st.sampled_from([case[1] for case in CASES]), policy=POLICIES)
def test_a_policy_changes_how_grave_a_finding_is_and_never_what_is_found(given: Facts, policy: dict[str, Rule]) -> None:
    everything = CheckSettings(**dict.fromkeys(CheckSettings.model_fields, Rule.WARN))
    all_found = {(item.check, item.text, item.page_id) for item in check_dossier(given, Settings(checks=everything))}
    judged = check_dossier(given, Settings(checks=CheckSettings(**policy)))
    assert [item.severity for item in judged] == sorted(item.severity for item in judged)
    for item in judged:
        rule = Rule.BLOCK if item.check in ALWAYS else policy[item.check]
        assert rule is not Rule.OFF
        assert item.severity == rule
    off = {check for check, rule in policy.items() if rule is Rule.OFF}
    assert {(item.check, item.text, item.page_id) for item in judged} == {found for found in all_found if found[0] not in off}


@st.composite
def any_facts(draw: st.DrawFn) -> Facts:
    """Dossiers of any kind: pages anywhere, papers with any count, numbers of any spelling."""
    codes = st.sampled_from(["", *(place.code for place in PROCEDURE.places), "XX"])
    pages = tuple(
        page(
            number,
            draw(codes),
            draw(st.sampled_from(["color", "gray"])),
            dpi=draw(st.sampled_from([100, 200, 300])),
            edits=(MarkSlip(draw(st.sampled_from(Slip))), MarkBlank(draw(st.booleans()))),
        )
        for number in range(1, draw(st.integers(0, 6)) + 1)
    )
    papers = {
        code: Paper(
            WHOLE.id,
            code,
            PaperFields(issued_on=draw(st.none() | st.dates())),
            draw(st.integers(0, 3)),
            draw(st.integers(0, 2)),
        )
        for code in draw(st.sets(codes.filter(bool)))
    }
    number = draw(st.sampled_from(["", "H02.15-261123-0001", "000.00.15.H02-261123-0001", "khác"]))
    side = draw(st.sampled_from(Side))
    dossier = replace(WHOLE, number=number, side=side, owner_id_number=draw(st.sampled_from(["", "024198000001", "12", "x"])))
    return facts(
        dossier,
        pages,
        draw(st.sampled_from([None, PROCEDURE, MUST])),
        papers=papers,
        agencies=draw(st.sampled_from([AGENCIES, Agencies()])),
    )


@settings(max_examples=200, deadline=None)
@given(any_facts())
def test_the_checks_never_fail_and_lead_only_to_pages_that_are_there(given: Facts) -> None:
    found = check_dossier(given, Settings())
    assert found == check_dossier(given, Settings())
    assert {item.page_id for item in found} <= {"", *(page.id for page in given.pages)}
    assert all(item.text.vi and item.text.en and "None" not in item.text.en for item in found)


@settings(max_examples=100, deadline=None)
@given(any_facts())
def test_a_dossier_that_nothing_blocks_has_only_pages_that_may_be_digitised(given: Facts) -> None:
    if any(item.severity == "block" for item in check_dossier(given, Settings())):
        return
    assert given.procedure is not None
    places = {place.code: place for place in given.procedure.places}
    assert all(page.blank or places[page.component].takes_pages for page in given.pages if page.component or not page.blank)
    assert all(page.provenance.dpi >= 200 for page in given.pages)


@settings(max_examples=100, deadline=None)
@given(
    sheets=st.integers(1, 4),
    sides=st.integers(1, 2),
    missing=st.integers(0, 2),
    left_out=st.integers(0, 2),
    slips=st.integers(0, 2),
)
def test_images_fit_the_counted_sheets_exactly_where_blanks_make_up_the_rest(
    sheets: int, sides: int, missing: int, left_out: int, slips: int
) -> None:
    images = max(sheets * sides - missing, 1)
    pages = [page(1, "TP01"), *(page(10 + number, "TP02") for number in range(images))]
    for number in range(slips):
        pages += [slip(30 + 2 * number, Slip.WITHOUT), slip(31 + 2 * number, Slip.WITH)]
    pages += [blank(50 + number) for number in range(left_out)]
    given = facts(pages=tuple(pages), papers=paper(sheets=sheets, sides=sides))
    wrong = [item for item in check_dossier(given, Settings()) if item.check == Check.SHEETS]
    counted, shown = sheets * sides, images + slips
    assert bool(wrong) == (not shown <= counted <= shown + left_out)
