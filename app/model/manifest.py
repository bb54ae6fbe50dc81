"""The manifest of a finished dossier: the list of its files with their hashes, as the centre receives it.

Its JSON Schema is resources/manifest.schema.json, made from these classes by ``python -m app.output.manifest``.
Times are ISO 8601 with an offset; hashes are lower-case hexadecimal SHA-256; sizes are bytes or pixels.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime

from app.model.page import Slip
from app.model.page_findings import Quad
from app.model.paper import PaperFields
from app.model.procedure import Side

MANIFEST_FORMAT = "sohoa-manifest/1"

_SHA256 = re.compile(r"[0-9a-f]{64}")
_FILE_NAME = re.compile(r"[^/\\:*?\"<>|\x00-\x1f]{1,120}")
_IDENTIFIER = re.compile(r"[0-9a-zA-Z-]{8,64}")


def _require(pattern: re.Pattern[str], value: str, what: str) -> None:
    if not pattern.fullmatch(value):
        raise ValueError(f"{what}: {value[:80]!r} is not valid")


@dataclass(frozen=True)
class ManifestPage:
    """Where one page came from: the untouched scan's hash and the circumstances of scanning.

    ``slip`` says which half of a slip's pair it is, ``accepted`` which flaws a person looked at and took as they are.
    ``quad`` and ``turn`` say what was cut out of the scan: corners in its pixels, then degrees clockwise.
    """

    page_id: str
    number: int
    original_sha256: str
    width: int
    height: int
    dpi: int
    mode: str
    source: str
    side: str
    device: str
    scanned_at: datetime
    operator: str
    blank: bool = False
    slip: Slip = Slip.NONE
    accepted: tuple[str, ...] = ()
    quad: Quad | None = None
    turn: int = 0

    def __post_init__(self) -> None:
        _require(_SHA256, self.original_sha256, "original_sha256")


@dataclass(frozen=True)
class ManifestFile:
    """One file that travels with the record."""

    name: str
    sha256: str
    size: int
    media_type: str

    def __post_init__(self) -> None:
        _require(_SHA256, self.sha256, "sha256")
        _require(_FILE_NAME, self.name, "name")


@dataclass(frozen=True)
class ManifestPaper:
    """One digitised paper: its PDF/A and its pages in order, and the data of TT 01/2023 Art. 9 where they are known.

    ``sheets`` and ``sides`` are what was counted in the hand, 0 where nobody counted. Manifests of the first version of
    this program have none of the fields that have a default.
    """

    paper_id: str
    component_code: str
    component_name: str
    title: str
    file: ManifestFile
    pages: tuple[ManifestPage, ...]
    side: Side = Side.APPLICATION
    fields: PaperFields | None = None
    sheets: int = 0
    sides: int = 0


@dataclass(frozen=True)
class KnownPaper:
    """A paper that was digitised before, and where it lies: it can stand for a component instead of a new scan.

    ``code`` is the ``paper_id`` that it is attached by, ``record_id`` the record it came with, ``digitised_at`` when that
    was finished and ``agency_code`` the desk that did it. Its file lies with that record and does not travel again.
    """

    code: str
    record_id: str
    revision: int
    dossier_number: str
    agency_code: str
    title: str
    fields: PaperFields
    file: ManifestFile
    pages: int
    digitised_at: datetime


@dataclass(frozen=True)
class ManifestReuse:
    """A component for which an earlier paper stands (TT 01/2023/TT-VPCP, step 4), and who attached it when."""

    component_code: str
    component_name: str
    paper: KnownPaper
    attached_at: datetime
    operator: str


@dataclass(frozen=True)
class ManifestOwner:
    """Whose dossier it is; ``id_number`` is a personal ID or an organisation's tax code, empty where there is none."""

    name: str
    id_number: str = ""


@dataclass(frozen=True)
class ManifestDossier:
    """The case. ``number`` is the centre's, or empty while it is still to be issued; ``provisional`` never is official.

    ``agency_code`` is the desk that received it, ``competent_agency`` who decides where that is another agency;
    ``procedure_version`` names the version of the procedure that it was checked against, ``absent`` gives for required
    components that are not there why.
    """

    number: str
    provisional: str
    procedure_code: str
    procedure_name: str
    agency_code: str
    owner: ManifestOwner
    created_at: datetime
    finished_at: datetime
    competent_agency: str = ""
    organisation: str = ""
    procedure_version: str = ""
    retention: str = ""
    side: Side = Side.APPLICATION
    absent: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Manifest:
    """Everything the centre needs to check that a record is whole."""

    format: str
    record_id: str
    revision: int
    reason: str
    station_id: str
    station_name: str
    operator: str
    software: str
    dossier: ManifestDossier
    papers: tuple[ManifestPaper, ...]
    reused: tuple[ManifestReuse, ...] = ()

    def __post_init__(self) -> None:
        if self.format != MANIFEST_FORMAT:
            raise ValueError(f"format: {self.format[:40]!r} is not {MANIFEST_FORMAT}")
        _require(_IDENTIFIER, self.record_id, "record_id")
        if self.revision < 1:
            raise ValueError("revision: must be at least 1")
        if not self.papers and not self.reused:
            raise ValueError("papers: at least one is needed, or one that is reused")


@dataclass(frozen=True)
class Receipt:
    """The centre's proof that it has the record: ``manifest_sha256`` is the hash of the manifest's very bytes.

    ``signature`` is the centre's Ed25519 signature (base64) over app.model.receipts.signed_text, made with the key ``key_id``;
    both are empty where a centre does not sign.
    """

    receipt_id: str
    record_id: str
    revision: int
    manifest_sha256: str
    dossier_number: str
    received_at: datetime
    files: int
    key_id: str = ""
    signature: str = ""

    def __post_init__(self) -> None:
        _require(_SHA256, self.manifest_sha256, "manifest_sha256")
