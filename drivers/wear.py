"""What age and dirt do to the practice scanner's pictures, so that the check of a scanner can be tried on a bad one."""

from __future__ import annotations

import io
from dataclasses import dataclass

from PIL import Image, ImageDraw

from drivers.backend import pixels_of
from drivers.contract import ScanRequest
from drivers.images import encode_page, open_image

_DIRT = (150, 150, 150)
_DIRT_MM = 0.4


@dataclass(frozen=True)
class Wear:
    """How worn it is.

    ``lean``: degrees clockwise by which sheets go in askew; ``streak``: millimetres from the left at which there is dirt
    on the glass, 0 for none; ``yellow``: share of blue that the lamp lost; ``true_dpi``: dots per inch that its lens can
    tell apart, 0 for as many as asked.
    """

    lean: float = 0.0
    streak: float = 0.0
    yellow: float = 0.0
    true_dpi: float = 0.0

    def worn(self, data: bytes, suffix: str, request: ScanRequest) -> tuple[bytes, str]:
        """Give a page file and its suffix as such a scanner would send it."""
        if self == Wear():
            return data, suffix
        with open_image(io.BytesIO(data)) as image:
            page = image.convert("RGB")
        if self.lean:
            page = page.rotate(-self.lean, Image.Resampling.BICUBIC, fillcolor="white")
        if 0 < self.true_dpi < request.dpi:
            share = self.true_dpi / request.dpi
            coarse = page.resize((round(page.width * share), round(page.height * share)), Image.Resampling.BOX)
            page = coarse.resize(page.size, Image.Resampling.BICUBIC)
        if self.yellow:
            red, green, blue = page.split()
            page = Image.merge("RGB", (red, green, blue.point([round(level * (1 - self.yellow)) for level in range(256)])))
        if self.streak:
            left = pixels_of(self.streak, request.dpi)
            width = pixels_of(_DIRT_MM, request.dpi)
            ImageDraw.Draw(page).rectangle((left, 0, left + width - 1, page.height), fill=_DIRT)
        return encode_page(page, request.mode, request.dpi)
