"""Streaks that dirt on the glass of a feeder leaves: thin straight lines along the way of the paper, edge to edge."""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np
from numpy.typing import NDArray

from app.model.page_findings import Box, Quad
from app.pixels import Pixels

# Gray levels by which a streak differs from both of its sides; millimetres to each side; its greatest width.
_STEP = 3.0
_ASIDE_MM = 0.9
_WIDEST_MM = 1.5
# A streak shows in all parts of the sheet but so many; a printed rule ends before the first or the last.
_PARTS = 24
_PARTS_LOST = 3
_MOST = 12
# A sheet's own edge is as straight as a streak: so far from it (mm), and in so much of the sheet's height.
_EDGE_MM = 3.0
# So far on each side of a streak its rim is looked for (mm), in every so many rows.
_LIFTED_MM = 0.6
_EVERY = 7
_WITHIN = 0.9


def find_streaks(gray: Pixels, dpi: int, sheet: Quad) -> tuple[tuple[int, int], ...]:
    """Find streaks on a scan (gray: uint8, height x width, about 100 dpi) within ``sheet`` (in its pixels).

    Gives first column and column after the last of each, from the left.
    """
    aside = max(2, round(_ASIDE_MM * dpi / 25.4))
    rows, columns = _inside(gray.shape[:2], sheet, round(_EDGE_MM * dpi / 25.4))
    if gray.shape[1] <= 4 * aside or len(rows) < 4 * _PARTS:
        return ()
    plane = gray[rows]
    one, other, middle = plane[:, : -2 * aside], plane[:, 2 * aside :], plane[:, aside:-aside]
    seen = np.zeros(gray.shape[1], np.bool_)
    # Bytes that would fall below 0 stay there.
    for difference in (cv2.subtract(cv2.min(one, other), middle), cv2.subtract(middle, cv2.max(one, other))):
        # Where half of a part's rows show the step, so does their median.
        parts = [2 * np.count_nonzero(part, axis=0) >= len(part) for part in np.array_split(difference >= _STEP, _PARTS)]
        enough = np.sum(parts, axis=0) >= _PARTS - _PARTS_LOST
        seen[aside:-aside] |= enough & parts[0] & parts[-1]
    found = tuple(_runs(seen & columns, round(_WIDEST_MM * dpi / 25.4)))
    return found if len(found) <= _MOST else ()


def mend_streaks(gray: Pixels, streaks: tuple[tuple[int, int], ...]) -> Pixels:
    """Paint over the streaks of a scan (uint8, height x width gray) from both sides; gives a copy. See ``find_streaks``."""
    mended = gray.copy()
    for start, end in streaks:
        left, right = max(0, start - 2), min(gray.shape[1] - 1, end + 1)
        weight = np.linspace(0, 1, right - left + 1)[1:-1]
        sides = gray[:, [left]] * (1 - weight) + gray[:, [right]] * weight
        mended[:, left + 1 : right] = sides.astype(np.uint8)
    return mended


def lift_streaks(gray: Pixels, streaks: Iterable[Box], dpi: int) -> Pixels:
    """Give the scan (uint8, height x width gray) with its streaks made as bright as what lies beside them.

    ``streaks`` are boxes in its pixels. Letters under a streak keep their contrast, where
    painting over it would cut them.
    """
    lifted = gray.copy()
    aside = max(3, round(_LIFTED_MM * dpi / 25.4))
    for left, top, right, bottom in streaks:
        start, end = max(0, int(left) - aside), min(gray.shape[1], int(right) + aside)
        rows = slice(max(0, int(top)), max(1, int(bottom)), _EVERY)
        level = np.median(gray[rows, start:end], axis=0)
        near = max(1, aside // 2)
        beside = np.linspace(float(np.median(level[:near])), float(np.median(level[-near:])), end - start)
        missing = np.where(np.abs(beside - level) < _STEP, 0, beside - level)
        lifted[:, start:end] = np.clip(gray[:, start:end] + missing, 0, 255).astype(np.uint8)
    return lifted


def _inside(shape: tuple[int, ...], sheet: Quad, edge: int) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Give the rows that the sheet covers over most of its width, and tell the columns that stay off its edges there."""
    mask = np.zeros(shape, np.uint8)
    cv2.fillConvexPoly(mask, np.array(sheet).round().astype(np.int32), 1)
    covered = mask.mean(axis=1)
    rows = np.flatnonzero(covered > 0.9 * covered.max(initial=0))
    inner = cv2.erode(mask, np.ones((1, 2 * edge + 1), np.uint8), borderValue=0)
    return rows, np.asarray(inner[rows].mean(axis=0) > _WITHIN if len(rows) else np.zeros(shape[1], np.bool_))


def _runs(seen: NDArray[np.bool_], widest: int) -> list[tuple[int, int]]:
    change = np.flatnonzero(np.diff(np.concatenate([[False], seen, [False]]).astype(np.int8)))
    return [(int(start), int(end)) for start, end in zip(change[::2], change[1::2], strict=True) if end - start <= widest]
