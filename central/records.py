"""Records: a manifest goes in once its files are here, a receipt comes out; repeating changes nothing."""

from __future__ import annotations

import asyncio
import hashlib
import uuid
from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from pydantic import AwareDatetime, BaseModel, BeforeValidator
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.model.digests import content_digest
from app.model.manifest import Manifest, Receipt
from central import facts, journal
from central.centre import API, VIETNAM, Centre, CentreDep
from central.contents import PDF
from central.manifests import RECEIPT, files_of, is_moment, masked, read_manifest
from central.numbers import FIRST_DAY, issue_for_record
from central.papers import index_of
from central.problems import Problem, declared
from central.receipts import receipt_of
from central.stations import Caller, CallerDep
from central.tables import Record, Revision, RevisionFile
from central.uploads import Uploads, known_files, wrong_pages

router = APIRouter(prefix=API, tags=["records"])

# The list page shows so much; the manifest itself is kept whole.
_SHOWN_LENGTH = 300


def iso_text(value: object) -> object:
    """Read an ISO 8601 moment. Raises ValueError for anything else, a number above all, and for what is out of all time."""
    moment = datetime.fromisoformat(str(value))
    if not is_moment(moment):
        raise ValueError("no moment with its offset")
    return moment


RecordId = Annotated[str, Path(pattern=r"^[0-9a-zA-Z-]{8,64}$")]
RevisionNumber = Annotated[int, Path(ge=1, le=1_000_000)]


# Pydantic would take a number for seconds since 1970; the protocol has one way to write a moment.
Since = Annotated[AwareDatetime, BeforeValidator(iso_text)]


class RecordLine(BaseModel):
    """One accepted revision, as a station compares it with its own list."""

    record_id: str
    revision: int
    manifest_sha256: str
    dossier_number: str
    received_at: datetime


class RecordList(BaseModel):
    """The accepted revisions of one station, oldest first."""

    records: list[RecordLine]


def accept(uploads: Uploads, caller: Caller, record_id: str, revision: int, body: bytes) -> tuple[Receipt, bool]:
    """Take a record in; give its receipt and whether it is new. Raises Problem for anything that does not fit."""
    centre, manifest = uploads.centre, read_manifest(body)
    if (manifest.record_id, manifest.revision) != (record_id, revision):
        raise Problem("invalid", "The manifest names another record or revision than the address")
    # A record finished before its station was enrolled names none; the token says who sends it.
    if manifest.station_id not in ("", caller.station_id):
        raise Problem("other-station")
    if _missing(centre, caller, manifest):
        # A crash may have come between a file's last byte and its delivery.
        uploads.sweep(caller.station_id)
    uploads.count_pages(caller.station_id, [file.sha256 for file in files_of(manifest) if file.media_type == PDF])
    digest = hashlib.sha256(body).hexdigest()
    with centre.database.write(f"record {record_id}") as session:
        known = session.get(Revision, (record_id, revision))
        if known is not None:
            return _again(known, caller, digest), False
        record = _record_for(session, centre, caller, manifest)
        missing = _missing(centre, caller, manifest)
        if missing:
            raise Problem("files-missing", f"{len(missing)} files have not arrived", files=missing)
        wrong = wrong_pages(session, caller.station_id, [(paper.file, len(paper.pages)) for paper in manifest.papers])
        if wrong:
            raise Problem("wrong-content", f"{len(wrong)} files are not what the manifest says", files=wrong)
        row = _new_revision(centre, record, manifest, body, digest)
        session.add(row)
        # The last lock: whoever waits for it holds nothing that others need except the record itself.
        centre.database.lock(session, "journal")
        journal.append(session, row)
        facts.keep(session, record, row, manifest)
        session.flush()
        return receipt_of(row), True


def _again(known: Revision, caller: Caller, digest: str) -> Receipt:
    if known.record.station_id != caller.station_id:
        raise Problem("other-station")
    if known.manifest_sha256 != digest:
        raise Problem("revision-conflict", manifest_sha256=known.manifest_sha256)
    return receipt_of(known)


def _missing(centre: Centre, caller: Caller, manifest: Manifest) -> list[dict[str, str]]:
    files = files_of(manifest)
    known = set(known_files(centre, caller.station_id, sorted({file.sha256 for file in files})))
    return [
        {"name": file.name, "sha256": file.sha256}
        for file in files
        if file.sha256 not in known or centre.blobs.size(file.sha256) != file.size
    ]


def _record_for(session: Session, centre: Centre, caller: Caller, manifest: Manifest) -> Record:
    record = session.get(Record, manifest.record_id)
    if record is None:
        if manifest.revision > 1:
            raise Problem("revision-missing", f"Revision {manifest.revision - 1} is not here")
        record = Record(record_id=manifest.record_id, station_id=caller.station_id, dossier_number=manifest.dossier.number)
        if not record.dossier_number:
            record.dossier_number = _number_for(session, centre, caller, manifest)
        session.add(record)
        session.flush()
        return record
    if record.station_id != caller.station_id:
        raise Problem("other-station")
    if manifest.revision > 1 and session.get(Revision, (manifest.record_id, manifest.revision - 1)) is None:
        raise Problem("revision-missing", f"Revision {manifest.revision - 1} is not here")
    if manifest.dossier.number not in ("", record.dossier_number):
        raise Problem("number-conflict", dossier_number=record.dossier_number)
    return record


def _number_for(session: Session, centre: Centre, caller: Caller, manifest: Manifest) -> str:
    finished = manifest.dossier.finished_at.astimezone(VIETNAM).date()
    # A station whose clock runs ahead does not get a number of tomorrow, nor one that lost its clock one of another century.
    today = date.fromisoformat(centre.local_day())
    day = finished if FIRST_DAY <= finished <= today else today
    return issue_for_record(session, centre, caller.station_id, manifest.record_id, manifest.dossier.agency_code, day)


def _new_revision(centre: Centre, record: Record, manifest: Manifest, body: bytes, digest: str) -> Revision:
    owner = manifest.dossier.owner
    row = Revision(
        record=record,
        record_id=record.record_id,
        revision=manifest.revision,
        receipt_id=str(uuid.uuid4()),
        manifest_sha256=digest,
        manifest=body,
        received_at=centre.clock(),
        procedure_code=manifest.dossier.procedure_code[:_SHOWN_LENGTH],
        procedure_name=manifest.dossier.procedure_name[:_SHOWN_LENGTH],
        owner_name=owner.name[:_SHOWN_LENGTH],
        owner_id_masked=masked(owner.id_number),
        pages=sum(len(paper.pages) for paper in manifest.papers),
        files=[
            RevisionFile(
                position=position,
                sha256=paper.file.sha256,
                name=paper.file.name,
                title=paper.title[:_SHOWN_LENGTH],
                media_type=paper.file.media_type,
                size=paper.file.size,
                pages=len(paper.pages),
            )
            for position, paper in enumerate(manifest.papers)
        ],
        papers=index_of(manifest),
    )
    signed = centre.signer.sign(receipt_of(row))
    row.receipt_key, row.receipt_signature = signed.key_id, signed.signature
    return row


def _receipt_response(receipt: Receipt, status: int) -> Response:
    return Response(RECEIPT.dump_json(receipt), status, media_type="application/json")


@router.put(
    "/records/{record_id}/revisions/{revision}",
    status_code=201,
    response_model=Receipt,
    responses={
        200: {"model": Receipt, "description": "Accepted earlier: the same receipt"},
        **declared(
            "unauthorized",
            "other-station",
            "files-missing",
            "revision-conflict",
            "revision-missing",
            "number-conflict",
            "too-large",
            "wrong-content",
            "checksum-mismatch",
            "invalid",
        ),
    },
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Manifest"}}},
        }
    },
)
async def put_record(record_id: RecordId, revision: RevisionNumber, request: Request, caller: CallerDep) -> Response:
    """Send a record: the body is the manifest's very bytes, whose SHA-256 the receipt confirms."""
    body = await request.body()
    said = request.headers.get("Content-Digest", "")
    if said.startswith("sha-256=") and said != content_digest(body):
        raise Problem("checksum-mismatch", "The manifest was damaged on its way")
    uploads: Uploads = request.app.state.uploads
    receipt, new = await asyncio.to_thread(accept, uploads, caller, record_id, revision, body)
    return _receipt_response(receipt, 201 if new else 200)


@router.get(
    "/records/{record_id}/revisions/{revision}/receipt",
    response_model=Receipt,
    responses=declared("unauthorized", "not-found"),
)
def get_receipt(record_id: RecordId, revision: RevisionNumber, caller: CallerDep, centre: CentreDep) -> Response:
    """Give a receipt again."""
    with centre.database.read() as session:
        row = session.get(Revision, (record_id, revision))
        if row is None or row.record.station_id != caller.station_id:
            raise Problem("not-found")
        return _receipt_response(receipt_of(row), 200)


@router.get("/records", responses=declared("unauthorized"))
def get_records(caller: CallerDep, centre: CentreDep, since: Since | None = None) -> RecordList:
    """List what was accepted from this station, from a moment on, for the daily comparison."""
    query = select(Revision).join(Record).where(Record.station_id == caller.station_id)
    if since is not None:
        query = query.where(Revision.received_at >= since)
    with centre.database.read() as session:
        rows = session.scalars(query.order_by(Revision.received_at, Revision.record_id, Revision.revision))
        lines = [
            RecordLine(
                record_id=row.record_id,
                revision=row.revision,
                manifest_sha256=row.manifest_sha256,
                dossier_number=row.record.dossier_number,
                received_at=row.received_at,
            )
            for row in rows
        ]
    return RecordList(records=lines)
