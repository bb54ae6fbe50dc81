"""The engine against the real central server."""

from __future__ import annotations

from app.events import Topic
from app.model.dossier import DossierState
from app.model.outbox import OutboxState


def _enrol(station, centre):
    return station.engine.enrol(centre.url, centre.code()).result(20)


def test_a_record_goes_from_enrolment_to_receipt(station, centre):
    station_id = _enrol(station, centre)
    assert station.settings().server.station_id == station_id
    assert station.engine.status().enrolled
    entry = station.finished(b"%PDF one" * 1000, b"%PDF two" * 300_000)
    seen = []

    report = station.engine.run_once(lambda _entry, done, total: seen.append((done, total)))

    assert (report.sent, report.accepted, report.waiting, report.error) == (1, 1, 0, None)
    sent = station.entry(entry)
    assert sent.state is OutboxState.ACCEPTED
    assert sent.receipt is not None
    assert sent.receipt.manifest_sha256 == entry.manifest_sha256
    dossier = station.dossiers.get(entry.dossier_id)
    assert (dossier.state, dossier.number) == (DossierState.ACCEPTED, sent.receipt.dossier_number)
    assert seen[-1] == (8000 + 2_400_000,) * 2
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
