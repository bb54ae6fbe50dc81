"""An upright page shows the same pixels whichever way it is asked for them."""

from __future__ import annotations

import numpy as np
import pytest

from app.imaging.geometry import full_quad, render, rotate_quad
from app.imaging.raster import Raster
from app.imaging.upright import UprightPage
from app.model.page_findings import TURNS, Barcode, Geometry
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


@pytest.mark.parametrize(
    ("kind", "side", "height", "value", "fine"),
    [
        ("QRCode", 130, 130, "x" * 100, True),
        ("QRCode", 250, 250, "x" * 40, False),
        ("Code128", 280, 40, "000.12.09.H42-210420-0850", True),
        ("Code128", 280, 40, "1234", False),
        ("Code39", 100, 40, "PATCHT", False),
        ("PatchT", 200, 200, "T", False),
    ],
)
def test_fine_codes_are_placed_on_the_page(
    raster: Raster, kind: str, side: int, height: int, value: str, *, fine: bool
) -> None:
    page = UprightPage(raster, Geometry(full_quad(raster.width, raster.height), 90))
    code = Barcode(kind, value, ((10, 20), (10 + side, 20), (10 + side, 20 + height), (10, 20 + height)))
    pad = 200 / 25.4
    right = raster.height - 20
    wanted = (max(0, right - height - pad), max(0, 10 - pad), right + pad, min(page.height, 10 + side + pad))
    assert page.fine_codes([code]) == ((pytest.approx(wanted, abs=1.01),) if fine else ())


def test_a_code_that_was_cut_off_is_no_place(raster: Raster) -> None:
    page = UprightPage(raster, Geometry(((0, 0), (100, 0), (100, 100), (0, 100))))
    assert page.fine_codes([Barcode("QRCode", "x" * 90, ((150, 150), (250, 150), (250, 250), (150, 250)))]) == ()
