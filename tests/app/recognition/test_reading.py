"""Reading an upright page with what was found on it: bars of codes are no letters."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from app.model.page_findings import Box, Word
from app.recognition.ocr import Gray
from app.recognition.reading import read_sheet
from app.sheets import DrawnSheet

BARS = Word("IlÏIÍ[[Il", (400, 100, 1000, 180), 80, 0)
NUMBER = Word("000.12.49.H12-200901-5292", (450, 190, 950, 220), 95, 1)
BESIDE = Word("Số:", (1010, 120, 1080, 150), 95, 2)


class Replayed:
    """A reader that gives the same words for every page: what Tesseract makes of bars differs from build to build."""

    name = "replayed"

    def __init__(self, *, on_white_only: bool = False) -> None:
        self.on_white_only = on_white_only
        self.pages: list[Gray] = []

    def read_words(self, gray: Gray, dpi: int) -> list[Word]:
        self.pages.append(gray)
        return [] if self.on_white_only and np.median(gray) < 255 else [BARS, NUMBER, BESIDE]

    def read_scattered(self, part: Gray, dpi: int) -> list[Word]:
        return []

    def read_lines(self, lines: Sequence[Gray]) -> list[list[Word]]:
        return [[] for _ in lines]

    def read_orientation(self, gray: Gray) -> tuple[int, float]:
        return 0, 0.0


@pytest.mark.parametrize("code", [(405, 110, 1000, 175), (405, 140, 1000, 142), (405, 142, 1000, 142)])
def test_bars_of_a_code_are_no_word_but_what_stands_under_and_beside_them_is(code: Box) -> None:
    sheet = DrawnSheet(np.full((400, 1200), 255, np.uint8), 200)
    assert {word.text for word in read_sheet(Replayed(), sheet)} == {BARS.text, NUMBER.text, BESIDE.text}
    assert {word.text for word in read_sheet(Replayed(), sheet, [code])} == {NUMBER.text, BESIDE.text}


def test_a_picture_on_which_no_word_is_found_is_read_again_on_white_paper() -> None:
    shaded = np.tile(np.linspace(120, 220, 1200), (400, 1)).astype(np.uint8)
    shaded[100:110, 300:330] = 20
    reader = Replayed(on_white_only=True)
    assert len(read_sheet(reader, DrawnSheet(shaded, 200))) == 3
    assert len(reader.pages) == 2
    assert reader.pages[1][105, 315] < 100
    plain = Replayed()
    read_sheet(plain, DrawnSheet(shaded, 200))
    assert len(plain.pages) == 1
