"""Sample pages with their truth, and pages drawn on a lid."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from app.imaging.raster import Raster, read_image
from resources import resource

TRUTH = Path(__file__).parents[2] / "pages"
FONTS = ("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf", "/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf")


@dataclass(frozen=True)
class Sample:
    path: Path
    truth: dict[str, Any]

    def read(self) -> Raster:
        return read_image(self.path)


@pytest.fixture(scope="session")
def samples() -> dict[str, Sample]:
    folder = resource("samples/pages")
    found = {path.stem: Sample(path, json.loads((TRUTH / f"{path.stem}.json").read_text())) for path in folder.glob("*.jpg")}
    assert len(found) == 8
    return found


@pytest.fixture(scope="session")
def font() -> ImageFont.FreeTypeFont:
    for path in FONTS:
        if Path(path).exists():
            return ImageFont.truetype(path, 26)
    pytest.fail(f"none of these fonts is installed: {FONTS}")


@pytest.fixture(scope="session")
def draw_sheet(font: ImageFont.FreeTypeFont) -> Callable[..., Raster]:
    """Give a scan at 150 dpi of an A5 sheet with ``lines`` of print, on a lid of one gray level, turned by ``angle``."""

    def draw(lines: int = 24, lid: int = 30, angle: float = 0.0, paper: int = 248) -> Raster:
        sheet = Image.new("L", (874, 1240), paper)
        pen = ImageDraw.Draw(sheet)
        for number in range(lines):
            pen.text((90, 90 + number * 44), "Cộng hoà xã hội chủ nghĩa Việt Nam, Độc lập", font=font, fill=40)
        turn = cv2.getRotationMatrix2D((437, 620), -angle, 1.0)
        turn[:, 2] += (120, 130)
        canvas = cv2.warpAffine(np.asarray(sheet), turn, (1120, 1500), flags=cv2.INTER_CUBIC, borderValue=lid)
        noise = np.random.default_rng(7).normal(0, 2, canvas.shape)
        return Raster((canvas + noise).clip(0, 255).astype(np.uint8), 150)

    return draw
