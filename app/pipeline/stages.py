"""The stages of a page, as a table of contents. They run in a page worker process and touch no database."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from app.imaging.detection import detect
from app.imaging.geometry import render
from app.imaging.raster import Raster, encode_preview, read_image
from app.imaging.upright import UprightPage
from app.model.page import Page
from app.model.page_findings import Findings, PageText
from app.model.proposals import Proposal
from app.pipeline.page_work import Watch, load_engine, read_words
from app.pipeline.previews import write_picture
from app.pixels import shrink
from app.recognition.barcodes import is_separator, read_barcodes
from app.recognition.fields.recognise import recognise, shown
from app.recognition.fields.rules import usable_rules
from app.recognition.ocr import Engine, Preferred
from app.recognition.orientation import find_orientation

THUMBNAIL_HEIGHT = 320


@dataclass(frozen=True)
class PageTask:
    """One page to process: the row as it is now, where its original lies, where its thumbnail goes, how to read it.

    ``rules`` is a province's own file of rules for the fields.
    """

    page: Page
    original: Path
    thumbnail: Path
    engine: Preferred
    rules: Path | None = None


@dataclass(frozen=True)
class Prepared:
    """What the detectors found, and milliseconds by stage."""

    findings: Findings
    ms: dict[str, float]


@dataclass(frozen=True)
class Read:
    """What was read, what it proposes for the paper's fields, and milliseconds by stage."""

    text: PageText
    proposals: tuple[Proposal, ...]
    ms: dict[str, float]


def prepare(task: PageTask) -> Prepared:
    """Find edges, skew, blankness, codes and orientation (once a page), and draw the thumbnail for the edits of now."""
    watch = Watch()
    raster = read_image(task.original)
    watch.lap("decode")
    findings = task.page.findings
    if findings is None:
        findings = detect(raster)
        watch.lap("detect")
        barcodes = read_barcodes(raster.light, raster.dpi, raster.glance)
        findings = replace(findings, barcodes=barcodes, separator=is_separator(barcodes))
        watch.lap("barcodes")
        findings = _with_orientation(raster, findings, load_engine(task.engine))
        watch.lap("orientation")
    write_picture(task.thumbnail, draw_thumbnail(raster, replace(task.page, findings=findings)))
    watch.lap("thumbnail")
    return Prepared(findings, watch.ms)


def read(task: PageTask) -> Read:
    """Straighten the page by its geometry, read its words and what they say; a blank page has none."""
    watch = Watch()
    engine = load_engine(task.engine)
    raster = read_image(task.original)
    watch.lap("decode")
    page = UprightPage(raster, task.page.geometry)
    _ = page.light
    watch.lap("render")
    words = () if task.page.blank else tuple(read_words(engine, page, task.page.findings))
    watch.lap("ocr")
    text = PageText(words, page.width, page.height, engine.name)
    rules = usable_rules(task.rules)
    proposals = shown(recognise(task.page.findings, text, rules), rules) if task.page.findings is not None else ()
    watch.lap("fields")
    return Read(text, proposals, watch.ms)


def draw_thumbnail(raster: Raster, page: Page) -> bytes:
    """Give the small picture of a page as it will be filed."""
    factor = min(1.0, 2 * THUMBNAIL_HEIGHT / max(raster.width, raster.height))
    small = Raster(shrink(raster.pixels, factor), max(1, round(raster.dpi * factor)))
    across, down = small.width / raster.width, small.height / raster.height
    geometry = page.geometry
    top_left, top_right, bottom_right, bottom_left = ((x * across, y * down) for x, y in geometry.quad)
    quad = (top_left, top_right, bottom_right, bottom_left)
    return encode_preview(render(small, replace(geometry, quad=quad)), THUMBNAIL_HEIGHT)


def _with_orientation(raster: Raster, findings: Findings, engine: Engine) -> Findings:
    """Read which way up the page lies, on the sheet cut out and straightened; a blank page has no way up."""
    if findings.blank:
        return findings
    cut = render(Raster(raster.light, raster.dpi), findings.geometry())
    found = find_orientation(engine, cut, raster.dpi)
    return replace(findings, orientation=found.degrees, orientation_confidence=found.confidence)
