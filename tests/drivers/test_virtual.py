"""The practice scanner: the paper in its tray, and the mishaps that can be ordered."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from drivers.client import Deadlines, spool_leftovers
from drivers.contract import ColorMode, FaultCode, Finished, Source
from drivers.images import encode_page, look_at, with_jpeg_dpi

Draw = Callable[..., Path]


def test_duplex_gives_front_and_back(virtual: Any) -> None:
    pages = virtual.scan(source=Source.DUPLEX).pages
    assert [page.side for page in pages] == ["front", "back", "front", "back"]
    assert {page.source for page in pages} == {Source.DUPLEX}


def test_the_tray_is_in_natural_order(virtual: Any, tmp_path: Path, draw: Draw) -> None:
    tray = tmp_path / "mixed"
    tray.mkdir()
    for number, name in enumerate(("to 2.png", "to 10.png", "To 1.png"), 1):
        draw(tray / name, number, size=(40 * number, 40))
    (tray / "Thumbs.db").write_bytes(b"no page")
    (tray / ".hidden.jpg").write_bytes(b"no page")
    outcome = virtual.scan(device=str(tray), paper_width_mm=100.0, mode=ColorMode.GRAY)
    widths = []
    for page in outcome.pages:
        with Image.open(virtual.spool / page.file) as image:
            widths.append(image.crop((0, 2, 200, 3)).point(lambda value: 255 if value < 100 else 0).getbbox())
    assert [box[2] // 4 for box in widths if box] == [3, 1, 2]


def test_a_jpeg_that_fits_keeps_its_picture_bytes(virtual: Any, tray: Path) -> None:
    (page, *_) = virtual.scan(max_pages=1).pages
    source = (tray / "trang 1.jpg").read_bytes()
    assert (virtual.spool / page.file).read_bytes() == source


@pytest.mark.parametrize(("mode", "suffix"), [("L", ".jpg"), ("RGB", ".png"), ("1", ".tif"), ("RGBA", ".png"), ("P", ".png")])
def test_whatever_the_image_is_the_page_is_as_asked(virtual: Any, tmp_path: Path, draw: Draw, mode: str, suffix: str) -> None:
    tray = tmp_path / "one"
    tray.mkdir()
    draw(tray / f"page{suffix}", 1, mode=mode)
    for asked in ColorMode:
        (page,) = virtual.scan(device=str(tray), mode=asked).pages
        with Image.open(virtual.spool / page.file) as image:
            gray = image.convert("L")
            assert gray.getpixel((5, 5)) == pytest.approx(0, abs=30)
            assert gray.getpixel((390, 190)) == pytest.approx(255, abs=5)


def test_paper_lies_at_the_top_left_in_its_true_size(virtual: Any, tmp_path: Path, draw: Draw) -> None:
    tray = tmp_path / "scaled"
    tray.mkdir()
    draw(tray / "page.png", 1, size=(400, 200), dpi=200)
    (page,) = virtual.scan(device=str(tray), dpi=100, paper_width_mm=101.6, paper_height_mm=76.2).pages
    assert (page.width, page.height) == (400, 300)
    with Image.open(virtual.spool / page.file) as image:
        # The black corner was 40 x 20 pixels at 200 dpi; the rest of the sheet is white.
        black = image.convert("L").crop((0, 0, 60, 60)).point(lambda value: 255 if value < 128 else 0).getbbox()
        assert black == pytest.approx((0, 0, 20, 10), abs=1)
        assert image.getpixel((399, 299)) == (255, 255, 255)


def test_a_photograph_lying_on_its_side_is_turned(virtual: Any, tmp_path: Path) -> None:
    tray = tmp_path / "turned"
    tray.mkdir()
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.linear_gradient("L").save(tray / "photo.jpg", exif=exif, dpi=(100, 100))
    (page,) = virtual.scan(device=str(tray), mode=ColorMode.GRAY, paper_width_mm=65.0, paper_height_mm=65.0).pages
    with Image.open(virtual.spool / page.file) as image:
        assert image.getpixel((5, 128)) > image.getpixel((250, 128))


def test_a_pdf_is_a_tray_too(virtual: Any, tmp_path: Path) -> None:
    document = tmp_path / "tờ khai.pdf"
    pages = [Image.new("RGB", (394, 197), shade) for shade in ("red", "green", "blue")]
    pages[0].save(document, save_all=True, append_images=pages[1:], resolution=100)
    outcome = virtual.scan(device=str(document))
    assert outcome.end == Finished(3)
    with Image.open(virtual.spool / outcome.pages[2].file) as image:
        red, green, blue = image.getpixel((100, 100))
        assert blue > 240
        assert red < 20
        assert green < 20


def test_every_frame_of_a_tiff_is_a_sheet(virtual: Any, tmp_path: Path) -> None:
    tray = tmp_path / "fax"
    tray.mkdir()
    frames = [Image.new("L", (100, 100), shade) for shade in (0, 128, 255)]
    frames[0].save(tray / "fax.tif", save_all=True, append_images=frames[1:])
    assert virtual.scan(device=str(tray)).end == Finished(3)


def test_a_batch_may_begin_in_the_middle_of_the_tray(virtual: Any) -> None:
    assert virtual.scan(options={"first_page": "3"}).end == Finished(2)
    assert virtual.scan(options={"first_page": "9"}).fault.code is FaultCode.FEEDER_EMPTY


def test_an_empty_tray(virtual: Any, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    fault = virtual.scan(device=str(tmp_path / "empty")).fault
    assert (fault.code, fault.fed) == (FaultCode.FEEDER_EMPTY, 0)


MISHAPS = [
    ("jam", FaultCode.JAM),
    ("double_feed", FaultCode.DOUBLE_FEED),
    ("cover_open", FaultCode.COVER_OPEN),
    ("truncate", FaultCode.BAD_PAGE),
    ("die", FaultCode.CRASHED),
    ("segfault", FaultCode.CRASHED),
]


@pytest.mark.parametrize(("name", "code"), MISHAPS)
@pytest.mark.parametrize("number", [1, 3])
def test_pages_before_a_mishap_are_kept(virtual: Any, name: str, code: FaultCode, number: int) -> None:
    outcome = virtual.scan(options={"fault": name, "fault_page": str(number)})
    fault = outcome.fault
    assert (fault.code, fault.sequence, fault.fed, fault.delivered) == (code, number, number, number - 1)
    assert spool_leftovers(virtual.spool) == outcome.pages
    assert len(list(virtual.spool.glob("*.part"))) == (1 if name == "die" else 0)


@pytest.mark.parametrize("mode", list(ColorMode))
def test_no_cut_page_is_announced_in_any_format(virtual: Any, mode: ColorMode) -> None:
    outcome = virtual.scan(mode=mode, options={"fault": "truncate", "fault_page": "2"})
    assert (outcome.fault.code, len(outcome.pages)) == (FaultCode.BAD_PAGE, 1)


def test_how_the_worker_died_is_told(virtual: Any) -> None:
    assert "SIGSEGV: Fatal Python error: Segmentation fault" in virtual.scan(options={"fault": "segfault"}).fault.detail
    assert "exit code 9" in virtual.scan(options={"fault": "die"}).fault.detail


def test_a_page_whose_message_was_lost_is_found_in_the_spool(virtual: Any) -> None:
    outcome = virtual.scan(options={"fault": "die_after_rename", "fault_page": "2"})
    assert (outcome.fault.code, outcome.fault.delivered) == (FaultCode.CRASHED, 1)
    left = spool_leftovers(virtual.spool)
    assert left[0] == outcome.pages[0]
    assert [page.sequence for page in left] == [1, 2]
    assert look_at((virtual.spool / left[1].file).read_bytes()).width == left[1].width


def test_the_tray_may_run_out_early(virtual: Any) -> None:
    assert virtual.scan(options={"fault": "empty"}).fault.code is FaultCode.FEEDER_EMPTY
    assert virtual.scan(options={"fault": "empty", "fault_page": "3"}).end == Finished(2)


def test_a_stall_is_ended_and_earlier_pages_are_kept(virtual: Any) -> None:
    outcome = virtual.scan(options={"fault": "stall", "fault_page": "2"}, deadlines=Deadlines(page=0.5))
    assert (outcome.fault.code, outcome.fault.fed, outcome.fault.delivered) == (FaultCode.STALLED, 2, 1)
    assert len(spool_leftovers(virtual.spool)) == 1


@pytest.mark.parametrize("options", [{"fault": "fire"}, {"fault_page": "0"}, {"page_delay": "-1"}, {"line_delay": "nan"}])
def test_a_mishap_that_makes_no_sense_is_refused(virtual: Any, options: dict[str, str]) -> None:
    assert virtual.scan(options=options).fault.code is FaultCode.INVALID_REQUEST


def png_claiming(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xd8\xff\xe0 no picture", b"<html>", png_claiming(30_000, 30_000), png_claiming(50, 50)]
)
def test_a_broken_file_in_the_tray_is_named(virtual: Any, tray: Path, content: bytes) -> None:
    (tray / "trang 2.jpg").write_bytes(content)
    outcome = virtual.scan()
    assert (outcome.fault.code, outcome.fault.delivered) == (FaultCode.BAD_PAGE, 1)
    assert outcome.fault.detail.startswith("trang 2.jpg: ")


@pytest.mark.parametrize("dpi", [100, 200])
@pytest.mark.parametrize("lost", [1, 2, 500])
def test_a_cut_jpeg_in_the_tray_is_named(virtual: Any, tray: Path, lost: int, dpi: int) -> None:
    cut = tray / "trang 1.jpg"
    cut.write_bytes(cut.read_bytes()[:-lost])
    fault = virtual.scan(dpi=dpi).fault
    assert (fault.code, fault.detail) == (FaultCode.BAD_PAGE, "trang 1.jpg: the JPEG file is cut off")


def test_a_broken_pdf_is_named(virtual: Any, tmp_path: Path) -> None:
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7 and then nothing")
    fault = virtual.scan(device=str(tmp_path / "broken.pdf")).fault
    assert fault.code is FaultCode.BAD_PAGE
    assert fault.detail.startswith("broken.pdf: ")


def test_dpi_is_written_into_a_jpeg_without_touching_its_picture() -> None:
    picture, _ = encode_page(Image.new("RGB", (64, 64), "gray"), ColorMode.COLOR, 72)
    bare = picture[:2] + picture[20:]
    for data in (picture, bare):
        changed = with_jpeg_dpi(data, 300)
        assert changed[20:] == picture[20:]
        assert look_at(changed).width == 64
        assert with_jpeg_dpi(changed, 300) == changed
