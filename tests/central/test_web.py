"""The pages: signing in, the list of records, and files that are opened only by those who may."""

from __future__ import annotations

import html
import re
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, text

from central.tables import AccessEntry
from central.web.sessions import add_admin, remove_admin
from tests.central.browsing import PASSWORD, Browser, file_path
from tests.pdfs import pdf_of


@pytest.fixture
def browser(server) -> Browser:
    return Browser(server)


@pytest.fixture
def signed_in(browser) -> Browser:
    answer = browser.sign_in()
    assert (answer.status_code, answer.headers["Location"]) == (303, "/records")
    return browser


def test_pages_are_closed_until_sign_in(browser, station):
    manifest = station.send(pdf_of("closed"))
    for path in ("/records", file_path(manifest)):
        answer = browser.get(path, allow_redirects=False)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert browser.get(file_path(manifest), headers=station.headers, allow_redirects=False).status_code == 303


def test_sign_in_page(browser):
    answer = browser.get("/")
    assert "Đăng nhập" in answer.text
    assert '<html lang="vi">' in answer.text
    assert "Sign in" in browser.get("/?lang=en").text
    assert "script" not in answer.text
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    cookie = answer.headers["Set-Cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert browser.get("/static/style.css").headers["content-type"].startswith("text/css")


def test_sign_in_changes_the_cookie_and_sign_out_ends_it(browser):
    browser.get("/")
    before = browser.session.cookies["sohoa_session"]
    assert browser.sign_in().status_code == 303
    cookie = browser.session.cookies["sohoa_session"]
    assert cookie != before
    assert "Hồ sơ đã nhận" in browser.get("/records").text
    assert browser.get("/", allow_redirects=False).headers["Location"] == "/records"
    assert browser.post("/sign-out", {"form_token": "0" * 64}).status_code == 403
    assert browser.post("/sign-out", {"form_token": browser.form_token("/records")}).status_code == 303
    browser.session.cookies.set("sohoa_session", cookie)
    assert browser.get("/records", allow_redirects=False).status_code == 303


def test_forms_need_their_token(browser, server):
    fields = {"username": "lan", "password": PASSWORD}
    assert browser.post("/", fields).status_code == 403
    browser.get("/")
    for token in ("", "0" * 64, "ộ"):
        answer = browser.post("/", fields | {"form_token": token})
        assert answer.status_code == 403
        assert "Trang đã quá hạn" in answer.text
    stolen = Browser(server).form_token()
    assert browser.post("/", fields | {"form_token": stolen}).status_code == 403


def test_wrong_password_and_unknown_name_look_the_same(browser):
    answers = [browser.sign_in("lan", "sai mật khẩu"), browser.sign_in("<b>không có</b>", "sai mật khẩu")]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert all("không đúng" in answer.text for answer in answers)
    assert "<b>" not in answers[1].text


def test_a_person_gets_a_page_where_a_program_gets_a_problem(signed_in, assert_problem):
    wants_page = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    for path, slug, status, said in (
        ("/records/khong-co-gi", "not-found", 404, "ngoài phạm vi của bạn"),
        ("/nowhere", "not-found", 404, "Kiểm tra lại địa chỉ".lower()),
        ("/progress?from=2026-13", "invalid", 422, "sửa rồi thử lại"),
        ("/access", "forbidden", 403, "không được làm việc này"),
    ):
        page = signed_in.get(path, headers=wants_page)
        assert (page.status_code, page.headers["content-type"]) == (status, "text/html; charset=utf-8")
        assert said in page.text
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]
        assert_problem(signed_in.get(path), slug, status)
    assert "outside your scope" in signed_in.get("/nowhere?lang=en", headers=wants_page).text
    assert_problem(signed_in.get("/api/v1/nowhere", headers=wants_page), "not-found", 404)


def test_a_wrong_password_keeps_the_name(browser):
    assert 'value="l&lt;an"' in browser.sign_in("l<an", "sai mật khẩu").text


def test_guessing_is_slowed_down(server, browser):
    with server.centre() as centre:
        add_admin(centre, "hoa", PASSWORD)
    assert [browser.sign_in("hoa", "sai").status_code for _ in range(6)] == [401] * 5 + [429]
    answer = browser.sign_in("hoa")
    assert answer.status_code == 429
    assert "mười lăm phút" in answer.text


def test_new_password_ends_sessions(server, browser):
    with server.centre() as centre:
        assert add_admin(centre, "minh", "mật khẩu cũ dài")
        assert browser.sign_in("minh", "mật khẩu cũ dài").status_code == 303
        assert not add_admin(centre, "minh", "mật khẩu mới dài")
    assert browser.get("/records", allow_redirects=False).status_code == 303
    assert browser.sign_in("minh", "mật khẩu mới dài").status_code == 303


def test_guesses_sent_at_once_count_as_well(server):
    """Each guess is counted before its password is looked at, so a crowd of them gets no more tries than a row of them."""
    name, browsers = f"u{uuid.uuid4().hex[:12]}", [Browser(server) for _ in range(12)]
    tokens = [browser.form_token() for browser in browsers]
    with ThreadPoolExecutor(len(browsers)) as pool:
        fields = {"username": name, "password": "sai"}
        posted = pool.map(lambda pair: pair[0].post("/", fields | {"form_token": pair[1]}), zip(browsers, tokens, strict=True))
        codes = sorted(answer.status_code for answer in posted)
    assert codes == [401] * 5 + [429] * 7


def test_who_is_removed_is_signed_out_at_once(server, browser):
    name = f"u{uuid.uuid4().hex[:12]}"
    with server.centre() as centre:
        add_admin(centre, name, PASSWORD)
        assert browser.sign_in(name).status_code == 303
        assert remove_admin(centre, name)
        assert not remove_admin(centre, name)
    assert browser.get("/records", allow_redirects=False).status_code == 303
    assert browser.sign_in(name).status_code == 401


def test_list_shows_records_escaped_and_masked(signed_in, station):
    manifest = station.send(
        pdf_of("list page"),
        dossier={
            "owner": {"name": "<script>alert('Lý')</script>", "id_number": "024099123456"},
            "procedure_name": '"><img src=x onerror=y>',
        },
    )
    number = station.put(manifest).json()["dossier_number"]
    page = signed_in.get("/records").text
    assert number in page
    assert "0240********" in page
    assert "024099123456" not in page
    assert "<script" not in page
    assert "<img" not in page
    assert html.escape("<script>alert('Lý')</script>", quote=False) in page.replace("&#39;", "'")
    assert "Quầy 1" in page
    assert file_path(manifest) in page
    assert "Received records" in signed_in.get("/records?lang=en").text


def test_newest_first_and_pages(fresh_server):
    server = fresh_server()
    station = server.enrol()
    with server.centre() as centre:
        add_admin(centre, "lan", PASSWORD)
    content = pdf_of("paging")
    numbers = [station.put(station.send(content)).json()["dossier_number"] for _ in range(27)]
    browser = Browser(server)
    browser.sign_in()
    first, second = browser.get("/records").text, browser.get("/records?page=2").text
    shown = [re.findall(r"H02\.15-\d{6}-\d{4}", page) for page in (first, second)]
    assert shown[0] + shown[1] == numbers[::-1]
    assert "Trang 1 / 2" in first
    assert "27 hồ sơ" in first
    assert browser.get("/records?page=99").status_code == 200
    assert browser.get("/records?page=0").status_code == 422


def test_file_opens_inline_and_is_noted(server, signed_in, station):
    content = pdf_of("opened")
    manifest = station.send(content)
    answer = signed_in.get(file_path(manifest))
    assert answer.content == content
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("inline; filename*=UTF-8''gi%E1%BA%A5y")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    with server.centre() as centre, centre.database.read() as session:
        entries = session.scalars(select(AccessEntry).where(AccessEntry.record_id == manifest["record_id"])).all()
        assert [(entry.username, entry.revision) for entry in entries] == [("lan", 1)]
        assert entries[0].sha256 == manifest["papers"][0]["file"]["sha256"]


def test_file_opens_only_through_its_record(signed_in, station, assert_problem):
    one, two = station.send(pdf_of("through one")), station.send(pdf_of("through two"))
    foreign = f"/records/{one['record_id']}/1/files/{two['papers'][0]['file']['sha256']}"
    assert_problem(signed_in.get(foreign), "not-found", 404)
    assert_problem(signed_in.get(file_path(one).replace("/1/", "/2/")), "not-found", 404)
    assert_problem(signed_in.get(f"/records/{one['record_id']}/1/files/..%2f..%2fcentral.db"), "not-found", 404)
    assert_problem(signed_in.get(f"/records/{one['record_id']}/1/files/{'A' * 64}"), "invalid", 422)


def test_active_content_is_only_saved(signed_in, station):
    content = b"<script>alert(1)</script>" + pdf_of("active")
    station.upload(content)
    manifest = station.manifest(content)
    manifest["papers"][0]["file"] |= {"media_type": "text/html", "name": "x\u2028'\u202efdp.html"}
    assert station.put(manifest).status_code == 201
    answer = signed_in.get(file_path(manifest))
    assert answer.headers["content-type"] == "application/octet-stream"
    # What turns the writing round would make html look like pdf.
    assert answer.headers["Content-Disposition"] == "attachment; filename*=UTF-8''x%E2%80%A8%27fdp.html"


def test_a_person_reads_of_a_fault_inside_on_a_page_too(fresh_server, assert_problem):
    server, wants_page = fresh_server(), {"Accept": "text/html"}
    with server.centre() as centre:
        add_admin(centre, "lan", PASSWORD)
        browser = Browser(server)
        browser.sign_in()
        with centre.database.write() as session:
            session.execute(text("ALTER TABLE facts RENAME TO elsewhere"))
    page = browser.get("/records", headers=wants_page)
    assert (page.status_code, page.headers["content-type"]) == (500, "text/html; charset=utf-8")
    assert "Máy chủ gặp lỗi bên trong" in page.text
    assert "elsewhere" not in page.text
    assert_problem(browser.get("/records"), "internal", 500)
