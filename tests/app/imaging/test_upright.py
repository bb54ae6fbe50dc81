"""An upright page shows the same pixels whichever way it is asked for them."""

from __future__ import annotations

import numpy as np
import pytest

from app.imaging.geometry import full_quad, render, rotate_quad
from app.imaging.raster import Raster
from app.imaging.upright import UprightPage
from app.model.page_findings import TURNS, Geometry
from app.pixels import Pixels, shrink, to_gray

LEANING = rotate_quad(full_quad(300, 420), 3.0, (170, 230))


@pytest.fixture(params=["gray", "colour"])
def raster(request: pytest.FixtureRequest) -> Raster:
    random = np.random.default_rng(7)
    coarse = random.integers(0, 256, (60, 45, 3), dtype=np.uint8)
    pixels = np.repeat(np.repeat(coarse, 8, axis=0), 8, axis=1)
    return Raster(pixels if request.param == "colour" else to_gray(pixels), 200)


def difference(one: Pixels, other: Pixels) -> int:
    assert one.shape == other.shape
    return int(np.abs(one.astype(int) - other).max())


@pytest.mark.parametrize("turn", TURNS)
@pytest.mark.parametrize("place", [(0, 0, 300, 300), (37, 120, 201, 260), (290, 299, 300, 300)])
def test_a_part_is_cut_from_the_whole(raster: Raster, turn: int, place: tuple[int, int, int, int]) -> None:
    page = UprightPage(raster, Geometry(LEANING, turn))
    left, top, right, bottom = place
    assert difference(page.part(place), page.whole()[top:bottom, left:right]) <= 1


@pytest.mark.parametrize("turn", TURNS)
def test_a_page_is_turned_without_resampling_it_again(raster: Raster, turn: int) -> None:
    lying = UprightPage(raster, Geometry(LEANING, 90))
    before = lying.light
    page = lying.turned(turn)
    assert difference(page.light, np.rot90(before, -turn // 90)) == 0
    assert difference(page.light, render(Raster(raster.light, 200), Geometry(LEANING, (90 + turn) % 360))) <= 1
    assert (page.height, page.width) == page.light.shape


def test_a_small_page_looks_like_the_whole_made_small(raster: Raster) -> None:
    page = UprightPage(raster, Geometry(LEANING, 180))
    small = page.small(100)
    assert np.abs(small.astype(int) - shrink(page.whole(), 0.5)).mean() < 6
    assert page.small(600).shape == page.whole().shape


def test_samples_are_the_pixels_of_the_scan(raster: Raster) -> None:
    page = UprightPage(raster, Geometry(LEANING, 270))
    columns, rows = (np.arange(20, 280, 7), np.arange(30, 290, 7))
    near = np.abs(page.samples(columns, rows).astype(int) - page.whole()[rows, columns])
    assert np.median(near) <= 2


def test_a_part_beyond_the_scan_is_white(raster: Raster) -> None:
    beyond = rotate_quad(full_quad(300, 420), 0.0, (0, 0))
    page = UprightPage(raster, Geometry(tuple((x - 200.5, y) for x, y in beyond)))  # type: ignore[arg-type]
    assert (page.part((0, 0, 100, 100)) == 255).all()
