"""A copy of a server that keeps its things in one folder: database, files and key, made while it runs.

The database is copied first, by SQLite's own backup. Files never change once they are there, so every file that the copied
database names is there when the files are copied after it. PostgreSQL and S3 stores have tools of their own for this.
"""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from app.files import put_in_place
from central.settings import Settings


class NotAFolderServer(ValueError):
    """This server keeps its things in PostgreSQL or an S3 store."""


class TheServersOwnFolder(ValueError):
    """The copy was to lie where the server itself keeps its things."""


@dataclass(frozen=True)
class Copied:
    """How many files are in the copy, how many of them were not there yet, and the bytes that were copied."""

    files: int
    new: int
    size: int


def back_up(settings: Settings, target: Path) -> Copied:
    """Bring a copy up to date; files that it has already are not copied again.

    Raises NotAFolderServer, TheServersOwnFolder, OSError or sqlite3.Error. The next one completes a copy that was cut off.
    """
    if settings.database_url or settings.files_url:
        raise NotAFolderServer
    if target.resolve() == settings.data_dir.resolve():
        raise TheServersOwnFolder
    target.mkdir(parents=True, exist_ok=True)
    aside = target / "central.db.part"
    aside.unlink(missing_ok=True)
    with closing(sqlite3.connect(settings.data_dir / "central.db")) as source, closing(sqlite3.connect(aside)) as copy:
        source.backup(copy)
    files = [path for path in settings.files_dir.glob("*/*") if path.is_file()]
    new = [path for path in files if not (target / "files" / path.parent.name / path.name).exists()]
    size = sum(_copy(path, target / "files" / path.parent.name / path.name) for path in new)
    _copy(settings.receipt_key_file, target / settings.receipt_key_file.name)
    # Last: a database in the copy always has all its files.
    put_in_place(aside, target / "central.db")
    return Copied(len(files), len(new), size)


def _copy(source: Path, target: Path) -> int:
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_name(f"{target.name}.part")
    shutil.copyfile(source, aside)
    shutil.copymode(source, aside)
    put_in_place(aside, target)
    return target.stat().st_size
