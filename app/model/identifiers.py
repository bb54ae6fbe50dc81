"""The numbers and codes of the one-stop desk, read leniently and given in one normal spelling.

Every ``parse_...`` function takes what a clerk typed, pasted or read from a barcode and gives a frozen object, or
raises ``BadIdentifier``. What is doubtful but allowed comes back in ``warnings`` of the object.
"""

from __future__ import annotations

import enum
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

Sex = Literal["M", "F"]


class Kind(enum.StrEnum):
    """The kinds of identifiers."""

    DOSSIER_NUMBER = "dossier_number"
    PROCEDURE_CODE = "procedure_code"
    AGENCY_CODE = "agency_code"
    PERSONAL_ID = "personal_id"
    TAX_CODE = "tax_code"
    RESULT_KIND = "result_kind"


class Reason(enum.StrEnum):
    """Why an identifier is refused, or what a warning is about."""

    EMPTY = "empty"
    FORMAT = "format"
    LENGTH = "length"
    DATE = "date"
    FUTURE = "future"
    PROVINCE = "province"
    CHECK_DIGIT = "check_digit"
    BIRTH_YEAR = "birth_year"
    SEX = "sex"
    UNUSUAL = "unusual"


class BadIdentifier(ValueError):
    """The text is no identifier of this kind. The message never holds the text: it may be a citizen's number."""

    def __init__(self, kind: Kind, reason: Reason) -> None:
        super().__init__(f"{kind}: {reason}")
        self.kind = kind
        self.reason = reason


_UPPER = {code: code - 32 for code in range(ord("a"), ord("z") + 1)}
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_ALL_DIGITS = re.compile(r"[0-9]+")
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—−"), "-")


def _clean(text: str) -> str:
    """Make NFC, with plain digits, letters and dashes, without the control characters that barcode readers add."""
    plain = text.translate(_FULL_WIDTH).translate(_DASHES)
    spaced = (" " if sign.isspace() else sign for sign in plain)
    return unicodedata.normalize("NFC", "".join(sign for sign in spaced if unicodedata.category(sign)[0] != "C"))


def _compact(text: str, kind: Kind) -> str:
    """Clean, take out all spaces and raise a-z; other alphabets stay, so that no look-alike becomes valid."""
    compact = _clean(text).replace(" ", "").translate(_UPPER)
    if not compact:
        raise BadIdentifier(kind, Reason.EMPTY)
    return compact


# --- dossier numbers -------------------------------------------------------------------------------------------------

_OLD_AGENCY = r"\d{3}\.\d{2}\.\d{2}\.[A-Z]\d{2}"
_NEW_AGENCY = r"[A-Z]\d{2}(?:\.[0-9A-Z]{1,6}){0,4}"

# Circular TT 01/2018/TT-VPCP Art. 19 (old agency code first), the newer spelling (new code first) and vendors' 5 to 7
# digit serials. Circular TT 03/2025/TT-VPCP may bring another, so a configuration can replace them.
DOSSIER_PATTERNS = (
    re.compile(rf"(?P<org>{_OLD_AGENCY}|{_NEW_AGENCY})-(?P<date>\d{{6}}|\d{{8}})-(?P<seq>\d{{4,7}})", re.ASCII),
)

# Numbers with two-digit years can mean no other century; a four-digit year before it is a typing error.
_FIRST_YEAR = 2000


@dataclass(frozen=True)
class DossierNumber:
    """A dossier number: the agency that received it, the date of reception and the serial of that day."""

    text: str
    agency: str
    received: date
    serial: str
    warnings: tuple[Reason, ...] = ()


class BadNumberPattern(ValueError):
    """A pattern that cannot be used: no regular expression from character ``at`` on (from 1), or ``missing`` groups."""

    def __init__(self, pattern: str, *, at: int = 0, missing: tuple[str, ...] = ()) -> None:
        super().__init__(f"{pattern!r}: wrong at {at}" if at else f"{pattern!r} lacks the groups {', '.join(missing)}")
        self.pattern, self.at, self.missing = pattern, at, missing


def compile_dossier_patterns(texts: Iterable[str]) -> tuple[re.Pattern[str], ...]:
    """Give patterns of a configuration ready for use; each needs the groups org, date and seq.

    Raises BadNumberPattern for one that is no regular expression or lacks a group.
    """
    patterns = []
    for text in texts:
        try:
            pattern = re.compile(text, re.ASCII)
        except re.error as error:
            raise BadNumberPattern(text, at=(error.pos or 0) + 1) from error
        missing = {"org", "date", "seq"} - pattern.groupindex.keys()
        if missing:
            raise BadNumberPattern(text, missing=tuple(sorted(missing)))
        patterns.append(pattern)
    return tuple(patterns)


def parse_dossier_number(text: str, today: date, patterns: tuple[re.Pattern[str], ...] = DOSSIER_PATTERNS) -> DossierNumber:
    """Read a dossier number (TT 01/2018/TT-VPCP Art. 19 and its newer forms).

    today: the date after which no reception can have happened. Raises BadIdentifier.
    """
    compact = _compact(text, Kind.DOSSIER_NUMBER)
    match = next(filter(None, (pattern.fullmatch(compact) for pattern in patterns)), None)
    if match is None:
        raise BadIdentifier(Kind.DOSSIER_NUMBER, Reason.FORMAT)
    received = _reception_date(match["date"] or "")
    if received > today:
        raise BadIdentifier(Kind.DOSSIER_NUMBER, Reason.FUTURE)
    return DossierNumber(compact, match["org"] or "", received, match["seq"] or "")


def _reception_date(digits: str) -> date:
    """Read yyMMdd or yyyyMMdd."""
    full = f"20{digits}" if len(digits) == 6 else digits
    if len(full) != 8 or not _ALL_DIGITS.fullmatch(full):
        raise BadIdentifier(Kind.DOSSIER_NUMBER, Reason.DATE)
    try:
        received = date(int(full[:4]), int(full[4:6]), int(full[6:]))
    except ValueError:
        raise BadIdentifier(Kind.DOSSIER_NUMBER, Reason.DATE) from None
    if received.year < _FIRST_YEAR:
        raise BadIdentifier(Kind.DOSSIER_NUMBER, Reason.DATE)
    return received


# --- procedure codes -------------------------------------------------------------------------------------------------

_PROCEDURE = re.compile(
    r"(?P<base>[1-9]\.\d{6})(?:(?:\.\d{3}\.\d{2}\.\d{2})?\.(?P<org>[A-Z]\d{2}))?(?:\.(?P<service>\d{2}))?", re.ASCII
)


@dataclass(frozen=True)
class ProcedureCode:
    """A procedure code: ``base`` is what matching uses, ``written`` goes to the centre unchanged.

    ``agency`` and ``service`` are the local and on-line additions (1.001193.000.00.00.H48, 2.000815.01), or empty.
    """

    base: str
    written: str
    agency: str = ""
    service: str = ""


def parse_procedure_code(text: str) -> ProcedureCode:
    """Read a procedure code in its national spelling, both local ones, or that of an on-line service."""
    compact = _compact(text, Kind.PROCEDURE_CODE)
    match = _PROCEDURE.fullmatch(compact)
    if match is None:
        raise BadIdentifier(Kind.PROCEDURE_CODE, Reason.FORMAT)
    return ProcedureCode(match["base"], compact, match["org"] or "", match["service"] or "")


# --- agency codes ----------------------------------------------------------------------------------------------------

_OLD_AGENCY_CODE = re.compile(_OLD_AGENCY, re.ASCII)
_NEW_AGENCY_CODE = re.compile(_NEW_AGENCY, re.ASCII)
_AGENCY_LIMIT = 35


@dataclass(frozen=True)
class AgencyCode:
    """An agency code; ``old`` says that it is spelled after QCVN 102:2016 and not after QĐ 20/2020/QĐ-TTg."""

    code: str
    old: bool


@dataclass(frozen=True)
class AgencyAlias:
    """Two spellings of one agency's code, with the dates (both included) between which they mean the same."""

    old: str
    new: str
    valid_from: date | None = None
    valid_to: date | None = None

    def holds_on(self, day: date) -> bool:
        """Say whether the alias is valid on that day."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


def parse_agency_code(text: str) -> AgencyCode:
    """Read an agency code in the old form (QCVN 102:2016) or the new one (QĐ 20/2020/QĐ-TTg, at most 35 characters)."""
    compact = _compact(text, Kind.AGENCY_CODE)
    if len(compact) > _AGENCY_LIMIT:
        raise BadIdentifier(Kind.AGENCY_CODE, Reason.LENGTH)
    old = _OLD_AGENCY_CODE.fullmatch(compact) is not None
    if not old and not _NEW_AGENCY_CODE.fullmatch(compact):
        raise BadIdentifier(Kind.AGENCY_CODE, Reason.FORMAT)
    return AgencyCode(compact, old)


def new_agency_code(text: str, on: date, aliases: Iterable[AgencyAlias] = ()) -> str | None:
    """Give the new spelling: by an alias that holds on the day, else by the rule 000.00.15.H02 -> H02.15.

    None where a level between is empty (000.05.00.H02): the rule would give another agency's code, only an alias can tell.
    """
    code = parse_agency_code(text)
    if not code.old:
        return code.code
    known = next((alias.new for alias in aliases if alias.old == code.code and alias.holds_on(on)), None)
    if known is not None:
        return known
    groups = code.code.split(".")[::-1]
    while set(groups[-1]) == {"0"}:
        groups.pop()
    return None if any(set(group) == {"0"} for group in groups) else ".".join(groups)


# --- personal IDs ----------------------------------------------------------------------------------------------------

# Provinces of birth registration; the merge of 1/7/2025 changed no number that was already given.
PROVINCES = frozenset(
    f"{number:03d}"
    for number in (
        *(1, 2, 4, 6, 8, 10, 11, 12, 14, 15, 17, 19, 20, 22, 24, 25, 26, 27, 30, 31, 33, 34, 35, 36, 37, 38, 40, 42),
        *(44, 45, 46, 48, 49, 51, 52, 54, 56, 58, 60, 62, 64, 66, 67, 68, 70, 72, 74, 75, 77, 79, 80, 82, 83, 84),
        *(86, 87, 89, 91, 92, 93, 94, 95, 96),
    )
)
_ID_DIGITS = 12
_OLD_ID_DIGITS = 9
_SHOWN_OF_ID = 4


@dataclass(frozen=True)
class PersonalId:
    """A 12-digit personal ID number, or an old 9-digit one (CMND), of which province, sex and year are unknown.

    ``repr`` masks the number, for objects end up in logs.
    """

    number: str
    province: str = ""
    sex: Sex | None = None
    birth_year: int | None = None
    warnings: tuple[Reason, ...] = ()

    def __repr__(self) -> str:
        return f"PersonalId({mask_id(self.number)})"


def parse_personal_id(
    text: str, *, birth_date: date | None = None, sex: Sex | None = None, today: date | None = None
) -> PersonalId:
    """Read a personal ID number: province, century and sex, birth year and six random digits, no check digit.

    Where birth date, sex or today's date are given, contradictions come back as warnings; they never refuse a number.
    """
    number = _compact(text, Kind.PERSONAL_ID)
    if not _ALL_DIGITS.fullmatch(number):
        raise BadIdentifier(Kind.PERSONAL_ID, Reason.FORMAT)
    if len(number) == _OLD_ID_DIGITS:
        return PersonalId(number)
    if len(number) != _ID_DIGITS:
        raise BadIdentifier(Kind.PERSONAL_ID, Reason.LENGTH)
    if number[:3] not in PROVINCES:
        raise BadIdentifier(Kind.PERSONAL_ID, Reason.PROVINCE)
    century, female = divmod(int(number[3]), 2)
    year = 1900 + 100 * century + int(number[4:6])
    own_sex: Sex = "F" if female else "M"
    doubts = (
        (Reason.BIRTH_YEAR, birth_date is not None and birth_date.year != year),
        (Reason.SEX, sex is not None and sex != own_sex),
        (Reason.FUTURE, today is not None and year > today.year),
    )
    return PersonalId(number, number[:3], own_sex, year, tuple(reason for reason, doubtful in doubts if doubtful))


def mask_id(text: str) -> str:
    """Hide all of an ID number but its first four characters, for screens of others and for logs."""
    number = "".join(_clean(text).split())
    return number[:_SHOWN_OF_ID] + "*" * (len(number) - _SHOWN_OF_ID)


# --- tax codes -------------------------------------------------------------------------------------------------------

_TAX = re.compile(r"(?P<main>\d{10})(?:-?(?P<branch>\d{3}))?", re.ASCII)
_TAX_WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)


@dataclass(frozen=True)
class TaxCode:
    """A tax code: ten digits, a branch's three more after a dash, or a person's 12-digit ID number."""

    code: str
    branch: str = ""
    warnings: tuple[Reason, ...] = ()

    def __repr__(self) -> str:
        return f"TaxCode({mask_id(self.code)})"


def parse_tax_code(text: str) -> TaxCode:
    """Read a tax code and check its tenth digit; persons and household businesses use their personal ID number."""
    compact = _compact(text, Kind.TAX_CODE)
    if _ALL_DIGITS.fullmatch(compact) and len(compact) == _ID_DIGITS:
        if compact[:3] not in PROVINCES:
            raise BadIdentifier(Kind.TAX_CODE, Reason.PROVINCE)
        return TaxCode(compact)
    match = _TAX.fullmatch(compact)
    if match is None:
        plain = _ALL_DIGITS.fullmatch(compact.replace("-", ""))
        raise BadIdentifier(Kind.TAX_CODE, Reason.LENGTH if plain else Reason.FORMAT)
    main, branch = match["main"], match["branch"] or ""
    code = f"{main}-{branch}" if branch else main
    check = 10 - sum(weight * int(digit) for weight, digit in zip(_TAX_WEIGHTS, main, strict=False)) % 11
    if check == 10:
        # Sources differ on what a remainder of 0 gives, so this case can only be pointed out.
        return TaxCode(code, branch, (Reason.CHECK_DIGIT,))
    if check != int(main[9]):
        raise BadIdentifier(Kind.TAX_CODE, Reason.CHECK_DIGIT)
    return TaxCode(code, branch)


def parse_owner_id(text: str) -> str:
    """Read whose dossier or paper it is: a personal ID number, an old card's, or an organisation's tax code.

    Ten digits, or thirteen, are a tax code; anything else is taken for a person's number. Raises BadIdentifier.
    """
    compact = _compact(text, Kind.PERSONAL_ID)
    if _TAX.fullmatch(compact):
        return parse_tax_code(compact).code
    return parse_personal_id(compact).number


# --- codes of result kinds -------------------------------------------------------------------------------------------

_DOMINANT_RESULT = re.compile(r"KQ\.[GH]\d{2}\.\d{6}", re.ASCII)
_RESULT_LIMIT = 64


@dataclass(frozen=True)
class ResultKindCode:
    """The code of a kind of result in the National Database of procedures, such as KQ.G15.000031."""

    code: str
    warnings: tuple[Reason, ...] = ()


def parse_result_kind(text: str) -> ResultKindCode:
    """Read a result kind code; a quarter of those in use have no regular form, so any text of 64 passes with a warning."""
    written = " ".join(_clean(text).split())
    if not written:
        raise BadIdentifier(Kind.RESULT_KIND, Reason.EMPTY)
    if len(written) > _RESULT_LIMIT:
        raise BadIdentifier(Kind.RESULT_KIND, Reason.LENGTH)
    regular = written.replace(" ", "").translate(_UPPER)
    if _DOMINANT_RESULT.fullmatch(regular):
        return ResultKindCode(regular)
    return ResultKindCode(written, (Reason.UNUSUAL,))


# --- file names ------------------------------------------------------------------------------------------------------

_FORBIDDEN_IN_NAMES = re.compile(r"[/\\:*?\"<>|]")
_DEVICE_NAMES = re.compile(r"(CON|PRN|AUX|NUL|COM[0-9¹²³]|LPT[0-9¹²³])(\..*)?", re.IGNORECASE)
_NAME_LIMIT = 120
# ext4 and NTFS refuse more than 255 bytes or units; the rest is left for ".part" and the like.
_NAME_BYTES = 240


def safe_file_name(text: str, suffix: str = "") -> str:
    """Give a file name that Linux and Windows accept; / \\ : * ? " < > | become - (TT 02/2019/TT-BNV names).

    suffix: kept whole at the end, such as ".pdf". At most 120 characters and 240 bytes; never empty, never hidden.
    """
    name = _FORBIDDEN_IN_NAMES.sub("-", _clean(text)).strip(" .")
    if not name or _DEVICE_NAMES.fullmatch(name):
        name = f"_{name}"
    room = _NAME_BYTES - len(suffix.encode())
    return name[: _NAME_LIMIT - len(suffix)].encode()[:room].decode(errors="ignore").rstrip(" .") + suffix
