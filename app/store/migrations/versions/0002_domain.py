"""Papers and their data, revisions, the versions of procedures that dossiers began with, both sides of a dossier"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "procedure_versions",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_procedure_versions_code"), "procedure_versions", ["code"], unique=False)
    op.create_table(
        "revisions",
        sa.Column("dossier_id", sa.String(length=36), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=600), nullable=False),
        sa.Column("operator", sa.String(length=80), nullable=False),
        sa.Column("opened_at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"]),
        sa.PrimaryKeyConstraint("dossier_id", "revision"),
    )
    op.create_table(
        "papers",
        sa.Column("dossier_id", sa.String(length=36), nullable=False),
        sa.Column("component", sa.String(length=64), nullable=False),
        sa.Column("kind_code", sa.String(length=64), nullable=False),
        sa.Column("owner_name", sa.String(length=200), nullable=False),
        sa.Column("owner_id", sa.String(length=35), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("number", sa.String(length=100), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("issued_at", sa.String(length=200), nullable=False),
        sa.Column("issuer", sa.String(length=300), nullable=False),
        sa.Column("signer", sa.String(length=200), nullable=False),
        sa.Column("summary", sa.String(length=1000), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("unlimited", sa.Boolean(), nullable=False),
        sa.Column("in_force", sa.Boolean(), nullable=True),
        sa.Column("scope", sa.String(length=200), nullable=False),
        sa.Column("sheets", sa.Integer(), nullable=False),
        sa.Column("sides", sa.Integer(), nullable=False),
        sa.Column("absence", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"]),
        sa.PrimaryKeyConstraint("dossier_id", "component"),
    )
    op.create_index("ix_papers_identity", "papers", ["kind_code", "number", "owner_id"], unique=False)
    op.create_index("ix_papers_owner", "papers", ["owner_id"], unique=False)
    # Columns are added in place: copying 50,000 dossiers and their pages into new tables would take a station minutes.
    # SQLite does not hold texts to their length, so the longer ones need no change.
    op.add_column("dossiers", sa.Column("procedure_version", sa.String(length=64), nullable=False, server_default=""))
    op.add_column("dossiers", sa.Column("competent_agency", sa.String(length=35), nullable=False, server_default=""))
    op.add_column("dossiers", sa.Column("organisation", sa.String(length=40), nullable=False, server_default=""))
    op.add_column("dossiers", sa.Column("side", sa.String(length=16), nullable=False, server_default="application"))
    op.create_index("ix_pages_sha256", "pages", ["sha256"], unique=False)


def downgrade() -> None:

    op.drop_index("ix_pages_sha256", table_name="pages")
    for column in ("side", "organisation", "competent_agency", "procedure_version"):
        op.drop_column("dossiers", column)
    op.drop_table("papers")
    op.drop_table("revisions")
    op.drop_table("procedure_versions")
