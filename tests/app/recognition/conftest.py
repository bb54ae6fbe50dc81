"""The sample pages with their truth, and the readers, opened once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from app.recognition.ocr import Engine, choose_engine
from resources import resource

TRUTH = Path(__file__).parents[2] / "pages"


@pytest.fixture(scope="session", params=["tesserocr", "pytesseract"])
def each_engine(request: pytest.FixtureRequest) -> Engine:
    return choose_engine(request.param)


@pytest.fixture(scope="session")
def engine() -> Engine:
    return choose_engine("tesserocr")


@pytest.fixture(scope="session")
def truths() -> dict[str, dict[str, Any]]:
    return {path.stem: json.loads(path.read_text()) for path in TRUTH.glob("*.json")}


@pytest.fixture(scope="session")
def upright(truths: dict[str, dict[str, Any]]) -> dict[str, NDArray[np.uint8]]:
    """Give each sample page cut out by its true corners, straight and upright, in gray."""
    made = {}
    for name, truth in truths.items():
        image = cv2.imread(str(resource(f"samples/pages/{name}.jpg")), cv2.IMREAD_GRAYSCALE)
        width, height = (round(side * truth["dpi"] / 25.4) for side in truth["size_mm"])
        target = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
        transform = cv2.getPerspectiveTransform(np.array(truth["page_quad"], np.float32), target)
        made[name] = cv2.warpPerspective(image, transform, (width, height), borderMode=cv2.BORDER_REPLICATE)
    return made
