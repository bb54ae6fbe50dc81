"""What a dossier was when a revision was opened, so that it can be withdrawn"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("revisions", sa.Column("was", sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    with op.batch_alter_table("revisions") as table:
        table.drop_column("was")
