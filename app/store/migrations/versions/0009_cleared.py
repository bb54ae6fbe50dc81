"""When a dossier's files went from this machine, because the centre has them"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("dossiers", sa.Column("cleared_at", sa.String(length=32), nullable=True))


def downgrade() -> None:
    op.drop_column("dossiers", "cleared_at")
