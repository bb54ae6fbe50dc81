"""Papers that stand for components, what the centre told of papers, and what it is still to be asked"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reused_papers",
        sa.Column("dossier_id", sa.String(length=36), nullable=False),
        sa.Column("component", sa.String(length=64), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"]),
        sa.PrimaryKeyConstraint("dossier_id", "component"),
    )
    op.create_table(
        "centre_papers",
        sa.Column("owner_id", sa.String(length=35), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("owner_id", "code"),
    )
    op.create_table(
        "paper_questions",
        sa.Column("owner_id", sa.String(length=35), nullable=False),
        sa.Column("kind_code", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("owner_id", "kind_code"),
    )
    op.create_index("ix_dossiers_owner", "dossiers", ["owner_id_number"])


def downgrade() -> None:
    op.drop_index("ix_dossiers_owner", "dossiers")
    for table in ("paper_questions", "centre_papers", "reused_papers"):
        op.drop_table(table)
