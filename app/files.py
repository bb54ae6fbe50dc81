"""Files that survive a power cut: there whole or as they were. For station and centre; every call raises OSError.

The drivers stand alone and have their own in ``drivers.spool``.
"""

from __future__ import annotations

import errno
import hashlib
import os
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

PRIVATE = 0o600
"""Nobody but this account may read it: papers of citizens, keys, settings."""
SHARED = 0o666
"""What is carried elsewhere; the system's mask says who may read it."""
ASIDE = ".tmp"
"""How the names of files that are being written end."""
# What disks of the network and some USB disks answer, which sync no folders.
_NOT_FOR_FOLDERS = (errno.EINVAL, errno.ENOTSUP)


def shown_name(name: str) -> str:
    """Give a file's name as text that can be shown and stored: what a USB disk or an archive wrote in no UTF-8 becomes �."""
    return os.fsencode(name).decode("utf-8", "replace")


@contextmanager
def whole_file(path: Path, *, mode: int = PRIVATE) -> Iterator[BinaryIO]:
    """Give a stream whose bytes become the file once all were written; after an error the file is as it was."""
    # A name of its own: of two that write the same file at once, neither gives it the other's half.
    aside = path.with_name(f"{path.name}.{uuid.uuid4().hex[:12]}{ASIDE}")
    try:
        with open(aside, "xb", opener=lambda name, flags: os.open(name, flags, mode)) as stream:
            yield stream
            flush(stream)
        aside.replace(path)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def write_whole(path: Path, content: bytes, *, mode: int = PRIVATE) -> None:
    """Write a small file in one step."""
    with whole_file(path, mode=mode) as stream:
        stream.write(content)


def put_in_place(written: Path, path: Path) -> None:
    """Give a file that lies aside on the same disk its name, its bytes first."""
    sync_file(written)
    written.replace(path)
    sync_folder(path.parent)


def flush(stream: BinaryIO) -> None:
    """Bring what was written to a stream onto the disk."""
    stream.flush()
    os.fsync(stream.fileno())


def sync_file(path: Path) -> None:
    """Bring the bytes of a file that another program or library wrote onto the disk."""
    with path.open("r+b") as stream:  # Windows syncs only what may be written
        os.fsync(stream.fileno())


def sync_folder(folder: Path) -> None:
    """Make the names in a folder survive; Windows journals them itself and opens no folder for it."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in _NOT_FOR_FOLDERS:
            raise
    finally:
        os.close(handle)


def sync_tree(folder: Path) -> None:
    """Bring a folder with all that lies in it onto the disk."""
    for path in folder.rglob("*"):
        if path.is_dir():
            sync_folder(path)
        else:
            sync_file(path)
    sync_folder(folder)


def sha256_of(path: Path) -> str:
    """Give the SHA-256 of a file in lower-case hexadecimal, read in blocks."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
