"""Records are found by their competent agency too"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_index("ix_facts_competent", "facts", ["competent_agency", "accepted_at"])


def downgrade() -> None:
    """Go back."""
    op.drop_index("ix_facts_competent", "facts")
