"""Several papers on one glass: cards and receipts drawn on lids, found one by one; one sheet is never taken for several."""

from __future__ import annotations

import math
from collections.abc import Callable

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from app.imaging.detection import detect
from app.imaging.geometry import rotate_quad
from app.imaging.raster import Raster
from app.model.page_findings import Quad
from app.pixels import Pixels


def glass(lid: int, papers: list[tuple[Quad, tuple[int, int, int]]], font: ImageFont.FreeTypeFont) -> Raster:
    """Give a scan at 150 dpi of coloured papers with lines of print on a lid."""
    image = Image.new("RGB", (1240, 1754), (lid, lid, lid))
    pen = ImageDraw.Draw(image)
    for quad, colour in papers:
        pen.polygon(list(quad), fill=colour)
        for row in range(6):
            pen.text((quad[0][0] + 50, quad[0][1] + 40 + 42 * row), "Số: 012345678901", font=font, fill=(40, 40, 50))
    noise = np.random.default_rng(3).normal(0, 2, (1754, 1240, 1))
    pixels = cv2.GaussianBlur(np.asarray(image)[:, :, ::-1].copy(), (0, 0), 0.7)
    return Raster((pixels + noise).clip(0, 255).astype(np.uint8), 150)


def card(left: int, top: int, angle: float = 0.0, size: tuple[int, int] = (505, 319)) -> Quad:
    wide, high = size
    quad = ((left, top), (left + wide, top), (left + wide, top + high), (left, top + high))
    return rotate_quad(quad, angle, (left + wide / 2, top + high / 2))


@pytest.mark.parametrize("lid", [15, 128, 245])
def test_both_sides_of_a_card_are_two_papers(lid: int, font: ImageFont.FreeTypeFont) -> None:
    placed = [card(150, 200, 3.0), card(300, 900, -2.0)]
    findings = detect(glass(lid, [(quad, (190, 215, 205)) for quad in placed], font))
    assert len(findings.papers) == 2
    for true, found in zip(placed, findings.papers, strict=True):
        assert max(math.dist(a, b) for a, b in zip(true, found, strict=True)) < 10
    assert cv2.contourArea(np.array(findings.quad, np.float32)) > 2 * 505 * 319


def test_three_receipts_come_from_the_top_and_from_the_left(font: ImageFont.FreeTypeFont) -> None:
    placed = [card(80, 120, size=(440, 800)), card(650, 140, 4.0, size=(440, 700)), card(200, 1050, size=(440, 600))]
    findings = detect(glass(30, [(quad, (250, 250, 248)) for quad in placed], font))
    assert [round(paper[0][0] / 100) for paper in findings.papers] == [round(quad[0][0] / 100) for quad in placed]


@pytest.mark.parametrize("lid", [15, 235])
def test_one_sheet_is_one_paper(draw_sheet: Callable[..., Raster], lid: int) -> None:
    assert detect(draw_sheet(lid=lid, angle=2.0)).papers == ()


def test_photographs_on_a_sheet_are_no_papers(font: ImageFont.FreeTypeFont) -> None:
    whole = card(60, 60, size=(1120, 1634))
    cards = [(card(250, 250), (120, 150, 160)), (card(250, 900), (120, 150, 160))]
    assert detect(glass(20, [(whole, (250, 250, 250)), *cards], font)).papers == ()


def test_noise_and_dust_are_no_papers() -> None:
    pixels: Pixels = np.random.default_rng(1).integers(0, 255, (800, 600), dtype=np.uint8)
    assert detect(Raster(pixels, 100)).papers == ()


@pytest.mark.parametrize("lid", [15, 250, 255])
@pytest.mark.parametrize(
    ("left", "top", "angle"), [(0, 0, 0.0), (150, 0, 0.0), (120, 200, 2.5), (650, 1350, -1.5), (400, 800, 4.0)]
)
def test_a_card_alone_is_cut_out_wherever_it_lies(
    lid: int, left: int, top: int, angle: float, font: ImageFont.FreeTypeFont
) -> None:
    upright = glass(lid, [(card(left, top), (190, 215, 205))], font).pixels
    turn = cv2.getRotationMatrix2D((left + 252.5, top + 159.5), -angle, 1.0)
    scan = cv2.warpAffine(upright, turn, (1240, 1754), borderValue=(lid, lid, lid))
    findings = detect(Raster(np.asarray(scan, dtype=np.uint8), 150))
    assert findings.edges_found
    assert findings.papers == ()
    assert max(math.dist(a, b) for a, b in zip(card(left, top, angle), findings.quad, strict=True)) < 8


def test_a_picture_on_a_page_is_not_the_page(font: ImageFont.FreeTypeFont) -> None:
    scan = glass(244, [(card(300, 200), (120, 140, 160))], font)
    pale = scan.pixels.copy()
    for top in range(900, 1300, 50):
        cv2.putText(pale, "Xac nhan cua phuong", (200, top), cv2.FONT_HERSHEY_COMPLEX, 1.0, (205, 205, 205), 2)
    findings = detect(Raster(pale, 150))
    assert cv2.contourArea(np.array(findings.quad, np.float32)) > 0.95 * 1240 * 1754
