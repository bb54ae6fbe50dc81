"""The detectors against the truth of the sample pages, and against sheets drawn on every kind of lid."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

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
    assert findings.warnings == (("streak",) if truth["effect"] == "streak" else ())


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


@pytest.mark.parametrize("level", [25, -25])
def test_a_streak_is_found_where_it_is_and_leaves_a_blank_page_blank(draw_sheet: Draw, level: int) -> None:
    pixels = draw_sheet(lines=0, paper=225).pixels.astype(int)
    pixels[:, 500:502] += level
    findings = detect(Raster(pixels.clip(0, 255).astype(np.uint8), 150))
    assert findings.blank
    (flaw,) = [flaw for flaw in findings.flaws if flaw.kind == "streak"]
    assert flaw.box[0] == pytest.approx(500, abs=5)
    assert flaw.box[2] == pytest.approx(502, abs=5)
    assert flaw.box[3] - flaw.box[1] > 1200


def test_a_damaged_picture_is_flagged_and_never_called_blank(draw_sheet: Draw) -> None:
    empty = draw_sheet(lid=60, angle=0.0, lines=0)
    assert detect(empty).blank
    found = detect(replace(empty, damaged=True))
    assert (found.blank, found.warnings[0]) == (False, "damaged")


def test_a_printed_rule_is_no_streak(draw_sheet: Draw) -> None:
    pixels = draw_sheet(lines=0).pixels.copy()
    pixels[200:1300, 500:502] = 30
    assert "streak" not in detect(Raster(pixels, 150)).warnings


def test_print_that_runs_over_the_frame_is_flagged_at_its_place(draw_sheet: Draw) -> None:
    whole = draw_sheet()
    findings = detect(Raster(np.ascontiguousarray(whole.pixels[:, :600]), 200))
    boxes = [flaw.box for flaw in findings.flaws if flaw.kind == "cut_off"]
    assert boxes
    assert all(box[2] >= 597 for box in boxes)
    assert "cut_off" not in detect(Raster(whole.pixels, 200)).warnings


@pytest.mark.parametrize("contrast", [0.08, 0.12, 0.18])
def test_pale_print_is_not_taken_for_blank_paper(draw_sheet: Draw, contrast: float) -> None:
    page = draw_sheet(lid=248).pixels.astype(float)
    pale = Raster((235 * (1 - contrast * (1 - page / 255))).clip(0, 255).astype(np.uint8), 200)
    findings = detect(pale)
    assert not findings.blank
    assert "faint" in findings.warnings


def test_what_shows_through_from_the_other_side_is_not_print(draw_sheet: Draw) -> None:
    page = cv2.GaussianBlur(draw_sheet(lid=248).pixels, (0, 0), 3.0)[:, ::-1].astype(float)
    assert detect(Raster((235 * (1 - 0.12 * (1 - page / 255))).clip(0, 255).astype(np.uint8), 200)).blank
