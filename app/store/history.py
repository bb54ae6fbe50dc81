"""The history of a dossier, read from what its revisions, its outbox entries and its reopenings left behind."""

from __future__ import annotations

from pathlib import PurePosixPath

from pydantic import TypeAdapter
from sqlalchemy import select

from app.model.history import HistoryLine, Step
from app.model.manifest import Receipt
from app.model.outbox import OutboxState
from app.store.database import Database
from app.store.pages import Arrangement
from app.store.tables import ActionRow, DossierRow, OutboxRow, ReopeningRow, RevisionRow

_RECEIPT = TypeAdapter(Receipt)
_OPENED = {"first": Step.BEGUN, "result": Step.RESULT, "correction": Step.CORRECTION}


class HistoryStore:
    """Reads histories; they are written by whoever does the steps, in the same transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of_dossier(self, dossier_id: str) -> tuple[HistoryLine, ...]:
        """Give the steps of a dossier, oldest first."""
        with self._database.read() as session:
            dossier = session.get_one(DossierRow, dossier_id)
            opened = list(session.scalars(select(RevisionRow).where(RevisionRow.dossier_id == dossier_id)))
            reopened = session.scalars(select(ReopeningRow).where(ReopeningRow.dossier_id == dossier_id))
            dropped = session.scalars(
                select(ActionRow).where(ActionRow.dossier_id == dossier_id, ActionRow.kind == Arrangement.WITHDRAW)
            )
            finished = session.scalars(select(OutboxRow).where(OutboxRow.dossier_id == dossier_id))
            lines = [HistoryLine(row.revision, _OPENED[row.kind], row.opened_at, row.operator, row.reason) for row in opened]
            if not any(row.revision == 1 for row in opened):
                lines.append(HistoryLine(1, Step.BEGUN, dossier.created_at, dossier.operator))
            lines += [
                HistoryLine(row.revision, Step.REOPENED, row.at, row.operator, row.reason, row.manifest_sha256)
                for row in reopened
            ]
            for action in dropped:
                revision = max((row.revision for row in opened if row.opened_at <= action.done_at), default=1)
                lines.append(HistoryLine(revision, Step.WITHDRAWN, action.done_at, action.operator))
            for row in finished:
                lines += _of_entry(row)
            if dossier.cleared_at is not None:
                lines.append(HistoryLine(dossier.revision, Step.CLEARED, dossier.cleared_at))
        return tuple(sorted(lines, key=lambda line: (line.revision, line.at)))


def _of_entry(row: OutboxRow) -> list[HistoryLine]:
    folder = PurePosixPath(row.manifest_path).parent.as_posix()
    lines = [HistoryLine(row.revision, Step.FINISHED, row.created_at, "", "", row.manifest_sha256, folder)]
    if row.receipt is not None:
        receipt = _RECEIPT.validate_json(row.receipt)
        lines.append(HistoryLine(row.revision, Step.ACCEPTED, receipt.received_at, "", "", receipt.receipt_id))
    elif row.state == OutboxState.REFUSED:
        lines.append(HistoryLine(row.revision, Step.REFUSED, row.next_try_at))
    return lines
