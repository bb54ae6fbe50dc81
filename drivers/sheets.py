"""The paper in the practice scanner's tray: an image file or a PDF page, laid on the glass at its true size."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from PIL import Image, ImageOps

from drivers.backend import DriverFault, failure, pixels_of
from drivers.contract import ColorMode, FaultCode, ScanRequest
from drivers.images import MAX_PIXELS, encode_page, jpeg_is_whole, open_image, with_jpeg_dpi

DEFAULT_DPI = 300.0
POINTS_PER_INCH = 72.0
IMAGE_SUFFIXES = {".jpg", ".jpeg", ".png", ".tif", ".tiff", ".bmp", ".webp"}

_JPEG_PIXELS = {ColorMode.COLOR: "RGB", ColorMode.GRAY: "L"}
_EXIF_ORIENTATION = 0x0112


class Sheet(Protocol):
    """One side of a sheet of paper."""

    def page_file(self, request: ScanRequest) -> tuple[bytes, str]:
        """Give what a scan of it would be: the file and its suffix. Raises DriverFault(BAD_PAGE)."""


@dataclass(frozen=True)
class ImageSheet:
    """One frame of an image file, which is the paper at the resolution its header names (300 dpi where it does not)."""

    path: Path
    frame: int

    @property
    def identity(self) -> tuple[int, ...]:
        """What is the same as long as the picture is: the file behind the name, its time and size, and the frame."""
        about = self.path.stat()
        return about.st_dev, about.st_ino, about.st_mtime_ns, about.st_size, self.frame

    def page_file(self, request: ScanRequest) -> tuple[bytes, str]:
        """Give the file's own bytes where nothing has to change, else the picture laid on the asked area."""
        with _named(self.path), open_image(self.path) as image:
            if image.format == "JPEG" and not jpeg_is_whole(self.path.read_bytes()):
                raise failure(FaultCode.BAD_PAGE, "the JPEG file is cut off")
            image.seek(self.frame)
            if _fits_as_it_is(image, request):
                return with_jpeg_dpi(self.path.read_bytes(), request.dpi), "jpg"
            dpi = _dpi_of(image)
            upright = ImageOps.exif_transpose(image)
            return encode_page(_lay_down(upright, dpi, request), request.mode, request.dpi)


@dataclass(frozen=True)
class PdfSheet:
    """One page of an open PDF document of pypdfium2."""

    path: Path
    document: Any
    index: int

    def page_file(self, request: ScanRequest) -> tuple[bytes, str]:
        """Give the page drawn at the asked resolution on the asked area."""
        with _named(self.path):
            page = self.document[self.index]
            scale = request.dpi / POINTS_PER_INCH
            if page.get_width() * page.get_height() * scale * scale > MAX_PIXELS:
                raise failure(FaultCode.BAD_PAGE, f"page {self.index + 1} is too large")
            picture = page.render(scale=scale).to_pil()
            return encode_page(_lay_down(picture, request.dpi, request), request.mode, request.dpi)


def image_sheets(folder: Path) -> Iterator[ImageSheet]:
    """Give the images of a folder in natural order (2 before 10), each frame of a multi-page file as a sheet."""
    images = [path for path in folder.iterdir() if path.suffix.lower() in IMAGE_SUFFIXES and not path.name.startswith(".")]
    for path in sorted(images, key=_natural):
        with _named(path), open_image(path) as image:
            frames = getattr(image, "n_frames", 1)
        yield from (ImageSheet(path, frame) for frame in range(frames))


def pdf_sheets(path: Path) -> Generator[Sheet, None, None]:
    """Give the pages of a PDF file. Raises DriverFault(BAD_PAGE) when it cannot be opened."""
    import pypdfium2

    with _named(path):
        document = pypdfium2.PdfDocument(path)
    with contextlib.closing(document):
        yield from (PdfSheet(path, document, index) for index in range(len(document)))


def _natural(path: Path) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", path.name.casefold())]


@contextlib.contextmanager
def _named(path: Path) -> Iterator[None]:
    """Let every trouble with a file say which file it was."""
    try:
        yield
    except DriverFault as error:
        raise failure(error.fault.code, f"{path.name}: {error.fault.detail}") from error
    except (OSError, ValueError, SyntaxError, RuntimeError) as error:
        raise failure(FaultCode.BAD_PAGE, f"{path.name}: {error}") from error


def _dpi_of(image: Image.Image) -> float:
    dpi = float(image.info.get("dpi", (DEFAULT_DPI, DEFAULT_DPI))[0])
    # 0 and 1 are what a header says that knows an aspect ratio only.
    return dpi if dpi > 1 else DEFAULT_DPI


def _area(request: ScanRequest) -> tuple[int, int]:
    return pixels_of(request.paper_width_mm, request.dpi), pixels_of(request.paper_height_mm, request.dpi)


def _fits_as_it_is(image: Image.Image, request: ScanRequest) -> bool:
    return (
        image.format == "JPEG"
        and image.mode == _JPEG_PIXELS.get(request.mode)
        and round(_dpi_of(image)) == request.dpi
        and image.size == _area(request)
        and image.getexif().get(_EXIF_ORIENTATION, 1) == 1
    )


def _lay_down(image: Image.Image, dpi: float, request: ScanRequest) -> Image.Image:
    """Scale the picture to the asked resolution and put its top left corner onto white paper of the asked size."""
    width, height = _area(request)
    pixels = "L" if image.mode in ("1", "L", "I", "I;16") else "RGB"
    scale = request.dpi / dpi
    needed = min(image.width, round(width / scale) + 1), min(image.height, round(height / scale) + 1)
    visible = _on_white(image.crop((0, 0, *needed)), pixels)
    if round(dpi) != request.dpi:
        size = max(1, round(visible.width * scale)), max(1, round(visible.height * scale))
        visible = visible.resize(size, Image.Resampling.BICUBIC)
    paper = Image.new(pixels, (width, height), "white")
    paper.paste(visible, (0, 0))
    return paper


def _on_white(image: Image.Image, pixels: str) -> Image.Image:
    if not image.has_transparency_data:
        return image.convert(pixels)
    paper = Image.new("RGBA", image.size, "white")
    paper.alpha_composite(image.convert("RGBA"))
    return paper.convert(pixels)
