"""How a layered page compares with the page it was made from: its text read again, its seals and signatures looked at."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pypdfium2
from numpy.typing import NDArray

from app.imaging.geometry import map_points, matrix, render
from app.imaging.raster import read_image
from app.model.page_findings import Geometry
from app.output.similarity import ssim
from app.pixels import to_gray
from app.recognition.ocr import choose_engine
from app.recognition.seals import without_seals
from app.sheets import DrawnSheet
from tests.bench.scoring import Truth, character_errors, middle

_MARKS = ("seals", "signatures")


def measure_packed(pages: list[Truth], found: dict[str, Any], out: Path) -> list[tuple[str, str, str]]:
    """Read the PDFs that were made once more, from their pixels, and compare their seals and signatures by SSIM."""
    engine = choose_engine()
    again, first, likeness = [], [], []
    for truth in pages:
        report = found[truth["id"]]
        path = out / f"{truth['id']}.pdf"
        shown = draw(path, truth["dpi"])
        # Read as the original was: with the seals taken away that lie over print.
        words = [] if report["blank"] else engine.read_words(without_seals(DrawnSheet(shown, truth["dpi"])), truth["dpi"])
        lines: dict[int, list[str]] = {}
        for word in words:
            lines.setdefault(word.line, []).append(word.text)
        again.append((truth, "\n".join(" ".join(line) for line in lines.values())))
        first.append((truth, report["text"]))
        likeness += marks(truth, report, to_gray(shown))
    before, after = character_errors(first)[0], character_errors(again)[0]
    return [
        ("CER of the layered page less that of the original, points", f"{after - before:+.2f}", "0.3"),
        (
            f"SSIM of {len(likeness)} seals and signatures: least / median",
            f"{min(likeness, default=0):.3f} / {middle(likeness):.3f}",
            "0.95",
        ),
    ]


def draw(path: Path, dpi: int) -> NDArray[np.uint8]:
    """Give a PDF's first page as pdfium draws it: uint8, height x width x 3 BGR."""
    with pypdfium2.PdfDocument(path) as pdf:
        return np.ascontiguousarray(pdf[0].render(scale=dpi / 72).to_numpy()[:, :, :3])


def marks(truth: Truth, report: dict[str, Any], shown: NDArray[np.uint8]) -> list[float]:
    """Give the likeness of each seal and signature of a page to the original, cut out as the page was."""
    raster = read_image(truth["path"])
    a, b, c, d = ((float(x), float(y)) for x, y in report["quad"])
    geometry = Geometry((a, b, c, d), -report["orientation"] % 360)
    original = to_gray(render(raster, geometry))
    likeness = []
    for mark in (mark for kind in _MARKS for mark in truth[kind]):
        corners = np.array(map_points(matrix(geometry), tuple(map(tuple, mark["quad"]))))
        left, top = np.maximum(corners.min(axis=0).astype(int), 0)
        right, bottom = corners.max(axis=0).astype(int)
        one, other = (picture[top:bottom, left:right] for picture in (original, shown))
        if one.shape == other.shape and min(one.shape) > 12:
            likeness.append(ssim(one, other))
    return likeness


cv2.setNumThreads(1)
