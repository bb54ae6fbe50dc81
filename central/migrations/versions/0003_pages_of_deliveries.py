"""How many pages a delivered PDF has; empty for what was delivered before it was counted"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.add_column("deliveries", sa.Column("pages", sa.Integer(), nullable=True))
