"""Read cells of a table again by themselves: on a whole page lone figures between rules are lost or misread.

One cell takes Tesseract a millisecond or two, and by itself nearly every figure is read right.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from app.model.page_findings import Box, Word
from app.pixels import Marks, Pixels, find_marks, level_at, shrink
from app.recognition.ocr import LINE_DPI, Engine
from app.recognition.reading_order import in_cells, is_inside
from app.recognition.tables import Table

_MM = LINE_DPI / 25.4
# Cells with so few letters of which a word was less surely read than this are read again, at most so many cells of a page.
# Longer words lose accents so.
_SURE = 80
_SHORT = 4
_MOST = 60
# So much of a cell's rim may be its rules (mm); rules that lean reach further in, and are so thin and so long.
_RIM = 0.5
_THIN, _LONG = 0.9, 3.0
# Against the paper, ink is darker than this and paper lighter than that; a darker cell is filled.
_INK, _PAPER, _DARKEST = 0.67, 0.92, 90
# The least ink of a sign, in mm2; higher ink than this, in mm, is more than one line.
_LEAST_INK, _ONE_LINE = 0.12, 7.0
# White around the line, in mm: with less or more, figures are misread.
_AROUND = 3.0


@dataclass(frozen=True, eq=False)
class _Line:
    """The line in a cell, on white: ``scale`` is its size against the page, ``left`` and ``top`` where it begins there."""

    cell: Box
    pixels: Pixels
    scale: float
    left: float
    top: float

    def placed(self, word: Word, line: int) -> Word:
        """Give a word of the line with its place on the page."""
        left, top, right, bottom = (side / self.scale for side in word.box)
        return replace(word, box=(self.left + left, self.top + top, self.left + right, self.top + bottom), line=line)


def read_cells_again(engine: Engine, gray: Pixels, dpi: int, words: Sequence[Word], tables: Sequence[Table]) -> list[Word]:
    """Give the words of a page (gray: uint8, height x width; dpi: dots per inch), those of doubtful cells read anew.

    A cell is doubtful that has ink of one line but no word, or a few letters that were read with doubt. What is read anew
    counts where it is surer.
    """
    left, held = list(words), dict[Box, list[Word]]()
    for table in tables:
        inside = [word for word in left if is_inside(word, table.box)]
        held |= {cell: [] for cell in table.cells} | in_cells(inside, table)
        taken = {id(word) for word in inside}
        left = [word for word in left if id(word) not in taken]
    lines = list(_doubtful(gray, dpi, held))
    number = max((word.line for word in words), default=-1)
    for line, read in zip(lines, engine.read_lines([line.pixels for line in lines]), strict=True):
        if read and _doubt(read) < _doubt(held[line.cell]):
            number += 1
            held[line.cell] = [line.placed(word, number) for word in read]
    return [*left, *(word for cell in held.values() for word in cell)]


def _doubt(words: Sequence[Word]) -> float:
    """Give how far the least sure word is from certain, in percent; no words are all doubt."""
    return 100 - min((word.confidence for word in words), default=0.0)


def _doubtful(gray: Pixels, dpi: int, held: dict[Box, list[Word]]) -> Iterator[_Line]:
    count = 0
    for cell, words in held.items():
        if count < _MOST and sum(len(word.text) for word in words) <= _SHORT and _doubt(words) > 100 - _SURE:
            line = _line(gray, dpi, cell)
            if line is not None:
                count += 1
                yield line


def _line(gray: Pixels, dpi: int, cell: Box) -> _Line | None:
    """Cut out what stands in a cell; None where it is empty, filled, or more than one line."""
    rim = round(_RIM * dpi / 25.4)
    left, top, right, bottom = round(cell[0]) + rim, round(cell[1]) + rim, round(cell[2]) - rim, round(cell[3]) - rim
    if min(right - left, bottom - top) < 2 * rim:
        return None
    small = shrink(np.ascontiguousarray(gray[top:bottom, left:right]), LINE_DPI / dpi)
    paper = level_at(small, 0.5)
    if paper < _DARKEST:
        return None
    white = cv2.convertScaleAbs(small, alpha=255 / paper)
    marks = find_marks(np.asarray(cv2.compare(white, _INK * 255, cv2.CMP_LT), dtype=np.uint8))
    rules = _are_rules(marks)
    wide, high, area = (marks.boxes[:, field] for field in (cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT, cv2.CC_STAT_AREA))
    ink = (area >= _LEAST_INK * _MM**2) & ~rules
    ink[0] = False
    if not ink.any():
        return None
    white[cv2.dilate(marks.picked(rules), np.ones((3, 3), np.uint8)) > 0] = 255
    white[white >= _PAPER * 255] = 255
    x, y = marks.boxes[ink, cv2.CC_STAT_LEFT], marks.boxes[ink, cv2.CC_STAT_TOP]
    first, last = (int(x.min()), int(y.min())), (int((x + wide[ink]).max()), int((y + high[ink]).max()))
    if last[1] - first[1] > _ONE_LINE * _MM:
        return None
    pad, scale = round(_AROUND * _MM), small.shape[1] / (right - left)
    line = cv2.copyMakeBorder(
        white[first[1] : last[1], first[0] : last[0]], pad, pad, pad, pad, cv2.BORDER_CONSTANT, value=(255,)
    )
    return _Line(cell, np.asarray(line, dtype=np.uint8), scale, left + (first[0] - pad) / scale, top + (first[1] - pad) / scale)


def _are_rules(marks: Marks) -> NDArray[np.bool_]:
    """Tell which marks are rules that come in over the rim of a cell."""
    left, top, wide, high = (marks.boxes[:, field] for field in range(4))
    down, across = marks.labels.shape
    at_rim = (left == 0) | (top == 0) | (left + wide == across) | (top + high == down)
    rules = at_rim & (np.minimum(wide, high) <= _THIN * _MM) & (np.maximum(wide, high) >= _LONG * _MM)
    rules[0] = False
    return np.asarray(rules)
