"""What each stage found on one page, in words and as a picture: ``sohoa page explain``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.errors import Text
from app.imaging.explain import draw_findings
from app.model.page_findings import Findings, PageText
from app.output.layers import PackedPage, Picture, Stencil
from app.output.packing import pack_sheet
from app.pipeline.inputs import read_page
from app.pipeline.page_work import Watch, WorkOptions, load_engine, read_text, straighten
from app.pixels import Pixels
from app.recognition.fields.recognise import recognise
from app.recognition.fields.rules import load_rules
from app.recognition.tables import Table, find_tables


@dataclass(frozen=True, eq=False)
class Explained:
    """One page: lines of stage, milliseconds of CPU time and what was found; ``picture`` is uint8 BGR."""

    lines: tuple[tuple[str, float, Text], ...]
    picture: Pixels


def explain(path: Path, number: int, options: WorkOptions) -> Explained:
    """Run all stages over page ``number`` (from 0) of a file. Raises BrokenImage, EngineMissing or LanguageMissing."""
    watch = Watch()
    raster = read_page(path, number)
    watch.lap("decode")
    engine = load_engine(options.engine)
    found, text = read_text(straighten(raster, watch), engine, watch)
    page, findings = found.page, found.findings
    packed = pack_sheet(page, options.way, quality=options.quality, codes=page.fine_codes(findings.barcodes))
    watch.lap("pack")
    proposals = recognise(findings, text, load_rules(options.rules))
    watch.lap("fields")
    width, height = page.width, page.height
    tables = find_tables(page.light, page.dpi)
    said = {
        "decode": _same(f"{raster.width} x {raster.height}, {raster.dpi} dpi, {'gray' if raster.gray else 'colour'}"),
        "detect": _detected(findings),
        "barcodes": _codes(findings),
        "render": _same(f"{width} x {height}, {width * 25.4 / page.dpi:.0f} x {height * 25.4 / page.dpi:.0f} mm"),
        "ocr": _words(text, tables),
        "orientation": Text(
            f"xoay {findings.orientation}° theo chiều kim đồng hồ, chắc {findings.orientation_confidence:.0%}",
            f"turned {findings.orientation}° clockwise, {findings.orientation_confidence:.0%} sure",
        ),
        "pack": _packed(packed),
        "fields": _same("; ".join(f"{one.field}: {one.value} ({one.confidence:.0%}, {one.rule})" for one in proposals) or "–"),
    }
    details = [layer.place for layer in packed.layers[1:] if isinstance(layer, Picture)]
    cells = [cell for table in tables for cell in table.cells]
    drawn = draw_findings(raster, findings, [word.box for word in text.words], details, cells)
    return Explained(tuple((stage, watch.ms.get(stage, 0.0), said[stage]) for stage in said), drawn)


def _same(text: str) -> Text:
    return Text(text, text)


def _detected(findings: Findings) -> Text:
    warnings = ", ".join(findings.warnings) or "–"
    corners = " ".join(f"{x:.0f},{y:.0f}" for x, y in findings.quad)
    return Text(
        f"mép giấy {'thấy' if findings.edges_found else 'không thấy'} ({findings.edges_confidence:.0%}) {corners}; "
        f"nghiêng {findings.skew:.2f}°; {'trang trắng' if findings.blank else f'mực {findings.ink:.1%}'}; cảnh báo: {warnings}",
        f"edges {'seen' if findings.edges_found else 'not seen'} ({findings.edges_confidence:.0%}) {corners}; "
        f"leans {findings.skew:.2f}°; {'blank' if findings.blank else f'ink {findings.ink:.1%}'}; warnings: {warnings}",
    )


def _codes(findings: Findings) -> Text:
    codes = "; ".join(f"{code.type} {code.value}" for code in findings.barcodes) or "–"
    return Text(
        codes + (" → tờ phân cách" if findings.separator else ""), codes + (" → separator" if findings.separator else "")
    )


def _packed(packed: PackedPage) -> Text:
    pictures = sum(isinstance(layer, Picture) for layer in packed.layers)
    stencils = sum(isinstance(layer, Stencil) for layer in packed.layers)
    kilobytes = f"{packed.size / 1000:.0f} kB"
    return Text(f"{kilobytes}: {pictures} ảnh, {stencils} lớp chữ", f"{kilobytes}: {pictures} pictures, {stencils} stencils")


def _words(text: PageText, tables: Sequence[Table]) -> Text:
    count, cells = len(text.words), sum(len(table.cells) for table in tables)
    sure = sum(word.confidence for word in text.words) / max(1, count)
    opening = text.plain().replace("\n", " ")[:80]
    ruled = Text(f", {len(tables)} bảng ({cells} ô)", f", {len(tables)} tables ({cells} cells)") if tables else _same("")
    return Text(
        f"{count} chữ, độ tin {sure:.0f}{ruled.vi}: {opening}", f"{count} words, confidence {sure:.0f}{ruled.en}: {opening}"
    )
