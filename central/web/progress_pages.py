"""Progress against the targets, the dossiers behind every number, and both as Excel workbooks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import APIRouter, Depends, Query, Response
from sqlalchemy.orm import Session

from app.model.agency import Agencies
from central.centre import VIETNAM
from central.fact_tables import Fact
from central.forecast import month_number, month_of
from central.indicators import Indicator, Share, chosen, read_indicators, read_uncounted
from central.problems import Problem
from central.progress import Counts, Selection, behind, count, level_names, standings, structure_changes, worst_first
from central.web.charts import trend
from central.web.record_pages import lines_of
from central.web.texts import month_text
from central.web.views import PAGE_SIZE, PageNumber, View, ViewDep

if TYPE_CHECKING:
    from central.web.workbooks import Value

MOST_EXPORTED = 50_000
_MOST_MONTHS = 120
_USUAL_MONTHS = 12
# An agency's level that the catalogue does not know can be asked for too; empty means all levels.
NO_LEVEL = "-"
_MONTH = r"^(19|20|21)\d\d-(0[1-9]|1[0-2])$"

router = APIRouter(tags=["pages"])
Part = Literal["reached", "base", "missing"]


@dataclass(frozen=True)
class Asked:
    """What the address asks for: an indicator, a time, and of whom; empty means all."""

    indicator: str = ""
    first: str = ""
    last: str = ""
    agency: str = ""
    level: str = ""
    procedure: str = ""

    def parameters(self, **changes: str) -> dict[str, str]:
        """Give the parameters of an address that asks the same, with changes."""
        asked = replace(self, **changes)
        words = {
            "indicator": asked.indicator,
            "from": asked.first,
            "to": asked.last,
            "agency": asked.agency,
            "level": asked.level,
            "procedure": asked.procedure,
        }
        return {name: value for name, value in words.items() if value}


def _asked(
    indicator: Annotated[str, Query(max_length=64)] = "",
    first: Annotated[str, Query(pattern=rf"{_MONTH}|^$", alias="from")] = "",
    last: Annotated[str, Query(pattern=rf"{_MONTH}|^$", alias="to")] = "",
    agency: Annotated[str, Query(max_length=35)] = "",
    level: Annotated[str, Query(max_length=64)] = "",
    procedure: Annotated[str, Query(max_length=64)] = "",
) -> Asked:
    return Asked(indicator, first, last, agency, level, procedure)


AskedDep = Annotated[Asked, Depends(_asked)]


@dataclass(frozen=True)
class Question:
    """What is asked, as it is counted; ``asked`` has the times filled in."""

    asked: Asked
    indicator: Indicator
    selection: Selection
    agencies: Sequence[str]
    today: date


def _question(view: View, session: Session, asked: Asked) -> Question:
    today = view.centre.clock().astimezone(VIETNAM).date()
    last = _yyyymm(asked.last) if asked.last else today.year * 100 + today.month
    first = _yyyymm(asked.first) if asked.first else month_of(month_number(last) - _USUAL_MONTHS + 1)
    if not 0 <= month_number(last) - month_number(first) < _MOST_MONTHS:
        raise Problem("invalid", "The months are the wrong way round, or too many")
    agencies = view.agencies(session)
    scope = frozenset(agencies) if view.person.agency else None
    if asked.agency:
        scope = frozenset(code for code in agencies if view.tree.covers(asked.agency, code))
    if asked.level:
        levels = level_names(view.catalogue, agencies, today)
        wanted = "" if asked.level == NO_LEVEL else asked.level
        scope = frozenset(code for code in (agencies if scope is None else scope) if levels[code] == wanted)
    indicator = chosen(read_indicators(view.centre.settings.indicators), asked.indicator, today)
    filled = replace(asked, indicator=indicator.code, first=_written(first), last=_written(last))
    return Question(filled, indicator, Selection(first, last, scope, asked.procedure), agencies, today)


def _yyyymm(text: str) -> int:
    return int(text.replace("-", ""))


def _written(month: int) -> str:
    return f"{month // 100:04d}-{month % 100:02d}"


@router.get("/progress")
def get_progress_page(view: ViewDep, asked: AskedDep) -> Response:
    """Show an indicator by level, month, agency and procedure."""
    with view.centre.database.read() as session:
        question = _question(view, session, asked)
        counts = count(session, question.indicator, question.selection)
    found = standings(view.catalogue, question.indicator, counts, question.today)
    goals = [
        (standing.level, standing.target.percent, standing.target.due.year * 100 + standing.target.due.month)
        for standing in found
        if standing.target
    ]
    coming = [standing.forecast for standing in found if standing.forecast]
    months = counts.by_month()
    selection = question.selection
    chart = trend(months, selection.first, selection.last, goals, coming[0] if len(found) == 1 and coming else None)
    return view.page(
        "progress.html",
        asked=question.asked,
        indicator=question.indicator,
        indicators=read_indicators(view.centre.settings.indicators),
        uncounted=read_uncounted(view.centre.settings.indicators),
        today=question.today,
        total=sum(months.values(), Share()),
        standings=found,
        chart=chart,
        agencies=_agency_rows(view, question, counts),
        procedures=[(code, _procedure_names(view).get(code, ""), share) for code, share in worst_first(counts.by_procedure)],
        choices=[(code, _agency_names(view, question).get(code, code)) for code in question.agencies],
        changes=structure_changes(view.catalogue, question.selection),
        levels=[level.name for level in view.catalogue.levels],
        no_level=NO_LEVEL,
    )


def _agency_names(view: View, question: Question) -> dict[str, str]:
    agencies = Agencies(view.catalogue.agencies)
    known = {code: agencies.find(code, question.today) for code in question.agencies}
    return {code: agency.name if agency else code for code, agency in known.items()}


def _procedure_names(view: View) -> dict[str, str]:
    return {procedure.code: procedure.name for procedure in view.catalogue.procedures}


def _agency_rows(view: View, question: Question, counts: Counts) -> list[tuple[str, str, str, float | None, Share]]:
    """Give code, name, level, target in percent and share of each agency, the lowest share first."""
    shares = counts.by_agency()
    names, levels = _agency_names(view, question), level_names(view.catalogue, shares, question.today)
    targets = {
        standing.level: standing.target.percent
        for standing in standings(view.catalogue, question.indicator, counts, question.today)
        if standing.target
    }
    rows = worst_first(shares)
    return [(code, names.get(code, code), levels[code], targets.get(levels[code]), share) for code, share in rows]


@router.get("/dossiers")
def get_dossiers_page(view: ViewDep, asked: AskedDep, part: Part = "base", page: PageNumber = 1) -> Response:
    """List the dossiers behind a number."""
    with view.centre.database.read() as session:
        question = _question(view, session, asked)
        share = sum(count(session, question.indicator, question.selection).by_agency().values(), Share())
        total = {"reached": share.reached, "missing": share.base - share.reached}.get(part, share.base)
        query = behind(question.indicator, question.selection, part)
        # Where nothing is counted, nothing need be looked for among a million.
        found = list(session.scalars(query.limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE))) if total else []
        lines = lines_of(session, found)
    return view.page(
        "dossiers.html",
        asked=question.asked,
        indicator=question.indicator,
        part=part,
        no_level=NO_LEVEL,
        lines=lines,
        total=total,
        page=page,
        last_page=max(1, -(-total // PAGE_SIZE)),
        most_exported=MOST_EXPORTED,
    )


@router.get("/progress.xlsx")
def get_progress_workbook(view: ViewDep, asked: AskedDep) -> Response:
    """Give the tables of the progress page as a workbook."""
    from central.web.workbooks import workbook  # openpyxl would take a sixth of each start

    with view.centre.database.read() as session:
        question = _question(view, session, asked)
        counts = count(session, question.indicator, question.selection)
    t, names = view.texts, _procedure_names(view)
    shares = [t("reached"), t("base"), "%"]
    agencies = (
        (code, name, level, target, *_values(share))
        for code, name, level, target, share in _agency_rows(view, question, counts)
    )
    procedures = ((code, names.get(code, ""), *_values(share)) for code, share in worst_first(counts.by_procedure))
    months = ((month_text(month, view.language), *_values(share)) for month, share in sorted(counts.by_month().items()))
    about = (
        (t("indicator"), getattr(question.indicator.name, view.language)),
        (t("period"), " - ".join(month_text(month, view.language) for month in (question.asked.first, question.asked.last))),
        (t("agency"), question.asked.agency or view.person.agency),
        (t("level"), question.asked.level),
        (t("procedure"), question.asked.procedure),
    )
    return workbook(
        (
            (t("agencies"), [t("code"), t("agency"), t("level"), t("target"), *shares], agencies),
            (t("procedures"), [t("code"), t("procedure"), *shares], procedures),
            (t("trend"), [t("month"), *shares], months),
            (t("about"), [t("indicator"), ""], about),
        ),
        f"{t('file_progress')}-{question.today}.xlsx",
    )


def _values(share: Share) -> tuple[Value, Value, Value]:
    return share.reached, share.base, share.percent


@router.get("/dossiers.xlsx")
def get_dossiers_workbook(view: ViewDep, asked: AskedDep, part: Part = "base") -> Response:
    """Give the dossiers behind a number as a workbook, without names and ID numbers."""
    from central.web.workbooks import workbook

    with view.centre.database.read() as session:
        question = _question(view, session, asked)
        found = session.scalars(behind(question.indicator, question.selection, part).limit(MOST_EXPORTED)).all()
    t = view.texts
    columns = (
        "number",
        "agency",
        "competent",
        "procedure",
        "received_on",
        "component_files",
        "result_files",
        "reused",
        "pages",
    )
    heading = [t(column) for column in columns]
    return workbook([(t("dossiers"), heading, _dossier_rows(found))], f"{t('file_dossiers')}-{question.today}.xlsx")


def _dossier_rows(found: Sequence[Fact]) -> Iterator[Sequence[Value]]:
    for fact in found:
        yield (
            fact.dossier_number,
            fact.agency_code,
            fact.competent_agency,
            fact.procedure_code,
            fact.received_on,
            fact.component_files,
            fact.result_files,
            fact.reused,
            fact.pages,
        )
