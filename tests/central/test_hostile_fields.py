"""SQL, HTML and control characters in every field that is sent: refused without an echo, or kept and shown as text."""

from __future__ import annotations

import copy
import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from central.journal import verify
from tests.central.browsing import Browser
from tests.central.test_progress_pages import TIME, tables
from tests.central.test_status import STATUS, put
from tests.pdfs import pdf_of

HTML = "\"><script>alert(1)</script><img src=x onerror=alert(2)>'"
SQL = "'; DROP TABLE facts; SELECT pg_sleep(9) --"
ODD = ("\x00", "\x1b[31m", "=cmd|' /C calc'!A0", "{{ 7*7 }} ${7*7}", "\u202egpj.exe", "%00%2e%2e/", "../" * 40)
EVERYTHING = (HTML, SQL, *ODD, "Ộ" * 5000)
# Each text of a manifest is tried with both.
AT_ONCE = (HTML + SQL + "".join(ODD[1:]), "a\x00b")
PAGES = ("/records", f"/progress?{TIME}", f"/dossiers?{TIME}", "/stations", "/catalogue", "/access")


@pytest.fixture
def browser(server) -> Browser:
    browser = Browser(server)
    assert browser.sign_in().status_code == 303
    return browser


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where texts stand in something that will be JSON."""
    if isinstance(value, str):
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from places(inner, (*path, key))


def changed(value: Any, path: tuple[Any, ...], text: str) -> Any:
    result = inside = copy.deepcopy(value)
    for key in path[:-1]:
        inside = inside[key]
    inside[path[-1]] = text
    return result


def full_manifest(station, content: bytes) -> dict[str, Any]:
    """A manifest that has every text that a manifest may have."""
    data = dict.fromkeys(
        ("kind_code", "owner_id", "owner_name", "title", "number", "issuer", "signer", "summary", "scope"), "x"
    )
    manifest = station.manifest(content, reason="x", dossier={"competent_agency": "H02.16", "absent": {"TP09": "x"}})
    manifest["dossier"] |= {"organisation": "x", "procedure_version": "x", "retention": "x"}
    manifest["papers"][0]["fields"] = data
    paper = manifest["papers"][0]
    known = {"code": "x", "record_id": "aaaaaaaa", "revision": 1, "dossier_number": "x", "agency_code": "x", "title": "x"}
    known |= {"fields": data, "file": paper["file"], "pages": 1, "digitised_at": "2025-11-20T08:00:00+07:00"}
    moment = {"attached_at": "2025-11-20T08:00:00+07:00", "operator": "x"}
    manifest["reused"] = [{"component_code": "TP2", "component_name": "x", "paper": known, **moment}]
    return manifest


def test_every_text_of_a_manifest_is_refused_without_an_echo_or_kept_as_text(server, station, browser):
    content = pdf_of("thù địch")
    station.upload(content)
    taken = []
    for place in places(full_manifest(station, content)):
        for text in AT_ONCE:
            manifest = changed(full_manifest(station, content), place, text)
            answer = station.put(manifest, manifest["record_id"] if place != ("record_id",) else "aaaaaaaa", 1)
            assert answer.status_code in (201, 403, 409, 422), (place, text[:20], answer.text)
            if answer.status_code == 201:
                taken.append(manifest)
            else:
                assert answer.headers["content-type"] == "application/problem+json"
                assert text not in json.loads(answer.text)["detail"]
                assert HTML not in answer.text
    assert len(taken) > 20, "most texts are free, and what is free must be taken"
    assert_shown_as_text(browser, [f"/records/{manifest['record_id']}" for manifest in taken[::7]])
    with server.centre() as centre:
        assert verify(centre).faults == ()


def assert_shown_as_text(browser, more=()):
    for path in (*PAGES, *more):
        answer = browser.get(path)
        assert answer.status_code in (200, 403), path
        for harm in ("<script", "<img", "onerror=alert(2)>", "49 49"):
            assert harm not in answer.text, path
    for book in ("progress", "dossiers"):
        for rows in tables(browser, f"/{book}.xlsx?{TIME}").values():
            assert not any(str(cell).startswith("#") for row in rows for cell in row)


def test_every_text_of_an_enrolment_and_a_status_too(server, station, browser):
    for text in EVERYTHING:
        body = {"code": text, "name": text}
        assert station.ask("POST", "/stations", json=body).status_code in (403, 422)
        for place in places(STATUS):
            assert put(station, changed(STATUS, place, text)).status_code in (204, 422), (place, text[:20])
        number = {"request_id": text, "agency_code": text, "date": text}
        assert station.ask("POST", "/dossier-numbers", json=number).status_code == 422
        for name in ("since", "sha256", "owner_id", "component"):
            assert station.ask("GET", "/records", params={name: text}).status_code in (200, 422)
            assert station.ask("GET", "/files/known", params={name: text}).status_code == 422
    assert_shown_as_text(browser)


def test_every_question_of_the_pages_too(browser):
    for text in EVERYTHING:
        for name in ("q", "indicator", "agency", "level", "procedure", "from", "part"):
            path = {"q": "/records", "part": "/dossiers"}.get(name, "/progress")
            answer = browser.get(path, params={name: text, "lang": text[:9]})
            assert answer.status_code in (200, 422), (path, name, text[:20])
            assert "<script" not in answer.text
            assert "<img" not in answer.text


@pytest.mark.parametrize(
    ("field", "value"),
    [("number", -1), ("width", 10**30), ("dpi", -300), ("turn", 10**400), ("quad", [[1e400, 0], [1, 0], [1, 1], [0, 1]])],
)
def test_numbers_that_no_page_can_have_are_refused(station, assert_problem, field, value):
    content = pdf_of("số lạ")
    station.upload(content)
    manifest = station.manifest(content)
    manifest["papers"][0]["pages"][0][field] = value
    body = assert_problem(station.put(manifest), "invalid", 422)
    assert body["errors"][0]["where"] == "papers.pages"


OUT_OF_TIME = ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "1000-06-01T08:00:00+07:00")


@pytest.mark.parametrize("moment", OUT_OF_TIME)
def test_moments_that_no_zone_or_workbook_can_say_are_refused(station, assert_problem, moment):
    content = pdf_of(moment)
    station.upload(content)
    for place in ("created_at", "finished_at"):
        answer = station.put(station.manifest(content, dossier={place: moment}))
        assert assert_problem(answer, "invalid", 422)["errors"][0]["where"] == f"dossier.{place}"
    assert_problem(station.ask("GET", "/records", params={"since": moment}), "invalid", 422)


def test_a_day_of_another_century_takes_no_number_of_this_one(station, assert_problem):
    """1926 and 2026 are written the same in a number; who asked for 1926 first would have stopped a whole agency for a day."""
    agency, content = f"H02.{uuid.uuid4().hex[:4].upper()}", pdf_of("1986")
    for day in ("0001-01-01", "1926-11-20", "1999-12-31"):
        request = {"request_id": uuid.uuid4().hex, "agency_code": agency, "date": day}
        assert_problem(station.ask("POST", "/dossier-numbers", json=request), "invalid", 422)
    # A station that lost its clock still gets its record through, with a number of today.
    station.upload(content)
    lost = {"agency_code": agency, "created_at": "1986-01-01T08:00:00+07:00", "finished_at": "1986-01-01T09:00:00+07:00"}
    answer = station.put(station.manifest(content, dossier=lost))
    assert answer.status_code == 201
    assert "-8601" not in answer.json()["dossier_number"]
