"""What waits to be sent, and the transitions an entry may make."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime

from app.model.manifest import Receipt

REVISION_TAKEN = "RevisionTaken"
"""The error of an entry that was refused because the centre has another manifest under its revision."""


class OutboxState(enum.StrEnum):
    """``unconfirmed`` is set before each try, so that a lost answer is never taken for a refusal."""

    WAITING = "waiting"
    UNCONFIRMED = "unconfirmed"
    ACCEPTED = "accepted"
    REFUSED = "refused"


@dataclass(frozen=True)
class OutboxFile:
    """A file of an entry: its place on disk and how far its upload is."""

    name: str
    path: str
    sha256: str
    size: int
    media_type: str
    upload_url: str = ""
    uploaded: bool = False


@dataclass(frozen=True)
class OutboxEntry:
    """A finished revision on its way to the centre. ``error`` is the class name of the last failure, for its message."""

    id: str
    dossier_id: str
    revision: int
    manifest_path: str
    manifest_sha256: str
    state: OutboxState
    attempts: int
    next_try_at: datetime
    created_at: datetime
    error: str = ""
    error_detail: str = ""
    receipt: Receipt | None = None
    files: tuple[OutboxFile, ...] = ()
