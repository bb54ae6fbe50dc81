"""Read an upright page: seals taken away where they lie over print, words in the order in which a person reads them."""

from __future__ import annotations

from app.model.page_findings import Word
from app.recognition.ocr import Engine
from app.recognition.reading_order import in_reading_order
from app.recognition.seals import without_seals
from app.recognition.tables import find_tables
from app.sheets import Sheet


def read_sheet(engine: Engine, sheet: Sheet) -> list[Word]:
    """Give the words of a straight, upright page in reading order; boxes are in its pixels."""
    gray = without_seals(sheet)
    return in_reading_order(engine.read_words(gray, sheet.dpi), find_tables(gray, sheet.dpi))
