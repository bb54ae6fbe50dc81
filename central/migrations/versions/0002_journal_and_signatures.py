"""A journal of accepted revisions that only grows; signed receipts and the keys to check them"""

from __future__ import annotations

import hashlib
from datetime import UTC

import sqlalchemy as sa
from alembic import op


revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_SQLITE = """
CREATE TRIGGER journal_keeps_{verb} BEFORE {verb} ON journal
BEGIN SELECT RAISE(ABORT, 'the journal only grows'); END
"""
_POSTGRES = (
    """
    CREATE FUNCTION journal_only_grows() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'the journal only grows'; END $$
    """,
    """
    CREATE TRIGGER journal_keeps BEFORE UPDATE OR DELETE OR TRUNCATE ON journal
    FOR EACH STATEMENT EXECUTE FUNCTION journal_only_grows()
    """,
)


def upgrade() -> None:
    """Go forward; what was accepted before gets its lines in the order of its reception."""
    op.create_table(
        "receipt_keys",
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.Column("public_key", sa.String(length=60), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key_id", name=op.f("pk_receipt_keys")),
    )
    op.add_column("revisions", sa.Column("receipt_key", sa.String(length=16), server_default="", nullable=False))
    op.add_column("revisions", sa.Column("receipt_signature", sa.String(length=120), server_default="", nullable=False))
    journal = op.create_table(
        "journal",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("record_id", sa.String(length=64), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("manifest_sha256", sa.String(length=64), nullable=False),
        sa.Column("receipt_id", sa.String(length=64), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("entry_hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_journal")),
        sa.UniqueConstraint("entry_hash", name=op.f("uq_journal_entry_hash")),
        sa.UniqueConstraint("record_id", "revision", name=op.f("uq_journal_record_id_revision")),
    )
    _fill(journal)
    statements = _POSTGRES if op.get_bind().dialect.name == "postgresql" else [_SQLITE.format(verb=v) for v in ("UPDATE", "DELETE")]
    for statement in statements:
        op.execute(statement)


def _fill(journal: sa.Table) -> None:
    columns: list[sa.ColumnElement[object]] = [sa.column(name) for name in ("record_id", "revision", "manifest_sha256", "receipt_id")]
    received = sa.column("received_at", sa.DateTime(timezone=True))
    rows = sa.select(*columns, received).select_from(sa.table("revisions")).order_by(received, columns[0], columns[1])
    previous = "0" * 64
    for number, row in enumerate(op.get_bind().execute(rows).all(), 1):
        moment = row.received_at.replace(tzinfo=UTC) if row.received_at.tzinfo is None else row.received_at.astimezone(UTC)
        values = ("sohoa-journal/1", str(number), previous, row.record_id, str(row.revision), row.manifest_sha256, row.receipt_id)
        text = "\n".join((*values, moment.isoformat(timespec="microseconds")))
        current = hashlib.sha256(text.encode("utf-8")).hexdigest()
        line = {**row._mapping, "received_at": moment, "number": number, "previous_hash": previous, "entry_hash": current}
        op.get_bind().execute(journal.insert().values(line))
        previous = current
