"""The words that dossiers are found by

Triggers mark what changed, whoever changed it; app.store.search brings the words up to date.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_STALE = "UPDATE searched SET stale = 1 WHERE dossier_id = {which};"
_OF_PAGE = "(SELECT dossier_id FROM pages WHERE id = new.page_id)"
_TRIGGERS = {
    "search_dossier_new": (
        "AFTER INSERT ON dossiers",
        "INSERT INTO searched (dossier_id, stale) VALUES (new.id, 1);",
    ),
    "search_dossier_changed": (
        "AFTER UPDATE OF number, provisional, owner_name, owner_id_number, procedure_code, procedure_name ON dossiers",
        _STALE.format(which="new.id"),
    ),
    "search_dossier_gone": (
        "AFTER DELETE ON dossiers",
        "DELETE FROM dossier_words WHERE rowid = (SELECT id FROM searched WHERE dossier_id = old.id);"
        " DELETE FROM searched WHERE dossier_id = old.id;",
    ),
    "search_page_changed": (
        "AFTER UPDATE OF dossier_id, deleted ON pages",
        _STALE.format(which="old.dossier_id") + " " + _STALE.format(which="new.dossier_id"),
    ),
    "search_text_new": ("AFTER INSERT ON page_texts", _STALE.format(which=_OF_PAGE)),
    "search_text_changed": ("AFTER UPDATE ON page_texts", _STALE.format(which=_OF_PAGE)),
}


def upgrade() -> None:
    op.create_table(
        "searched",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("dossier_id", sa.String(length=36), nullable=False),
        sa.Column("stale", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("dossier_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_searched_stale", "searched", ["id"], sqlite_where=sa.text("stale = 1"))
    op.execute(
        "CREATE VIRTUAL TABLE dossier_words USING fts5"
        "(number, owner, procedure, pages, tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3')"
    )
    for name, (when, what) in _TRIGGERS.items():
        op.execute(f"CREATE TRIGGER {name} {when} BEGIN {what} END")
    op.execute(
        "INSERT INTO searched (dossier_id, stale) SELECT id, 1 FROM dossiers ORDER BY created_at, provisional"
    )
    op.create_index("ix_dossiers_created", "dossiers", ["created_at", "provisional"])
    op.create_index("ix_dossiers_state_created", "dossiers", ["state", "created_at", "provisional"])
    op.drop_index("ix_dossiers_state", "dossiers")


def downgrade() -> None:
    op.create_index("ix_dossiers_state", "dossiers", ["state"])
    op.drop_index("ix_dossiers_state_created", "dossiers")
    op.drop_index("ix_dossiers_created", "dossiers")
    for name in _TRIGGERS:
        op.execute(f"DROP TRIGGER {name}")
    op.execute("DROP TABLE dossier_words")
    op.drop_table("searched")
