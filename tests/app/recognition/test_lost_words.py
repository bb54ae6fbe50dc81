"""Words that the first reading lost among ink: they are found where there is ink and no word, and only there."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from app.model.page_findings import Word
from app.recognition.lost_words import read_lost_words
from app.recognition.ocr import Engine

DPI = 200
PLACE = (900, 1500, 1300, 1750)
Page = NDArray[np.uint8]


def page(*, frame: bool = False) -> Page:
    """Draw a title and, at the lower right, a gray seal over who signs, or only a frame."""
    drawn = Image.new("L", (1654, 2338), 244)
    pen, font = ImageDraw.Draw(drawn), ImageFont.truetype("/usr/share/fonts/truetype/noto/NotoSerif-Regular.ttf", 36)
    pen.text((600, 300), "QUYẾT ĐỊNH", font=font, fill=40)
    if frame:
        pen.rectangle(PLACE, outline=120, width=4)
    else:
        pen.ellipse((700, 1480, 1000, 1780), outline=150, width=8)
        pen.text((950, 1510), "PHÓ CHỦ TỊCH", font=font, fill=40)
        pen.text((950, 1690), "Trần Văn Mẫu", font=font, fill=40)
    return np.asarray(cv2.GaussianBlur(np.asarray(drawn), (0, 0), 0.8), dtype=np.uint8)


TITLE = Word("QUYẾT ĐỊNH", (600, 300, 900, 345), 96, 4)
INSIDE = Word("SAO Y BẢN CHÍNH", (930, 1530, 1270, 1720), 96, 5)


def test_who_signs_is_found_under_a_seal_by_either_engine(each_engine: Engine) -> None:
    read = read_lost_words(each_engine, page(), DPI, [TITLE], [])
    assert read[0] == TITLE
    text = " ".join(word.text for word in read[1:])
    assert "CHỦ TỊCH" in text
    assert "Văn Mẫu" in text
    assert all(word.box[1] > 1450 and word.line > TITLE.line for word in read[1:])


class Replayed:
    """A reader that gives the same words for every part, to see which of them are taken and how often it is asked."""

    name = "replayed"

    def __init__(self, *words: Word) -> None:
        self.words = list(words)
        self.parts = 0

    def read_words(self, gray: Page, dpi: int) -> list[Word]:
        raise NotImplementedError

    def read_orientation(self, gray: Page) -> tuple[int, float]:
        raise NotImplementedError

    def read_lines(self, lines: Sequence[Page]) -> list[list[Word]]:
        raise NotImplementedError

    def read_scattered(self, part: Page, dpi: int) -> list[Word]:
        self.parts += 1
        return self.words


@pytest.mark.parametrize(
    ("text", "sure", "taken"),
    [("Mẫu", 90, True), ("Mẫu", 60, False), ("M", 95, False), ("(~-a", 95, False), ("XÁC)", 96, True)],
)
def test_only_sure_words_of_letters_are_taken(text: str, sure: float, taken: bool) -> None:
    reader = Replayed(Word(text, (50, 60, 120, 90), sure, 0))
    assert (len(read_lost_words(reader, page(), DPI, [TITLE], [])) == 2) is taken


def test_what_is_known_is_not_read_again() -> None:
    reader = Replayed()
    assert read_lost_words(reader, page(), DPI, [TITLE], [(680, 1460, 1320, 1800)]) == [TITLE]
    assert read_lost_words(reader, page(frame=True), DPI, [TITLE, INSIDE], []) == [TITLE, INSIDE]
    assert reader.parts == 0


def test_a_word_that_was_read_is_not_taken_twice(engine: Engine) -> None:
    name = Word("Trần Văn Mẫu", (950, 1690, 1210, 1740), 96, 6)
    texts = [word.text for word in read_lost_words(engine, page(), DPI, [TITLE, name], [])]
    assert "TỊCH" in texts
    assert "Văn" not in texts


@pytest.mark.parametrize("size", [(1, 1), (4, 900), (900, 4), (40, 40), (300, 200)])
def test_pages_of_any_size_are_looked_at(size: tuple[int, int]) -> None:
    assert read_lost_words(Replayed(), np.full(size, 200, np.uint8), DPI, [], []) == []
