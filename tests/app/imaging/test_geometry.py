"""Cutting and turning: exact where it can be, true to scale everywhere."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.imaging.geometry import (
    BadCrop,
    cut_size,
    full_quad,
    is_sound,
    map_points,
    matrix,
    output_size,
    render,
    rotate_quad,
)
from app.imaging.raster import Raster
from app.model.page_findings import TURNS, Geometry

turns = st.sampled_from(TURNS)
angles = st.floats(-15, 15)
sides = st.integers(20, 300)


def noise(height: int, width: int) -> Raster:
    return Raster(np.random.default_rng(3).integers(0, 255, (height, width, 3), dtype=np.uint8), 300)


@pytest.mark.parametrize(("turn", "times"), [(0, 0), (90, 3), (180, 2), (270, 1)])
def test_whole_frame_turned_copies_pixels_exactly(turn: int, times: int) -> None:
    raster = noise(30, 50)
    made = render(raster, Geometry(full_quad(50, 30), turn))
    assert (made == np.rot90(raster.pixels, times)).all()


def test_upright_crop_copies_pixels_exactly() -> None:
    raster = noise(40, 60)
    made = render(raster, Geometry(((5, 7), (25, 7), (25, 30), (5, 30))))
    assert (made == raster.pixels[7:30, 5:25]).all()


@given(turn=turns)
def test_resampled_and_exact_agree(turn: int) -> None:
    raster = Raster(np.tile(np.arange(0, 200, 2, dtype=np.uint8), (80, 1)), 300)
    box = ((10.0, 10.0), (70.0, 10.0), (70.0, 60.0), (10.0, 60.0))
    shifted = tuple((x + 0.02, y) for x, y in box)
    exact = render(raster, Geometry(box, turn)).astype(int)
    warped = render(raster, Geometry(shifted, turn)).astype(int)  # type: ignore[arg-type]
    assert exact.shape == warped.shape
    assert np.abs(exact - warped).max() <= 1


def test_what_lies_beyond_the_frame_is_white() -> None:
    raster = Raster(np.zeros((50, 50), np.uint8), 300)
    made = render(raster, Geometry(((-10, -10), (40, -10), (40, 40), (-10, 40))))
    assert made[0, 0] == 255
    assert made[30, 30] == 0


@given(width=sides, height=sides, angle=angles, turn=turns)
def test_scale_stays_one_to_one(width: int, height: int, angle: float, turn: int) -> None:
    quad = rotate_quad(full_quad(width, height), angle, (width / 2, height / 2))
    assert cut_size(quad) == (width, height)
    assert sorted(output_size(Geometry(quad, turn))) == sorted((width, height))
    assert is_sound(quad)


@given(width=sides, height=sides, angle=angles, turn=turns, x=st.floats(0, 1), y=st.floats(0, 1))
def test_points_go_there_and_back(width: int, height: int, angle: float, turn: int, x: float, y: float) -> None:
    geometry = Geometry(rotate_quad(full_quad(width, height), angle, (0, 0)), turn)
    there = matrix(geometry)
    point = (x * width, y * height)
    (back,) = map_points(np.linalg.inv(there), map_points(there, (point,)))
    assert math.dist(point, back) < 0.01


@given(angle=angles, x=st.floats(-500, 500), y=st.floats(-500, 500))
def test_rotating_back_gives_the_same_quad(angle: float, x: float, y: float) -> None:
    quad = full_quad(200, 100)
    back = rotate_quad(rotate_quad(quad, angle, (x, y)), -angle, (x, y))
    assert all(math.dist(a, b) < 1e-6 for a, b in zip(quad, back, strict=True))


def test_turning_clockwise_moves_the_right_corner_down() -> None:
    assert rotate_quad(full_quad(100, 100), 10, (0, 0))[1][1] > 0


@pytest.mark.parametrize(
    "quad",
    [
        ((0, 0), (0, 0), (0, 0), (0, 0)),
        ((0, 0), (10, 10), (10, 0), (0, 10)),
        ((0, 0), (0, 10), (10, 10), (10, 0)),
        ((0, 0), (90_000, 0), (90_000, 90_000), (0, 90_000)),
    ],
)
def test_corners_that_enclose_no_page_are_refused(quad: tuple[tuple[float, float], ...]) -> None:
    with pytest.raises(BadCrop):
        render(noise(20, 20), Geometry(quad))  # type: ignore[arg-type]
