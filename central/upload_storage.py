"""Bytes of uploads under way, as the storage that tuspyserver's routes write to.

The length of the data file is the only truth about the offset: every chunk is appended as it comes, so a server that
is killed in the middle goes on exactly where the file ends. For each upload ``ID`` there are ``ID.info`` (what the
client declared), ``ID.part`` (the bytes so far) and, once the content was checked, ``ID.done``, which keeps answering
for the upload after its bytes have moved to the delivered files.
"""

from __future__ import annotations

import asyncio
import errno
import json
import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

from tuspyserver.storage import TusStorage

from central.blobs import sync_folder
from central.problems import Problem

_UPLOAD_ID = re.compile(r"(st[0-9a-f]{12})-[0-9a-f]{32}")
_LOCK_SECONDS = 10.0


def owner_of(upload_id: str) -> str | None:
    """Give the station that an upload id was made for, or None if it is no upload id."""
    match = _UPLOAD_ID.fullmatch(upload_id)
    return match[1] if match else None


def write_whole(path: Path, text: str) -> None:
    """Write a small file so that after a power cut it is there whole or not at all."""
    aside = path.with_name(path.name + ".tmp")
    with aside.open("w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    aside.replace(path)
    sync_folder(path.parent)


class UploadStorage(TusStorage):  # type: ignore[misc]  # tuspyserver is not checked
    """A folder of uploads; disk work runs in threads so that one slow disk does not stop the other stations."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def _file(self, uid: str, suffix: str) -> Path:
        if owner_of(uid) is None:
            raise Problem("upload-unknown")
        return self.root / f"{uid}{suffix}"

    def data(self, uid: str) -> Path:
        """Say where the bytes of an upload lie."""
        return self._file(uid, ".part")

    def done(self, uid: str) -> bool:
        """Say whether the content was checked against the declared hash."""
        return self._file(uid, ".done").exists()

    def mark_done(self, uid: str) -> None:
        """Note that the content was checked, before it is moved away."""
        write_whole(self._file(uid, ".done"), "")

    def info(self, uid: str) -> dict[str, Any] | None:
        """Give what the client declared, with the true offset; None for an unknown or damaged upload."""
        try:
            raw: dict[str, Any] = json.loads(self._file(uid, ".info").read_text("utf-8"))
        except (FileNotFoundError, ValueError):
            return None
        return raw | {"offset": self.length(uid, raw["size"])}

    def length(self, uid: str, declared: int) -> int:
        """Count the bytes that have arrived."""
        if self.done(uid):
            return declared
        try:
            return self.data(uid).stat().st_size
        except FileNotFoundError:
            return 0

    def remove(self, uid: str) -> None:
        """Forget an upload. The declaration goes first: without it the rest is rubbish for the next sweep."""
        for suffix in (".info", ".part", ".done"):
            self._file(uid, suffix).unlink(missing_ok=True)

    def all_ids(self) -> list[str]:
        """List the uploads that have any file left."""
        names = {path.name.split(".")[0] for path in self.root.iterdir()} if self.root.is_dir() else set()
        return sorted(name for name in names if owner_of(name) is not None)

    async def create(self, uid: str) -> None:
        """Begin an empty upload."""
        await asyncio.to_thread(self.data(uid).touch)

    async def exists(self, uid: str) -> bool:
        """Say whether an upload is known."""
        return await asyncio.to_thread(lambda: self.info(uid) is not None)

    async def size(self, uid: str) -> int:
        """Count the bytes that have arrived, as the protocol's offset."""
        info = await asyncio.to_thread(self.info, uid)
        return 0 if info is None else int(info["offset"])

    async def append(self, uid: str, chunk: bytes) -> None:
        """Add bytes at the end. Raises Problem ``storage-full``."""
        await asyncio.to_thread(self._append, uid, chunk)

    def _append(self, uid: str, chunk: bytes) -> None:
        try:
            with self.data(uid).open("ab") as stream:
                stream.write(chunk)
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise Problem("storage-full") from error
            raise Problem("unavailable") from error

    async def flush(self, uid: str) -> None:
        """Bring the bytes of this request to the disk."""
        await asyncio.to_thread(self._flush, uid)

    def _flush(self, uid: str) -> None:
        # The bytes may have been moved to the delivered files by another request; then there is nothing to do.
        with suppress(FileNotFoundError), self.data(uid).open("r+b") as stream:
            os.fsync(stream.fileno())

    async def finalize(self, uid: str) -> None:
        """Nothing to seal: a file is whole when its length is right."""

    async def read(self, uid: str) -> bytes | None:
        """Give the bytes so far."""
        return await asyncio.to_thread(self.data(uid).read_bytes)

    async def delete(self, uid: str) -> None:
        """Forget an upload."""
        await asyncio.to_thread(self.remove, uid)

    async def read_info(self, uid: str) -> dict[str, Any] | None:
        """Give what the client declared."""
        return await asyncio.to_thread(self.info, uid)

    async def write_info(self, uid: str, data: dict[str, Any]) -> None:
        """Keep what the client declared at creation; nothing in it changes later, the offset least of all."""
        await asyncio.to_thread(self._write_info, uid, json.dumps(data))

    def _write_info(self, uid: str, text: str) -> None:
        path = self._file(uid, ".info")
        if not path.exists():
            write_whole(path, text)

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
