"""Our record in the other system's words, the file that says how it is spoken to, and how its answers are read."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests

from app.model.manifest import (
    MANIFEST_FORMAT,
    KnownPaper,
    Manifest,
    ManifestDossier,
    ManifestFile,
    ManifestOwner,
    ManifestPaper,
    ManifestReuse,
)
from app.model.paper import PaperFields
from app.model.procedure import Side
from app.store.centre_ledger import DeliveredFile
from app.sync.access import Account
from app.sync.errors import DialectBroken, DialectUnreadable, NotTheCentre
from app.sync.lgsp.answers import understand
from app.sync.lgsp.dialect import Meaning, load_dialect
from app.sync.lgsp.mapping import Delivered, to_dossier, to_progress, to_status
from app.sync.transport import Answer
from resources import resource
from tests.lgsp import CLIENT, SECRET

LATE = datetime(2026, 11, 22, 18, 30, tzinfo=UTC)  # the next day in Viet Nam
DIALECT = load_dialect()


def paper(serial: int, component: str, kind: str = "", side: Side = Side.APPLICATION) -> ManifestPaper:
    file = ManifestFile(f"{serial}.pdf", f"{serial:064x}", 10, "application/pdf")
    fields = PaperFields(kind_code=kind) if kind else None
    return ManifestPaper(f"p{serial}", component, f"Thành phần {component}", f"Giấy {serial}", file, (), side, fields)


def manifest(*papers: ManifestPaper, owner_id: str = "024198000001", side: Side = Side.APPLICATION) -> Manifest:
    dossier = ManifestDossier(
        "", "TAM-261123-00001", "1.001193", "Đăng ký khai sinh", "H02.15",
        ManifestOwner("Nguyễn Thị Thử", owner_id), LATE, LATE, side=side,
    )  # fmt: skip
    return Manifest(MANIFEST_FORMAT, "0d9bb7c4-52f1", 1, "", "st1", "Bàn số 1", "Người quét", "sohoa", dossier, papers)


def delivered(said: Manifest) -> Delivered:
    files = {one.file.sha256: DeliveredFile(f"TEP-{one.paper_id}", one.file.sha256) for one in said.papers}
    return Delivered(said, "H02.15-261123-0001", "ID-1", files)


def test_components_hold_their_files_and_results_stand_apart():
    said = manifest(paper(1, "TP01"), paper(2, "TP02", "KQ.G15.000031"), paper(3, "TP01"), paper(4, "KQ(1)", side=Side.RESULT))
    dossier = to_dossier(delivered(said), DIALECT)
    assert [(part.MaThanhPhanHoSo, part.SoLuong, part.LoaiBan) for part in dossier.ThanhPhanHoSo] == [
        ("TP01", 2, 2),
        ("TP02", 1, 2),
    ]
    assert [file.IdGiayTo for file in dossier.ThanhPhanHoSo[0].GiayToDinhKem] == ["TEP-p1", "TEP-p3"]
    assert dossier.ThanhPhanHoSo[1].GiayToDinhKem[0].MaKetQua == "KQ.G15.000031"
    assert [(one.GiayToId, one.MaThanhPhanHoSo) for one in dossier.DanhSachGiayToKetQua] == [("TEP-p4", "KQ(1)")]
    assert (dossier.MaTTHC, dossier.MaDichVuCong, dossier.MaDonViTiepNhan) == ("1.001193", "1.001193", "H02.15")
    assert dossier.NgayTiepNhan == "2026-11-23 01:30:00"


@pytest.mark.parametrize(
    ("owner_id", "kind", "identified"),
    [("024198000001", 0, [(1, "024198000001")]), ("123456789", 0, [(2, "123456789")]), ("0100109106", 1, []), ("", 0, [])],
)
def test_an_owner_is_a_citizen_or_an_organisation(owner_id, kind, identified):
    dossier = to_dossier(delivered(manifest(paper(1, "TP01"), owner_id=owner_id)), DIALECT)
    assert dossier.LoaiDoiTuong == dossier.ThongTinNguoiNop.LoaiDoiTuong == kind
    assert [(one.LoaiDinhDanh, one.SoDinhDanh) for one in dossier.DinhDanhCHS] == identified
    assert dossier.ThongTinNguoiNop.ThongTinChiTiet.SoDinhDanhChuHs == owner_id


@pytest.mark.parametrize(("side", "state"), [(Side.APPLICATION, 2), (Side.RESULT, 9)])
def test_progress_and_status_say_which_side_was_digitised(side, state):
    record = delivered(manifest(paper(1, "KQ(1)", side=side), side=side))
    progress, status = to_progress(record, DIALECT), to_status(record, DIALECT)
    assert (progress.TrangThai, status.TrangThai, status.IdHoSo) == (state, state, "ID-1")
    assert progress.ThoiDiemXuLy == "2026-11-23T01:30:00+07:00"


def test_an_earlier_paper_is_named_and_never_sent():
    known = paper(9, "TP02", "KQ.G15.000031")
    told = KnownPaper("c9", "r9", 1, "H02.15-251121-0001", "H02.15", "Giấy khai sinh", PaperFields(), known.file, 1, LATE)
    said = replace(manifest(paper(1, "TP01")), reused=(ManifestReuse("TP02", "Giấy khai sinh", told, LATE, "Người quét"),))
    (_, reused) = to_dossier(delivered(said), DIALECT).ThanhPhanHoSo
    assert (reused.GiayToDinhKem[0].DuocTaiSuDung, reused.GiayToDinhKem[0].IdGiayTo) == (1, "")


def answer(status: int, body: object, **headers: str) -> Answer:
    content = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    return Answer("lgsp", status, requests.structures.CaseInsensitiveDict(headers), content)


@pytest.mark.parametrize(
    ("status", "body", "meaning"),
    [
        (200, {"error_code": "00"}, Meaning.OK),
        (200, {"data": {"idHoSo": "1"}}, Meaning.OK),
        (200, {"error_code": "-1", "message": "Hồ sơ ĐÃ TỒN TẠI"}, Meaning.EXISTS),
        (200, {"error_code": "-1", "message": "Ho so da ton tai"}, Meaning.EXISTS),
        (200, {"error_code": "-1", "message": "Thủ tục không tồn tại"}, Meaning.UNKNOWN_PROCEDURE),
        (200, {"error_code": "-1", "message": "Xin giới thiệu"}, Meaning.FAILED),
        (200, {"success": False, "message": "Hệ thống bận"}, Meaning.BUSY),
        (400, {"message": "?"}, Meaning.FIELD_MISSING),
        (401, b"", Meaning.TOKEN_OVER),
        (403, b"<html>", Meaning.CLIENT_REFUSED),
        (422, {"message": "Mã hồ sơ đã được sử dụng"}, Meaning.NUMBER_USED),
    ],
)
def test_what_an_answer_means(status, body, meaning):
    assert understand(answer(status, body), DIALECT.answers).meaning is meaning


@pytest.mark.parametrize("body", [b"<html>sign in</html>", b"3", b'"yes"', b"\xff"])
def test_what_is_no_answer_of_such_a_system(body):
    with pytest.raises(NotTheCentre):
        understand(answer(200, body), DIALECT.answers)


def test_a_value_is_found_wherever_it_stands():
    said = understand(answer(200, {"data": [{"response": {"data": [{"IdTepTin": 7}]}}]}), DIALECT.answers)
    assert said.find("IdTepTin") == "7"
    assert said.find("HashTepTin") == ""


def test_a_province_speaks_its_own_way(station, lgsp, tmp_path: Path):
    words = resource("connectors/lgsp.toml").read_text("utf-8")
    own = tmp_path / "tinh.toml"
    own.write_text(words.replace('path = "oauth2/token"', 'path = "nowhere"'), "utf-8")
    with pytest.raises(NotTheCentre):
        station.engine.connect(Account("lgsp", lgsp.url, CLIENT, SECRET, dialect=str(own))).result(20)
    assert station.settings().server.kind == "sohoa"


@pytest.mark.parametrize(
    ("was", "instead"), [('means = "exists"', 'means = "there"'), ('"upload"', '"upload/{who}"'), ("valid_from", "valid_since")]
)
def test_a_file_that_is_wrong_is_refused_with_its_line(station, tmp_path: Path, was, instead):
    words = resource("connectors/lgsp.toml").read_text("utf-8")
    assert was in words
    broken = tmp_path / "tinh.toml"
    broken.write_text(words.replace(was, instead), "utf-8")
    with pytest.raises(DialectBroken) as caught:
        station.engine.connect(Account("lgsp", "http://127.0.0.1:1", CLIENT, SECRET, dialect=str(broken))).result(20)
    assert int(str(caught.value.values["line"])) >= 1
    assert str(broken) in caught.value.remedy_in("vi")


def test_a_file_that_is_not_there_is_said_to_be_so(tmp_path: Path) -> None:
    with pytest.raises(DialectUnreadable) as caught:
        load_dialect(str(tmp_path / "tinh.toml"))
    assert "tinh.toml: không có tệp hoặc thư mục này" in caught.value.title_in("vi")
    assert "server.dialect" in caught.value.remedy_in("en")
