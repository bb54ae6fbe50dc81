"""Finding the labels of printed forms among the words of a page, with room for misread letters."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from app.recognition.fields.layout import Layout, Paragraph, Segment, Token
from app.recognition.fields.rules import Label, Rules, Spellings

_LONG, _SHORT = 84.0, 92.0
_SHORT_LABEL = 8
_TINY_LABEL = 4
_RUNNING = 0.9
_NO_COLON = 0.92
_LONGEST_LABEL = 14
_LONGEST_REMARK = 6
_LONGEST_UNKNOWN = 7


@dataclass(frozen=True)
class Hit:
    """A label on the page: words ``start`` to ``end`` of ``paragraph``.

    ``label`` is None where no rule knows it. ``likeness`` is 0 to 1. ``colon``: one follows.
    """

    label: Label | None
    paragraph: Paragraph
    start: int
    end: int
    likeness: float
    colon: bool


def find_labels(layout: Layout, heading: Collection[Segment], rules: Rules) -> list[Hit]:
    """Give the labels of a page in reading order; where two fit, the one that reaches to the colon, or is more alike.

    heading: what is known to be something else, such as the title.
    """
    paragraphs = [part for part in layout.paragraphs if part.segments[0] not in heading]
    return [hit for paragraph in paragraphs for hit in _in_paragraph(paragraph, rules)]


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
    while count < min(2, len(tokens) - 1) and tokens[count].is_list_mark:
        count += 1
    return count


def _at_start(paragraph: Paragraph, at: int, rules: Rules) -> Hit | None:
    return _best(hit for hit in _hits(paragraph, at, rules.labels) if hit.colon or hit.likeness >= _NO_COLON)


def _in_line(paragraph: Paragraph, at: int, rules: Rules) -> Hit | None:
    """Within a line a label needs its colon, or a rule that says it may run in a sentence."""
    candidates = rules.by_first_word.get(paragraph.tokens[at].fold)
    fitting = [hit for hit in _hits(paragraph, at, candidates) if hit.likeness >= _RUNNING] if candidates else []
    return _best(hit for hit in fitting if hit.colon or _runs(hit))


def _unknown(paragraph: Paragraph, at: int) -> Hit | None:
    """A line that begins with some words and a colon has a label, though no rule knows it: a value above ends there."""
    for end in range(at, min(len(paragraph.tokens), at + _LONGEST_UNKNOWN)):
        if paragraph.tokens[end].text.endswith(":"):
            return Hit(None, paragraph, at, end + 1, 0.0, True)
    return None


def _best(found: Iterable[Hit]) -> Hit | None:
    return max(found, key=lambda hit: (hit.colon, hit.likeness, hit.end, not _runs(hit)), default=None)


def _runs(hit: Hit) -> bool:
    return hit.label is not None and hit.label.rule.running


def _hits(paragraph: Paragraph, at: int, labels: Spellings) -> Iterator[Hit]:
    """Compare labels with the words from ``at`` on, with each number of words."""
    tokens = paragraph.tokens
    written = ""
    for end in range(at + 1, min(len(tokens), at + _LONGEST_LABEL) + 1):
        written += tokens[end - 1].fold
        for fold, likeness, _ in process.extract(written, labels.keys(), scorer=fuzz.ratio, score_cutoff=_LONG, limit=None):
            if likeness >= (_LONG if len(fold) >= _SHORT_LABEL else _SHORT):
                yield from (hit for label in labels[fold] if (hit := _hit(paragraph, at, end, label, likeness / 100)))
        if tokens[end - 1].ends_label:
            return


def _hit(paragraph: Paragraph, at: int, end: int, label: Label, likeness: float) -> Hit | None:
    tokens = paragraph.tokens
    if len(label.fold) <= _TINY_LABEL and tokens[at].text.strip(".,:;()").lower() != label.spelling.lower():
        return None
    end, colon = _over_remark(tokens, end)
    short = len(label.fold) < _SHORT_LABEL and not label.rule.running
    if not colon and (short or _label_goes_on(tokens, end)):
        return None
    return Hit(label, paragraph, at, end, likeness, colon)


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
