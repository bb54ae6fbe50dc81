"""Finding records by words, without accents and in any order: number, owner's name, procedure; or by a whole ID number."""

from __future__ import annotations

import re

from sqlalchemy import ColumnElement, func, literal_column, select
from sqlalchemy.orm import Session

from central.fact_tables import Fact, FactCount
from central.facts import words_of
from central.reach import Reach
from central.tables import PaperIndex

COUNTED_TO = 1000
"""Matches of a search are counted so far; beyond, nobody looks through them anyway."""

_SORTED_TO = 3000
_MOST_WORDS = 8
_ID_NUMBER = re.compile(r"\d{9}|\d{10}(-\d{3})?|\d{12}")


def find(session: Session, text: str, reach: Reach | None, start: int, most: int) -> tuple[int, list[Fact]]:
    """Give how many records match (at most COUNTED_TO + 1 where words are searched) and a piece of them, newest first.

    ``reach`` None means the whole province.
    """
    conditions = _conditions(session, text)
    if reach is not None:
        conditions.append(reach.condition())
    if not words_of(text):
        return _all(session, reach), _newest(session, conditions, start, most)
    some = session.execute(select(Fact.accepted_at, Fact.record_id).where(*conditions).limit(_SORTED_TO + 1)).all()
    total = min(len(some), COUNTED_TO + 1)
    if len(some) > _SORTED_TO:
        return total, _newest(session, conditions, start, most)
    # Few are found by their words and then sorted; to walk through all records by time would find them last.
    piece = [record_id for _, record_id in sorted(some, reverse=True)[start : start + most]]
    return total, _newest(session, [Fact.record_id.in_(piece)], 0, most)


def _newest(session: Session, conditions: list[ColumnElement[bool]], start: int, most: int) -> list[Fact]:
    newest = select(Fact).where(*conditions).order_by(Fact.accepted_at.desc(), Fact.record_id.desc())
    return list(session.scalars(newest.limit(most).offset(start)))


def _conditions(session: Session, text: str) -> list[ColumnElement[bool]]:
    if _ID_NUMBER.fullmatch(text.strip()):
        # Asked for first and by itself: together with the words in one question, no index would serve.
        papers = select(PaperIndex.record_id).where(PaperIndex.owner_id == text.strip()).distinct().limit(COUNTED_TO)
        owned = session.scalars(papers).all()
        if owned:
            return [Fact.record_id.in_(owned)]
    words = words_of(text).split()[:_MOST_WORDS]
    if not words:
        return []
    # The last word may go on. To let all of them would join the lists of all words that begin so, a million lines long.
    *whole, last = words
    if session.get_bind().dialect.name == "postgresql":
        query = func.to_tsquery(literal_column("'simple'::regconfig"), " & ".join([*whole, f"{last}:*"]))
        return [literal_column("facts.words").op("@@")(query)]
    # The same for SQLite; the words hold no % or _.
    padded = " " + Fact.search + " "
    return [padded.like(pattern) for pattern in (*(f"% {word} %" for word in whole), f"% {last}%")]


def _all(session: Session, reach: Reach | None) -> int:
    of_agencies = FactCount.agency_code != "" if reach is None else FactCount.agency_code.in_(reach.desks)
    counted = session.scalar(select(func.sum(FactCount.dossiers)).where(FactCount.procedure_code == "", of_agencies)) or 0
    if reach is None or not reach.deciding:
        return counted
    return counted + (session.scalar(select(func.count()).select_from(Fact).where(reach.decided_only())) or 0)
