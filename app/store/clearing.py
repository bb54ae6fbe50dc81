"""Which dossiers' files have gone from this machine: marked in the records first, then removed from the disk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from app.model.dossier import Dossier, DossierState
from app.model.outbox import OutboxState
from app.store.database import Database
from app.store.dossiers import to_dossier
from app.store.tables import DossierRow, OutboxRow, PageRow


@dataclass(frozen=True)
class DossierFiles:
    """The files of a dossier that may go: originals of pages, pictures made of them, PDFs of finished papers."""

    paths: tuple[Path, ...]

    @property
    def size(self) -> int:
        """Their bytes; what is gone already counts nothing."""
        return sum(path.stat().st_size for path in self.paths if path.is_file())


class ClearingStore:
    """Knows the files of dossiers and marks dossiers whose files go. Small pictures, manifests and records stay."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._folder = database.folder

    def candidates(self, finished_before: datetime) -> tuple[Dossier, ...]:
        """Accepted dossiers that were finished before a moment and have their files here, oldest first."""
        chosen = select(DossierRow).where(
            DossierRow.state == DossierState.ACCEPTED,
            DossierRow.cleared_at.is_(None),
            DossierRow.finished_at < finished_before,
        )
        with self._database.read() as session:
            return tuple(to_dossier(row) for row in session.scalars(chosen.order_by(DossierRow.finished_at)))

    def cleared_since(self, moment: datetime) -> tuple[str, ...]:
        """The ids of dossiers whose files were given up since a moment."""
        with self._database.read() as session:
            return tuple(session.scalars(select(DossierRow.id).where(DossierRow.cleared_at >= moment)))

    def files(self, dossier_id: str) -> DossierFiles:
        """List the files of a dossier that may go."""
        with self._database.read() as session:
            pages = list(session.execute(select(PageRow.id, PageRow.file).where(PageRow.dossier_id == dossier_id)))
            originals = {file for _, file in pages} - _shared(session, dossier_id)
            entries = list(session.scalars(select(OutboxRow).where(OutboxRow.dossier_id == dossier_id)))
            papers = {file.path for entry in entries for file in entry.files}
        paths = [self._folder.pages / file for file in sorted(originals)]
        paths += [picture for page_id, _ in pages for picture in self._previews(page_id)]
        return DossierFiles((*paths, *(self._folder.root / path for path in sorted(papers))))

    def mark(self, dossier: Dossier, now: datetime) -> bool:
        """Mark that the files go, if the dossier is as it was and the centre has all of it; else nothing changes and False."""
        with self._database.write() as session:
            row = session.get(DossierRow, dossier.id)
            if row is None or to_dossier(row) != dossier or row.state != DossierState.ACCEPTED:
                return False
            states = session.scalars(select(OutboxRow.state).where(OutboxRow.dossier_id == dossier.id)).all()
            if not states or any(state != OutboxState.ACCEPTED for state in states):
                return False
            row.cleared_at = now
            return True

    def _previews(self, page_id: str) -> list[Path]:
        kept = {self._folder.thumbnail(page_id), self._folder.raw_thumbnail(page_id)}
        return sorted(path for path in (self._folder.cache / page_id[:2]).glob(f"{page_id}.*") if path not in kept)


def _shared(session: Session, dossier_id: str) -> set[str]:
    """The originals that pages of other dossiers show too."""
    other = aliased(PageRow)
    chosen = select(PageRow.file).join(other, other.file == PageRow.file)
    return set(session.scalars(chosen.where(PageRow.dossier_id == dossier_id, other.dossier_id != dossier_id)))
