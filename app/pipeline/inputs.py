"""What ``sohoa process`` is given: image files and PDFs, and their pages as pixels."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from app.errors import ExitCode, ItemFailed, Text
from app.files import shown_name
from app.imaging.raster import MAX_PIXELS, SMALLER, BrokenImage, Raster, count_frames, read_image

PDF_DPI = 300
_POINTS_PER_INCH = 72.0
_IMAGE_SUFFIXES = {".jpg", ".jpeg", ".png", ".tif", ".tiff"}
_SUFFIXES = {*_IMAGE_SUFFIXES, ".pdf"}
# A picture that covers so much of a PDF page is the page, so its own resolution is the page's.
_WHOLE_PAGE = 0.85
_SCANNED_DPI = (100, 600)
_BROKEN_PDF = Text("tệp PDF bị hỏng hoặc không có trang nào", "the PDF is damaged or has no page")
_LOCKED_PDF = Text("tệp PDF có mật khẩu", "the PDF has a password")
_UNLOCK = Text(
    "Mở tệp bằng mật khẩu, in ra một tệp PDF mới không có mật khẩu.", "Open it with its password and print it into a new PDF."
)
_LARGE_PAGE = Text("trang PDF quá lớn", "the PDF page is too large")


class NoInput(ItemFailed):
    """A file or folder that was named is not there, or a folder holds nothing to process."""

    title = Text("Không có gì để xử lý ở {path}", "There is nothing to process at {path}")
    remedy = Text(
        "Chỉ ra tệp JPEG, PNG, TIFF, PDF hoặc một thư mục chứa chúng.",
        "Name a JPEG, PNG, TIFF or PDF file, or a folder that holds some.",
    )
    exit_code = ExitCode.INPUT


class NoPageInFile(ItemFailed):
    """A page of a file was named that it does not have."""

    title = Text("Tệp {name} không có trang {page}", "{name} has no page {page}")
    remedy = Text("Tệp có {count} trang, đếm từ 1.", "It has {count} page(s), counted from 1.")
    exit_code = ExitCode.INPUT


@dataclass(frozen=True)
class Source:
    """A file to process; ``key`` names its results and is its stem wherever that is enough to tell files apart."""

    path: Path
    key: str


def find_sources(places: Sequence[Path]) -> tuple[Source, ...]:
    """Give the files named, and those that lie in the folders named, each once, in natural order (2 before 10).

    Raises NoInput for a place that is not there or a folder without images and PDFs.
    """
    files: dict[Path, Path] = {}
    for place in places:
        found = [place] if place.is_file() else sorted(_inside(place), key=_natural)
        if not found:
            raise NoInput(path=place)
        for path in found:  # a link is told by its own name, and its file is taken once
            files.setdefault(path.resolve(), path.absolute())
    keys: set[str] = set()
    sources = []
    for path in files.values():
        key = next(name for name in _names(path) if name.casefold() not in keys)
        keys.add(key.casefold())
        sources.append(Source(path, key))
    return tuple(sources)


def count_pages(path: Path) -> int:
    """Give how many pages a file holds. Raises BrokenImage."""
    if path.suffix.lower() != ".pdf":
        return count_frames(path)
    with _document(path) as document:
        if not len(document):
            raise BrokenImage(path.name, _BROKEN_PDF)
        return len(document)


def read_page(path: Path, number: int) -> Raster:
    """Give one page (from 0) as pixels; a PDF page is drawn at its scan's resolution, or at 300 dpi. Raises BrokenImage."""
    if path.suffix.lower() != ".pdf":
        return read_image(path, frame=number)
    with _document(path) as document:
        page = document[number]
        dpi = _scan_dpi(page) or PDF_DPI
        width, height = (side / _POINTS_PER_INCH * dpi for side in page.get_size())
        if not 0 < width * height <= MAX_PIXELS:
            raise BrokenImage(path.name, _LARGE_PAGE, SMALLER)
        drawn = page.render(scale=dpi / _POINTS_PER_INCH).to_numpy()
        return Raster(_without_colour(drawn), dpi)


def is_drawn(path: Path, number: int) -> bool:
    """Say whether a page is no scan but was made on a computer: a PDF page without a picture that fills it."""
    if path.suffix.lower() != ".pdf":
        return False
    with _document(path) as document:
        return _scan_dpi(document[number]) is None


def _inside(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return [path for path in folder.iterdir() if path.suffix.lower() in _SUFFIXES and not path.name.startswith(".")]


def _natural(path: Path) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", path.name.casefold())]


def _names(path: Path) -> Iterator[str]:
    stem, name = shown_name(path.stem), shown_name(path.name)
    yield stem
    yield name
    number = 2
    while True:
        yield f"{name}-{number}"
        number += 1


@contextmanager
def _document(path: Path) -> Iterator[Any]:
    import pypdfium2

    try:
        with closing(pypdfium2.PdfDocument(path)) as document:
            # What was typed into a form is drawn too. This build of pdfium has no engine for scripts: none ever runs.
            document.init_forms()
            yield document
    except pypdfium2.PdfiumError as error:
        # pdfium keeps the code of an earlier file where it has none for this one.
        locked = error.err_code == pypdfium2.raw.FPDF_ERR_PASSWORD and _is_locked(path)
        raise (BrokenImage(path.name, _LOCKED_PDF, _UNLOCK) if locked else BrokenImage(path.name, _BROKEN_PDF)) from error


def _is_locked(path: Path) -> bool:
    import pikepdf

    try:
        with path.open("rb") as stream, pikepdf.open(stream):
            return False
    except pikepdf.PasswordError:
        return True
    except pikepdf.PdfError:
        return False


def _scan_dpi(page: Any) -> int | None:
    """Give the resolution of the one picture that fills a PDF page; None where the page is no scan."""
    from pypdfium2 import raw

    pictures = list(page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE]))
    page_width, page_height = page.get_size()
    for picture in pictures:
        left, bottom, right, top = picture.get_bounds()
        if (right - left) * (top - bottom) < _WHOLE_PAGE * page_width * page_height:
            continue
        across, down = picture.get_px_size()
        long, short = max(right - left, top - bottom), min(right - left, top - bottom)
        dpi: float = max(max(across, down) / long, min(across, down) / short) * _POINTS_PER_INCH
        return round(min(max(dpi, _SCANNED_DPI[0]), _SCANNED_DPI[1]))
    return None


def _without_colour(drawn: Any) -> Any:
    """Give BGR pixels, or gray where no colour is on the page: pdfium draws gray scans in three equal channels."""
    if drawn.ndim == 2 or drawn.shape[2] == 1:
        return np.ascontiguousarray(drawn.reshape(drawn.shape[:2]))
    pixels = np.ascontiguousarray(drawn[:, :, :3])
    blue, green, red = cv2.split(pixels)
    return blue if np.array_equal(blue, green) and np.array_equal(green, red) else pixels
