"""Dossier rows: created, filled, finished in one transaction with their outbox entry."""

from __future__ import annotations

from dataclasses import asdict, replace

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.model.dossier import Dossier, DossierState
from app.model.outbox import OutboxEntry, OutboxState
from app.model.page import Page
from app.store.database import Database
from app.store.errors import DossierFrozen, NoSuchDossier
from app.store.outbox import entry_to_row
from app.store.pages import pages_of
from app.store.tables import CounterRow, DossierRow, OutboxRow, PageRow


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
        """Set fields of an open dossier. Raises NoSuchDossier or DossierFrozen."""
        with self._database.write() as session:
            row = _row(session, dossier_id)
            if row.state != DossierState.OPEN:
                raise DossierFrozen(dossier=row.number or row.provisional)
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
            session.delete(row)
            return True

    def finish(self, dossier: Dossier, pages: tuple[Page, ...], entry: OutboxEntry) -> bool:
        """Freeze a dossier and put it into the outbox, both or neither.

        False, and nothing done, where dossier or pages are no longer what was written. Raises NoSuchDossier or DossierFrozen.
        """
        with self._database.write() as session:
            row = _row(session, dossier.id)
            if row.state != DossierState.OPEN:
                raise DossierFrozen(dossier=row.number or row.provisional)
            if to_dossier(row) != dossier or pages_of(session, dossier.id) != pages:
                return False
            row.state = DossierState.FINISHED
            row.finished_at = entry.created_at
            session.add(entry_to_row(entry))
            return True

    def reopen(self, dossier_id: str) -> Dossier:
        """Open a dossier again that the centre refused, or that was never tried to be sent; its outbox entry goes.

        The centre does not have that revision then, so it can be made anew. Raises NoSuchDossier, or DossierFrozen for
        any other: an answer may have been lost on the way.
        """
        with self._database.write() as session:
            row = _row(session, dossier_id)
            entry = session.scalar(
                select(OutboxRow).where(OutboxRow.dossier_id == dossier_id, OutboxRow.revision == row.revision)
            )
            untried = entry is not None and entry.state == OutboxState.WAITING and entry.attempts == 0
            if row.state != DossierState.REFUSED and not (row.state == DossierState.FINISHED and untried):
                raise DossierFrozen(dossier=row.number or row.provisional)
            if entry is not None:
                session.delete(entry)
            row.state, row.finished_at = DossierState.OPEN, None
            return to_dossier(row)


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
    )


def _row(session: Session, dossier_id: str) -> DossierRow:
    row = session.get(DossierRow, dossier_id)
    if row is None:
        raise NoSuchDossier(dossier=dossier_id)
    return row


def _next(session: Session, name: str) -> int:
    counter = session.get(CounterRow, name)
    if counter is None:
        counter = CounterRow(name=name, value=0)
        session.add(counter)
    counter.value += 1
    return counter.value
