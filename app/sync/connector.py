"""What a centre must be able to do for a station. Another province's system is one more implementation of this."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Protocol

from app.model.manifest import KnownPaper, Receipt
from app.model.receipts import ReceiptKey
from app.model.station_status import StationStatus


@dataclass(frozen=True)
class ServerAddress:
    """Where the centre is and who asks; ``timeout`` in seconds. ``station_id`` and ``token`` are empty for enrolment.

    ``proxy`` is the address of a proxy on the way, empty for the system's own. ``limit`` says how many bytes a second may
    be sent now, 0 for as many as go.
    """

    url: str
    ca_file: str = ""
    timeout: float = 20.0
    station_id: str = ""
    token: str = field(default="", repr=False)
    proxy: str = ""
    limit: Callable[[], float] = field(default=lambda: 0.0, repr=False, compare=False)


@dataclass(frozen=True)
class Enrolled:
    """What the centre gives to a new station."""

    station_id: str
    token: str = field(repr=False)
    agency_code: str = ""


@dataclass(frozen=True)
class Upload:
    """A file to send; ``url`` is where an earlier try had got to, or empty."""

    path: Path
    name: str
    media_type: str
    sha256: str
    size: int
    record_id: str
    url: str = ""


@dataclass(frozen=True)
class Fetched:
    """A document with the tag of its version."""

    content: bytes
    etag: str


@dataclass(frozen=True)
class AcceptedLine:
    """One revision on the centre's list."""

    record_id: str
    revision: int
    manifest_sha256: str
    dossier_number: str


class FilesMissing(Exception):  # the sender handles it: it is an answer, not yet an error
    """The centre lacks these files of a record; ``hashes`` are their SHA-256."""

    def __init__(self, hashes: frozenset[str]) -> None:
        super().__init__(f"{len(hashes)} files")
        self.hashes = hashes


class Connector(Protocol):
    """One conversation with a centre. Every call raises the errors of app.sync.errors and may safely be repeated."""

    def check(self) -> None:
        """Return if the centre is there and knows this station."""

    def time(self) -> datetime:
        """Give the centre's clock."""

    def receipt_keys(self) -> tuple[ReceiptKey, ...]:
        """Give all keys that ever signed receipts there; none where the centre does not sign."""

    def enrol(self, code: str, name: str) -> Enrolled:
        """Turn a one-time code into a station. Raises EnrolmentRefused."""

    def new_number(self, request_id: str, agency_code: str, day: date) -> str:
        """Give a dossier number, the same for the same request. Raises NumberRefused."""

    def catalogue(self, etag: str) -> Fetched | None:
        """Give the catalogue, or None if the version with this tag is still current."""

    def papers(self, owner_id: str, kind_code: str) -> tuple[KnownPaper, ...]:
        """Say which papers of this owner, of one kind or of all, are digitised already."""

    def known_files(self, hashes: Sequence[str]) -> frozenset[str]:
        """Say which of these contents the centre already has from this station."""

    def upload(self, upload: Upload, keep_url: Callable[[str], None], progress: Callable[[int], None]) -> None:
        """Send a file, from where an earlier try had got to.

        ``keep_url`` is told the place as soon as it is known, or empty text when it is no longer good; ``progress``
        the bytes that are on their way or there, and may raise to stop.
        """

    def put_record(self, record_id: str, revision: int, manifest: bytes) -> Receipt:
        """Send the manifest and give the checked receipt. Raises RecordRefused or FilesMissing."""

    def accepted_since(self, since: datetime | None) -> tuple[AcceptedLine, ...]:
        """List what the centre accepted from this station from a moment on, None for everything."""

    def receipt(self, record_id: str, revision: int) -> Receipt:
        """Give the receipt of an accepted revision again."""

    def new_token(self) -> str:
        """Ask for a token in place of this one, which works until the new one is used; empty where there is no such thing."""

    def put_status(self, status: StationStatus) -> None:
        """Tell how the station is; a centre that keeps no such thing takes no notice."""

    def close(self) -> None:
        """End the conversation."""
