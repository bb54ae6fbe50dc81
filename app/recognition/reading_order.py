"""Put the words of a page in the order in which a person reads them: columns one after the other, tables cell by cell.

A gutter makes columns where it runs on over several lines: those beside it are centred, as in the heading and at the end
of a letter, or the reader found them to be lines of their own. Fields side by side, each after its label, are no columns.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby, pairwise

from rapidfuzz import fuzz

from app.model.page_findings import Box, Word
from app.recognition.tables import Table

# All in heights of a usual word. Words of one line stand nearer than this; a gutter is at least so wide.
_NEAR = 1.5
_GUTTER = 0.8
# Lines further apart than this are not one block; lines of a block are centred to this.
_FAR = 3.0
_CENTRED = 0.8
# What stands higher than this is no word: a streak, the edge of a table.
_TALL = 3.0
# Words stand side by side where they share so much of the lower one's height.
_SHARED = 0.3
# What rules of a table are read as, and a streak by itself: so much higher than wide.
_NO_RULE = re.compile(r"[^|¦_]+")
_BAR = 4
# Less surely read signs without letters are dirt or strokes of a pen, but for the dashes before the lines of a list; words
# so high, seals and signatures.
_SURE = 60
_DASHES = "-–—~"
_HIGH = 2.0
# Words of two columns are the same to this share: one letter may be misread.
_SAME = 85
# What is shorter is no note.
_NOTE = 4


@dataclass(frozen=True)
class _Piece:
    """Words that stand near each other in one line of the reader."""

    words: tuple[Word, ...]
    line: int

    @cached_property
    def box(self) -> Box:
        return _around(self.words)

    @property
    def centre(self) -> float:
        return (self.box[0] + self.box[2]) / 2


Line = list[Word]
_Row = list[_Piece]
_Gap = tuple[float, float]


def in_reading_order(words: Sequence[Word], tables: Iterable[Table] = ()) -> list[Word]:
    """Give the words of a straight, upright page in reading order, their lines numbered anew.

    What rules, streaks, dirt and the strokes of a pen were misread as is left out.
    """
    unit = _unit(words)
    left, lines = [word for word in words if not (_is_bar(word, unit) or _is_scribble(word, unit))], list[Line]()
    for table in tables:
        above = [word for word in left if _middle(word.box)[1] < table.box[1]]
        inside = [word for word in left if is_inside(word, table.box)]
        lines += [*_lines(above), *_table_lines(inside, table)]
        done = {id(word) for word in (*above, *inside)}
        left = [word for word in left if id(word) not in done]
    lines += _lines(left)
    return [replace(word, line=number) for number, line in enumerate(lines) for word in line]


def _table_lines(words: Iterable[Word], table: Table) -> Iterator[Line]:
    """Give a table's words cell by cell; a row in which no cell has a second line is one line."""
    held = in_cells(words, table)
    for row in table.rows:
        cells = [lines for lines in (_lines(held.get(cell, ())) for cell in row) if lines]
        if all(len(lines) == 1 for lines in cells):
            cells = [[[word for lines in cells for word in lines[0]]]] if cells else []
        yield from (line for lines in cells for line in lines)


def in_cells(words: Iterable[Word], table: Table) -> dict[Box, list[Word]]:
    """Put words of a table into the cells in which they lie; rules that were read as letters are left out."""
    held: dict[Box, list[Word]] = {}
    for word in words:
        for part in _parted(word):
            held.setdefault(max(table.cells, key=lambda cell: _shared(cell, part.box)), []).append(part)
    return held


def _parted(word: Word) -> Iterator[Word]:
    """Part a word where a rule was read as one of its letters, and leave the rule out."""
    left, top, right, bottom = word.box
    wide = (right - left) / max(1, len(word.text))
    for part in _NO_RULE.finditer(word.text):
        yield replace(word, text=part[0], box=(left + part.start() * wide, top, left + part.end() * wide, bottom))


def _is_bar(word: Word, unit: float) -> bool:
    left, top, right, bottom = word.box
    tall = bottom - top > max(_TALL * unit, _BAR * (right - left))
    return _NO_RULE.search(word.text) is None or (tall and len(word.text) == 1)


def _is_scribble(word: Word, unit: float) -> bool:
    """Tell marks that the reader took for signs or for high letters without being sure of it."""
    if word.confidence >= _SURE or word.text in _DASHES:
        return False
    return 2 * sum(map(str.isalnum, word.text)) < len(word.text) or word.box[3] - word.box[1] > _HIGH * unit


def _unit(words: Sequence[Word]) -> float:
    """Give the height of a usual word."""
    return statistics.median([word.box[3] - word.box[1] for word in words] or [1.0])


def is_inside(word: Word, box: Box) -> bool:
    """Tell whether the middle of a word lies in a box."""
    x, y = _middle(word.box)
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def _shared(one: Box, two: Box) -> float:
    """Give the area that two boxes share or, where they share none, how far apart they are, below 0."""
    across, down = min(one[2], two[2]) - max(one[0], two[0]), min(one[3], two[3]) - max(one[1], two[1])
    return across * down if min(across, down) > 0 else min(across, down, 0.0)


def _lines(words: Sequence[Word]) -> list[Line]:
    """Give words as lines in reading order."""
    if not words:
        return []
    unit = _unit(words)
    flat = [word for word in words if word.box[3] - word.box[1] <= _TALL * unit]
    tall = [word for word in words if word.box[3] - word.box[1] > _TALL * unit]
    # What is so high stands beside many lines; it belongs to none of them.
    rows = _in_rows(_pieces(flat, _GUTTER * unit)) + [[piece] for piece in _pieces(tall, _FAR * unit)]
    rows.sort(key=lambda row: _middle(_around(_words(row)))[1])
    lines: list[Line] = []
    while rows:
        gap, count = _columns(rows, unit)
        for side in _sides(rows[:count], gap):
            lines += [_words(row) for row in side if row]
        rows = rows[count:]
    return lines


def _around(words: Iterable[Word]) -> Box:
    boxes = [word.box for word in words]
    return (min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes))


def _pieces(words: Iterable[Word], gutter: float) -> list[_Piece]:
    """Part the reader's lines wherever a gutter may run."""
    pieces = []
    for line, group in groupby(words, key=lambda word: word.line):
        parts: list[list[Word]] = []
        for word in sorted(group, key=lambda word: word.box[0]):
            if not parts or word.box[0] - max(before.box[2] for before in parts[-1]) > gutter:
                parts.append([])
            parts[-1].append(word)
        pieces += [_Piece(tuple(part), line) for part in parts]
    return pieces


def _in_rows(pieces: Iterable[_Piece]) -> list[_Row]:
    """Put pieces that stand side by side into one row; rows from the top, pieces from the left."""
    rows: list[_Row] = []
    for piece in sorted(pieces, key=lambda piece: piece.box[1] + piece.box[3]):
        row = next((row for row in rows[-2:] if all(_side_by_side(piece.box, other.box) for other in row)), None)
        if row is None:
            rows.append([piece])
        else:
            row.append(piece)
    return [sorted(row, key=lambda piece: piece.box[0]) for row in rows]


def _side_by_side(one: Box, two: Box) -> bool:
    if min(one[2], two[2]) - max(one[0], two[0]) > 0.5 * min(one[2] - one[0], two[2] - two[0]):
        return False
    return min(one[3], two[3]) - max(one[1], two[1]) > _SHARED * min(one[3] - one[1], two[3] - two[1])


def _columns(rows: Sequence[_Row], unit: float) -> tuple[_Gap | None, int]:
    """Give the gutter that begins in the first row, and how many rows it parts; without one the first row stands alone."""
    found: tuple[_Gap | None, int] = (None, 1)
    for left, right in pairwise(rows[0]):
        gap, count = _run((left.box[2], right.box[0]), rows, unit)
        if count > found[1] and _is_gutter(rows[:count], gap, unit):
            found = gap, count
    return found


def _run(gap: _Gap, rows: Sequence[_Row], unit: float) -> tuple[_Gap, int]:
    """Follow a gap downwards for as long as it stays a gutter's width; narrows it as it goes."""
    bottom = max(piece.box[3] for piece in rows[0])
    for count, row in enumerate(rows[1:], start=1):
        top = min(piece.box[1] for piece in row)
        left = max([gap[0], *(piece.box[2] for piece in row if piece.centre < sum(gap) / 2)])
        right = min([gap[1], *(piece.box[0] for piece in row if piece.centre >= sum(gap) / 2)])
        if right - left < _GUTTER * unit or top - bottom > _FAR * unit:
            return gap, count
        gap, bottom = (left, right), max(bottom, *(piece.box[3] for piece in row))
    return gap, len(rows)


def _is_gutter(rows: Sequence[_Row], gap: _Gap, unit: float) -> bool:
    """Tell two columns from fields side by side and from a table without rules."""
    left, right = _sides(rows, gap)
    both = [(one, other) for one, other in zip(left, right, strict=True) if one and other]
    if any(one[-1].words[-1].text.endswith(":") and len(both) == len(rows) for one, _ in both):
        return False
    if 2 * sum(_has_gap(one, unit) or _has_gap(other, unit) for one, other in both) > len(both):
        return False
    if any(_say_the_same(one, other) for one, other in both):
        return False
    own = sum(not {piece.line for piece in one} & {piece.line for piece in other} for one, other in both)
    return (own >= 2 and own == len(both) and gap[1] - gap[0] > _NEAR * unit) or _centred(
        [_around(_words(row)) for row in right if row], unit
    )


def _say_the_same(one: _Row, other: _Row) -> bool:
    """Tell the row of a form in which everyone who signs finds the same note, "(Ký và ghi rõ họ tên)", under their title."""
    texts = [" ".join(word.text for word in _words(row)) for row in (one, other)]
    return len(texts[0]) > _NOTE and fuzz.ratio(*texts) >= _SAME


def _has_gap(row: _Row, unit: float) -> bool:
    return any(right.box[0] - left.box[2] > _NEAR * unit for left, right in pairwise(row))


def _centred(boxes: Sequence[Box], unit: float) -> bool:
    """Tell whether boxes are centred about one line and not flush on the left."""
    if len(boxes) < 2:
        return False
    lefts, centres = [box[0] for box in boxes[:3]], [_middle(box)[0] for box in boxes[:3]]
    return max(centres) - min(centres) < min(_CENTRED * unit, max(lefts) - min(lefts))


def _sides(rows: Sequence[_Row], gap: _Gap | None) -> tuple[list[_Row], list[_Row]]:
    """Part rows at a gutter; without one all is on the left."""
    if gap is None:
        return list(rows), [[] for _ in rows]
    middle = sum(gap) / 2
    left = [[piece for piece in row if piece.centre < middle] for row in rows]
    return left, [[piece for piece in row if piece.centre >= middle] for row in rows]


def _middle(box: Box) -> tuple[float, float]:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def _words(row: _Row) -> list[Word]:
    return [word for piece in row for word in piece.words]
