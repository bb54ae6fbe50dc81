"""The heading of an administrative paper, laid out as Decree 30/2020/NĐ-CP, Annex I says.

The national motto stands on the right or in the middle; the agency's name on the left (its parent above it) with the
number and symbol under it; place and date under the motto; the title in the middle, what it is about under the title,
or under the number of an official letter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from rapidfuzz import fuzz

from app.recognition.fields.layout import Layout, Segment, plain
from app.recognition.fields.rules import KindRule, Rules

_MOTTO_LIKENESS = 82.0
_TITLE_LIKENESS = 86.0
_TITLE_ZONE = 0.62
_NEXT_LINE = 2.5
_CENTRED = 0.09
_MISREAD_ABOUT = re.compile(r"V[^\w\s]{1,2}[vyw]|V[/lIi1|][vyw]|V[Vv]")
_SAME_HEIGHT = 0.35


@dataclass(frozen=True)
class Title:
    """The title of a paper: its lines, and the kind that it names."""

    lines: tuple[Segment, ...]
    kind: str
    likeness: float

    @property
    def text(self) -> str:
        """The lines with spaces between."""
        return " ".join(line.text for line in self.lines)


@dataclass(frozen=True, eq=False)
class Heading:
    """Where the parts of a heading are on one page."""

    layout: Layout
    rules: Rules

    @cached_property
    def motto(self) -> tuple[Segment, ...]:
        """The lines of the national motto."""
        wanted = [plain(line) for line in self.rules.words.motto]
        lines = [segment for segment in self.layout.segments if len(segment.fold) > 12]
        found = [line for line in lines if max(fuzz.ratio(line.fold, words) for words in wanted) >= _MOTTO_LIKENESS]
        return tuple(found[:2])

    @cached_property
    def motto_is_central(self) -> bool:
        """Tell whether the motto stands in the middle, so that there is no left column beside it."""
        return (
            bool(self.motto)
            and not self.beside_motto
            and abs(self.motto[0].centre - self.layout.centre) < 0.2 * self.layout.width
        )

    @cached_property
    def beside_motto(self) -> tuple[Segment, ...]:
        """What stands left of the motto in its rows."""
        rows = {line.row for line in self.motto}
        parts = [part for row in rows for part in self.layout.rows[row] if part not in self.motto]
        return tuple(part for part in parts if part.box[2] <= self.motto[0].box[0] + self.layout.line_height)

    @cached_property
    def title(self) -> Title | None:
        """The first line in capitals that begins like a known title, with the lines in capitals that go on from it."""
        lowest = self.layout.height * _TITLE_ZONE
        best: Title | None = None
        for segment in self.layout.segments:
            if segment.box[1] > lowest or not segment.is_upper or segment in self.motto or segment in self.beside_motto:
                continue
            code, likeness = self._kind_of(segment)
            if code and (best is None or (best.kind == "cccd") < (code == "cccd")):
                best = Title(self._going_on(segment), code, likeness)
        return best

    @property
    def lines(self) -> frozenset[Segment]:
        """The lines that are motto or title."""
        return frozenset((*self.motto, *(self.title.lines if self.title is not None else ())))

    @cached_property
    def ends(self) -> float:
        """The height where the heading ends: the top of the title, or what stands for it."""
        if self.title is not None:
            return self.title.lines[0].box[1]
        return self.motto[-1].box[3] + 8 * self.layout.line_height if self.motto else self.layout.height * 0.25

    def agency(self) -> tuple[Segment, ...]:
        """The lines of the agency's name."""
        if self.motto and not self.motto_is_central:
            return self._left_column()
        above = [part for part in self.layout.segments if part.box[3] <= self.ends + 2 and part not in self.motto]
        named = [part for part in above if part.is_upper and self._names_agency(part)]
        if not named:
            return ()
        lines = [named[0]]
        for part in above[above.index(named[0]) + 1 :]:
            if part.is_upper and part.box[1] - lines[-1].box[1] < _NEXT_LINE * lines[-1].height and _overlap(part, lines[-1]):
                lines.append(part)
        return tuple(lines)

    def left_of_motto(self) -> Iterator[Segment]:
        """What stands in the left column of the heading, from the top."""
        if not self.motto or self.motto_is_central:
            return
        edge = self.motto[0].box[0] - 0.02 * self.layout.width
        for part in self.layout.segments:
            if part.box[1] < self.ends and part.centre < edge and part.row >= self.motto[0].row - 1:
                yield part

    def about(self, kind: KindRule | None) -> tuple[tuple[Segment, ...], float] | None:
        """The lines that say what the paper is about, and how sure that is."""
        if kind is None or kind.summary is None:
            return None
        if self.title is None:
            return self._about_letter()
        below = [part for part in self.layout.segments if part.row > self.title.lines[-1].row][:6]
        for part in below[:3]:
            if self.starts_about(part) and self._is_central(part):
                return tuple(self._lines_on(part)), 0.97
        if kind.summary == "line" and below and self._is_line_under_title(below[0]):
            return tuple(self._lines_on(below[0])), 0.93
        return None

    def starts_about(self, part: Segment) -> bool:
        """Tell whether a line begins "Về việc" or "V/v"."""
        return len(part.tokens) > 1 and about_words(part, self.rules) > 0

    def _about_letter(self) -> tuple[tuple[Segment, ...], float] | None:
        column = list(self.left_of_motto())
        start = next((place for place, part in enumerate(column) if self.starts_about(part)), None)
        if start is None:
            return None
        lines = [column[start]]
        for part in column[start + 1 :]:
            if part.box[1] - lines[-1].box[1] > _NEXT_LINE * lines[-1].height or ":" in part.text:
                break
            lines.append(part)
        return tuple(lines), 0.95

    def _kind_of(self, segment: Segment) -> tuple[str | None, float]:
        """Name the kind whose title a line begins with; the longest title that fits."""
        for title, code in self.rules.titles:
            written = segment.fold[: len(title)]
            if len(written) < len(title) - 1 or (len(title) < 6 and written != title):
                continue
            likeness = fuzz.ratio(written, title)
            if likeness >= _TITLE_LIKENESS:
                return code, likeness / 100
        return None, 0.0

    def _going_on(self, first: Segment) -> tuple[Segment, ...]:
        lines = [first]
        for part in self.layout.segments:
            last = lines[-1]
            if part.row <= last.row or not part.is_upper or self.starts_about(part):
                continue
            near = part.box[1] - last.box[1] < _NEXT_LINE * last.height
            alike = abs(part.height - first.height) < _SAME_HEIGHT * first.height
            other = self._names_agency(part) or self._names_office(part) or part.text.startswith("(") or self._is_mark(part)
            if not near or not alike or other:
                break
            if abs(part.centre - first.centre) > _CENTRED * self.layout.width:
                break
            lines.append(part)
        return tuple(lines)

    def _is_mark(self, part: Segment) -> bool:
        return any(plain(mark) == part.fold for kind in self.rules.kinds.values() for mark in kind.marks)

    def _left_column(self) -> tuple[Segment, ...]:
        lines: list[Segment] = []
        for part in self.left_of_motto():
            if starts_number(part) or self.starts_about(part) or (lines and not part.is_upper):
                break
            if part.is_upper and not any(plain(words) == part.fold for words in self.rules.words.stamps):
                lines.append(part)
        return tuple(lines)

    def _lines_on(self, first: Segment) -> list[Segment]:
        lines = [first]
        for part in self.layout.segments:
            last = lines[-1]
            if part.row <= last.row:
                continue
            near = part.box[1] - last.box[1] < _NEXT_LINE * last.height
            if not near or part.is_upper or not self._is_line_under_title(part) or last.text.endswith("."):
                break
            if abs(part.centre - first.centre) > _CENTRED * self.layout.width:
                break
            lines.append(part)
        return lines

    def _is_line_under_title(self, part: Segment) -> bool:
        assert self.title is not None  # noqa: S101 - asked only of pages with a title
        text = part.text
        near = part.box[1] - self.title.lines[-1].box[3] < 4 * self.title.lines[-1].height
        starts = plain(text)[:7]
        return (
            near
            and self._is_central(part)
            and not part.is_upper
            and not text.startswith("(")
            and ":" not in text
            and not starts.startswith(("kinhgui", "canc", "so", "ngay", "homnay"))
            and not any(token.fold == "ngay" for token in part.tokens)
            and len(part.tokens) > 1
        )

    def _is_central(self, part: Segment) -> bool:
        assert self.title is not None  # noqa: S101 - asked only of pages with a title
        return abs(part.centre - self.title.lines[0].centre) < _CENTRED * self.layout.width

    def _names_agency(self, part: Segment) -> bool:
        return _begins_with_word(part, self.rules.words.agencies)

    def _names_office(self, part: Segment) -> bool:
        return _begins_with_word(part, self.rules.words.signatures.get("issuer", ()))


def about_words(part: Segment, rules: Rules) -> int:
    """Count the words "Về việc" or "V/v" at the beginning of a line; the signs of V/v are often misread."""
    for words in rules.words.about:
        count = len(words.split())
        if "".join(token.fold for token in part.tokens[:count]) == plain(words):
            return count
    first = part.tokens[0]
    return int(_MISREAD_ABOUT.fullmatch(first.text) is not None)


def starts_number(part: Segment) -> bool:
    """Tell whether a line is the paper's number: "Số:", or "Số" and a digit."""
    first, rest = part.tokens[0], part.tokens[1:]
    return first.fold == "so" and (first.ends_label or (bool(rest) and (rest[0].text == ":" or rest[0].fold[:1].isdigit())))


def _begins_with_word(part: Segment, words: Sequence[str]) -> bool:
    """Tell whether a line begins with one of some phrases, whole words of it."""
    starts, text = set(), ""
    for token in part.tokens:
        text += token.fold
        starts.add(text)
    return any(plain(word) in starts for word in words) or any(
        len(plain(word)) > 9 and fuzz.ratio(part.fold[: len(plain(word))], plain(word)) >= 88 for word in words
    )


def _overlap(one: Segment, two: Segment) -> bool:
    return one.box[0] < two.box[2] and two.box[0] < one.box[2]
