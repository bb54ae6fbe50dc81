"""Progress: shares by agency, level, procedure and month, and how they stand against the targets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.model.agency import Agencies, Target
from app.model.procedure import Catalogue
from app.model.validity import Dated, holds
from central.fact_tables import Fact, FactCount
from central.forecast import Forecast, forecast, month_number, month_of
from central.indicators import Indicator, Share

Key = TypeVar("Key")


@dataclass(frozen=True)
class Selection:
    """Which dossiers count: months from ``first`` to ``last`` (yyyymm), and of whom. ``agencies`` None means all."""

    first: int
    last: int
    agencies: frozenset[str] | None = None
    procedure: str = ""


@dataclass(frozen=True)
class Counts:
    """Shares by agency, by procedure, and by agency and month."""

    by_procedure: Mapping[str, Share]
    by_agency_month: Mapping[tuple[str, int], Share]

    def by_agency(self) -> dict[str, Share]:
        """Shares of whole agencies."""
        return _summed((agency, share) for (agency, _), share in self.by_agency_month.items())

    def by_month(self, agencies: Iterable[str] | None = None) -> dict[int, Share]:
        """Shares of months, of some agencies or of all."""
        wanted = None if agencies is None else set(agencies)
        rows = self.by_agency_month.items()
        return _summed((month, share) for (agency, month), share in rows if wanted is None or agency in wanted)


def _summed(pairs: Iterable[tuple[Key, Share]]) -> dict[Key, Share]:
    found: dict[Key, Share] = {}
    for key, share in pairs:
        found[key] = found.get(key, Share()) + share
    return found


@dataclass(frozen=True)
class Standing:
    """How a level stands against its target; ``reached`` counts up to the deadline, ``months`` shows the way there."""

    level: str
    share: Share
    months: Mapping[int, Share] = field(repr=False)
    target: Target | None = None
    forecast: Forecast | None = None

    @property
    def is_reached(self) -> bool | None:
        """Whether the target is reached; None without a target or a share."""
        if self.target is None or self.share.percent is None:
            return None
        return self.share.percent >= self.target.percent


def known_agencies(session: Session) -> list[str]:
    """Give the codes of all agencies that have sent anything."""
    query = select(FactCount.agency_code).where(FactCount.procedure_code == "", FactCount.agency_code != "").distinct()
    return sorted(session.scalars(query))


def count(session: Session, indicator: Indicator, selection: Selection) -> Counts:
    """Count an indicator in two questions to the table of counts; the dossiers themselves are not touched."""
    agency, procedure, month = FactCount.agency_code, FactCount.procedure_code, FactCount.month
    whole = selection.agencies is None
    of_agencies = agency != "" if selection.agencies is None else agency.in_(selection.agencies)
    by_month = _counted(indicator, selection, agency, month).where(of_agencies, procedure == selection.procedure)
    by_procedure = _counted(indicator, selection, procedure).where(agency == "" if whole else of_agencies)
    wanted = procedure == selection.procedure if selection.procedure else procedure != ""
    return Counts(
        {row[0]: Share(row[1], row[2]) for row in session.execute(by_procedure.where(wanted))},
        {(row[0], row[1]): Share(row[2], row[3]) for row in session.execute(by_month)},
    )


def _counted(
    indicator: Indicator, selection: Selection, *groups: InstrumentedAttribute[str] | InstrumentedAttribute[int]
) -> Select[Any]:
    def total(profiles: frozenset[int]) -> ColumnElement[int]:
        # An impossible condition has no profile at all; -1 is none.
        return func.sum(case((FactCount.profile.in_(sorted(profiles) or [-1]), FactCount.dossiers), else_=0))

    query: Select[Any] = select(*groups, total(indicator.reached), total(indicator.base))  # type: ignore[assignment]
    return query.where(FactCount.month.between(selection.first, selection.last)).group_by(*groups)


def behind(indicator: Indicator, selection: Selection, part: str) -> Select[Any]:
    """Choose the dossiers behind a number, newest first: ``reached``, ``base``, or ``missing``, which is the rest."""
    profiles = {"reached": indicator.reached, "missing": indicator.base - indicator.reached}.get(part, indicator.base)
    query = (
        select(Fact)
        .where(Fact.received_on >= _first_day(selection.first), Fact.received_on < _first_day(_next(selection.last)))
        .where(Fact.profile.in_(sorted(profiles) or [-1]))
        .order_by(Fact.received_on.desc(), Fact.record_id.desc())
    )
    if selection.agencies is not None:
        query = query.where(Fact.agency_code.in_(selection.agencies))
    return query.where(Fact.procedure_code == selection.procedure) if selection.procedure else query


def _first_day(month: int) -> date:
    return date(month // 100, month % 100, 1)


def _next(month: int) -> int:
    return month_of(month_number(month) + 1)


def target_of(catalogue: Catalogue, level: str, indicator: Indicator, today: date) -> Target | None:
    """Give the target that counts now for a level: the next to come, else the last that was due."""
    known = [
        target
        for target in catalogue.targets
        if target.level == level and target.indicator == indicator.code and holds(target, today)
    ]
    coming = [target for target in known if target.due >= today]
    return min(coming, key=lambda target: target.due) if coming else max(known, key=lambda target: target.due, default=None)


def standings(catalogue: Catalogue, indicator: Indicator, counts: Counts, today: date) -> list[Standing]:
    """Say how each level stands that has a dossier or a target, in the catalogue's order, those without a level last."""
    by_agency = counts.by_agency()
    levels = level_names(catalogue, by_agency, today)
    order = [level.name for level in catalogue.levels if holds(level, today) or level.name in levels.values()]
    found: list[Standing] = []
    for level in [*order, *sorted(set(levels.values()) - set(order))]:
        members = [code for code, name in levels.items() if name == level]
        target = target_of(catalogue, level, indicator, today)
        if members or target:
            found.append(_standing(level, counts.by_month(members), target, today))
    return found


def _standing(level: str, months: Mapping[int, Share], target: Target | None, today: date) -> Standing:
    total = sum(months.values(), Share())
    if target is None:
        return Standing(level, total, months)
    now, due = _month(today), _month(target.due)
    return Standing(level, total, months, target, forecast(months, now, due))


def structure_changes(catalogue: Catalogue, selection: Selection) -> list[date]:
    """Give the days on which levels or agencies ended within the time, such as 30/6/2025: it knows two structures then."""
    items: list[Dated] = [*catalogue.levels, *catalogue.agencies]
    ended = {item.valid_to for item in items if item.valid_to is not None}
    return sorted(day for day in ended if selection.first <= _month(day) and day < _last_day(selection.last))


def _last_day(month: int) -> date:
    return _first_day(_next(month)) - timedelta(days=1)


def level_names(catalogue: Catalogue, codes: Iterable[str], day: date) -> dict[str, str]:
    """Give the level of each agency, empty where the catalogue does not say."""
    agencies = Agencies(catalogue.agencies)
    found = {code: agencies.find(code, day) for code in codes}
    return {code: agency.level if agency else "" for code, agency in found.items()}


def _month(day: date) -> int:
    return day.year * 100 + day.month


def worst_first(shares: Mapping[str, Share]) -> Sequence[tuple[str, Share]]:
    """Sort by share, the lowest first; what has none comes last."""
    return sorted(shares.items(), key=lambda item: (item[1].percent is None, item[1].percent, item[0]))
