"""Sends one entry: its files are checked, the missing ones uploaded, the manifest put; the receipt comes back."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from app.model.manifest import Receipt
from app.model.outbox import OutboxEntry, OutboxFile
from app.store.outbox import OutboxStore
from app.sync.connector import Connector, FilesMissing, Upload
from app.sync.errors import FilesLost, LocalFileChanged

Progress = Callable[[OutboxEntry, int, int], None]
"""Told the entry, the bytes of its files that are on their way or there, and their sum. May raise Cancelled to stop."""


@dataclass(frozen=True)
class _Named:
    record_id: str


_NAMED = TypeAdapter(_Named)


@dataclass(frozen=True)
class CheckedEntry:
    """An entry whose files are all as they were when the dossier was finished."""

    entry: OutboxEntry
    manifest: bytes
    record_id: str


def check_local(root: Path, entry: OutboxEntry) -> CheckedEntry:
    """Read every file of an entry and compare its hash. Raises LocalFileChanged; the manifest is file no. 0."""
    for number, file in enumerate(entry.files, start=1):
        try:
            with (root / file.path).open("rb") as stream:
                found = hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError:
            raise LocalFileChanged(number=number) from None
        if found != file.sha256:
            raise LocalFileChanged(number=number)
    try:
        manifest = (root / entry.manifest_path).read_bytes()
        record_id = record_id_of(manifest)
    except (OSError, ValidationError):
        raise LocalFileChanged(number=0) from None
    if hashlib.sha256(manifest).hexdigest() != entry.manifest_sha256:
        raise LocalFileChanged(number=0)
    return CheckedEntry(entry, manifest, record_id)


def record_id_of(manifest: bytes) -> str:
    """Give the record that a manifest names. Raises pydantic's ValidationError."""
    return _NAMED.validate_json(manifest).record_id


class Sender:
    """Carries one entry to the centre. Every step may be repeated, so a try goes on where the last one ended."""

    def __init__(self, root: Path, outbox: OutboxStore) -> None:
        self._root = root
        self._outbox = outbox

    def send(self, connector: Connector, checked: CheckedEntry, progress: Progress) -> Receipt:
        """Send a checked entry and give its receipt. Raises what the connector raises, and FilesLost."""
        self._upload(connector, checked, progress)
        try:
            return self._put(connector, checked)
        except FilesMissing as missing:
            ours = {file.sha256 for file in checked.entry.files}
            if not missing.hashes & ours:
                raise FilesLost from None
            for sha256 in missing.hashes & ours:
                self._outbox.keep_upload(checked.entry.id, sha256, upload_url="", uploaded=False)
        self._upload(connector, checked, progress)
        try:
            return self._put(connector, checked)
        except FilesMissing:
            raise FilesLost from None

    def _put(self, connector: Connector, checked: CheckedEntry) -> Receipt:
        return connector.put_record(checked.record_id, checked.entry.revision, checked.manifest)

    def _upload(self, connector: Connector, checked: CheckedEntry, progress: Progress) -> None:
        entry = self._outbox.get(checked.entry.id)
        by_hash = {file.sha256: file for file in entry.files}
        total = sum(file.size for file in by_hash.values())
        pending = [file for file in by_hash.values() if not file.uploaded]
        known = connector.known_files([file.sha256 for file in pending]) if pending else frozenset()
        done = total - sum(file.size for file in pending)
        for file in pending:
            if file.sha256 not in known:
                upload = self._as_upload(checked.record_id, file)
                connector.upload(upload, self._keeper(entry.id, file.sha256), _added(progress, entry, done, total))
            self._outbox.keep_upload(entry.id, file.sha256, upload_url="", uploaded=True)
            done += file.size
            progress(entry, done, total)

    def _as_upload(self, record_id: str, file: OutboxFile) -> Upload:
        return Upload(
            path=self._root / file.path,
            name=file.name,
            media_type=file.media_type,
            sha256=file.sha256,
            size=file.size,
            record_id=record_id,
            url=file.upload_url,
        )

    def _keeper(self, entry_id: str, sha256: str) -> Callable[[str], None]:
        return lambda url: self._outbox.keep_upload(entry_id, sha256, upload_url=url, uploaded=False)


def _added(progress: Progress, entry: OutboxEntry, before: int, total: int) -> Callable[[int], None]:
    return lambda at: progress(entry, before + at, total)
