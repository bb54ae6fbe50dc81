"""Find ruled tables on a straight, upright page: long rules that cross, and the cells that they enclose."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from app.model.page_findings import Box
from app.pixels import Pixels, shrink

# Rules are looked for so small; a hair line is still a shade darker than paper there.
_LOOK_DPI = 100
_MM = _LOOK_DPI / 25.4
# A rule is darker than the paper around it by so many levels of 255, in a window of so many pixels.
_DARKER, _AROUND = 14, 25
# Rules reach so far in mm: no letter is as wide or as high. A rule may be broken for so long.
_WIDE, _HIGH, _BROKEN = 12.0, 6.0, 1.2
# A streak leans more than this share of its length, or reaches so many mm beyond the rules of a table.
_LEAN, _BEYOND = 0.02, 3.0
# The least side of a cell in mm; less is a tick box or the gap of a double rule.
_LEAST_CELL = 2.5
# Above and below a cell so much of its width is ruled; on one side at least as much of its height.
_RULED = 0.6
# Cells that begin within so many mm are of one row.
_SAME_ROW = 1.8
# With fewer rules in either direction there is no table: paper ruled for writing has one that runs down.
_FEWEST_RULES, _FEWEST_CELLS = 2, 3

_Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class Table:
    """A ruled table: its rows from the top, of each the cells from the left; boxes in pixels of the page.

    A cell that spans several rows stands in the first of them.
    """

    rows: tuple[tuple[Box, ...], ...]

    @property
    def cells(self) -> tuple[Box, ...]:
        """All cells, row by row."""
        return tuple(cell for row in self.rows for cell in row)

    @property
    def box(self) -> Box:
        """The box around all cells."""
        lefts, tops, rights, bottoms = zip(*self.cells, strict=True)
        return (min(lefts), min(tops), max(rights), max(bottoms))


def find_tables(gray: Pixels, dpi: int) -> tuple[Table, ...]:
    """Find the tables of a page (gray: uint8, height x width; dpi: dots per inch), those higher up first.

    A frame around a page, underlines and codes are none: a table has three cells or more, in more than one column.
    """
    small = shrink(gray, _LOOK_DPI / dpi)
    dark = cv2.adaptiveThreshold(small, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, _AROUND, _DARKER)
    across = _rules(np.asarray(dark, dtype=np.uint8), _WIDE)
    if len(across) < _FEWEST_RULES:
        return ()
    down = [_turned(rule) for rule in _rules(np.asarray(cv2.transpose(dark), dtype=np.uint8), _HIGH)]
    if len(down) < _FEWEST_RULES:
        return ()
    scale = gray.shape[1] / small.shape[1], gray.shape[0] / small.shape[0]
    tables = []
    for own_across, own_down in _joined(across, down, small.shape):
        rows = _in_rows(_cells(own_across, own_down, small.shape))
        if sum(map(len, rows)) >= _FEWEST_CELLS and max(map(len, rows)) > 1:
            tables.append(Table(tuple(tuple(_placed(cell, scale) for cell in row) for row in rows)))
    return tuple(sorted(tables, key=lambda table: table.box[1]))


def _rules(dark: Pixels, reach: float) -> list[_Box]:
    """Give the straight rules that run across, as left, top, right, bottom; ``reach``: their least length in mm."""
    length, gap = round(reach * _MM), round(_BROKEN * _MM)
    # A rule that leans a little lies in two rows of pixels.
    thick = cv2.dilate(dark, np.ones((3, 1), np.uint8))
    line = cv2.morphologyEx(thick, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    joined = cv2.morphologyEx(line, cv2.MORPH_CLOSE, np.ones((1, gap), np.uint8))
    outlines, _ = cv2.findContours(joined, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    boxes = (cv2.boundingRect(outline) for outline in outlines)
    found = [(left, top, left + wide, top + high) for left, top, wide, high in boxes]
    return [rule for rule in found if rule[3] - rule[1] <= 5 + _LEAN * (rule[2] - rule[0])]


def _turned(rule: _Box) -> _Box:
    return (rule[1], rule[0], rule[3], rule[2])


def _joined(across: Sequence[_Box], down: Sequence[_Box], size: tuple[int, ...]) -> Iterator[tuple[list[_Box], list[_Box]]]:
    """Give the rules that touch or nearly touch each other together, streaks left out; only where there may be cells."""
    labels = cv2.connectedComponents(_drawn([*across, *down], size, round(_BROKEN * _MM / 2)), ltype=cv2.CV_16U)[1]
    groups: dict[int, tuple[list[_Box], list[_Box]]] = {}
    for turn, rules in enumerate((across, down)):
        for left, top, right, bottom in rules:
            group = groups.setdefault(int(labels[(top + bottom) // 2, (left + right) // 2]), ([], []))
            group[turn].append((left, top, right, bottom))
    for one, other in groups.values():
        if min(len(one), len(other)) >= _FEWEST_RULES:
            yield _without_streaks(one), [_turned(rule) for rule in _without_streaks([_turned(rule) for rule in other])]


def _without_streaks(rules: list[_Box]) -> list[_Box]:
    """Leave out the rule that reaches far beyond all others."""
    if len(rules) < 3:
        return rules
    first, last = sorted(rule[0] for rule in rules)[1], sorted(rule[2] for rule in rules)[-2]
    beyond = _BEYOND * _MM
    return [rule for rule in rules if rule[0] >= first - beyond and rule[2] <= last + beyond]


def _drawn(rules: Iterable[_Box], size: tuple[int, ...], around: int = 0) -> Pixels:
    """Draw rules, thicker by ``around`` on every side: 1 = rule."""
    canvas = np.zeros(size, np.uint8)
    for left, top, right, bottom in rules:
        canvas[max(0, top - around) : bottom + around, max(0, left - around) : right + around] = 1
    return canvas


def _cells(across: Sequence[_Box], down: Sequence[_Box], size: tuple[int, ...]) -> list[_Box]:
    """Give what the rules enclose; the sides of a table may be open, but above and below each cell there is a rule."""
    lefts, tops, rights, bottoms = zip(*across, *down, strict=True)
    frame = (max(0, min(lefts) - 1), max(0, min(tops) - 1), max(rights) + 1, max(bottoms) + 1)
    ruled, sided = _drawn(across, size, 1), _drawn(down, size, 1)
    free = np.zeros(size, np.uint8)
    inside = slice(frame[1], frame[3]), slice(frame[0], frame[2])
    free[inside] = 1 - (ruled | sided)[inside]
    found = cv2.connectedComponentsWithStats(free, connectivity=4)[2][1:]
    cells = [(left, top, left + wide, top + high) for left, top, wide, high, _ in found.tolist()]
    cells = [cell for cell in cells if _is_cell(cell, ruled, sided)]
    # What runs around another cell is the gap of a double rule.
    return [cell for cell in cells if not any(_holds(cell, other) for other in cells)]


def _holds(cell: _Box, other: _Box) -> bool:
    return cell != other and cell[0] <= other[0] and cell[1] <= other[1] and cell[2] >= other[2] and cell[3] >= other[3]


def _is_cell(cell: _Box, ruled: Pixels, sided: Pixels) -> bool:
    left, top, right, bottom = cell
    if min(right - left, bottom - top) < _LEAST_CELL * _MM:
        return False
    above, below = (ruled[max(0, row - 2) : row + 2, left:right].max(axis=0).mean() for row in (top, bottom))
    beside = [sided[top:bottom, max(0, column - 2) : column + 2].max(axis=1).mean() for column in (left, right)]
    return bool(min(above, below) >= _RULED and max(beside) >= _RULED)


def _in_rows(cells: Iterable[_Box]) -> list[list[_Box]]:
    rows: list[list[_Box]] = []
    for cell in sorted(cells, key=lambda cell: cell[1]):
        if not rows or cell[1] - rows[-1][0][1] > _SAME_ROW * _MM:
            rows.append([])
        rows[-1].append(cell)
    return [sorted(row) for row in rows]


def _placed(cell: _Box, scale: tuple[float, float]) -> Box:
    left, top, right, bottom = cell
    return (left * scale[0], top * scale[1], right * scale[0], bottom * scale[1])
