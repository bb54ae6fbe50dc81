"""Which problem an error of the server's own parts is: its disk, its database, its store of files.

An outage is not the sender's fault and ends, so the answer says when to come back and nothing is lost meanwhile. A value that
the database cannot keep, such as a text with U+0000, will never be taken, and the sender must know that.
"""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from central.problems import Problem
from central.s3 import StoreError

_DISK_FULL = (errno.ENOSPC, errno.EDQUOT)
_SQLITE_CODE = 0xFF
"""The primary result code of SQLite is in these bits; the others say more exactly where."""


def problem_of(error: BaseException) -> Problem | None:
    """Give the problem to answer with: ``storage-full``, ``unavailable`` or ``invalid``; None where the fault is ours."""
    if isinstance(error, DBAPIError):
        return _of_database(error)
    if isinstance(error, OSError) and error.errno in _DISK_FULL:
        return Problem("storage-full")
    return Problem("unavailable") if isinstance(error, StoreError | PoolTimeout) else None


def _of_database(error: DBAPIError) -> Problem | None:
    cause = error.orig
    if isinstance(cause, sqlite3.OperationalError):
        code = cause.sqlite_errorcode & _SQLITE_CODE
        if code == sqlite3.SQLITE_FULL:
            return Problem("storage-full")
        return Problem("unavailable") if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN) else None
    if isinstance(cause, psycopg.errors.DiskFull):
        return Problem("storage-full")
    if isinstance(cause, psycopg.DataError):
        return Problem("invalid", "A text holds what cannot be kept")
    # A server that is ending, starting, out of connections or gone; wrong statements are errors of other classes.
    gone = error.connection_invalidated or isinstance(cause, psycopg.OperationalError)
    return Problem("unavailable") if gone else None


@contextmanager
def told_as_problems() -> Iterator[None]:
    """Turn outages, and any other error of files, into Problem: for callers that swallow all other errors."""
    try:
        yield
    except (OSError, DBAPIError) as error:
        raise problem_of(error) or Problem("unavailable") from error
