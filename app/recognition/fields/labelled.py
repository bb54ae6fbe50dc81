"""Values that stand after labels: the owner's fields, addressee, appointment and the like."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from app.model.proposals import Field
from app.recognition.fields.found import Found
from app.recognition.fields.labels import Hit
from app.recognition.fields.layout import Layout, Segment, Token
from app.recognition.fields.rules import KindRule, LabelRule, Rules, ValueKind
from app.recognition.fields.values import (
    Reading,
    read_address,
    read_date,
    read_dossier_number,
    read_id,
    read_name,
    read_number_symbol,
    read_text,
)

OWNER = frozenset({Field.OWNER_NAME, Field.OWNER_ID, Field.OWNER_BIRTH_DATE, Field.OWNER_ADDRESS})
_NO_COLON = 0.88
_ELSEWHERE = 0.95
_ROWS_BELOW = 2
_TOKENS_AHEAD = {"date": 12, "id": 4, "name": 8}

Reader = Callable[[Sequence[Token], Rules], Reading | None]
_READERS: Mapping[ValueKind, Reader] = {
    "name": read_name,
    "number": read_number_symbol,
    "date": lambda tokens, _: read_date(tokens),
    "id": lambda tokens, _: read_id(tokens),
    "address": lambda tokens, _: read_address(tokens),
    "text": lambda tokens, _: read_text(tokens),
    "lines": lambda tokens, _: read_text(tokens),
    "dossier_number": lambda tokens, _: read_dossier_number(tokens),
}


def labelled(layout: Layout, hits: Sequence[Hit], kind: KindRule | None, rules: Rules) -> list[Found]:
    """Give what stands after labels: of each field every value, the owner's only where the lines are about the owner."""
    taken = {id(hit): _value(layout, hits, place, rules) for place, hit in enumerate(hits)}
    about_owner = _about_owner(hits, taken)
    found = []
    for hit in hits:
        rule, reading = _rule(hit), taken[id(hit)]
        if rule is None or rule.field is None or reading is None or not _applies(rule, kind):
            continue
        if rule.field in OWNER and id(hit) not in about_owner:
            continue
        found.append(_found(hit, rule, reading))
    return found


def _found(hit: Hit, rule: LabelRule, reading: Reading) -> Found:
    strength = rule.sure * reading.fit * min(1.0, hit.likeness + 0.05)
    if not hit.colon and not rule.running:
        strength *= _NO_COLON
    name = hit.label.name if hit.label else "label"
    assert rule.field is not None  # noqa: S101 - labelled() leaves labels without a field out
    return Found(rule.field, reading.value, reading.tokens, strength, f"label {name}")


def _rule(hit: Hit) -> LabelRule | None:
    return hit.label.rule if hit.label else None


def _applies(rule: LabelRule, kind: KindRule | None) -> bool:
    return not rule.kinds or (kind is not None and kind.code in rule.kinds)


def _value(layout: Layout, hits: Sequence[Hit], place: int, rules: Rules) -> Reading | None:
    """Read what follows a label: in its line, else beside it, else below it."""
    hit = hits[place]
    rule = _rule(hit)
    if rule is None or rule.field is None:
        return None
    reader = _READERS[rule.value]
    after = hits[place + 1] if place + 1 < len(hits) else None
    end = after.start if after is not None and after.paragraph is hit.paragraph else len(hit.paragraph.tokens)
    tokens = hit.paragraph.tokens[hit.end : end][: _TOKENS_AHEAD.get(rule.value)]
    if any(token.fold for token in tokens):
        return reader(tokens, rules)
    if end < len(hit.paragraph.tokens) or rule.running:
        return None
    return _elsewhere(layout, hits, hit, reader, rules)


def _elsewhere(layout: Layout, hits: Sequence[Hit], hit: Hit, reader: Reader, rules: Rules) -> Reading | None:
    segment = hit.paragraph.segment_of(hit.start)
    labelled_segments = {id(other.paragraph.segment_of(other.start)) for other in hits}
    for other in _near(layout, segment, alone=hit.colon or len(layout.rows[segment.row]) == 1):
        if id(other) in labelled_segments:
            continue
        reading = reader(_wrapped(layout, other), rules)
        if reading is not None:
            return Reading(reading.value, reading.tokens, reading.fit * _ELSEWHERE)
    return None


def _near(layout: Layout, segment: Segment, *, alone: bool) -> Iterator[Segment]:
    beside = layout.beside(segment)
    if beside is not None:
        yield beside
    below = layout.below(segment, _ROWS_BELOW)
    if alone and below is not None:
        yield below


def _wrapped(layout: Layout, segment: Segment) -> tuple[Token, ...]:
    """Give the words of a segment and of the lines that it goes on in."""
    paragraph = next((part for part in layout.paragraphs if segment in part.segments), None)
    if paragraph is None:
        return segment.tokens
    rest = paragraph.segments[paragraph.segments.index(segment) :]
    return tuple(token for part in rest for token in part.tokens)


def _about_owner(hits: Sequence[Hit], taken: Mapping[int, Reading | None]) -> set[int]:
    """Give the labels whose values are about the owner: the first person named who is not somebody else by the label."""
    openers = [hit for hit in hits if _opens(hit, taken)]
    owner = next((hit for hit in openers if (rule := _rule(hit)) and rule.person != "other"), None)
    about = set()
    for hit in hits:
        opener = _opener(hit, openers)
        if opener is owner:
            about.add(id(hit))
    return about


def _opens(hit: Hit, taken: Mapping[int, Reading | None]) -> bool:
    rule = _rule(hit)
    if rule is None or rule.person is None:
        return False
    return taken[id(hit)] is not None or (hit.colon and not rule.running)


def _opener(hit: Hit, openers: Sequence[Hit]) -> Hit | None:
    """Give the label of the person that a line is about: the last above it, of two side by side the nearer; else the first."""
    above = [opener for opener in openers if _key(opener) <= _key(hit)]
    if not above:
        return openers[0] if openers and _rule_person(openers[0]) != "other" else None
    last_row = _row(above[-1])
    same_row = [opener for opener in openers if _row(opener) == last_row]
    if len(same_row) == 1 or _row(hit) == last_row:
        return above[-1]
    return min(same_row, key=lambda opener: abs(_left(opener) - _left(hit)))


def _rule_person(hit: Hit) -> str | None:
    rule = _rule(hit)
    return rule.person if rule else None


def _row(hit: Hit) -> int:
    return hit.paragraph.segment_of(hit.start).row


def _left(hit: Hit) -> float:
    return hit.paragraph.tokens[hit.start].box[0]


def _key(hit: Hit) -> tuple[int, float]:
    return (_row(hit), _left(hit))
