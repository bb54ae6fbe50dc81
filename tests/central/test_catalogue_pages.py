"""Editing the catalogue on the pages: imports with a report, non-boundary procedures, versions, and who may."""

from __future__ import annotations

import io
import json
import re
import zipfile

import pytest

from app.model.procedure import Catalogue
from app.store.procedures import load_catalogue
from central.people import Role
from tests.central.browsing import Browser
from tests.central.test_progress_pages import signed_in

TABLE = (
    "Mã thủ tục;Tên thủ tục;Lĩnh vực;Cấp thực hiện;Thành phần hồ sơ\n"
    "1.999001;Thủ tục <b>mới</b>;Mẫu;Cấp xã;Tờ khai|Bản vẽ\n"
    "không;Sai mã;Mẫu;Cấp xã;Tờ khai\n"
)


def fields(browser: Browser) -> dict[str, str]:
    page = browser.get("/catalogue").text
    return {name: re.search(rf'name="{name}" value="([0-9a-f]{{64}})"', page)[1] for name in ("form_token", "basis")}


def upload(browser: Browser, name: str, content: bytes, action: str = "import"):
    data = {"form_token": fields(browser)["form_token"], "action": action}
    return browser.session.post(f"{browser.server.url}/catalogue/files", data=data, files={"file": (name, content)}, timeout=30)


def handed_out(station, folder) -> tuple[Catalogue, str]:
    """The catalogue as a station gets and reads it."""
    answer = station.ask("GET", "/catalogue")
    file = folder / "catalogue.json"
    file.write_bytes(answer.content)
    return load_catalogue(file), answer.headers["ETag"]


def test_a_file_is_checked_then_imported_and_reaches_the_stations(fresh_server, tmp_path):
    server = fresh_server()
    station, browser = server.enrol(), signed_in(server, role=Role.EDITOR)
    before, tag = handed_out(station, tmp_path)
    checked = upload(browser, "thu-tuc.csv", TABLE.encode(), "check").text
    assert "Kết quả kiểm tra: 1 thủ tục" in checked
    assert "Ghi mã như 1.001193." in checked
    assert handed_out(station, tmp_path)[1] == tag
    imported = upload(browser, "thu-tuc.csv", TABLE.encode()).text
    assert "Đã nhập 1 thủ tục" in imported
    assert "<b>" not in imported
    after, new_tag = handed_out(station, tmp_path)
    assert new_tag != tag
    assert {item.code for item in after.procedures} - {item.code for item in before.procedures} == {"1.999001"}
    assert (after.targets, after.agencies) == (before.targets, before.agencies)
    assert station.ask("GET", "/catalogue", headers={"If-None-Match": new_tag}).status_code == 304

    target = {"level": "Cấp xã", "percent": 80, "due": "2027-12-31", "source": "mẫu", "valid_from": "2026-01-01"}
    part = {"format": "sohoa-catalogue/1", "procedures": [], "targets": [target]}
    assert upload(browser, "muc-tieu.json", json.dumps(part).encode()).status_code == 200
    assert [item.percent for item in handed_out(station, tmp_path)[0].targets] == [80]
    assert "31/12/2027" in browser.get("/catalogue").text

    token = fields(browser)["form_token"]
    assert browser.post("/catalogue/versions/1", {"form_token": token}).status_code == 303
    assert handed_out(station, tmp_path)[1] == new_tag
    assert browser.post("/catalogue/versions/99", {"form_token": token}).status_code == 404
    assert browser.post(f"/catalogue/versions/{10**30}", {"form_token": token}).status_code == 422


def zip_bomb() -> bytes:
    """A workbook of some kilobytes that unpacks to 90 MB."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/worksheets/sheet1.xml", bytes(90_000_000))
    return content.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("bomb.xlsx", zip_bomb()),
        ("x.exe", b"MZ"),
        ("x.csv", b"\xff\xfea"),
        ("x.xlsx", b"PK"),
        ("x.json", b"[" * 100_000),
        ("", b"x"),
    ],
)
def test_files_that_are_none_are_refused_with_a_remedy(server, name, content):
    answer = upload(signed_in(server, role=Role.EDITOR), name, content)
    assert answer.status_code == 422
    assert "Traceback" not in answer.text


def test_non_boundary_procedures_are_chosen_by_a_list_of_codes(fresh_server, tmp_path):
    server = fresh_server()
    station, browser = server.enrol(), signed_in(server, role=Role.ADMINISTRATOR)
    before = {item.code: item.non_boundary for item in handed_out(station, tmp_path)[0].procedures}
    yes = {code for code, value in before.items() if value}
    first = fields(browser)
    assert yes
    unknown = browser.post("/catalogue/non-boundary", first | {"codes": "1.001193\r\n9.999999"})
    assert unknown.status_code == 422
    assert "1.001193\r\n9.999999</textarea>" in unknown.text
    assert browser.post("/catalogue/non-boundary", first | {"codes": "1.001193,\r\n"}).status_code == 303
    after = {item.code: item.non_boundary for item in handed_out(station, tmp_path)[0].procedures}
    assert after == before | dict.fromkeys(yes, False) | {"1.001193": True}
    stale = browser.post("/catalogue/non-boundary", first | {"codes": ""})
    assert stale.status_code == 409
    assert "vừa được người khác sửa" in stale.text
    assert handed_out(station, tmp_path)[0].procedures == load_catalogue(tmp_path / "catalogue.json").procedures


@pytest.mark.parametrize(("role", "agency"), [(Role.VIEWER, ""), (Role.EDITOR, "H02"), (Role.ADMINISTRATOR, "H02.15")])
def test_only_editors_of_the_whole_province_change_it(server, assert_problem, role, agency):
    browser = signed_in(server, agency, role)
    assert_problem(browser.get("/catalogue"), "forbidden", 403)
    token = re.search(r'name="form_token" value="([0-9a-f]{64})"', browser.get("/records").text)[1]
    for path, more in (("non-boundary", {"basis": "", "codes": ""}), ("versions/1", {})):
        assert_problem(browser.post(f"/catalogue/{path}", {"form_token": token} | more), "forbidden", 403)
    files = {"file": ("x.csv", TABLE.encode())}
    answer = browser.session.post(f"{server.url}/catalogue/files", data={"form_token": token}, files=files, timeout=20)
    assert_problem(answer, "forbidden", 403)
    assert "/catalogue" not in browser.get("/records").text


def test_forms_need_their_token(server, assert_problem):
    browser = signed_in(server, role=Role.EDITOR)
    for path in ("non-boundary", "versions/1"):
        assert_problem(browser.post(f"/catalogue/{path}", {"form_token": "0" * 64}), "form-expired", 403)
