"""Cells of a table that are read again by themselves: figures that stand alone, empty cells, rules that lean."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import pairwise

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from app.model.page_findings import Word
from app.recognition.cells import read_cells_again
from app.recognition.ocr import Engine
from app.recognition.reading import read_sheet
from app.recognition.reading_order import in_cells
from app.recognition.tables import Table, find_tables
from app.sheets import DrawnSheet

DPI = 200
FONTS = ("NotoSerif-Regular", "NotoSans-Regular", "NotoSerif-Bold", "NotoSans-Italic")
COLUMNS, TOP, ROW, ROWS = (130, 220, 700, 860, 1020, 1500), 500, 80, 10
Page = NDArray[np.uint8]
Texts = list[list[str]]


def font(name: str, points: float) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(f"/usr/share/fonts/truetype/noto/{name}.ttf", round(points * DPI / 72))


def texts(seed: int) -> Texts:
    """Give rows of a running number, a paper, a count, a code, and an empty cell."""
    dice = random.Random(seed)
    first = dice.choice((1, 8))
    papers = ("Đơn đề nghị", "Giấy khai sinh", "Sổ hộ khẩu", "Tờ khai")
    return [
        [str(first + row), dice.choice(papers), str(dice.randint(0, 9)), f"0{dice.randint(1, 9)}", ""] for row in range(ROWS)
    ]


def drawn(rows: Texts, name: str, points: float, weight: int, degrees: float = 0.0) -> Page:
    """Draw a table with noise, turned clockwise."""
    page = Image.new("L", (1654, 2338), 244)
    pen, letters = ImageDraw.Draw(page), font(name, points)
    for row in range(ROWS + 1):
        pen.line((COLUMNS[0], TOP + row * ROW, COLUMNS[-1], TOP + row * ROW), fill=50, width=weight)
    for column in COLUMNS:
        pen.line((column, TOP, column, TOP + ROWS * ROW), fill=50, width=weight)
    for row, cells in enumerate(rows):
        for column, text in enumerate(cells):
            middle = (COLUMNS[column] + COLUMNS[column + 1]) / 2
            pen.text((middle, TOP + (row + 0.5) * ROW), text, font=letters, fill=40, anchor="mm")
    pen.text((200, 300), "DANH MỤC HỒ SƠ ĐÃ NỘP CỦA ÔNG TRẦN VĂN MẪU", font=letters, fill=40)
    turn = cv2.getRotationMatrix2D((827, 1169), -degrees, 1.0)
    soft = cv2.GaussianBlur(cv2.warpAffine(np.asarray(page), turn, (1654, 2338), borderValue=(244,)), (0, 0), 0.7)
    noise = np.random.default_rng(len(name)).normal(0, 5, soft.shape)
    return np.asarray(np.clip(soft + noise, 0, 255), dtype=np.uint8)


def by_cell(words: list[Word], table: Table) -> Texts:
    held = in_cells([word for word in words if word.box[1] > TOP - ROW], table)
    return [[" ".join(word.text for word in held.get(cell, [])) for cell in row] for row in table.rows]


@pytest.mark.parametrize(
    ("name", "points", "weight", "degrees"),
    [(FONTS[0], 11, 1, 0.3), (FONTS[1], 13, 3, 0.0), (FONTS[2], 11, 2, -0.3), (FONTS[3], 14, 4, 0.2), (FONTS[0], 13, 3, 0.0)],
)
def test_lone_figures_are_read(engine: Engine, name: str, points: float, weight: int, degrees: float) -> None:
    rows = texts(weight)
    page = drawn(rows, name, points, weight, degrees)
    (table,) = find_tables(page, DPI)
    read = by_cell(read_sheet(engine, DrawnSheet(page, DPI)), table)
    figures = [(one[column], other[column]) for one, other in zip(rows, read, strict=True) for column in (0, 2, 3, 4)]
    assert all(bool(there) == bool(seen) for there, seen in figures)
    # A figure of a slanted face may be taken for a letter.
    assert sum(there != seen for there, seen in figures) <= 1


def test_cells_without_a_word_are_read_by_either_engine(each_engine: Engine) -> None:
    rows = texts(7)
    page = drawn(rows, FONTS[0], 13, 2)
    tables = find_tables(page, DPI)
    read = read_cells_again(each_engine, page, DPI, [], tables)
    assert [[cells[column] for column in (0, 2, 3)] for cells in by_cell(read, tables[0])] == [
        [cells[column] for column in (0, 2, 3)] for cells in rows
    ]
    for word in read:
        assert any(cell[0] <= word.box[0] < word.box[2] <= cell[2] for cell in tables[0].cells)


def test_what_was_read_surely_or_is_long_stays_as_it_is(engine: Engine) -> None:
    page = drawn(texts(3), FONTS[0], 13, 2)
    (table,) = find_tables(page, DPI)
    words = [
        Word(text, (cell[0] + 10, cell[1] + 10, cell[0] + 60, cell[1] + 40), sure, number)
        for number, (cell, text, sure) in enumerate([(table.rows[0][0], "đã", 95.0), (table.rows[0][1], "rất dài dòng", 5.0)])
    ]
    assert set(words) <= set(read_cells_again(engine, page, DPI, words, [table]))


class Counting:
    """A reader that reads nothing and notes what it was asked."""

    name = "counting"

    def __init__(self) -> None:
        self.lines: list[Page] = []

    def read_words(self, gray: Page, dpi: int) -> list[Word]:
        raise NotImplementedError

    def read_orientation(self, gray: Page) -> tuple[int, float]:
        raise NotImplementedError

    def read_scattered(self, part: Page, dpi: int) -> list[Word]:
        return []

    def read_lines(self, lines: Sequence[Page]) -> list[list[Word]]:
        self.lines += lines
        return [[] for _ in lines]


def test_empty_filled_and_high_cells_are_not_read_and_the_others_up_to_a_number() -> None:
    page = drawn([["", "", "", "", "một\nhai\nba"]] + [["7"] * 5] * (ROWS - 1), FONTS[0], 9, 2)
    page[TOP + ROW + 5 : TOP + 2 * ROW - 5, COLUMNS[1] + 5 : COLUMNS[2] - 5] = 30
    edges = [(left + 3.0, right - 3.0) for left, right in pairwise(COLUMNS)]
    tops = [TOP + ROW * row + 3.0 for row in range(ROWS)]
    table = Table(tuple(tuple((left, top, right, top + ROW - 6) for left, right in edges) for top in tops))
    counting = Counting()
    assert read_cells_again(counting, page, DPI, [], [table]) == []
    assert len(counting.lines) == 5 * (ROWS - 1) - 1
    assert all(line[0, 0] == 255 for line in counting.lines)
    below = Table(tuple(tuple((a, b + 1, c, d + 1) for a, b, c, d in row) for row in table.rows))
    counting.lines.clear()
    read_cells_again(counting, page, DPI, [], [table, below])
    assert len(counting.lines) == 60
