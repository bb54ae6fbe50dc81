"""Dossier rows: created, filled, finished in one transaction with their outbox entry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from app.model.dossier import Dossier, DossierState, Revision, RevisionKind, check_transition
from app.model.manifest import ManifestReuse
from app.model.outbox import REVISION_TAKEN, OutboxEntry, OutboxState
from app.model.page import Page
from app.model.paper import Paper
from app.model.procedure import Side
from app.store.database import Database
from app.store.errors import (
    AnswerAwaited,
    DossierFrozen,
    DossierStillOpen,
    FilesAtCentre,
    NoSuchDossier,
    NotAcceptedYet,
    NumberTaken,
)
from app.store.outbox import entry_to_row
from app.store.pages import pages_of
from app.store.papers import papers_of
from app.store.reuse import reused_of
from app.store.tables import CounterRow, DossierRow, OutboxRow, PageRow, PaperRow, ReopeningRow, ReusedPaperRow, RevisionRow
from app.store.withdrawals import remember

_NOT_REOPENED = {DossierState.OPEN: DossierStillOpen, DossierState.FINISHED: AnswerAwaited}

# Goes into the manifest, which speaks Vietnamese like the papers themselves.
_TAKEN = "Trung tâm đã nhận bản trước với nội dung khác"


class DossierStore:
    """The dossiers of this station."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, dossier: Dossier) -> Dossier:
        """Keep a new dossier under a provisional id of its own, which is put in here."""
        with self._database.write() as session:
            serial = _next(session, "provisional")
            numbered = replace(dossier, provisional=f"{dossier.provisional}{serial:05d}")
            session.add(DossierRow(**asdict(numbered)))
            session.flush()
            first = Revision(numbered.id, 1, RevisionKind.FIRST, "", numbered.operator, numbered.created_at)
            session.add(RevisionRow(**asdict(first)))
            return numbered

    def get(self, reference: str) -> Dossier:
        """Give a dossier by id, official number, provisional id or the first letters of its id. Raises NoSuchDossier."""
        with self._database.read() as session:
            row = session.get(DossierRow, reference)
            if row is None and reference:
                named = or_(DossierRow.number == reference, DossierRow.provisional == reference)
                row = session.scalar(select(DossierRow).where(named).order_by(DossierRow.created_at.desc()).limit(1))
            if row is None and len(reference) >= 6:
                begun = list(
                    session.scalars(select(DossierRow).where(DossierRow.id.startswith(reference, autoescape=True)).limit(2))
                )
                row = begun[0] if len(begun) == 1 else None
            if row is None:
                raise NoSuchDossier(dossier=reference)
            return to_dossier(row)

    def list(self, state: DossierState | None, limit: int) -> tuple[Dossier, ...]:
        """The newest dossiers, of one state or of all."""
        chosen = select(DossierRow).order_by(DossierRow.created_at.desc(), DossierRow.provisional.desc()).limit(limit)
        if state is not None:
            chosen = chosen.where(DossierRow.state == state)
        with self._database.read() as session:
            return tuple(to_dossier(row) for row in session.scalars(chosen))

    def count_by_state(self) -> dict[DossierState, int]:
        """How many dossiers stand in each state."""
        counted = select(DossierRow.state, func.count()).group_by(DossierRow.state)
        with self._database.read() as session:
            found = {DossierState(state): count for state, count in session.execute(counted)}
        return {state: found.get(state, 0) for state in DossierState}

    def change(self, dossier_id: str, **values: str) -> Dossier:
        """Set fields of an open dossier. Raises NoSuchDossier, DossierFrozen, or NumberTaken for another dossier's number."""
        with self._database.write() as session:
            row = _row(session, dossier_id)
            if row.state != DossierState.OPEN:
                raise DossierFrozen(dossier=row.number or row.provisional)
            if number := values.get("number"):
                _require_free(session, number, dossier_id)
            for name, value in values.items():
                setattr(row, name, value)
            return to_dossier(row)

    def drop_empty(self, dossier_id: str) -> bool:
        """Remove an open dossier that never held a page, deleted ones included. False where there is none such."""
        with self._database.write() as session:
            row = session.get(DossierRow, dossier_id)
            held = select(PageRow.id).where(PageRow.dossier_id == dossier_id).limit(1)
            if row is None or row.state != DossierState.OPEN or session.scalar(held) is not None:
                return False
            session.execute(delete(PaperRow).where(PaperRow.dossier_id == dossier_id))
            session.execute(delete(ReusedPaperRow).where(ReusedPaperRow.dossier_id == dossier_id))
            session.execute(delete(ReopeningRow).where(ReopeningRow.dossier_id == dossier_id))
            session.execute(delete(RevisionRow).where(RevisionRow.dossier_id == dossier_id))
            session.delete(row)
            return True

    def finish(
        self,
        dossier: Dossier,
        pages: tuple[Page, ...],
        entry: OutboxEntry,
        papers: Mapping[str, Paper] | None = None,
        reused: Mapping[str, ManifestReuse] | None = None,
    ) -> bool:
        """Freeze a dossier and put it into the outbox, both or neither.

        False, and nothing done, where dossier, pages, papers or what is reused are no longer what was written.
        Raises NoSuchDossier or DossierFrozen.
        """
        with self._database.write() as session:
            row = _row(session, dossier.id)
            if row.state != DossierState.OPEN:
                raise DossierFrozen(dossier=row.number or row.provisional)
            now = to_dossier(row), pages_of(session, dossier.id), papers_of(session, dossier.id), reused_of(session, dossier.id)
            if now != (dossier, pages, papers or {}, reused or {}):
                return False
            row.state = DossierState.FINISHED
            row.finished_at = entry.created_at
            session.add(entry_to_row(entry))
            return True

    def reopen(
        self, dossier_id: str, now: datetime, side: Side | None = None, *, reason: str = "", operator: str = ""
    ) -> Dossier:
        """Open a dossier again that the centre refused, or that was never tried to be sent; its outbox entry goes.

        The centre does not have that revision then, so it can be made anew, and ``side`` may say that the result is added
        to it. Where the centre has another content under it, as after this machine was restored from a backup, the dossier gets
        the next revision. Raises NoSuchDossier, DossierStillOpen, AnswerAwaited (an answer may have been lost on the way), or
        DossierFrozen for one that the centre has.
        """
        with self._database.write() as session:
            row = _row(session, dossier_id)
            entry = session.scalar(
                select(OutboxRow).where(OutboxRow.dossier_id == dossier_id, OutboxRow.revision == row.revision)
            )
            untried = entry is not None and entry.state == OutboxState.WAITING and entry.attempts == 0
            if row.state != DossierState.REFUSED and not (row.state == DossierState.FINISHED and untried):
                raise _NOT_REOPENED.get(DossierState(row.state), DossierFrozen)(dossier=row.number or row.provisional)
            given_up = entry.manifest_sha256 if entry is not None else ""
            session.add(
                ReopeningRow(
                    dossier_id=row.id, revision=row.revision, at=now, reason=reason, operator=operator, manifest_sha256=given_up
                )
            )
            if entry is not None:
                session.delete(entry)
            if entry is not None and entry.error == REVISION_TAKEN:
                row.revision += 1
                # What the centre has is not here, so nobody can go back to it.
                opened = Revision(row.id, row.revision, RevisionKind.CORRECTION, reason or _TAKEN, operator, now)
                session.add(RevisionRow(**asdict(opened), was=""))
            row.state, row.finished_at = DossierState.OPEN, None
            row.side = side or row.side
            return to_dossier(row)

    def open_revision(self, dossier_id: str, kind: RevisionKind, reason: str, operator: str, now: datetime) -> Dossier:
        """Open an accepted dossier for its next revision; the accepted one stays as it is.

        A dossier stays on its result side once it is there. Raises NoSuchDossier, or NotAcceptedYet where the centre does
        not have the revision before it: that one can still be mended, or nobody knows yet what came of it. Raises FilesAtCentre
        where its files have gone from this machine.
        """
        with self._database.write() as session:
            row = _row(session, dossier_id)
            if row.state != DossierState.ACCEPTED:
                raise NotAcceptedYet(dossier=row.number or row.provisional)
            if row.cleared_at is not None:
                raise FilesAtCentre(dossier=row.number or row.provisional)
            check_transition(DossierState(row.state), DossierState.OPEN)
            was = remember(session, row)
            row.state, row.finished_at, row.revision = DossierState.OPEN, None, row.revision + 1
            if kind is RevisionKind.RESULT:
                row.side = Side.RESULT
            session.add(RevisionRow(**asdict(Revision(dossier_id, row.revision, kind, reason, operator, now)), was=was))
            return to_dossier(row)

    def manifest_path(self, dossier_id: str, revision: int) -> str:
        """Where a finished revision's manifest lies, inside the data folder; empty where there is no such revision."""
        chosen = select(OutboxRow.manifest_path).where(OutboxRow.dossier_id == dossier_id, OutboxRow.revision == revision)
        with self._database.read() as session:
            return session.scalar(chosen) or ""

    def revisions(self, dossier_id: str) -> tuple[Revision, ...]:
        """The revisions of a dossier, first to last."""
        chosen = select(RevisionRow).where(RevisionRow.dossier_id == dossier_id).order_by(RevisionRow.revision)
        with self._database.read() as session:
            return tuple(
                Revision(row.dossier_id, row.revision, RevisionKind(row.kind), row.reason, row.operator, row.opened_at)
                for row in session.scalars(chosen)
            )


def to_dossier(row: DossierRow) -> Dossier:
    """Give a row as the model's value."""
    return Dossier(
        id=row.id,
        provisional=row.provisional,
        number=row.number,
        procedure_code=row.procedure_code,
        procedure_name=row.procedure_name,
        agency_code=row.agency_code,
        owner_name=row.owner_name,
        owner_id_number=row.owner_id_number,
        operator=row.operator,
        state=DossierState(row.state),
        revision=row.revision,
        created_at=row.created_at,
        finished_at=row.finished_at,
        procedure_version=row.procedure_version,
        competent_agency=row.competent_agency,
        organisation=row.organisation,
        side=Side(row.side),
        cleared_at=row.cleared_at,
    )


def _row(session: Session, dossier_id: str) -> DossierRow:
    row = session.get(DossierRow, dossier_id)
    if row is None:
        raise NoSuchDossier(dossier=dossier_id)
    return row


def _require_free(session: Session, number: str, dossier_id: str) -> None:
    """An official number names one dossier only; two of them would be one case to the centre."""
    taken = session.scalar(select(DossierRow).where(DossierRow.number == number, DossierRow.id != dossier_id).limit(1))
    if taken is not None:
        raise NumberTaken(number=number, provisional=taken.provisional)


def _next(session: Session, name: str) -> int:
    counter = session.get(CounterRow, name)
    if counter is None:
        counter = CounterRow(name=name, value=0)
        session.add(counter)
    counter.value += 1
    return counter.value
