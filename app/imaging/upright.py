"""An upright page of which only those pixels are resampled that are asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from app.imaging.geometry import map_points, matrix, output_size, render, render_part, turned_about
from app.imaging.raster import Raster
from app.imaging.streaks import lift_streaks
from app.model.page_findings import Barcode, Box, Geometry
from app.pixels import Pixels, shrink
from app.sheets import Place

# One bit a pixel loses modules of codes that are narrower than this, in pixels. A byte takes about twenty modules of a
# square code with its share of correction and marks; a letter takes eleven modules of Code 128, its ends take 35.
_FINE_SQUARE, _FINE_BAR = 5.7, 2.3
_A_BYTE, _A_LETTER, _ENDS = 20, 11, 35
# Paper around a code that belongs to it, in mm.
_QUIET_MM = 1.0


class UprightPage:
    """A scan seen through its geometry: cut out, straightened and turned, at the scan's scale.

    Raises BadCrop where the corners do not enclose a page, as soon as pixels are asked for.
    """

    def __init__(self, raster: Raster, geometry: Geometry) -> None:
        self._raster = raster
        self._geometry = geometry
        self.width, self.height = output_size(geometry)
        self.dpi = raster.dpi

    @cached_property
    def light(self) -> Pixels:
        """The whole page, height x width gray, resampled once."""
        try:
            return render(Raster(self._raster.light, self.dpi), self._geometry)
        finally:
            self._raster.forget_light()  # the scan's own gray has served; its memory is a fifth of the page's

    def turned(self, turn: int) -> Self:
        """Give the page turned clockwise by 0, 90, 180 or 270 degrees more; gray pixels that are there are only moved."""
        if not turn:
            return self
        page = type(self)(self._raster, replace(self._geometry, turn=(self._geometry.turn + turn) % 360))
        if "light" in self.__dict__:
            page.__dict__["light"] = turned_about(self.light, turn)
        return page

    def without_streaks(self, streaks: Sequence[Box]) -> Self:
        """Give the page with its gray free of streaks, for reading; ``streaks`` are boxes in pixels of the scan."""
        if not streaks:
            return self
        page = type(self)(self._raster, self._geometry)
        page.__dict__["light"] = render(Raster(lift_streaks(self._raster.light, streaks, self.dpi), self.dpi), self._geometry)
        self._raster.forget_light()
        return page

    def whole(self) -> Pixels:
        """Give the whole page in its colours."""
        return self.light if self._raster.gray else render(self._raster, self._geometry)

    def small(self, dpi: int) -> Pixels:
        """Give the whole page in its colours at ``dpi``, never enlarged."""
        if self._raster.gray:
            return shrink(self.light, dpi / self.dpi)
        pixels = self._raster.small(dpi)
        across, down = pixels.shape[1] / self._raster.width, pixels.shape[0] / self._raster.height
        a, b, c, d = ((x * across, y * down) for x, y in self._geometry.quad)
        return render(Raster(pixels, min(dpi, self.dpi)), replace(self._geometry, quad=(a, b, c, d)))

    def part(self, place: tuple[int, int, int, int]) -> Pixels:
        """Give a part of the page in its colours; ``place`` is left, top, right, bottom in its pixels."""
        left, top, right, bottom = place
        if self._raster.gray:
            return np.ascontiguousarray(self.light[top:bottom, left:right])
        return render_part(self._raster, self._geometry, place)

    def box_of(self, code: Barcode) -> Box:
        """Give the box around a code of the scan, in pixels of the page."""
        corners = np.array(map_points(matrix(self._geometry), code.quad))
        (left, top), (right, bottom) = corners.min(axis=0).tolist(), corners.max(axis=0).tolist()
        return (left, top, right, bottom)

    def fine_codes(self, codes: Iterable[Barcode]) -> tuple[Place, ...]:
        """Give the places of those ``codes`` of the scan whose modules are too narrow to be packed as print."""
        places = []
        pad = _QUIET_MM * self.dpi / 25.4
        for code in codes:
            left, top, right, bottom = self.box_of(code)
            if _is_fine(code, right - left, bottom - top):
                place = (
                    max(0, round(left - pad)),
                    max(0, round(top - pad)),
                    min(self.width, round(right + pad)),
                    min(self.height, round(bottom + pad)),
                )
                if place[0] < place[2] and place[1] < place[3]:  # the clerk may have cut the code off
                    places.append(place)
        return tuple(places)

    def samples(self, columns: NDArray[np.intp], rows: NDArray[np.intp]) -> NDArray[np.uint8]:
        """Give the scan's pixels nearest to pixels of the page, n x 3 BGR or n gray; what lies beyond it, at its rim."""
        places = np.stack([columns + 0.5, rows + 0.5, np.ones(len(columns))])
        x, y, scale = np.linalg.inv(matrix(self._geometry)) @ places
        across = np.clip((x / scale).astype(np.intp), 0, self._raster.width - 1)
        down = np.clip((y / scale).astype(np.intp), 0, self._raster.height - 1)
        return np.asarray(self._raster.pixels[down, across])


def _is_fine(code: Barcode, wide: float, high: float) -> bool:
    if code.type == "QRCode":
        return wide * high < _FINE_SQUARE**2 * _A_BYTE * len(code.value.encode())
    return code.type == "Code128" and max(wide, high) < _FINE_BAR * (_A_LETTER * len(code.value) + _ENDS)
