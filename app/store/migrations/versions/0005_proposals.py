"""What the words of a page propose for its paper's fields"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("page_texts", sa.Column("proposals", sa.String(), nullable=False, server_default="[]"))


def downgrade() -> None:
    op.drop_column("page_texts", "proposals")
