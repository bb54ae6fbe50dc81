"""What kind of paper a page is, from its title, its marks, its codes and its layout."""

from __future__ import annotations

from rapidfuzz import fuzz

from app.model.page_findings import Findings
from app.model.proposals import Field
from app.recognition.fields.codes import card_payload
from app.recognition.fields.found import Found
from app.recognition.fields.heading import Heading, starts_number
from app.recognition.fields.layout import Layout, plain
from app.recognition.fields.rules import KindRule, Rules

_MARK = 88.0
_MARKS_NEEDED = 2
_FEW_WORDS = 12


def find_kind(findings: Findings, layout: Layout, heading: Heading, rules: Rules) -> tuple[KindRule | None, Found | None]:
    """Name the kind of a page, and propose it; None where nothing tells it."""
    code, strength, rule = _kind(findings, layout, heading, rules)
    if code is None:
        return None, None
    box = heading.title.lines[0].box if heading.title is not None and rule == "title" else None
    return rules.kind(code), Found(Field.PAPER_KIND, code, (), strength, f"kind by {rule}", box)


def _kind(findings: Findings, layout: Layout, heading: Heading, rules: Rules) -> tuple[str | None, float, str]:
    if findings.blank:
        return "blank", 0.98, "blankness"
    if findings.separator:
        return "separator", 0.99, "code"
    if heading.title is not None:
        return heading.title.kind, 0.99 * heading.title.likeness, "title"
    marked = _by_marks(layout, rules)
    if marked is not None:
        return marked, 0.95, "marks"
    if card_payload(findings.barcodes):
        return "cccd", 0.9, "card QR"
    if any(heading.starts_about(part) for part in heading.left_of_motto()):
        return "cong_van", 0.95, "what stands under the number"
    if heading.motto and any(starts_number(part) for part in heading.left_of_motto()) and _is_addressed(layout, rules):
        return "cong_van", 0.85, "number and addressee"
    words = sum(len(segment.tokens) for segment in layout.segments)
    if not heading.motto and words >= _FEW_WORDS:
        return "other", 0.7, "want of a heading"
    return None, 0.0, ""


def _is_addressed(layout: Layout, rules: Rules) -> bool:
    """Tell whether a line begins with the label of the addressee."""
    labels = [label.fold for spelled in rules.labels.values() for label in spelled if label.rule.field is Field.ADDRESSEE]
    return any(segment.fold.startswith(tuple(labels)) for segment in layout.segments)


def _by_marks(layout: Layout, rules: Rules) -> str | None:
    """Name the kind of which at least two marks stand on the page."""
    text = "".join(segment.fold for segment in layout.segments)
    for kind in rules.kinds.values():
        seen = sum(len(plain(mark)) <= len(text) and fuzz.partial_ratio(plain(mark), text) >= _MARK for mark in kind.marks)
        if seen >= min(_MARKS_NEEDED, len(kind.marks)) and kind.marks:
            return kind.code
    return None
