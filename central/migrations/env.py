"""Runs migrations on the connection that the caller brings; there is no alembic.ini and no own connection."""

from __future__ import annotations

from alembic import context

from central import fact_tables  # noqa: F401 - its tables are known only once it is loaded
from central.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    # SQLite cannot alter most things in place.
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
