"""The database file: made, migrated, guarded against newer and damaged ones, and held by one process."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from app.bootstrap import Application
from app.errors import ExitCode
from app.store.database import APPLICATION_ID, Database
from app.store.dossiers import DossierStore
from app.store.errors import DataTooNew, FolderInUse, RecordsDamaged, StorageFailed
from app.store.folder import DataFolder, FolderLock
from app.store.tables import Base
from tests.records import a_dossier, opened_database
from tests.support import PYTHON, ROOT


def scalar(path: Path, statement: str) -> object:
    """Ask the file itself, past our own code."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(statement).fetchone()[0]


def test_an_empty_folder_gets_all_tables_and_our_mark(folder: DataFolder, database: Database) -> None:
    with closing(sqlite3.connect(folder.database)) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        for name, table in Base.metadata.tables.items():
            columns = {row[1] for row in connection.execute(f"PRAGMA table_info({name})")}
            assert columns == {column.name for column in table.columns}, name
    assert set(Base.metadata.tables) <= tables
    assert scalar(folder.database, "PRAGMA application_id") == APPLICATION_ID
    assert scalar(folder.database, "PRAGMA journal_mode") == "wal"
    assert folder.root.stat().st_mode & 0o077 == 0


def test_migrating_again_changes_nothing(folder: DataFolder, database: Database) -> None:
    dossier = DossierStore(database).add(a_dossier())
    version = scalar(folder.database, "SELECT version_num FROM alembic_version")
    database.migrate()
    again = opened_database(folder)
    assert DossierStore(again).get(dossier.id) == dossier
    assert scalar(folder.database, "SELECT version_num FROM alembic_version") == version
    again.close()


def test_every_connection_keeps_foreign_keys_and_syncs_fully(database: Database) -> None:
    with database.read() as session:
        assert session.scalar(text("PRAGMA foreign_keys")) == 1
        assert session.scalar(text("PRAGMA synchronous")) == 2
    with pytest.raises(StorageFailed, match="FOREIGN KEY"), database.write() as session:
        session.execute(text("INSERT INTO page_texts VALUES ('nobody', '', '', '[]')"))


def test_a_failed_write_leaves_nothing(database: Database) -> None:
    store = DossierStore(database)
    dossier = store.add(a_dossier())

    def half() -> None:
        with database.write() as session:
            session.execute(text("UPDATE dossiers SET owner_name = 'half'"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half()
    assert store.get(dossier.id).owner_name == dossier.owner_name


def test_what_a_reader_sees_does_not_change_under_it(database: Database) -> None:
    store = DossierStore(database)
    store.add(a_dossier())
    count = text("SELECT count(*) FROM dossiers")
    with database.read() as session:
        assert session.scalar(count) == 1
        writer = threading.Thread(target=lambda: store.add(a_dossier()))
        writer.start()
        writer.join(10)
        assert session.scalar(count) == 1
    assert len(store.list(None, 10)) == 2


def test_writers_wait_for_each_other_and_no_serial_is_given_twice(database: Database) -> None:
    store = DossierStore(database)
    threads = [threading.Thread(target=lambda: [store.add(a_dossier()) for _ in range(5)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    serials = {dossier.provisional for dossier in store.list(None, 100)}
    assert serials == {f"TAM-261123-{number:05d}" for number in range(1, 21)}


def test_an_error_names_no_values(database: Database) -> None:
    store = DossierStore(database)
    dossier = store.add(a_dossier())
    with pytest.raises(StorageFailed) as failed:
        store.add(dossier)
    assert failed.value.__cause__ is not None
    told = f"{failed.value} {failed.value.__cause__}"
    assert "UNIQUE" in told
    assert dossier.owner_name not in told
    assert dossier.owner_id_number not in told


def test_data_of_a_newer_version_are_left_alone(folder: DataFolder) -> None:
    opened_database(folder).close()
    with closing(sqlite3.connect(folder.database)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    newer = Database(folder)
    with pytest.raises(DataTooNew) as refused:
        newer.migrate()
    newer.close()
    assert "phiên bản mới hơn" in refused.value.title_in("vi")
    assert scalar(folder.database, "SELECT version_num FROM alembic_version") == "9999"


def _scribble(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[100 : len(content)] = bytes(byte ^ 0x5A for byte in content[100:])
    path.write_bytes(content)


@pytest.mark.parametrize("damage", [lambda path: path.write_bytes(b"this is no database" * 300), _scribble])
def test_a_damaged_database_is_said_clearly_and_the_folder_let_go(
    damage: Callable[[Path], None], folder: DataFolder, make_application: Callable[..., Application]
) -> None:
    make_application(folder.root).close()
    for path in folder.root.glob("sohoa.db-*"):
        path.unlink()
    damage(folder.database)
    for _ in range(2):
        with pytest.raises(RecordsDamaged) as failed:
            make_application(folder.root)
    assert str(folder.root) in failed.value.title_in("vi")
    assert "Đừng xóa gì" in failed.value.remedy_in("vi")
    assert failed.value.exit_code is ExitCode.STORAGE


HOLD = """
import sys
from pathlib import Path
from app.store.folder import DataFolder, FolderLock
folder = DataFolder(Path(sys.argv[1]))
folder.make()
lock = FolderLock(folder)
lock.take()
print("held", flush=True)
sys.stdin.read()
"""


def test_the_lock_keeps_a_second_process_out_and_goes_with_sigkill(folder: DataFolder) -> None:
    command = [*PYTHON, "-c", HOLD, str(folder.root)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        lock = FolderLock(folder)
        with pytest.raises(FolderInUse) as refused:
            lock.take()
        assert refused.value.exit_code is ExitCode.IN_USE
        assert str(folder.root) in refused.value.title_in("en")
        holder.send_signal(signal.SIGKILL)
        holder.wait(10)
    lock.take()
    with pytest.raises(FolderInUse):
        FolderLock(folder).take()
    lock.release()
    lock.release()
    FolderLock(folder).release()


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StorageFailed):
        DataFolder(tmp_path / "file" / "data").make()
