"""The journal of accepted revisions, and of stations that were moved: every line carries the hash of the line before it.

So no line can be changed, taken out or put in unnoticed. The database refuses to change a line, and
``sohoa-central journal verify`` finds what went round it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.model.receipts import is_signed_by
from central.centre import Centre
from central.receipts import receipt_keys, receipt_of
from central.tables import JournalEntry, Revision, RevisionFile, Station, StationMove

FIRST = "0" * 64
_FORMAT = "sohoa-journal/1"
_AT_ONCE = 500
# No record's id has a colon (central.records.RecordId), so no station can send a record that looks like a move.
_MOVES = "station:"


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with the journal or with a record that it names."""

    number: int
    record_id: str
    revision: int
    kind: str


@dataclass(frozen=True)
class Verification:
    """What a walk over the whole journal found; ``head`` is the hash of its last line."""

    entries: int
    head: str
    faults: tuple[Fault, ...]


def entry_hash(entry: JournalEntry) -> str:
    """Hash one line with the hash of the line before it."""
    moment: datetime = entry.received_at.astimezone(UTC)
    values = (
        _FORMAT,
        str(entry.number),
        entry.previous_hash,
        entry.record_id,
        str(entry.revision),
        entry.manifest_sha256,
        entry.receipt_id,
        moment.isoformat(timespec="microseconds"),
    )
    return hashlib.sha256("\n".join(values).encode("utf-8")).hexdigest()


def append(session: Session, revision: Revision) -> None:
    """Write a line for a revision, in the transaction that accepts it; the caller holds the lock ``journal``."""
    _append(
        session,
        JournalEntry(
            record_id=revision.record_id,
            revision=revision.revision,
            manifest_sha256=revision.manifest_sha256,
            receipt_id=revision.receipt_id,
            received_at=revision.received_at,
        ),
    )


def append_move(session: Session, move: StationMove) -> None:
    """Write a line for a station that is moved, in the transaction that moves it; the caller holds the lock ``journal``."""
    _append(
        session,
        JournalEntry(
            record_id=f"{_MOVES}{move.station_id}",
            revision=move.number,
            manifest_sha256=_move_digest(move),
            receipt_id="",
            received_at=move.moved_at,
        ),
    )


def _append(session: Session, entry: JournalEntry) -> None:
    last = session.scalar(select(JournalEntry).order_by(JournalEntry.number.desc()).limit(1))
    entry.number = 1 if last is None else last.number + 1
    entry.previous_hash = FIRST if last is None else last.entry_hash
    entry.entry_hash = entry_hash(entry)
    session.add(entry)


def _move_digest(move: StationMove) -> str:
    values = (move.station_id, move.number, move.agency_before, move.agency_after, move.username)
    text = json.dumps([*values, move.moved_at.astimezone(UTC).isoformat(timespec="microseconds")], ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def verify(centre: Centre, noted_head: str = "", *, files: bool = False) -> Verification:
    """Walk over the journal and compare each line with its record: chain, manifest, receipt and its signature.

    ``noted_head`` is a line's hash that somebody noted outside; a journal that was written anew does not have it any more.
    With ``files`` every file of every record is read and its hash compared as well, which takes its time.
    """
    known = receipt_keys(centre)
    keys, signed_since = {key.key_id: key.public_key for key in known}, known[0].added_at
    faults: list[Fault] = []
    expected, head, seen, noted = 1, FIRST, 0, noted_head in ("", FIRST)
    with centre.database.read() as session:
        for entry in _entries(session):
            chained = (entry.number, entry.previous_hash, entry.entry_hash) == (expected, head, entry_hash(entry))
            kinds = ([] if chained else ["chain"]) + _faults_of(session, entry, keys, signed_since)
            kinds += _file_faults(centre, session, entry) if files else []
            faults.extend(Fault(entry.number, entry.record_id, entry.revision, kind) for kind in kinds)
            expected, head, seen = entry.number + 1, entry.entry_hash, seen + 1
            noted = noted or head == noted_head
        faults.extend(_unlisted(session))
        faults.extend(_unlisted_moves(session))
    if not noted:
        faults.append(Fault(0, "", 0, "noted-head-missing"))
    return Verification(seen, head, tuple(faults))


def _entries(session: Session) -> Iterator[JournalEntry]:
    after = 0
    while True:
        query = select(JournalEntry).where(JournalEntry.number > after).order_by(JournalEntry.number).limit(_AT_ONCE)
        rows = list(session.scalars(query))
        if not rows:
            return
        yield from rows
        after = rows[-1].number
        session.expunge_all()


def _faults_of(session: Session, entry: JournalEntry, keys: dict[str, str], signed_since: datetime) -> list[str]:
    if entry.record_id.startswith(_MOVES):
        return _move_faults(session, entry)
    return _record_faults(session, entry, keys, signed_since)


def _move_faults(session: Session, entry: JournalEntry) -> list[str]:
    move = session.get(StationMove, (entry.record_id.removeprefix(_MOVES), entry.revision))
    if move is None:
        return ["move-missing"]
    return [] if _move_digest(move) == entry.manifest_sha256 else ["move-changed"]


def _record_faults(session: Session, entry: JournalEntry, keys: dict[str, str], signed_since: datetime) -> list[str]:
    row = session.get(Revision, (entry.record_id, entry.revision))
    if row is None:
        return ["record-missing"]
    faults = []
    if hashlib.sha256(row.manifest).hexdigest() != entry.manifest_sha256:
        faults.append("manifest-changed")
    if (row.receipt_id, row.received_at, row.manifest_sha256) != (entry.receipt_id, entry.received_at, entry.manifest_sha256):
        faults.append("receipt-changed")
    # What was accepted before receipts were signed has none; later, a signature that is gone hides a change.
    signed = row.receipt_key in keys and is_signed_by(receipt_of(row), keys[row.receipt_key])
    if not signed and (row.receipt_key or entry.received_at >= signed_since):
        faults.append("signature-wrong")
    if [_shown(file) for file in row.files] != _named(row.manifest):
        faults.append("files-changed")
    return faults


def _shown(file: RevisionFile) -> tuple[str, str, int, str]:
    return file.sha256, file.name, file.size, file.media_type


def _named(manifest: bytes) -> list[tuple[str, str, int, str]]:
    """The files that a manifest names; a manifest that was damaged names none."""
    try:
        files = [paper["file"] for paper in json.loads(manifest)["papers"]]
        return [(file["sha256"], file["name"], file["size"], file["media_type"]) for file in files]
    except (ValueError, KeyError, TypeError):
        return []


def _file_faults(centre: Centre, session: Session, entry: JournalEntry) -> list[str]:
    row = session.get(Revision, (entry.record_id, entry.revision))
    hashes = {file.sha256 for file in row.files} if row is not None else set()
    return [fault for sha256 in sorted(hashes) if (fault := _file_fault(centre, sha256))]


def _file_fault(centre: Centre, sha256: str) -> str:
    found = hashlib.sha256()
    try:
        for piece in centre.blobs.chunks(sha256):
            found.update(piece)
    except FileNotFoundError:
        return "file-missing"
    return "" if found.hexdigest() == sha256 else "file-changed"


def _unlisted(session: Session) -> list[Fault]:
    query = (
        select(Revision.record_id, Revision.revision)
        .outerjoin(JournalEntry, (JournalEntry.record_id == Revision.record_id) & (JournalEntry.revision == Revision.revision))
        .where(JournalEntry.number.is_(None))
    )
    return [Fault(0, record_id, revision, "not-in-journal") for record_id, revision in session.execute(query)]


def _unlisted_moves(session: Session) -> Iterator[Fault]:
    """Find moves without a line, and stations that are of another agency than their last move says."""
    listed = (JournalEntry.record_id == _MOVES + StationMove.station_id) & (JournalEntry.revision == StationMove.number)
    query = select(StationMove).outerjoin(JournalEntry, listed).where(JournalEntry.number.is_(None))
    for move in session.scalars(query):
        yield Fault(0, move.station_id, move.number, "not-in-journal")
    last: dict[str, StationMove] = {}
    for move in session.scalars(select(StationMove).order_by(StationMove.number)):
        last[move.station_id] = move
    for move in last.values():
        if session.get_one(Station, move.station_id).agency_code != move.agency_after:
            yield Fault(0, move.station_id, move.number, "agency-changed")
