"""Bytes of uploads under way in an S3 store, so that any replica of the server can go on with any upload.

For each upload ``ID`` there are objects ``uploads/ID/info`` (what the client declared), ``uploads/ID/at-OFFSET`` (bytes
that begin there) and, once the content was checked, ``uploads/ID/done``. The length is found by walking from offset 0 from
one object to the next. No lock is needed between replicas: a second request that begins at the same offset writes the
same object, and what does not fit together fails the check of the whole file's hash.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from central.s3 import Bucket
from central.upload_storage import UploadStorage, checked_id, owner_of

PIECE = 8 * 1024 * 1024
"""So many bytes of one request are held in memory before they become an object."""


_REMEMBERED = 1000


def _following(listed: dict[str, int]) -> list[tuple[str, int]]:
    """Give the objects that follow on each other from offset 0, with their sizes in bytes."""
    pieces, offset = [], 0
    while size := listed.get(f"at-{offset:018d}", 0):
        pieces.append((f"at-{offset:018d}", size))
        offset += size
    return pieces


class S3Uploads(UploadStorage):
    """Uploads in a bucket; ``scratch`` is a local folder for files that are being checked."""

    def __init__(self, bucket: Bucket, scratch: Path) -> None:
        super().__init__()
        self.bucket = bucket
        self.scratch = scratch
        # What one request has added since its last object: where it begins, and the bytes.
        self._pending: dict[str, tuple[int, bytearray]] = {}
        self._declared: dict[str, dict[str, Any]] = {}
        # What the request that holds the lock has listed; its own changes are noted in it.
        self._seen: ContextVar[dict[str, dict[str, int]]] = ContextVar("seen")

    def _name(self, uid: str, last: str) -> str:
        return f"uploads/{checked_id(uid)}/{last}"

    @asynccontextmanager
    async def lock(self, uid: str) -> AsyncIterator[None]:
        """Let one request at a time write; what a request that failed has left in memory is not the next one's."""
        async with super().lock(uid):
            # Another request may have written meanwhile. From here on to the end of this one, one listing is enough.
            self._seen.set({})
            try:
                yield
            finally:
                self._pending.pop(uid, None)

    async def exists(self, uid: str) -> bool:
        """Say whether an upload is known. With this question a request begins, so from here on it lists once."""
        if self._seen.get(None) is None:
            self._seen.set({})
        return await super().exists(uid)

    def begin(self, uid: str) -> None:
        """Begin an empty upload; it exists once it is declared."""
        checked_id(uid)

    def declaration(self, uid: str) -> dict[str, Any] | None:
        """Give what the client declared; None for an unknown or damaged upload."""
        known = self._declared.get(uid)
        if known is not None:
            return known
        try:
            raw: dict[str, Any] = json.loads(self.bucket.get(self._name(uid, "info")))
        except (FileNotFoundError, ValueError):
            return None
        self._remember(uid, raw)
        return raw

    def _remember(self, uid: str, declared: dict[str, Any]) -> None:
        # It never changes, so asking the store once is enough; whether the upload is still there is asked each time.
        self._declared[uid] = declared
        while len(self._declared) > _REMEMBERED:
            self._declared.pop(next(iter(self._declared)), None)

    def declare(self, uid: str, text: str) -> None:
        """Keep what the client declared, if nothing is kept yet."""
        if self.declaration(uid) is None:
            self.bucket.put(self._name(uid, "info"), text.encode("utf-8"))

    def info(self, uid: str) -> dict[str, Any] | None:
        """Give what the client declared, with the true offset; None for an unknown or damaged upload."""
        listed = self._listed(uid)
        raw = self.declaration(uid) if "info" in listed else None
        if raw is None:
            return None
        return raw | {"offset": raw["size"] if "done" in listed else sum(size for _, size in _following(listed))}

    def add(self, uid: str, chunk: bytes) -> None:
        """Add bytes at the end. Raises StoreError."""
        if uid not in self._pending:
            self._pending[uid] = (self.stored(uid), bytearray())
        start, waiting = self._pending[uid]
        waiting.extend(chunk)
        if len(waiting) >= PIECE:
            self._write(uid, start, waiting)
            self._pending[uid] = (start + len(waiting), bytearray())

    def settle_bytes(self, uid: str) -> None:
        """Make all added bytes survive. Raises StoreError."""
        start, waiting = self._pending.pop(uid, (0, bytearray()))
        if waiting:
            self._write(uid, start, waiting)

    def _write(self, uid: str, start: int, content: bytearray) -> None:
        name = f"at-{start:018d}"
        self.bucket.put(self._name(uid, name), bytes(content))
        self._changed(uid)[name] = len(content)

    def _listed(self, uid: str) -> dict[str, int]:
        """List what there is of an upload, with sizes."""
        seen = self._seen.get({})
        if uid not in seen:
            folder = self._name(uid, "")
            seen[uid] = {name.removeprefix(folder): size for name, size in self.bucket.sizes(folder).items()}
        return seen[uid]

    def _changed(self, uid: str) -> dict[str, int]:
        """Give the listing to note a change in; one that nobody keeps where there is none."""
        return self._seen.get({}).get(uid, {})

    def stored(self, uid: str) -> int:
        """Count the bytes that are kept; 0 where there are none."""
        return sum(size for _, size in _following(self._listed(uid)))

    def has_data(self, uid: str) -> bool:
        """Say whether bytes of the upload are still here."""
        return any(name.startswith("at-") for name in self._listed(uid))

    @contextmanager
    def local(self, uid: str) -> Iterator[Path]:
        """Give the bytes as a local file. Raises FileNotFoundError where they have gone meanwhile."""
        folder = Path(tempfile.mkdtemp(prefix="check-", dir=self.scratch))
        try:
            path = folder / "content"
            with path.open("wb") as stream:
                for name, _ in _following(self._listed(uid)):
                    stream.writelines(self.bucket.chunks(self._name(uid, name)))
            yield path
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def drop_data(self, uid: str) -> None:
        """Forget the bytes after they were delivered; what answers for the upload stays."""
        for name in [name for name in self._listed(uid) if name.startswith("at-")]:
            self.bucket.remove(self._name(uid, name))
            self._changed(uid).pop(name, None)

    def done(self, uid: str) -> bool:
        """Say whether the content was checked against the declared hash."""
        return self.bucket.exists(self._name(uid, "done"))

    def mark_done(self, uid: str) -> None:
        """Note that the content was checked, before it is delivered."""
        self.bucket.put(self._name(uid, "done"), b"")
        self._changed(uid)["done"] = 0

    def remove(self, uid: str) -> None:
        """Forget an upload. The declaration goes first: without it the rest is rubbish for the next sweep."""
        self._pending.pop(uid, None)
        self._declared.pop(uid, None)
        self._seen.get({}).pop(uid, None)
        self.bucket.remove(self._name(uid, "info"))
        for name in self.bucket.sizes(self._name(uid, "")):
            self.bucket.remove(name)

    def all_ids(self, station_id: str = "") -> list[str]:
        """List the uploads that have anything left; of one station or of all."""
        names = {name.split("/")[1] for name in self.bucket.sizes(f"uploads/{station_id}")}
        return sorted(name for name in names if owner_of(name))
