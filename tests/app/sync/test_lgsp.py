"""A province's system over its LGSP: six steps against a real HTTP server, with all that it answers instead of “yes”."""

from __future__ import annotations

import base64
import hashlib
import json
import sqlite3
from contextlib import closing

import pytest

from app.model.outbox import OutboxState
from app.sync.access import Account
from app.sync.clearing import Kept
from app.sync.errors import ClientRefused, NotOffered, RecordRefused
from resources import resource
from tests.app.sync.conftest import Station
from tests.lgsp import CLIENT, SECRET
from tests.pdfs import pdf_of
from tests.support import wait_until


def send(desk: Station) -> None:
    """Another round, when everything that waits is due."""
    desk.clock.forward(minutes=15)  # type: ignore[attr-defined]
    desk.engine.run_once()


def test_a_record_goes_through_all_six_steps(desk, lgsp):
    contents = (pdf_of("một"), pdf_of("hai"))
    entry = desk.finished(*contents)
    report = desk.engine.run_once()
    assert (report.accepted, report.error) == (1, None)
    (number,) = lgsp.dossiers
    assert number.startswith("H02.15.7-")
    assert sorted(lgsp.contents_of(number)) == sorted(hashlib.sha256(content).hexdigest() for content in contents)
    assert lgsp.states == {number: 2}
    assert [line["MaHoSo"] for line in lgsp.progress] == [number]
    assert lgsp.progress[0]["ThoiDiemXuLy"].endswith("+07:00")
    receipt = desk.entry(entry).receipt
    assert receipt is not None
    assert (receipt.dossier_number, receipt.key_id, receipt.files) == (number, "", 2)
    assert desk.dossiers.get(entry.dossier_id).number == number


def test_a_second_sending_of_the_same_record_tells_nothing_twice(desk, lgsp):
    entry = desk.finished()
    desk.engine.run_once()
    asked = lgsp.count("create"), lgsp.count("upload"), lgsp.count("status")
    first = desk.entry(entry).receipt
    desk.outbox.send_again(entry.id, desk.clock())
    desk.restart()
    assert desk.engine.run_once().accepted == 1
    assert (lgsp.count("create"), lgsp.count("upload"), lgsp.count("status")) == asked
    assert desk.entry(entry).receipt == first


def test_a_number_is_the_same_for_the_same_dossier(desk, lgsp):
    dossier = desk.dossier()
    number = desk.engine.new_number(dossier.id).result(20)
    desk.dossiers.change(dossier.id, number="")
    desk.restart()
    assert desk.engine.new_number(dossier.id).result(20) == number
    assert lgsp.issued == [number]


def test_what_exists_already_is_updated(desk, lgsp):
    desk.finished()
    lgsp.break_at("create", "after")
    desk.engine.run_once()
    assert len(lgsp.dossiers) == 1  # it was taken, and the answer was lost
    send(desk)
    assert len(lgsp.dossiers) == len(lgsp.issued) == 1
    assert set(lgsp.updates.values()) == {1}
    assert desk.outbox.count(OutboxState.ACCEPTED) == 1


def test_a_token_that_ends_between_two_steps_is_renewed(desk, lgsp):
    lgsp.requests_of_token = 2
    desk.finished(pdf_of("a"), pdf_of("b"), pdf_of("c"))
    assert desk.engine.run_once().accepted == 1
    assert len(lgsp.files) == 3
    assert lgsp.count("token") >= 3


def test_a_client_that_is_refused_stops_all(desk, lgsp):
    first, second = desk.finished(), desk.finished()
    lgsp.say("token", 401, error="invalid_client", error_description="Client không hợp lệ")
    report = desk.engine.run_once()
    assert isinstance(report.error, ClientRefused)
    assert report.sent == 0
    assert [desk.entry(entry).state for entry in (first, second)] == [OutboxState.WAITING] * 2


def test_a_client_that_is_refused_within_a_record_is_named_there_too(desk, lgsp):
    lgsp.requests_of_token = 1
    entry = desk.finished(pdf_of("a"), pdf_of("b"))
    lgsp.say("upload", 401, times=1)

    def refuse_from_now_on(_entry, _done, _total):
        lgsp.say("token", 401, error="invalid_client")

    report = desk.engine.run_once(refuse_from_now_on)
    assert isinstance(report.error, ClientRefused)
    assert desk.error_name(entry) == "ClientRefused"
    assert desk.entry(entry).state is OutboxState.UNCONFIRMED
    lgsp.faults.clear()
    send(desk)
    assert desk.entry(entry).state is OutboxState.ACCEPTED


def test_a_secret_is_kept_only_when_it_works(station, lgsp):
    job = station.engine.connect(Account("lgsp", lgsp.url, CLIENT, "falsch"))
    with pytest.raises(ClientRefused):
        job.result(20)
    assert station.settings().server.kind == "sohoa"
    assert station.tokens.get(CLIENT) == ""


def test_the_secret_goes_nowhere_but_to_the_first_step(desk, lgsp):
    desk.finished()
    desk.engine.run_once()
    others = [str(headers) + body.decode("latin-1") for step, headers, body in lgsp.asked if step != "token"]
    assert others
    assert not any(SECRET in text for text in others)
    assert SECRET not in desk.settings_file.path.read_text()


def test_an_upload_with_another_hash_is_never_linked(desk, lgsp):
    entry = desk.finished()
    lgsp.wrong_hashes = 1
    desk.engine.run_once()
    assert desk.error_name(entry) == "UploadDamaged"
    assert not lgsp.dossiers
    send(desk)
    (number,) = lgsp.dossiers
    assert lgsp.dossiers[number]["ThanhPhanHoSo"][0]["GiayToDinhKem"][0]["IdGiayTo"] == "TEP00002"
    assert desk.entry(entry).state is OutboxState.ACCEPTED


@pytest.mark.parametrize(
    ("algorithm", "spell"), [("sha256", lambda raw: base64.b64encode(raw).decode()), ("md5", lambda raw: raw.hex().upper())]
)
def test_a_hash_is_read_as_the_province_writes_it(desk, lgsp, tmp_path, algorithm, spell):
    lgsp.algorithm, lgsp.spell = algorithm, spell
    own = tmp_path / "tinh.toml"
    words = resource("connectors/lgsp.toml").read_text("utf-8")
    own.write_text(words.replace('hash = "sha256"', f'hash = "{algorithm}"'), "utf-8")
    desk.settings_file.change({"server.dialect": str(own)})
    content = pdf_of("một")
    desk.finished(content)
    assert desk.engine.run_once().accepted == 1
    said = next(iter(lgsp.dossiers.values()))["ThanhPhanHoSo"][0]["GiayToDinhKem"][0]["HashTepTin"]
    assert said == spell(hashlib.new(algorithm, content).digest())


@pytest.mark.parametrize(
    ("message", "part"),
    [
        ("Thiếu thông tin bắt buộc: ChuHoSo", "ChuHoSo"),
        ("Thủ tục không tồn tại trên hệ thống", "Thủ tục"),
    ],
)
def test_what_a_clerk_must_mend_refuses_one_record_and_the_others_go_on(desk, lgsp, message, part):
    broken, good = desk.finished(), desk.finished()
    lgsp.say("create", 200, times=1, error_code="-1", message=message)
    report = desk.engine.run_once()
    assert (report.refused, report.accepted) == (1, 1)
    assert desk.entry(broken).state is OutboxState.REFUSED
    assert desk.entry(good).state is OutboxState.ACCEPTED
    shown = desk.engine.describe(desk.entry(broken))
    assert isinstance(shown, RecordRefused)
    assert part in shown.title_in("vi")
    assert "Mở lại hồ sơ" in shown.remedy_in("vi")


def test_an_unknown_procedure_of_the_system_itself(desk, lgsp):
    lgsp.unknown_procedures = {"1.001193"}
    entry = desk.finished()
    assert desk.engine.run_once().refused == 1
    assert desk.error_name(entry) == "RecordRefused"


def test_a_number_that_another_dossier_has_is_given_up_where_it_was_never_tried(desk, lgsp):
    dossier = desk.finished().dossier_id
    lgsp.say("create", 200, times=1, error_code="-1", message="Mã hồ sơ đã được sử dụng cho hồ sơ khác")
    assert desk.engine.run_once().accepted == 1
    assert len(lgsp.issued) == 2
    assert list(lgsp.dossiers) == [lgsp.issued[1]]
    assert desk.dossiers.get(dossier).number == lgsp.issued[1]


def test_a_number_that_was_tried_is_never_given_up(desk, lgsp):
    """The words of a lost answer's second try may be “used” as well as “exists”: another number would register it twice."""
    desk.finished()
    lgsp.break_at("create", "after")
    desk.engine.run_once()
    lgsp.say("create", 200, times=1, error_code="-1", message="Mã hồ sơ đã được sử dụng")
    send(desk)
    assert list(lgsp.dossiers) == lgsp.issued
    assert len(lgsp.issued) == 1


def test_an_error_in_an_answer_of_200_is_no_success(desk, lgsp):
    entry = desk.finished()
    lgsp.say("status", 200, times=1, error_code="99", message="Lỗi không xác định")
    assert desk.engine.run_once().failed == 1
    shown = desk.engine.describe(desk.entry(entry))
    assert shown is not None
    assert "99" in shown.title_in("vi")
    assert "Lỗi không xác định" in shown.title_in("vi")
    send(desk)
    assert desk.entry(entry).state is OutboxState.ACCEPTED
    assert (lgsp.count("create"), len(lgsp.progress)) == (1, 1)


def test_trouble_of_the_server_costs_no_record(desk, lgsp):
    entry = desk.finished()
    lgsp.say("upload", 502, times=1, message="Bad gateway")
    assert desk.engine.run_once().failed == 1
    assert desk.error_name(entry) == "ServerTrouble"
    send(desk)
    assert desk.entry(entry).state is OutboxState.ACCEPTED


def test_what_such_a_system_lacks_is_said(desk):
    with pytest.raises(NotOffered):
        desk.engine.reconcile()
    with pytest.raises(NotOffered):
        desk.engine.export_sealed(desk.folder.root)
    with pytest.raises(NotOffered):
        desk.engine.fetch_catalogue().result(10)
    assert desk.engine.centre().features == frozenset()


def test_files_never_leave_for_a_receipt_that_nobody_signed(desk):
    entry = desk.finished()
    desk.engine.run_once()
    desk.settings_file.change({"server.keep_days": 30})
    desk.clock.forward(days=400)
    cleared = desk.engine.clean()
    assert (cleared.dossiers, cleared.kept) == (0, ((Kept.UNPROVEN, 1),))
    assert all((desk.folder.root / file.path).exists() for file in entry.files)


def test_upkeep_finds_the_clock_and_misses_nothing(desk, lgsp):
    desk.engine.start()
    desk.finished()
    desk.engine.wake()
    wait_until(lambda: desk.outbox.count(OutboxState.ACCEPTED) == 1)
    assert desk.engine.status().error is None


def test_the_answer_is_kept_with_the_record(desk, lgsp):
    desk.finished()
    desk.engine.run_once()
    with closing(sqlite3.connect(desk.folder.database)) as database:
        ((answer, step, number),) = database.execute("SELECT answer, step, number FROM delivered_records").fetchall()
    assert json.loads(answer)["data"]["maHoSo"] == number == lgsp.issued[0]
    assert step == "done"
