"""Words that Tesseract's layout analysis lost: beside seals, stamps and signatures it takes whole lines for a picture.

Where there is ink but no word, the part of the page is read once more for words anywhere on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import cv2
import numpy as np

from app.model.page_findings import Box, Word
from app.pixels import Pixels, find_marks, shrink
from app.recognition.ocr import Engine

_LOOK_DPI = 50
_MM = _LOOK_DPI / 25.4
# Ink is darker than this share of the paper around it, which is looked for within so many pixels.
_INK, _AROUND = 0.85, 15
# Ink so near to each other, across and down, is one part; a part that may hold lost words is at least so wide and high, at
# most so high, and has so much ink of its own. In mm and mm2.
_JOIN = (6.0, 4.0)
_WIDE, _HIGH, _HIGHEST, _LEAST_INK = 18.0, 3.0, 90.0, 12.0
# The rim of the sheet, where its edge and shadows lie, and what is cut out around a part, in mm.
_RIM, _PAD = 4.0, 2.0
# At most so many parts of a page are read again, the largest first, and so sure must words there be: rims of seals and
# strokes of a pen read as a letter or two.
_MOST, _SURE, _LETTERS = 3, 75, 2
# A part of which more than this share is known is the frame around it. Words that were read share less of their area.
_FRAMED, _RIM_SHARE = 0.25, 0.3


def read_lost_words(engine: Engine, gray: Pixels, dpi: int, words: Sequence[Word], known: Iterable[Box]) -> list[Word]:
    """Give the words of a page (gray: uint8, height x width; dpi: dots per inch) with those that were lost among its ink.

    ``known`` are boxes of what is not to be looked at: codes and tables.
    """
    found, seen = list(words), [*known, *(word.box for word in words)]
    number = max((word.line for word in words), default=-1) + 1
    for left, top, right, bottom in _parts_without_words(gray, dpi, seen):
        read = engine.read_scattered(np.ascontiguousarray(gray[top:bottom, left:right]), dpi)
        for word in read:
            a, b, c, d = word.box
            box = (a + left, b + top, c + left, d + top)
            if _is_sure(word) and not any(_overlap(box, other) for other in seen):
                found.append(replace(word, box=box, line=number + word.line))
        number += max((word.line for word in read), default=-1) + 1
    return found


def _is_sure(word: Word) -> bool:
    return word.confidence >= _SURE and sum(map(str.isalnum, word.text)) >= max(_LETTERS, len(word.text) / 2)


def _overlap(one: Box, two: Box) -> bool:
    """Tell whether two boxes share more than a rim of the first."""
    across, down = min(one[2], two[2]) - max(one[0], two[0]), min(one[3], two[3]) - max(one[1], two[1])
    return across > 0 and down > 0 and across * down > _RIM_SHARE * (one[2] - one[0]) * (one[3] - one[1])


def _parts_without_words(gray: Pixels, dpi: int, known: Iterable[Box]) -> Iterator[tuple[int, int, int, int]]:
    """Give the largest parts with ink and nothing ``known`` on it: left, top, right, bottom in pixels of the page."""
    small = shrink(gray, _LOOK_DPI / dpi)
    paper = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((_AROUND, _AROUND), np.uint8))
    ink = np.asarray(cv2.compare(small, cv2.convertScaleAbs(paper, alpha=_INK), cv2.CMP_LT), dtype=np.uint8)
    across, down = gray.shape[1] / small.shape[1], gray.shape[0] / small.shape[0]
    covered = np.zeros_like(ink)
    for left, top, right, bottom in known:
        rows = slice(max(0, int(top / down) - 1), int(bottom / down) + 2)
        covered[rows, max(0, int(left / across) - 1) : int(right / across) + 2] = 255
    ink[covered > 0] = 0
    rim = round(_RIM * _MM)
    inner = np.zeros_like(ink)
    inner[rim:-rim, rim:-rim] = ink[rim:-rim, rim:-rim]
    joined = cv2.morphologyEx(inner, cv2.MORPH_CLOSE, np.ones((round(_JOIN[1] * _MM) | 1, round(_JOIN[0] * _MM) | 1), np.uint8))
    parts = []
    for left, top, wide, high, _ in find_marks(np.asarray(joined, dtype=np.uint8)).boxes[1:].tolist():
        place = slice(top, top + high), slice(left, left + wide)
        own, framed = cv2.countNonZero(inner[place]), cv2.countNonZero(covered[place]) > _FRAMED * wide * high
        if not framed and wide >= _WIDE * _MM and _HIGH * _MM <= high <= _HIGHEST * _MM and own >= _LEAST_INK * _MM**2:
            parts.append((own, left, top, left + wide, top + high))
    pad = round(_PAD * dpi / 25.4)
    for _, left, top, right, bottom in sorted(parts, reverse=True)[:_MOST]:
        yield (
            max(0, round(left * across) - pad),
            max(0, round(top * down) - pad),
            min(gray.shape[1], round(right * across) + pad),
            min(gray.shape[0], round(bottom * down) + pad),
        )
