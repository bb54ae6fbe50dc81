"""Scans made anew from the sample pages, and from pages drawn in other type, on other lids and with other damage.

``python -m tests.bench.variations [--count N] [--without-reading]`` finds the sheet, its lean, its way up, blankness and
separators on each and prints how often and how well. The truth is known, since the pages are laid down here.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from app.imaging.raster import Raster, read_image
from app.model.page_findings import Findings
from app.pipeline.page_work import Watch, load_engine, read_text, straighten
from app.pixels import Pixels
from resources import resource
from tests.bench import scoring
from tests.bench.scoring import Truth

_TRUTH = Path(__file__).parents[1] / "pages"
_TYPES = ("NotoSerif-Italic", "NotoSans-Regular", "NotoSerif-Bold", "NotoSerif-Regular")
_SENTENCES = (
    "CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    "Độc lập - Tự do - Hạnh phúc",
    "Kính gửi: Trung tâm Phục vụ hành chính công phường Tân Hoà",
    "Tôi tên là Đỗ Thị Minh Nguyệt, sinh ngày 04 tháng 8 năm 1979,",
    "hiện ở số 27 đường Hoa Sữa, tổ 5; làm đơn này để xin xác nhận",
    "rằng thửa đất số 118, tờ bản đồ số 9, diện tích 240,5 m2 của gia",
    "đình được sử dụng ổn định, không có tranh chấp từ năm 1996 đến nay.",
)
_LIDS = (16, 128, 240)


@dataclass(frozen=True, eq=False)
class Sheet:
    """An upright page at 300 dpi (uint8 BGR) before it lies on the glass."""

    name: str
    pixels: Pixels
    blank: bool = False
    separator: bool = False


@dataclass(frozen=True)
class Scan:
    """A page on the glass and the truth about it, under the names that ``tests.bench.scoring`` knows."""

    raster: Raster
    truth: Truth


def sample_sheets() -> list[Sheet]:
    """Cut the sample pages out by their truth."""
    sheets = []
    for path in sorted(resource("samples/pages").glob("*.jpg")):
        truth = json.loads((_TRUTH / f"{path.stem}.json").read_text())
        width, height = (round(side * 300 / 25.4) for side in truth["size_mm"])
        # A hair of the sheet is left behind, so that nothing of the lid it lay on comes along.
        corners = np.array([[-6, -6], [width + 6, -6], [width + 6, height + 6], [-6, height + 6]], np.float32)
        turn = cv2.getPerspectiveTransform(np.array(truth["page_quad"], np.float32), corners)
        pixels = read_image(path).pixels
        colour = pixels if pixels.ndim == 3 else cv2.cvtColor(pixels, cv2.COLOR_GRAY2BGR)
        flat = cv2.warpPerspective(colour, turn, (width, height), borderMode=cv2.BORDER_REPLICATE)
        sheets.append(Sheet(path.stem, np.asarray(flat, dtype=np.uint8), truth["blank"], truth["separator"]))
    return sheets


def drawn_sheets() -> Iterator[Sheet]:
    """Draw pages of running text, one for each type, and the smallest of them as a receipt of 80 mm."""
    for number, name in enumerate(_TYPES):
        size = (1748, 2480) if number % 2 else (2480, 3508)
        page = Image.new("RGB", size if number < 3 else (945, 1700), (255, 255, 255))
        pen = ImageDraw.Draw(page)
        font = ImageFont.truetype(f"/usr/share/fonts/truetype/noto/{name}.ttf", 46 if number < 3 else 30)
        for row, top in enumerate(range(200, page.height * (number + 1) // 5 + 300, 92)):
            pen.text((page.width // 9, top), _SENTENCES[row % len(_SENTENCES)], font=font, fill=(35, 32, 30))
        yield Sheet(f"drawn_{name}", np.asarray(page, dtype=np.uint8))


def scans(count: int, seed: int = 4) -> Iterator[Scan]:
    """Give ``count`` scans: every sheet in turn, the rest drawn by lot."""
    sheets = [*sample_sheets(), *drawn_sheets()]
    lot = np.random.default_rng(seed)
    for number in range(count):
        yield lay(sheets[number % len(sheets)], number, lot)


def lay(sheet: Sheet, number: int, lot: np.random.Generator) -> Scan:
    """Lay a sheet on a lid, lean and turn it, and damage the scan."""
    dpi = int(lot.choice([150, 200, 300, 300]))
    orientation = int(lot.choice([0, 0, 0, 90, 180, 270]))
    angle = float(lot.choice([lot.uniform(-3, 3), lot.uniform(-15, 15)]))
    lid = int(_LIDS[number % 3])
    page = _aged(np.rot90(sheet.pixels, -orientation // 90), lot)
    high, wide = (round(side * dpi / 300) for side in page.shape[:2])
    page = cv2.resize(page, (wide, high), interpolation=cv2.INTER_AREA)
    turn = cv2.getRotationMatrix2D((wide / 2 - 0.5, high / 2 - 0.5), -angle, 1.0)
    reach = np.abs(turn[:, :2]) @ (wide, high)
    frame = (reach + lot.uniform(0.02, 0.12, 2) * max(wide, high)).astype(int)
    turn[:, 2] += (frame - (wide, high)) / 2 + lot.uniform(-0.01, 0.01, 2) * max(wide, high)
    width, height = int(frame[0]), int(frame[1])
    own = cv2.warpAffine(np.full((high, wide), 255, np.uint8), turn, (width, height), flags=cv2.INTER_AREA)
    placed = cv2.warpAffine(page, turn, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    share = own[:, :, None].astype(np.float32) / 255
    scan = placed * share + _lid(own, lid, dpi) * (1 - share)
    corners = np.array([[-0.5, -0.5], [wide - 0.5, -0.5], [wide - 0.5, high - 0.5], [-0.5, high - 0.5]]) @ turn[:, :2].T
    truth = {
        "id": f"{number:03d}_{sheet.name}",
        "lid": lid,
        "dpi": dpi,
        "width": width,
        "height": height,
        "skew_deg": angle,
        "orientation": orientation,
        "page_quad": (corners + turn[:, 2] + 0.5).tolist(),
        "blank": sheet.blank,
        "separator": sheet.separator,
    }
    return Scan(Raster(_scanned(scan, lot), dpi), truth)


def _aged(page: NDArray[np.uint8], lot: np.random.Generator) -> NDArray[np.float32]:
    """Give the paper a colour and the print less contrast."""
    tint = np.array([(250, 252, 252), (178, 222, 240), (205, 208, 210), (224, 230, 234)])[lot.integers(4)].astype(np.float32)
    contrast = np.float32(lot.choice([1.0, 1.0, 0.6, 0.4]))
    return np.asarray((1 - (1 - page.astype(np.float32) / 255) * contrast) * tint, dtype=np.float32)


def _lid(own: NDArray[np.uint8], level: int, dpi: int) -> NDArray[np.float32]:
    """Give the lid, on which the sheet throws a narrow shadow to the right and downwards unless it is black."""
    lid = np.full(own.shape, level, np.float32)
    if level > 50:
        off = max(1, round(0.5 * dpi / 25.4))
        shadow = cv2.GaussianBlur(np.roll(own, (off, off), (0, 1)), (0, 0), 0.8 * off)
        lid *= 1 - 0.18 * shadow.astype(np.float32) / 255
    return lid[:, :, None]


def _scanned(scan: NDArray[np.float32], lot: np.random.Generator) -> Pixels:
    """Blur, light unevenly, add noise, take the colour, and pass through JPEG, each by lot."""
    height, width = scan.shape[:2]
    scan = cv2.GaussianBlur(scan, (0, 0), float(lot.uniform(0.4, 1.1)))
    light = 1 - np.float32(lot.choice([0.0, 0.0, 0.15])) * np.linspace(0, 1, width, dtype=np.float32)[None, :, None]
    grain = lot.standard_normal((613, 613, 1), dtype=np.float32) * np.float32(lot.uniform(0.8, 4.0))
    noise = np.tile(grain, (height // 613 + 1, width // 613 + 1, 1))[:height, :width]
    pixels = (scan * light + noise).clip(0, 255).astype(np.uint8)
    if lot.random() < 0.35:
        pixels = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), dtype=np.uint8)
    packed = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, int(lot.choice([35, 75, 92]))])[1]
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_UNCHANGED), dtype=np.uint8)


def look(scan: Scan, read: bool) -> Findings:
    """Find everything about a scan; ``read`` tells whether its way up is read."""
    found = straighten(scan.raster, Watch())
    return read_text(found, load_engine("auto"), Watch())[0].findings if read else found.findings


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--seed", type=int, default=4)
    parser.add_argument("--without-reading", action="store_true", help="leave out which way up a page lies")
    chosen = parser.parse_args()
    rows: list[dict[str, Any]] = []
    for scan in scans(chosen.count, chosen.seed):
        found, truth = look(scan, not chosen.without_reading), scan.truth
        row = {
            "id": truth["id"],
            "lid": truth["lid"],
            "dpi": truth["dpi"],
            "iou": round(scoring.overlap(truth, found.quad), 4),
            "corner_mm": round(scoring.corner_error(truth, found.quad), 2),
            "skew": round(abs(found.skew - truth["skew_deg"]), 3),
            "turned": found.orientation == truth["orientation"] or truth["blank"],
            "blank": found.blank == truth["blank"],
            "separator": found.separator == truth["separator"],
            "flaws": sorted({flaw.kind for flaw in found.flaws}),
        }
        rows.append(row)
        print(json.dumps(row | {"angle": round(truth["skew_deg"], 2)}))
    overlaps, corners, leans = ([row[name] for row in rows] for name in ("iou", "corner_mm", "skew"))
    print(f"IoU median {scoring.middle(overlaps):.4f}, p5 {scoring.share(overlaps, 5):.4f}", end="; ")
    print(f"corners p95 {scoring.share(corners, 95):.2f} mm; skew p95 {scoring.share(leans, 95):.3f}", end="; ")
    print(
        ", ".join(f"{name} right {sum(row[name] for row in rows)} of {len(rows)}" for name in ("turned", "blank", "separator"))
    )


if __name__ == "__main__":
    main()
