"""Records: searched and listed, opened one by one, and their files, each opening of which is noted."""

from __future__ import annotations

import unicodedata
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query, Response
from fastapi import Path as PathParameter
from fastapi.responses import StreamingResponse
from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from central.blobs import SHA256_PATTERN
from central.centre import VIETNAM, Centre
from central.fact_tables import Fact
from central.problems import Problem
from central.record_search import COUNTED_TO, find
from central.records import RecordId, RevisionNumber
from central.tables import AccessEntry, Revision, RevisionFile, Station
from central.web.views import PAGE_SIZE, PageNumber, View, ViewDep

# What a browser shows by itself without running anything; the rest is only saved.
_SHOWN = {"application/pdf", "image/png", "image/jpeg"}

router = APIRouter(tags=["pages"])


@router.get("/records")
def get_records_page(view: ViewDep, page: PageNumber = 1, q: Annotated[str, Query(max_length=200)] = "") -> Response:
    """List the received records, newest first, or those that a search finds."""
    with view.centre.database.read() as session:
        total, found = find(session, q, view.reach(session), (page - 1) * PAGE_SIZE, PAGE_SIZE)
        lines = lines_of(session, found)
    last_page = max(1, -(-total // PAGE_SIZE))
    return view.page("records.html", lines=lines, total=total, counted_to=COUNTED_TO, q=q, page=page, last_page=last_page)


def lines_of(session: Session, found: list[Fact]) -> list[dict[str, Any]]:
    """Give what a list shows of records, in the same order."""
    if not found:
        # SQLite knows no empty list of pairs.
        return []
    keys = [(fact.record_id, fact.revision) for fact in found]
    revisions = session.scalars(select(Revision).where(tuple_(Revision.record_id, Revision.revision).in_(keys)))
    by_id = {revision.record_id: revision for revision in revisions}
    names = _station_names(session, {fact.station_id for fact in found})
    return [_line(by_id[fact.record_id], names[fact.station_id], fact) for fact in found]


def _station_names(session: Session, ids: set[str]) -> dict[str, str]:
    stations = session.execute(select(Station.station_id, Station.name).where(Station.station_id.in_(ids)))
    return {row.station_id: row.name for row in stations}


def _line(row: Revision, station_name: str, fact: Fact) -> dict[str, Any]:
    return {
        "record_id": row.record_id,
        "revision": row.revision,
        "number": row.record.dossier_number,
        "agency": fact.agency_code,
        "received_on": fact.received_on,
        "procedure_code": row.procedure_code,
        "procedure_name": row.procedure_name,
        "owner_name": row.owner_name,
        "owner_id": row.owner_id_masked,
        "station": station_name,
        "pages": row.pages,
        "received": row.received_at.astimezone(VIETNAM),
        "files": [{"sha256": file.sha256, "title": file.title or file.name, "pages": file.pages} for file in row.files],
    }


def _seen(view: View, session: Session, record_id: str) -> Fact:
    fact = session.get(Fact, record_id)
    if fact is None or not view.may_see_dossier(fact):
        # Nobody is told that another agency's record exists.
        raise Problem("not-found")
    return fact


@router.get("/records/{record_id}")
def get_record_page(view: ViewDep, record_id: RecordId) -> Response:
    """Show one record with its revisions, newest first."""
    with view.centre.database.read() as session:
        fact = _seen(view, session, record_id)
        name = _station_names(session, {fact.station_id})[fact.station_id]
        query = select(Revision).where(Revision.record_id == record_id).order_by(Revision.revision.desc())
        lines = [_line(revision, name, fact) for revision in session.scalars(query)]
        return view.page("record.html", fact=fact, lines=lines, newest=lines[0])


@router.get("/records/{record_id}/{revision}/files/{sha256}")
def get_file(
    view: ViewDep,
    record_id: RecordId,
    revision: RevisionNumber,
    sha256: Annotated[str, PathParameter(pattern=SHA256_PATTERN)],
) -> Response:
    """Open one file of a record, and note who did."""
    centre, user = view.centre, view.person.username
    with centre.database.write() as session:
        _seen(view, session, record_id)
        row = session.scalar(
            select(RevisionFile)
            .where(RevisionFile.record_id == record_id, RevisionFile.revision == revision, RevisionFile.sha256 == sha256)
            .limit(1)
        )
        if row is None or centre.blobs.size(sha256) is None:
            raise Problem("not-found")
        session.add(AccessEntry(username=user, opened_at=centre.clock(), record_id=record_id, revision=revision, sha256=sha256))
    return _file_response(centre, row)


def _file_response(centre: Centre, row: RevisionFile) -> Response:
    shown = row.media_type in _SHOWN
    # Without signs that are not seen: one that turns the writing round makes exe look like pdf.
    seen = "".join(letter for letter in row.name if not unicodedata.category(letter).startswith("C"))
    name = f"{'inline' if shown else 'attachment'}; filename*=UTF-8''{quote(seen, safe='')}"
    headers = {
        "Content-Disposition": name,
        "Cache-Control": "private, no-store",
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; img-src 'self'",
    }
    headers["Content-Length"] = str(row.size)
    media_type = row.media_type if shown else "application/octet-stream"
    return StreamingResponse(centre.blobs.chunks(row.sha256), media_type=media_type, headers=headers)


@router.get("/access")
def get_access_page(view: ViewDep, page: PageNumber = 1) -> Response:
    """Show who opened which file when; for administrators, of their own agencies."""
    if not view.person.may_audit:
        raise Problem("forbidden")
    query = (
        select(AccessEntry, Fact.dossier_number)
        .join(Fact, Fact.record_id == AccessEntry.record_id)
        .order_by(AccessEntry.entry_id.desc())
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    )
    with view.centre.database.read() as session:
        reach = view.reach(session)
        entries = session.execute(query if reach is None else query.where(reach.condition())).all()
        lines = [(entry.opened_at.astimezone(VIETNAM), entry, number) for entry, number in entries]
    return view.page("access.html", lines=lines, page=page, more=len(lines) == PAGE_SIZE)
