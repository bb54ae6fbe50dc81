"""One PDF/A-2b for each paper: its pages painted from their layers, with the words that were read lying unseen over them.

Rules: ISO 19005-2 (embedded font, output intent, XMP in step with the document information, no encryption).
"""

from __future__ import annotations

import errno
import io
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, islice
from pathlib import Path
from typing import Any, ClassVar

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, Stream
from PIL import Image

from app.errors import ExitCode, ItemFailed, MustStop, Text
from app.files import put_in_place
from app.model.page_findings import PageText
from app.output.layers import Layer, PackedPage, Picture, Stencil
from app.output.text_layer import add_font, text_layer
from app.system_words import system_words
from resources import resource

# Pages held in memory at once.
_GROUP = 16
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
# Layers are drawn so much (pixels) inside their place, since viewers widen what ends a hair beyond a pixel to a pixel more.
_SLACK = 0.02


class DiskFull(MustStop):
    """There is no room left for the file."""

    title: ClassVar[Text] = Text("Ổ đĩa đầy, chưa ghi được {name}", "The disk is full, {name} could not be written")
    remedy: ClassVar[Text] = Text(
        "Giải phóng dung lượng rồi làm lại. Các trang đã quét vẫn an toàn.",
        "Make room and try again. The scanned pages are safe.",
    )
    exit_code: ClassVar[ExitCode] = ExitCode.STORAGE


class PdfFailed(ItemFailed):
    """The PDF could not be made, or what was written is not what was meant."""

    title: ClassVar[Text] = Text("Không tạo được tệp PDF {name}: {detail}", "The PDF {name} could not be made: {detail}")
    remedy: ClassVar[Text] = Text(
        "Kiểm tra các trang của giấy tờ này rồi làm lại. Không tệp dở dang nào được giữ lại.",
        "Check the pages of this paper and try again. No half-made file was kept.",
    )
    exit_code: ClassVar[ExitCode] = ExitCode.STORAGE


@dataclass(frozen=True)
class PdfPage:
    """A page to be added: ``jpeg`` its bytes or the file that holds them, read when its turn comes.

    ``width`` and ``height`` are pixels, ``dpi`` dots per inch; ``gray`` where the JPEG has one channel. A page that was
    packed in ``layers`` has no one JPEG: make it with ``from_layers``.
    """

    jpeg: bytes | Path
    width: int
    height: int
    dpi: int
    gray: bool
    text: PageText | None = None
    layers: tuple[Layer, ...] | None = None

    @classmethod
    def from_layers(cls, packed: PackedPage, text: PageText | None = None) -> PdfPage:
        """Make a page of what ``app.output.packing.pack`` gave."""
        return cls(b"", packed.width, packed.height, packed.dpi, False, text, packed.layers)

    def painted(self) -> tuple[Layer, ...]:
        """Give the layers to paint, the lowest first; reads the JPEG where it is a file."""
        if self.layers is not None:
            return self.layers
        jpeg = self.jpeg if isinstance(self.jpeg, bytes) else self.jpeg.read_bytes()
        return (Picture(jpeg, self.width, self.height, self.gray, (0, 0, self.width, self.height)),)


@dataclass(frozen=True)
class PdfMetadata:
    """What the file says of itself. ``created`` has an offset; ``identifiers`` such as {"dossier": "H02.15-..."}."""

    title: str
    created: datetime
    creator_tool: str
    author: str = ""
    subject: str = ""
    keywords: tuple[str, ...] = ()
    identifiers: Mapping[str, str] = field(default_factory=dict)


def write_pdfa(path: Path, pages: Iterable[PdfPage], metadata: PdfMetadata) -> None:
    """Write a PDF/A-2b: made aside, flushed, read back and checked, and only then given its name.

    Raises DiskFull, or PdfFailed where a page is not the JPEG it is said to be; then no file remains.
    """
    part = path.with_name(path.name + ".part")
    with _translated(path.name):
        try:
            count = _assemble(part, pages, metadata)
            _verify(part, count)
            put_in_place(part, path)
        finally:
            part.unlink(missing_ok=True)


@contextmanager
def _translated(name: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise DiskFull(name=name) from error
        raise PdfFailed(name=name, detail=system_words(error)) from error
    except (pikepdf.PdfError, ValueError) as error:
        raise PdfFailed(name=name, detail=Text(f"lỗi khi ghép trang ({error})", str(error))) from error


def _assemble(part: Path, pages: Iterable[PdfPage], metadata: PdfMetadata) -> int:
    """Write the pages in groups to files beside ``part`` and join them from there, so that memory does not grow."""
    with Pdf.new() as pdf, ExitStack() as groups:
        for number, group in enumerate(_batched(pages, _GROUP)):
            aside = part.with_name(f"{part.name}-{number}")
            groups.callback(aside.unlink, missing_ok=True)
            with Pdf.new() as some:
                for page in group:
                    _add_page(some, page)
                some.save(aside, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
            # What is copied from an open file is read from it when the whole is saved.
            pdf.pages.extend(groups.enter_context(Pdf.open(aside)).pages)
        if not len(pdf.pages):
            raise ValueError("a paper without pages")
        _add_fonts(pdf)
        _describe(pdf, metadata)
        _save(pdf, part)
        return len(pdf.pages)


def _batched(pages: Iterable[PdfPage], size: int) -> Iterator[Iterator[PdfPage]]:
    """Give the pages in groups of at most ``size``, each taken when it is asked for."""
    left = iter(pages)
    for first in left:
        yield chain([first], islice(left, size - 1))


def _add_fonts(pdf: Pdf) -> None:
    """Name the one font in every page that has words."""
    font = add_font(pdf)
    for page in pdf.pages:
        if "/Font" in page.Resources:
            page.Resources.Font = Dictionary(Unseen=font)


def _add_page(pdf: Pdf, page: PdfPage) -> None:
    width, height = page.width * 72 / page.dpi, page.height * 72 / page.dpi
    images = Dictionary()
    content = b""
    for number, layer in enumerate(page.painted()):
        name = f"/Scan{number or ''}"
        images[name] = _image(pdf, layer)
        content += _painting(layer, name, 72 / page.dpi, height)
    resources = Dictionary(XObject=images)
    if page.text is not None and page.text.words:
        content += text_layer(page.text, width, height)
        resources.Font = Dictionary()
    # A viewer that rounds the page up to whole pixels must not find one more than the scan had, and stretch the page by it.
    box = Array([0, 0, *(round(side - _SLACK / 2 * 72 / page.dpi, 4) for side in (width, height))])
    made = Dictionary(Type=Name.Page, MediaBox=box, Contents=Stream(pdf, content), Resources=resources)
    pdf.pages.append(pikepdf.Page(pdf.make_indirect(made)))


def _image(pdf: Pdf, layer: Layer) -> Stream:
    """Give the image of a layer: a JPEG in its colour space, or a mask of one bit (ISO 32000-1, 8.9.6.2)."""
    size = {"Type": Name.XObject, "Subtype": Name.Image, "Width": layer.width, "Height": layer.height}
    if isinstance(layer, Picture):
        _check_jpeg(layer)
        space = Name.DeviceGray if layer.gray else Name.DeviceRGB
        return Stream(pdf, layer.data, **size, ColorSpace=space, BitsPerComponent=8, Filter=Name.DCTDecode)
    parameters = Dictionary(K=-1, Columns=layer.width, Rows=layer.height)
    mask = {"ImageMask": True, "BitsPerComponent": 1, "Filter": Name.CCITTFaxDecode, "DecodeParms": parameters}
    return Stream(pdf, layer.data, **size, **mask)


def _painting(layer: Layer, name: str, points: float, page_height: float) -> bytes:
    """Give the operators that paint a layer at its place; ``points`` is the size of a pixel, PDF counts upwards."""
    left, top, right, bottom = layer.place
    colour = ""
    if isinstance(layer, Stencil):
        colour = " ".join(f"{level / 255:.3f}" for level in layer.colour) + " rg "
    width, height = ((side - 2 * _SLACK) * points for side in (right - left, bottom - top))
    place = f"{width:.4f} 0 0 {height:.4f} {(left + _SLACK) * points:.4f} {page_height - (bottom - _SLACK) * points:.4f} cm"
    return f"q {colour}{place} {name} Do Q\n".encode("ascii")


def _check_jpeg(layer: Picture) -> None:
    """A viewer trusts the page's dictionary over the JPEG, so the two must agree."""
    with Image.open(io.BytesIO(layer.data), formats=("JPEG",)) as image:
        expected = (layer.width, layer.height, "L" if layer.gray else "RGB")
        if (*image.size, image.mode) != expected:
            raise ValueError(f"the JPEG is {image.size} {image.mode}, not {expected}")


def _describe(pdf: Pdf, metadata: PdfMetadata) -> None:
    """Set XMP and document information in step, the meaning of the colours, and the language."""
    profile = Stream(pdf, resource("srgb.icc").read_bytes(), N=3, Alternate=Name.DeviceRGB)
    intent = Dictionary(
        Type=Name.OutputIntent,
        S=Name.GTS_PDFA1,
        OutputConditionIdentifier="sRGB IEC61966-2.1",
        Info="sRGB IEC61966-2.1",
        DestOutputProfile=profile,
    )
    pdf.Root.OutputIntents = Array([intent])
    pdf.Root.Lang = "vi-VN"
    moment = metadata.created.isoformat(timespec="seconds")
    facts: dict[str, Any] = {
        "dc:title": _clean(metadata.title),
        "dc:description": _clean(metadata.subject),
        "dc:creator": [_clean(metadata.author)] if metadata.author else None,
        "dc:language": ["vi-VN"],
        "pdf:Keywords": _clean(", ".join(metadata.keywords)),
        "pdf:Producer": _clean(metadata.creator_tool),
        "xmp:CreatorTool": _clean(metadata.creator_tool),
        "xmp:CreateDate": moment,
        "xmp:ModifyDate": moment,
        "xmp:MetadataDate": moment,
        "xmp:Identifier": [_clean(f"{name}:{value}") for name, value in metadata.identifiers.items()],
        "pdfaid:part": "2",
        "pdfaid:conformance": "B",
    }
    with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=True) as xmp:
        for name, value in facts.items():
            if value:
                xmp[name] = value


def _clean(text: str) -> str:
    """Drop what XML cannot carry: control characters and lone surrogates."""
    return "".join(letter for letter in text if letter.isprintable()).strip()


def _save(pdf: Pdf, part: Path) -> None:
    pdf.save(
        part,
        deterministic_id=True,
        force_version="1.7",
        object_stream_mode=pikepdf.ObjectStreamMode.generate,
    )


def _verify(part: Path, count: int) -> None:
    with Pdf.open(part) as pdf:
        if len(pdf.pages) != count:
            raise ValueError(f"{len(pdf.pages)} pages were written, not {count}")
        with pdf.open_metadata() as xmp:
            if (xmp.get("pdfaid:part"), xmp.get("pdfaid:conformance")) != ("2", "B"):
                raise ValueError("the mark of PDF/A-2b is missing")
