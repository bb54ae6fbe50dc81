"""Papers that stand for components of dossiers, and what is known of papers elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pydantic import TypeAdapter
from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from app.model.dossier import DossierState
from app.model.manifest import KnownPaper, ManifestReuse
from app.model.outbox import OutboxState
from app.store.database import Database
from app.store.errors import DossierFrozen, NoSuchDossier
from app.store.tables import CentrePaperRow, DossierRow, OutboxRow, PaperQuestionRow, PaperRow, ReusedPaperRow

_REUSE = TypeAdapter(ManifestReuse)
_PAPER = TypeAdapter(KnownPaper)
_MOST = 200


class ReuseStore:
    """What is attached, what the centre told, and what it is still to be asked; everything survives a restart."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def attach(self, dossier_id: str, reuse: ManifestReuse) -> None:
        """Let a paper stand for a component of an open dossier. Raises NoSuchDossier or DossierFrozen."""
        with self._database.write() as session:
            _require_open(session, dossier_id)
            keep_reuse(session, dossier_id, reuse)

    def detach(self, dossier_id: str, component: str) -> bool:
        """Take it back; False where none stood for the component. Raises NoSuchDossier or DossierFrozen."""
        with self._database.write() as session:
            _require_open(session, dossier_id)
            row = session.get(ReusedPaperRow, (dossier_id, component))
            if row is not None:
                session.delete(row)
            return row is not None

    def attached(self, dossier_id: str) -> dict[str, ManifestReuse]:
        """The papers that stand for components of a dossier, by component."""
        with self._database.read() as session:
            return reused_of(session, dossier_id)

    def manifests_of(self, owner_id: str, but: str) -> tuple[Path, ...]:
        """The manifests of finished dossiers with papers of this owner, newest first, ``but`` one dossier's own.

        Only the newest revision of each counts, and none that the centre refused; at most 200.
        """
        with self._database.read() as session:
            of_papers = select(PaperRow.dossier_id).where(PaperRow.owner_id == owner_id)
            chosen = (
                select(OutboxRow)
                .join(DossierRow, DossierRow.id == OutboxRow.dossier_id)
                .where(or_(DossierRow.owner_id_number == owner_id, DossierRow.id.in_(of_papers)), DossierRow.id != but)
                .order_by(OutboxRow.created_at.desc(), OutboxRow.revision.desc())
                .limit(_MOST)
            )
            newest: dict[str, OutboxRow] = {}
            for row in session.scalars(chosen):
                newest.setdefault(row.dossier_id, row)
        root = self._database.folder.root
        return tuple(root / row.manifest_path for row in newest.values() if row.state != OutboxState.REFUSED)

    # --- the centre ------------------------------------------------------------------------------

    def told(self, owner_id: str) -> tuple[KnownPaper, ...]:
        """What the centre told of this owner's papers when it was last asked."""
        chosen = select(CentrePaperRow.content).where(CentrePaperRow.owner_id == owner_id)
        with self._database.read() as session:
            return tuple(_PAPER.validate_json(content) for content in session.scalars(chosen))

    def keep_answer(self, owner_id: str, kind_code: str, papers: Iterable[KnownPaper]) -> None:
        """Keep an answer in the place of the one before; the question is settled then."""
        with self._database.write() as session:
            for row in session.scalars(select(CentrePaperRow).where(CentrePaperRow.owner_id == owner_id)):
                if not kind_code or _PAPER.validate_json(row.content).fields.kind_code == kind_code:
                    session.delete(row)
            session.flush()
            for paper in papers:
                content = _PAPER.dump_json(paper).decode()
                session.merge(CentrePaperRow(owner_id=owner_id, code=paper.code, content=content))
            asked = (PaperQuestionRow.owner_id == owner_id) & (PaperQuestionRow.kind_code == kind_code)
            session.execute(delete(PaperQuestionRow).where(asked))

    def ask_later(self, owner_id: str, kind_code: str) -> None:
        """Note a question that could not be asked now."""
        with self._database.write() as session:
            session.merge(PaperQuestionRow(owner_id=owner_id, kind_code=kind_code))

    def questions(self) -> tuple[tuple[str, str], ...]:
        """Owner and kind of each question that is still to be asked."""
        with self._database.read() as session:
            return tuple((row.owner_id, row.kind_code) for row in session.scalars(select(PaperQuestionRow)))


def keep_reuse(session: Session, dossier_id: str, reuse: ManifestReuse) -> None:
    """Let a paper stand for a component, in a transaction that has looked whether it may."""
    content = _REUSE.dump_json(reuse).decode()
    session.merge(ReusedPaperRow(dossier_id=dossier_id, component=reuse.component_code, content=content))


def reused_of(session: Session, dossier_id: str) -> dict[str, ManifestReuse]:
    """The papers that stand for components of a dossier, as a transaction sees them."""
    chosen = select(ReusedPaperRow).where(ReusedPaperRow.dossier_id == dossier_id).order_by(ReusedPaperRow.component)
    return {row.component: _REUSE.validate_json(row.content) for row in session.scalars(chosen)}


def _require_open(session: Session, dossier_id: str) -> None:
    row = session.get(DossierRow, dossier_id)
    if row is None:
        raise NoSuchDossier(dossier=dossier_id)
    if row.state != DossierState.OPEN:
        raise DossierFrozen(dossier=row.number or row.provisional)
