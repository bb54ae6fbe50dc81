"""The database: one engine, short transactions, and migrations that run before anything else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.orm import Session, sessionmaker

from central.settings import Settings

_WRITES = "sohoa_writes"
_CONNECT_SECONDS = 5


class Database:
    """Gives sessions: ``read()`` for looking, ``write()`` for one transaction that commits at the end."""

    def __init__(self, url: str) -> None:
        # Parameters of a failed statement hold names and ID numbers; they must not reach a log.
        # A replica's connections end when the database restarts; each is tried before it is used.
        # One that cannot be had soon is better told to the station than waited for.
        sqlite = url.startswith("sqlite")
        limits = {} if sqlite else {"connect_timeout": _CONNECT_SECONDS}
        self.engine = create_engine(url, hide_parameters=True, pool_pre_ping=not sqlite, connect_args=limits)
        if self.engine.dialect.name == "sqlite":
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
        self._readers = sessionmaker(self.engine)
        self._writers = sessionmaker(self.engine.execution_options(**{_WRITES: True}), expire_on_commit=False)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a session whose changes are never kept."""
        with self._readers() as session:
            yield session

    @contextmanager
    def write(self, *locks: str) -> Iterator[Session]:
        """Open a transaction; it commits when the block ends well and rolls back otherwise.

        Each of ``locks`` names a thing that only one transaction at a time may work on, over all replicas. SQLite lets only
        one write anyway.
        """
        with self._writers.begin() as session:
            for name in sorted(locks):
                self.lock(session, name)
            yield session

    def lock(self, session: Session, name: str) -> None:
        """Keep other transactions off the thing of this name until this one ends."""
        if self.engine.dialect.name == "postgresql":
            session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name})

    def close(self) -> None:
        """Return all connections."""
        self.engine.dispose()


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        # A receipt is a promise: once it is sent, the station may clear its files, so the commit must be on disk.
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=20000",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # A deferred transaction that reads and then writes fails at once when another writer came between; an immediate
    # one queues up instead.
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def migrate(engine: Engine) -> None:
    """Bring the tables to the newest revision; safe to call at every start and from several processes."""
    config = Config()
    # ConfigParser reads % as its own sign.
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    with engine.execution_options(**{_WRITES: True}).begin() as connection:
        if engine.dialect.name == "postgresql":
            # Replicas that start together take turns.
            connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('migration', 0))"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def open_database(settings: Settings) -> Database:
    """Make the data folder, open the database in it and migrate it.

    Raises OSError or sqlalchemy.exc.SQLAlchemyError where the folder or the database cannot be used.
    """
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database)
    try:
        migrate(database.engine)
    except BaseException:
        database.close()
        raise
    return database
