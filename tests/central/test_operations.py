"""What an IT department needs: tokens that change and end, limits, numbers for monitoring, logs for machines."""

from __future__ import annotations

import json

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families
from typer.testing import CliRunner

from central.__main__ import app
from tests.pdfs import pdf_of
from tests.support import wait_until


def me(server, token: str) -> int:
    headers = {"Authorization": f"Bearer {token}"}
    return requests.get(f"{server.url}/api/v1/stations/me", headers=headers, timeout=20).status_code


def test_a_new_token_takes_over_when_it_is_used(server, station):
    lost = station.ask("POST", "/stations/me/token").json()["token"]
    new = station.ask("POST", "/stations/me/token").json()["token"]
    # The answer with the first new token was lost: it never counts, and the old one still does.
    assert [me(server, token) for token in (lost, station.token)] == [401, 200]
    assert [me(server, token) for token in (new, station.token, new)] == [200, 401, 200]


def test_a_revoked_station_is_out_at_once_and_comes_back_with_a_code(server, station):
    options = ["--data", str(server.data), *server.engine.options[:2]]
    station.ask("POST", "/stations/me/token")
    assert CliRunner().invoke(app, ["station", "revoke", station.id, *options]).exit_code == 0
    assert me(server, station.token) == 401
    listed = json.loads(CliRunner().invoke(app, ["station", "list", "--json", *options]).stdout)["stations"]
    assert next(line for line in listed if line["station_id"] == station.id)["revoked_at"]
    code = CliRunner().invoke(app, ["enrol-code", "--station", station.id, *options]).stdout.strip()
    body = {"code": code, "name": ""}
    again = requests.post(f"{server.url}/api/v1/stations", json=body, timeout=20).json()
    assert again["station_id"] == station.id
    assert [me(server, again["token"]), me(server, station.token)] == [200, 401]


def test_an_unknown_station_cannot_be_revoked(server):
    options = ["--data", str(server.data), *server.engine.options[:2]]
    assert CliRunner().invoke(app, ["station", "revoke", "st000000000000", *options]).exit_code == 2


@pytest.fixture
def narrow(fresh_server):
    return fresh_server("--station-rate", "5", "--stranger-rate", "4", "--log-json")


def test_who_asks_too_often_is_told_to_wait(narrow, assert_problem):
    station = narrow.enrol()
    other = narrow.enrol()
    answers = [station.ask("GET", "/stations/me") for _ in range(8)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 3
    assert_problem(answers[-1], "too-many-requests", 429)
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60
    assert other.ask("GET", "/stations/me").status_code == 200


def test_guessing_codes_and_tokens_is_slowed_down(narrow):
    address = f"{narrow.url}/api/v1/stations"
    seen = [requests.post(address, json={"code": f"AAAA-{n}"}, timeout=20).status_code for n in range(6)]
    assert seen == [403] * 4 + [429] * 2
    assert me(narrow, "guessed") == 429


def test_logs_can_be_one_object_a_line(narrow):
    station = narrow.enrol()
    station.ask("GET", "/stations/me")

    def said():
        # What stands after the last line's end is a line that is still being written.
        lines = [json.loads(line) for line in narrow.errors().rpartition("\n")[0].splitlines()]
        return [line for line in lines if line.get("route") == "/api/v1/stations/me"]

    # The server writes its line once the answer has gone.
    wait_until(lambda: bool(said()), what="the line of the request")
    line = said()[0]
    assert (line["method"], line["status"], line["level"], line["logger"]) == ("GET", 200, "info", "sohoa.central.access")


def numbers_of(text: str) -> dict[tuple[str, ...], float]:
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_metrics_count_what_happened(fresh_server):
    server = fresh_server()
    station = server.enrol()
    station.send(pdf_of("đếm"))
    numbers = numbers_of(requests.get(f"{server.url}/metrics", timeout=20).text)
    put = "/api/v1/records/{record_id}/revisions/{revision}"
    assert numbers["sohoa_requests_total", "PUT", put, "201"] == 1
    assert numbers["sohoa_request_seconds_count", put] == 1
    assert numbers["sohoa_journal_lines",] == 1
    assert numbers["sohoa_stations",] == 1
    assert numbers["sohoa_received_bytes_total",] > 1000


def test_metrics_need_their_token_where_one_is_set(fresh_server):
    server = fresh_server("--metrics-token", "s3cret")
    address = f"{server.url}/metrics"
    assert requests.get(address, timeout=20).status_code == 404
    assert requests.get(address, headers={"Authorization": "Bearer s3cret"}, timeout=20).status_code == 200
