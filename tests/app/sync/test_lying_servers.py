"""Servers that lie, break off, are slow or are somebody else: nothing is lost, nothing is believed, the reason is named."""

from __future__ import annotations

import base64
import hashlib
import logging
import socket
import ssl
import time

import pytest
import trustme

from app.events import Topic
from app.model.dossier import DossierState
from app.model.outbox import OutboxState
from app.sync.transport import ANSWER_LIMIT
from tests.app.sync.conftest import STATION, Liar, Reply, as_json, problem, receipt_for
from tests.support import wait_until

HTML = Reply(200, b"<html>Please sign in</html>", {"Content-Type": "text/html"})


def _kept(station, entry):
    """The entry is neither accepted nor refused, and its dossier waits."""
    now = station.entry(entry)
    assert now.state in (OutboxState.WAITING, OutboxState.UNCONFIRMED)
    assert now.receipt is None
    assert station.dossiers.get(entry.dossier_id).state is DossierState.FINISHED
    return now


def test_a_captive_portal_is_noticed_before_any_record_is_tried(station, liar):
    liar.rule("GET", "", HTML)
    entry = station.enrolled_at(liar.url).finished()
    report = station.engine.run_once()
    assert type(report.error).__name__ == "NotTheCentre"
    assert (report.sent, report.waiting) == (0, 1)
    assert station.engine.status().online is False
    assert _kept(station, entry).attempts == 0


@pytest.mark.parametrize(
    "answer",
    [
        HTML,
        Reply(200, b"{}", {"Content-Type": "application/json"}),
        Reply(201, b"", {"Content-Type": "application/json"}),
        Reply(202, b"{}", {"Content-Type": "application/json"}),
        Reply(204),
        Reply(403, b"<html>blocked by the office's filter</html>", {"Content-Type": "text/html"}),
        Reply(302, b"", {"Location": "http://127.0.0.1:1/elsewhere"}),
        Reply(201, b"x" * (ANSWER_LIMIT + 1), {"Content-Type": "application/json"}),
    ],
    ids=["html", "empty-json", "no-body", "202", "204", "filter", "redirect", "huge"],
)
def test_only_a_receipt_counts(station, liar, answer):
    liar.rule("PUT", "/records/", answer, times=1)
    entry = station.enrolled_at(liar.url).finished()
    report = station.engine.run_once()
    assert (report.sent, report.accepted, report.failed) == (1, 0, 1)
    assert _kept(station, entry).state is OutboxState.UNCONFIRMED
    assert station.error_name(entry) == "NotTheCentre"
    assert station.engine.run_once().accepted == 1


@pytest.mark.parametrize(
    "lie",
    [
        {"manifest_sha256": "0" * 64},
        {"record_id": "another-record"},
        {"revision": 2},
        {"revision": "1"},
        {"dossier_number": ""},
        {"dossier_number": "x" * 300},
    ],
)
def test_a_receipt_for_something_else_does_not_count(station, liar, lie):
    liar.rule("PUT", "/records/", lambda asked: as_json(receipt_for(asked.body, **lie), 201))
    entry = station.enrolled_at(liar.url).finished()
    assert station.engine.run_once().accepted == 0
    _kept(station, entry)
    assert station.error_name(entry) == "NotTheCentre"


def test_a_redirect_to_another_host_is_not_followed_and_shows_no_token(station, liar):
    other = Liar()
    try:
        other_url = other.url.replace("127.0.0.1", "localhost")
        liar.rule("GET", "", Reply(307, b"", {"Location": f"{other_url}/api/v1/stations/me"}))
        entry = station.enrolled_at(liar.url).finished()
        assert type(station.engine.run_once().error).__name__ == "NotTheCentre"
        assert other.asked == []
        _kept(station, entry)
    finally:
        other.close()


def test_an_upload_place_on_another_host_is_refused(station, liar):
    liar.rule("POST", "/files/", Reply(201, b"", {"Location": "http://attacker.example/files/1"}))
    entry = station.enrolled_at(liar.url).finished()
    station.engine.run_once()
    assert station.error_name(entry) == "NotTheCentre"
    assert _kept(station, entry).files[0].upload_url == ""


def test_server_trouble_on_one_record_of_three_does_not_stop_the_others(station, liar):
    station.enrolled_at(liar.url)
    broken, *good = [station.finished() for _ in range(3)]
    liar.rule("PUT", broken.dossier_id, Reply(500, b"oops"))
    report = station.engine.run_once()
    assert (report.sent, report.accepted, report.failed) == (3, 2, 1)
    assert [station.entry(item).state for item in good] == [OutboxState.ACCEPTED] * 2
    assert _kept(station, broken).next_try_at > station.clock()
    assert station.error_name(broken) == "ServerTrouble"


def test_a_server_in_trouble_altogether_ends_the_round_after_one_question(station, liar):
    station.enrolled_at(liar.url)
    entries = [station.finished() for _ in range(3)]
    liar.rule("GET", "", Reply(503, b"busy"))
    assert type(station.engine.run_once().error).__name__ == "ServerTrouble"
    assert len(liar.asked) == 1
    for entry in entries:
        _kept(station, entry)


def test_a_full_server_says_so(station, liar):
    liar.rule("PATCH", "/files/", problem(507, "storage-full"))
    entry = station.enrolled_at(liar.url).finished()
    station.engine.run_once()
    _kept(station, entry)
    assert station.error_name(entry) == "ServerFull"


def test_a_slow_answer_ends_in_time(station, liar):
    liar.rule("PUT", "/records/", Reply(201, b"{}", slow=1.0))
    entry = station.enrolled_at(liar.url, timeout=0.4).finished()
    started = time.monotonic()
    station.engine.run_once()
    assert time.monotonic() - started < 5
    _kept(station, entry)
    assert station.error_name(entry) == "ServerTimeout"


def test_a_connection_cut_inside_an_upload_goes_on_later_from_there(station, liar):
    content = b"%PDF" + b"x" * 3_000_000
    liar.rule("PATCH", "/files/", Reply(cut=True, read_at_most=500_000), times=1)
    entry = station.enrolled_at(liar.url).finished(content)
    station.engine.run_once()
    assert station.error_name(entry) == "NoConnection"
    assert _kept(station, entry).files[0].upload_url.startswith(liar.url)
    assert station.engine.run_once().accepted == 1
    assert bytes(liar.uploads["upload0"][1]) == content
    assert len(liar.uploads) == 1


def test_nobody_there_is_offline_and_quick(station):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    entry = station.enrolled_at(f"http://127.0.0.1:{port}").finished()
    report = station.engine.run_once()
    assert type(report.error).__name__ == "NoConnection"
    assert _kept(station, entry).attempts == 0


def test_a_lost_acknowledgement_gives_the_same_receipt_and_nothing_twice(station, liar):
    taken = {}

    def take(asked):
        first = asked.path not in taken
        taken.setdefault(asked.path, receipt_for(asked.body))
        return Reply(cut=True) if first else as_json(taken[asked.path])

    liar.rule("PUT", "/records/", take)
    entry = station.enrolled_at(liar.url).finished()
    station.engine.run_once()
    assert _kept(station, entry).state is OutboxState.UNCONFIRMED
    assert station.engine.run_once().accepted == 1
    receipt = station.entry(entry).receipt
    assert receipt is not None
    assert receipt.receipt_id == next(iter(taken.values()))["receipt_id"]
    assert (len(taken), len(liar.uploads), liar.count("POST", "/files/")) == (1, 1, 1)


@pytest.mark.parametrize("place", ["/stations/me", "/records/", "/files/"])
def test_a_refused_token_stops_all_and_loses_nothing(station, liar, place):
    for method in ("GET", "PUT", "POST"):
        liar.rule(method, place, problem(401, "unauthorized"))
    station.enrolled_at(liar.url)
    entries = [station.finished() for _ in range(3)]
    report = station.engine.run_once()
    assert type(report.error).__name__ == "TokenRefused"
    assert report.error.exit_code.name == "SIGN_IN"
    assert report.sent <= 1
    assert report.waiting == 3
    for entry in entries:
        _kept(station, entry)
    liar.rules.clear()
    assert station.engine.run_once().accepted == 3


@pytest.mark.parametrize(
    ("status", "slug"),
    [(422, "invalid"), (413, "too-large"), (409, "revision-conflict"), (409, "number-conflict"), (403, "other-station")],
)
def test_a_final_refusal_is_kept_with_the_centres_words_and_not_sent_again(station, liar, status, slug):
    station.enrolled_at(liar.url)
    refused, good = station.finished(), station.finished()
    liar.rule("PUT", refused.dossier_id, problem(status, slug))
    report = station.engine.run_once()
    assert (report.refused, report.accepted) == (1, 1)
    assert station.entry(refused).state is OutboxState.REFUSED
    assert station.entry(good).state is OutboxState.ACCEPTED
    assert station.dossiers.get(refused.dossier_id).state is DossierState.REFUSED
    shown = station.engine.describe(station.entry(refused))
    assert "Một lý do" in shown.title_in("vi")
    assert "A reason" in shown.title_in("en")
    assert shown.remedy_in("vi") == "Hãy làm thế này."
    assert station.engine.run_once().sent == 0


@pytest.mark.parametrize(("status", "slug"), [(409, "revision-missing"), (404, "not-found"), (429, "too-many-attempts")])
def test_other_client_errors_are_tried_again(station, liar, status, slug):
    liar.rule("PUT", "/records/", problem(status, slug), times=1)
    entry = station.enrolled_at(liar.url).finished()
    station.engine.run_once()
    _kept(station, entry)
    assert station.engine.run_once().accepted == 1


def test_files_that_the_centre_lost_are_sent_again(station, liar):
    entry = station.enrolled_at(liar.url).finished(b"%PDF one", b"%PDF two")
    lost = {"name": entry.files[1].name, "sha256": entry.files[1].sha256}
    liar.rule("PUT", "/records/", problem(409, "files-missing", files=[lost]), times=1)
    assert station.engine.run_once().accepted == 1
    assert liar.count("POST", "/files/") == 3
    *at_once, again = [bytes(data) for _, data in liar.uploads.values()]
    assert (sorted(at_once), again) == ([b"%PDF one", b"%PDF two"], b"%PDF two")


def test_a_centre_that_always_misses_files_fails_that_record_only(station, liar):
    station.enrolled_at(liar.url)
    entry, good = station.finished(b"%PDF one"), station.finished()
    lost = {"name": entry.files[0].name, "sha256": entry.files[0].sha256}
    liar.rule("PUT", entry.dossier_id, problem(409, "files-missing", files=[lost]))
    assert station.engine.run_once().accepted == 1
    _kept(station, entry)
    assert station.error_name(entry) == "FilesLost"
    assert station.entry(good).state is OutboxState.ACCEPTED


def test_files_that_the_centre_has_are_not_sent(station, liar):
    entry = station.enrolled_at(liar.url).finished(b"%PDF one", b"%PDF two", b"%PDF two")
    liar.rule("GET", "/files/known", as_json({"known": [entry.files[0].sha256, "f" * 64]}))
    assert station.engine.run_once().accepted == 1
    assert [bytes(data) for _, data in liar.uploads.values()] == [b"%PDF two"]


@pytest.mark.parametrize("status", [404, 410])
def test_an_upload_that_the_server_forgot_begins_anew(station, liar, status):
    entry = station.enrolled_at(liar.url).finished(b"%PDF" * 1000)
    station.outbox.keep_upload(entry.id, entry.files[0].sha256, upload_url=f"{liar.url}/api/v1/files/forgotten", uploaded=False)
    liar.rule("HEAD", "forgotten", Reply(status))
    assert station.engine.run_once().accepted == 1
    assert bytes(liar.uploads["upload0"][1]) == b"%PDF" * 1000


def test_a_kept_place_on_an_old_server_is_never_asked(station, liar):
    entry = station.enrolled_at(liar.url).finished()
    station.outbox.keep_upload(entry.id, entry.files[0].sha256, upload_url="http://old.example/files/1", uploaded=False)
    assert station.engine.run_once().accepted == 1


def test_a_file_damaged_on_its_way_is_sent_again_from_the_start(station, liar):
    entry = station.enrolled_at(liar.url).finished(b"%PDF one")
    liar.rule("PATCH", "/files/", problem(422, "checksum-mismatch"), times=1)
    station.engine.run_once()
    assert station.error_name(entry) == "UploadDamaged"
    assert _kept(station, entry).files[0].upload_url == ""
    assert station.engine.run_once().accepted == 1


@pytest.mark.parametrize("damage", ["changed", "missing", "manifest"])
def test_a_changed_local_file_is_found_before_anything_is_sent(station, liar, damage):
    station.enrolled_at(liar.url)
    entry, good = station.finished(), station.finished()
    path = station.folder.root / (entry.manifest_path if damage == "manifest" else entry.files[0].path)
    content = path.read_bytes()
    path.write_bytes(content + b" ")
    if damage == "missing":
        path.unlink()
    report = station.engine.run_once()
    assert (report.accepted, report.failed) == (1, 1)
    assert _kept(station, entry).state is OutboxState.WAITING
    assert station.error_name(entry) == "LocalFileChanged"
    assert liar.count("PUT", entry.dossier_id) == 0
    assert len(liar.uploads) == 1
    assert station.entry(good).state is OutboxState.ACCEPTED
    path.write_bytes(content)
    assert station.engine.run_once().accepted == 1


def test_certificates_are_verified_and_a_private_ca_can_be_named(station, tmp_path):
    ca, server = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert("127.0.0.1").configure_cert(server)
    ca_file = tmp_path / "ca.pem"
    ca.cert_pem.write_to_path(str(ca_file))
    secure = Liar(server)
    try:
        entry = station.enrolled_at(secure.url).finished()
        report = station.engine.run_once()
        assert type(report.error).__name__ == "WrongCertificate"
        assert secure.asked == []
        _kept(station, entry)
        (tmp_path / "not-a-certificate.pem").write_text("-----BEGIN")
        for name in ("no-such-file.pem", "not-a-certificate.pem", "."):
            station.enrolled_at(secure.url, str(tmp_path / name))
            assert type(station.engine.run_once().error).__name__ == "WrongCaFile"
        station.enrolled_at(secure.url, str(ca_file))
        assert station.engine.run_once().accepted == 1
    finally:
        secure.close()


def test_a_certificate_of_another_host_is_refused(station, tmp_path):
    ca, server = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert("another.example").configure_cert(server)
    ca_file = tmp_path / "ca.pem"
    ca.cert_pem.write_to_path(str(ca_file))
    secure = Liar(server)
    try:
        station.enrolled_at(secure.url, str(ca_file)).finished()
        assert type(station.engine.run_once().error).__name__ == "WrongCertificate"
        assert secure.asked == []
    finally:
        secure.close()


def test_no_line_of_the_log_holds_the_token_the_owner_or_the_centres_words(station, liar, caplog):
    liar.rule("PUT", "/records/", problem(422, "invalid", detail="Nguyễn Thị Thử 012345678901"))
    station.enrolled_at(liar.url).finished()
    with caplog.at_level(logging.DEBUG):
        station.engine.run_once()
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("app")]
    # This liar knows no clock either.
    assert ours == ["sync: RecordRefused", "upkeep of the connection: ServerTrouble"]
    assert "a-token" not in caplog.text


def test_another_station_under_this_token_is_not_our_centre(station, liar):
    liar.rule("GET", "/stations/me", as_json({"station_id": STATION[:-1] + "c"}))
    station.enrolled_at(liar.url).finished()
    assert type(station.engine.run_once().error).__name__ == "NotTheCentre"


def test_an_upload_forgotten_while_it_runs_begins_anew_once(station, liar):
    entry = station.enrolled_at(liar.url).finished(b"%PDF" * 1000)
    liar.rule("PATCH", "upload0", Reply(410))
    assert station.engine.run_once().accepted == 1
    assert bytes(liar.uploads["upload1"][1]) == b"%PDF" * 1000
    assert station.entry(entry).files[0].uploaded


@pytest.mark.parametrize(
    ("reply", "name"),
    [
        (Reply(404), "ServerTrouble"),
        (Reply(204, headers={"Upload-Offset": "0"}), "ServerTrouble"),
        (Reply(204, headers={"Upload-Offset": "99999999999"}), "NotTheCentre"),
        (Reply(204, headers={"Upload-Offset": "-1"}), "NotTheCentre"),
        (Reply(204), "NotTheCentre"),
        (problem(409, "conflict"), "ServerTrouble"),
    ],
    ids=["always-forgets", "never-moves", "beyond-the-end", "negative", "no-offset", "conflict"],
)
def test_an_upload_that_cannot_go_on_fails_that_record_only(station, liar, reply, name):
    entry = station.enrolled_at(liar.url).finished()
    liar.rule("PATCH", "/files/", reply)
    report = station.engine.run_once()
    assert (report.failed, report.accepted) == (1, 0)
    assert station.error_name(entry) == name
    assert _kept(station, entry).files[0].uploaded is False
    liar.rules.clear()
    liar.uploads.clear()
    assert station.engine.run_once().accepted == 1


def test_a_whole_upload_that_was_damaged_begins_anew(station, liar):
    entry = station.enrolled_at(liar.url).finished(b"%PDF one")
    station.outbox.keep_upload(entry.id, entry.files[0].sha256, upload_url=f"{liar.url}/api/v1/files/whole", uploaded=False)
    liar.rule("HEAD", "whole", problem(422, "checksum-mismatch"))
    assert station.engine.run_once().accepted == 1


def test_a_file_too_large_for_the_centre_is_a_final_refusal(station, liar):
    entry = station.enrolled_at(liar.url).finished()
    liar.rule("POST", "/files/", problem(413, "too-large"))
    assert station.engine.run_once().refused == 1
    assert station.entry(entry).state is OutboxState.REFUSED


def test_a_proxys_own_refusal_is_not_the_centres(station, liar):
    entry = station.enrolled_at(liar.url).finished()
    for status in (401, 403, 407, 413, 422):
        liar.rule("PUT", "/records/", Reply(status, b"<html>", {"Content-Type": "text/html"}), times=1)
        station.engine.run_once()
        _kept(station, entry)
    assert station.engine.run_once().accepted == 1


def test_the_pause_that_the_centre_asks_for_is_kept(station, liar, clock):
    busy = problem(429, "too-many-requests")
    busy.headers["Retry-After"] = "300"
    liar.rule("PUT", "/records/", busy, times=1)
    entry = station.enrolled_at(liar.url).finished()
    station.engine.start()
    wait_until(lambda: station.entry(entry).error == "ServerBusy")
    asked = len(liar.asked)
    clock.forward(seconds=290)
    station.events.announce(Topic.OUTBOX)
    time.sleep(0.3)
    assert len(liar.asked) == asked
    clock.forward(seconds=15)
    station.events.announce(Topic.OUTBOX)
    wait_until(lambda: station.entry(entry).state is OutboxState.ACCEPTED)


def test_a_damaged_manifest_is_sent_again_and_is_no_refusal(station, liar):
    liar.rule("PUT", "/records/", problem(422, "checksum-mismatch"), times=1)
    entry = station.enrolled_at(liar.url).finished()
    assert station.engine.run_once().refused == 0
    assert station.error_name(entry) == "UploadDamaged"
    assert station.engine.run_once().accepted == 1
    (first, _again) = [asked for asked in liar.asked if asked.method == "PUT" and "/records/" in asked.path]
    digest = base64.b64encode(hashlib.sha256(first.body).digest()).decode()
    assert first.headers["content-digest"] == f"sha-256=:{digest}:"


def test_a_refusal_names_the_files_that_it_is_about(station, liar):
    files = [{"name": "01.pdf", "sha256": "0" * 64, "pages": 1, "found": 2}, {"name": "Nguyễn Thị Thử.pdf"}]
    liar.rule("PUT", "/records/", problem(422, "wrong-content", files=files))
    entry = station.enrolled_at(liar.url).finished()
    station.engine.run_once()
    assert station.engine.describe(station.entry(entry)).title_in("vi").endswith("(tệp 01.pdf)")


def test_a_refusal_says_which_fields_it_is_about_and_nothing_that_can_be_no_field(station, liar):
    said = [
        {"where": "papers.0.fields.issued_on", "message": "Not a date"},
        {"where": "dossier.owner.name", "message": "Too long"},
        {"where": "Nguyễn Thị Thử, 024198000001", "message": "-"},
        "not even an object",
        {"where": "dossier.owner.name", "message": "Twice"},
        {"where": "of.another.centre", "message": "-"},
    ]
    liar.rule("PUT", "/records/", problem(422, "invalid", errors=said))
    entry = station.enrolled_at(liar.url).finished()
    assert station.engine.run_once().refused == 1
    shown = station.engine.describe(station.entry(entry))
    assert shown.title_in("vi").endswith("(giấy tờ 1: ngày cấp; họ tên chủ hồ sơ; of.another.centre)")
    assert shown.title_in("en").endswith("(paper 1: date of issue; owner's name; of.another.centre)")
    assert "024198000001" not in station.entry(entry).error_detail
