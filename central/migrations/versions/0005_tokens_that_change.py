"""A station's next token, and when its tokens were taken away"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.add_column("stations", sa.Column("next_token_hash", sa.String(length=64), nullable=True))
    op.add_column("stations", sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True))
    # An index, not a constraint: for that SQLite would have to make the table anew, to which others refer.
    op.create_index("ix_stations_next_token_hash", "stations", ["next_token_hash"], unique=True)
