"""Both lists are compared with the real centre; what can be mended is, the rest is reported."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import uuid
from contextlib import closing
from dataclasses import replace

import pytest

from app.model.dossier import DossierState, RevisionKind
from app.model.outbox import REVISION_TAKEN, OutboxState
from app.sync.connector import Upload
from app.sync.proofs import Proof
from app.sync.reconcile import Gap
from tests.app.sync.conftest import as_json, problem


@pytest.fixture
def sent(station, centre):
    """Makes accepted entries of the station at the real centre."""
    station.engine.enrol(centre.url, centre.code()).result(20)

    def make(count):
        entries = [station.finished() for _ in range(count)]
        assert station.engine.run_once().accepted == count
        return entries

    return make


def _at(path, *statement):
    with closing(sqlite3.connect(path)) as database:
        database.execute(*statement)
        database.commit()


def _lose(centre, record_id):
    """Take a record out of the centre, as a restored backup does."""
    with closing(sqlite3.connect(centre.data / "central.db")) as database:
        guards = database.execute("select name, sql from sqlite_master where type = 'trigger'").fetchall()
        for name, _ in guards:
            database.execute(f"drop trigger {name}")
        for (table,) in database.execute("select name from sqlite_master where type = 'table'").fetchall():
            if any(column[1] == "record_id" for column in database.execute(f"pragma table_info({table})")):
                database.execute(f"delete from {table} where record_id = ?", (record_id,))
        for _, guard in guards:
            database.execute(guard)
        database.commit()


def _gaps(found):
    return {(one.gap, one.record_id, one.mended) for one in found.differences}


def test_equal_lists_have_no_difference(station, sent):
    sent(3)
    found = station.engine.reconcile()
    assert (found.compared, found.differences) == (3, ())
    assert station.engine.status().error is None


def test_what_the_centre_lost_is_sent_again(station, centre, sent):
    kept, lost = sent(2)
    _lose(centre, lost.dossier_id)

    assert _gaps(station.engine.reconcile()) == {(Gap.LACKING_THERE, lost.dossier_id, True)}
    assert station.entry(lost).state is OutboxState.WAITING
    assert station.entry(kept).state is OutboxState.ACCEPTED

    assert station.engine.run_once().accepted == 1
    assert station.engine.reconcile().differences == ()
    assert {one.proof for one in station.engine.verify_receipts()} == {Proof.PROVEN}
    assert (lost.dossier_id, 1) in centre.records()


def test_a_receipt_that_is_lacking_or_not_signed_is_fetched(station, sent):
    unsigned, waiting = sent(2)
    receipt = json.dumps(
        {
            "receipt_id": "r", "record_id": unsigned.dossier_id, "revision": 1, "dossier_number": "H02.15-261123-0001",
            "manifest_sha256": unsigned.manifest_sha256, "received_at": "2026-11-23T00:00:00Z", "files": 1,
        }
    )  # fmt: skip
    _at(station.folder.database, "update outbox set receipt = ? where id = ?", (receipt, unsigned.id))
    _at(
        station.folder.database,
        "update outbox set receipt = null, state = 'unconfirmed' where id = ?",
        (waiting.id,),
    )
    expected = {(Gap.RECEIPT_LACKING, entry.dossier_id, True) for entry in (unsigned, waiting)}
    assert _gaps(station.engine.reconcile()) == expected
    assert [one.proof for one in station.engine.verify_receipts()] == [Proof.PROVEN] * 2


def test_another_manifest_and_an_unknown_record_are_shown_to_a_person(station, centre, sent):
    other, unknown = sent(2)
    _at(station.folder.database, "update outbox set manifest_sha256 = ? where id = ?", ("0" * 64, other.id))
    _at(station.folder.database, "update outbox set dossier_id = dossier_id, revision = 7 where id = ?", (unknown.id,))
    _at(station.folder.database, "update outbox set receipt = null, state = 'refused' where id = ?", (unknown.id,))

    found = station.engine.reconcile()

    assert _gaps(found) == {(Gap.OTHER_THERE, other.dossier_id, False), (Gap.UNKNOWN_HERE, unknown.dossier_id, False)}
    assert found.open == 2
    shown = station.engine.status().error
    assert type(shown).__name__ == "ListsDiffer"
    assert "2" in shown.title_in("vi")
    assert len(centre.records(station.settings().server.station_id)) == 2


def test_it_is_done_once_a_day_by_itself(station, centre, clock, sent):
    (entry,) = sent(1)
    _lose(centre, entry.dossier_id)
    station.engine.run_once()
    assert station.entry(entry).state is OutboxState.ACCEPTED
    clock.forward(hours=25)
    station.engine.run_once()
    assert station.engine.run_once().accepted == 1
    assert (entry.dossier_id, 1) in centre.records()


def test_the_daily_one_does_not_look_back_for_ever(station, centre, clock, sent):
    (entry,) = sent(1)
    _lose(centre, entry.dossier_id)
    clock.forward(days=40)
    station.engine.run_once()
    assert station.entry(entry).state is OutboxState.ACCEPTED
    assert len(station.engine.reconcile().differences) == 1


def test_a_lost_first_revision_is_sent_again_while_the_next_is_worked_on(station, centre, clock, sent):
    (entry,) = sent(1)
    station.dossiers.open_revision(entry.dossier_id, RevisionKind.CORRECTION, "Sai tên", "Người quét", clock())
    _lose(centre, entry.dossier_id)
    station.engine.reconcile()
    assert station.engine.run_once().accepted == 1
    assert station.dossiers.get(entry.dossier_id).state is DossierState.OPEN


def test_what_is_refused_when_it_is_sent_again_leaves_the_dossier_accepted(station, liar):
    entry = station.enrolled_at(liar.url).finished()
    assert station.engine.run_once().accepted == 1
    liar.rule("GET", "/records", as_json({"records": []}))
    liar.rule("PUT", "/records/", problem(422, "invalid"))
    station.engine.reconcile()
    assert station.engine.run_once().refused == 1
    assert station.entry(entry).state is OutboxState.REFUSED
    assert station.dossiers.get(entry.dossier_id).state is DossierState.ACCEPTED


def _corrected(station, entry, opened):
    """Finish the second revision of a record that was opened for it."""
    before = station.folder.root / entry.manifest_path
    manifest = json.dumps(json.loads(before.read_bytes()) | {"revision": 2, "reason": "Sai tên"}, ensure_ascii=False).encode()
    path = before.with_name("manifest-2.json")
    path.write_bytes(manifest)
    second = replace(
        entry,
        id=str(uuid.uuid4()),
        revision=2,
        manifest_path=path.relative_to(station.folder.root).as_posix(),
        manifest_sha256=hashlib.sha256(manifest).hexdigest(),
        state=OutboxState.WAITING,
        created_at=station.clock(),
        next_try_at=station.clock(),
        receipt=None,
        files=tuple(replace(file, upload_url="", uploaded=False) for file in entry.files),
    )
    assert station.dossiers.finish(opened, (), second)
    return station.outbox.get(second.id)


def test_a_correction_of_what_the_centre_lost_long_ago_takes_the_first_revision_along(station, centre, clock, sent):
    """The daily comparison looks back a month only; the correction would wait for ever, and nobody would know for what."""
    (first,) = sent(1)
    opened = station.dossiers.open_revision(first.dossier_id, RevisionKind.CORRECTION, "Sai tên", "Người quét", clock())
    second = _corrected(station, station.entry(first), opened)
    _lose(centre, first.dossier_id)
    report = station.engine.run_once()
    assert (report.accepted, report.failed) == (1, 1)
    assert station.error_name(second) == "EarlierLacking"
    assert station.engine.run_once().accepted == 1
    assert {(first.dossier_id, 1), (first.dossier_id, 2)} <= set(centre.records())
    assert [station.entry(one).state for one in (first, second)] == [OutboxState.ACCEPTED] * 2


def test_a_station_restored_from_a_backup_can_send_what_it_finishes_differently(station, clock, sent):
    """The centre has another manifest under this revision; made anew under the same one, it would be refused for ever."""
    sent(1)
    finished = station.finished()
    manifest = json.loads((station.folder.root / finished.manifest_path).read_bytes())
    file = finished.files[0]
    with station.access.open() as connector:
        upload = Upload(
            station.folder.root / file.path, file.name, file.media_type, file.sha256, file.size, finished.dossier_id
        )
        connector.upload(upload, lambda _url: None, lambda _at: None)
        before = json.dumps(manifest | {"operator": "Trước khi khôi phục"}, ensure_ascii=False).encode()
        connector.put_record(finished.dossier_id, 1, before)
    assert station.engine.run_once().refused == 1
    assert station.error_name(finished) == REVISION_TAKEN
    opened = station.dossiers.reopen(finished.dossier_id, clock())
    assert (opened.state, opened.revision) == (DossierState.OPEN, 2)
    last = station.dossiers.revisions(opened.id)[-1]
    assert (last.revision, last.kind) == (2, RevisionKind.CORRECTION)
    assert last.reason, "the centre takes no later revision without a reason"
    second = _corrected(station, finished, opened)
    assert station.engine.run_once().accepted == 1
    assert station.entry(second).state is OutboxState.ACCEPTED
