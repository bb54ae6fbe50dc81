"""Which way up: the sample pages in all four ways, by both readers' answers and by reading."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from app.model.page_findings import Word
from app.recognition.ocr import Engine
from app.recognition.orientation import find_orientation, guess_turn, surely_upright

TURN = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}
DPI = {"001_quyet_dinh": 300, "005_don": 200, "006_cccd_card": 300, "008_separator": 200}
Pages = dict[str, NDArray[np.uint8]]


class Doubtful:
    """A reader that never knows the orientation of a page, but reads."""

    name = "doubtful"

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def read_words(self, gray: NDArray[np.uint8], dpi: int) -> list[Word]:
        return self._engine.read_words(gray, dpi)

    def read_orientation(self, gray: NDArray[np.uint8]) -> tuple[int, float]:
        return 180, 0.5


def turned(page: NDArray[np.uint8], degrees: int) -> NDArray[np.uint8]:
    return cv2.rotate(page, TURN[degrees]) if degrees else page


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
@pytest.mark.parametrize("name", DPI)
def test_sample_page_in_all_four_ways(engine: Engine, upright: Pages, name: str, degrees: int) -> None:
    found = find_orientation(engine, turned(upright[f"smoke_{name}"], degrees), DPI[name])
    assert found.degrees == degrees
    assert 0 < found.confidence <= 1


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_doubt_is_settled_by_reading(engine: Engine, upright: Pages, degrees: int) -> None:
    page = turned(upright["smoke_003_tiep_nhan"], degrees)
    assert find_orientation(Doubtful(engine), page, 200).degrees == degrees


def test_nothing_to_read_stays_as_it_lies(each_engine: Engine) -> None:
    found = find_orientation(each_engine, np.full((800, 600), 240, np.uint8), 200)
    assert (found.degrees, found.confidence) == (0, 0.0)


def test_the_program_answers_like_the_library(each_engine: Engine, upright: Pages) -> None:
    assert find_orientation(each_engine, turned(upright["smoke_004_trich_luc"], 90), 200).degrees == 90


@pytest.mark.parametrize("name", ["001_quyet_dinh", "005_don", "008_separator"])
def test_only_a_page_that_is_upright_reads_well(engine: Engine, upright: Pages, name: str) -> None:
    page, dpi = upright[f"smoke_{name}"], DPI[name]
    assert surely_upright(engine.read_words(page, dpi)) > 0.6
    for degrees in (90, 180, 270):
        assert surely_upright(engine.read_words(turned(page, degrees), dpi)) == 0


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
@pytest.mark.parametrize("name", ["001_quyet_dinh", "003_tiep_nhan", "004_trich_luc", "005_don", "006_cccd_card"])
def test_the_shape_of_lines_tells_how_a_page_is_turned(upright: Pages, name: str, degrees: int) -> None:
    assert guess_turn(turned(upright[f"smoke_{name}"], degrees), DPI.get(name, 200)) == degrees


def test_shapes_that_look_alike_from_above_and_below_tell_nothing() -> None:
    page = np.full((1400, 1000), 240, np.uint8)
    for top in range(100, 1300, 40):
        for left in range(80, 900, 24):
            cv2.circle(page, (left, top), 8, 20, 3)
    assert [guess_turn(turned(page, degrees), 150) for degrees in (0, 180)] == [0, 0]


def test_a_few_words_are_not_enough() -> None:
    assert surely_upright([Word("TIẾP", (0, 0, 40, 10), 96.0, 0), Word("NHẬN", (50, 0, 90, 10), 96.0, 0)]) == 0
    assert surely_upright([]) == 0
