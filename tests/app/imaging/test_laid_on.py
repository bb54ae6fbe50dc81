"""Fingers, clips, staples and second pages in the picture: drawn on pages, found where they are, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from app.imaging.detection import detect
from app.imaging.doubles import DOUBLE
from app.imaging.intruders import CLIP, FINGER
from app.imaging.raster import Raster
from app.model.page_findings import Box, Findings
from app.pixels import Pixels

Draw = Callable[..., Raster]
KINDS = (FINGER, CLIP, DOUBLE)


def boxes(findings: Findings, kind: str) -> list[Box]:
    return [flaw.box for flaw in findings.flaws if flaw.kind == kind]


def colour(raster: Raster) -> Pixels:
    return np.asarray(cv2.cvtColor(raster.pixels, cv2.COLOR_GRAY2BGR), dtype=np.uint8)


def scan(pixels: Pixels, dpi: int = 150) -> Findings:
    noise = np.random.default_rng(1).normal(0, 1.5, pixels.shape[:2])
    grain = noise[:, :, None] if pixels.ndim == 3 else noise
    return detect(Raster((cv2.GaussianBlur(pixels, (0, 0), 0.6) + grain).clip(0, 255).astype(np.uint8), dpi))


@pytest.mark.parametrize("lid", [15, 128, 235])
@pytest.mark.parametrize("tone", [(120, 150, 205), (70, 95, 140)])
def test_a_finger_that_holds_the_sheet_is_found(draw_sheet: Draw, lid: int, tone: tuple[int, int, int]) -> None:
    pixels = colour(draw_sheet(lid=lid))
    cv2.ellipse(pixels, (990, 900), (110, 48), 0, 0, 360, tone, -1)
    (box,) = boxes(scan(pixels), FINGER)
    assert box[0] == pytest.approx(880, abs=15)
    assert (box[1] + box[3]) / 2 == pytest.approx(900, abs=15)


@pytest.mark.parametrize("lid", [15, 235])
def test_a_paper_clip_is_found(draw_sheet: Draw, lid: int) -> None:
    pixels = colour(draw_sheet(lid=lid))
    wire = np.array([[400, 110], [400, 190], [418, 208], [436, 190], [436, 150], [424, 138], [412, 150], [412, 185]], np.int32)
    cv2.polylines(pixels, [wire], False, (120, 118, 116), 5)
    (box,) = boxes(scan(pixels), CLIP)
    assert box[0] == pytest.approx(398, abs=8)
    assert box[3] == pytest.approx(211, abs=8)


@pytest.mark.parametrize("end", [(67, 6), (5, 63)])
def test_a_staple_in_the_corner_is_found(draw_sheet: Draw, end: tuple[int, int]) -> None:
    pixels = colour(draw_sheet())
    cv2.line(pixels, (165, 158), (165 + end[0], 158 + end[1]), (110, 108, 106), 4)
    assert len(boxes(scan(pixels), CLIP)) == 1


def test_a_folded_corner_and_a_table_at_the_edge_are_neither(draw_sheet: Draw) -> None:
    pixels = colour(draw_sheet())
    cv2.fillPoly(pixels, [np.array([[994, 130], [994, 190], [934, 130]], np.int32)], (30, 30, 30))
    for row in range(900, 1300, 60):
        cv2.line(pixels, (130, row), (985, row), (50, 50, 50), 2)
    cv2.rectangle(pixels, (130, 900), (985, 1260), (50, 50, 50), 2)
    found = scan(pixels)
    assert not [flaw for flaw in found.flaws if flaw.kind in KINDS]


def booklet(font: ImageFont.FreeTypeFont, fold: int, title: bool = False) -> Pixels:
    """Give an open booklet of two A5 pages at 150 dpi on a dark lid; ``fold`` is how much darker its fold is."""
    spread = Image.new("L", (1748, 1240), 245)
    pen = ImageDraw.Draw(spread)
    for left in (90, 964):
        for row in range(20):
            pen.text((left, 100 + row * 50), "Cộng hoà xã hội chủ nghĩa Việt Nam, Độc lập", font=font, fill=40)
    if title:
        pen.text((500, 40), "SỔ ĐĂNG KÝ KHAI SINH CỦA PHƯỜNG TÂN HOÀ NĂM 1998 QUYỂN", font=font, fill=40)
        pen.text((500, 1150), "Trang này có hai mươi dòng, đóng dấu giáp lai ở giữa trang", font=font, fill=40)
    pixels = np.asarray(spread).copy()
    pixels[:, 868:880] -= np.uint8(fold)
    return np.asarray(cv2.copyMakeBorder(pixels, 60, 60, 80, 80, cv2.BORDER_CONSTANT, value=20), dtype=np.uint8)


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("fold", [12, 120])
def test_an_open_booklet_is_two_pages(font: ImageFont.FreeTypeFont, turned: bool, fold: int) -> None:
    pixels = booklet(font, fold)
    findings = scan(np.ascontiguousarray(np.rot90(pixels)) if turned else pixels)
    (box,) = boxes(findings, DOUBLE)
    across = (box[1], box[3]) if turned else (box[0], box[2])
    assert across[0] < 80 + 874 < across[1] + 1


def test_a_page_that_lies_across_is_one_page(font: ImageFont.FreeTypeFont) -> None:
    assert not boxes(scan(booklet(font, 0)), DOUBLE)
    assert not boxes(scan(booklet(font, 120, title=True)), DOUBLE)


def test_two_sheets_drawn_in_together_are_told_by_length_and_edge(draw_sheet: Draw) -> None:
    lines = draw_sheet(lines=30).pixels[140:1370, 130:985]
    single = cv2.resize(lines, (1240, 1754), interpolation=cv2.INTER_AREA)
    longer = np.vstack([single, single[:220]])
    assert not boxes(scan(longer), DOUBLE)
    longer[1754:1757] = 205
    (box,) = boxes(scan(longer), DOUBLE)
    assert box[1] == pytest.approx(1755, abs=6)
