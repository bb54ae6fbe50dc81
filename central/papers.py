"""Papers that are here already, for stations that would scan them again; every question is kept with who asked it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.model.manifest import KnownPaper, Manifest, ManifestPaper
from central.centre import API, Centre, CentreDep
from central.manifests import MANIFEST, masked
from central.problems import declared
from central.stations import Caller, CallerDep
from central.tables import PaperIndex, PaperLookup, Revision

router = APIRouter(prefix=API, tags=["papers"])

_MOST = 100
_LONGEST = 64

Owner = Annotated[str, Query(pattern=r"^[0-9A-Z][0-9A-Z.-]{8,34}$", description="Personal ID, tax code or agency code, whole")]
Kind = Annotated[str, Query(max_length=64, description="Code of the kind of paper; empty for all")]


class PaperList(BaseModel):
    """The owner's papers, newest first."""

    papers: list[KnownPaper]


def index_of(manifest: Manifest) -> list[PaperIndex]:
    """Give the lines by which a manifest's papers are found; those that name no owner are found by nobody."""
    return [
        PaperIndex(position=position, owner_id=paper.fields.owner_id, kind_code=paper.fields.kind_code[:_LONGEST])
        for position, paper in enumerate(manifest.papers)
        if paper.fields and 0 < len(paper.fields.owner_id) <= _LONGEST
    ]


def find(centre: Centre, caller: Caller, owner: str, kind: str) -> list[KnownPaper]:
    """Give an owner's papers as the newest revision of each record has them, and keep who asked."""
    with centre.database.write() as session:
        found = list(_papers(session, owner, kind))
        session.add(
            PaperLookup(
                station_id=caller.station_id,
                asked_at=centre.clock(),
                owner_masked=masked(owner),
                kind_code=kind,
                found=len(found),
            )
        )
    return found


def _papers(session: Session, owner: str, kind: str) -> Iterator[KnownPaper]:
    # What a correction took out of a record must not come back by way of its older revision.
    newest = (
        select(func.max(Revision.revision))
        .where(Revision.record_id == PaperIndex.record_id)
        .correlate(PaperIndex)
        .scalar_subquery()
    )
    query = (
        select(Revision, PaperIndex.position)
        .join(PaperIndex, (PaperIndex.record_id == Revision.record_id) & (PaperIndex.revision == Revision.revision))
        .where(PaperIndex.owner_id == owner, PaperIndex.revision == newest)
        .order_by(Revision.received_at.desc(), PaperIndex.position)
        .limit(_MOST)
    )
    if kind:
        query = query.where(PaperIndex.kind_code == kind)
    for row, position in session.execute(query):
        manifest = MANIFEST.validate_json(row.manifest)
        yield _known(row, manifest, manifest.papers[position])


def _known(row: Revision, manifest: Manifest, paper: ManifestPaper) -> KnownPaper:
    fields = paper.fields
    if fields is None:
        raise ValueError("a paper without an owner is in the index")
    return KnownPaper(
        code=paper.paper_id,
        record_id=row.record_id,
        revision=row.revision,
        dossier_number=row.record.dossier_number,
        agency_code=manifest.dossier.agency_code,
        title=paper.title,
        fields=fields,
        file=paper.file,
        pages=len(paper.pages),
        digitised_at=manifest.dossier.finished_at,
    )


@router.get("/papers", responses=declared("unauthorized", "invalid"))
def get_papers(caller: CallerDep, centre: CentreDep, owner: Owner, kind: Kind = "") -> PaperList:
    """List an owner's papers that are digitised already. The question is kept with the station that asked."""
    return PaperList(papers=find(centre, caller, owner, kind))
