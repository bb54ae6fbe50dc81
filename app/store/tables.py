"""The tables of a station. Every change to them comes with a migration."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy import Date, Dialect, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from sqlalchemy.types import TypeDecorator


class UtcTime(TypeDecorator[datetime]):
    """A point in time, kept as ISO 8601 text in UTC, so that it sorts and never loses its offset."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        """Write UTC text; a time without an offset is a programming error."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without an offset")
        return value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        """Read it back with its offset."""
        return None if value is None else datetime.fromisoformat(value)


class Base(DeclarativeBase):
    """The root of all tables."""


class DossierRow(Base):
    """A dossier."""

    __tablename__ = "dossiers"
    __table_args__ = (
        Index("ix_dossiers_created", "created_at", "provisional"),
        Index("ix_dossiers_owner", "owner_id_number"),
        Index("ix_dossiers_state_created", "state", "created_at", "provisional"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    provisional: Mapped[str] = mapped_column(String(40), unique=True)
    number: Mapped[str] = mapped_column(String(64), default="", index=True)
    procedure_code: Mapped[str] = mapped_column(String(32), default="")
    procedure_name: Mapped[str] = mapped_column(String(600), default="")
    agency_code: Mapped[str] = mapped_column(String(35), default="")
    owner_name: Mapped[str] = mapped_column(String(200), default="")
    owner_id_number: Mapped[str] = mapped_column(String(14), default="")
    operator: Mapped[str] = mapped_column(String(80), default="")
    state: Mapped[str] = mapped_column(String(16))
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcTime, default=None)
    procedure_version: Mapped[str] = mapped_column(String(64), default="")
    competent_agency: Mapped[str] = mapped_column(String(35), default="")
    organisation: Mapped[str] = mapped_column(String(40), default="")
    side: Mapped[str] = mapped_column(String(16), default="application")
    cleared_at: Mapped[datetime | None] = mapped_column(UtcTime, default=None)


class ProcedureVersionRow(Base):
    """A procedure as a dossier began with it; ``id`` is the SHA-256 of its content, so each version is kept once."""

    __tablename__ = "procedure_versions"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    code: Mapped[str] = mapped_column(String(32), index=True)
    content: Mapped[str]


class RevisionRow(Base):
    """A revision of a dossier: who opened it, when and why, and what the dossier was before (app.store.withdrawals).

    Dossiers of the first version have none for their first.
    """

    __tablename__ = "revisions"

    dossier_id: Mapped[str] = mapped_column(ForeignKey("dossiers.id"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(String(600), default="")
    operator: Mapped[str] = mapped_column(String(80), default="")
    opened_at: Mapped[datetime] = mapped_column(UtcTime)
    was: Mapped[str] = mapped_column(default="", server_default="")


class ReopeningRow(Base):
    """That a finished revision which the centre never had was opened again, and why; its files are given up then."""

    __tablename__ = "reopenings"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    dossier_id: Mapped[str] = mapped_column(ForeignKey("dossiers.id"), index=True)
    revision: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcTime)
    operator: Mapped[str] = mapped_column(String(80), default="")
    reason: Mapped[str] = mapped_column(String(600), default="")
    manifest_sha256: Mapped[str] = mapped_column(String(64), default="")


class PaperRow(Base):
    """What is known of the paper under one component: the data of TT 01/2023 Art. 9 and the count of its sheets."""

    __tablename__ = "papers"
    __table_args__ = (Index("ix_papers_identity", "kind_code", "number", "owner_id"), Index("ix_papers_owner", "owner_id"))

    dossier_id: Mapped[str] = mapped_column(ForeignKey("dossiers.id"), primary_key=True)
    component: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind_code: Mapped[str] = mapped_column(String(64), default="")
    owner_name: Mapped[str] = mapped_column(String(200), default="")
    owner_id: Mapped[str] = mapped_column(String(35), default="")
    title: Mapped[str] = mapped_column(String(300), default="")
    number: Mapped[str] = mapped_column(String(100), default="")
    issued_on: Mapped[date | None] = mapped_column(Date, default=None)
    issued_at: Mapped[str] = mapped_column(String(200), default="")
    issuer: Mapped[str] = mapped_column(String(300), default="")
    signer: Mapped[str] = mapped_column(String(200), default="")
    summary: Mapped[str] = mapped_column(String(1000), default="")
    valid_from: Mapped[date | None] = mapped_column(Date, default=None)
    valid_to: Mapped[date | None] = mapped_column(Date, default=None)
    unlimited: Mapped[bool] = mapped_column(default=False)
    in_force: Mapped[bool | None] = mapped_column(default=None)
    scope: Mapped[str] = mapped_column(String(200), default="")
    sheets: Mapped[int] = mapped_column(default=0)
    sides: Mapped[int] = mapped_column(default=0)
    absence: Mapped[str] = mapped_column(String(300), default="")


class PageRow(Base):
    """A page: the circumstances of its scan, its place, its edits and what was found on it."""

    __tablename__ = "pages"
    __table_args__ = (
        UniqueConstraint("batch", "sequence", name="uq_pages_batch_sequence"),
        Index("ix_pages_dossier_position", "dossier_id", "position"),
        Index("ix_pages_state", "state"),
        Index("ix_pages_sha256", "sha256"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    dossier_id: Mapped[str] = mapped_column(ForeignKey("dossiers.id"))
    position: Mapped[int]
    file: Mapped[str] = mapped_column(String(80))
    sha256: Mapped[str] = mapped_column(String(64))
    width: Mapped[int]
    height: Mapped[int]
    batch: Mapped[str] = mapped_column(String(64))
    sequence: Mapped[int]
    device: Mapped[str] = mapped_column(String(200), default="")
    source: Mapped[str] = mapped_column(String(16))
    side: Mapped[str] = mapped_column(String(8))
    mode: Mapped[str] = mapped_column(String(16))
    dpi: Mapped[int]
    scanned_at: Mapped[datetime] = mapped_column(UtcTime)
    operator: Mapped[str] = mapped_column(String(80), default="")
    component: Mapped[str] = mapped_column(String(64), default="")
    edits: Mapped[str] = mapped_column(default="[]")
    deleted: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(16), default="new")
    findings: Mapped[str | None] = mapped_column(default=None)
    failure: Mapped[str] = mapped_column(String(80), default="")


class PageTextRow(Base):
    """The words of a page and the values that they propose, and the geometry that they were read with."""

    __tablename__ = "page_texts"

    page_id: Mapped[str] = mapped_column(ForeignKey("pages.id"), primary_key=True)
    geometry: Mapped[str]
    text: Mapped[str]
    proposals: Mapped[str] = mapped_column(default="[]")


class ActionRow(Base):
    """Something the clerk did to the pages of a dossier, with the state before and after, so that it can be undone."""

    __tablename__ = "actions"
    __table_args__ = (UniqueConstraint("dossier_id", "serial", name="uq_actions_dossier_serial"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    dossier_id: Mapped[str] = mapped_column(ForeignKey("dossiers.id"))
    serial: Mapped[int]
    kind: Mapped[str] = mapped_column(String(24))
    before: Mapped[str]
    after: Mapped[str]
    undone: Mapped[bool] = mapped_column(default=False)
    done_at: Mapped[datetime] = mapped_column(UtcTime)
    operator: Mapped[str] = mapped_column(String(80), default="")


class OutboxRow(Base):
    """A finished revision on its way; its id is the idempotency key."""

    __tablename__ = "outbox"
    __table_args__ = (UniqueConstraint("dossier_id", "revision", name="uq_outbox_dossier_revision"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    dossier_id: Mapped[str] = mapped_column(ForeignKey("dossiers.id"))
    revision: Mapped[int]
    manifest_path: Mapped[str] = mapped_column(String(400))
    manifest_sha256: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16), index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime] = mapped_column(UtcTime)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    error: Mapped[str] = mapped_column(String(80), default="")
    error_detail: Mapped[str] = mapped_column(String(400), default="")
    receipt: Mapped[str | None] = mapped_column(default=None)
    files: Mapped[list[OutboxFileRow]] = relationship(order_by="OutboxFileRow.position", cascade="all, delete-orphan")


class OutboxFileRow(Base):
    """A file of an outbox entry and how far its upload is; paths are relative to the data folder."""

    __tablename__ = "outbox_files"

    entry_id: Mapped[str] = mapped_column(ForeignKey("outbox.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    path: Mapped[str] = mapped_column(String(400))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    media_type: Mapped[str] = mapped_column(String(80))
    upload_url: Mapped[str] = mapped_column(String(600), default="")
    uploaded: Mapped[bool] = mapped_column(default=False)


class DeliveredFileRow(Base):
    """A content that a centre without receipts of its own has: its id there, and the hash that the centre gave."""

    __tablename__ = "delivered_files"

    centre: Mapped[str] = mapped_column(String(300), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    file_id: Mapped[str] = mapped_column(String(200))
    file_hash: Mapped[str] = mapped_column(String(200))
    delivered_at: Mapped[datetime] = mapped_column(UtcTime)


class DeliveredRecordRow(Base):
    """A record at such a centre and how far it is; ``receipt`` is the model's Receipt as JSON, ``answer`` the centre's own."""

    __tablename__ = "delivered_records"

    centre: Mapped[str] = mapped_column(String(300), primary_key=True)
    record_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    number: Mapped[str] = mapped_column(String(64))
    manifest_sha256: Mapped[str] = mapped_column(String(64))
    step: Mapped[str] = mapped_column(String(16))
    there_id: Mapped[str] = mapped_column(String(200))
    answer: Mapped[str]
    receipt: Mapped[str | None] = mapped_column(default=None)


class ReusedPaperRow(Base):
    """An earlier paper that stands for a component of a dossier; ``content`` is the model's ManifestReuse as JSON."""

    __tablename__ = "reused_papers"

    dossier_id: Mapped[str] = mapped_column(ForeignKey("dossiers.id"), primary_key=True)
    component: Mapped[str] = mapped_column(String(64), primary_key=True)
    content: Mapped[str]


class CentrePaperRow(Base):
    """A paper that the centre told of; ``content`` is the model's KnownPaper as JSON."""

    __tablename__ = "centre_papers"

    owner_id: Mapped[str] = mapped_column(String(35), primary_key=True)
    code: Mapped[str] = mapped_column(String(64), primary_key=True)
    content: Mapped[str]


class PaperQuestionRow(Base):
    """Whose papers, and of which kind (empty: any), the centre is still to be asked for."""

    __tablename__ = "paper_questions"

    owner_id: Mapped[str] = mapped_column(String(35), primary_key=True)
    kind_code: Mapped[str] = mapped_column(String(64), primary_key=True)


class SearchedRow(Base):
    """The place of a dossier in ``dossier_words``, newest last; triggers set ``stale`` when what it is found by changes."""

    __tablename__ = "searched"
    __table_args__ = (Index("ix_searched_stale", "id", sqlite_where=text("stale = 1")), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    dossier_id: Mapped[str] = mapped_column(String(36), unique=True)
    stale: Mapped[bool] = mapped_column(default=True)


class CounterRow(Base):
    """Serial numbers that are never given twice."""

    __tablename__ = "counters"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[int]
