"""Withdrawing a revision that was opened: what a dossier was then is kept with the revision, and put back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.model.dossier import DossierState
from app.model.manifest import ManifestReuse
from app.model.paper import Paper
from app.store.database import Database
from app.store.errors import NothingToWithdraw
from app.store.pages import Arrangement, Arrangements, apply_arrangements, arrangement_of, keep_action
from app.store.papers import keep_paper, papers_of
from app.store.reuse import keep_reuse, reused_of
from app.store.tables import DossierRow, PageRow, PaperRow, ReusedPaperRow, RevisionRow

_FIELDS = (
    "number",
    "procedure_code",
    "procedure_name",
    "procedure_version",
    "agency_code",
    "owner_name",
    "owner_id_number",
    "competent_agency",
    "organisation",
    "side",
)


@dataclass(frozen=True)
class Remembered:
    """A finished dossier as it was; ``pages`` are the arrangements of those that were not deleted, by their ids."""

    fields: dict[str, str]
    finished_at: datetime | None
    pages: Arrangements
    papers: dict[str, Paper]
    reused: dict[str, ManifestReuse]

    def work(self) -> tuple[object, ...]:
        """Give what a clerk changes; opening a revision alone changes the rest."""
        return {**self.fields, "side": ""}, self.pages, self.papers, self.reused


_REMEMBERED = TypeAdapter(Remembered)


def remember(session: Session, dossier: DossierRow) -> str:
    """Give a dossier as it is, to be kept."""
    return _REMEMBERED.dump_json(_now(session, dossier)).decode()


class WithdrawalStore:
    """Takes revisions back that were opened on what the centre has."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def withdraw(self, dossier_id: str, *, drop: bool, operator: str, now: datetime) -> bool:
        """Bring an open dossier back to the revision before, which the centre has.

        What was done to pages since is undone by one action that is kept. False, and nothing done, where something was
        changed and ``drop`` is False. Raises NothingToWithdraw where no revision was opened, or by an older version.
        """
        with self._database.write() as session:
            row, opened = session.get(DossierRow, dossier_id), None
            if row is not None and row.state == DossierState.OPEN and row.revision > 1:
                opened = session.get(RevisionRow, (dossier_id, row.revision))
            if row is None or opened is None or not opened.was:
                raise NothingToWithdraw(dossier=dossier_id if row is None else row.number or row.provisional)
            was = _REMEMBERED.validate_json(opened.was)
            if was.work() != _now(session, row).work():
                if not drop:
                    return False
                _put_back(session, row, was, operator, now)
            for name, value in was.fields.items():
                setattr(row, name, value)
            row.state, row.finished_at, row.revision = DossierState.ACCEPTED, was.finished_at, row.revision - 1
            session.delete(opened)
            return True


def _now(session: Session, row: DossierRow) -> Remembered:
    pages = session.scalars(select(PageRow).where(PageRow.dossier_id == row.id, PageRow.deleted.is_(False)))
    return Remembered(
        {name: str(getattr(row, name)) for name in _FIELDS},
        row.finished_at,
        {page.id: arrangement_of(page) for page in pages},
        papers_of(session, row.id),
        reused_of(session, row.id),
    )


def _put_back(session: Session, row: DossierRow, was: Remembered, operator: str, now: datetime) -> None:
    before: Arrangements = {}
    after: Arrangements = {}
    for page in session.scalars(select(PageRow).where(PageRow.dossier_id == row.id)):
        then = was.pages.get(page.id) or {**arrangement_of(page), "deleted": True}
        if then != arrangement_of(page):
            before[page.id], after[page.id] = arrangement_of(page), then
    if after:
        apply_arrangements(session, after)
        keep_action(session, row.id, Arrangement.WITHDRAW, (before, after), operator=operator, now=now)
    session.execute(delete(PaperRow).where(PaperRow.dossier_id == row.id))
    session.execute(delete(ReusedPaperRow).where(ReusedPaperRow.dossier_id == row.id))
    session.expire_all()
    for paper in was.papers.values():
        keep_paper(session, paper)
    for reuse in was.reused.values():
        keep_reuse(session, row.id, reuse)
