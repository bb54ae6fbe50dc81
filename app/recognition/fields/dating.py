"""A paper's number and symbol, and the place and date of its issue."""

from __future__ import annotations

from collections.abc import Iterator

from app.model.proposals import Field
from app.recognition.fields.found import Found
from app.recognition.fields.heading import Heading, starts_number
from app.recognition.fields.layout import Layout, Segment, Token, plain
from app.recognition.fields.rules import KindRule, Rules
from app.recognition.fields.values import Reading, read_date, read_number_symbol

_LONGEST_PLACE = 6
_WORDS_OF_DATE = 9
_STAMP_ROWS = 3


def number_symbol(heading: Heading, rules: Rules) -> list[Found]:
    """Find the line "Số: 436/QĐ-UBND": in the heading, else elsewhere but not in a stamp or of a register."""
    found = []
    for segment in heading.layout.segments:
        reading = _number(segment, rules)
        if reading is None or _of_something_else(heading.layout, segment, rules):
            continue
        strength = 0.97 if segment.box[1] < heading.ends else 0.93
        if "/" not in reading.value and "-" not in reading.value:
            strength *= 0.8
        found.append(Found(Field.NUMBER_SYMBOL, reading.value, reading.tokens, strength * reading.fit, "number after Số"))
    return found


def place_and_date(heading: Heading, kind: KindRule | None, rules: Rules) -> list[Found]:
    """Find the line "Tân Phú, ngày 03 tháng 5 năm 2024" of the heading or of the signature, or the opening of minutes."""
    if kind is not None and kind.date == "opening":
        return list(_opening_date(heading.layout, rules))
    lines = [line for segment in heading.layout.segments if (line := _dated(heading.layout, segment, rules))]
    lines.sort(key=lambda line: (not line[2], line[0].box[1] > heading.ends, -line[0].box[1]))
    found: list[Found] = []
    for _, date, place in lines[:1]:
        strength = (0.97 if place else 0.8) * _padded(date)
        found.append(Found(Field.ISSUE_DATE, date.value, date.tokens, strength, "date after place" if place else "date alone"))
        if place:
            value = " ".join(token.text for token in place).strip(" ,.;:")
            found.append(Found(Field.ISSUE_PLACE, value, place, 0.96, "place before date"))
    return found


def in_stamp(layout: Layout, segment: Segment, rules: Rules) -> bool:
    """Tell whether a line stands in a stamp: the words of one are in it or right above."""
    stamps = [plain(words) for words in rules.words.stamps]
    above = [part for row in range(segment.row - _STAMP_ROWS, segment.row + 1) for part in layout.rows.get(row, ())]
    near = [part for part in above if part.box[0] < segment.box[2] and segment.box[0] < part.box[2]]
    near = [part for part in near if segment.box[1] - part.box[1] < 6 * segment.height]
    return any(
        stamp == part.fold or (len(stamp) > 4 and stamp in part.fold) for part in near if part.is_upper for stamp in stamps
    )


def _number(segment: Segment, rules: Rules) -> Reading | None:
    tokens = segment.tokens
    if not starts_number(segment) or not tokens[0].text[0].isupper():
        return None
    rest = tokens[1:]
    while rest and not rest[0].fold:
        rest = rest[1:]
    return read_number_symbol(rest, rules) if rest else None


def _of_something_else(layout: Layout, segment: Segment, rules: Rules) -> bool:
    row = "".join(part.fold for part in layout.rows[segment.row])
    return any(plain(words) in row for words in rules.words.not_a_number if len(words) > 3) or in_stamp(layout, segment, rules)


def _dated(layout: Layout, segment: Segment, rules: Rules) -> tuple[Segment, Reading, tuple[Token, ...]] | None:
    """Read a line that is nothing but a place and a date in words, or a date alone."""
    tokens = segment.tokens
    at = next((place for place, token in enumerate(tokens) if token.fold == "ngay"), None)
    if at is None or in_stamp(layout, segment, rules):
        return None
    date = read_date(tokens[at : at + _WORDS_OF_DATE])
    if date is None or date.tokens[0] is not tokens[at]:
        return None
    before = _without_made_at(tokens[:at], rules)
    after = tokens[tokens.index(date.tokens[-1]) + 1 :]
    if sum(len(token.fold) for token in after) > 3 or len(before) > _LONGEST_PLACE:
        return None
    if not all(token.text[0].isupper() or not token.fold for token in before):
        return None
    if segment.text[0].islower() or (not before and len(after) > 0):
        return (segment, date, ()) if not before and tokens[at].text[0].isupper() else None
    return segment, date, before


def _without_made_at(tokens: tuple[Token, ...], rules: Rules) -> tuple[Token, ...]:
    for words in rules.words.made_at:
        count = len(words.split())
        if "".join(token.fold for token in tokens[:count]) == plain(words):
            return tokens[count:]
    return tuple(token for token in tokens if token.fold)


def _padded(date: Reading) -> float:
    """Doubt a date whose day or whose month 1 or 2 lacks its nought: the decree asks for it, so a digit may be lost."""
    numbers = [token.text for token in date.tokens if token.text.isdigit()]
    if len(numbers) != 3:
        return 1.0
    lost = len(numbers[0]) == 1 or (len(numbers[1]) == 1 and numbers[1] in "12")
    return 0.75 if lost else 1.0


def _opening_date(layout: Layout, rules: Rules) -> Iterator[Found]:
    openings = tuple(plain(words) for words in rules.words.opening)
    for paragraph in layout.paragraphs:
        fold = "".join(token.fold for token in paragraph.tokens[:4])
        date = read_date(paragraph.tokens[:24]) if fold.startswith(openings) else None
        if date is not None:
            yield Found(Field.ISSUE_DATE, date.value, date.tokens, 0.96, "date of the opening")
            return
