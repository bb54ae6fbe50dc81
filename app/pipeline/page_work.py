"""One page from file to packed pixels, findings and text, in a page worker process; it touches no database."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from app.errors import ExitCode, ItemFailed, SohoaError, Text
from app.files import shown_name
from app.imaging.cleanup import clean
from app.imaging.detection import detect
from app.imaging.quality import STREAK
from app.imaging.raster import Raster
from app.imaging.upright import UprightPage
from app.model.page_findings import Findings, PageText, Word
from app.output.findings_file import PageReport, page_report
from app.output.layers import PackedPage, Way
from app.output.packing import FAITHFUL_QUALITY, pack_sheet
from app.pipeline.inputs import read_page
from app.recognition.barcodes import is_separator, read_barcodes
from app.recognition.fields.recognise import recognise, shown
from app.recognition.fields.rules import load_rules
from app.recognition.ocr import Engine, Preferred, choose_engine
from app.recognition.orientation import Orientation, guess_turn, settle_orientation, surely_upright
from app.recognition.reading import read_sheet
from app.sheets import DrawnSheet, Sheet
from app.system_words import system_words


class PageFailed(ItemFailed):
    """A stage could make nothing of a page, or its file could not be reached."""

    title = Text("Không xử lý được {name}: {detail}", "{name} could not be processed: {detail}")
    remedy = Text("Xem lại tệp này; các tệp khác không bị ảnh hưởng.", "Look at this file; the others are not affected.")
    exit_code = ExitCode.INPUT


@dataclass(frozen=True)
class WorkOptions:
    """How pages are read and packed; ``quality`` is the JPEG quality of a faithful page; ``clean`` whitens the paper.

    ``rules`` is a province's own file of rules for the fields, read after those that come along.
    """

    way: Way = "layered"
    engine: Preferred = "auto"
    quality: int = FAITHFUL_QUALITY
    read_text: bool = True
    clean: bool = False
    rules: Path | None = None


@dataclass(frozen=True)
class PageResult:
    """A page that was worked on: what was found, how it is painted, and its words (none where they were not read)."""

    report: PageReport
    packed: PackedPage
    text: PageText | None


@dataclass(frozen=True, eq=False)
class Straightened:
    """A page cut out and straightened, with what was found on the scan; upright once its words were read."""

    findings: Findings
    page: UprightPage


class Watch:
    """Notes how many milliseconds of this process's CPU time each stage took."""

    def __init__(self) -> None:
        self.ms: dict[str, float] = {}
        self._last = time.process_time()

    def lap(self, stage: str) -> None:
        """End a stage, or one more part of it."""
        now = time.process_time()
        self.ms[stage] = round(self.ms.get(stage, 0) + (now - self._last) * 1000, 1)
        self._last = now


def work_page(path: Path, number: int, options: WorkOptions) -> PageResult:
    """Process page ``number`` (from 0) of a file. Raises BrokenImage, PageFailed, EngineMissing or LanguageMissing."""
    try:
        return _work(path, number, options)
    except SohoaError:
        raise
    except (Exception, MemoryError) as error:  # whatever a decoder or detector makes of a strange page, the others go on
        raise PageFailed(name=shown_name(path.name), detail=_detail(error)) from error


def _detail(error: BaseException) -> Text:
    if isinstance(error, OSError):
        return system_words(error)
    kind = type(error).__name__
    return Text(f"lỗi khi xem ảnh ({kind})", f"trouble with the picture ({kind})")


def _work(path: Path, number: int, options: WorkOptions) -> PageResult:
    watch = Watch()
    raster = read_page(path, number)
    watch.lap("decode")
    found, text = straighten(raster, watch), None
    if options.read_text:
        found, text = read_text(found, load_engine(options.engine), watch)
    sheet: Sheet = DrawnSheet(clean(found.page.whole(), raster.dpi), raster.dpi) if options.clean else found.page
    codes = found.page.fine_codes(found.findings.barcodes)
    packed = pack_sheet(sheet, options.way, quality=options.quality, codes=codes)
    watch.lap("pack")
    rules = load_rules(options.rules)
    proposals = recognise(found.findings, text or PageText((), found.page.width, found.page.height, ""), rules)
    watch.lap("fields")
    return PageResult(page_report(found.findings, text, watch.ms, shown(proposals, rules)), packed, text)


def straighten(raster: Raster, watch: Watch) -> Straightened:
    """Find everything about a scan but its orientation and its words, and make the straight page, turned as it lies."""
    findings = detect(raster)
    watch.lap("detect")
    barcodes = read_barcodes(raster.light, raster.dpi, raster.glance)
    findings = replace(findings, barcodes=barcodes, separator=is_separator(barcodes))
    watch.lap("barcodes")
    page = UprightPage(raster, findings.geometry())
    _ = page.light  # the one resampling of the page's gray, which all later stages use, has a lap of its own
    watch.lap("render")
    return Straightened(findings, page)


def read_text(found: Straightened, engine: Engine, watch: Watch) -> tuple[Straightened, PageText]:
    """Turn a straight page upright and read its words; a blank page has none and stays as it lies.

    The shape of the lines tells the way to read first, and words that read well show that it was right; only where they do
    not is it found out how the page is turned.
    """
    findings, page = found.findings, found.page
    if findings.blank:
        return found, PageText((), page.width, page.height, engine.name)
    guess = guess_turn(page.light, page.dpi)
    watch.lap("orientation")
    read = page.turned(-guess % 360)
    words = read_words(engine, read, findings)
    sure = surely_upright(words)
    watch.lap("ocr")
    orientation = Orientation(guess, sure) if sure else settle_orientation(engine, page.light, page.dpi)
    watch.lap("orientation")
    if orientation.degrees != guess:
        read = page.turned(-orientation.degrees % 360)
        words = read_words(engine, read, findings)
        watch.lap("ocr")
    findings = replace(findings, orientation=orientation.degrees, orientation_confidence=orientation.confidence)
    return Straightened(findings, read), PageText(tuple(words), read.width, read.height, engine.name)


def read_words(engine: Engine, page: UprightPage, findings: Findings | None) -> list[Word]:
    """Read a straight, upright page without the streaks and the codes that were found on its scan; what is kept shows them."""
    if findings is None:
        return read_sheet(engine, page)
    streaks = [flaw.box for flaw in findings.flaws if flaw.kind == STREAK]
    return read_sheet(engine, page.without_streaks(streaks), [page.box_of(code) for code in findings.barcodes])


@lru_cache(maxsize=3)
def load_engine(preferred: Preferred) -> Engine:
    """Open the reader once and keep its language data for the life of the worker process."""
    return choose_engine(preferred)
