"""The manifest as bytes and back, and the hash of files. ``python -m app.output.manifest`` renews its JSON Schema."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, ClassVar

from pydantic import TypeAdapter, ValidationError

from app.errors import ExitCode, ItemFailed, Text
from app.model.manifest import MANIFEST_FORMAT, Manifest
from resources import resource

SCHEMA_NAME = "manifest.schema.json"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
_ADAPTER = TypeAdapter(Manifest)
# What the classes check when they are made, said in the schema's words: property -> rule.
_RULES: dict[str, dict[str, Any]] = {
    "sha256": {"pattern": "^[0-9a-f]{64}$"},
    "original_sha256": {"pattern": "^[0-9a-f]{64}$"},
    "format": {"const": MANIFEST_FORMAT},
    "record_id": {"pattern": "^[0-9a-zA-Z-]{8,64}$"},
    "revision": {"minimum": 1},
    "size": {"minimum": 0},
}


class BrokenManifest(ItemFailed):
    """The bytes are no manifest."""

    title: ClassVar[Text] = Text("Bản kê tệp không hợp lệ: {detail}", "The manifest is not valid: {detail}")
    remedy: ClassVar[Text] = Text(
        "Hoàn tất lại hồ sơ để lập bản kê mới.", "Finish the dossier again, so that a new manifest is made."
    )
    exit_code: ClassVar[ExitCode] = ExitCode.INPUT


def build_manifest_bytes(manifest: Manifest) -> bytes:
    """Give the manifest's one and only form: UTF-8 JSON, keys sorted, no spaces; its hash stands for the record.

    Raises BrokenManifest where a time has no offset.
    """
    for moment in _moments(manifest):
        if moment.utcoffset() is None:
            raise BrokenManifest(detail=_no_offset(moment))
    plain = _ADAPTER.dump_python(manifest, mode="json")
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def _no_offset(moment: datetime) -> Text:
    return Text(f"giờ {moment.isoformat()} thiếu múi giờ", f"{moment.isoformat()} has no offset")


def _wrong_at(place: str, words: str) -> Text:
    if not place:
        return Text(f"không đọc được ({words})", words)
    return Text(f"mục {place} không đúng ({words})", f"{place}: {words}")


def _moments(manifest: Manifest) -> list[datetime]:
    dossier = manifest.dossier
    scanned = [page.scanned_at for paper in manifest.papers for page in paper.pages]
    reused = [moment for item in manifest.reused for moment in (item.attached_at, item.paper.digitised_at)]
    return [dossier.created_at, dossier.finished_at, *scanned, *reused]


def parse_manifest(data: bytes) -> Manifest:
    """Read a manifest; raises BrokenManifest for what is not one, or is not in its one form's terms."""
    try:
        manifest = _ADAPTER.validate_json(data, strict=False, extra="forbid")
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(step) for step in first["loc"])
        raise BrokenManifest(detail=_wrong_at(place, first["msg"])) from error
    for moment in _moments(manifest):
        if moment.utcoffset() is None:
            raise BrokenManifest(detail=_no_offset(moment))
    return manifest


def manifest_schema() -> dict[str, Any]:
    """Give the JSON Schema (2020-12) of a manifest."""
    schema = _ADAPTER.json_schema(mode="validation")
    for part in (schema, *(part for part in schema["$defs"].values() if "properties" in part)):
        part["additionalProperties"] = False
        for name, rule in _RULES.items():
            if name in part["properties"]:
                part["properties"][name] |= rule
    return {"$schema": DIALECT, **schema}


def schema_bytes() -> bytes:
    """Give the schema as it is kept in resources/manifest.schema.json."""
    return (json.dumps(manifest_schema(), ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()


if __name__ == "__main__":
    (resource("srgb.icc").parent / SCHEMA_NAME).write_bytes(schema_bytes())
