"""What packing and reading ask of an upright page: gray at full size, the rest only small or only where it is needed.

Resampling colour at full size costs as much as all of packing, and a layered page shows hardly any of it.
"""

from __future__ import annotations

from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from app.pixels import Pixels, shrink, to_gray

Place = tuple[int, int, int, int]


class Sheet(Protocol):
    """An upright page; pixels are uint8, height x width x 3 BGR or height x width gray."""

    @property
    def width(self) -> int:
        """Pixels across."""
        ...

    @property
    def height(self) -> int:
        """Pixels down."""
        ...

    @property
    def dpi(self) -> int:
        """Dots per inch."""
        ...

    @property
    def light(self) -> Pixels:
        """The whole page, height x width gray."""
        ...

    def whole(self) -> Pixels:
        """Give the whole page in its colours."""
        ...

    def small(self, dpi: int) -> Pixels:
        """Give the whole page in its colours at ``dpi``, never enlarged."""
        ...

    def part(self, place: Place) -> Pixels:
        """Give a part of the page in its colours; ``place`` is left, top, right, bottom in its pixels."""
        ...

    def samples(self, columns: NDArray[np.intp], rows: NDArray[np.intp]) -> NDArray[np.uint8]:
        """Give the colours of single pixels, n x 3 BGR or n gray, as near as the scan has them."""
        ...


class DrawnSheet:
    """A page whose pixels are all there (uint8, height x width x 3 BGR or height x width gray)."""

    def __init__(self, pixels: Pixels, dpi: int) -> None:
        self._pixels = pixels
        self.height, self.width = pixels.shape[:2]
        self.dpi = dpi

    @cached_property
    def light(self) -> Pixels:
        """See ``Sheet.light``."""
        return to_gray(self._pixels)

    def whole(self) -> Pixels:
        """See ``Sheet.whole``."""
        return self._pixels

    def small(self, dpi: int) -> Pixels:
        """See ``Sheet.small``."""
        return shrink(self._pixels, dpi / self.dpi)

    def part(self, place: Place) -> Pixels:
        """See ``Sheet.part``."""
        left, top, right, bottom = place
        return np.ascontiguousarray(self._pixels[top:bottom, left:right])

    def samples(self, columns: NDArray[np.intp], rows: NDArray[np.intp]) -> NDArray[np.uint8]:
        """See ``Sheet.samples``."""
        return self._pixels[rows, columns]
