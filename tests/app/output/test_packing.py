"""Pages packed in layers: print stays where it was, seals keep their detail, and the page is as small as was promised."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pypdfium2
import pytest
import zxingcpp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray
from PIL import Image

from app.output.layers import PackedPage, Picture, Stencil, Way, encode_g4
from app.output.packing import pack, pack_sheet
from app.output.pdfa import PdfMetadata, PdfPage, write_pdfa
from app.output.similarity import ssim
from app.sheets import DrawnSheet

Pixels = NDArray[np.uint8]
SEAL = (1500, 2200, 1960, 2660)


@pytest.fixture(scope="module")
def page() -> Pixels:
    """A4 at 300 dpi on warm paper with noise: black and red print, a red seal over print, a blue signature, a photograph."""
    drawn = np.full((3508, 2480, 3), (228, 240, 246), np.uint8)
    for row in range(300, 1900, 90):
        cv2.putText(drawn, "Giay to hanh chinh 0123456789 so", (250, row), cv2.FONT_HERSHEY_COMPLEX, 1.8, (45, 40, 40), 4)
    cv2.putText(drawn, "GIAY CHUNG NHAN", (700, 180), cv2.FONT_HERSHEY_COMPLEX, 1.2, (40, 40, 190), 3)
    cv2.circle(drawn, (1730, 2430), 215, (60, 50, 205), 12)
    cv2.putText(drawn, "UY BAN", (1600, 2450), cv2.FONT_HERSHEY_COMPLEX, 2.0, (60, 50, 205), 6)
    cv2.putText(drawn, "CHU TICH", (1560, 2560), cv2.FONT_HERSHEY_COMPLEX, 1.8, (45, 40, 40), 4)
    strokes = np.array([[300, 2500], [420, 2300], [480, 2560], [620, 2320], [700, 2520], [900, 2400]], np.int32)
    cv2.polylines(drawn, [strokes], False, (150, 60, 40), 7)
    drawn[2700:3200, 300:680] = cv2.resize(np.random.default_rng(3).integers(60, 200, (9, 7, 3), dtype=np.uint8), (380, 500))
    noise = np.random.default_rng(5).normal(0, 1.3, drawn.shape)
    return np.asarray((cv2.GaussianBlur(drawn, (0, 0), 0.8) + noise).clip(0, 255), dtype=np.uint8)


@pytest.fixture(scope="module")
def draw(tmp_path_factory: pytest.TempPathFactory) -> Callable[[PackedPage], Pixels]:
    """Gives what pdfium draws of a packed page, at its own resolution, as BGR."""

    def drawn(packed: PackedPage) -> Pixels:
        path = tmp_path_factory.mktemp("packed") / "a.pdf"
        write_pdfa(path, [PdfPage.from_layers(packed)], metadata())
        with pypdfium2.PdfDocument(path) as pdf:
            picture = np.ascontiguousarray(pdf[0].render(scale=packed.dpi / 72).to_numpy()[:, :, :3])
        assert picture.shape[:2] == (packed.height, packed.width)
        return np.asarray(picture, dtype=np.uint8)

    return drawn


def metadata() -> PdfMetadata:
    from datetime import UTC, datetime

    return PdfMetadata("Giấy tờ", datetime(2026, 11, 23, tzinfo=UTC), "test")


def gray(pixels: Pixels) -> Pixels:
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), dtype=np.uint8)


def test_seal_and_signature_and_photograph_keep_their_detail(page: Pixels, draw: Callable[[PackedPage], Pixels]) -> None:
    packed = pack(page, 300, "layered")
    shown = draw(packed)
    for left, top, right, bottom in (SEAL, (280, 2280, 920, 2580), (300, 2700, 680, 3200)):
        assert ssim(gray(page)[top:bottom, left:right], gray(shown)[top:bottom, left:right]) >= 0.95
        mean = [picture[top:bottom, left:right].mean(axis=(0, 1)) for picture in (page, shown)]
        assert np.abs(mean[0] - mean[1]).max() < 3
    assert packed.size < 90_000


@pytest.mark.parametrize("width", [2478, 2479, 2480])
def test_a_viewer_draws_every_pixel_where_the_scan_had_it(
    page: Pixels, draw: Callable[[PackedPage], Pixels], width: int
) -> None:
    cut = np.ascontiguousarray(page[:, :width])
    kept = pack(cut, 300, "faithful")
    (layer,) = kept.layers
    assert np.abs(draw(kept).astype(int) - cv2.imdecode(np.frombuffer(layer.data, np.uint8), 1)).max() <= 3


def test_print_keeps_its_place_and_its_colour(page: Pixels, draw: Callable[[PackedPage], Pixels]) -> None:
    shown = draw(pack(page, 300, "layered"))
    for rows in (slice(250, 1900), slice(120, 200)):
        before, after = (gray(picture)[rows] < 140 for picture in (page, shown))
        assert (before & after).sum() > 0.85 * (before | after).sum()
    red = shown[120:200][gray(shown)[120:200] < 140].mean(axis=0)
    assert red[2] - red[0] > 90
    assert np.abs(shown[3300:3400].mean(axis=(0, 1)) - page[3300:3400].mean(axis=(0, 1))).max() < 4


@pytest.mark.parametrize("way", ["faithful", "layered", "bitonal"])
@pytest.mark.parametrize("colour", [True, False])
def test_every_way_covers_the_page(page: Pixels, draw: Callable[[PackedPage], Pixels], way: Way, colour: bool) -> None:
    pixels = page if colour else gray(page)
    packed = pack(pixels, 300, way)
    assert (packed.width, packed.height, packed.dpi) == (2480, 3508, 300)
    dark = (gray(draw(packed)) < 140)[250:1900]
    expected = (gray(page) < 140)[250:1900]
    assert (dark & expected).sum() > 0.85 * (dark | expected).sum()
    kinds = {type(layer) for layer in packed.layers}
    assert kinds == {"faithful": {Picture}, "layered": {Picture, Stencil}, "bitonal": {Stencil}}[way]


def test_a_layered_page_is_much_smaller_than_its_jpeg(page: Pixels) -> None:
    assert pack(page, 300, "layered").size * 5 < pack(page, 300, "faithful").size


def test_a_card_is_kept_whole(page: Pixels) -> None:
    (layer,) = pack(np.ascontiguousarray(page[2200:2830, 1400:2400]), 300, "layered").layers
    assert isinstance(layer, Picture)
    assert (layer.width, layer.height) == (1000, 630)


def test_group_4_gives_back_every_bit() -> None:
    ink = np.where(np.random.default_rng(2).random((123, 77)) < 0.2, 255, 0).astype(np.uint8)
    data = encode_g4(ink)
    header = b"II*\0\x08\0\0\0"
    tags = [(256, 77), (257, 123), (258, 1), (259, 4), (262, 0), (273, 8 + 2 + 8 * 12 + 4), (278, 123), (279, len(data))]
    table = b"".join(tag.to_bytes(2, "little") + b"\4\0\1\0\0\0" + value.to_bytes(4, "little") for tag, value in tags)
    tiff = header + len(tags).to_bytes(2, "little") + table + bytes(4) + data
    with Image.open(io.BytesIO(tiff)) as image:
        assert np.array_equal(np.asarray(image) == 0, ink > 0)


def test_a_page_of_a_wrong_picture_is_refused(tmp_path: Path) -> None:
    packed = pack(np.full((50, 40), 200, np.uint8), 100, "faithful")
    wrong = replace(packed, layers=tuple(replace(layer, width=41) for layer in packed.layers))
    with pytest.raises(Exception, match="the JPEG is"):
        write_pdfa(tmp_path / "a.pdf", [PdfPage.from_layers(wrong)], metadata())


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.data_too_large])
@given(
    pixels=arrays.arrays(
        np.uint8,
        st.one_of(
            st.tuples(st.integers(1, 60), st.integers(1, 60)), st.tuples(st.integers(1, 60), st.integers(1, 60), st.just(3))
        ),
    ),
    dpi=st.sampled_from([50, 72, 200, 300, 1200]),
    way=st.sampled_from(["faithful", "layered", "bitonal"]),
)
def test_anything_can_be_packed(pixels: Pixels, dpi: int, way: Way) -> None:
    packed = pack(pixels, dpi, way)
    assert (packed.height, packed.width) == pixels.shape[:2]
    for layer in packed.layers:
        left, top, right, bottom = layer.place
        assert 0 <= left < right <= packed.width
        assert 0 <= top < bottom <= packed.height


def test_a_fine_code_is_read_from_the_layered_page(draw: Callable[[PackedPage], Pixels]) -> None:
    text = "|".join(["079085012345", "", "Trần Văn Mẫu", "04081979", "Nam"] * 2)
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode)
    modules = np.asarray(code.to_image(scale=1, add_quiet_zones=False))
    side = round(2.4 * len(modules))
    scan = np.full((3508, 2480), 236, np.uint8)
    scan[400 : 400 + side, 500 : 500 + side] = cv2.resize(modules, (side, side), interpolation=cv2.INTER_AREA) // 2 + 60
    scan = cv2.GaussianBlur(scan, (0, 0), 0.8)
    place = (490, 390, 510 + side, 410 + side)
    sheet = DrawnSheet(np.asarray(scan, dtype=np.uint8), 300)
    packed = pack_sheet(sheet, "layered", codes=[place])
    assert packed.size > pack_sheet(sheet, "layered").size
    pictures = [layer.place for layer in packed.layers[1:] if isinstance(layer, Picture)]
    assert any(a <= place[0] and b <= place[1] and c >= place[2] and d >= place[3] for a, b, c, d in pictures)
    shown = np.ascontiguousarray(gray(draw(packed))[380 : 430 + side, 480 : 530 + side])
    assert [found.text for found in zxingcpp.read_barcodes(shown)] == [text]
