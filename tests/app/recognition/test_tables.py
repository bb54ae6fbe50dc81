"""Ruled tables: which cells are found on drawn pages, and what is no table."""

from __future__ import annotations

import time

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from app.model.page_findings import Word
from app.recognition.ocr import Engine
from app.recognition.reading import read_sheet
from app.recognition.tables import Table, find_tables
from app.sheets import DrawnSheet

PAPER, INK, DPI = 244, 50, 200
COLUMNS, ROWS = (160, 260, 700, 950, 1300), (500, 580, 660, 740, 820)
Page = NDArray[np.uint8]


def paper() -> Page:
    return np.full((2338, 1654), PAPER, np.uint8)


def ruled(page: Page, columns: tuple[int, ...] = COLUMNS, rows: tuple[int, ...] = ROWS, *, sides: bool = True) -> Page:
    for top in rows:
        cv2.line(page, (columns[0], top), (columns[-1], top), INK, 2)
    for left in columns if sides else columns[1:-1]:
        cv2.line(page, (left, rows[0]), (left, rows[-1]), INK, 2)
    return page


def turned(page: Page, degrees: float) -> Page:
    turn = cv2.getRotationMatrix2D((827, 1169), degrees, 1.0)
    return np.asarray(cv2.warpAffine(page, turn, (1654, 2338), borderValue=(PAPER,)), dtype=np.uint8)


def counts(tables: tuple[Table, ...]) -> list[list[int]]:
    return [[len(row) for row in table.rows] for table in tables]


@pytest.mark.parametrize("degrees", [0.0, 0.4, -0.8])
def test_the_cells_of_a_table_are_found_row_by_row(degrees: float) -> None:
    tables = find_tables(turned(ruled(paper()), degrees), DPI)
    assert counts(tables) == [[4, 4, 4, 4]]
    if not degrees:
        left, top, right, bottom = tables[0].rows[1][2]
        assert (left, top, right, bottom) == pytest.approx((700, 580, 950, 660), abs=9)


def test_a_table_may_be_open_at_its_sides_and_its_rules_broken() -> None:
    page = ruled(paper(), sides=False)
    page[640:646, :] = PAPER
    page[:, 800:806] = PAPER
    assert counts(find_tables(page, DPI)) == [[4, 4, 4, 4]]


def test_merged_cells_are_one_cell_in_their_first_row() -> None:
    page = ruled(paper())
    page[572:588, 264:696] = PAPER  # the second column's first two rows are one
    page[744:816, 690:710] = PAPER  # the last row's second and third cells are one
    assert counts(find_tables(page, DPI)) == [[4, 3, 4, 3]]


def test_two_tables_are_found_from_the_top() -> None:
    page = ruled(ruled(paper()), (160, 700, 1300), (1200, 1300, 1400))
    tables = find_tables(page, DPI)
    assert counts(tables) == [[4, 4, 4, 4], [2, 2]]
    assert tables[0].box[3] < tables[1].box[1]


def test_a_streak_through_a_table_is_no_rule_of_it() -> None:
    page = ruled(paper())
    page[:, 480:483] = 90
    assert counts(find_tables(page, DPI)) == [[4, 4, 4, 4]]


def test_frames_underlines_codes_and_ruled_paper_are_no_tables() -> None:
    frame = paper()
    for off in (0, 18):
        cv2.rectangle(frame, (80 + off, 80 + off), (1570 - off, 2250 - off), INK, 3)
    underlines, code, notebook = paper(), paper(), paper()
    for top in range(300, 2000, 90):
        cv2.line(underlines, (500, top), (1450, top), INK, 2)
        cv2.line(notebook, (0, top), (1653, top), 170, 2)
    cv2.line(notebook, (220, 0), (220, 2337), 140, 2)
    for left in range(300, 900, 12):
        code[400:520, left : left + 3 + left % 5] = INK
    for page in (frame, underlines, code, notebook, paper()):
        assert find_tables(page, DPI) == ()


def test_a_table_in_a_frame_is_found_alone() -> None:
    page = ruled(paper())
    cv2.rectangle(page, (80, 80), (1570, 2250), INK, 3)
    assert counts(find_tables(page, DPI)) == [[4, 4, 4, 4]]


@pytest.mark.parametrize("size", [(1, 1), (4, 900), (900, 4), (60, 60)])
def test_pages_of_any_size_are_looked_at(size: tuple[int, int]) -> None:
    assert find_tables(np.full(size, PAPER, np.uint8), DPI) == ()


@pytest.mark.alone
def test_a_page_without_tables_costs_little() -> None:
    page = cv2.resize(paper(), (2480, 3508))
    begun = time.process_time()
    for _ in range(10):
        find_tables(np.asarray(page, dtype=np.uint8), 300)
    assert (time.process_time() - begun) / 10 < 0.02


def filled(degrees: float = 0.0) -> Page:
    """Draw a table whose cells have one, two or three lines."""
    page = Image.fromarray(ruled(paper(), (120, 220, 700, 1100, 1500), (500, 640, 780, 920)))
    pen = ImageDraw.Draw(page)
    font = ImageFont.truetype("/usr/share/fonts/truetype/noto/NotoSerif-Regular.ttf", 32)
    texts = [
        ["TT", "Tên giấy tờ", "Số lượng\nbản chính", "Ghi chú của\nngười nhận"],
        ["1", "Đơn đề nghị cấp\ngiấy phép xây dựng\nnhà ở riêng lẻ", "một bản", "đã kiểm tra\nđầy đủ"],
        ["2", "Giấy chứng nhận\nquyền sử dụng đất", "hai bản", "chờ bổ sung"],
    ]
    for row, line in enumerate(texts):
        for left, text in zip((135, 235, 715, 1115), line, strict=True):
            pen.multiline_text((left, 508 + 140 * row), text, font=font, fill=40, spacing=4)
    pen.text((200, 300), "DANH MỤC HỒ SƠ ĐÃ NỘP CỦA ÔNG TRẦN VĂN MẪU", font=font, fill=40)
    pen.text((200, 1000), "Người nộp hồ sơ chịu trách nhiệm về các giấy tờ trên.", font=font, fill=40)
    return turned(np.asarray(page, dtype=np.uint8), degrees)


def plain(words: list[Word]) -> str:
    return " ".join(word.text for word in words)


@pytest.mark.parametrize("degrees", [0.0, 0.5])
def test_cells_of_many_lines_are_read_one_after_the_other(engine: Engine, degrees: float) -> None:
    text = plain(read_sheet(engine, DrawnSheet(filled(degrees), DPI)))
    for cell in (
        "Số lượng bản chính",
        "Ghi chú của người nhận",
        "Đơn đề nghị cấp giấy phép xây dựng nhà ở riêng lẻ",
        "đã kiểm tra đầy đủ",
        "Giấy chứng nhận quyền sử dụng đất",
    ):
        assert cell in text
    places = [text.index(part) for part in ("DANH MỤC", "Tên giấy tờ", "Đơn đề nghị", "Giấy chứng", "chịu trách nhiệm")]
    assert places == sorted(places)
    assert "|" not in text
