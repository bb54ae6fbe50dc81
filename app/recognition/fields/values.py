"""Reading values: dates in digits and in words, ID numbers, names, addresses, numbers and symbols.

Each reader takes the words that may hold the value and gives what it says, the words that say it, and how well it fits.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from app.model.identifiers import DOSSIER_PATTERNS, BadIdentifier, parse_personal_id
from app.model.vietnamese import fold
from app.recognition.fields.layout import Token, plain
from app.recognition.fields.rules import Rules
from app.recognition.fields.spoken import spoken_date

_DATE = re.compile(r"(?<!\d)(\d{1,2})\s?[/.\-]\s?(\d{1,2})\s?[/.\-]\s?((?:19|20)\d{2})(?!\d)")
_WORDED_DATE = re.compile(
    r"ng\w{1,2}y?\s{0,2}(\d{1,2})\s{1,2}th\w{1,3}g?\s{1,2}(\d{1,2})\s{1,2}n\w{1,2}m?\s{1,2}((?:19|20)\d{2})(?!\d)"
)
_DIGITS_LIKE = str.maketrans("OoQDlI|iSsBZz", "0000111155822")
_NUMBER_SYMBOL = re.compile(
    r"\d{1,7}[A-Za-z]?(?:\s?/\s?(?:19|20)\d{2})?\s?[/\-]\s?[^\W\d_][\w&.]*(?:\s?[\-/]\s?[^\W_a-z][\w&.]*)*"
)
_PLAIN_NUMBER = re.compile(r"\d{1,7}(?:\s?/\s?(?:19|20)\d{2})?(?![\w/])")
_NAME_PARTS = (2, 6)
_SURE_LETTER = 80.0
_SPOKEN = 0.9
# A number in brackets refers to a note at the foot of a form.
_NOTE_MARK = re.compile(r"^\s*\(\d\)\s*")


@dataclass(frozen=True)
class Reading:
    """A value, the words that say it, and how well they fit what is expected there (0 to 1)."""

    value: str
    tokens: tuple[Token, ...]
    fit: float = 1.0


def read_date(tokens: Sequence[Token]) -> Reading | None:
    """Read the first date: 05/03/1992, 5.3.1992, "ngày 05 tháng 3 năm 1992", or all in words."""
    text, starts = _joined(tokens)
    found = min(
        (
            match
            for pattern in (_DATE, _WORDED_DATE)
            if (match := pattern.search(fold(text) if pattern is _WORDED_DATE else text))
        ),
        key=lambda match: match.start(),
        default=None,
    )
    if found is None:
        spoken = spoken_date(text)
        return Reading(spoken.isoformat(), tuple(tokens), _SPOKEN) if spoken else None
    day, month, year = (int(part) for part in found.groups())
    try:
        value = date(year, month, day).isoformat()
    except ValueError:
        return None
    return Reading(value, _covered(tokens, starts, found.start(), found.end()))


def read_id(tokens: Sequence[Token]) -> Reading | None:
    """Read the first personal ID number: 12 digits, or 9 of an old card; digits may stand in groups."""
    for start in range(len(tokens)):
        digits, used = "", start
        while used < len(tokens) and len(digits) < 12:
            part = _digits(tokens[used].text)
            if part is None:
                break
            digits += part
            used += 1
        for length in (12, 9):
            if len(digits) == length:
                return Reading(digits, tuple(tokens[start:used]), _id_fit(digits))
        if digits and start == 0 and len(digits) >= 6:
            return None  # a number stands there, but it was misread
    return None


def read_name(tokens: Sequence[Token], rules: Rules) -> Reading | None:
    """Read the name of a person at the beginning: two to six words with capitals, the first a family name."""
    rest = list(tokens)
    while rest and (before := _before_name(rest, rules)):
        rest = rest[before:]
    used: list[Token] = []
    for token in rest[: _NAME_PARTS[1]]:
        word = token.text.strip(".,;:-()")
        if not _name_word(word) or (used and word.isupper() != used[0].text.strip(".,;:-()").isupper()):
            break
        used.append(token)
        if token.text[-1] in ",;.:)" or (len(token.text) > len(word) and not token.text.endswith(word)):
            break
    if len(used) < _NAME_PARTS[0]:
        return None
    words = [token.text.strip(".,;:-()") for token in used]
    return Reading(mend_name(words, rules), tuple(used), _name_fit(words[0], rules))


def _name_fit(first: str, rules: Rules) -> float:
    """Tell how well a word does for a family name: as it is, with other accents, or not at all."""
    known = rules.surnames.get(plain(first))
    if known is None:
        return 0.6
    return 1.0 if first.lower() in rules.known_surnames else 0.93


def _before_name(tokens: Sequence[Token], rules: Rules) -> int:
    """Count the words before a name: ông, bà, a rank or a degree, or signs."""
    if not tokens[0].fold or tokens[0].text.strip(".:,()").lower() in rules.words.honorifics:
        return 1
    return next((count for count in (2, 1) if "".join(token.fold for token in tokens[:count]) in rules.ranks), 0)


def mend_name(words: Sequence[str], rules: Rules) -> str:
    """Put the accents of the family name and of "Thị" right where the letters are those of a known one."""
    mended = list(words)
    first = words[0]
    right = rules.surnames.get(plain(first))
    if right and first.lower() not in rules.known_surnames:
        mended[0] = _like(first, right)
    for place in range(1, len(words) - 1):
        if plain(words[place]) == "thi":
            mended[place] = _like(words[place], "Thị")
    return " ".join(mended)


def read_address(tokens: Sequence[Token], rules: Rules) -> Reading | None:
    """Read an address up to the end of its sentence."""
    while tokens and not tokens[0].fold:
        tokens = tokens[1:]
    while tokens and len(tokens[-1].text) == 1 and tokens[-1].confidence < _SURE_LETTER:
        tokens = tokens[:-1]  # a ruling or a picture beside the line
    text, starts = _joined(tokens)
    end = rules.end_of_address.search(f"{text} ")
    kept = text[: end.start()] if end else text
    kept = re.sub(r"\s+([,;])", r"\1", kept).strip(" .,;:-")
    named = any(word[0].isupper() or word[0].isdigit() for word in re.findall(r"\w+", kept))
    if len(kept) < 4 or not named or not any(sign.isalpha() for sign in kept):
        return None
    inside = _covered(tokens, starts, 0, len(kept))
    parted = "," in kept or "-" in kept
    return Reading(kept, inside, 1.0 if parted else 0.8)


def read_text(tokens: Sequence[Token]) -> Reading | None:
    """Read words as they are, without the punctuation around them."""
    value = re.sub(r"\s+([,;.:])", r"\1", " ".join(token.text for token in tokens))
    value = _NOTE_MARK.sub("", value).strip(" .,;:-/")
    return Reading(value, tuple(tokens)) if any(sign.isalnum() for sign in value) else None


def read_dossier_number(tokens: Sequence[Token]) -> Reading | None:
    """Read a dossier number in one of its known forms."""
    for used in range(1, min(5, len(tokens)) + 1):
        compact = "".join(token.text for token in tokens[:used]).strip(".,;:").upper()
        if any(pattern.fullmatch(compact) for pattern in DOSSIER_PATTERNS):
            return Reading(compact, tuple(tokens[:used]))
    return None


def read_number_symbol(tokens: Sequence[Token], rules: Rules) -> Reading | None:
    """Read a paper's number and symbol, such as 436/QĐ-UBND (Decree 30/2020/NĐ-CP, Annex I), or a number alone."""
    text, starts = _joined(tokens)
    found = _NUMBER_SYMBOL.match(text)
    if found:
        value = mend_symbol(re.sub(r"\s", "", found[0]).rstrip("./-"), rules)
        return Reading(value, _covered(tokens, starts, 0, found.end()))
    alone = _PLAIN_NUMBER.match(text)
    if alone:
        return Reading(re.sub(r"\s", "", alone[0]), _covered(tokens, starts, 0, alone.end()), 0.85)
    return None


def mend_symbol(value: str, rules: Rules) -> str:
    """Put the accents of known abbreviations right: QD becomes QĐ."""
    parts = re.split(r"([/\-.])", value)
    return "".join(_symbol(part, rules) for part in parts)


def _symbol(part: str, rules: Rules) -> str:
    right = rules.symbols.get(plain(part))
    return right if right and not part.isdigit() else part


def _like(word: str, right: str) -> str:
    return right.upper() if word.isupper() else right


def _name_word(word: str) -> bool:
    letters = word.replace("'", "").replace("-", "")
    return bool(letters) and letters.isalpha() and letters[0].isupper() and (letters.isupper() or letters[1:].islower())


def _digits(text: str) -> str | None:
    """Give the digits of a word that is a number, misread letters in it put right; None where it is no number."""
    bare = text.strip(".,;:()").replace(".", "").replace(" ", "")
    if not bare or sum(sign.isdigit() for sign in bare) < 0.7 * len(bare):
        return None
    found = bare.translate(_DIGITS_LIKE)
    return found if found.isdigit() else None


def _id_fit(digits: str) -> float:
    """Tell how well a number agrees with how such numbers are made; a strange province is doubtful, not refused."""
    try:
        parse_personal_id(digits)
    except BadIdentifier:
        return 0.9
    return 1.0


def _joined(tokens: Sequence[Token]) -> tuple[str, list[int]]:
    """Join words by spaces; also gives where each begins."""
    starts, text = [], ""
    for token in tokens:
        starts.append(len(text))
        text += token.text + " "
    return text, starts


def _covered(tokens: Sequence[Token], starts: Iterable[int], begin: int, end: int) -> tuple[Token, ...]:
    return tuple(token for token, start in zip(tokens, starts, strict=True) if start < end and start + len(token.text) > begin)
