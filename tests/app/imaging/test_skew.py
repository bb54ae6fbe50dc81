"""The lean of a page that bears marks of the scanner, or leans further than pages do."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from app.imaging.detection import detect
from app.imaging.raster import Raster

Draw = Callable[..., Raster]


@pytest.mark.parametrize("angle", [-6.0, 1.4, 19.0])
def test_a_streak_of_dirty_glass_does_not_make_a_page_straight(draw_sheet: Draw, angle: float) -> None:
    scan = draw_sheet(angle=angle)
    scan.pixels[:, 560:563] = scan.pixels[:, 560:563] // 3
    assert detect(scan).skew == pytest.approx(angle, abs=0.15)


@pytest.mark.parametrize("side", [0, 1])
def test_a_black_band_along_the_frame_does_not_make_a_page_straight(draw_sheet: Draw, side: int) -> None:
    scan = draw_sheet(lines=3, lid=210, angle=2.5)
    np.moveaxis(scan.pixels, side, 0)[:30] = 12
    assert detect(scan).skew == pytest.approx(2.5, abs=0.15)


def test_an_upright_page_with_a_streak_stays_upright(draw_sheet: Draw) -> None:
    scan = draw_sheet()
    scan.pixels[:, 560:563] = scan.pixels[:, 560:563] // 3
    assert detect(scan).skew == pytest.approx(0.0, abs=0.1)


@pytest.mark.parametrize("angle", [-21.0, 18.0])
def test_a_page_thrown_on_the_glass_is_straightened(draw_sheet: Draw, angle: float) -> None:
    assert detect(draw_sheet(angle=angle)).skew == pytest.approx(angle, abs=0.15)
