"""The manifest: one form only, its schema up to date, and broken ones refused."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.files import sha256_of
from app.model.manifest import (
    MANIFEST_FORMAT,
    Manifest,
    ManifestDossier,
    ManifestFile,
    ManifestOwner,
    ManifestPage,
    ManifestPaper,
)
from app.output.manifest import (
    SCHEMA_NAME,
    BrokenManifest,
    build_manifest_bytes,
    manifest_schema,
    parse_manifest,
    schema_bytes,
)
from resources import resource

HANOI = timezone(timedelta(hours=7))
NOON = datetime(2026, 11, 23, 12, 0, 0, 250_000, tzinfo=HANOI)


def manifest(title: str = "Tờ khai đăng ký khai sinh") -> Manifest:
    page = ManifestPage("p1", 1, "a" * 64, 2480, 3508, 300, "color", "flatbed", "front", "virtual", NOON, "lan")
    paper = ManifestPaper("g1", "1", "Tờ khai", title, ManifestFile("to-khai.pdf", "b" * 64, 9, "application/pdf"), (page,))
    dossier = ManifestDossier("", "T-1", "1.001193", "Khai sinh", "H02.15", ManifestOwner("Trần Văn Thử"), NOON, NOON)
    return Manifest(MANIFEST_FORMAT, "rec-00000001", 1, "", "st-1", "Quầy 1", "lan", "sohoa 0.1.0", dossier, (paper,))


@given(title=st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_reading_back_gives_the_same_and_the_same_bytes(title: str) -> None:
    data = build_manifest_bytes(manifest(title))
    assert parse_manifest(data) == manifest(title)
    assert build_manifest_bytes(parse_manifest(data)) == data


def test_the_form_is_sorted_tight_and_readable() -> None:
    text = build_manifest_bytes(manifest()).decode()
    assert "Tờ khai đăng ký khai sinh" in text
    assert '"scanned_at":"2026-11-23T12:00:00.250000+07:00"' in text
    assert text == json.dumps(json.loads(text), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def test_a_time_without_offset_is_refused_both_ways() -> None:
    bare = replace(manifest(), dossier=replace(manifest().dossier, created_at=datetime(2026, 1, 1)))
    with pytest.raises(BrokenManifest, match="no offset"):
        build_manifest_bytes(bare)
    data = build_manifest_bytes(manifest()).replace(b"+07:00", b"")
    with pytest.raises(BrokenManifest, match="no offset"):
        parse_manifest(data)


def test_the_kept_schema_is_current() -> None:
    assert resource(SCHEMA_NAME).read_bytes() == schema_bytes()


def broken(**changes: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(build_manifest_bytes(manifest()))
    for name, value in changes.items():
        if value is None:
            del found[name]
        else:
            found[name] = value
    return found


@pytest.mark.parametrize(
    "changes",
    [
        {"revision": 0},
        {"revision": "một"},
        {"format": "sohoa-manifest/9"},
        {"dossier": None},
        {"record_id": "../etc"},
        {"extra": 1},
        {"papers": [{}]},
    ],
)
def test_broken_manifests_are_refused_by_schema_and_reader(changes: dict[str, Any]) -> None:
    found = broken(**changes)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(found, manifest_schema())
    with pytest.raises(BrokenManifest) as caught:
        parse_manifest(json.dumps(found).encode())
    assert caught.value.title_in("vi")


def test_a_record_without_any_paper_is_refused() -> None:
    with pytest.raises(BrokenManifest, match="papers"):
        parse_manifest(json.dumps(broken(papers=[])).encode())


def test_the_schema_accepts_what_is_built() -> None:
    jsonschema.Draft202012Validator.check_schema(manifest_schema())
    jsonschema.validate(broken(), manifest_schema())


@pytest.mark.parametrize("data", [b"", b"[]", b"{", b"\xff\xfe"])
def test_bytes_that_are_no_manifest(data: bytes) -> None:
    with pytest.raises(BrokenManifest):
        parse_manifest(data)


def test_a_wrong_hash_is_refused() -> None:
    data = build_manifest_bytes(manifest()).replace(b"b" * 64, b"B" * 64)
    with pytest.raises(BrokenManifest):
        parse_manifest(data)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(json.loads(data), manifest_schema())


def test_hash_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"abc" * 1_000_000)
    assert sha256_of(path) == hashlib.sha256(b"abc" * 1_000_000).hexdigest()


OPTIONAL = {
    "dossier": {"competent_agency", "organisation", "procedure_version", "retention", "side", "absent"},
    "paper": {"side", "fields", "sheets", "sides"},
    "page": {"slip", "accepted", "quad", "turn"},
}


def test_a_manifest_of_the_first_version_stays_valid() -> None:
    plain = json.loads(build_manifest_bytes(manifest()))
    for part, names in (
        (plain["dossier"], OPTIONAL["dossier"]),
        (plain["papers"][0], OPTIONAL["paper"]),
        (plain["papers"][0]["pages"][0], OPTIONAL["page"]),
    ):
        for name in names:
            del part[name]
    jsonschema.validate(plain, manifest_schema())
    assert parse_manifest(json.dumps(plain).encode()) == manifest()
