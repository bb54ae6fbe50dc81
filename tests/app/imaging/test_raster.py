"""Files as they come: good, odd and broken."""

from __future__ import annotations

import io
import pickle
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from app.imaging.raster import BrokenImage, encode_jpeg, encode_preview, read_image, thumbnail, write_jpeg

ORANGE = (250, 130, 10)


def saved(folder: Path, image: Image.Image, name: str, **options: object) -> Path:
    path = folder / name
    image.save(path, **options)
    return path


def test_jpeg_keeps_its_dpi_and_colour(tmp_path: Path) -> None:
    raster = read_image(saved(tmp_path, Image.new("RGB", (80, 60), ORANGE), "a.jpg", dpi=(200, 200), quality=95))
    assert (raster.width, raster.height, raster.dpi, raster.gray) == (80, 60, 200, False)
    assert np.abs(raster.pixels[30, 40].astype(int) - ORANGE[::-1]).max() < 8


def test_dpi_is_assumed_where_the_file_says_nothing_plausible(tmp_path: Path) -> None:
    assert read_image(saved(tmp_path, Image.new("L", (8, 8)), "a.png")).dpi == 300
    assert read_image(saved(tmp_path, Image.new("L", (8, 8)), "b.jpg", dpi=(1, 1))).dpi == 300


@pytest.mark.parametrize("reduced", [2, 4, 8])
@pytest.mark.parametrize("name", ["a.jpg", "a.png"])
def test_reduced_page_has_the_reduced_size_and_dpi(tmp_path: Path, name: str, reduced: int) -> None:
    path = saved(tmp_path, Image.new("RGB", (801, 603), ORANGE), name, dpi=(304, 304))
    raster = read_image(path, reduced=reduced)  # type: ignore[arg-type]
    assert abs(raster.width - 801 / reduced) <= 1
    assert abs(raster.height - 603 / reduced) <= 1
    assert raster.dpi == 304 // reduced


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16", "CMYK"])
def test_every_colour_mode_becomes_gray_or_bgr(tmp_path: Path, mode: str) -> None:
    gray = Image.fromarray(np.tile(np.arange(0, 256, dtype=np.uint8), (20, 1)))
    deep = Image.fromarray(np.asarray(gray).astype(np.uint16) * 257)
    image = deep if mode == "I;16" else gray.convert("RGB").convert(mode)
    raster = read_image(saved(tmp_path, image, "a.tif"))
    assert raster.pixels.dtype == np.uint8
    assert raster.pixels.shape[:2] == (20, 256)
    left, right = int(raster.pixels[10, 2].mean()), int(raster.pixels[10, 250].mean())
    assert left < 30
    assert right > 190


def test_transparent_pixels_are_white_paper(tmp_path: Path) -> None:
    assert read_image(saved(tmp_path, Image.new("RGBA", (9, 9), (0, 0, 0, 0)), "a.png")).pixels.min() == 255


def test_exif_note_turns_the_page_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    path = saved(tmp_path, Image.new("RGB", (80, 60)), "a.jpg", exif=exif)
    assert (read_image(path).width, read_image(path).height) == (60, 80)
    assert Image.open(io.BytesIO(thumbnail(path, 40))).size == (30, 40)


def test_one_pixel_is_an_image(tmp_path: Path) -> None:
    path = saved(tmp_path, Image.new("L", (1, 1)), "a.png")
    assert read_image(path).pixels.shape == (1, 1)
    assert thumbnail(path, 10)


@pytest.mark.parametrize(("name", "part"), [("a.jpg", 0.6), ("a.jpg", 0.1), ("a.png", 0.7), ("a.tif", 0.5), ("a.png", 0.0)])
def test_a_file_cut_short_is_refused_by_name(tmp_path: Path, name: str, part: float) -> None:
    noise = Image.fromarray(np.random.default_rng(1).integers(0, 255, (200, 200, 3), dtype=np.uint8))
    path = saved(tmp_path, noise, name)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * part)])
    with pytest.raises(BrokenImage) as caught:
        read_image(path)
    assert name in caught.value.title_in("vi")
    assert name in caught.value.title_in("en")
    assert caught.value.remedy_in("vi") != caught.value.remedy_in("en")
    with pytest.raises(BrokenImage):
        thumbnail(path, 100)


@pytest.mark.parametrize("mode", ["L", "RGB"])
@pytest.mark.parametrize("damage", ["closed early", "piece lost", "overwritten"])
def test_damage_between_the_markers_is_said(tmp_path: Path, mode: str, damage: str) -> None:
    whole = saved(tmp_path, Image.effect_noise((400, 300), 60).convert(mode), "a.jpg")
    assert not read_image(whole).damaged
    data = whole.read_bytes()
    middle = len(data) // 2
    broken = {
        "closed early": data[:middle] + data[-2:],
        "piece lost": data[: middle - 200] + data[middle + 200 :],
        "overwritten": data[:middle] + bytes(range(1, 100)) * 2 + data[middle + 198 :],
    }[damage]
    whole.write_bytes(broken)
    raster = read_image(whole)
    assert raster.damaged
    assert (raster.width, raster.height, raster.gray) == (400, 300, mode == "L")


def test_what_is_not_an_image_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ghi chú.jpg"
    path.write_text("Không phải ảnh")
    with pytest.raises(BrokenImage, match="not a JPEG"):
        read_image(path)


def test_a_huge_header_is_refused_before_decoding(tmp_path: Path) -> None:
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    path = tmp_path / "huge.png"
    start = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
    path.write_bytes(start + struct.pack(">I", 4) + b"IDAT" + bytes(8))
    with pytest.raises(BrokenImage, match="200 million"):
        read_image(path)


def test_the_error_travels_between_processes() -> None:
    with pytest.raises(BrokenImage) as caught:
        read_image(Path(__file__))
    again = pickle.loads(pickle.dumps(caught.value))
    assert again.title_in("vi") == caught.value.title_in("vi")


def test_a_missing_file_is_not_called_broken(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_image(tmp_path / "none.jpg")


def test_written_page_reads_back_and_leaves_nothing_aside(tmp_path: Path) -> None:
    pixels = np.full((40, 30, 3), (10, 130, 250), np.uint8)
    write_jpeg(tmp_path / "a.jpg", pixels, 240, quality=95)
    raster = read_image(tmp_path / "a.jpg")
    assert raster.dpi == 240
    assert np.abs(raster.pixels.astype(int) - pixels).max() < 8
    assert [path.name for path in tmp_path.iterdir()] == ["a.jpg"]


def test_preview_and_thumbnail_fit_the_height(tmp_path: Path) -> None:
    pixels = np.zeros((1200, 800), np.uint8)
    (tmp_path / "a.jpg").write_bytes(encode_jpeg(pixels, 300))
    for data in (encode_preview(pixels, 300), thumbnail(tmp_path / "a.jpg", 300)):
        assert Image.open(io.BytesIO(data)).size == (200, 300)
