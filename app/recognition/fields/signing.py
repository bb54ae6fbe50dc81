"""Who signed: the name under the heading of a signature, such as the office of who signs for the agency."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rapidfuzz import fuzz

from app.model.proposals import Field
from app.recognition.fields.dating import in_stamp
from app.recognition.fields.found import Found
from app.recognition.fields.layout import Layout, Segment, plain
from app.recognition.fields.rules import KindRule, Rules
from app.recognition.fields.values import Reading, mend_name, read_name

_LIKENESS = 86.0
_LOWER_PART = 0.3
_SIGNATURE_HEIGHT = 0.3
_ASIDE = 0.17
_DELEGATED = ("kt", "tm", "tl", "tuq", "q")
_MOST_WORDS = 12


@dataclass(frozen=True)
class _Office:
    """A heading of a signature and whose it is."""

    segment: Segment
    role: str


def signer(layout: Layout, kind: KindRule | None, below: float, rules: Rules) -> list[Found]:
    """Find names under headings of signatures; of those whose role fits the kind of paper, else one without a heading.

    below: pixels; the signature stands lower than the title.
    """
    roles: tuple[str, ...] = kind.signer if kind is not None else ("issuer", "applicant")
    offices = list(_offices(layout, below, rules))
    others = [
        segment for segment in layout.segments if segment.box[1] > below and all(segment is not o.segment for o in offices)
    ]
    names = [(segment, name) for segment in others if (name := _name(segment, rules))]
    found = []
    for segment, name in names:
        office = _office_of(segment, offices, layout)
        if office is None and not _alone_low(layout, segment, offices, rules):
            continue
        strength = 0.72 if office is None else 0.96 - 0.06 * roles.index(office.role) if office.role in roles else 0.0
        if strength:
            rule = f"name under {office.role}" if office else "name at the end"
            found.append(Found(Field.SIGNER, name.value, name.tokens, strength * name.fit, rule))
    return found


def _offices(layout: Layout, below: float, rules: Rules) -> Iterator[_Office]:
    for segment in layout.segments:
        remark = segment.text.startswith("(") or len(segment.tokens) > _MOST_WORDS
        if segment.box[1] <= below or remark or in_stamp(layout, segment, rules):
            continue
        role = _role(segment, rules)
        if role is not None:
            yield _Office(segment, role)


def _role(segment: Segment, rules: Rules) -> str | None:
    """Name the role whose heading a line is, or begins with where it is in capitals; the longest heading wins."""
    folds = [token.fold for token in segment.tokens if token.fold]
    while folds and folds[0] in _DELEGATED and len(folds) > 1:
        folds = folds[1:]
    written = "".join(folds)
    best: tuple[int, str] | None = None
    for role, headings in rules.words.signatures.items():
        for heading in map(plain, headings):
            part = written[: len(heading)] if segment.is_upper else written
            close = fuzz.ratio(part, heading) >= (_LIKENESS if len(heading) > 7 else 99)
            if close and abs(len(part) - len(heading)) <= 2 and (best is None or len(heading) > best[0]):
                best = (len(heading), role)
    return best[1] if best else None


def _name(segment: Segment, rules: Rules) -> Reading | None:
    """Read a line that is a person's name and nothing else, but for specks beside it."""
    tokens = list(segment.tokens)
    while len(tokens) > 2 and (not tokens[0].text[0].isupper() or len(tokens[0].fold) < 2):
        tokens = tokens[1:]
    if not 2 <= len(tokens) <= 6 or any(":" in token.text for token in tokens):
        return None
    reading = read_name(tokens, rules)
    if reading is None or reading.tokens[-1] not in tokens[-2:]:
        return None
    words = [token.text.strip(".,;:-()") for token in reading.tokens]
    whole = len(words) > 4 or (words[0].isupper() and reading.fit < 1)
    return None if whole and reading.fit < 1 else Reading(mend_name(words, rules), reading.tokens, reading.fit)


def _office_of(segment: Segment, offices: list[_Office], layout: Layout) -> _Office | None:
    """Give the nearest heading above a name in its column."""
    near = [
        office
        for office in offices
        if 0 < segment.box[1] - office.segment.box[3] < _SIGNATURE_HEIGHT * max(layout.height, layout.width * 0.7)
        and _under(segment, office.segment, layout)
    ]
    return max(near, key=lambda office: office.segment.box[1], default=None)


def _under(segment: Segment, office: Segment, layout: Layout) -> bool:
    return abs(segment.centre - office.centre) < _ASIDE * layout.width


def _alone_low(layout: Layout, segment: Segment, offices: list[_Office], rules: Rules) -> bool:
    """Tell whether a name stands at the end on the right, as where a seal hid the heading above it."""
    low = segment.box[1] > (1 - _LOWER_PART) * max(part.box[3] for part in layout.segments)
    right = segment.centre > layout.left + 0.55 * (layout.right - layout.left)
    alone = all(part is segment or part.centre < segment.centre for part in layout.rows[segment.row])
    return low and right and alone and not in_stamp(layout, segment, rules)
