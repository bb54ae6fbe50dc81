"""Stations tell how they are"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "station_states",
        sa.Column("station_id", sa.String(length=32), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["station_id"], ["stations.station_id"], name=op.f("fk_station_states_station_id")),
        sa.PrimaryKeyConstraint("station_id", name=op.f("pk_station_states")),
    )


def downgrade() -> None:
    """Go back; stations send their status again."""
    op.drop_table("station_states")
