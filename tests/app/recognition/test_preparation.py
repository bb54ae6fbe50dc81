"""Rows of fill-dots go; letters, their dots and ellipses stay."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from app.recognition.preparation import READING_DPI, erase_dots, prepare, whiten

PAPER = 240


def page_with_dots(count: int, pitch: int = 8, size: int = 3) -> NDArray[np.uint8]:
    page = np.full((120, 600), PAPER, np.uint8)
    for number in range(count):
        left = 40 + number * pitch
        page[60 : 60 + size, left : left + size] = 40
    return page


@pytest.mark.parametrize("count", [6, 20, 60])
@pytest.mark.parametrize("size", [2, 3, 5])
def test_a_row_of_dots_is_erased(count: int, size: int) -> None:
    assert erase_dots(page_with_dots(count, size=size)).min() == PAPER


def test_an_ellipsis_stays() -> None:
    page = page_with_dots(3)
    assert (erase_dots(page) == page).all()


def test_dots_as_far_apart_as_those_of_letters_stay() -> None:
    page = page_with_dots(12, pitch=28)
    assert (erase_dots(page) == page).all()


def test_a_lone_dot_beside_a_row_stays_and_a_pair_on_it_goes() -> None:
    page = page_with_dots(20)
    page[60:63, 300:303] = 40
    assert erase_dots(page)[60:63, 300:303].max() == 40
    page[60:63, 308:311] = 40
    assert erase_dots(page).min() == PAPER


def test_strokes_stay() -> None:
    page = page_with_dots(20)
    page[20:90, 300:304] = 40
    made = erase_dots(page)
    assert (made[20:90, 300:304] == 40).all()


def test_pages_are_reduced() -> None:
    assert prepare(np.full((1500, 3000), PAPER, np.uint8), 300).gray.shape == (1000, 2000)
    assert max(prepare(np.full((1000, 2000), PAPER, np.uint8), 300).gray.shape) == 1600
    assert READING_DPI == 200


def test_paper_becomes_flat_white_and_pale_print_stays() -> None:
    rng = np.random.default_rng(3)
    light = np.linspace(120, 240, 600)[None, :] + rng.normal(0, 2, (400, 600))
    page = light.clip(0, 255).astype(np.uint8)
    page[100:130, 50:550:20] = (light[100:130, 50:550:20] * 0.8).astype(np.uint8)
    white = whiten(page)
    assert (white[180:380, 20:580] == 255).mean() > 0.99
    assert white[105:125, 50:550:20].max() < 0.9 * 255


def test_light_print_on_a_dark_box_stays() -> None:
    page = np.full((900, 600), PAPER, np.uint8)
    page[50:350, 50:550] = 40
    page[190:210, 200:400:15] = PAPER
    white = whiten(page)
    assert white[190:210, 200:400:15].min() == 255
    assert white[60:340, 60:190].max() < 120


def test_pictures_of_any_size_and_level_are_whitened() -> None:
    for size in ((1, 1), (3, 700), (40, 2)):
        for level in (0, 1, 255):
            assert whiten(np.full(size, level, np.uint8)).shape == size


@pytest.mark.parametrize(("height", "factor"), [(6, 3.0), (11, 2.0), (18, 1.0), (40, 1.0)])
def test_small_pictures_are_enlarged_by_the_height_of_their_letters(height: int, factor: float) -> None:
    picture = np.full((600, 900), PAPER, np.uint8)
    for top in range(20, 540, 60):
        for left in range(20, 860, 60):
            picture[top : top + height, left : left + 5] = 40
    made = prepare(picture, 150)
    assert made.factor == pytest.approx(factor)
    assert made.gray.shape == (600 * factor, 900 * factor)


@pytest.mark.parametrize("shape", [(1, 1), (30, 60), (300, 600)])
def test_small_pictures_without_letters_stay(shape: tuple[int, int]) -> None:
    small = prepare(np.full(shape, PAPER, np.uint8), 100)
    assert small.gray.shape == shape
    assert small.factor == 1
