"""Read an upright page: seals taken away where they lie over print, words in the order in which a person reads them."""

from __future__ import annotations

from collections.abc import Sequence

from app.model.page_findings import Box, Word
from app.recognition.cells import read_cells_again
from app.recognition.lost_words import read_lost_words
from app.recognition.ocr import Engine
from app.recognition.preparation import whiten
from app.recognition.reading_order import in_reading_order
from app.recognition.seals import without_seals
from app.recognition.tables import find_tables
from app.sheets import Sheet

# A word that shares more than this of its area, or of the code's, with a code is bars that were taken for letters.
_SHARED = 0.5


def read_sheet(engine: Engine, sheet: Sheet, codes: Sequence[Box] = ()) -> list[Word]:
    """Give the words of a straight, upright page in reading order; boxes are in its pixels, those of its ``codes`` too."""
    gray = without_seals(sheet)
    # Photographs of labels have paper of many grays, on which Tesseract finds no line.
    words = engine.read_words(gray, sheet.dpi) or engine.read_words(whiten(gray), sheet.dpi)
    words = [word for word in words if not any(_is_of_code(word.box, code) for code in codes)]
    tables = find_tables(gray, sheet.dpi)
    if words:
        words = read_lost_words(engine, gray, sheet.dpi, words, [*codes, *(table.box for table in tables)])
    if tables:
        words = read_cells_again(engine, gray, sheet.dpi, words, tables)
    return in_reading_order(words, tables)


def _is_of_code(word: Box, code: Box) -> bool:
    """Tell letters read from bars; of bars side by side the code's own box may be but one line across them."""
    left, top, right, bottom = max(word[0], code[0]), max(word[1], code[1]), min(word[2], code[2]), min(word[3], code[3])
    least = min((box[2] - box[0] + 1) * (box[3] - box[1] + 1) for box in (word, code))
    return left <= right and top <= bottom and (right - left + 1) * (bottom - top + 1) > _SHARED * least
