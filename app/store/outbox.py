"""Outbox rows: what waits to be sent and how far each file is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import PurePath

from pydantic import TypeAdapter
from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from app.model.dossier import DossierState, WrongState, check_transition
from app.model.manifest import Receipt
from app.model.outbox import OutboxEntry, OutboxFile, OutboxState
from app.store.database import Database
from app.store.tables import DossierRow, OutboxFileRow, OutboxRow

_RECEIPT = TypeAdapter(Receipt)
_UNSENT = (OutboxState.WAITING, OutboxState.UNCONFIRMED)


class OutboxStore:
    """The entries, oldest first. Only a stored receipt makes one accepted."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def unsent(self) -> tuple[OutboxEntry, ...]:
        """What is still to be sent."""
        return self._entries(_UNSENT)

    def accepted(self) -> Iterator[OutboxEntry]:
        """Everything that the centre has accepted, oldest first, read bit by bit."""
        return (entry for entry in self.every() if entry.state is OutboxState.ACCEPTED)

    def every(self) -> Iterator[OutboxEntry]:
        """Every entry, oldest first, read bit by bit."""
        chosen = select(OutboxRow).options(selectinload(OutboxRow.files))
        with self._database.read() as session:
            yield from map(_to_entry, session.scalars(chosen.order_by(OutboxRow.created_at).execution_options(yield_per=200)))

    def all(self, limit: int = 200) -> tuple[OutboxEntry, ...]:
        """The newest entries of every state, oldest first."""
        chosen = select(OutboxRow).options(selectinload(OutboxRow.files)).order_by(OutboxRow.created_at.desc()).limit(limit)
        with self._database.read() as session:
            return tuple(reversed([_to_entry(row) for row in session.scalars(chosen)]))

    def folders(self) -> set[str]:
        """The names of the folders inside papers/ that entries stand for."""
        with self._database.read() as session:
            return {PurePath(path).parts[1] for path in session.scalars(select(OutboxRow.manifest_path))}

    def get(self, entry_id: str) -> OutboxEntry:
        """Give one entry. Raises KeyError."""
        with self._database.read() as session:
            return _to_entry(_row(session, entry_id))

    def has(self, entry_id: str) -> bool:
        """Say whether an entry is still there; one that was never tried goes when its dossier is opened again."""
        with self._database.read() as session:
            return session.get(OutboxRow, entry_id) is not None

    def of_dossier(self, dossier_id: str, revision: int = 0) -> OutboxEntry | None:
        """The entry of one revision of a dossier, or of its newest finished one."""
        chosen = select(OutboxRow).options(selectinload(OutboxRow.files)).where(OutboxRow.dossier_id == dossier_id)
        if revision:
            chosen = chosen.where(OutboxRow.revision == revision)
        with self._database.read() as session:
            row = session.scalar(chosen.order_by(OutboxRow.revision.desc()).limit(1))
            return None if row is None else _to_entry(row)

    def revisions_of(self, dossier_id: str) -> tuple[OutboxEntry, ...]:
        """The entries of all finished revisions of a dossier, first to last."""
        chosen = select(OutboxRow).options(selectinload(OutboxRow.files)).where(OutboxRow.dossier_id == dossier_id)
        with self._database.read() as session:
            return tuple(_to_entry(row) for row in session.scalars(chosen.order_by(OutboxRow.revision)))

    def count(self, *states: OutboxState) -> int:
        """How many entries stand in one of these states."""
        with self._database.read() as session:
            return session.scalar(select(func.count()).select_from(OutboxRow).where(OutboxRow.state.in_(states))) or 0

    def mark_tried(self, entry_id: str) -> bool:
        """Mark an entry unconfirmed BEFORE it is tried: a lost answer is then asked for again, never forgotten.

        False where it has gone meanwhile, for its dossier was opened again.
        """
        with self._database.write() as session:
            row = session.get(OutboxRow, entry_id)
            if row is None:
                return False
            row.state = OutboxState.UNCONFIRMED
            row.attempts += 1
            return True

    def put_off(self, entry_id: str, until: datetime, error: str, detail: str) -> None:
        """Keep why a try failed and when the next one is due."""
        with self._database.write() as session:
            row = _row(session, entry_id)
            row.next_try_at, row.error, row.error_detail = until, error, detail[:400]

    def try_now(self, now: datetime) -> None:
        """Make everything that waits due at once."""
        with self._database.write() as session:
            for row in session.scalars(select(OutboxRow).where(OutboxRow.state.in_(_UNSENT), OutboxRow.next_try_at > now)):
                row.next_try_at = now

    def send_again(self, entry_id: str, now: datetime) -> bool:
        """Have an accepted entry sent anew, as if for the first time; its receipt stays until the next one.

        False where its files have gone from this machine.
        """
        with self._database.write() as session:
            row = _row(session, entry_id)
            if session.get_one(DossierRow, row.dossier_id).cleared_at is not None:
                return False
            row.state, row.attempts, row.next_try_at = OutboxState.WAITING, 0, now
            for file in row.files:
                file.upload_url, file.uploaded = "", False
            return True

    def keep_upload(self, entry_id: str, sha256: str, *, upload_url: str, uploaded: bool) -> None:
        """Keep how far the upload of a file is, so that it goes on there after a restart."""
        with self._database.write() as session:
            for file in _row(session, entry_id).files:
                if file.sha256 == sha256:
                    file.upload_url, file.uploaded = upload_url, uploaded

    def accept(self, entry_id: str, receipt: Receipt) -> None:
        """Keep the checked receipt; entry and dossier become accepted together, with the centre's number."""
        with self._database.write() as session:
            row = _row(session, entry_id)
            row.state, row.error, row.error_detail = OutboxState.ACCEPTED, "", ""
            row.receipt = _RECEIPT.dump_json(receipt).decode()
            _move_dossier(session, row, DossierState.ACCEPTED, receipt.dossier_number)

    def refuse(self, entry_id: str, error: str, detail: str) -> None:
        """Keep that the centre refused the record for good; the dossier shows it."""
        with self._database.write() as session:
            row = _row(session, entry_id)
            if row.state == OutboxState.ACCEPTED:
                raise WrongState("accepted -> refused")
            row.state, row.error, row.error_detail = OutboxState.REFUSED, error, detail[:400]
            _move_dossier(session, row, DossierState.REFUSED, "")

    def _entries(self, states: tuple[OutboxState, ...]) -> tuple[OutboxEntry, ...]:
        chosen = select(OutboxRow).options(selectinload(OutboxRow.files)).where(OutboxRow.state.in_(states))
        with self._database.read() as session:
            return tuple(_to_entry(row) for row in session.scalars(chosen.order_by(OutboxRow.created_at)))


def entry_to_row(entry: OutboxEntry) -> OutboxRow:
    """Give a new entry as a row with its files."""
    files = [
        OutboxFileRow(
            position=index, name=file.name, path=file.path, sha256=file.sha256, size=file.size, media_type=file.media_type
        )
        for index, file in enumerate(entry.files)
    ]
    return OutboxRow(
        id=entry.id,
        dossier_id=entry.dossier_id,
        revision=entry.revision,
        manifest_path=entry.manifest_path,
        manifest_sha256=entry.manifest_sha256,
        state=entry.state,
        attempts=0,
        next_try_at=entry.next_try_at,
        created_at=entry.created_at,
        files=files,
    )


def _move_dossier(session: Session, row: OutboxRow, state: DossierState, number: str) -> None:
    dossier = session.get_one(DossierRow, row.dossier_id)
    # A revision that is sent again, because the centre lost it, changes nothing of a dossier that has come further since.
    if dossier.revision == row.revision and dossier.state not in (state, DossierState.ACCEPTED):
        check_transition(DossierState(dossier.state), state)
        dossier.state = state
    dossier.number = dossier.number or number


def _row(session: Session, entry_id: str) -> OutboxRow:
    row = session.get(OutboxRow, entry_id)
    if row is None:
        raise KeyError(entry_id)
    return row


def _to_entry(row: OutboxRow) -> OutboxEntry:
    files = tuple(
        OutboxFile(file.name, file.path, file.sha256, file.size, file.media_type, file.upload_url, file.uploaded)
        for file in row.files
    )
    return OutboxEntry(
        id=row.id,
        dossier_id=row.dossier_id,
        revision=row.revision,
        manifest_path=row.manifest_path,
        manifest_sha256=row.manifest_sha256,
        state=OutboxState(row.state),
        attempts=row.attempts,
        next_try_at=row.next_try_at,
        created_at=row.created_at,
        error=row.error,
        error_detail=row.error_detail,
        receipt=None if row.receipt is None else _RECEIPT.validate_json(row.receipt),
        files=files,
    )
