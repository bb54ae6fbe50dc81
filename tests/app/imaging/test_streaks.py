"""Streaks are lifted for reading: the paper between letters becomes paper again, letters keep their contrast."""

from __future__ import annotations

import numpy as np
import pytest

from app.imaging.geometry import full_quad
from app.imaging.raster import Raster
from app.imaging.streaks import lift_streaks
from app.imaging.upright import UprightPage
from app.model.page_findings import Geometry
from app.pixels import Pixels

BOX = (298.0, 0.0, 306.0, 900.0)


def page() -> Pixels:
    """Lines of print (level 60) on paper (level 235)."""
    pixels = np.full((900, 600), 235, np.uint8)
    for top in range(60, 860, 60):
        pixels[top : top + 20, 50:550] = 60
    return pixels


@pytest.mark.parametrize("step", [-45, -15, 15])
def test_a_streak_is_lifted_and_print_under_it_stays(step: int) -> None:
    streaked = page().astype(int)
    streaked[:, 300:304] += step
    lifted = lift_streaks(streaked.clip(0, 255).astype(np.uint8), [BOX], 300)
    off = np.abs(lifted.astype(int) - page())
    assert off[:60].max() <= 1
    assert off.max() <= 1
    assert (lifted[:, :280] == page()[:, :280]).all()


def test_a_place_without_a_streak_stays_as_it_is() -> None:
    assert (lift_streaks(page(), [BOX, (0.0, 0.0, 4.0, 900.0), (597.0, 0.0, 600.0, 900.0)], 300) == page()).all()


def test_only_the_gray_of_a_page_is_lifted() -> None:
    streaked = page()
    streaked[:, 300:304] -= 40
    sheet = UprightPage(Raster(streaked, 300), Geometry(full_quad(600, 900)))
    assert sheet.without_streaks([]) is sheet
    assert int(np.abs(sheet.without_streaks([BOX]).light.astype(int) - page()).max()) <= 1
    assert (sheet.light == streaked).all()
