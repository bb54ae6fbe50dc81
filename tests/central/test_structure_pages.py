"""Agencies and targets on the pages: changed from a day on, what held before stays, and stations and progress follow."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from app.model.agency import Agencies
from app.model.validity import holds
from central.people import Role
from tests.central.browsing import Browser
from tests.central.conftest import Server
from tests.central.test_catalogue_pages import handed_out
from tests.central.test_progress_pages import signed_in

PATH = "/catalogue/structure"
TARGET = {"level": "Cấp xã", "indicator": "result", "percent": "50", "due": "2028-01-01"}


def fields(browser: Browser) -> dict[str, str]:
    page = browser.get(PATH).text
    return {name: re.search(rf'name="{name}" value="([0-9a-f]{{64}})"', page)[1] for name in ("form_token", "basis")}


@pytest.fixture(scope="module")
def own(environment, tmp_path_factory, engine):
    """A server with the catalogue that ships, somebody who edits it, and a station that reads it."""
    server = Server(environment, tmp_path_factory.mktemp("structure") / "data", engine()).start()
    yield signed_in(server, role=Role.EDITOR), server.enrol()
    server.stop()


def test_a_target_is_set_from_a_day_on_and_the_one_before_ends(own, tmp_path):
    browser, station = own
    target = {"level": "Cấp xã", "indicator": "result", "due": "2027-12-31", "source": "<i>KH 12</i>", "percent": "60"}
    assert browser.post(f"{PATH}/targets", fields(browser) | target | {"valid_from": "2026-01-01"}).status_code == 303
    assert browser.post(f"{PATH}/targets", fields(browser) | target | {"valid_from": "2026-09-01", "percent": "70.5"}).ok
    found = [item for item in handed_out(station, tmp_path)[0].targets if item.indicator == "result"]
    days = [(item.percent, item.valid_from, item.valid_to) for item in found]
    assert days == [(60, date(2026, 1, 1), date(2026, 8, 31)), (70.5, date(2026, 9, 1), None)]
    page = browser.get(PATH).text
    assert "70,5" in page
    assert "<i>" not in page
    # The same again from an earlier day would say two things of one day.
    before = browser.get("/catalogue").text
    answer = browser.post(f"{PATH}/targets", fields(browser) | target | {"valid_from": "2026-08-01"})
    assert answer.status_code == 422
    assert "đã có từ ngày đó" in answer.text
    assert "Cấp xã · result · 31/12/2027" in answer.text
    assert "targets: Cấp xã" in before
    assert handed_out(station, tmp_path)[0].targets[-2:] == tuple(found)


def test_an_agency_is_renamed_then_ends_with_a_successor(own, tmp_path):
    browser, station = own
    new = {"code": "H02.77", "name": "Sở Mẫu", "level": "Cấp tỉnh", "parent": "H02"}
    assert browser.post(f"{PATH}/agencies", fields(browser) | new | {"valid_from": "2026-01-01"}).ok
    named = new | {"name": "Sở Mẫu và Thử", "valid_from": "2026-06-01"}
    assert browser.post(f"{PATH}/agencies", fields(browser) | named).ok
    agencies = Agencies(handed_out(station, tmp_path)[0].agencies)
    assert agencies.find("H02.77", date(2026, 5, 31)).name == "Sở Mẫu"
    assert agencies.find("H02.77", date(2026, 6, 1)).name == "Sở Mẫu và Thử"

    rows = [item.code for item in handed_out(station, tmp_path)[0].agencies]
    last = len(rows) - 1
    ending = {"part": "agencies", "index": str(last), "last": "2026-12-31", "successors": "H02.15, H02"}
    assert rows[last] == "H02.77"
    assert browser.post(f"{PATH}/ends", fields(browser) | ending).ok
    ended = handed_out(station, tmp_path)[0].agencies[last]
    assert (ended.valid_to, ended.successors) == (date(2026, 12, 31), ("H02.15", "H02"))
    assert not holds(ended, date(2026, 12, 31) + timedelta(days=1))


@pytest.mark.parametrize(
    ("path", "wrong", "said"),
    [
        ("agencies", {"code": "không phải mã", "name": "x"}, "không phải mã hợp lệ"),
        ("agencies", {"code": "H02.78", "name": " "}, "còn để trống"),
        ("agencies", {"code": "H02.78", "name": "x", "parent": "H99.99"}, "không có trong danh mục"),
        ("agencies", {"code": "H02.78", "name": "x", "level": "Cấp làng"}, "không có trong danh mục"),
        (
            "targets",
            {"level": "Cấp làng", "indicator": "result", "percent": "1", "due": "2027-01-01"},
            "không có trong danh mục",
        ),
        ("ends", {"part": "targets", "index": "999", "last": "2026-01-01"}, "không có trong danh mục"),
        ("ends", {"part": "targets", "index": "1", "last": "2026-01-01"}, "không có trong danh mục"),
        ("ends", {"part": "agencies", "index": "0", "last": "2024-01-01", "successors": "H99.99"}, "không có trong danh mục"),
    ],
)
def test_what_would_make_the_catalogue_wrong_is_refused_with_words(own, tmp_path, path, wrong, said):
    browser, station = own
    before = handed_out(station, tmp_path)[1]
    answer = browser.post(f"{PATH}/{path}", fields(browser) | {"valid_from": "2026-02-01"} | wrong)
    assert answer.status_code == 422
    assert said in answer.text
    assert "Chưa thay đổi gì" in answer.text
    assert not re.search(r"(agencies|targets)\[", answer.text), "places are said in the words of the form"
    # What was typed stands in the form again, to be mended there.
    for name in {"code", "name", "parent", "due"} & wrong.keys():
        assert f'name="{name}"' in answer.text
        assert f'value="{wrong[name]}"' in answer.text
    assert handed_out(station, tmp_path)[1] == before


def test_values_that_no_form_sends_and_old_forms_change_nothing(own, tmp_path, assert_problem):
    browser, station = own
    before, form = handed_out(station, tmp_path)[1], fields(browser)
    for wrong in ({"percent": "101"}, {"percent": "nan"}, {"due": "32/13/2027"}, {"indicator": "'; DROP TABLE facts --"}):
        assert_problem(browser.post(f"{PATH}/targets", form | TARGET | wrong), "invalid", 422)
    assert browser.post(f"{PATH}/targets", form | TARGET | {"basis": "0" * 64}).status_code == 409
    assert_problem(browser.post(f"{PATH}/targets", TARGET | {"form_token": "0" * 64}), "form-expired", 403)
    assert handed_out(station, tmp_path)[1] == before


@pytest.mark.parametrize(("role", "agency"), [(Role.VIEWER, ""), (Role.EDITOR, "H02"), (Role.ADMINISTRATOR, "H02.15")])
def test_only_editors_of_the_whole_province_may(own, assert_problem, role, agency):
    browser = signed_in(own[0].server, agency, role)
    assert_problem(browser.get(PATH), "forbidden", 403)
    form = {"form_token": re.search(r'name="form_token" value="([0-9a-f]{64})"', browser.get("/records").text)[1]}
    assert_problem(browser.post(f"{PATH}/agencies", form | {"code": "H02.79", "name": "x"}), "forbidden", 403)
    assert_problem(
        browser.post(f"{PATH}/ends", form | {"part": "targets", "index": "0", "last": "2026-01-01"}), "forbidden", 403
    )
