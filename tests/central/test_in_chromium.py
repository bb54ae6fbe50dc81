"""The pages in a real browser: Debian's Chromium, without a screen, driven by Playwright."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from central.people import Role
from central.web.sessions import add_admin
from tests.central.browsing import PASSWORD
from tests.central.test_catalogue_pages import TABLE
from tests.central.test_progress_pages import TIME, agency, send
from tests.central.test_status import STATUS, put

PICTURES = Path(os.environ.get("SOHOA_TEST_RESULTS", "test-results")) / "pages"

# Nothing here speaks to anybody but our server.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="module")
def chromium() -> Iterator[object]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(FLAGS))
        yield browser
        browser.close()


@contextmanager
def editing(chromium, server, role: Role = Role.EDITOR) -> Iterator[Page]:
    """A page that somebody signed in to by hand; what the policy blocks or the page misses fails the test."""
    name = f"u{uuid.uuid4().hex[:12]}"
    with server.centre() as centre:
        add_admin(centre, name, PASSWORD, role)
    page = chromium.new_page(viewport={"width": 1280, "height": 900}, locale="vi-VN")
    troubles: list[str] = []

    def heard(message) -> None:
        # That a form was refused is answered with a page and 422, which the browser notes as an error too.
        if message.type in ("error", "warning") and "status of 422" not in message.text:
            troubles.append(message.text)

    page.on("console", heard)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.goto(server.url)
    page.get_by_label("Tên đăng nhập").fill(name)
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    yield page
    page.close()
    assert troubles == []


@pytest.fixture
def page(chromium, server) -> Iterator[Page]:
    """A page at the server that all tests share."""
    with editing(chromium, server) as page:
        yield page


def test_from_a_number_to_its_dossiers_and_to_english(page, server, station):
    one = agency("7")
    _, number = send(station, one, result=True)
    send(station, one)
    page.goto(f"{server.url}/progress?agency={one}&indicator=result&{TIME}")
    chart = page.locator("svg.trend")
    assert chart.bounding_box()["width"] > 600
    circle = chart.locator("circle").evaluate("circle => getComputedStyle(circle).fill")
    assert circle != "rgb(0, 0, 0)", "the style sheet must reach into the drawing"
    chart.locator("a").first.focus()
    page.keyboard.press("Enter")
    assert "11/2025 – 11/2025" in page.locator(".about").inner_text()
    page.go_back()
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "a telephone must not scroll sideways"
    page.set_viewport_size({"width": 1280, "height": 900})
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name=one, exact=True))
    assert "50,00 %" in row.inner_text()
    row.get_by_role("link", name="1", exact=True).first.click()
    assert page.get_by_role("heading", level=1).inner_text() == "Hồ sơ đạt chỉ tiêu"
    assert page.get_by_role("link", name=number).is_visible()
    page.get_by_role("link", name="English").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Dossiers that reach the indicator"
    assert one in page.url, "the other language asks the same"


def test_search_and_stations_by_hand(page, station):
    assert put(station, STATUS).status_code == 204
    owner = f"Đỗ Thị {uuid.uuid4().hex[:8]}"
    _, number = send(station, agency("8"), owner=owner)
    page.get_by_role("searchbox").fill(owner.replace("Đỗ Thị", "do"))
    page.keyboard.press("Enter")
    page.get_by_role("link", name=number).click()
    assert owner in page.locator("dl.facts").inner_text()
    page.get_by_role("link", name="Trạm quét", exact=True).click()
    assert "vệt sọc" in page.get_by_role("row").filter(has_text=station.id).inner_text()


def test_a_station_is_moved_by_hand(chromium, server, station):
    with editing(chromium, server, Role.ADMINISTRATOR) as page:
        page.get_by_role("link", name="Trạm quét", exact=True).click()
        row = page.get_by_role("row").filter(has_text=station.id)
        row.get_by_text("Chuyển cơ quan").first.click()
        row.get_by_label("Sang cơ quan").fill("nhầm")
        row.get_by_role("button", name="Chuyển cơ quan").click()
        assert "Không chuyển được" in page.get_by_role("alert").inner_text()
        # What was typed is still there, in the form that is still open.
        assert row.get_by_label("Sang cơ quan").input_value() == "nhầm"
        row.get_by_label("Sang cơ quan").fill("H02.16.4")
        page.screenshot(path=PICTURES / "station-move.png", full_page=True)
        row.get_by_role("button", name="Chuyển cơ quan").click()
        assert (
            page.get_by_role("row").filter(has_text=station.id).first.get_by_role("cell").nth(1).inner_text()[:8] == "H02.16.4"
        )
        moved = page.get_by_role("table").last.get_by_role("row").filter(has_text=station.id)
        assert "H02.15\tH02.16.4" in moved.inner_text()
        page.screenshot(path=PICTURES / "station-moved.png", full_page=True)


def test_a_catalogue_is_checked_by_hand(page, tmp_path: Path):
    table = tmp_path / "thủ tục.csv"
    table.write_text(TABLE, "utf-8")
    page.get_by_role("link", name="Danh mục").click()
    page.locator("input[type=file]").set_input_files(table)
    page.get_by_role("button", name="Kiểm tra").click()
    report = page.get_by_role("status")
    assert "1 thủ tục nhận được" in report.inner_text()
    assert "không phải mã thủ tục" in report.inner_text()


@pytest.mark.parametrize("engine", ["folder"], indirect=True)
def test_targets_and_agencies_are_changed_by_hand(chromium, fresh_server):
    with editing(chromium, fresh_server()) as page:
        page.get_by_role("link", name="Danh mục").click()
        page.get_by_role("link", name="Sửa cơ quan và mục tiêu").click()
        form = page.get_by_role("form", name="Mục tiêu")
        form.get_by_label("Cấp").select_option("Cấp xã")
        form.get_by_label("%").fill("82.5")
        form.get_by_label("Hạn").fill("2027-12-31")
        form.get_by_label("Căn cứ").fill("KH 45/KH-UBND")
        form.get_by_role("button", name="Đặt mục tiêu").click()
        row = page.get_by_role("row").filter(has_text="KH 45/KH-UBND")
        assert "82,5" in row.inner_text()
        assert "Đang hiệu lực" in row.inner_text()
        row.locator("summary").click()
        row.get_by_label("Ngày cuối").fill("2027-06-30")
        row.get_by_role("button", name="Kết thúc").click()
        assert "30/06/2027" in page.get_by_role("row").filter(has_text="KH 45/KH-UBND").inner_text()
        form = page.get_by_role("form", name="Cơ quan")
        form.get_by_label("Mã").fill("sai mã")
        form.get_by_label("Tên").fill("Phường Mẫu")
        form.get_by_role("button", name="Lưu").click()
        assert "không phải mã hợp lệ" in page.get_by_role("alert").inner_text()
        assert page.get_by_role("form", name="Cơ quan").get_by_label("Tên").input_value() == "Phường Mẫu"
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page must not scroll sideways"
