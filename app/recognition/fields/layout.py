"""The words of a page as rows of segments: a gap as wide as a column's parts a row into segments.

Coordinates are pixels of the upright page.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise

from app.model.page_findings import Box, PageText, Word
from app.model.vietnamese import fold

# Printed words stand a third of their height apart, words of justified lines up to one height; columns 2 and more.
_COLUMN_GAP = 1.5
_SAME_ROW = 0.5
_LEAST_CONFIDENCE = 12.0
# The national motto begins the right column of a heading, however near the left one comes to it.
_MOTTO_BEGINS = (("cong", "hoa", "xa"), ("doc", "lap", "tu"))
# A line goes on in the next where it reaches the right margin and the next begins at the left one (shares of the width).
_REACHES, _BEGINS = 0.07, 0.14
_NEXT_LINE = 2.4
_LIST_MARK = re.compile(r"(\d{1,2}|[a-zđ]|[IVX]{1,4}|\d\.\d)[.)]|[-+•*–]")
_EDGES = "|_'`\"“”‘’*~°=«»¬—†{}[]<>"
_FILL_DOTS = re.compile(r"[.…_·]{2,}")
_GLUED_COLON = re.compile(r"(?<=[^\W\d]):(?=[^\s/])")
_NOT_PLAIN = re.compile(r"[^a-z0-9]+")


@lru_cache(maxsize=8192)
def plain(text: str) -> str:
    """Give the letters and digits of a text alone, small and without accents, to compare by."""
    return _NOT_PLAIN.sub("", fold(text))


@dataclass(frozen=True)
class Token:
    """A word, cleaned of rulings and fill dots; ``fold`` is its plain form; ``confidence`` 0 to 100."""

    text: str
    fold: str
    box: Box
    confidence: float

    @property
    def ends_label(self) -> bool:
        """Tell whether a colon follows."""
        return self.text.endswith((":", ";:"))

    @property
    def is_list_mark(self) -> bool:
        """Tell whether it only numbers a line: 1. a) - and the like."""
        return _LIST_MARK.fullmatch(self.text) is not None


@dataclass(frozen=True)
class Segment:
    """Words that stand together in one row, without a column's gap between them."""

    tokens: tuple[Token, ...]
    row: int

    @cached_property
    def box(self) -> Box:
        """The box around all words."""
        return around(self.tokens)

    @cached_property
    def text(self) -> str:
        """The words with spaces between."""
        return " ".join(token.text for token in self.tokens)

    @cached_property
    def fold(self) -> str:
        """The plain forms in one string without spaces."""
        return "".join(token.fold for token in self.tokens)

    @cached_property
    def height(self) -> float:
        """The median height of its words."""
        return statistics.median(token.box[3] - token.box[1] for token in self.tokens)

    @property
    def centre(self) -> float:
        """The middle between left and right."""
        return (self.box[0] + self.box[2]) / 2

    @cached_property
    def is_upper(self) -> bool:
        """Tell whether it is printed in capitals, but for a misread letter or two."""
        letters = [sign for sign in self.text if sign.isalpha()]
        return len(letters) >= 3 and sum(sign.isupper() for sign in letters) >= 0.85 * len(letters)


@dataclass(frozen=True)
class Paragraph:
    """Segments that read on from line to line."""

    segments: tuple[Segment, ...]

    @cached_property
    def tokens(self) -> tuple[Token, ...]:
        """All words."""
        return tuple(token for segment in self.segments for token in segment.tokens)

    @cached_property
    def line_starts(self) -> frozenset[int]:
        """The places among ``tokens`` where a line begins."""
        starts, at = set(), 0
        for segment in self.segments:
            starts.add(at)
            at += len(segment.tokens)
        return frozenset(starts)

    def segment_of(self, place: int) -> Segment:
        """Give the segment that holds the word at ``place``."""
        for segment in self.segments:
            if place < len(segment.tokens):
                return segment
            place -= len(segment.tokens)
        return self.segments[-1]


@dataclass(frozen=True)
class Layout:
    """A page: its segments in reading order, its size, the margins of its text and its usual line height."""

    segments: tuple[Segment, ...]
    width: float
    height: float

    @cached_property
    def left(self) -> float:
        """The left margin of the text."""
        return self._margin(0, 10)

    @cached_property
    def right(self) -> float:
        """The right margin of the text."""
        return self._margin(2, 90)

    @property
    def centre(self) -> float:
        """The middle of the text."""
        return (self.left + self.right) / 2

    @cached_property
    def line_height(self) -> float:
        """The median height of a segment."""
        return statistics.median([segment.height for segment in self.segments] or [1.0])

    @cached_property
    def rows(self) -> dict[int, list[Segment]]:
        """The segments of each row, left to right."""
        found: dict[int, list[Segment]] = {}
        for segment in self.segments:
            found.setdefault(segment.row, []).append(segment)
        return found

    @cached_property
    def paragraphs(self) -> tuple[Paragraph, ...]:
        """The segments, those joined that read on from line to line."""
        made: list[list[Segment]] = []
        for segment in self.segments:
            going = next((part for part in made[-3:] if self._reads_on(part[-1], segment)), None)
            if going is None:
                made.append([segment])
            else:
                going.append(segment)
        return tuple(Paragraph(tuple(part)) for part in made)

    def _reads_on(self, above: Segment, below: Segment) -> bool:
        return (
            below.row == above.row + 1
            and self.rows[below.row][0] is below
            and above.box[2] > self.right - _REACHES * self.width
            and below.box[0] < self.left + _BEGINS * self.width
            and below.box[1] - above.box[1] < _NEXT_LINE * self.line_height
            and not above.text.endswith((".", ";", ":"))
            and above.is_upper == below.is_upper
            and not below.tokens[0].is_list_mark
        )

    def below(self, segment: Segment, rows: int = 1) -> Segment | None:
        """Give the segment under this one that begins or is centred where it does, within so many rows."""
        for row in range(segment.row + 1, segment.row + rows + 1):
            for other in self.rows.get(row, ()):
                if other.box[0] < segment.box[2] and segment.box[0] < other.box[2]:
                    return other
        return None

    def beside(self, segment: Segment) -> Segment | None:
        """Give the segment to the right in the same row."""
        return next((other for other in self.rows[segment.row] if other.box[0] > segment.box[0]), None)

    def _margin(self, side: int, percent: int) -> float:
        edges = sorted(segment.box[side] for segment in self.segments if len(segment.fold) > 3)
        return edges[min(len(edges) - 1, len(edges) * percent // 100)] if edges else (0.0, 0.0, self.width)[side]


def around(tokens: Iterable[Token]) -> Box:
    """Give the box around some words, at least one."""
    boxes = [token.box for token in tokens]
    return (min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes))


def lay_out(text: PageText) -> Layout:
    """Arrange the words of a page in rows of segments."""
    pieces: list[tuple[Token, ...]] = []
    for line in text.lines():
        tokens = [token for word in line for token in _tokens(word)]
        pieces += _split(tokens)
    return Layout(tuple(_in_rows(pieces)), text.width, text.height)


def _tokens(word: Word) -> list[Token]:
    """Clean a word; parts that fill dots or a colon glued together become words of their own."""
    left, top, right, bottom = word.box
    if word.confidence < _LEAST_CONFIDENCE or (bottom - top) > 6 * max(1.0, right - left):
        return []
    made = []
    length = max(1, len(word.text))
    spaced = _GLUED_COLON.sub(": ", _FILL_DOTS.sub(lambda dots: " " * len(dots[0]), word.text))
    for part in re.finditer(r"\S+", spaced):
        shown = part[0].strip(_EDGES) if "<<" not in part[0] else part[0]
        if not shown or (len(shown) == 1 and not shown.isalnum() and shown not in ":-/,;.()&+"):
            continue
        start, end = min(1.0, part.start() / length), min(1.0, part.end() / length)
        box = (left + start * (right - left), top, left + end * (right - left), bottom)
        made.append(Token(shown, plain(shown), box, word.confidence))
    return made


def _split(tokens: Sequence[Token]) -> list[tuple[Token, ...]]:
    """Part a line where a gap is as wide as between columns."""
    if not tokens:
        return []
    height = statistics.median(token.box[3] - token.box[1] for token in tokens)
    parts = [[tokens[0]]]
    for place, (before, token) in enumerate(pairwise(tokens), start=1):
        motto = tuple(following.fold for following in tokens[place : place + 3]) in _MOTTO_BEGINS
        if motto or token.box[0] - before.box[2] > _COLUMN_GAP * height:
            parts.append([])
        parts[-1].append(token)
    return [tuple(part) for part in parts if any(token.fold for token in part)]


def _in_rows(pieces: Iterable[tuple[Token, ...]]) -> list[Segment]:
    """Number the rows from the top: pieces side by side at one height share a row."""
    rows: list[list[tuple[Token, ...]]] = []
    for piece in sorted(pieces, key=lambda tokens: _middle(around(tokens))):
        row = next((row for row in rows[-2:] if all(_side_by_side(around(piece), around(other)) for other in row)), None)
        if row is None:
            rows.append([piece])
        else:
            row.append(piece)
    return [Segment(piece, number) for number, row in enumerate(rows) for piece in sorted(row, key=lambda p: p[0].box[0])]


def _middle(box: Box) -> float:
    return (box[1] + box[3]) / 2


def _side_by_side(one: Box, two: Box) -> bool:
    if one[0] < two[2] and two[0] < one[2]:
        return False
    shared = min(one[3], two[3]) - max(one[1], two[1])
    return shared > _SAME_ROW * min(one[3] - one[1], two[3] - two[1])
