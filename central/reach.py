"""Whose dossiers a person may see: those received at the person's agencies, and those that are decided there.

A dossier of a non-boundary procedure is received at any desk and decided elsewhere (ND 118/2025/NĐ-CP); both agencies work on
it. It counts at the desk that received it, and only there (central.progress).
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from central.fact_tables import Fact


@dataclass(frozen=True)
class Reach:
    """Agencies whose dossiers somebody may see: as the desk that received them, or as who decides on them."""

    desks: frozenset[str]
    deciding: frozenset[str]

    def condition(self) -> ColumnElement[bool]:
        """Say of a line of facts whether it lies within."""
        return or_(Fact.agency_code.in_(self.desks), Fact.competent_agency.in_(self.deciding))

    def decided_only(self) -> ColumnElement[bool]:
        """Say of a line of facts whether it lies within though it was received elsewhere."""
        return Fact.competent_agency.in_(self.deciding) & Fact.agency_code.not_in(self.desks)


def deciding_agencies(session: Session) -> list[str]:
    """Give the codes of all agencies that decide on dossiers received elsewhere.

    The index is walked from one code to the next one: a plain DISTINCT would read a million lines for some hundred codes.
    """
    first = select(func.min(Fact.competent_agency).label("code")).where(Fact.competent_agency > "")
    codes = first.cte("codes", recursive=True)
    following = select(func.min(Fact.competent_agency)).where(Fact.competent_agency > codes.c.code).scalar_subquery()
    codes = codes.union_all(select(following).where(codes.c.code.is_not(None)))
    return list(session.scalars(select(codes.c.code).where(codes.c.code.is_not(None))))
