"""Stations move from agency to agency"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "station_moves",
        sa.Column("station_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("agency_before", sa.String(length=35), nullable=False),
        sa.Column("agency_after", sa.String(length=35), nullable=False),
        sa.Column("username", sa.String(length=64), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["station_id"], ["stations.station_id"], name=op.f("fk_station_moves_station_id")),
        sa.PrimaryKeyConstraint("station_id", "number", name=op.f("pk_station_moves")),
    )


def downgrade() -> None:
    """Go back; the journal keeps its lines about moves, which nothing can check any more."""
    op.drop_table("station_moves")
