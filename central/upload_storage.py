"""Bytes of uploads under way, as the storage that tuspyserver's routes write to. Here in a folder; see central.s3_uploads.

The length of what is stored is the only truth about the offset, so a server that is killed in the middle goes on exactly
where the bytes end. In the folder there are for each upload ``ID``: ``ID.info`` (what the client declared), ``ID.part``
(the bytes so far) and, once the content was checked, ``ID.done``, which keeps answering for the upload after its bytes
have moved to the delivered files.
"""

from __future__ import annotations

import abc
import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

from tuspyserver.storage import TusStorage

from app.files import sync_file, write_whole
from central.outages import told_as_problems
from central.problems import Problem

_UPLOAD_ID = re.compile(r"(st[0-9a-f]{12})-[0-9a-f]{32}")
_LOCK_SECONDS = 10.0


def owner_of(upload_id: str) -> str | None:
    """Give the station that an upload id was made for, or None if it is no upload id."""
    match = _UPLOAD_ID.fullmatch(upload_id)
    return match[1] if match else None


def checked_id(upload_id: str) -> str:
    """Give the upload id back. Raises Problem ``upload-unknown`` for anything else, a path for example."""
    if owner_of(upload_id) is None:
        raise Problem("upload-unknown")
    return upload_id


class UploadStorage(TusStorage):  # type: ignore[misc]  # tuspyserver is not checked
    """Uploads under way; what blocks runs in threads so that one slow disk does not stop the other stations."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @abc.abstractmethod
    def begin(self, uid: str) -> None:
        """Begin an empty upload."""

    @abc.abstractmethod
    def declaration(self, uid: str) -> dict[str, Any] | None:
        """Give what the client declared; None for an unknown or damaged upload."""

    @abc.abstractmethod
    def declare(self, uid: str, text: str) -> None:
        """Keep what the client declared, if nothing is kept yet."""

    @abc.abstractmethod
    def add(self, uid: str, chunk: bytes) -> None:
        """Add bytes at the end. Raises OSError."""

    @abc.abstractmethod
    def settle_bytes(self, uid: str) -> None:
        """Make all added bytes survive a power cut."""

    @abc.abstractmethod
    def stored(self, uid: str) -> int:
        """Count the bytes that are kept; 0 where there are none."""

    @abc.abstractmethod
    def has_data(self, uid: str) -> bool:
        """Say whether bytes of the upload are still here."""

    @abc.abstractmethod
    @contextmanager
    def local(self, uid: str) -> Iterator[Path]:
        """Give the bytes as a local file. Raises FileNotFoundError where they have gone meanwhile."""

    @abc.abstractmethod
    def drop_data(self, uid: str) -> None:
        """Forget the bytes after they were delivered; what answers for the upload stays."""

    @abc.abstractmethod
    def done(self, uid: str) -> bool:
        """Say whether the content was checked against the declared hash."""

    @abc.abstractmethod
    def mark_done(self, uid: str) -> None:
        """Note that the content was checked, before it is moved away."""

    @abc.abstractmethod
    def remove(self, uid: str) -> None:
        """Forget an upload wholly."""

    @abc.abstractmethod
    def all_ids(self, station_id: str = "") -> list[str]:
        """List the uploads that have anything left; of one station or of all."""

    def info(self, uid: str) -> dict[str, Any] | None:
        """Give what the client declared, with the true offset; None for an unknown or damaged upload."""
        raw = self.declaration(uid)
        return None if raw is None else raw | {"offset": raw["size"] if self.done(uid) else self.stored(uid)}

    async def create(self, uid: str) -> None:
        """Begin an empty upload."""
        await asyncio.to_thread(self.begin, uid)

    async def exists(self, uid: str) -> bool:
        """Say whether an upload is known."""
        return await asyncio.to_thread(lambda: self.declaration(uid) is not None)

    async def size(self, uid: str) -> int:
        """Count the bytes that have arrived, as the protocol's offset."""
        info = await asyncio.to_thread(self.info, uid)
        return 0 if info is None else int(info["offset"])

    async def append(self, uid: str, chunk: bytes) -> None:
        """Add bytes at the end. Raises Problem ``storage-full`` or ``unavailable``."""
        with told_as_problems():
            await asyncio.to_thread(self.add, uid, chunk)

    async def flush(self, uid: str) -> None:
        """Bring the bytes of this request to where they survive a power cut. Raises Problem as ``append`` does."""
        with told_as_problems():
            await asyncio.to_thread(self.settle_bytes, uid)

    async def finalize(self, uid: str) -> None:
        """Nothing to seal: a file is whole when its length is right."""

    async def read(self, uid: str) -> bytes | None:
        """Give the bytes so far."""
        return await asyncio.to_thread(self._read, uid)

    def _read(self, uid: str) -> bytes:
        with self.local(uid) as path:
            return path.read_bytes()

    async def delete(self, uid: str) -> None:
        """Forget an upload."""
        await asyncio.to_thread(self.remove, uid)

    async def read_info(self, uid: str) -> dict[str, Any] | None:
        """Give what the client declared."""
        return await asyncio.to_thread(self.info, uid)

    async def write_info(self, uid: str, data: dict[str, Any]) -> None:
        """Keep what the client declared at creation; nothing in it changes later, the offset least of all."""
        await asyncio.to_thread(self.declare, uid, json.dumps(data))

    async def list_uids(self) -> list[str]:
        """List all uploads."""
        return await asyncio.to_thread(self.all_ids)

    def location(self, uid: str) -> str:
        """Name an upload for the hook at its end: by its id, not by a path."""
        return uid

    @asynccontextmanager
    async def lock(self, uid: str) -> AsyncIterator[None]:
        """Let one request at a time write to an upload; the next one waits a little, then is told to come back."""
        lock = self._locks.setdefault(uid, asyncio.Lock())
        async with asyncio.timeout(_LOCK_SECONDS):
            await lock.acquire()
        try:
            yield
        finally:
            lock.release()


class FolderUploads(UploadStorage):
    """A folder of uploads."""

    def __init__(self, root: Path) -> None:
        super().__init__()
        self.root = root

    def _file(self, uid: str, suffix: str) -> Path:
        return self.root / f"{checked_id(uid)}{suffix}"

    def begin(self, uid: str) -> None:
        """Begin an empty upload."""
        self._file(uid, ".part").touch()

    def declaration(self, uid: str) -> dict[str, Any] | None:
        """Give what the client declared; None for an unknown or damaged upload."""
        try:
            raw: dict[str, Any] = json.loads(self._file(uid, ".info").read_text("utf-8"))
        except (FileNotFoundError, ValueError):
            return None
        return raw

    def declare(self, uid: str, text: str) -> None:
        """Keep what the client declared, if nothing is kept yet."""
        path = self._file(uid, ".info")
        if not path.exists():
            write_whole(path, text.encode())

    def add(self, uid: str, chunk: bytes) -> None:
        """Add bytes at the end. Raises OSError."""
        with self._file(uid, ".part").open("ab") as stream:
            stream.write(chunk)

    def settle_bytes(self, uid: str) -> None:
        """Make all added bytes survive a power cut."""
        # The bytes may have been moved to the delivered files by another request; then there is nothing to do.
        with suppress(FileNotFoundError):
            sync_file(self._file(uid, ".part"))

    def stored(self, uid: str) -> int:
        """Count the bytes that are kept; 0 where there are none."""
        try:
            return self._file(uid, ".part").stat().st_size
        except FileNotFoundError:
            return 0

    def has_data(self, uid: str) -> bool:
        """Say whether bytes of the upload are still here."""
        return self._file(uid, ".part").exists()

    @contextmanager
    def local(self, uid: str) -> Iterator[Path]:
        """Give the bytes as a local file."""
        yield self._file(uid, ".part")

    def drop_data(self, uid: str) -> None:
        """Forget the bytes after they were delivered; they have been moved already."""
        self._file(uid, ".part").unlink(missing_ok=True)

    def done(self, uid: str) -> bool:
        """Say whether the content was checked against the declared hash."""
        return self._file(uid, ".done").exists()

    def mark_done(self, uid: str) -> None:
        """Note that the content was checked, before it is moved away."""
        write_whole(self._file(uid, ".done"), b"")

    def remove(self, uid: str) -> None:
        """Forget an upload. The declaration goes first: without it the rest is rubbish for the next sweep."""
        self._file(uid, ".info").unlink(missing_ok=True)
        # Also what a killed server was just writing beside them.
        for path in self.root.glob(f"{uid}.*"):
            path.unlink(missing_ok=True)

    def all_ids(self, station_id: str = "") -> list[str]:
        """List the uploads that have anything left; of one station or of all."""
        names = {path.name.split(".")[0] for path in self.root.iterdir()} if self.root.is_dir() else set()
        return sorted(name for name in names if (owner_of(name) or "").startswith(station_id) and owner_of(name))
