"""Facts of dossiers: what is counted for the indicators, taken from each manifest when it is accepted.

Facts are kept, never percentages: an indicator is a formula over them (central.indicators), so that a new formula counts
old dossiers too (rules of 2022 and of 2026 differ).
"""

from __future__ import annotations

import enum
import re

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.model.manifest import Manifest
from app.model.procedure import Side
from app.model.vietnamese import fold
from central.centre import VIETNAM
from central.fact_tables import Fact, FactCount
from central.tables import Record, Revision

_CODE_LENGTH = 64
_WORD = re.compile(r"[^0-9a-z]+")


class Flag(enum.IntFlag):
    """What formulas may ask of a dossier; the numbers are stored, so they never change their meaning."""

    COMPONENT_DIGITISED = 1
    RESULT_DIGITISED = 2
    REUSED = 4
    NON_BOUNDARY = 8
    DATA_ENTERED = 16
    ALL_PRESENT = 32


ALL_PROFILES = range(2 * max(Flag))


def words_of(*texts: str) -> str:
    """Give the words of texts, folded and divided by single blanks: what is searched in, and what is searched for."""
    return _WORD.sub(" ", fold(" ".join(texts))).strip()


def profile_of(manifest: Manifest) -> Flag:
    """Say which flags a manifest has; every flag rests on a file, an entry or a field, never on a mere claim."""
    dossier = manifest.dossier
    found = {
        Flag.COMPONENT_DIGITISED: any(paper.side is Side.APPLICATION for paper in manifest.papers),
        Flag.RESULT_DIGITISED: any(paper.side is Side.RESULT for paper in manifest.papers),
        Flag.REUSED: bool(manifest.reused),
        Flag.NON_BOUNDARY: dossier.competent_agency not in ("", dossier.agency_code),
        Flag.DATA_ENTERED: bool(manifest.papers) and all(paper.fields is not None for paper in manifest.papers),
        Flag.ALL_PRESENT: not dossier.absent,
    }
    return Flag(sum(flag for flag, holds in found.items() if holds))


def keep(session: Session, record: Record, revision: Revision, manifest: Manifest) -> None:
    """Put a new revision's facts in place of the ones before, and count them. The caller holds the lock of the journal."""
    dossier = manifest.dossier
    known = session.get(Fact, record.record_id)
    if known is not None:
        _count(session, known, -1)
    fact = known or Fact(record_id=record.record_id)
    received = dossier.created_at.astimezone(VIETNAM).date()
    fact.revision, fact.accepted_at = manifest.revision, revision.received_at
    fact.station_id, fact.dossier_number = record.station_id, record.dossier_number
    fact.agency_code, fact.competent_agency = dossier.agency_code, dossier.competent_agency[:35]
    fact.procedure_code = dossier.procedure_code[:_CODE_LENGTH]
    fact.procedure_version = dossier.procedure_version[:_CODE_LENGTH]
    fact.received_on, fact.month = received, received.year * 100 + received.month
    fact.profile = int(profile_of(manifest))
    fact.component_files = sum(paper.side is Side.APPLICATION for paper in manifest.papers)
    fact.result_files = sum(paper.side is Side.RESULT for paper in manifest.papers)
    fact.reused, fact.absent, fact.pages = len(manifest.reused), len(dossier.absent), revision.pages
    fact.search = words_of(record.dossier_number, revision.owner_name, fact.procedure_code, revision.procedure_name)
    session.add(fact)
    _count(session, fact, 1)


def _count(session: Session, fact: Fact, change: int) -> None:
    table = FactCount.__table__
    assert isinstance(table, Table)  # noqa: S101 - for the type checker
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    places = ((fact.agency_code, ""), ("", fact.procedure_code), (fact.agency_code, fact.procedure_code))
    for agency, procedure in places:
        row = {
            "agency_code": agency,
            "procedure_code": procedure,
            "month": fact.month,
            "profile": fact.profile,
            "dossiers": change,
        }
        values = insert(table).values(row)
        key = ["agency_code", "procedure_code", "month", "profile"]
        session.execute(values.on_conflict_do_update(index_elements=key, set_={"dossiers": table.c.dossiers + change}))
