"""The tables of what the province's pages count: one line of facts a dossier, and the same counted by month."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from central.tables import Base


class Fact(Base):
    """What the newest revision of a record says, as far as pages count, filter or search by it.

    ``received_on`` is the day in Viet Nam on which the desk took the dossier in, ``month`` the same as yyyymm, ``profile`` the
    sum of central.facts.Flag. ``search`` holds folded words, so personal data. PostgreSQL has a column that SQLite cannot
    have, ``words``, the same as an indexed tsvector; the migration makes it.
    """

    __tablename__ = "facts"
    __table_args__ = (
        Index("ix_facts_accepted_at", "accepted_at", "record_id"),
        Index("ix_facts_agency", "agency_code", "accepted_at"),
        Index("ix_facts_competent", "competent_agency", "accepted_at"),
        Index("ix_facts_received_on", "received_on", "record_id"),
        Index("ix_facts_agency_procedure", "agency_code", "procedure_code", "received_on"),
        Index("ix_facts_procedure", "procedure_code", "received_on"),
    )

    record_id: Mapped[str] = mapped_column(ForeignKey("records.record_id"), primary_key=True)
    revision: Mapped[int]
    station_id: Mapped[str] = mapped_column(String(32))
    dossier_number: Mapped[str] = mapped_column(String(60), index=True)
    agency_code: Mapped[str] = mapped_column(String(35))
    competent_agency: Mapped[str] = mapped_column(String(35))
    procedure_code: Mapped[str] = mapped_column(String(64))
    procedure_version: Mapped[str] = mapped_column(String(64))
    received_on: Mapped[date] = mapped_column(Date)
    month: Mapped[int]
    profile: Mapped[int]
    component_files: Mapped[int]
    result_files: Mapped[int]
    reused: Mapped[int]
    absent: Mapped[int]
    pages: Mapped[int]
    accepted_at: Mapped[datetime]
    search: Mapped[str]


class FactCount(Base):
    """How many dossiers of a month have one profile: by agency, by procedure, and by both.

    An empty ``procedure_code`` counts all procedures of the agency, an empty ``agency_code`` all agencies: each dossier is
    counted in three lines.
    """

    __tablename__ = "fact_counts"
    __table_args__ = (Index("ix_fact_counts_procedure", "procedure_code", "month"),)

    agency_code: Mapped[str] = mapped_column(String(35), primary_key=True)
    procedure_code: Mapped[str] = mapped_column(String(64), primary_key=True)
    month: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    profile: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    dossiers: Mapped[int]


class CatalogueVersion(Base):
    """One state of the catalogue that somebody made on the pages; the newest is handed out to the stations."""

    __tablename__ = "catalogue_versions"

    number: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    made_at: Mapped[datetime]
    username: Mapped[str] = mapped_column(String(64))
    note: Mapped[str] = mapped_column(String(300))
