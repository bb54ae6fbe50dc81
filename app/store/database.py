"""The SQLite database of a station: WAL, foreign keys, one writer, migrated at the start."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.orm import Session, sessionmaker

from app.store.errors import DataTooNew, translated
from app.store.folder import DataFolder

APPLICATION_ID = 0x50484F41


class Database:
    """Reads may run side by side; writes wait for each other and are whole or not at all."""

    def __init__(self, folder: DataFolder) -> None:
        self.folder = folder
        self._engine = _make_engine(folder.database)
        self._sessions = sessionmaker(self._engine, expire_on_commit=False)
        self._writing = threading.RLock()

    def migrate(self) -> None:
        """Bring the tables to this version. Raises DataTooNew, StorageFailed or DiskFull."""
        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
        with translated(self.folder.root), self._engine.connect() as connection:
            connection.execute(text(f"PRAGMA application_id = {APPLICATION_ID}"))
            connection.execute(text("BEGIN IMMEDIATE"))
            config.attributes["connection"] = connection
            try:
                command.upgrade(config, "head")
            except CommandError as error:
                raise DataTooNew(folder=self.folder.root) from error
            connection.commit()

    @contextmanager
    def write(self) -> Iterator[Session]:
        """One transaction that changes something; rolled back when the block raises."""
        with translated(self.folder.root), self._writing, self._sessions.begin() as session:
            session.execute(text("BEGIN IMMEDIATE"))
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """One look at the data; what it sees does not change meanwhile."""
        with translated(self.folder.root), self._sessions.begin() as session:
            session.execute(text("BEGIN"))
            yield session

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()


def _make_engine(path: Path) -> Engine:
    # An error that names the values of a statement would bring citizens' names into the log.
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": 30, "isolation_level": None}, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        for pragma in ("journal_mode = WAL", "foreign_keys = ON", "synchronous = FULL", "busy_timeout = 30000"):
            connection.execute(f"PRAGMA {pragma}")

    return engine
