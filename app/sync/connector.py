"""What a centre does for a station. Another province's system is one more kind of it (docs/connectors.md).

Seven calls are what sending needs; every centre has them. The rest is what a centre MAY have: ``features`` names it, and a
centre that lacks it says so or takes no notice, so that nobody has to ask which kind of centre it speaks to.
"""

from __future__ import annotations

import enum
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import ClassVar

from app.errors import Text
from app.model.manifest import KnownPaper, Receipt
from app.model.receipts import ReceiptKey
from app.model.station_status import StationStatus
from app.sync.errors import NotOffered


class Feature(enum.Enum):
    """What not every centre has, in words for people."""

    ENROLMENT = Text("ghi danh trạm bằng mã dùng một lần", "enrolling a station with a one-time code")
    SIGNED_RECEIPTS = Text("biên nhận có chữ ký", "signed receipts")
    RESUMED_FILES = Text("gửi tiếp tệp dở dang", "going on inside a file after a cut")
    CATALOGUE = Text("cấp danh mục thủ tục", "giving the catalogue of procedures")
    PAPERS = Text("tra cứu giấy tờ đã số hóa", "looking up papers that are digitised already")
    LISTS = Text("đối chiếu danh sách hồ sơ đã nhận", "comparing the lists of accepted records")
    STATUS = Text("nhận tình trạng của trạm", "taking the station's status")
    BY_DISK = Text("nhận hồ sơ qua đĩa niêm phong", "taking records from a sealed disk")


@dataclass(frozen=True)
class ServerAddress:
    """Where the centre is and who asks; ``timeout`` in seconds. ``station_id`` and ``token`` are empty for enrolment.

    ``proxy`` is the address of a proxy on the way, empty for the system's own. ``limit`` says how many bytes a second may
    be sent now, 0 for as many as go. ``unit_code`` is the desk's code at the centre where that is not the agency's;
    ``dialect`` is a file that says how another province's system is spoken to.
    """

    url: str
    ca_file: str = ""
    timeout: float = 20.0
    station_id: str = ""
    token: str = field(default="", repr=False)
    proxy: str = ""
    limit: Callable[[], float] = field(default=lambda: 0.0, repr=False, compare=False)
    unit_code: str = ""
    dialect: str = ""


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


class Connector(ABC):
    """One conversation with a centre. Every call raises the errors of app.sync.errors and may safely be repeated.

    Files may be sent from several threads at once; the other calls come one at a time.
    """

    features: ClassVar[frozenset[Feature]] = frozenset()

    @abstractmethod
    def check(self) -> None:
        """Return if the centre is there and knows this station."""

    @abstractmethod
    def time(self) -> datetime:
        """Give the centre's clock."""

    @abstractmethod
    def new_number(self, request_id: str, agency_code: str, day: date) -> str:
        """Give a dossier number, the same for the same request. Raises NumberRefused."""

    @abstractmethod
    def known_files(self, hashes: Sequence[str]) -> frozenset[str]:
        """Say which of these contents the centre already has from this station."""

    @abstractmethod
    def upload(self, upload: Upload, keep_url: Callable[[str], None], progress: Callable[[int], None]) -> None:
        """Send a file, from where an earlier try had got to if the centre can go on there.

        ``keep_url`` is told the place as soon as it is known, or empty text when it is no longer good; ``progress``
        the bytes that are on their way or there, and may raise to stop.
        """

    @abstractmethod
    def put_record(self, record_id: str, revision: int, manifest: bytes) -> Receipt:
        """Deliver the record and give the checked receipt, the same for the same record.

        Raises RecordRefused or FilesMissing.
        """

    @abstractmethod
    def close(self) -> None:
        """End the conversation."""

    def receipt_keys(self) -> tuple[ReceiptKey, ...]:
        """Give all keys that ever signed receipts there; none where the centre does not sign."""
        return ()

    def enrol(self, code: str, name: str) -> Enrolled:
        """Turn a one-time code into a station. Raises EnrolmentRefused or NotOffered."""
        raise not_offered(Feature.ENROLMENT)

    def catalogue(self, etag: str) -> Fetched | None:
        """Give the catalogue, or None if the version with this tag is still current. Raises NotOffered."""
        raise not_offered(Feature.CATALOGUE)

    def papers(self, owner_id: str, kind_code: str) -> tuple[KnownPaper, ...]:
        """Say which papers of this owner, of one kind or of all, are digitised already; none where nobody can say."""
        return ()

    def accepted_since(self, since: datetime | None) -> tuple[AcceptedLine, ...]:
        """List what the centre accepted from this station from a moment on, None for everything. Raises NotOffered."""
        raise not_offered(Feature.LISTS)

    def receipt(self, record_id: str, revision: int) -> Receipt:
        """Give the receipt of an accepted revision again. Raises NotOffered."""
        raise not_offered(Feature.LISTS)

    def agency(self) -> str:
        """Say which agency the centre has this station under; empty where nobody can say."""
        return ""

    def new_token(self) -> str:
        """Ask for a token in place of this one, which works until the new one is used; empty where there is no such thing."""
        return ""

    def put_status(self, status: StationStatus) -> None:  # noqa: B027 - a centre that keeps no such thing takes no notice
        """Tell how the station is; a centre that keeps no such thing takes no notice."""


def not_offered(feature: Feature) -> NotOffered:
    """Give the error that says that the centre in use lacks something."""
    return NotOffered(what_vi=feature.value.vi, what_en=feature.value.en)
