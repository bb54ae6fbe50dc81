"""Finding the labels of printed forms among the words of a page, with room for misread letters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from app.recognition.fields.layout import Layout, Paragraph, Token
from app.recognition.fields.rules import Label, Rules

_LIST_MARK = re.compile(r"(\d{1,2}|[a-zđ]|[IVX]{1,4}|\d\.\d)[.)]|[-+•*–]")
_LONG, _SHORT = 84.0, 92.0
_SHORT_LABEL = 8
_TINY_LABEL = 4
_RUNNING = 90.0
_MARGIN_OF_LENGTH = 2
_LONGEST_REMARK = 6
_LONGEST_UNKNOWN = 7


@dataclass(frozen=True)
class Hit:
    """A label on the page: words ``start`` to ``end`` of ``paragraph``; None where it is one that no rule knows; ``likeness`` 0 to 1; ``colon``: one follows."""

    label: Label | None
    paragraph: Paragraph
    start: int
    end: int
    likeness: float
    colon: bool


def find_labels(layout: Layout, rules: Rules) -> list[Hit]:
    """Give the labels of a page in reading order; where two fit, the one that reaches to the colon, or the longer."""
    return [hit for paragraph in layout.paragraphs for hit in _in_paragraph(paragraph, rules)]


def _in_paragraph(paragraph: Paragraph, rules: Rules) -> Iterator[Hit]:
    tokens = paragraph.tokens
    openings = {start + _list_marks(tokens[start:]) for start in paragraph.line_starts}
    at = 0
    while at < len(tokens):
        opens = at in openings
        hit = _at_start(paragraph, at, rules) if opens else _in_line(paragraph, at, rules)
        if hit is None and opens:
            hit = _unknown(paragraph, at)
        if hit is not None:
            yield hit
        at = hit.end if hit is not None else at + 1


def _list_marks(tokens: Sequence[Token]) -> int:
    """Count the words at the beginning of a line that only number it."""
    count = 0
    while count < min(2, len(tokens) - 1) and _LIST_MARK.fullmatch(tokens[count].text):
        count += 1
    return count


def _at_start(paragraph: Paragraph, at: int, rules: Rules) -> Hit | None:
    return _best(_fits(paragraph, at, label) for label in rules.labels)


def _in_line(paragraph: Paragraph, at: int, rules: Rules) -> Hit | None:
    """Within a line a label needs its colon, or a rule that says it may run in a sentence."""
    candidates = rules.running.get(paragraph.tokens[at].fold, ())
    fitting = [hit for label in candidates if (hit := _fits(paragraph, at, label)) and hit.likeness >= _RUNNING / 100]
    return _best(hit for hit in fitting if hit.colon or (hit.label and hit.label.rule.running))


def _unknown(paragraph: Paragraph, at: int) -> Hit | None:
    """A line that begins with some words and a colon has a label, though no rule knows it: a value above ends there."""
    for end in range(at, min(len(paragraph.tokens), at + _LONGEST_UNKNOWN)):
        if paragraph.tokens[end].text.endswith(":"):
            return Hit(None, paragraph, at, end + 1, 0.0, True)
    return None


def _best(found: Iterable[Hit | None]) -> Hit | None:
    hits = [hit for hit in found if hit is not None]
    return max(hits, key=lambda hit: (hit.colon, hit.end, hit.likeness, not _runs(hit)), default=None)


def _runs(hit: Hit) -> bool:
    return hit.label is not None and hit.label.rule.running


def _fits(paragraph: Paragraph, at: int, label: Label) -> Hit | None:
    """Compare a label with the words from ``at`` on, as many as come nearest to it."""
    tokens = paragraph.tokens
    wanted = len(label.fold)
    if wanted <= _TINY_LABEL and tokens[at].text.strip(".,:;()").lower() != label.spelling.lower():
        return None
    likeness, end = max(_lengths(tokens, at, label), default=(0.0, at))
    if likeness < (_LONG if wanted >= _SHORT_LABEL else _SHORT):
        return None
    end, colon = _over_remark(tokens, end)
    if not colon and (_label_goes_on(tokens, end) or (wanted < _SHORT_LABEL and not label.rule.running)):
        return None
    return Hit(label, paragraph, at, end, likeness / 100, colon)


def _lengths(tokens: Sequence[Token], at: int, label: Label) -> Iterator[tuple[float, int]]:
    """Give the likeness of a label with each number of words that has about its length."""
    wanted = len(label.fold)
    written = ""
    for end in range(at, len(tokens)):
        written += tokens[end].fold
        if len(written) > wanted + max(_MARGIN_OF_LENGTH, wanted // 6):
            return
        if len(written) >= wanted - _MARGIN_OF_LENGTH:
            yield fuzz.ratio(written, label.fold), end + 1
        if tokens[end].ends_label:
            return


def _over_remark(tokens: Sequence[Token], end: int) -> tuple[int, bool]:
    """Step over a second language or a remark in brackets, "/ Full name:" or "(viết chữ in hoa):", and over a colon."""
    if tokens[end - 1].ends_label:
        return end, True
    if end < len(tokens) and tokens[end].text[0] in "/(":
        for place in range(end, min(len(tokens), end + _LONGEST_REMARK)):
            if tokens[place].ends_label:
                return place + 1, True
    if end < len(tokens) and tokens[end].text in (":", ";", ".:"):
        return end + 1, True
    return end, False


def _label_goes_on(tokens: Sequence[Token], end: int) -> bool:
    """Tell whether small words up to a colon follow, so that another label stands here than it seemed."""
    for token in tokens[end : end + 5]:
        if not token.text[0].islower():
            return False
        if token.ends_label:
            return True
    return False
