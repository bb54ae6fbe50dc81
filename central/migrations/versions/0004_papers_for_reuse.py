"""Papers are found by owner and kind; who asks for them is kept"""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_AT_ONCE = 200


def upgrade() -> None:
    """Go forward; papers of records that are here already are indexed."""
    index = op.create_table(
        "paper_index",
        sa.Column("record_id", sa.String(length=64), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.String(length=64), nullable=False),
        sa.Column("kind_code", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id", "revision"],
            ["revisions.record_id", "revisions.revision"],
            name=op.f("fk_paper_index_record_id_revision"),
        ),
        sa.PrimaryKeyConstraint("record_id", "revision", "position", name=op.f("pk_paper_index")),
    )
    op.create_index("ix_paper_index_owner_kind", "paper_index", ["owner_id", "kind_code"])
    op.create_table(
        "paper_lookups",
        sa.Column("lookup_id", sa.Integer(), nullable=False),
        sa.Column("station_id", sa.String(length=32), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("owner_masked", sa.String(length=64), nullable=False),
        sa.Column("kind_code", sa.String(length=64), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["station_id"], ["stations.station_id"], name=op.f("fk_paper_lookups_station_id")),
        sa.PrimaryKeyConstraint("lookup_id", name=op.f("pk_paper_lookups")),
    )
    op.create_index(op.f("ix_paper_lookups_station_id"), "paper_lookups", ["station_id"])
    _fill(index)


def _fill(index: sa.Table) -> None:
    columns: list[sa.ColumnElement[object]] = [sa.column(name) for name in ("record_id", "revision")]
    manifest = sa.column("manifest", sa.LargeBinary())
    rows = sa.select(*columns, manifest).select_from(sa.table("revisions")).order_by(*columns)
    connection, start = op.get_bind(), 0
    while some := connection.execute(rows.limit(_AT_ONCE).offset(start)).all():
        lines = [
            {"record_id": row.record_id, "revision": row.revision, "position": position, **found}
            for row in some
            for position, paper in enumerate(json.loads(bytes(row.manifest))["papers"])
            if (found := _owned(paper.get("fields") or {}))
        ]
        if lines:
            connection.execute(index.insert(), lines)
        start += _AT_ONCE


def _owned(fields: dict[str, str]) -> dict[str, str]:
    owner = fields.get("owner_id", "")
    return {"owner_id": owner, "kind_code": fields.get("kind_code", "")[:64]} if 0 < len(owner) <= 64 else {}


def downgrade() -> None:
    """Go back; the manifests keep what the index was made of."""
    op.drop_table("paper_lookups")
    op.drop_table("paper_index")
