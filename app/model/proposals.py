"""What a page seems to say: values proposed for a paper's fields, each with its place, its confidence and its rule.

A proposal is never a fact: it becomes one when a clerk accepts it.
"""

from __future__ import annotations

import enum
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from app.model.page_findings import Box


class Field(enum.StrEnum):
    """The fields of a paper that are read from its pages."""

    PAPER_KIND = "paper_kind"
    TITLE = "title"
    SUMMARY = "summary"
    NUMBER_SYMBOL = "number_symbol"
    ISSUE_DATE = "issue_date"
    ISSUE_PLACE = "issue_place"
    ISSUING_AGENCY = "issuing_agency"
    ADDRESSEE = "addressee"
    SIGNER = "signer"
    OWNER_NAME = "owner_name"
    OWNER_ID = "owner_id"
    OWNER_BIRTH_DATE = "owner_birth_date"
    OWNER_ADDRESS = "owner_address"
    DOSSIER_NUMBER = "dossier_number"
    APPOINTMENT_DATE = "appointment_date"
    VALID_TO = "valid_to"
    QR = "qr"


@dataclass(frozen=True)
class Proposal:
    """A value for a field: text in NFC, dates as YYYY-MM-DD.

    ``confidence`` is 0 to 1. ``rule`` names what found it. ``box`` is left, top, right, bottom in pixels of the upright
    page; None where it is not known.
    """

    field: Field
    value: str
    confidence: float
    rule: str
    box: Box | None = None


def proposals_to_json(proposals: Iterable[Proposal]) -> str:
    """Give one line of JSON."""
    return json.dumps([asdict(proposal) for proposal in proposals], ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def proposals_from_json(text: str) -> tuple[Proposal, ...]:
    """Read what ``proposals_to_json`` gave; ValueError where it is not that."""
    found = json.loads(text)
    if not isinstance(found, list):
        raise ValueError("proposals: a list is needed")
    try:
        return tuple(
            Proposal(Field(item["field"]), str(item["value"]), float(item["confidence"]), str(item["rule"]), _box(item["box"]))
            for item in found
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"proposals: {error!r}") from error


def _box(found: list[float] | None) -> Box | None:
    if found is None:
        return None
    left, top, right, bottom = (float(side) for side in found)
    return (left, top, right, bottom)
