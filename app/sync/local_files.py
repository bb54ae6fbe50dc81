"""The files of an entry as they lie on this machine: read and compared before any of them is sent or taken away."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from app.model.outbox import OutboxEntry
from app.sync.errors import LocalFileChanged


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
