"""Files go from a station only after a receipt that is proven anew and the retention time; what went is no loss."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest

from app.filing.revisions import Revisions
from app.jobs import Cancelled
from app.model.dossier import DossierState, RevisionKind
from app.model.history import Step
from app.model.outbox import OutboxState
from app.store.errors import FilesAtCentre
from app.store.history import HistoryStore
from app.sync.answers import of_cleared
from app.sync.clearing import Cleared, Kept, why_kept
from app.sync.errors import NoConnection, NotEnrolled
from app.sync.proofs import Proof
from app.sync.server import CentralServer
from tests.records import NOW, a_dossier, a_receipt, an_entry

DAYS = timedelta(days=30)
ACCEPTED = a_dossier(state=DossierState.ACCEPTED)


def _entry(**values):
    entry = an_entry(ACCEPTED, state=OutboxState.ACCEPTED)
    return replace(entry, **{"receipt": a_receipt(entry), **values})


@pytest.mark.parametrize(
    ("dossier", "entries", "proofs", "days", "kept"),
    [
        (ACCEPTED, [_entry()], [Proof.PROVEN], 31, None),
        (ACCEPTED, [_entry()], [Proof.PROVEN], 29, Kept.RECENT),
        (ACCEPTED, [_entry(), _entry(created_at=NOW + DAYS)], [Proof.PROVEN] * 2, 31, Kept.RECENT),
        (ACCEPTED, [_entry(), _entry(state=OutboxState.WAITING)], [Proof.PROVEN], 31, Kept.NOT_SENT),
        (ACCEPTED, [_entry(receipt=None)], [], 31, Kept.NOT_SENT),
        (ACCEPTED, [], [], 31, Kept.NOT_SENT),
        (replace(ACCEPTED, state=DossierState.OPEN, revision=2), [_entry()], [Proof.PROVEN], 31, Kept.NOT_SENT),
        *((ACCEPTED, [_entry()] * 2, [Proof.PROVEN, doubt], 31, Kept.UNPROVEN) for doubt in Proof if doubt is not Proof.PROVEN),
    ],
)
def test_the_decision(dossier, entries, proofs, days, kept):
    assert why_kept(dossier, entries, proofs, NOW + timedelta(days=days), DAYS) is kept


class Sent:
    """Two dossiers that a real centre has accepted, each with scanned pages and a PDF."""

    def __init__(self, station, centre):
        station.engine.enrol(centre.url, centre.code()).result(20)
        self.station = station
        self.entries = [station.finished(pages=2) for _ in range(2)]
        assert station.engine.run_once().accepted == 2
        station.settings_file.change({"server.keep_days": 30})

    def large(self, entry):
        """The files that may go."""
        station = self.station
        pages = station.pages.of_dossier(entry.dossier_id)
        previews = [station.folder.cache / page.id[:2] / f"{page.id}.original.jpg" for page in pages]
        papers = [station.folder.root / file.path for file in entry.files]
        return [*(station.pages.path_of(page) for page in pages), *previews, *papers]

    def here(self, entry):
        return [path.exists() for path in self.large(entry)]

    def tamper(self, statement):
        with closing(sqlite3.connect(self.station.folder.database)) as database:
            assert database.execute(statement).rowcount > 0
            database.commit()


@pytest.fixture
def sent(station, centre, clock, monkeypatch):
    """Both, where years may pass: the real centre cannot be told another time, so its word about it is the test's clock."""
    monkeypatch.setattr("app.sync.server.CentralServer.time", lambda _self: clock())
    return Sent(station, centre)


def reasons(cleared):
    return dict(cleared.kept)


def test_nothing_goes_before_its_time_nor_in_a_dry_run(sent, clock):
    engine = sent.station.engine
    clock.forward(days=29)
    assert engine.clean() == Cleared(30)
    clock.forward(days=2)
    dry = engine.clean(dry=True)
    assert (dry.dossiers, dry.kept) == (2, ())
    assert dry.size == sum(path.stat().st_size for entry in sent.entries for path in sent.large(entry))
    assert all(all(sent.here(entry)) for entry in sent.entries)
    sent.station.settings_file.change({"server.keep_days": 0})
    clock.forward(days=10_000)
    assert engine.clean() == Cleared(0)
    assert all(all(sent.here(entry)) for entry in sent.entries)


def test_what_went_is_said_to_be_at_the_centre_and_stays_proven(sent, clock):
    station, entry = sent.station, sent.entries[0]
    clock.forward(days=31)
    assert station.engine.clean().dossiers == 2
    assert not any(sent.here(entry))
    assert station.dossiers.get(entry.dossier_id).cleared_at == clock()
    assert {finding.proof for finding in station.engine.verify_receipts()} == {Proof.PROVEN}
    page, *_ = station.pages.of_dossier(entry.dossier_id)
    assert station.folder.thumbnail(page.id).exists()
    with pytest.raises(FilesAtCentre):
        station.pages.original(page)
    for kind in (RevisionKind.CORRECTION, RevisionKind.RESULT):
        with pytest.raises(FilesAtCentre) as told:
            station.dossiers.open_revision(entry.dossier_id, kind, "Sai tên", "Người quét", clock())
        assert "trung tâm" in told.value.remedy_in("vi")
    assert HistoryStore(station.database).of_dossier(entry.dossier_id)[-1].step is Step.CLEARED
    assert station.engine.clean() == Cleared(30)


@pytest.mark.parametrize(
    "statement",
    [
        "update outbox set receipt = replace(receipt, '\"files\":1', '\"files\":2')",
        "update outbox set receipt = json_set(receipt, '$.signature', '')",
        "update outbox set receipt = json_set(receipt, '$.key_id', '0123456789abcdef')",
    ],
    ids=["changed", "unsigned", "unknown key"],
)
def test_a_receipt_that_proves_nothing_keeps_everything(sent, clock, statement):
    sent.tamper(f"{statement} where id = '{sent.entries[0].id}'")
    clock.forward(days=31)
    cleared = sent.station.engine.clean()
    assert (cleared.dossiers, cleared.kept) == (1, ((Kept.UNPROVEN, 1),))
    assert all(sent.here(sent.entries[0]))
    assert not any(sent.here(sent.entries[1]))


def test_a_manifest_that_was_changed_keeps_everything(sent, clock):
    manifest = sent.station.folder.root / sent.entries[0].manifest_path
    manifest.write_bytes(manifest.read_bytes() + b" ")
    clock.forward(days=31)
    assert sent.station.engine.clean().kept == ((Kept.UNPROVEN, 1),)
    assert all(sent.here(sent.entries[0]))


def test_an_open_correction_keeps_what_it_is_made_of(sent, clock):
    station, entry = sent.station, sent.entries[0]
    station.dossiers.open_revision(entry.dossier_id, RevisionKind.CORRECTION, "Sai tên", "Người quét", clock())
    clock.forward(days=31)
    assert station.engine.clean().dossiers == 1
    assert all(sent.here(entry))


def test_a_removal_that_was_cut_short_is_ended_later(sent, clock):
    station, entry = sent.station, sent.entries[0]
    clock.forward(days=31)
    dossier = station.dossiers.get(entry.dossier_id)
    assert station.stores.clearing.mark(dossier, clock())
    assert all(sent.here(entry))
    assert station.engine.clean().dossiers == 1
    assert not any(sent.here(entry))


def test_an_original_that_another_dossier_shows_stays(sent, clock):
    station, entry = sent.station, sent.entries[0]
    page, *_ = station.pages.of_dossier(entry.dossier_id)
    other = station.dossier()
    station.scanned(other.id, 1)
    sent.tamper(f"update pages set file = '{page.file}' where dossier_id = '{other.id}'")
    clock.forward(days=31)
    assert station.engine.clean().dossiers == 2
    assert station.pages.path_of(page).exists()


def test_a_wrong_clock_clears_nothing_and_a_right_one_does(sent, clock, monkeypatch):
    station, entry, right = sent.station, sent.entries[0], clock()
    monkeypatch.setattr("app.sync.server.CentralServer.time", lambda _self: right)
    clock.forward(days=31)
    station.finished()
    station.engine.run_once()
    assert type(station.engine.status().error).__name__ == "ClockWrong"
    by_hand = station.engine.clean()
    assert (by_hand.dossiers, reasons(by_hand), type(by_hand.error).__name__) == (0, {Kept.UNASKED: 3}, "ClockWrong")
    assert all(sent.here(entry))
    monkeypatch.setattr("app.sync.server.CentralServer.time", lambda _self: clock())
    clock.forward(days=1)
    station.engine.run_once()
    assert not any(sent.here(entry))


@pytest.mark.parametrize("dry", [True, False])
def test_a_centre_that_cannot_be_asked_keeps_everything_and_says_so(sent, clock, dry):
    clock.forward(days=31)
    station = sent.station
    station.settings_file.change({"server.url": "http://127.0.0.1:9"})
    cleared = station.engine.clean(dry=dry)
    assert (cleared.dossiers, cleared.size, reasons(cleared)) == (0, 0, {Kept.UNASKED: 2})
    assert isinstance(cleared.error, NoConnection)
    said = of_cleared(cleared, dry=dry)
    assert not said.well
    assert "Kiểm tra dây mạng" in said.summary.vi
    station.tokens.keep(station.settings().server.station_id, "")
    assert isinstance(station.engine.clean(dry=dry).error, NotEnrolled)
    assert all(all(sent.here(entry)) for entry in sent.entries)


def test_what_the_centre_does_not_hold_whole_any_more_stays_whatever_its_receipt_says(sent, centre, clock):
    """One whose record is gone there, one whose bytes are, one with a revision that is not known here; the fourth goes."""
    station = sent.station
    entries = [*sent.entries, *(station.finished(pages=1) for _ in range(2))]
    station.engine.run_once()
    listed, bytes_gone, revised, whole = entries
    with closing(sqlite3.connect(centre.data / "central.db")) as database:
        database.execute("delete from revisions where record_id = ?", (listed.dossier_id,))
        columns = [line[1] for line in database.execute("pragma table_info(revisions)")]
        another = {"revision": "2", "receipt_id": "'another'"}
        values = ", ".join(another.get(column, column) for column in columns)
        database.execute(
            f"insert into revisions ({', '.join(columns)}) select {values} from revisions where record_id = ?",
            (revised.dossier_id,),
        )
        database.commit()
    (stored,) = (centre.data / "files").rglob(bytes_gone.files[0].sha256)
    stored.unlink()
    clock.forward(days=31)
    cleared = station.engine.clean()
    assert (cleared.dossiers, reasons(cleared), cleared.error) == (1, {Kept.DISPUTED: 3}, None)
    assert not any(sent.here(whole))
    assert all(all(sent.here(entry)) for entry in (listed, bytes_gone, revised))
    assert not of_cleared(cleared, dry=False).well


def test_the_daily_run_asks_about_what_is_older_than_its_comparison(sent, centre, clock):
    """Both lists are compared for 31 days; what goes after a year was accepted long before that."""
    station, entry = sent.station, sent.entries[0]
    station.settings_file.change({"server.keep_days": 365})
    (stored,) = (centre.data / "files").rglob(entry.files[0].sha256)
    stored.unlink()
    clock.forward(days=366)
    station.engine.run_once()
    assert all(sent.here(entry))
    assert not any(sent.here(sent.entries[1]))


def test_a_cut_in_the_middle_leaves_done_what_was_done(sent, clock, monkeypatch):
    monkeypatch.setattr("app.sync.clearing._AT_ONCE", 1)
    known, asked = CentralServer.known_files, []

    def once(self, hashes):
        asked.append(hashes)
        if len(asked) > 1:
            raise NoConnection(host="centre.example.vn")
        return known(self, hashes)

    monkeypatch.setattr(CentralServer, "known_files", once)
    clock.forward(days=31)
    cleared = sent.station.engine.clean()
    assert (cleared.dossiers, reasons(cleared)) == (1, {Kept.UNASKED: 1})
    assert [any(sent.here(entry)) for entry in sent.entries].count(True) == 1


def test_a_removal_can_be_stopped_between_two_dossiers(sent, clock, monkeypatch):
    monkeypatch.setattr("app.sync.clearing._AT_ONCE", 1)

    def stop(_done, _total):
        raise Cancelled

    clock.forward(days=31)
    with pytest.raises(Cancelled):
        sent.station.engine.clean(told=stop)
    assert [any(sent.here(entry)) for entry in sent.entries].count(True) == 1
    assert sent.station.engine.clean().dossiers == 1


def test_what_the_centre_lost_after_the_files_went_is_told_and_not_sent(sent, centre, clock):
    station, entry = sent.station, sent.entries[0]
    clock.forward(days=31)
    station.engine.clean()
    with closing(sqlite3.connect(centre.data / "central.db")) as database:
        database.execute("delete from revisions where record_id = ?", (entry.dossier_id,))
        database.commit()
    found = station.engine.reconcile()
    assert [(one.record_id, one.mended) for one in found.differences] == [(entry.dossier_id, False)]
    assert station.entry(entry).state is OutboxState.ACCEPTED


def test_reasons_are_still_named_in_its_history(sent, clock):
    station = sent.station
    clock.forward(days=31)
    station.engine.clean()
    stores = type("Stores", (), {"dossiers": station.dossiers, "pages": station.pages})
    revisions = Revisions(stores, HistoryStore(station.database), station.events, station.settings, clock)
    lines = revisions.history(sent.entries[0].dossier_id)
    assert [line.step for line in lines] == [Step.BEGUN, Step.FINISHED, Step.ACCEPTED, Step.CLEARED]
    assert lines[1].operator == "Người quét"
