"""Facts of dossiers and their counts, roles of people, versions of the catalogue"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_AT_ONCE = 200
_VIETNAM = timezone(timedelta(hours=7))
_COUNTED = ("agency_code", "procedure_code", "month", "profile")


def upgrade() -> None:
    """Go forward; records that are here already get their facts. Whoever could sign in before keeps seeing everything."""
    facts = _facts()
    counts = op.create_table(
        "fact_counts",
        sa.Column("agency_code", sa.String(length=35), nullable=False),
        sa.Column("procedure_code", sa.String(length=64), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("profile", sa.Integer(), nullable=False),
        sa.Column("dossiers", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(*_COUNTED, name=op.f("pk_fact_counts")),
    )
    _fill(facts)
    _count(facts, counts)
    op.create_index("ix_fact_counts_procedure", "fact_counts", ["procedure_code", "month"])
    if op.get_bind().dialect.name == "postgresql":
        # Kept beside the text: to take the text apart for each line that is looked at would cost more than the search.
        vector = "tsvector GENERATED ALWAYS AS (to_tsvector('simple'::regconfig, search)) STORED"
        op.execute(f"ALTER TABLE facts ADD COLUMN words {vector}")
        op.execute("CREATE INDEX ix_facts_words ON facts USING gin (words)")
    op.create_table(
        "catalogue_versions",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("username", sa.String(length=64), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_catalogue_versions")),
    )
    with op.batch_alter_table("admins") as batch:
        batch.add_column(sa.Column("role", sa.String(length=16), nullable=False, server_default="administrator"))
        batch.add_column(sa.Column("agency_code", sa.String(length=35), nullable=False, server_default=""))


def _facts() -> sa.Table:
    texts = ("station_id", 32), ("dossier_number", 60), ("agency_code", 35), ("competent_agency", 35)
    codes = ("procedure_code", 64), ("procedure_version", 64)
    numbers = "month", "profile", "component_files", "result_files", "reused", "absent", "pages"
    table = op.create_table(
        "facts",
        sa.Column("record_id", sa.String(length=64), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(length=length), nullable=False) for name, length in (*texts, *codes)),
        sa.Column("received_on", sa.Date(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in numbers),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("search", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["records.record_id"], name=op.f("fk_facts_record_id")),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_facts")),
    )
    op.create_index("ix_facts_accepted_at", "facts", ["accepted_at", "record_id"])
    op.create_index("ix_facts_agency", "facts", ["agency_code", "accepted_at"])
    op.create_index("ix_facts_received_on", "facts", ["received_on", "record_id"])
    op.create_index("ix_facts_agency_procedure", "facts", ["agency_code", "procedure_code", "received_on"])
    op.create_index("ix_facts_procedure", "facts", ["procedure_code", "received_on"])
    op.create_index(op.f("ix_facts_dossier_number"), "facts", ["dossier_number"])
    return table


def _fill(facts: sa.Table) -> None:
    connection = op.get_bind()
    for some in _newest(connection):
        connection.execute(facts.insert(), [_fact(row) for row in some])


def _newest(connection: sa.Connection) -> Iterator[list[Any]]:
    revisions = sa.table(
        "revisions",
        *map(sa.column, ("record_id", "revision", "owner_name", "procedure_name", "pages")),
        sa.column("manifest", sa.LargeBinary()),
        sa.column("received_at", sa.DateTime(timezone=True)),
    )
    records = sa.table("records", *map(sa.column, ("record_id", "station_id", "dossier_number")))
    later = revisions.alias("later")
    is_newest = ~sa.exists().where(later.c.record_id == revisions.c.record_id, later.c.revision > revisions.c.revision)
    query = (
        sa.select(*revisions.c, records.c.station_id, records.c.dossier_number)
        .join_from(revisions, records, records.c.record_id == revisions.c.record_id)
        .where(is_newest)
        .order_by(revisions.c.record_id)
        .limit(_AT_ONCE)
    )
    some = list(connection.execute(query))
    while some:
        yield some
        some = list(connection.execute(query.where(revisions.c.record_id > some[-1].record_id)))


def _fact(row: Any) -> dict[str, object]:
    manifest = json.loads(bytes(row.manifest))
    dossier, papers, reused = manifest["dossier"], manifest["papers"], manifest.get("reused", [])
    competent, absent = dossier.get("competent_agency", ""), dossier.get("absent", {})
    results = sum(paper.get("side") == "result" for paper in papers)
    components = len(papers) - results
    entered = bool(papers) and all(paper.get("fields") is not None for paper in papers)
    other = competent not in ("", dossier["agency_code"])
    flags = (bool(components), bool(results), bool(reused), other, entered, not absent)
    received = datetime.fromisoformat(dossier["created_at"]).astimezone(_VIETNAM).date()
    code = dossier["procedure_code"][:64]
    return {
        "record_id": row.record_id,
        "revision": row.revision,
        "station_id": row.station_id,
        "dossier_number": row.dossier_number,
        "agency_code": dossier["agency_code"],
        "competent_agency": competent[:35],
        "procedure_code": code,
        "procedure_version": dossier.get("procedure_version", "")[:64],
        "received_on": received,
        "month": received.year * 100 + received.month,
        "profile": sum(holds << place for place, holds in enumerate(flags)),
        "component_files": components,
        "result_files": results,
        "reused": len(reused),
        "absent": len(absent),
        "pages": row.pages,
        "accepted_at": row.received_at,
        "search": _words(row.dossier_number, row.owner_name, code, row.procedure_name),
    }


def _words(*texts: str) -> str:
    decomposed = unicodedata.normalize("NFD", " ".join(texts).lower())
    bare = "".join(letter for letter in decomposed if unicodedata.category(letter) != "Mn").replace("đ", "d")
    return re.sub(r"[^0-9a-z]+", " ", bare).strip()


def _count(facts: sa.Table, counts: sa.Table) -> None:
    nothing, how_many = sa.literal(""), sa.func.count()
    agency, procedure = facts.c.agency_code, facts.c.procedure_code
    for columns in ((agency, nothing), (nothing, procedure), (agency, procedure)):
        groups = [column for column in columns if column is not nothing]
        query = sa.select(*columns, facts.c.month, facts.c.profile, how_many).group_by(*groups, facts.c.month, facts.c.profile)
        op.get_bind().execute(counts.insert().from_select([*_COUNTED, "dossiers"], query))


def downgrade() -> None:
    """Go back; the manifests keep what the facts were made of, versions of the catalogue are lost."""
    with op.batch_alter_table("admins") as batch:
        batch.drop_column("agency_code")
        batch.drop_column("role")
    for table in ("catalogue_versions", "fact_counts", "facts"):
        op.drop_table(table)
