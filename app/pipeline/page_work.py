"""One page from file to packed pixels, findings and text, in a page worker process; it touches no database."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from app.errors import ExitCode, ItemFailed, SohoaError, Text
from app.imaging.cleanup import clean
from app.imaging.detection import detect
from app.imaging.raster import Raster
from app.imaging.upright import UprightPage
from app.model.page_findings import Findings, PageText
from app.output.findings_file import PageReport, page_report
from app.output.layers import PackedPage, Way
from app.output.packing import FAITHFUL_QUALITY, pack_sheet
from app.pipeline.inputs import read_page
from app.recognition.barcodes import is_separator, read_barcodes
from app.recognition.fields.recognise import recognise, shown
from app.recognition.fields.rules import load_rules
from app.recognition.ocr import Engine, Preferred, choose_engine
from app.recognition.orientation import find_orientation
from app.recognition.seals import without_seals
from app.sheets import DrawnSheet, Sheet


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
    """A page cut out, straightened and turned upright, with what was found on the scan."""

    findings: Findings
    page: UprightPage


class Watch:
    """Notes how many milliseconds of this process's CPU time each stage took."""

    def __init__(self) -> None:
        self.ms: dict[str, float] = {}
        self._last = time.process_time()

    def lap(self, stage: str) -> None:
        """End a stage."""
        now = time.process_time()
        self.ms[stage] = round((now - self._last) * 1000, 1)
        self._last = now


def work_page(path: Path, number: int, options: WorkOptions) -> PageResult:
    """Process page ``number`` (from 0) of a file. Raises BrokenImage, PageFailed, EngineMissing or LanguageMissing."""
    try:
        return _work(path, number, options)
    except SohoaError:
        raise
    except (Exception, MemoryError) as error:  # whatever a decoder or detector makes of a strange page, the others go on
        detail = (error.strerror if isinstance(error, OSError) else None) or type(error).__name__
        raise PageFailed(name=path.name, detail=detail) from error


def _work(path: Path, number: int, options: WorkOptions) -> PageResult:
    watch = Watch()
    raster = read_page(path, number)
    watch.lap("decode")
    found = straighten(raster, load_engine(options.engine) if options.read_text else None, watch)
    sheet: Sheet = DrawnSheet(clean(found.page.whole(), raster.dpi), raster.dpi) if options.clean else found.page
    packed = pack_sheet(sheet, options.way, quality=options.quality)
    watch.lap("pack")
    text = None
    if options.read_text:
        text = read_text(found, load_engine(options.engine))
        watch.lap("ocr")
    rules = load_rules(options.rules)
    proposals = recognise(found.findings, text or PageText((), found.page.width, found.page.height, ""), rules)
    watch.lap("fields")
    return PageResult(page_report(found.findings, text, watch.ms, shown(proposals, rules)), packed, text)


def straighten(raster: Raster, engine: Engine | None, watch: Watch) -> Straightened:
    """Find everything about a scan and make the upright page; without an engine it stays as it lies."""
    findings = detect(raster)
    watch.lap("detect")
    barcodes = read_barcodes(raster.light, raster.dpi)
    findings = replace(findings, barcodes=barcodes, separator=is_separator(barcodes))
    watch.lap("barcodes")
    page = UprightPage(raster, findings.geometry())
    gray = page.light
    watch.lap("render")
    if engine is not None and not findings.blank:
        found = find_orientation(engine, gray, raster.dpi)
        findings = replace(findings, orientation=found.degrees, orientation_confidence=found.confidence)
        page = page.turned(findings.geometry().turn)
    watch.lap("orientation")
    return Straightened(findings, page)


def read_text(found: Straightened, engine: Engine) -> PageText:
    """Read the words of an upright page; a blank page has none."""
    page = found.page
    words = () if found.findings.blank else tuple(engine.read_words(without_seals(page), page.dpi))
    return PageText(words, page.width, page.height, engine.name)


@lru_cache(maxsize=3)
def load_engine(preferred: Preferred) -> Engine:
    """Open the reader once and keep its language data for the life of the worker process."""
    return choose_engine(preferred)
