"""Scores of what was found on pages against their truth; the measures are described in docs/pages.md."""

from __future__ import annotations

import math
import re
import statistics
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

import cv2
import numpy as np
from rapidfuzz.distance import Levenshtein

Truth = dict[str, Any]
HAND = "viet_tay"  # handwriting-like pages are left out of the figures for print
_SAME = str.maketrans({"–": "-", "—": "-", "‐": "-", "−": "-", "“": '"', "”": '"', "‘": "'", "’": "'", "…": " ", "|": " "})


def plain(text: str) -> str:
    """Give text as it is compared: NFC, one dash, plain quotes, rows of dots dropped, white space collapsed."""
    text = unicodedata.normalize("NFC", text).translate(_SAME)
    return " ".join(re.sub(r"(?:[.·_]\s?){3,}", " ", text).split())


def printed_pieces(truth: Truth) -> list[str]:
    """Give the printed pieces of whole lines, handwriting left out."""
    pieces = []
    for line in truth["lines"]:
        if line["clipped"]:
            continue
        runs = [run["text"] if run["script"] == "print" else "\0" for run in line["runs"]]
        pieces += [plain(piece) for piece in " ".join(runs).split("\0")]
    return [piece for piece in pieces if len(piece) >= 3]


def place_errors(piece: str, text: str) -> int:
    """Give the edit distance of a piece to its best place anywhere in a text (Sellers, 1980)."""
    if not text:
        return len(piece)
    letters = np.array([ord(letter) for letter in text])
    steps = np.arange(len(letters) + 1)
    row = np.zeros(len(letters) + 1, np.int64)
    for number, letter in enumerate(piece, start=1):
        new = np.empty_like(row)
        new[0] = number
        new[1:] = np.minimum(row[:-1] + (letters != ord(letter)), row[1:] + 1)
        row = np.minimum.accumulate(new - steps) + steps
    return min(len(piece), int(row.min()))


def character_errors(pages: Iterable[tuple[Truth, str]]) -> tuple[float, float]:
    """Give, in percent, errors a printed letter wherever its line was read, and errors of whole pages in reading order."""
    letters = wrong = strict_letters = strict_wrong = 0
    for truth, text in pages:
        if truth["kind"] == HAND or truth["blank"]:
            continue
        read = plain(text)
        for piece in printed_pieces(truth):
            letters += len(piece)
            wrong += place_errors(piece, read)
        whole = plain(" ".join(line["text"] for line in truth["lines"]))
        strict_letters += len(whole)
        strict_wrong += Levenshtein.distance(whole, read)
    return 100 * wrong / max(1, letters), 100 * strict_wrong / max(1, strict_letters)


def overlap(truth: Truth, quad: Sequence[Sequence[float]]) -> float:
    """Give the intersection of the found sheet with the true one over their union, both cut to the frame."""
    width, height = truth["width"], truth["height"]
    frame = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    areas, shapes = [], []
    for corners in (truth["page_quad"], quad):
        area, shape = cv2.intersectConvexConvex(cv2.convexHull(np.array(corners, np.float32)), frame)
        areas.append(area)
        shapes.append(shape)
    if min(areas) <= 0:
        return 0.0
    common, _ = cv2.intersectConvexConvex(*(cv2.convexHull(shape) for shape in shapes))
    return float(common / (sum(areas) - common))


def corner_error(truth: Truth, quad: Sequence[Sequence[float]]) -> float:
    """Give the largest distance of a corner from its true place in millimetres, whichever corner comes first."""
    best = math.inf
    true = [tuple(corner) for corner in truth["page_quad"]]
    for order in (list(quad), list(quad)[::-1]):
        for shift in range(4):
            pairs = zip(true, order[shift:] + order[:shift], strict=True)
            best = min(best, max(math.dist(one, other) for one, other in pairs))
    return best * 25.4 / truth["dpi"]


def share(values: Sequence[float], percent: float) -> float:
    """Give a percentile, between the two nearest values."""
    return float(np.percentile(values, percent)) if len(values) else math.nan


def middle(values: Sequence[float]) -> float:
    """Give the median."""
    return statistics.median(values) if values else math.nan
