"""Values that stand after labels: the owner's fields, addressee, appointment and the like."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.model.proposals import Field
from app.recognition.fields.found import Found
from app.recognition.fields.labels import Hit
from app.recognition.fields.layout import Layout, Segment, Token, plain
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
_TOKENS_AHEAD = {"date": 20, "id": 4, "name": 8}

Reader = Callable[[Sequence[Token], Rules], Reading | None]
_READERS: Mapping[ValueKind, Reader] = {
    "name": read_name,
    "number": read_number_symbol,
    "date": lambda tokens, _: read_date(tokens),
    "id": lambda tokens, _: read_id(tokens),
    "address": read_address,
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
    if rule is None or rule.field is None or (rule.after is not None and not _follows(hits, place, rule.after)):
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


def _follows(hits: Sequence[Hit], place: int, field: Field) -> bool:
    before = _rule(hits[place - 1]) if place else None
    return before is not None and before.field is field


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


@dataclass
class _Person:
    """Somebody on the page: the labels that name him, his role, and his name in plain form, empty where it was not read."""

    role: str
    openers: list[Hit]
    name: str

    def goes_on(self, rule: LabelRule, row: int) -> bool:
        """Tell whether a label names the same person: right under one that a name did not follow yet."""
        return not self.name and rule.person in ("next", self.role) and row - _row(self.openers[-1]) <= _ROWS_BELOW


def _about_owner(hits: Sequence[Hit], taken: Mapping[int, Reading | None]) -> set[int]:
    """Give the labels whose values are about the owner: the first person named who is not somebody else by the label."""
    persons = _persons(hits, taken)
    able = [person for person in persons if person.role != "other"]
    owner = next((person for person in able if person.name), able[0] if able else None)
    owners = {id(opener) for opener in owner.openers} if owner else set()
    openers = sorted((opener for person in persons for opener in person.openers), key=_key)
    about = set()
    for hit in hits:
        opener = _opener(hit, openers)
        if (opener is None and owner is (persons[0] if persons else None)) or id(opener) in owners:
            about.add(id(hit))
    return about


def _persons(hits: Sequence[Hit], taken: Mapping[int, Reading | None]) -> list[_Person]:
    """Part the labels that name somebody into persons: "Bên A:" and the "Họ và tên:" right under it are one."""
    persons: list[_Person] = []
    for place, hit in enumerate(hits):
        rule = _rule(hit)
        if rule is None or rule.person is None:
            continue
        reading = taken[id(hit)]
        name = plain(reading.value) if reading else ""
        if not name and (not hit.colon or rule.running or _row_goes_on(hits, place)):
            continue
        same = next((person for person in persons if name and person.name == name), None)
        if same is None and persons and persons[-1].goes_on(rule, _row(hit)):
            same = persons[-1]
        if same is None:
            persons.append(_Person(rule.person, [hit], name))
        else:
            same.openers.append(hit)
            same.name = name
    return persons


def _row_goes_on(hits: Sequence[Hit], place: int) -> bool:
    """Tell whether another label that names nobody follows in the same row: nothing was filled in after this one."""
    after = hits[place + 1] if place + 1 < len(hits) else None
    rule = _rule(after) if after is not None else None
    return after is not None and _row(after) == _row(hits[place]) and (rule is None or rule.person is None)


def _opener(hit: Hit, openers: Sequence[Hit]) -> Hit | None:
    """Give the label of the person that a line is about: the last above it, of two side by side the nearer."""
    above = [opener for opener in openers if _key(opener) <= _key(hit)]
    if not above:
        return None
    last_row = _row(above[-1])
    same_row = [opener for opener in openers if _row(opener) == last_row]
    if len(same_row) == 1 or _row(hit) == last_row:
        return above[-1]
    return min(same_row, key=lambda opener: abs(_left(opener) - _left(hit)))


def _row(hit: Hit) -> int:
    return hit.paragraph.segment_of(hit.start).row


def _left(hit: Hit) -> float:
    return hit.paragraph.tokens[hit.start].box[0]


def _key(hit: Hit) -> tuple[int, float]:
    return (_row(hit), _left(hit))
