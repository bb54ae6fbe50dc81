"""Look at a scan: where the sheet lies, how it leans, whether it is blank, what is wrong with it."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from app.imaging import edges, quality, skew
from app.imaging.cutoff import find_cut_off
from app.imaging.doubles import DOUBLE, find_double
from app.imaging.faint import WORKING_DPI as PALE_DPI
from app.imaging.faint import PaleMarks, find_pale_print
from app.imaging.geometry import cut_size, full_quad, map_points, matrix, render, rotate_quad
from app.imaging.intruders import find_intruders
from app.imaging.papers import find_papers
from app.imaging.raster import GLANCE_DPI, Raster
from app.imaging.streaks import find_streaks, mend_streaks
from app.model.page_findings import Box, Findings, Flaw, Geometry, Quad
from app.pixels import Pixels, shrink

# The sheet's edges are sought at their own, lower figure.
WORKING_DPI = GLANCE_DPI

# Two sides of a sheet on the glass fix where it lies; with one side the rest would be guessed.
_FEWEST_SIDES, _ALL_SIDES = 2, 4
# Around a small paper so many pixels of the lid are looked at; its sides and its outline differ by so many at most.
_MARGIN, _ALIKE = 24, 6
_LEAST_CONFIDENCE = 0.3


def detect(raster: Raster) -> Findings:
    """Find the sheet, its skew, whether it is blank and what is wrong; the orientation is left at 0 for the reader.

    Where the sheet is not seen surely, ``quad`` is the whole frame turned by the skew and ``edges_found`` is False.
    """
    gray = raster.light
    small = Raster(raster.glance, min(raster.dpi, WORKING_DPI))
    marks = skew.ink_mask(small.pixels, small.dpi)
    lean = _lean(small, marks)
    coarse = raster.small(edges.WORKING_DPI)
    papers = find_papers(coarse)
    quad, found, confidence = _sheet(raster, coarse, lean.angle, papers[0] if len(papers) == 1 else None)
    across, down = small.width / raster.width, small.height / raster.height
    placed = _scaled_quad(quad, across, down)
    streaks = find_streaks(small.pixels, small.dpi, placed)
    mended = Raster(mend_streaks(small.pixels, streaks), small.dpi) if streaks else small
    sheet = render(mended, Geometry(placed))
    ink = quality.measure_ink(sheet, small.dpi)
    pale = _pale_marks(gray, raster.dpi, quad, streaks, across) if ink.blank else None
    # Of a damaged picture nobody knows what was on the sheet.
    blank = ink.blank and not raster.damaged and not (pale and pale.print_there)
    kinds = quality.flags(skew=lean.angle, dpi=raster.dpi, ink=replace(ink, blank=blank), steepness=quality.sharpness(gray)) + (
        (quality.FAINT,) if pale and pale.doubtful and blank else ()
    )
    if raster.damaged:
        kinds = (quality.DAMAGED, *kinds)
    whole = _bounds(quad, raster.width, raster.height)
    flaws = [Flaw(kind, whole) for kind in kinds]
    flaws += [Flaw(quality.STREAK, (first / across, whole[1], last / across, whole[3])) for first, last in streaks]
    marks = skew.ink_mask(mended.pixels, small.dpi) if streaks else marks
    for left, top, right, bottom in find_cut_off(marks, small.dpi, placed):
        flaws.append(Flaw(quality.CUT_OFF, (left / across, top / down, right / across, bottom / down)))
    if small.dpi == WORKING_DPI:
        flaws += _laid_on(sheet, placed, across, down)
    warnings = tuple(dict.fromkeys(flaw.kind for flaw in flaws))
    scale = raster.width / coarse.shape[1], raster.height / coarse.shape[0]
    apart = tuple(_scaled_quad(paper, *scale) for paper in papers) if len(papers) > 1 else ()
    return Findings(quad, found, confidence, lean.angle, 0, 0.0, blank, ink.share, warnings, tuple(flaws), papers=apart)


def _laid_on(sheet: Pixels, placed: Quad, across: float, down: float) -> list[Flaw]:
    """Find what lies on the sheet and does not belong there; ``placed`` is at ``across`` and ``down`` of the scan's size."""
    double = find_double(sheet)
    found = [*find_intruders(sheet), *([(DOUBLE, double)] if double else [])]
    back = np.asarray(np.linalg.inv(matrix(Geometry(placed))), dtype=np.float64)
    flaws = []
    for kind, (left, top, right, bottom) in found:
        corners = map_points(back, ((left, top), (right, top), (right, bottom), (left, bottom)))
        xs, ys = [x / across for x, _ in corners], [y / down for _, y in corners]
        flaws.append(Flaw(kind, (min(xs), min(ys), max(xs), max(ys))))
    return flaws


def _pale_marks(gray: Pixels, dpi: int, quad: Quad, streaks: tuple[tuple[int, int], ...], across: float) -> PaleMarks:
    """Look closer at a page that seems blank; ``streaks`` are columns at ``across`` of the scan's size."""
    factor = min(1.0, PALE_DPI / dpi)
    closer = Raster(shrink(gray, factor), PALE_DPI)
    columns = tuple((int(first * factor / across), int(last * factor / across) + 1) for first, last in streaks)
    mended = Raster(mend_streaks(closer.pixels, columns), PALE_DPI)
    placed = _scaled_quad(quad, closer.width / gray.shape[1], closer.height / gray.shape[0])
    return find_pale_print(render(mended, Geometry(placed)))


def _bounds(quad: Quad, width: int, height: int) -> Box:
    """Give the box around the sheet that lies on the scan."""
    across, down = [point[0] for point in quad], [point[1] for point in quad]
    return (max(0.0, min(across)), max(0.0, min(down)), min(float(width), max(across)), min(float(height), max(down)))


def _lean(small: Raster, marks: Pixels) -> skew.Skew:
    """Read the angle off the lines of print or, on a page without, off the sheet's own edges."""
    print_lean = skew.find_skew(marks)
    if print_lean.confidence > 0:
        return print_lean
    smooth = cv2.GaussianBlur(small.pixels, (0, 0), 1.5)
    return skew.find_skew(np.asarray(cv2.Canny(smooth, 8, 20), dtype=np.uint8))


def _sheet(raster: Raster, small: Pixels, angle: float, alone: Quad | None) -> tuple[Quad, bool, float]:
    """Give the sheet's corners in pixels of the scan, whether they were seen, and how surely; ``small`` is at 75 dpi.

    ``alone`` is a small paper on the glass, whose sides may be in the wrong half of it for ``edges``.
    """
    across, down = raster.width / small.shape[1], raster.height / small.shape[0]
    if min(small.shape[:2]) >= edges.SMALLEST:
        seen = edges.find_edges(small, angle)
        if alone and (seen.sides < _ALL_SIDES or seen.confidence < _LEAST_CONFIDENCE):
            seen = _small_paper(small, angle, alone)
        quad = _scaled_quad(seen.quad, across, down)
        if seen.sides >= _FEWEST_SIDES and seen.confidence >= _LEAST_CONFIDENCE and min(cut_size(quad)) > 1:
            return quad, True, seen.confidence
    frame = full_quad(raster.width, raster.height)
    return rotate_quad(frame, angle, (raster.width / 2, raster.height / 2)), False, 0.0


def _small_paper(small: Pixels, angle: float, paper: Quad) -> edges.Edges:
    """Look for the sides of a paper close to where it lies; where they are not all as expected, its outline counts."""
    xs, ys = [x for x, _ in paper], [y for _, y in paper]
    left, top = max(0, round(min(xs) - _MARGIN)), max(0, round(min(ys) - _MARGIN))
    near = small[top : round(max(ys) + _MARGIN), left : round(max(xs) + _MARGIN)]
    seen = edges.find_edges(np.ascontiguousarray(near), angle)
    sizes = zip(sorted(cut_size(seen.quad)), sorted(cut_size(paper)), strict=True)
    if any(abs(found - outlined) > _ALIKE for found, outlined in sizes):
        return edges.Edges(paper, _ALL_SIDES, 1.0)
    a, b, c, d = ((x + left, y + top) for x, y in seen.quad)
    return edges.Edges((a, b, c, d), seen.sides, seen.confidence)


def _scaled_quad(quad: Quad, across: float, down: float) -> Quad:
    a, b, c, d = ((x * across, y * down) for x, y in quad)
    return (a, b, c, d)
