"""The centre of this product, as a Connector: the API of docs/sync-protocol.md."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pydantic import TypeAdapter, ValidationError

from app.errors import SohoaError
from app.model.digests import content_digest
from app.model.manifest import KnownPaper, Receipt
from app.model.receipts import ReceiptKey
from app.model.station_status import StationStatus
from app.sync.connector import (
    AcceptedLine,
    Connector,
    Enrolled,
    Feature,
    Fetched,
    FilesMissing,
    ServerAddress,
    Upload,
)
from app.sync.errors import (
    EarlierLacking,
    EnrolmentRefused,
    NotTheCentre,
    NumberRefused,
    RecordRefused,
    Refused,
    RevisionTaken,
    UploadDamaged,
)
from app.sync.pace import Pace
from app.sync.transport import Answer, Transport

CATALOGUE_LIMIT = 64 * 1024 * 1024
# Some 300 bytes a record: 200,000 records of one station.
LIST_LIMIT = 64 * 1024 * 1024
_HASHES_AT_ONCE = 50
_FINAL_STATUS = (403, 413, 422)
_FINAL_SLUGS = ("revision-conflict", "number-conflict")
_MENDED: dict[str, type[SohoaError]] = {"checksum-mismatch": UploadDamaged, "revision-missing": EarlierLacking}


@dataclass(frozen=True)
class _Station:
    station_id: str
    agency_code: str = ""


@dataclass(frozen=True)
class _Enrolled:
    station_id: str
    token: str
    agency_code: str = ""


@dataclass(frozen=True)
class _Records:
    records: tuple[AcceptedLine, ...]


@dataclass(frozen=True)
class _Token:
    token: str


@dataclass(frozen=True)
class _Time:
    now: datetime


@dataclass(frozen=True)
class _Keys:
    keys: tuple[ReceiptKey, ...]


@dataclass(frozen=True)
class _Number:
    number: str


@dataclass(frozen=True)
class _Known:
    known: list[str]


@dataclass(frozen=True)
class _Papers:
    papers: tuple[KnownPaper, ...]


@dataclass(frozen=True)
class _Missing:
    files: list[dict[str, Any]]


_STATION, _ENROLLED = TypeAdapter(_Station), TypeAdapter(_Enrolled)
_NUMBER, _KNOWN, _RECEIPT = TypeAdapter(_Number), TypeAdapter(_Known), TypeAdapter(Receipt)
_RECORDS = TypeAdapter(_Records)
_TOKEN = TypeAdapter(_Token)
_KEYS = TypeAdapter(_Keys)
_PAPERS = TypeAdapter(_Papers)
_STATUS = TypeAdapter(StationStatus)
_MISSING, _TIME = TypeAdapter(_Missing), TypeAdapter(_Time)


class CentralServer(Connector):
    """A conversation with the reference central server; see Connector. Raises BadServerAddress or WrongCertificate."""

    features = frozenset(Feature)

    def __init__(self, address: ServerAddress) -> None:
        self._address = address
        self._http = Transport(address)
        self._pace = Pace(address.limit)

    def check(self) -> None:
        """Return if the centre is there and knows this station."""
        answer = self._get("stations/me")
        if answer.parse(_STATION).station_id != self._address.station_id:
            raise NotTheCentre(host=answer.host)

    def time(self) -> datetime:
        """Give the centre's clock."""
        return self._get("time").parse(_TIME).now

    def receipt_keys(self) -> tuple[ReceiptKey, ...]:
        """Give all keys that ever signed receipts there; none where the centre does not sign."""
        answer = self._http.ask("GET", self._http.url("receipt-keys"), expect=(200,))
        if answer.status == 404:
            return ()
        if answer.status != 200:
            raise answer.failure()
        return answer.parse(_KEYS).keys

    def enrol(self, code: str, name: str) -> Enrolled:
        """Turn a one-time code into a station. Raises EnrolmentRefused."""
        body = {"code": code.strip(), "name": name}
        answer = self._http.ask("POST", self._http.url("stations"), expect=(201,), json=body)
        if answer.status != 201:
            raise _refused(answer, EnrolmentRefused, (403, 409, 422, 429))
        given = answer.parse(_ENROLLED)
        if not given.station_id or not given.token or not (given.token.isascii() and given.token.isprintable()):
            raise NotTheCentre(host=answer.host)
        return Enrolled(given.station_id, given.token, given.agency_code)

    def new_number(self, request_id: str, agency_code: str, day: date) -> str:
        """Give a dossier number, the same for the same request. Raises NumberRefused."""
        body = {"request_id": request_id, "agency_code": agency_code, "date": day.isoformat()}
        answer = self._http.ask("POST", self._http.url("dossier-numbers"), expect=(200, 201), json=body)
        if answer.status >= 400:
            raise _refused(answer, NumberRefused, (409, 422))
        return answer.checked_number(answer.parse(_NUMBER).number)

    def catalogue(self, etag: str) -> Fetched | None:
        """Give the catalogue, or None if the version with this tag is still current."""
        headers = {"If-None-Match": etag} if etag else {}
        answer = self._get("catalogue", expect=(200, 304), headers=headers, limit=CATALOGUE_LIMIT)
        if answer.status == 304 and etag:
            return None
        if answer.status != 200 or answer.media_type != "application/json":
            raise NotTheCentre(host=answer.host)
        return Fetched(answer.body, answer.headers.get("ETag", ""))

    def papers(self, owner_id: str, kind_code: str) -> tuple[KnownPaper, ...]:
        """Say which papers of this owner, of one kind or of all, are digitised already."""
        asked = {"owner": owner_id, "kind": kind_code}
        return self._get("papers", params=asked).parse(_PAPERS).papers

    def known_files(self, hashes: Sequence[str]) -> frozenset[str]:
        """Say which of these contents the centre already has from this station."""
        found: set[str] = set()
        for start in range(0, len(hashes), _HASHES_AT_ONCE):
            some = list(hashes[start : start + _HASHES_AT_ONCE])
            found |= set(self._get("files/known", params={"sha256": some}).parse(_KNOWN).known) & set(some)
        return frozenset(found)

    def upload(self, upload: Upload, keep_url: Callable[[str], None], progress: Callable[[int], None]) -> None:
        """Send a file, from where an earlier try had got to. Raises UploadDamaged or RecordRefused."""
        from app.sync import tus  # every start would wait for its library otherwise

        tus.send(self._http, self._pace, upload, keep_url, progress)

    def put_record(self, record_id: str, revision: int, manifest: bytes) -> Receipt:
        """Send the manifest and give the checked receipt. Raises RecordRefused or FilesMissing."""
        answer = self._http.ask(
            "PUT",
            self._http.url(f"records/{record_id}/revisions/{revision}"),
            expect=(200, 201),
            data=manifest,
            headers={"Content-Type": "application/json", "Content-Digest": content_digest(manifest)},
        )
        if answer.status >= 400:
            raise _missing(answer) or _to_be_mended(answer) or _refused(answer, RecordRefused, _FINAL_STATUS)
        receipt = answer.parse(_RECEIPT)
        ours = (record_id, revision, hashlib.sha256(manifest).hexdigest())
        if (receipt.record_id, receipt.revision, receipt.manifest_sha256) != ours:
            raise NotTheCentre(host=answer.host)
        answer.checked_number(receipt.dossier_number)
        return receipt

    def accepted_since(self, since: datetime | None) -> tuple[AcceptedLine, ...]:
        """List what the centre accepted from this station from a moment on, None for everything."""
        asked = {} if since is None else {"since": since.isoformat()}
        return self._get("records", params=asked, limit=LIST_LIMIT).parse(_RECORDS).records

    def receipt(self, record_id: str, revision: int) -> Receipt:
        """Give the receipt of an accepted revision again."""
        return self._get(f"records/{record_id}/revisions/{revision}/receipt").parse(_RECEIPT)

    def agency(self) -> str:
        """Say which agency the centre has this station under."""
        return self._get("stations/me").parse(_STATION).agency_code

    def new_token(self) -> str:
        """Ask for a token in place of this one; an older centre has no such thing."""
        answer = self._http.ask("POST", self._http.url("stations/me/token"), expect=(201,))
        if answer.status in (404, 405):
            return ""
        if answer.status != 201:
            raise answer.failure()
        token = answer.parse(_TOKEN).token
        if not (token and token.isascii() and token.isprintable()):
            raise NotTheCentre(host=answer.host)
        return token

    def put_status(self, status: StationStatus) -> None:
        """Tell how the station is; an older centre, which has no place for it, takes no notice."""
        path = f"stations/{self._address.station_id}/status"
        headers = {"Content-Type": "application/json"}
        answer = self._http.ask("PUT", self._http.url(path), expect=(204,), data=_STATUS.dump_json(status), headers=headers)
        if answer.status not in (204, 404, 405):
            raise answer.failure()

    def close(self) -> None:
        """End the conversation."""
        self._http.close()

    def _get(self, path: str, *, expect: tuple[int, ...] = (200,), **request: Any) -> Answer:
        answer = self._http.ask("GET", self._http.url(path), expect=expect, **request)
        if answer.status not in expect:
            raise answer.failure()
        return answer


def _refused(answer: Answer, kind: type[Refused], final: tuple[int, ...]) -> SohoaError:
    problem = answer.problem()
    if problem is not None and (answer.status in final or problem.slug in _FINAL_SLUGS):
        return (RevisionTaken if problem.slug == "revision-conflict" else kind).because(problem)
    return answer.failure()


def _to_be_mended(answer: Answer) -> SohoaError | None:
    """Give what the station mends by itself: a manifest damaged on its way, an earlier revision that is gone there."""
    problem = answer.problem()
    kind = _MENDED.get(problem.slug) if problem is not None else None
    return kind() if kind is not None else None


def _missing(answer: Answer) -> FilesMissing | None:
    problem = answer.problem()
    if problem is None or problem.slug != "files-missing":
        return None
    try:
        files = _MISSING.validate_json(answer.body).files
    except ValidationError:
        return None
    return FilesMissing(frozenset(str(file.get("sha256", "")) for file in files))
