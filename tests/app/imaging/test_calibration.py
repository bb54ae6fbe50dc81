"""The test sheet that ships, as good and bad scanners would show it."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pypdfium2
import pytest

from app.imaging.calibration import GRATINGS, NoTestSheet, finest_grating, read_sheet
from app.imaging.raster import Raster
from app.pixels import Pixels
from resources import resource

WIDTH_MM, HEIGHT_MM = 210, 297


def scanned(dpi: int) -> Pixels:
    """Draw the sheet finer than asked and take the mean, as the dots of a sensor do."""
    with pypdfium2.PdfDocument(resource("test-sheet.pdf")) as document:
        fine = document[0].render(scale=dpi * 2 / 72).to_numpy()[:, :, :3]
    size = round(WIDTH_MM / 25.4 * dpi), round(HEIGHT_MM / 25.4 * dpi)
    return np.asarray(cv2.resize(fine, size, interpolation=cv2.INTER_AREA), np.uint8)


@pytest.fixture(scope="module")
def sheet() -> Pixels:
    return scanned(300)


def turned(pixels: Pixels, degrees: float) -> Pixels:
    height, width = pixels.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1)
    return np.asarray(cv2.warpAffine(pixels, matrix, (width, height), borderValue=(255, 255, 255)), np.uint8)


@pytest.mark.parametrize("dpi", [100, 150, 200, 300])
def test_a_good_scanner_delivers_what_it_was_asked_for(dpi: int) -> None:
    reading = read_sheet(Raster(scanned(dpi), dpi))
    assert reading.dpi == pytest.approx((dpi, dpi), rel=0.003)
    assert reading.resolved_dpi >= finest_grating(dpi) > 0
    assert (reading.streaks, abs(reading.skew) < 0.05) == (0, True)
    assert min(reading.paper) > 250


@pytest.mark.parametrize("true_dpi", [75, 100, 150, 200])
def test_an_enlarged_picture_is_not_taken_for_a_fine_one(sheet: Pixels, true_dpi: int) -> None:
    share = true_dpi / 300
    coarse = cv2.resize(sheet, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
    enlarged = cv2.resize(coarse, (sheet.shape[1], sheet.shape[0]), interpolation=cv2.INTER_CUBIC)
    reading = read_sheet(Raster(np.asarray(enlarged, np.uint8), 300))
    assert reading.resolved_dpi < finest_grating(300)
    # Not finer than what the coarse dots could hold, with a little for the nearest grating.
    assert reading.resolved_dpi <= true_dpi * 1.03


@pytest.mark.parametrize("degrees", [-6.0, -1.5, 0.7, 3.0])
def test_skew_is_measured_and_does_not_spoil_the_rest(sheet: Pixels, degrees: float) -> None:
    reading = read_sheet(Raster(turned(sheet, degrees), 300))
    assert reading.skew == pytest.approx(degrees, abs=0.1)
    assert reading.dpi == pytest.approx((300, 300), rel=0.005)
    assert reading.resolved_dpi >= 203


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_the_sheet_may_lie_any_way_round(sheet: Pixels, quarters: int) -> None:
    reading = read_sheet(Raster(np.ascontiguousarray(np.rot90(sheet, quarters)), 300))
    assert (round(reading.skew), reading.resolved_dpi) == (0, pytest.approx(2 * 25.4 * max(GRATINGS)))


def test_streaks_tint_and_scale_are_seen(sheet: Pixels) -> None:
    worn = sheet.copy()
    for column in (700, 1500):
        worn[:, column : column + 4] = (worn[:, column : column + 4] * 0.7).astype(np.uint8)
    worn[:, :, 0] = (worn[:, :, 0] * 0.9).astype(np.uint8)
    long = np.asarray(cv2.resize(worn, None, fx=1.0, fy=1.03, interpolation=cv2.INTER_LINEAR), np.uint8)
    reading = read_sheet(Raster(long, 300))
    assert reading.streaks == 2
    assert reading.paper[0] == pytest.approx(0.9 * reading.paper[2], abs=2)
    assert reading.dpi == pytest.approx((300, 309), rel=0.003)


def test_gray_and_noise_are_borne_with(sheet: Pixels) -> None:
    noise = np.random.default_rng(3).normal(0, 8, sheet.shape[:2])
    gray = (cv2.cvtColor(sheet, cv2.COLOR_BGR2GRAY) * 0.9 + noise).clip(0, 255).astype(np.uint8)
    reading = read_sheet(Raster(gray, 300))
    assert reading.resolved_dpi == finest_grating(300)
    assert reading.streaks == 0
    assert len(set(reading.paper)) == 1


@pytest.mark.parametrize(
    "spoil",
    [
        lambda sheet: np.full_like(sheet, 255),
        lambda sheet: np.zeros_like(sheet),
        lambda sheet: sheet[: sheet.shape[0] // 2],
        lambda sheet: sheet[:, :, :1].repeat(3, axis=2)[:40, :40],
        lambda sheet: np.where(np.arange(sheet.shape[1])[None, :, None] > 2000, 255, sheet).astype(np.uint8),
    ],
)
def test_what_is_not_the_whole_sheet_is_refused(sheet: Pixels, spoil: Any) -> None:
    with pytest.raises(NoTestSheet) as refused:
        read_sheet(Raster(np.ascontiguousarray(spoil(sheet)), 300))
    assert "--print-sheet" in refused.value.remedy_in("vi")
