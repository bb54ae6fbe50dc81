"""The engine against the real central server."""

from __future__ import annotations

import pytest

from app.events import Topic
from app.jobs import Cancelled
from app.model.dossier import DossierState
from app.model.outbox import OutboxState
from app.sync.errors import EnrolmentRefused
from app.sync.local_files import check_local
from app.sync.pace import FIRST_CHUNK
from app.sync.sending import Sender
from app.sync.uploading import Uploads
from tests.pdfs import pdf_of
from tests.support import wait_until


def _enrol(station, centre):
    return station.engine.enrol(centre.url, centre.code()).result(20)


def test_a_record_goes_from_enrolment_to_receipt(station, centre):
    station_id = _enrol(station, centre)
    assert station.settings().server.station_id == station_id
    assert station.engine.status().enrolled
    small, large = pdf_of("one"), pdf_of("two", padding=bytes(2_400_000))
    entry = station.finished(small, large)
    seen = []

    report = station.engine.run_once(lambda _entry, done, total: seen.append((done, total)))

    assert (report.sent, report.accepted, report.waiting, report.error) == (1, 1, 0, None)
    sent = station.entry(entry)
    assert sent.state is OutboxState.ACCEPTED
    assert sent.receipt is not None
    assert sent.receipt.manifest_sha256 == entry.manifest_sha256
    dossier = station.dossiers.get(entry.dossier_id)
    assert (dossier.state, dossier.number) == (DossierState.ACCEPTED, sent.receipt.dossier_number)
    assert seen[-1] == (len(small) + len(large),) * 2
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert {Topic.OUTBOX, Topic.DOSSIERS} <= {change.topic for change in station.heard}
    assert (entry.dossier_id, 1) in centre.records()


def test_numbers_and_catalogue_come_from_the_centre(station, centre):
    _enrol(station, centre)
    dossier = station.dossier()

    number = station.engine.new_number(dossier.id).result(20)

    assert number.startswith("H02.15-")
    assert station.dossiers.get(dossier.id).number == number
    assert station.engine.new_number(dossier.id).result(20) == number
    assert station.engine.fetch_catalogue().result(20) is True
    assert (station.folder.root / "catalogue.json").read_bytes() == centre.catalogue.read_bytes()
    assert station.engine.fetch_catalogue().result(20) is False


BIG = pdf_of(padding=bytes(range(256)) * 24_000)
# BIG takes more than a second so, which is long enough to be interrupted.
SLOW_KBPS = 40_000


def test_a_server_killed_inside_an_upload_goes_on_where_it_was(station, centre):
    _enrol(station, centre)
    station.settings_file.change({"server.limit_kbps": SLOW_KBPS})
    entry = station.finished(BIG)

    def kill_in_the_middle(_entry, done, _total):
        if done > 3_000_000 and centre.process is not None:
            centre.kill()

    report = station.engine.run_once(kill_in_the_middle)
    assert type(report.error).__name__ == "NoConnection"
    assert station.engine.status().online is False
    assert station.entry(entry).state is OutboxState.UNCONFIRMED
    there = centre.uploaded_bytes()
    # The chunks that were answered: 256 KiB and 4 MiB at most after that.
    assert FIRST_CHUNK <= there < len(BIG)

    centre.start()
    seen = []
    assert station.engine.run_once(lambda _entry, done, _total: seen.append(done)).accepted == 1
    assert seen[0] >= there
    assert seen[-1] - seen[0] < len(BIG)


def test_a_station_stopped_inside_an_upload_goes_on_in_a_new_process(station, centre):
    _enrol(station, centre)
    station.settings_file.change({"server.limit_kbps": SLOW_KBPS})
    entry = station.finished(BIG)

    def stop_in_the_middle(_entry, done, _total):
        if done > 3_000_000:
            raise Cancelled

    with pytest.raises(Cancelled):
        station.engine.run_once(stop_in_the_middle)
    assert station.entry(entry).state is OutboxState.UNCONFIRMED

    station.restart()
    seen = []
    assert station.engine.run_once(lambda _entry, done, _total: seen.append(done)).accepted == 1
    assert seen[0] > 1_000_000


def test_an_answer_lost_after_the_centre_took_the_record_gives_its_receipt_again(station, centre):
    _enrol(station, centre)
    entry = station.finished()
    checked = check_local(station.folder.root, entry)
    with station.access.open() as connector, Uploads(station.folder.root, station.outbox, connector, 2) as uploads:
        uploads.begin(checked)
        first = Sender(connector, station.outbox, uploads).send(checked, lambda *_: None)
    assert station.engine.run_once().accepted == 1
    assert station.entry(entry).receipt == first
    assert centre.records().count((entry.dossier_id, 1)) == 1


def test_a_revoked_token_stops_all_and_loses_nothing(station, centre):
    _enrol(station, centre)
    centre.revoke_all()
    entries = [station.finished() for _ in range(2)]
    report = station.engine.run_once()
    assert type(report.error).__name__ == "TokenRefused"
    assert (report.sent, report.waiting) == (0, 2)
    assert station.engine.status().online is None
    assert [station.entry(entry).attempts for entry in entries] == [0, 0]


def test_a_code_for_the_same_station_lets_the_waiting_records_through(station, centre):
    _enrol(station, centre)
    entries = [station.finished() for _ in range(2)]
    station_id = station.settings().server.station_id
    centre.revoke_all()
    assert station_id in station.engine.run_once().error.remedy_in("vi")
    station.engine.enrol(centre.url, centre.code(station_id)).result(20)
    assert station.settings().server.station_id == station_id
    assert station.engine.run_once().accepted == len(entries)


def test_a_code_works_once(station, centre):
    code = centre.code()
    station.engine.enrol(centre.url, code).result(20)
    with pytest.raises(EnrolmentRefused) as refused:
        station.engine.enrol(centre.url, code).result(20)
    assert "Mã" in refused.value.title_in("vi")


def test_the_thread_sends_what_is_finished_while_it_runs(station, centre):
    _enrol(station, centre)
    station.engine.start()
    entry = station.finished()
    station.events.announce(Topic.OUTBOX)
    wait_until(lambda: station.entry(entry).state is OutboxState.ACCEPTED)
    assert station.engine.status().online is True
    assert station.engine.status().error is None
    station.engine.close()


def test_the_centres_clock_can_be_read(station, centre):
    _enrol(station, centre)
    with station.access.open() as connector:
        assert abs((connector.time() - station.clock()).total_seconds()) < 60
