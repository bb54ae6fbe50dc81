"""Papers that are here already: found by owner and kind, told to enrolled stations only, and every question kept."""

from __future__ import annotations

import hashlib
import uuid

import pytest
from sqlalchemy import select

from central.tables import PaperIndex, PaperLookup
from tests.pdfs import pdf_of

KIND = "KQ.G15.000031"


def owner() -> str:
    """An ID number that no other test uses."""
    return f"024198{uuid.uuid4().int % 1_000_000:06d}"


def with_fields(manifest: dict, owner_id: str, kind: str = KIND) -> dict:
    fields = {"kind_code": kind, "owner_id": owner_id, "number": "12/GKS", "unlimited": True}
    manifest["papers"] = [paper | {"fields": fields} for paper in manifest["papers"]]
    return manifest


def deliver(station, text: str, owner_id: str, **changes: object) -> dict:
    content = pdf_of(text)
    station.upload(content)
    manifest = with_fields(station.manifest(content), owner_id) | changes
    assert station.put(manifest).status_code == 201
    return manifest


def test_a_paper_is_found_from_any_enrolled_station_with_its_provenance(station, other) -> None:
    citizen = owner()
    manifest = deliver(station, "giấy khai sinh", citizen)
    answer = other.ask("GET", f"/papers?owner={citizen}&kind={KIND}")
    assert answer.status_code == 200, answer.text
    (paper,) = answer.json()["papers"]
    kept = manifest["papers"][0]
    assert (paper["code"], paper["record_id"], paper["revision"]) == (kept["paper_id"], manifest["record_id"], 1)
    assert paper["file"]["sha256"] == hashlib.sha256(pdf_of("giấy khai sinh")).hexdigest()
    assert paper["fields"]["number"] == "12/GKS"
    assert paper["dossier_number"].startswith("H02.15-")
    assert other.ask("GET", f"/papers?owner={citizen}").json()["papers"] == [paper]
    assert other.ask("GET", f"/papers?owner={citizen}&kind=KQ.X").json() == {"papers": []}
    assert other.ask("GET", f"/papers?owner={owner()}").json() == {"papers": []}


def test_what_a_correction_took_out_is_not_offered_any_more(station) -> None:
    first, second = owner(), owner()
    manifest = deliver(station, "sai chủ", first)
    corrected = with_fields(manifest | {"revision": 2, "reason": "sai chủ giấy tờ"}, second)
    assert station.put(corrected).status_code == 201
    assert station.ask("GET", f"/papers?owner={first}").json() == {"papers": []}
    assert [paper["revision"] for paper in station.ask("GET", f"/papers?owner={second}").json()["papers"]] == [2]


def test_every_question_is_kept_with_the_number_masked(server, station) -> None:
    citizen = owner()
    deliver(station, "có", citizen)
    station.ask("GET", f"/papers?owner={citizen}&kind={KIND}")
    with server.centre() as centre, centre.database.read() as session:
        kept = session.scalars(select(PaperLookup).order_by(PaperLookup.lookup_id.desc())).first()
    assert kept is not None
    assert (kept.owner_masked, kept.kind_code, kept.found) == (f"{citizen[:4]}********", KIND, 1)
    assert citizen not in server.errors()


def test_strangers_and_half_questions_get_nothing(station, assert_problem) -> None:
    import requests

    citizen = owner()
    url = f"{station.server.url}/api/v1/papers?owner={citizen}"
    assert_problem(requests.get(url, timeout=10), "unauthorized", 401)
    for asked in ("", "?owner=", "?owner=024", "?owner=024198%25", "?owner=" + "1" * 36):
        assert_problem(station.ask("GET", f"/papers{asked}"), "invalid", 422)


def test_a_record_may_consist_of_reused_papers_only(station) -> None:
    citizen = owner()
    deliver(station, "bản gốc", citizen)
    (paper,) = station.ask("GET", f"/papers?owner={citizen}").json()["papers"]
    reused = {
        "component_code": "TP01",
        "component_name": "Giấy khai sinh",
        "paper": paper,
        "attached_at": "2026-11-23T08:00:00+07:00",
        "operator": "Lê Thị Mẫu",
    }
    manifest = station.manifest() | {"reused": [reused]}
    answer = station.put(manifest)
    assert answer.status_code == 201, answer.text
    assert answer.json()["files"] == 0
    assert len(station.ask("GET", f"/papers?owner={citizen}").json()["papers"]) == 1, "the copy is no second paper"


@pytest.mark.parametrize("owner_id", ["x" * 500, ""])
def test_an_owner_that_is_no_number_is_accepted_and_found_by_nobody(server, station, owner_id: str) -> None:
    manifest = deliver(station, f"lạ {len(owner_id)}", owner_id)
    with server.centre() as centre, centre.database.read() as session:
        lines = session.scalars(select(PaperIndex).where(PaperIndex.record_id == manifest["record_id"])).all()
    assert lines == []
