"""Files that mean harm, or were harmed: an image or a clear refusal, never a crash, never memory without bound."""

from __future__ import annotations

import contextlib
import io
import json
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray
from PIL import Image

from app.imaging.detection import detect
from app.imaging.geometry import is_sound, render
from app.imaging.raster import MAX_PIXELS, BrokenImage, Raster, count_frames, read_image

ROOT = Path(__file__).parents[3]
READ = """
import json, resource, sys
from pathlib import Path
from app.imaging.raster import BrokenImage, read_image
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    raster = read_image(Path(sys.argv[1]))
    said = [raster.width, raster.height]
except BrokenImage as error:
    said = error.title_in("en")
print(json.dumps([said, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024]))
"""


def read_apart(path: Path) -> tuple[object, int]:
    """Read a file in a process of its own; gives its size or the refusal, and how many MB that took."""
    done = subprocess.run([sys.executable, "-c", READ, path], capture_output=True, text=True, check=True, cwd=ROOT)
    said, megabytes = json.loads(done.stdout)
    return said, megabytes


def png(path: Path, width: int, height: int, channels: int = 1, depth: int = 8) -> Path:
    """Write a white PNG row by row, so that making it costs no memory."""
    packer = zlib.compressobj(1)
    row = bytes([0]) + b"\xff" * (width * channels * depth // 8)
    body = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    kind = {1: 0, 3: 2, 4: 6}[channels]
    header = width.to_bytes(4) + height.to_bytes(4) + bytes([depth, kind, 0, 0, 0])
    with path.open("wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n")
        for name, data in ((b"IHDR", header), (b"IDAT", body), (b"IEND", b"")):
            file.write(len(data).to_bytes(4) + name + data + zlib.crc32(name + data).to_bytes(4))
    return path


def test_thirty_thousand_pixels_wide_is_read_within_bounds(tmp_path: Path) -> None:
    said, megabytes = read_apart(png(tmp_path / "wide.png", 30_000, 1_500, channels=3))
    assert said == [30_000, 1_500]
    assert megabytes < 500


@pytest.mark.parametrize(("channels", "depth"), [(1, 16), (4, 8)])
def test_odd_modes_cost_little_more_than_plain_ones(tmp_path: Path, channels: int, depth: int) -> None:
    said, megabytes = read_apart(png(tmp_path / "odd.png", 8_000, 5_000, channels, depth))
    assert said == [8_000, 5_000]
    assert megabytes < 500


@pytest.mark.parametrize("size", [(30_000, 30_000), (1, 2_000_000_000), (200_000_001, 1)])
def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, size: tuple[int, int]) -> None:
    path = png(tmp_path / "bomb.png", 10, 10)
    data = bytearray(path.read_bytes())
    data[16:24] = size[0].to_bytes(4) + size[1].to_bytes(4)
    data[29:33] = zlib.crc32(bytes(data[12:29])).to_bytes(4)
    path.write_bytes(data)
    said, megabytes = read_apart(path)
    assert isinstance(said, str)
    assert megabytes < 100


def test_later_pages_of_a_tiff_are_bounded_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.tif"
    Image.new("L", (10, 10)).save(path, save_all=True, append_images=[Image.new("L", (400, 400))])
    assert count_frames(path) == 2
    assert read_image(path, frame=1).width == 400
    monkeypatch.setattr("app.imaging.raster.MAX_PIXELS", 1000)
    with pytest.raises(BrokenImage, match="million"):
        read_image(path, frame=1)
    with pytest.raises(BrokenImage):
        read_image(path, frame=7)


@pytest.mark.parametrize("mode", ["CMYK", "P", "PA", "LA", "1", "I;16", "I", "F", "YCbCr", "LAB"])
def test_bands_give_what_the_whole_gives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str) -> None:
    gray = np.tile(np.linspace(0, 255, 97).astype(np.uint8), (61, 1))
    deep = {"I;16": np.uint16, "I": np.int32, "F": np.float32}
    image = (
        Image.fromarray(gray.astype(deep[mode]) * 257)
        if mode in deep
        else Image.fromarray(gray).convert("RGB").convert("L" if mode == "PA" else mode if mode != "LAB" else "RGB")
    )
    path = tmp_path / ("a.png" if mode in ("PA", "LA") else "a.tif")
    image.save(path)
    whole = read_image(path).pixels
    monkeypatch.setattr("app.imaging.raster._BAND_PIXELS", 500)
    assert np.array_equal(read_image(path).pixels, whole)


def seeds() -> list[bytes]:
    made = []
    page = Image.fromarray(np.tile(np.arange(0, 240, 4, dtype=np.uint8), (50, 1)))
    for form, options in (
        ("JPEG", {}),
        ("PNG", {}),
        ("TIFF", {}),
        ("TIFF", {"compression": "group4"}),
        ("TIFF", {"compression": "tiff_lzw"}),
    ):
        buffer = io.BytesIO()
        (page.convert("1") if "group4" in options.values() else page).save(buffer, form, **options)
        made.append(buffer.getvalue())
    return made


SEEDS = seeds()


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")  # Pillow's remarks on damaged tags
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damaged_bytes_are_read_or_refused(tmp_path: Path, data: st.DataObject) -> None:
    content = bytearray(data.draw(st.sampled_from(SEEDS)))
    for place, value in data.draw(st.lists(st.tuples(st.integers(0, len(content) - 1), st.integers(0, 255)), max_size=12)):
        content[place] = value
    content = content[: data.draw(st.integers(0, len(content)))] if data.draw(st.booleans()) else content
    path = tmp_path / "a.bin"
    path.write_bytes(content)
    with contextlib.suppress(BrokenImage):
        raster = read_image(path)
        assert raster.pixels.dtype == np.uint8
        assert raster.width * raster.height <= MAX_PIXELS


@settings(max_examples=80, deadline=None)
@given(
    pixels=arrays.arrays(
        np.uint8,
        st.one_of(
            st.tuples(st.integers(1, 200), st.integers(1, 200)), st.tuples(st.integers(1, 90), st.integers(1, 90), st.just(3))
        ),
        fill=st.integers(0, 255),
    ),
    dpi=st.sampled_from([50, 72, 150, 300, 600, 4800]),
)
def test_detectors_take_any_pixels(pixels: NDArray[np.uint8], dpi: int) -> None:
    findings = detect(Raster(pixels, dpi))
    assert is_sound(findings.quad)
    assert render(Raster(pixels, dpi), findings.geometry()).size > 0
    assert set(findings.warnings) == {flaw.kind for flaw in findings.flaws}
