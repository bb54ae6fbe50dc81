"""The engine's thread: it wakes, it pauses, it stops inside a slow file; and the jobs beside it."""

from __future__ import annotations

import json
import time
from datetime import timedelta

import pytest

from app.events import Topic
from app.model.dossier import DossierState
from app.model.outbox import OutboxState
from app.store.errors import DossierFrozen, StorageFailed
from app.store.procedures import CatalogueBroken
from app.sync import rounds
from app.sync.errors import BadServerAddress, EnrolmentRefused, NotEnrolled, NotTheCentre, NumberRefused
from tests.app.sync.conftest import Reply, as_json, problem
from tests.support import wait_until

ENROLLED = as_json({"station_id": "st000000000001", "token": "t-o-k-e-n", "name": "", "agency_code": "H02.15"}, 201)


def test_without_enrolment_it_waits_and_says_why(station):
    station.finished()
    assert isinstance(station.engine.run_once().error, NotEnrolled)
    assert not station.engine.status().enrolled
    with pytest.raises(NotEnrolled):
        station.engine.new_number(station.dossier().id).result(5)


def test_enrolment_keeps_the_address_the_id_and_the_token_and_starts_sending(station, liar):
    liar.rule("POST", "/stations", ENROLLED)
    liar.rule("GET", "/stations/me", as_json({"station_id": "st000000000001"}))
    entry = station.finished()
    station.engine.start()
    wait_until(lambda: isinstance(station.engine.status().error, NotEnrolled))
    assert station.engine.enrol(f" {liar.url}/api/v1/ ", " CODE ").result(5) == "st000000000001"
    wait_until(lambda: station.entry(entry).state is OutboxState.ACCEPTED)
    assert station.settings().server.url == liar.url
    assert station.tokens.get("st000000000001") == "t-o-k-e-n"
    assert "t-o-k-e-n" not in station.settings_file.path.read_text("utf-8")
    said = next(asked for asked in liar.asked if asked.path.endswith("/stations"))
    assert json.loads(said.body) == {"code": "CODE", "name": "Bàn số 1"}
    assert "authorization" not in said.headers


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (problem(403, "enrol-code-refused"), EnrolmentRefused),
        (problem(429, "too-many-attempts"), EnrolmentRefused),
        (Reply(200, b"<html>", {"Content-Type": "text/html"}), NotTheCentre),
        (as_json({"station_id": "st1", "token": ""}, 201), NotTheCentre),
        (as_json({"station_id": "st1", "token": "two\r\nlines"}, 201), NotTheCentre),
    ],
)
def test_a_refused_enrolment_changes_nothing(station, liar, reply, error):
    liar.rule("POST", "/stations", reply)
    with pytest.raises(error):
        station.engine.enrol(liar.url, "CODE").result(5)
    assert not station.engine.status().enrolled


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://centre.example",
        "ftp://centre.example",
        "https://user:word@centre.example",
        "https://centre.example/?a=b",
        "https://centre.example:99999999",
        "https://[bad",
        "hello there",
    ],
)
def test_an_address_that_cannot_be_a_centre_is_refused(station, url):
    with pytest.raises(BadServerAddress):
        station.engine.enrol(url, "CODE").result(5)


def test_a_refused_number_says_why_and_a_finished_dossier_gets_none(station, liar):
    station.enrolled_at(liar.url)
    dossier = station.dossier()
    liar.rule("POST", "/dossier-numbers", problem(422, "invalid"), times=1)
    with pytest.raises(NumberRefused):
        station.engine.new_number(dossier.id).result(5)
    liar.rule("POST", "/dossier-numbers", as_json({"number": "H02.15-261123-0007"}, 201))
    assert station.engine.new_number(dossier.id).result(5) == "H02.15-261123-0007"
    asked = [json.loads(asked.body)["request_id"] for asked in liar.asked]
    assert asked == [dossier.id, dossier.id]
    with pytest.raises(DossierFrozen):
        station.engine.new_number(station.finished().dossier_id).result(5)


def test_a_broken_catalogue_never_replaces_a_good_one(station, liar):
    station.enrolled_at(liar.url)
    kept = station.folder.root / "catalogue.json"
    good = b'{"format": "sohoa-catalogue/1", "version": "1", "source": "", "procedures": []}'
    liar.rule("GET", "/catalogue", Reply(200, good, {"Content-Type": "application/json", "ETag": '"1"'}), times=1)
    assert station.engine.fetch_catalogue().result(5) is True
    assert Topic.CATALOGUE in {change.topic for change in station.heard}
    for broken in (b'{"format": "other/1"}', b"[1, 2", b""):
        liar.rule("GET", "/catalogue", Reply(200, broken, {"Content-Type": "application/json"}), times=1)
        with pytest.raises(CatalogueBroken):
            station.engine.fetch_catalogue().result(5)
        assert kept.read_bytes() == good
    assert liar.asked[-1].headers["if-none-match"] == '"1"'
    kept.write_bytes(good + b" ")
    liar.rule("GET", "/catalogue", Reply(200, good, {"Content-Type": "application/json"}), times=1)
    assert station.engine.fetch_catalogue().result(5) is True
    assert "if-none-match" not in liar.asked[-1].headers


def test_wake_tries_again_at_once_what_was_put_off(station, liar):
    liar.rule("PUT", "/records/", Reply(500), times=1)
    entry = station.enrolled_at(liar.url).finished()
    station.engine.start()
    wait_until(lambda: station.entry(entry).error == "ServerTrouble")
    station.clock.forward(seconds=-0.5)
    assert station.entry(entry).next_try_at > station.clock()
    station.engine.wake()
    wait_until(lambda: station.entry(entry).state is OutboxState.ACCEPTED)


def test_wake_goes_on_after_a_refused_sign_in(station, liar):
    liar.rule("GET", "/stations/me", problem(401, "unauthorized"), times=1)
    entry = station.enrolled_at(liar.url).finished()
    station.engine.start()
    wait_until(lambda: type(station.engine.status().error).__name__ == "TokenRefused")
    station.events.announce(Topic.OUTBOX)
    time.sleep(0.1)
    assert liar.count("GET", "/stations/me") == 1
    station.engine.wake()
    wait_until(lambda: station.entry(entry).state is OutboxState.ACCEPTED)
    assert station.engine.status().error is None


def test_new_settings_are_a_reason_to_try_again(station, liar):
    entry = station.finished()
    station.engine.start()
    wait_until(lambda: isinstance(station.engine.status().error, NotEnrolled))
    station.enrolled_at(liar.url)
    station.events.announce(Topic.SETTINGS)
    wait_until(lambda: station.entry(entry).state is OutboxState.ACCEPTED)


def test_close_stops_inside_a_file_and_the_next_start_goes_on(station, liar):
    liar.rule("PATCH", "/files/", lambda asked: Reply(slow=0.3, **_kept(liar, asked)))
    entry = station.enrolled_at(liar.url).finished(b"x" * 20_000_000)
    station.engine.start()
    wait_until(lambda: station.engine.status().progress[0] > 2_000_000)
    assert station.engine.status().sending == entry.id
    started = time.monotonic()
    station.engine.close()
    assert time.monotonic() - started < 3
    assert station.entry(entry).state is OutboxState.UNCONFIRMED
    assert station.engine.status().sending == ""
    liar.rules.clear()
    station.restart()
    seen = []
    assert station.engine.run_once(lambda _entry, done, _total: seen.append(done)).accepted == 1
    assert seen[0] >= 1_000_000


def _kept(liar, asked):
    reply = liar.tus(asked)
    return {"status": reply.status, "headers": reply.headers}


def test_each_try_is_marked_before_it_is_made(station, liar):
    states = []

    def look(asked):
        states.append(station.entry(entry).state)
        return liar.honest(asked)

    liar.rule("PUT", "/records/", look)
    entry = station.enrolled_at(liar.url).finished()
    station.engine.run_once()
    assert states == [OutboxState.UNCONFIRMED]


def test_a_full_disk_ends_the_round_and_the_thread_lives_on(station, liar, monkeypatch):
    station.enrolled_at(liar.url)
    entry = station.finished()
    real = station.outbox.mark_tried

    def refuse(_entry_id):
        raise StorageFailed(folder="-", what="-")

    monkeypatch.setattr(station.outbox, "mark_tried", refuse)
    with pytest.raises(StorageFailed):
        station.engine.run_once()
    station.engine.start()
    wait_until(lambda: isinstance(station.engine.status().error, StorageFailed))
    monkeypatch.setattr(station.outbox, "mark_tried", real)
    station.engine.wake()
    wait_until(lambda: station.entry(entry).state is OutboxState.ACCEPTED)


def test_a_failed_record_comes_again_by_itself(station, liar):
    liar.rule("PUT", "/records/", Reply(500), times=1)
    entry = station.enrolled_at(liar.url).finished()
    station.engine.run_once()
    put_off = station.entry(entry)
    assert timedelta(seconds=1) <= put_off.next_try_at - station.clock() <= timedelta(seconds=2)
    station.clock.forward(seconds=2)
    station.engine.start()
    wait_until(lambda: station.entry(entry).state is OutboxState.ACCEPTED)


def test_a_proxy_is_not_asked_for_this_very_machine_and_netrc_not_for_a_password(station, liar, monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password something\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.delenv("no_proxy", raising=False)
    station.enrolled_at(liar.url).finished()
    assert station.engine.run_once().accepted == 1
    assert {asked.headers["authorization"] for asked in liar.asked} == {"Bearer a-token-of-this-test"}


def test_what_is_opened_again_while_its_files_are_read_is_not_sent(station, liar, monkeypatch):
    """Reading a large dossier takes seconds, and the clerk may open it meanwhile; the others go on."""
    station.enrolled_at(liar.url)
    opened, other = station.finished(), station.finished()
    real = rounds.check_local

    def reading(root, entry):
        checked = real(root, entry)
        if entry.id == opened.id and station.outbox.has(entry.id):
            station.dossiers.reopen(opened.dossier_id, station.clock())
        return checked

    monkeypatch.setattr(rounds, "check_local", reading)
    report = station.engine.run_once()
    assert (report.sent, report.accepted, report.error) == (1, 1, None)
    assert station.entry(other).state is OutboxState.ACCEPTED
    assert station.dossiers.get(opened.dossier_id).state is DossierState.OPEN


def test_a_keyring_that_opens_late_lets_sending_begin(station, liar):
    """The desk starts before somebody has unlocked the keyring of the session; nobody should have to start it again."""
    station.enrolled_at(liar.url)
    token = station.tokens.get(station.settings().server.station_id)
    station.tokens.forget(station.settings().server.station_id)
    station.engine.start()
    wait_until(lambda: type(station.engine.status().error).__name__ == "NotEnrolled")
    station.tokens.keep(station.settings().server.station_id, token)
    entry = station.finished()
    station.events.announce(Topic.OUTBOX)
    wait_until(lambda: station.entry(entry).state is OutboxState.ACCEPTED)
