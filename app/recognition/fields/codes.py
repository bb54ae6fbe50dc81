"""What the codes on a page say: an ID card's QR code, and dossier numbers in Code 128 or in a receipt's QR code."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from app.model.identifiers import DOSSIER_PATTERNS
from app.model.page_findings import Barcode
from app.model.proposals import Field
from app.recognition.fields.found import Found

_CARD = re.compile(r"\d{12}\|(\d{9})?\|[^|]+\|\d{8}\|[^|]*\|[^|]*\|\d{8}")
_CARD_PARTS = 7
_PARTS_OF_TEXT = re.compile(r"[^0-9A-Za-z.\-]+")
_SURE_CODE = 0.99


@dataclass(frozen=True)
class CardCode:
    """The seven parts of an ID card's code; dates as YYYY-MM-DD, empty where they are none."""

    id: str
    old_id: str
    name: str
    birth_date: str
    sex: str
    address: str
    issue_date: str


def read_card_code(payload: str) -> CardCode | None:
    """Read the payload of an ID card: number|old number|name|ddMMyyyy|sex|address|ddMMyyyy; more parts are left out."""
    parts = [part.strip() for part in payload.split("|")][:_CARD_PARTS]
    if len(parts) < _CARD_PARTS or not _CARD.match("|".join(parts)):
        return None
    number, old, name, born, sex, address, issued = parts
    return CardCode(number, old, name, _iso(born), sex, address, _iso(issued))


def card_payload(barcodes: Iterable[Barcode]) -> str | None:
    """Give the payload of the first ID card code."""
    return next((code.value for code in barcodes if code.type == "QRCode" and read_card_code(code.value)), None)


def dossier_numbers(barcodes: Iterable[Barcode]) -> list[Found]:
    """Give the dossier numbers that codes hold: alone, or as a part of an address or of a text."""
    found = []
    for code in barcodes:
        whole = next((part for part in _PARTS_OF_TEXT.split(code.value) if _is_number(part)), None)
        if whole is not None and code.type in ("Code128", "QRCode"):
            found.append(Found(Field.DOSSIER_NUMBER, whole, (), _SURE_CODE, f"code {code.type}"))
    return found


def _is_number(part: str) -> bool:
    return any(pattern.fullmatch(part) for pattern in DOSSIER_PATTERNS)


def _iso(digits: str) -> str:
    try:
        return date(int(digits[4:]), int(digits[2:4]), int(digits[:2])).isoformat()
    except ValueError:
        return ""
