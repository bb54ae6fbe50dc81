"""Codes are read at any turn, separators are told, and print is not taken for bars."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
import zxingcpp
from numpy.typing import NDArray

from app.recognition.barcodes import is_separator, read_barcodes
from app.recognition.patch import find_patch_t

Gray = NDArray[np.uint8]
KINDS = {
    "QRCode": (zxingcpp.BarcodeFormat.QRCode, "https://vidu.vn/tracuu?ma=H02.15-220112-0001", 5),
    "Code128": (zxingcpp.BarcodeFormat.Code128, "H02.15-220112-0001", 3),
    "Code39": (zxingcpp.BarcodeFormat.Code39, "PATCHT", 4),
}


def page_with(*marks: tuple[Gray, int, int], size: tuple[int, int] = (1754, 1240)) -> Gray:
    page = np.full(size, 240, np.uint8)
    for mark, left, top in marks:
        page[top : top + mark.shape[0], left : left + mark.shape[1]] = np.minimum(mark, 240)
    return page


def code(kind: str) -> Gray:
    form, value, scale = KINDS[kind]
    made = np.asarray(zxingcpp.write_barcode_to_image(zxingcpp.create_barcode(value, form), scale=scale), dtype=np.uint8)
    return made if made.shape[0] > 60 else np.repeat(made[:1], 90, axis=0)


def patch_bars(dpi: int = 150, widths: tuple[float, ...] = (0.08, 0.20, 0.08, 0.20)) -> Gray:
    """Draw bars as wide as asked, in inches, 50 mm high, parted by narrow spaces."""
    columns: list[Gray] = []
    for width in widths:
        columns += [np.zeros(round(width * dpi), np.uint8), np.full(round(0.08 * dpi), 255, np.uint8)]
    row = np.concatenate(columns[:-1])
    return np.repeat(row[None], round(50 / 25.4 * dpi), axis=0)


def turned(page: Gray, angle: float) -> Gray:
    height, width = page.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), -angle, 1.0)
    return np.asarray(cv2.warpAffine(page, turn, (width, height), borderValue=240), dtype=np.uint8)


@pytest.mark.parametrize("quarter", [0, 1, 2, 3])
@pytest.mark.parametrize("kind", KINDS)
def test_a_code_is_read_at_every_turn(kind: str, quarter: int) -> None:
    page = np.ascontiguousarray(np.rot90(turned(page_with((code(kind), 400, 600)), 4.0), quarter))
    (found,) = read_barcodes(page, 150)
    assert (found.type, found.value) == (kind, KINDS[kind][1])
    assert all(0 <= x <= page.shape[1] and 0 <= y <= page.shape[0] for x, y in found.quad)


@pytest.mark.parametrize("dpi", [150, 300])
@pytest.mark.parametrize("kind", KINDS)
def test_a_light_code_on_a_dark_field_is_read_where_it_stands(kind: str, dpi: int) -> None:
    field = 255 - np.pad(code(kind), 12, constant_values=255)
    page = page_with((field, 400, 600))
    page[:, :30] = 15  # the lid is a dark field too
    shown = np.asarray(cv2.resize(page, None, fx=dpi / 150, fy=dpi / 150), dtype=np.uint8)
    (found,) = read_barcodes(shown, dpi)
    assert (found.type, found.value) == (kind, KINDS[kind][1])
    (left, top), (right, bottom) = np.min(found.quad, axis=0) * 150 / dpi, np.max(found.quad, axis=0) * 150 / dpi
    assert 400 <= left < right <= 400 + field.shape[1]
    assert 600 <= top < bottom <= 600 + field.shape[0]


@pytest.mark.parametrize("quarter", [0, 1, 2, 3])
@pytest.mark.parametrize("angle", [-8.0, 0.0, 3.3])
def test_patch_t_bars_are_found_at_their_place(quarter: int, angle: float) -> None:
    page = np.ascontiguousarray(np.rot90(turned(page_with((patch_bars(), 580, 200)), angle), quarter))
    dark = np.argwhere(page < 60)[:, ::-1]
    quad = find_patch_t(page, 150)
    assert quad is not None
    assert np.abs(np.array(quad).mean(axis=0) - dark.mean(axis=0)).max() < 15
    (found,) = read_barcodes(page, 150)
    assert (found.type, found.value) == ("PatchT", "T")
    assert is_separator((found,))


def test_a_streak_through_the_bars_does_no_harm() -> None:
    page = page_with((patch_bars(), 580, 200))
    page[:, 600:602] -= 100
    assert find_patch_t(page, 150)


@pytest.mark.parametrize(
    "widths",
    [
        (0.08, 0.08, 0.20, 0.20),
        (0.20, 0.08, 0.08, 0.20),
        (0.08, 0.20, 0.20, 0.08),
        (0.08, 0.20, 0.08),
        (0.08, 0.2, 0.08, 0.2, 0.08),
    ],
)
def test_other_bars_are_not_patch_t(widths: tuple[float, ...]) -> None:
    assert find_patch_t(page_with((patch_bars(widths=widths), 580, 200)), 150) is None


@pytest.mark.parametrize("kind", KINDS)
def test_codes_and_noise_are_not_patch_t(kind: str) -> None:
    assert find_patch_t(page_with((code(kind), 300, 300)), 150) is None
    noise = np.random.default_rng(4).integers(0, 255, (900, 700), dtype=np.uint8)
    assert find_patch_t(noise, 150) is None


def test_only_the_words_of_a_separator_make_one() -> None:
    page = page_with((code("QRCode"), 200, 200), (code("Code128"), 200, 800))
    found = read_barcodes(page, 150)
    assert {item.type for item in found} == {"QRCode", "Code128"}
    assert not is_separator(found)
    own = zxingcpp.create_barcode("TPC-SEP;HS=H02.15-220112-0001", zxingcpp.BarcodeFormat.QRCode)
    sheet = page_with((np.asarray(zxingcpp.write_barcode_to_image(own, scale=5), dtype=np.uint8), 300, 300))
    assert is_separator(read_barcodes(sheet, 150))


@pytest.mark.parametrize("size", [(1, 1), (2, 900), (40, 40)])
def test_tiny_images_hold_no_code(size: tuple[int, int]) -> None:
    assert read_barcodes(np.full(size, 200, np.uint8), 300) == ()
