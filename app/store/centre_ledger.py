"""What a centre without receipts of its own was given: files by their content, records and how far each is.

Without it a station that is restarted would send a file or register a record a second time.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import select

from app.model.manifest import Receipt
from app.store.database import Database
from app.store.tables import DeliveredFileRow, DeliveredRecordRow

_RECEIPT = TypeAdapter(Receipt)


class Delivery(enum.StrEnum):
    """How far a record is: TRIED is kept before the centre is told of it, the rest when it has answered."""

    BEGUN = "begun"
    TRIED = "tried"
    REGISTERED = "registered"
    PROGRESSED = "progressed"
    DONE = "done"


@dataclass(frozen=True)
class DeliveredFile:
    """What a centre calls a file, and the hash that it gave for it."""

    id: str
    hash: str


@dataclass(frozen=True)
class DeliveredRecord:
    """A record at one centre: its number there, and how far this manifest is.

    ``there_id`` is what the centre knows it by beside the number; ``receipt`` and ``answer`` are of its last acceptance.
    """

    record_id: str
    number: str = ""
    manifest_sha256: str = ""
    step: Delivery = Delivery.BEGUN
    there_id: str = ""
    answer: str = ""
    receipt: Receipt | None = None


class CentreLedger:
    """What one centre has, by its address. Every call raises StorageFailed or DiskFull."""

    def __init__(self, database: Database, centre: str) -> None:
        self._database = database
        self._centre = centre

    def files(self, hashes: Iterable[str]) -> dict[str, DeliveredFile]:
        """Give those of these contents that the centre has, by SHA-256."""
        wanted = set(hashes)
        chosen = select(DeliveredFileRow).where(DeliveredFileRow.centre == self._centre, DeliveredFileRow.sha256.in_(wanted))
        with self._database.read() as session:
            return {row.sha256: DeliveredFile(row.file_id, row.file_hash) for row in session.scalars(chosen)}

    def keep_file(self, sha256: str, file: DeliveredFile, now: datetime) -> None:
        """Keep that the centre has a content and what it calls it."""
        row = DeliveredFileRow(centre=self._centre, sha256=sha256, file_id=file.id, file_hash=file.hash, delivered_at=now)
        with self._database.write() as session:
            session.merge(row)

    def record(self, record_id: str) -> DeliveredRecord:
        """Give what is known of a record there; one that was only begun where nothing is."""
        with self._database.read() as session:
            row = session.get(DeliveredRecordRow, (self._centre, record_id))
            if row is None:
                return DeliveredRecord(record_id)
            return DeliveredRecord(
                record_id,
                row.number,
                row.manifest_sha256,
                Delivery(row.step),
                row.there_id,
                row.answer,
                None if row.receipt is None else _RECEIPT.validate_json(row.receipt),
            )

    def keep_record(self, record: DeliveredRecord) -> None:
        """Keep how far a record is."""
        receipt = None if record.receipt is None else _RECEIPT.dump_json(record.receipt).decode()
        row = DeliveredRecordRow(
            centre=self._centre,
            record_id=record.record_id,
            number=record.number,
            manifest_sha256=record.manifest_sha256,
            step=record.step,
            there_id=record.there_id,
            answer=record.answer,
            receipt=receipt,
        )
        with self._database.write() as session:
            session.merge(row)
