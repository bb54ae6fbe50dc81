"""Reading a manifest strictly, and what the centre keeps of it beside its very bytes."""

from __future__ import annotations

import math
from datetime import datetime

from pydantic import TypeAdapter, ValidationError

from app.model.manifest import Manifest, ManifestFile, ManifestPage, Receipt
from central.numbers import is_dossier_number
from central.problems import Problem, faults_of
from central.stations import is_agency

MANIFEST = TypeAdapter(Manifest)
RECEIPT = TypeAdapter(Receipt)
# Wider than any clock that merely lost its battery.
_FIRST_YEAR, _LAST_YEAR = 1970, 2199
_LARGEST_COUNT = 1_000_000


def read_manifest(body: bytes) -> Manifest:
    """Parse a manifest; unknown fields, wrong types and times without offset are refused with Problem ``invalid``."""
    try:
        manifest = MANIFEST.validate_json(body, strict=True, extra="forbid")
    except ValidationError as error:
        raise Problem("invalid", "The manifest is not valid", errors=faults_of(error)) from error
    faults = _faults(manifest)
    if faults:
        raise Problem("invalid", "The manifest is not valid", errors=faults)
    return manifest


def _faults(manifest: Manifest) -> list[dict[str, str]]:
    dossier = manifest.dossier
    checks = {
        "dossier.created_at": is_moment(dossier.created_at),
        "dossier.finished_at": is_moment(dossier.finished_at),
        "dossier.agency_code": is_agency(dossier.agency_code),
        "dossier.number": not dossier.number or is_dossier_number(dossier.number),
        "reason": manifest.revision == 1 or bool(manifest.reason.strip()),
        "papers.pages.scanned_at": all(is_moment(page.scanned_at) for paper in manifest.papers for page in paper.pages),
        "reused.attached_at": all(
            is_moment(item.attached_at) and is_moment(item.paper.digitised_at) for item in manifest.reused
        ),
        "papers.pages": all(_is_possible(page) for paper in manifest.papers for page in paper.pages),
        "papers.sheets": all(_are_counts(paper.sheets, paper.sides) for paper in manifest.papers),
        "papers.file.size": all(paper.file.size > 0 for paper in manifest.papers),
    }
    return [{"where": where, "message": "The value is missing or not valid"} for where, good in checks.items() if not good]


def _is_possible(page: ManifestPage) -> bool:
    # A corner that is no number would be written as a word that is no JSON.
    corners = [place for point in page.quad or () for place in point]
    return _are_counts(page.number, page.width, page.height, page.dpi, page.turn) and all(map(math.isfinite, corners))


def _are_counts(*values: int) -> bool:
    return all(0 <= value <= _LARGEST_COUNT for value in values)


def is_moment(moment: datetime) -> bool:
    """Say whether a moment has its offset and lies where every zone and every workbook can say it."""
    return moment.utcoffset() is not None and _FIRST_YEAR <= moment.year <= _LAST_YEAR


def files_of(manifest: Manifest) -> list[ManifestFile]:
    """List the files of a manifest in the order of its papers."""
    return [paper.file for paper in manifest.papers]


def masked(id_number: str) -> str:
    """Hide all but the first four places of a personal ID number."""
    return id_number[:4] + "*" * max(0, len(id_number) - 4) if len(id_number) > 4 else "*" * len(id_number)
