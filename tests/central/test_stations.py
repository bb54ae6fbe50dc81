"""Enrolment, tokens, the catalogue, numbers and the clock."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import requests
from sqlalchemy import select, update

from central.numbers import issue
from central.problems import Problem
from central.settings import Settings
from central.stations import enrol, make_code, revoke
from central.tables import EnrolCode, NumberCounter, Station

DAY = "2025-03-04"


def number(station, request_id: str, **changes: str) -> requests.Response:
    body = {"request_id": request_id, "agency_code": "H02.16", "date": DAY} | changes
    return station.ask("POST", "/dossier-numbers", json=body)


def test_a_code_works_once(server, assert_problem):
    code = server.code()
    typed = f" {code.lower().replace('-', ' ')} "
    first = requests.post(f"{server.url}/api/v1/stations", json={"code": typed, "name": " Quầy 7 "}, timeout=20)
    assert first.status_code == 201
    assert first.json() | {"token": "", "station_id": ""} == {
        "station_id": "",
        "token": "",
        "name": "Quầy 7",
        "agency_code": "H02.15",
    }
    again = requests.post(f"{server.url}/api/v1/stations", json={"code": code, "name": "x"}, timeout=20)
    assert_problem(again, "enrol-code-refused", 403)
    unknown = requests.post(f"{server.url}/api/v1/stations", json={"code": "AAAA-BBBB", "name": "x"}, timeout=20)
    assert_problem(unknown, "enrol-code-refused", 403)


def test_one_code_sent_eight_times_at_once_makes_one_station(server):
    body = {"code": server.code(), "name": "x"}
    with ThreadPoolExecutor(8) as pool:
        answers = pool.map(lambda _: requests.post(f"{server.url}/api/v1/stations", json=body, timeout=30), range(8))
    assert sorted(answer.status_code for answer in answers) == [201] + [403] * 7


def test_a_code_expires(server):
    with server.centre() as centre:
        code, expires = make_code(centre, "", "")
        assert timedelta(hours=23) < expires - datetime.now(UTC) <= timedelta(hours=24)
        late = replace(centre, clock=lambda: expires + timedelta(seconds=1))
        with pytest.raises(Problem):
            enrol(late, code, "x")
        assert enrol(centre, code, "x").station_id


def test_a_station_that_is_revoked_comes_back_by_no_code_from_before(server, station, assert_problem):
    with server.centre() as centre:
        before, _ = make_code(centre, "", "", station.id)
        revoke(centre, station.id)
        after, _ = make_code(centre, "", "", station.id)
    refused = requests.post(f"{server.url}/api/v1/stations", json={"code": before}, timeout=20)
    assert_problem(refused, "enrol-code-refused", 403)
    taken = requests.post(f"{server.url}/api/v1/stations", json={"code": after}, timeout=20)
    assert taken.json()["station_id"] == station.id


def test_only_hashes_of_secrets_are_kept(server, station):
    code = server.code()
    with server.centre() as centre, centre.database.read() as session:
        row = session.get(Station, station.id)
        assert row.token_hash != station.token
        assert code not in session.scalars(select(EnrolCode.code_hash)).all()
    if server.engine.database_url:
        return
    everything = b"".join(path.read_bytes() for path in server.data.glob("central.db*"))
    assert station.token.encode() not in everything
    assert code.encode() not in everything


def test_the_name_falls_back_to_the_codes(server):
    code = server.code(name="Quầy tiếp nhận 3")
    answer = requests.post(f"{server.url}/api/v1/stations", json={"code": code}, timeout=20)
    assert answer.json()["name"] == "Quầy tiếp nhận 3"


def test_me(station):
    answer = station.ask("GET", "/stations/me")
    assert answer.status_code == 200
    assert answer.json()["station_id"] == station.id
    assert answer.json()["agency_code"] == "H02.15"


@pytest.mark.parametrize("path", ["/stations/me", "/catalogue", "/records", "/files/known?sha256=" + "a" * 64])
@pytest.mark.parametrize("token", ["", "Bearer ", "Bearer x", "Bearer \xff", "Basic abc"])
def test_bad_tokens(server, assert_problem, path, token):
    headers = {"Authorization": token.encode("latin-1")} if token else {}
    answer = requests.get(f"{server.url}/api/v1{path}", headers=headers, timeout=20)
    assert_problem(answer, "unauthorized", 401)
    assert answer.headers["www-authenticate"] == "Bearer"


def test_time_and_health_are_public(server):
    now = datetime.fromisoformat(requests.get(f"{server.url}/api/v1/time", timeout=20).json()["now"])
    assert abs(now - datetime.now(UTC)) < timedelta(seconds=10)
    assert requests.get(f"{server.url}/healthz", timeout=20).json() == {"status": "ok"}


def test_catalogue_comes_as_it_is_and_once(station):
    first = station.ask("GET", "/catalogue")
    assert first.content == b'{"format": "sohoa-catalogue/1",\n "procedures": []}'
    etag = first.headers["ETag"]
    assert etag.startswith('"')
    for condition in (etag, f'"other", W/{etag}', "*"):
        again = station.ask("GET", "/catalogue", headers={"If-None-Match": condition})
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", etag)
    assert station.ask("GET", "/catalogue", headers={"If-None-Match": '"other"'}).status_code == 200


def test_missing_catalogue_has_a_remedy(fresh_server, tmp_path, assert_problem):
    server = fresh_server("--catalogue", str(tmp_path / "none.json"))
    assert_problem(server.enrol().ask("GET", "/catalogue"), "catalogue-missing", 503)


def test_numbers_count_up_and_repeat(station):
    first, second = number(station, "n-1"), number(station, "n-2")
    assert (first.status_code, second.status_code) == (201, 201)
    serials = [int(answer.json()["number"].removeprefix("H02.16-250304-")) for answer in (first, second)]
    assert serials[1] == serials[0] + 1
    again = number(station, "n-1")
    assert (again.status_code, again.json()) == (200, first.json())


def test_request_ids_belong_to_their_station(station, other):
    assert number(station, "shared").json() != number(other, "shared").json()


def test_numbers_at_once(station):
    with ThreadPoolExecutor(8) as pool:
        same = list(pool.map(lambda _: number(station, "p-same"), range(8)))
        different = list(pool.map(lambda n: number(station, f"p-{n}"), range(24)))
    assert len({answer.json()["number"] for answer in same}) == 1
    assert sorted(answer.status_code for answer in same) == [200] * 7 + [201]
    assert len({answer.json()["number"] for answer in different}) == 24


@pytest.mark.parametrize(
    "changes",
    [
        {"agency_code": "02.15"},
        {"agency_code": "H02.15\n"},
        {"agency_code": "H02.1.2.3.4.5"},
        {"agency_code": "H٠٢"},
        {"agency_code": "H02" + ".123456" * 4 + "789"},
        {"date": "2999-01-01"},
        {"date": "yesterday"},
        {"request_id": ""},
        {"request_id": "record x"},
        {"more": "field"},
    ],
)
def test_bad_number_requests(station, assert_problem, changes):
    assert_problem(
        number(station, "bad", **changes) if "request_id" not in changes else number(station, **changes), "invalid", 422
    )


def test_serials_grow_to_seven_digits_and_end(server, station):
    day = date(2024, 5, 6)
    with server.centre() as centre:

        def at(last: int) -> str:
            with centre.database.write() as session:
                session.execute(update(NumberCounter).where(NumberCounter.day == day).values(last=last))
            with centre.database.write() as session:
                return issue(session, centre, station.id, f"grow-{last}", "H02", day)[0]

        assert at(0) == "H02-240506-0001"
        assert at(9_999) == "H02-240506-10000"
        assert at(9_999_998) == "H02-240506-9999999"
        with pytest.raises(Problem, match="No dossier number"):
            at(9_999_999)


def test_settings_choose_the_database():
    assert Settings(Path("/x")).database == "sqlite:////x/central.db"
    assert Settings(Path("/x"), "postgresql://h/d").database == "postgresql://h/d"
