"""Print under a red seal becomes readable; a stamp on empty paper stays to be read itself."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from app.pixels import Pixels
from app.recognition.seals import without_seals
from app.sheets import DrawnSheet

_DPI = 200
_RED = (60, 40, 200)
_CENTRE, _RADIUS = (400, 300), 130


def page() -> Pixels:
    return np.full((700, 900, 3), 245, np.uint8)


def stamped(pixels: Pixels) -> Pixels:
    """Press a seal over what is there: red ink over black stays black."""
    ink = np.full_like(pixels, 255)
    cv2.circle(ink, _CENTRE, _RADIUS, _RED, 8)
    cv2.circle(ink, _CENTRE, _RADIUS // 3, _RED, -1)
    return np.minimum(pixels, ink)


def printed(pixels: Pixels) -> Pixels:
    cv2.putText(pixels, "CHU TICH", (_CENTRE[0] - 120, _CENTRE[1] + 12), cv2.FONT_HERSHEY_SIMPLEX, 1.6, (20, 20, 20), 5)
    return pixels


def test_the_seal_goes_and_the_print_under_it_stays() -> None:
    seen = without_seals(DrawnSheet(stamped(printed(page())), _DPI))
    bare = without_seals(DrawnSheet(printed(page()), _DPI))
    assert np.array_equal(seen < 110, bare < 110)
    assert seen[_CENTRE[1] - _RADIUS, _CENTRE[0]] > 180


def test_a_stamp_on_empty_paper_stays() -> None:
    seen = without_seals(DrawnSheet(stamped(page()), _DPI))
    assert seen[_CENTRE[1] - _RADIUS, _CENTRE[0]] < 110


@pytest.mark.parametrize("colour", [(20, 20, 20), (180, 60, 30)])
def test_black_and_blue_ink_are_left_alone(colour: tuple[int, int, int]) -> None:
    pixels = page()
    cv2.circle(pixels, _CENTRE, _RADIUS, colour, 8)
    sheet = DrawnSheet(pixels, _DPI)
    assert np.array_equal(without_seals(sheet), sheet.light)


def test_a_gray_scan_is_left_as_it_is() -> None:
    sheet = DrawnSheet(np.asarray(cv2.cvtColor(stamped(printed(page())), cv2.COLOR_BGR2GRAY), dtype=np.uint8), _DPI)
    assert np.array_equal(without_seals(sheet), sheet.light)
