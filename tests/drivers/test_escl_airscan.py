"""The virtual network scanner as a client sees it that nobody here wrote: sane-airscan, by scanimage and our SANE worker."""

from __future__ import annotations

import io
import os
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops

from drivers.client import read_capabilities
from drivers.contract import ColorMode, FaultCode, Finished, Source
from tests.scanners import FEEDER_PPM, NETWORK_NAME, airscan_configuration, sane_environment

DEVICE = f"airscan:e0:{NETWORK_NAME}"
# 1200 x 600 units of 1/300 inch: nothing to round.
WIDTH_MM, HEIGHT_MM, SIZE = 101.6, 50.8, (400, 200)

Airscan = Callable[..., Any]


@pytest.fixture
def slips(tmp_path: Path, draw: Any) -> Path:
    folder = tmp_path / "slips"
    folder.mkdir()
    for number in range(1, 5):
        draw(folder / f"{number}.jpg", number, size=SIZE)
    return folder


@pytest.fixture
def airscan(serve: Any, sane: Any, slips: Path, tmp_path: Path) -> Airscan:
    """Gives our SANE worker's bench on a virtual network scanner with these faults."""

    def start(*script: dict[str, Any], pages: Path = slips) -> Any:
        url = serve(*script, pages=pages, ppm=FEEDER_PPM).url
        environment = sane_environment(tmp_path / "airscan.d", airscan=airscan_configuration(url))
        return replace(sane, device=DEVICE, environment=environment)

    return start


def slip(**changes: Any) -> dict[str, Any]:
    return {"paper_width_mm": WIDTH_MM, "paper_height_mm": HEIGHT_MM, **changes}


def scanimage(bench: Any, *arguments: str) -> Image.Image:
    """Scan one page losslessly, with the program that comes with SANE.

    Once in thousands of times it never ends: it has written the page, and sane_close of sane-airscan 0.99.27 waits for a
    state that its own thread does not reach any more. What it has written is then the page.
    """
    command = ["scanimage", "-d", DEVICE, "--format=pnm", "--resolution=100", *arguments]
    try:
        environment = {**os.environ, **bench.environment}
        page = subprocess.run(command, env=environment, capture_output=True, check=True, timeout=60).stdout
    except subprocess.TimeoutExpired as never_ended:
        page = never_ended.stdout or b""
    return Image.open(io.BytesIO(page))


def make_gray(slips: Path) -> None:
    """Draw the slips again in gray, so that the virtual scanner gives them as they are when gray is asked for."""
    for path in slips.iterdir():
        with Image.open(path) as image:
            image.convert("L").save(path, dpi=(100, 100))


@pytest.mark.parametrize("source", ["Flatbed", "ADF", "ADF Duplex"])
@pytest.mark.parametrize(("mode", "pixels"), [("Color", "RGB"), ("Gray", "L")])
def test_pixels_arrive_as_they_lie_in_the_tray(airscan: Airscan, slips: Path, source: str, mode: str, pixels: str) -> None:
    if pixels == "L":
        make_gray(slips)
    page = scanimage(airscan(), f"--source={source}", f"--mode={mode}", "-x", str(WIDTH_MM), "-y", str(HEIGHT_MM))
    with Image.open(slips / "1.jpg") as paper:
        assert (page.mode, page.size) == (pixels, SIZE)
        assert ImageChops.difference(page, paper).getbbox() is None


def test_an_area_that_does_not_begin_at_the_corner(airscan: Airscan, slips: Path) -> None:
    page = scanimage(airscan(), "-l", "25.4", "-t", "12.7", "-x", "50.8", "-y", "25.4")
    with Image.open(slips / "1.jpg") as paper:
        part = paper.crop((100, 50, 300, 150))
        assert page.size == part.size
        # The cut-out is a JPEG of its own.
        assert max(high for _, high in ImageChops.difference(page, part).getextrema()) < 60


def test_another_resolution_is_the_same_paper(airscan: Airscan) -> None:
    page = scanimage(airscan(), "--resolution=200", "-x", str(WIDTH_MM), "-y", str(HEIGHT_MM))
    assert page.size == (800, 400)
    dark = page.convert("L").point(lambda value: 255 if value < 100 else 0)
    assert dark.getpixel((70, 35)) == 255
    assert dark.getpixel((95, 45)) == 0


@pytest.mark.parametrize("source", list(Source))
def test_each_source_through_our_own_worker(airscan: Airscan, slips: Path, source: Source) -> None:
    make_gray(slips)
    bench = airscan()
    outcome = bench.scan(**slip(source=source, mode=ColorMode.BITONAL))
    count = 1 if source is Source.FLATBED else 4
    assert outcome.end == Finished(count)
    for number, page in enumerate(outcome.pages, 1):
        with Image.open(bench.spool / page.file) as scanned, Image.open(slips / f"{number}.jpg") as paper:
            black_white = paper.convert("L").convert("1", dither=Image.Dither.NONE)
            assert ImageChops.logical_xor(scanned, black_white).getbbox() is None


def test_batch_after_batch_is_new_paper(airscan: Airscan) -> None:
    bench = airscan()
    assert bench.scan(**slip()).end == Finished(4)
    assert bench.scan(**slip(source=Source.FLATBED)).end == Finished(1)
    assert bench.scan(**slip()).end == Finished(4)


def test_what_it_can_do(airscan: Airscan) -> None:
    bench = airscan()
    capabilities = read_capabilities("sane", DEVICE, environment=bench.environment)
    assert capabilities.sources == tuple(Source)
    assert capabilities.resolutions == (75, 100, 150, 200, 300, 400, 600)
    assert capabilities.max_width_mm == pytest.approx(297, abs=1)


def test_an_empty_feeder(airscan: Airscan, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    fault = airscan(pages=tmp_path / "empty").scan(**slip()).fault
    assert (fault.code, fault.fed) == (FaultCode.FEEDER_EMPTY, 0)


@pytest.mark.parametrize("http", [409, 503])
@pytest.mark.parametrize(("fault", "code"), [("jam", FaultCode.JAM), ("cover_open", FaultCode.COVER_OPEN)])
def test_trouble_at_sheet_3(airscan: Airscan, fault: str, code: FaultCode, http: int) -> None:
    bench = airscan({"page": 3, "fault": fault, "code": http})
    outcome = bench.scan(**slip())
    assert (outcome.fault.code, outcome.fault.delivered) == (code, 2)
    assert bench.scan(**slip()).end == Finished(2)


@pytest.mark.parametrize("fault", ["drop", "truncate", "garbage", "html", "empty_body"])
def test_a_broken_answer_at_sheet_3_is_no_page(airscan: Airscan, fault: str) -> None:
    outcome = airscan({"page": 3, "fault": fault}).scan(**slip())
    assert (outcome.fault.code, outcome.fault.delivered) == (FaultCode.IO_ERROR, 2)
