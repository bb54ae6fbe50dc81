"""What centres without receipts of their own were given"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "delivered_files",
        sa.Column("centre", sa.String(length=300), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("file_id", sa.String(length=200), nullable=False),
        sa.Column("file_hash", sa.String(length=200), nullable=False),
        sa.Column("delivered_at", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("centre", "sha256"),
    )
    op.create_table(
        "delivered_records",
        sa.Column("centre", sa.String(length=300), nullable=False),
        sa.Column("record_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("manifest_sha256", sa.String(length=64), nullable=False),
        sa.Column("step", sa.String(length=16), nullable=False),
        sa.Column("there_id", sa.String(length=200), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("receipt", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("centre", "record_id"),
    )


def downgrade() -> None:
    for table in ("delivered_records", "delivered_files"):
        op.drop_table(table)
