"""Which way up a page lies: by how well it reads as it lies, else Tesseract's own answer, else which way reads better."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from app.model.page_findings import TURNS, Word
from app.pixels import find_marks, shrink
from app.recognition.ocr import Engine
from app.recognition.standing import standing

Gray = NDArray[np.uint8]

WORKING_DPI = 150
# Below this Tesseract's answer is settled by reading; its own scale, on which 15 is sure.
_SURE = 6.0
_BAND_MM = 50.0
_LETTER_MM = (1.0, 8.0)
_EDGE_MM = 3.0
# Reading must favour a turned page this clearly before an upright one is turned.
_CLEARLY = 1.3
_LEAST_READ = 600.0
_GOOD_WORD = 60.0
# So many letters in words read with such confidence, and such a share of all letters, are not read upside down.
_SURE_WORD, _ENOUGH_LETTERS, _MOSTLY = 85.0, 60, 0.6
# Lines that look upside down by so many standard deviations are worth being read so first.
_CLEARLY_TURNED = 2.0
_ACROSS, _DOWN = (0, 180), (90, 270)
_UNTURN = {90: cv2.ROTATE_90_COUNTERCLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_CLOCKWISE}


@dataclass(frozen=True)
class Orientation:
    """How far the content is turned clockwise (0, 90, 180, 270), and how surely: 0 to 1."""

    degrees: int
    confidence: float


def find_orientation(engine: Engine, gray: Gray, dpi: int) -> Orientation:
    """Tell which way a cut-out, straight page lies (gray: uint8, height x width; dpi: dots per inch).

    The turn that the shape of the lines speaks for is tried on the busiest part of the page. 0 with confidence 0 where
    nothing readable is on it.
    """
    guess = guess_turn(gray, dpi)
    upright = _upright(gray, guess)
    factor = min(1.0, WORKING_DPI / dpi)
    letters, _ = _letters(shrink(upright, factor), round(dpi * factor))
    sure = surely_upright(engine.read_words(_band(upright, letters, dpi), dpi))
    return Orientation(guess, sure) if sure else settle_orientation(engine, gray, dpi)


def settle_orientation(engine: Engine, gray: Gray, dpi: int) -> Orientation:
    """Tell which way a page lies whose lines did not read well as they seem to lie: by Tesseract's answer, or reading it."""
    factor = min(1.0, WORKING_DPI / dpi)
    small = shrink(gray, factor)
    degrees, confidence = engine.read_orientation(small)
    if confidence >= _SURE:
        return Orientation(degrees, min(1.0, confidence / 15))
    return _settled_by_reading(engine, small, round(dpi * factor))


def guess_turn(gray: Gray, dpi: int) -> int:
    """Guess how far the content of a straight page is turned clockwise, by the shape of its lines: to be shown by reading it.

    0 where the lines tell nothing.
    """
    factor = min(1.0, WORKING_DPI / dpi)
    letters, boxes = _letters(shrink(gray, factor), round(dpi * factor))
    ways = _along_lines(letters)
    if ways == _ACROSS:
        return 180 if standing(letters, boxes, round(dpi * factor)) < -_CLEARLY_TURNED else 0
    if ways != _DOWN:
        return 0
    level = _upright(letters, 90)
    # A quarter turn back: what was x counts from the other side, as the new y.
    left, top, width, height = (boxes[:, field] for field in range(4))
    turned = np.stack([top, letters.shape[1] - left - width, height, width], axis=1)
    return 90 if standing(level, turned, round(dpi * factor)) > 0 else 270


def surely_upright(words: Iterable[Word]) -> float:
    """Give how surely words that were read from a page as it lies show that it is upright, 0 (not) to 1.

    Of a page upside down Tesseract reads a tenth of the letters with such confidence, of one that is upright nine tenths.
    """
    well = total = 0
    for word in words:
        letters = sum(letter.isalnum() for letter in word.text)
        total += letters
        well += letters if word.confidence >= _SURE_WORD and len(word.text) > 1 and _lies(word) else 0
    share = well / max(1, total)
    return share if well >= _ENOUGH_LETTERS and share >= _MOSTLY else 0.0


def _settled_by_reading(engine: Engine, gray: Gray, dpi: int) -> Orientation:
    """Read the busiest band of the page in each of the ways its lines allow, and compare."""
    letters, _ = _letters(gray, dpi)
    worth = {
        degrees: _worth(engine, _band(_upright(gray, degrees), _upright(letters, degrees), dpi), dpi)
        for degrees in _along_lines(letters)
    }
    best = max(worth, key=lambda degrees: worth[degrees])
    others = max((worth[degrees] for degrees in worth if degrees != best), default=0.0)
    if worth[best] < _LEAST_READ or (best != 0 and worth[best] < _CLEARLY * worth.get(0, 0.0)):
        return Orientation(0, 0.0)
    return Orientation(best, min(1.0, 1 - others / worth[best]))


def _upright(gray: Gray, degrees: int) -> Gray:
    return np.asarray(cv2.rotate(gray, _UNTURN[degrees]), dtype=np.uint8) if degrees else gray


def _letters(gray: Gray, dpi: int) -> tuple[Gray, NDArray[np.int32]]:
    """Give 1 where there are marks of a letter's size, no bars, seals, frames and specks; and their boxes."""
    dark = cv2.adaptiveThreshold(gray, 1, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 25, 20)
    marks = find_marks(np.asarray(dark, dtype=np.uint8))
    boxes = marks.boxes
    size = np.maximum(boxes[:, cv2.CC_STAT_WIDTH], boxes[:, cv2.CC_STAT_HEIGHT]) * 25.4 / dpi
    fits = (size >= _LETTER_MM[0]) & (size <= _LETTER_MM[1])
    fits[0] = False
    letters = marks.picked(fits)
    edge = round(_EDGE_MM * dpi / 25.4)
    letters[:edge], letters[-edge:], letters[:, :edge], letters[:, -edge:] = 0, 0, 0, 0
    return letters, boxes[fits]


def _along_lines(letters: Gray) -> tuple[int, ...]:
    """Give the turns worth trying: where rows of ink are much sharper than columns, the lines lie across, and so on."""
    rows, columns = (float(np.square(np.diff(letters.sum(axis=axis, dtype=np.int64))).sum()) for axis in (1, 0))
    if rows > 2 * columns:
        return _ACROSS
    return _DOWN if columns > 2 * rows else TURNS


def _band(gray: Gray, letters: Gray, dpi: int) -> Gray:
    """Cut out the rows with the most letters; ``letters`` may be smaller than the page."""
    scale = gray.shape[0] / letters.shape[0]
    high = min(gray.shape[0], round(_BAND_MM * dpi / 25.4))
    ink = letters.sum(axis=1, dtype=np.int64)
    start = int(np.convolve(ink, np.ones(max(1, int(high / scale)), np.int64), mode="valid").argmax() * scale)
    return np.ascontiguousarray(gray[start : start + high])


def _worth(engine: Engine, band: Gray, dpi: int) -> float:
    """Give how much was read well: the confidence of good words, each letter counted.

    Words that stand on end are left out: Tesseract turns blocks of them by itself, and would read them in any way.
    """
    words = engine.read_words(band, dpi)
    return sum(
        word.confidence * sum(letter.isalnum() for letter in word.text)
        for word in words
        if word.confidence >= _GOOD_WORD and len(word.text) > 1 and _lies(word)
    )


def _lies(word: Word) -> bool:
    left, top, right, bottom = word.box
    return right - left > bottom - top
