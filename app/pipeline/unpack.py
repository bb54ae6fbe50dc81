"""Pages out of files that nobody here made: in a worker process, bounded in time, memory and pixels."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

from app.errors import ItemFailed, Text
from app.imaging.raster import BrokenImage, Raster, encode_jpeg, encode_png, stated_dpi, thumbnail
from app.model.unpacked import UnpackedPage
from app.pipeline.inputs import count_pages, is_drawn, read_page

MOST_PAGES = 2000
_MEMORY_BYTES = 6 << 30
_PDF_QUALITY = 92
_THUMBNAIL_HEIGHT = 320
# Where a file does not say how large its paper is, or says what no paper is, it is taken for a sheet of A4.
_A4_INCHES = 297 / 25.4
_LARGEST_INCHES = 450 / 25.4
_TOO_MANY = Text(f"có hơn {MOST_PAGES} trang", f"it has more than {MOST_PAGES} pages")
_SPLIT = Text("Chia tệp thành nhiều tệp nhỏ hơn.", "Split it into smaller files.")
_MAKE_ANEW = Text(
    "Mở tệp bằng chương trình khác và lưu thành PDF mới, hoặc quét bản giấy.",
    "Open it in another program and save it as a new PDF, or scan the paper.",
)
_STRANGE = Text("tệp làm bộ đọc lỗi hoặc cần quá nhiều bộ nhớ", "the file makes its reader fail or needs too much memory")


def count_in(path: Path) -> int:
    """Give how many pages a file holds. Raises BrokenImage."""
    _bound_memory()
    try:
        count = count_pages(path)
    except ItemFailed:
        raise
    except (Exception, MemoryError) as error:  # whatever a parser makes of a hostile file, the others go on
        raise BrokenImage(path.name, _STRANGE, _MAKE_ANEW) from error
    if count > MOST_PAGES:
        raise BrokenImage(path.name, _TOO_MANY, _SPLIT)
    return count


def unpack_page(path: Path, number: int, folder: Path) -> UnpackedPage:
    """Write page ``number`` (from 0) of a file into a folder; a plain JPEG keeps its own bytes. Raises BrokenImage."""
    _bound_memory()
    try:
        return _unpack(path, number, folder)
    except ItemFailed:
        raise
    except (Exception, MemoryError) as error:
        raise BrokenImage(path.name, _STRANGE, _MAKE_ANEW) from error


def _unpack(path: Path, number: int, folder: Path) -> UnpackedPage:
    raster = read_page(path, number)
    if path.suffix == ".pdf":
        dpi, kind, content = raster.dpi, "jpg", encode_jpeg(raster.pixels, raster.dpi, quality=_PDF_QUALITY)
    else:
        stated, form = stated_dpi(path)
        dpi = _paper_dpi(raster, stated)
        if form == "JPEG":
            kind, content = "jpg", path.read_bytes() if dpi == stated else encode_jpeg(raster.pixels, dpi, quality=95)
        else:
            kind, content = "png", encode_png(raster.pixels, dpi)
    name, small = f"{number + 1:05d}.{kind}", f"{number + 1:05d}.thumb.jpg"
    (folder / name).write_bytes(content)
    (folder / small).write_bytes(thumbnail(folder / name, _THUMBNAIL_HEIGHT))
    digest = hashlib.sha256(content).hexdigest()
    # What was made on a computer without colour has lost none on its way here.
    gray = raster.gray and not is_drawn(path, number)
    return UnpackedPage(name, digest, len(content), raster.width, raster.height, dpi, gray, small)


def _paper_dpi(raster: Raster, stated: int | None) -> int:
    """Photographs state 72 dpi or nothing: what counts is how finely the paper was seen."""
    longest = max(raster.width, raster.height)
    if stated and longest / stated <= _LARGEST_INCHES:
        return stated
    return max(1, round(longest / _A4_INCHES))


def _bound_memory() -> None:
    """Keep what a bomb may take from the machine; Windows has no such limit, only that of pixels and time."""
    if sys.platform == "win32":
        return
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, hard))
