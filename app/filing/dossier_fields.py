"""What a clerk types into a dossier's fields, checked and brought into the one form that is kept; empty stays empty."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import date

from app.filing.errors import NameTooLong
from app.filing.identifier_errors import explain
from app.model.identifiers import (
    DOSSIER_PATTERNS,
    BadIdentifier,
    compile_dossier_patterns,
    parse_agency_code,
    parse_dossier_number,
    parse_owner_id,
)

_LONGEST_NAME = 200


def checked_number(text: str, today: date, patterns: Sequence[str]) -> str:
    """Check a dossier number; ``patterns`` are the settings' own ones. Raises InvalidIdentifier."""
    if not text.strip():
        return ""
    try:
        return parse_dossier_number(text, today, compile_dossier_patterns(patterns) or DOSSIER_PATTERNS).text
    except BadIdentifier as error:
        raise explain(error.reason, error.kind, text) from error


def checked_name(text: str) -> str:
    """Bring a name into NFC with single spaces. Raises NameTooLong."""
    name = unicodedata.normalize("NFC", " ".join(text.split()))
    if len(name) > _LONGEST_NAME:
        raise NameTooLong(length=len(name), most=_LONGEST_NAME)
    return name


def checked_owner_id(text: str) -> str:
    """Check an ID number or a tax code. Raises InvalidIdentifier."""
    if not text.strip():
        return ""
    try:
        return parse_owner_id(text)
    except BadIdentifier as error:
        raise explain(error.reason, error.kind, text) from error


def checked_agency(text: str) -> str:
    """Check an agency's code. Raises InvalidIdentifier."""
    if not text.strip():
        return ""
    try:
        return parse_agency_code(text).code
    except BadIdentifier as error:
        raise explain(error.reason, error.kind, text) from error
