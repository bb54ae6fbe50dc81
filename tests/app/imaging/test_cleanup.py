"""Clean pages: white paper, no bleed-through, no holes; print, seals and blue ink as they were."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from app.imaging.cleanup import clean

Pixels = NDArray[np.uint8]


@pytest.fixture(scope="module")
def page() -> Pixels:
    """A5 at 200 dpi: yellow paper that darkens to the right, print, pale print from behind, a red seal, blue ink, a hole."""
    drawn = np.full((1654, 1165, 3), (200, 232, 240), np.float32)
    drawn *= np.linspace(1.0, 0.8, 1165)[None, :, None]
    drawn = drawn.astype(np.uint8)
    cv2.putText(drawn, "Giay to hanh chinh", (150, 200), cv2.FONT_HERSHEY_COMPLEX, 1.6, (40, 40, 40), 3)
    behind = np.zeros(drawn.shape[:2], np.uint8)
    cv2.putText(behind, "mat sau cua to giay", (150, 700), cv2.FONT_HERSHEY_COMPLEX, 1.6, 255, 4)
    drawn = (drawn * (1 - 0.09 * cv2.GaussianBlur(behind, (0, 0), 2.5)[:, :, None] / 255)).astype(np.uint8)
    cv2.circle(drawn, (800, 1200), 130, (60, 60, 205), 10)
    cv2.circle(drawn, (800, 1200), 90, (130, 140, 225), 6)
    cv2.line(drawn, (200, 1200), (500, 1100), (150, 70, 40), 6)
    cv2.circle(drawn, (60, 827), 24, (10, 10, 10), -1)
    noise = np.random.default_rng(1).normal(0, 1.5, drawn.shape)
    return np.asarray((drawn + noise).clip(0, 255), dtype=np.uint8)


def test_paper_becomes_white_and_what_shines_through_goes(page: Pixels) -> None:
    made = clean(page, 200)
    for part in (made[640:720, 140:900], made[1400:1600, 100:1100], made[300:500, 900:1100]):
        assert part.min() > 245
    assert page[640:720, 140:900].min() < 190


def test_print_stays_dark(page: Pixels) -> None:
    before, after = (cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)[150:220, 150:800] < 120 for picture in (page, clean(page, 200)))
    assert (before & after).sum() > 0.9 * (before | after).sum()


@pytest.mark.parametrize("point", [(800, 1070), (800, 1110), (350, 1150)])
def test_seal_and_blue_ink_keep_their_hue(page: Pixels, point: tuple[int, int]) -> None:
    x, y = point
    spots = [picture[y - 1 : y + 2, x - 1 : x + 2].reshape(-1, 3).mean(axis=0) for picture in (page, clean(page, 200))]
    hues = [int(cv2.cvtColor(spot.astype(np.uint8)[None, None], cv2.COLOR_BGR2HSV)[0, 0, 0]) for spot in spots]
    assert min(abs(hues[0] - hues[1]), 180 - abs(hues[0] - hues[1])) <= 8
    assert spots[1].max() - spots[1].min() > 60


def test_holes_are_filled_and_seals_are_not(page: Pixels) -> None:
    made = clean(page, 200)
    assert made[800:855, 35:90].min() > 245
    assert (made[1060:1340, 660:940].min(axis=2) < 150).any()


def test_gray_pages_are_cleaned_and_the_original_is_left_alone(page: Pixels) -> None:
    gray = np.asarray(cv2.cvtColor(page, cv2.COLOR_BGR2GRAY), dtype=np.uint8)
    kept = gray.copy()
    made = clean(gray, 200)
    assert np.array_equal(gray, kept)
    assert made.shape == gray.shape
    assert made[1400:1600, 100:1100].min() > 245


@pytest.mark.parametrize("size", [(1, 1), (3, 40), (40, 40, 3)])
def test_tiny_and_dark_pages_do_no_harm(size: tuple[int, ...]) -> None:
    assert clean(np.zeros(size, np.uint8), 300).shape == size
