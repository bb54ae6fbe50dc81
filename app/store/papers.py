"""Paper rows: what is known of each paper, and which papers are already here."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.model.dossier import DossierState
from app.model.paper import Paper, PaperFields
from app.store.database import Database
from app.store.errors import DossierFrozen, NoSuchDossier
from app.store.tables import DossierRow, PageRow, PaperRow

_FIELDS = tuple(field.name for field in fields(PaperFields))


class PaperStore:
    """The papers of all dossiers, one for each component that somebody said something about."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, paper: Paper) -> None:
        """Keep what is known of a paper of an open dossier. Raises NoSuchDossier or DossierFrozen."""
        with self._database.write() as session:
            dossier = session.get(DossierRow, paper.dossier_id)
            if dossier is None:
                raise NoSuchDossier(dossier=paper.dossier_id)
            if dossier.state != DossierState.OPEN:
                raise DossierFrozen(dossier=dossier.number or dossier.provisional)
            keep_paper(session, paper)

    def of_dossier(self, dossier_id: str) -> dict[str, Paper]:
        """The papers of a dossier by their component."""
        with self._database.read() as session:
            return papers_of(session, dossier_id)

    def same_pages(self, dossier_id: str, hashes: Collection[str]) -> dict[str, str]:
        """Give, for originals that also lie in another dossier (deleted ones left out), that dossier's shown number."""
        chosen = (
            select(PageRow.sha256, DossierRow.number, DossierRow.provisional)
            .join(DossierRow, DossierRow.id == PageRow.dossier_id)
            .where(PageRow.sha256.in_(hashes), PageRow.dossier_id != dossier_id, PageRow.deleted.is_(False))
        )
        with self._database.read() as session:
            return {sha256: number or provisional for sha256, number, provisional in session.execute(chosen)}

    def same_papers(self, dossier_id: str, papers: Collection[PaperFields]) -> dict[PaperFields, str]:
        """Give, for papers whose owner, kind and number another dossier's paper has too, that dossier's shown number."""
        whole = [paper for paper in papers if paper.owner_id and paper.kind_code and paper.number]
        if not whole:
            return {}
        # A paper without an owner of its own belongs to the dossier's.
        owner = func.coalesce(func.nullif(PaperRow.owner_id, ""), DossierRow.owner_id_number)
        same = or_(
            *(
                (owner == paper.owner_id) & (PaperRow.kind_code == paper.kind_code) & (PaperRow.number == paper.number)
                for paper in whole
            )
        )
        chosen = (
            select(PaperRow, owner, DossierRow.number, DossierRow.provisional)
            .join(DossierRow, DossierRow.id == PaperRow.dossier_id)
            .where(same, PaperRow.dossier_id != dossier_id)
        )
        with self._database.read() as session:
            known = {
                (owned_by, row.kind_code, row.number): number or provisional
                for row, owned_by, number, provisional in session.execute(chosen)
            }
        return {paper: known[key] for paper in whole if (key := (paper.owner_id, paper.kind_code, paper.number)) in known}


def keep_paper(session: Session, paper: Paper) -> None:
    """Keep what is known of a paper, in a transaction that has looked whether it may."""
    values = {name: getattr(paper.fields, name) for name in _FIELDS}
    counted = {"sheets": paper.sheets, "sides": paper.sides, "absence": paper.absence}
    session.merge(PaperRow(dossier_id=paper.dossier_id, component=paper.component, **values, **counted))


def papers_of(session: Session, dossier_id: str) -> dict[str, Paper]:
    """The papers of a dossier by their component, as a transaction sees them."""
    rows = session.scalars(select(PaperRow).where(PaperRow.dossier_id == dossier_id).order_by(PaperRow.component))
    return {row.component: _to_paper(row) for row in rows}


def _to_paper(row: PaperRow) -> Paper:
    known = PaperFields(**{name: getattr(row, name) for name in _FIELDS})
    return Paper(row.dossier_id, row.component, known, row.sheets, row.sides, row.absence)
