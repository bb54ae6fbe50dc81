"""Makes the pictures of docs/pages.md from the sample pages: ``python -m tests.bench.illustrations [--out FOLDER]``."""

from __future__ import annotations

import argparse
import json
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
import pypdfium2

from app.imaging.cleanup import clean
from app.imaging.detection import detect
from app.imaging.explain import draw_findings
from app.imaging.geometry import map_points, matrix, render
from app.imaging.raster import Raster, read_image, write_jpeg
from app.model.page_findings import Geometry, Quad
from app.output.layers import Way
from app.output.packing import pack
from app.output.pdfa import PdfMetadata, PdfPage, write_pdfa
from app.pipeline.explain import explain
from app.pipeline.page_work import WorkOptions
from app.pixels import Pixels, shrink
from app.recognition.ocr import choose_engine
from app.recognition.reading import read_sheet
from app.recognition.tables import find_tables
from app.sheets import DrawnSheet
from resources import resource
from tests.bench.scoring import Truth

_TRUTH = Path(__file__).parents[1] / "pages"
_GAP = 16


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("docs/images/pages"))
    out = parser.parse_args().out
    made = {
        "explained": explained("smoke_001_quyet_dinh"),
        "straightened": straightened("smoke_004_trich_luc"),
        "layered-seal": seal("smoke_001_quyet_dinh"),
        "three-ways": three_ways("smoke_005_don"),
        "cleaned": cleaned("smoke_005_don"),
        "reading-order": reading_order("smoke_003_tiep_nhan"),
        "laid-on": laid_on("smoke_005_don"),
        "papers": papers("smoke_006_cccd_card"),
    }
    for name, picture in made.items():
        write_jpeg(out / f"{name}.jpg", picture, 100, quality=72)


def sample(name: str) -> tuple[Path, Raster, Truth]:
    """Give a sample page's file, pixels and truth."""
    path = resource(f"samples/pages/{name}.jpg")
    return path, read_image(path), json.loads((_TRUTH / f"{name}.json").read_text())


def upright(raster: Raster, truth: Truth) -> tuple[Pixels, Geometry]:
    """Give the page as the program cuts it out, and how."""
    geometry = Geometry(detect(raster).quad, -truth["orientation"] % 360)
    return render(raster, geometry), geometry


def beside(*pictures: Pixels, high: int = 620) -> Pixels:
    """Put pictures side by side at one height, on white."""
    columns: list[Pixels] = []
    for picture in pictures:
        colour = picture if picture.ndim == 3 else np.asarray(cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR), dtype=np.uint8)
        size = (round(colour.shape[1] * high / colour.shape[0]), high)
        columns += [
            np.asarray(cv2.resize(colour, size, interpolation=cv2.INTER_AREA), dtype=np.uint8),
            np.full((high, _GAP, 3), 255, np.uint8),
        ]
    return np.hstack(columns[:-1])


def explained(name: str) -> Pixels:
    """What each stage found on a page."""
    return shrink(explain(sample(name)[0], 0, WorkOptions()).picture, 0.6)


def straightened(name: str) -> Pixels:
    """A scan, and the page as it is kept."""
    _, raster, truth = sample(name)
    return beside(raster.pixels, upright(raster, truth)[0])


def shown(pixels: Pixels, dpi: int, way: Way) -> Pixels:
    """Give what pdfium draws of a page packed in one of the three ways."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.pdf"
        write_pdfa(path, [PdfPage.from_layers(pack(pixels, dpi, way))], PdfMetadata("a", datetime(2026, 1, 1, tzinfo=UTC), "a"))
        with pypdfium2.PdfDocument(path) as pdf:
            return np.ascontiguousarray(pdf[0].render(scale=dpi / 72).to_numpy()[:, :, :3])


def seal(name: str) -> Pixels:
    """A seal over print at its full size: the scan, and the layered page."""
    _, raster, truth = sample(name)
    pixels, geometry = upright(raster, truth)
    corners = np.array(map_points(matrix(geometry), tuple((x, y) for x, y in truth["seals"][0]["quad"])))
    (left, top), (right, bottom) = (corners.min(axis=0) - 60).astype(int), (corners.max(axis=0) + 60).astype(int)
    parts = (picture[max(0, top) : bottom, max(0, left) : right] for picture in (pixels, shown(pixels, raster.dpi, "layered")))
    return beside(*parts, high=520)


def three_ways(name: str) -> Pixels:
    """The same lines of a form packed faithfully, in layers, and as bits."""
    _, raster, truth = sample(name)
    pixels, _ = upright(raster, truth)
    ways: tuple[Way, ...] = ("faithful", "layered", "bitonal")
    return np.vstack([shown(pixels, raster.dpi, way)[500:680, 250:1150] for way in ways])


def cleaned(name: str) -> Pixels:
    """A page before and after cleaning."""
    _, raster, truth = sample(name)
    pixels, _ = upright(raster, truth)
    return beside(pixels, clean(pixels, raster.dpi))


def reading_order(name: str) -> Pixels:
    """The way through a page's words as Tesseract gives them, and as they are kept, with the cells of its table."""
    _, raster, truth = sample(name)
    sheet = DrawnSheet(upright(raster, truth)[0], raster.dpi)
    ruled = sheet.whole().copy()
    for cell in (cell for table in find_tables(sheet.light, sheet.dpi) for cell in table.cells):
        left, top, right, bottom = (round(side) for side in cell)
        cv2.rectangle(ruled, (left, top), (right, bottom), (233, 180, 86), 4)
    engine = choose_engine()
    ways = ((sheet.whole().copy(), engine.read_words(sheet.light, sheet.dpi)), (ruled, read_sheet(engine, sheet)))
    for picture, words in ways:
        middles = [[(word.box[0] + word.box[2]) / 2, (word.box[1] + word.box[3]) / 2] for word in words]
        cv2.polylines(picture, [np.array(middles).round().astype(np.int32)], False, (0, 94, 213), 3, cv2.LINE_AA)
    return beside(*(picture[: picture.shape[0] * 6 // 10] for picture, _ in ways))


def laid_on(name: str) -> Pixels:
    """A page with a finger, a clip and a staple drawn on it, and what is found there."""
    _, raster, _ = sample(name)
    quad = np.array(detect(raster).quad)
    pixels = raster.pixels.copy()
    finger = tuple(int(value) for value in quad[1] * 0.4 + quad[2] * 0.6 + (20, 0))
    cv2.ellipse(pixels, finger, (130, 62), 4, 0, 360, (120, 150, 205), -1, cv2.LINE_AA)
    clip = (
        np.array([[0, -22], [0, 85], [24, 109], [48, 85], [48, 30], [32, 14], [16, 30], [16, 78]])
        + quad[0] * 0.6
        + quad[1] * 0.4
    )
    cv2.polylines(pixels, [clip.astype(np.int32)], False, (120, 118, 116), 7, cv2.LINE_AA)
    staple = tuple(int(value) for value in quad[0] + (60, 55))
    cv2.line(pixels, staple, (staple[0] + 85, staple[1] + 8), (110, 108, 106), 5, cv2.LINE_AA)
    drawn = Raster(pixels, raster.dpi)
    return beside(pixels, draw_findings(drawn, detect(drawn)))


def papers(name: str) -> Pixels:
    """Two cards on one glass, and the pages that they become."""
    _, raster, truth = sample(name)
    card, _ = upright(raster, truth)
    glass = np.full((2000, 1500, 3), 26, np.uint8)
    for top, angle in ((200, 4.0), (1150, -3.0)):
        turn = cv2.getRotationMatrix2D((card.shape[1] / 2, card.shape[0] / 2), angle, 1.0)
        turn[:, 2] += (220, top)
        cv2.warpAffine(card, turn, (1500, 2000), dst=glass, borderMode=cv2.BORDER_TRANSPARENT)
    scan = Raster(glass, raster.dpi)
    found = detect(scan).papers
    outlined = glass.copy()
    for paper in found:
        cv2.polylines(outlined, [np.array(paper).round().astype(np.int32)], True, (178, 114, 0), 8, cv2.LINE_AA)
    return beside(outlined, np.vstack([_sized(scan, paper, card.shape[:2]) for paper in found]))


def _sized(scan: Raster, paper: Quad, size: tuple[int, int]) -> Pixels:
    page = cv2.resize(render(scan, Geometry(paper)), (size[1], size[0]), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.copyMakeBorder(page, 20, 20, 20, 20, cv2.BORDER_CONSTANT, value=(255, 255, 255)), dtype=np.uint8)


if __name__ == "__main__":
    main()
