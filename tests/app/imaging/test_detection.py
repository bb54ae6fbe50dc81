"""The detectors against the truth of the sample pages, and against sheets drawn on every kind of lid."""

from __future__ import annotations

import math
from collections.abc import Callable

import cv2
import numpy as np
import pytest
from PIL import ImageFont

from app.imaging.detection import detect
from app.imaging.geometry import render, rotate_quad
from app.imaging.raster import Raster
from app.model.page_findings import Findings, Geometry, Quad

NAMES = [
    "001_quyet_dinh",
    "002_to_khai",
    "003_tiep_nhan",
    "004_trich_luc",
    "005_don",
    "006_cccd_card",
    "007_blank",
    "008_separator",
]
A5 = ((0.0, 0.0), (874.0, 0.0), (874.0, 1240.0), (0.0, 1240.0))
Draw = Callable[..., Raster]


def overlap(one: Quad, other: Quad, width: int, height: int) -> float:
    """Give the intersection of two quads over their union, inside the frame."""
    masks = []
    for quad in (one, other):
        mask = np.zeros((height, width), np.uint8)
        cv2.fillConvexPoly(mask, np.array(quad).round().astype(np.int32), 1)
        masks.append(mask > 0)
    return float((masks[0] & masks[1]).sum() / (masks[0] | masks[1]).sum())


@pytest.fixture(scope="module")
def found(samples: dict[str, object]) -> dict[str, Findings]:
    return {name: detect(sample.read()) for name, sample in samples.items()}  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", NAMES)
def test_sample_page(samples: dict[str, object], found: dict[str, Findings], name: str) -> None:
    truth, findings = samples[f"smoke_{name}"].truth, found[f"smoke_{name}"]  # type: ignore[attr-defined]
    assert findings.blank == truth["blank"]
    if not truth["blank"]:
        assert findings.skew == pytest.approx(truth["skew_deg"], abs=0.3)
    if truth["border"] != "none":
        assert findings.edges_found
        assert overlap(truth["page_quad"], findings.quad, truth["width"], truth["height"]) >= 0.93
    assert findings.warnings == ()


@pytest.mark.parametrize("angle", [-7.5, -2.0, 0.0, 0.4, 5.5])
@pytest.mark.parametrize("lid", [15, 128, 232])
def test_drawn_sheet_is_found_on_every_lid(draw_sheet: Draw, lid: int, angle: float) -> None:
    findings = detect(draw_sheet(lid=lid, angle=angle))
    placed = tuple((x + 120, y + 130) for x, y in A5)
    expected = rotate_quad(placed, angle, (437 + 120, 620 + 130))  # type: ignore[arg-type]
    assert findings.edges_found
    assert findings.skew == pytest.approx(angle, abs=0.15)
    assert max(math.dist(a, b) for a, b in zip(expected, findings.quad, strict=True)) < 8
    assert ("skew" in findings.warnings) == (abs(angle) > 5)


def test_sheet_without_print_takes_its_angle_from_its_edges(draw_sheet: Draw) -> None:
    findings = detect(draw_sheet(lines=0, angle=3.0))
    assert findings.blank
    assert findings.edges_found
    assert findings.skew == pytest.approx(3.0, abs=0.3)


@pytest.mark.parametrize("lines", [1, 2, 30])
def test_a_page_with_one_line_is_not_blank(draw_sheet: Draw, lines: int) -> None:
    assert not detect(draw_sheet(lines=lines)).blank


def test_one_word_is_not_blank(font: ImageFont.FreeTypeFont) -> None:
    from PIL import Image, ImageDraw

    page = Image.new("L", (1240, 1754), 250)
    ImageDraw.Draw(page).text((600, 800), "Hết", font=font, fill=60)
    assert not detect(Raster(np.asarray(page), 150)).blank


def test_page_that_fills_the_frame_keeps_the_frame(draw_sheet: Draw) -> None:
    sheet = render(draw_sheet(), Geometry(((130, 140), (980, 140), (980, 1360), (130, 1360))))
    findings = detect(Raster(sheet, 150))
    assert not findings.edges_found
    assert findings.edges_confidence == 0
    assert max(math.dist(a, b) for a, b in zip(findings.quad, ((0, 0), (850, 0), (850, 1220), (0, 1220)), strict=True)) < 6


@pytest.mark.parametrize("size", [(1, 1), (3, 500), (40, 40)])
def test_tiny_images_give_the_frame(size: tuple[int, int]) -> None:
    findings = detect(Raster(np.full(size, 200, np.uint8), 300))
    assert findings.blank
    assert findings.skew == 0
    assert not findings.edges_found


def test_flags_name_what_is_wrong(draw_sheet: Draw) -> None:
    good = draw_sheet(lines=26)
    assert "low_dpi" in detect(good).warnings
    dark = Raster((good.pixels * 0.35).astype(np.uint8), 200)
    assert "dark" in detect(dark).warnings
    blurred = Raster(cv2.GaussianBlur(good.pixels, (0, 0), 4.0), 200)
    assert "blurred" in detect(blurred).warnings
    assert "blurred" not in detect(Raster(good.pixels, 200)).warnings
    faint = Raster((178.5 + good.pixels.astype(float) * 0.3).clip(0, 255).astype(np.uint8), 200)
    assert detect(faint).warnings == ("faint",)
    assert not detect(faint).blank
