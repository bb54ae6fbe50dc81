"""A record goes in once its files are here; repeating changes nothing."""

from __future__ import annotations

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from pydantic import TypeAdapter

from app.model.manifest import Receipt
from tests.pdfs import pdf_of


def test_whole_record_gets_a_receipt_that_stays_the_same(station):
    contents = [pdf_of("one"), pdf_of("two")]
    for content in contents:
        station.upload(content)
    manifest = station.manifest(*contents)
    body = json.dumps(manifest, ensure_ascii=False, indent=2).encode()
    first = station.put(body, manifest["record_id"], 1)
    assert first.status_code == 201, first.text
    receipt = TypeAdapter(Receipt).validate_json(first.content, extra="forbid")
    assert receipt.manifest_sha256 == hashlib.sha256(body).hexdigest()
    assert receipt.files == 2
    # 23:30 UTC is the next day in Viet Nam.
    assert receipt.dossier_number.startswith("H02.15-251121-")
    again = station.put(body, manifest["record_id"], 1)
    assert (again.status_code, again.content) == (200, first.content)
    asked = station.ask("GET", f"/records/{manifest['record_id']}/revisions/1/receipt")
    assert (asked.status_code, asked.content) == (200, first.content)


def test_same_record_eight_times_at_once_is_one_record(station):
    content = pdf_of("parallel")
    station.upload(content)
    manifest = station.manifest(content)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: station.put(manifest), range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    assert len({answer.content for answer in answers}) == 1


def test_other_manifest_under_the_same_revision_is_a_conflict(station, assert_problem):
    content = pdf_of("conflict")
    manifest = station.send(content)
    assert_problem(station.put(manifest | {"operator": "binh"}), "revision-conflict", 409)


def test_missing_files_are_listed(station, assert_problem):
    here, missing = pdf_of("here"), pdf_of("missing")
    station.upload(here)
    body = assert_problem(station.put(station.manifest(here, missing)), "files-missing", 409)
    assert body["files"] == [{"name": "giấy 2.pdf", "sha256": hashlib.sha256(missing).hexdigest()}]


def test_size_in_the_manifest_must_be_true(station, assert_problem):
    content = pdf_of("size")
    station.upload(content)
    manifest = station.manifest(content)
    manifest["papers"][0]["file"]["size"] += 1
    assert_problem(station.put(manifest), "files-missing", 409)


def test_files_of_another_station_do_not_count(station, other, assert_problem):
    content = pdf_of("theirs")
    other.upload(content)
    assert_problem(station.put(station.manifest(content)), "files-missing", 409)


def test_station_cannot_send_or_see_what_another_made(station, other, assert_problem):
    content = pdf_of("mine")
    station.upload(content)
    other.upload(content)
    assert_problem(other.put(station.manifest(content)), "other-station", 403)
    manifest = station.send(content)
    assert_problem(other.put(manifest | {"station_id": other.id}), "other-station", 403)
    later = manifest | {"station_id": other.id, "revision": 2, "reason": "đổi"}
    assert_problem(other.put(later), "other-station", 403)
    assert_problem(other.ask("GET", f"/records/{manifest['record_id']}/revisions/1/receipt"), "not-found", 404)


def test_revisions_come_in_order_with_a_reason_and_keep_the_number(station, assert_problem):
    content, corrected = pdf_of("rev one"), pdf_of("rev two")
    manifest = station.send(content)
    number = station.put(manifest).json()["dossier_number"]
    station.upload(corrected)
    second = station.manifest(corrected, record_id=manifest["record_id"], revision=2, reason="Quét lại trang mờ")
    assert_problem(station.put(second | {"revision": 3}), "revision-missing", 409)
    assert_problem(station.put(second | {"reason": " "}), "invalid", 422)
    wrong = second | {"dossier": second["dossier"] | {"number": "H02.15-200101-0009"}}
    assert assert_problem(station.put(wrong), "number-conflict", 409)["dossier_number"] == number
    answer = station.put(second)
    assert (answer.status_code, answer.json()["dossier_number"]) == (201, number)


@pytest.mark.parametrize("number", ["000.12.41.H43-230720-4968", "H02.15-20220112-0001", "MC/2026-11/0007"])
def test_numbers_of_other_systems_are_taken_as_they_are(station, number):
    content = pdf_of(number)
    station.upload(content)
    manifest = station.manifest(content, dossier={"number": number, "agency_code": "000.12.41.H43"})
    answer = station.put(manifest)
    assert (answer.status_code, answer.json()["dossier_number"]) == (201, number)


def test_first_revision_must_be_one(station, assert_problem):
    content = pdf_of("second first")
    station.upload(content)
    assert_problem(station.put(station.manifest(content, revision=2, reason="x")), "revision-missing", 409)


def test_number_in_the_manifest_is_kept(station):
    number = station.ask(
        "POST", "/dossier-numbers", json={"request_id": "keep-1", "agency_code": "H02.15", "date": "2025-11-20"}
    ).json()["number"]
    manifest = station.send(pdf_of("numbered"), dossier={"number": number})
    assert station.put(manifest).json()["dossier_number"] == number


def test_list_for_reconciliation(station, other):
    first = station.send(pdf_of("list one"))
    moment = station.ask("GET", "/records").json()["records"][-1]["received_at"]
    second = station.send(pdf_of("list two"))
    other.send(pdf_of("list other"))
    lines = station.ask("GET", "/records").json()["records"]
    assert [line["record_id"] for line in lines] == [first["record_id"], second["record_id"]]
    body = json.dumps(second, ensure_ascii=False).encode()
    assert lines[1]["manifest_sha256"] == hashlib.sha256(body).hexdigest()
    later = station.ask("GET", "/records", params={"since": moment}).json()["records"]
    assert [line["record_id"] for line in later] == [first["record_id"], second["record_id"]]
    assert station.ask("GET", "/records", params={"since": "2199-01-01T00:00:00Z"}).json() == {"records": []}
