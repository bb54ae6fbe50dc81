"""The tables of the central server."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    BigInteger,
    DateTime,
    Dialect,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """A moment, always with its zone in Python and always UTC in the database; SQLite itself knows no zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware moment into UTC."""
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Common ground of the tables; constraints have names so that later migrations can alter them."""

    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: UtcDateTime, bytes: LargeBinary}
    metadata: ClassVar[MetaData] = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class EnrolCode(Base):
    """A one-time code that an administrator made; only its hash is kept."""

    __tablename__ = "enrol_codes"

    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    agency_code: Mapped[str] = mapped_column(String(35))
    station_name: Mapped[str] = mapped_column(String(120))
    station_id: Mapped[str] = mapped_column(String(32), default="")
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Station(Base):
    """A workstation that has enrolled; its tokens are known only by hash.

    A token that was asked for to take the place of the old one counts as ``next`` until it is used for the first time.
    """

    __tablename__ = "stations"

    station_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    agency_code: Mapped[str] = mapped_column(String(35))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    next_token_hash: Mapped[str | None] = mapped_column(String(64), index=True, unique=True)
    enrolled_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class StationState(Base):
    """The last status of a station, as JSON of app.model.station_status."""

    __tablename__ = "station_states"

    station_id: Mapped[str] = mapped_column(ForeignKey("stations.station_id"), primary_key=True)
    received_at: Mapped[datetime]
    status: Mapped[bytes]


class StationMove(Base):
    """A station's way from one agency to another, who sent it there and when; a line of the journal holds its hash."""

    __tablename__ = "station_moves"

    station_id: Mapped[str] = mapped_column(ForeignKey("stations.station_id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    agency_before: Mapped[str] = mapped_column(String(35))
    agency_after: Mapped[str] = mapped_column(String(35))
    username: Mapped[str] = mapped_column(String(64))
    moved_at: Mapped[datetime]


class Delivery(Base):
    """A file that one station has delivered whole; ``pages`` of a PDF, -1 where it cannot be opened, None if it is no PDF."""

    __tablename__ = "deliveries"

    station_id: Mapped[str] = mapped_column(ForeignKey("stations.station_id"), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    pages: Mapped[int | None]
    received_at: Mapped[datetime]


class NumberCounter(Base):
    """The last serial given out on one day for one agency."""

    __tablename__ = "number_counters"

    agency_code: Mapped[str] = mapped_column(String(35), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    last: Mapped[int]


class DossierNumber(Base):
    """A dossier number that the centre issued, and the request that it answers."""

    __tablename__ = "dossier_numbers"
    __table_args__ = (UniqueConstraint("station_id", "request_id"),)

    number: Mapped[str] = mapped_column(String(60), primary_key=True)
    station_id: Mapped[str] = mapped_column(ForeignKey("stations.station_id"))
    request_id: Mapped[str] = mapped_column(String(120))
    issued_at: Mapped[datetime]


class Record(Base):
    """One dossier as received, with the number that all its revisions share."""

    __tablename__ = "records"

    record_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    station_id: Mapped[str] = mapped_column(ForeignKey("stations.station_id"))
    dossier_number: Mapped[str] = mapped_column(String(60), index=True)


class Revision(Base):
    """One accepted manifest, its receipt, and what the list page shows of it."""

    __tablename__ = "revisions"
    __table_args__ = (Index("ix_revisions_received_at", "received_at", "record_id", "revision"),)

    record_id: Mapped[str] = mapped_column(ForeignKey("records.record_id"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    receipt_id: Mapped[str] = mapped_column(String(64), unique=True)
    manifest_sha256: Mapped[str] = mapped_column(String(64))
    manifest: Mapped[bytes] = mapped_column(deferred=True)
    received_at: Mapped[datetime]
    receipt_key: Mapped[str] = mapped_column(String(16), default="", server_default="")
    receipt_signature: Mapped[str] = mapped_column(String(120), default="", server_default="")
    procedure_code: Mapped[str]
    procedure_name: Mapped[str]
    owner_name: Mapped[str]
    owner_id_masked: Mapped[str]
    pages: Mapped[int]
    record: Mapped[Record] = relationship(lazy="joined", innerjoin=True)
    files: Mapped[list[RevisionFile]] = relationship(order_by="RevisionFile.position", lazy="selectin")
    papers: Mapped[list[PaperIndex]] = relationship(order_by="PaperIndex.position", lazy="raise")


class RevisionFile(Base):
    """One file of a revision."""

    __tablename__ = "revision_files"
    __table_args__ = (
        ForeignKeyConstraint(["record_id", "revision"], ["revisions.record_id", "revisions.revision"]),
        Index("ix_revision_files_sha256", "sha256"),
    )

    record_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(120))
    title: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    pages: Mapped[int]


class ReceiptKey(Base):
    """The public half of a key that signs or has signed receipts; never removed."""

    __tablename__ = "receipt_keys"

    key_id: Mapped[str] = mapped_column(String(16), primary_key=True)
    public_key: Mapped[str] = mapped_column(String(60))
    added_at: Mapped[datetime]


class JournalEntry(Base):
    """One line of the journal of accepted revisions and of moved stations; see central.journal."""

    __tablename__ = "journal"
    __table_args__ = (UniqueConstraint("record_id", "revision"),)

    number: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False)
    record_id: Mapped[str] = mapped_column(String(64))
    revision: Mapped[int]
    manifest_sha256: Mapped[str] = mapped_column(String(64))
    receipt_id: Mapped[str] = mapped_column(String(64))
    received_at: Mapped[datetime]
    previous_hash: Mapped[str] = mapped_column(String(64))
    entry_hash: Mapped[str] = mapped_column(String(64), unique=True)


class PaperIndex(Base):
    """Whose paper of which kind stands at which place of which revision, so that it can be found for reuse."""

    __tablename__ = "paper_index"
    __table_args__ = (
        ForeignKeyConstraint(["record_id", "revision"], ["revisions.record_id", "revisions.revision"]),
        Index("ix_paper_index_owner_kind", "owner_id", "kind_code"),
    )

    record_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[str] = mapped_column(String(64))
    kind_code: Mapped[str] = mapped_column(String(64))


class PaperLookup(Base):
    """Which station asked for whose papers, when, and how many it was told of; the ID number is masked."""

    __tablename__ = "paper_lookups"

    lookup_id: Mapped[int] = mapped_column(primary_key=True)
    station_id: Mapped[str] = mapped_column(ForeignKey("stations.station_id"), index=True)
    asked_at: Mapped[datetime]
    owner_masked: Mapped[str] = mapped_column(String(64))
    kind_code: Mapped[str] = mapped_column(String(64))
    found: Mapped[int]


class Admin(Base):
    """A person who may sign in to the pages: what the role allows, for an agency with its subordinates or, empty, for all."""

    __tablename__ = "admins"

    username: Mapped[str] = mapped_column(String(64), primary_key=True)
    password_hash: Mapped[str]
    role: Mapped[str] = mapped_column(String(16), server_default="administrator")
    agency_code: Mapped[str] = mapped_column(String(35), server_default="")
    created_at: Mapped[datetime]


class WebSession(Base):
    """A signed-in browser; the cookie's value is known only by hash."""

    __tablename__ = "web_sessions"

    cookie_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    username: Mapped[str] = mapped_column(ForeignKey("admins.username"))
    expires_at: Mapped[datetime]


class LoginFailure(Base):
    """A failed sign-in, kept for a while to slow down guessing."""

    __tablename__ = "login_failures"

    failure_id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(64), index=True)
    address: Mapped[str] = mapped_column(String(64), index=True)
    failed_at: Mapped[datetime]


class AccessEntry(Base):
    """Who opened which file, and when."""

    __tablename__ = "access_log"

    entry_id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(64))
    opened_at: Mapped[datetime]
    record_id: Mapped[str] = mapped_column(String(64))
    revision: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
