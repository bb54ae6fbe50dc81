"""Rows of fill-dots go; letters, their dots and ellipses stay."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from app.recognition.preparation import READING_DPI, erase_dots, prepare

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


def test_pages_are_reduced_never_enlarged_and_small_pictures_stay() -> None:
    assert prepare(np.full((1500, 3000), PAPER, np.uint8), 300).gray.shape == (1000, 2000)
    assert max(prepare(np.full((1000, 2000), PAPER, np.uint8), 300).gray.shape) == 1600
    assert prepare(np.full((300, 600), PAPER, np.uint8), 300).factor == 1
    small = prepare(np.full((30, 60), PAPER, np.uint8), 100)
    assert small.gray.shape == (30, 60)
    assert small.factor == 1
    assert READING_DPI == 200
