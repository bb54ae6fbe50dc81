"""Measures the way of a page against sample pages with truth and prints the table of docs/pages.md.

``python -m tests.bench.pages --corpus DIR [--packed] [--memory] [--ocrmypdf]``. DIR holds index.json and, for each page,
its picture and its truth.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from tests.bench import scoring
from tests.bench.packed import measure_packed
from tests.bench.scoring import Truth, middle, share

Row = tuple[str, str, str]
_IMAGE_STAGES = ("decode", "detect", "barcodes", "render", "pack")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--packed", action="store_true", help="also read the layered PDF and compare its seals")
    parser.add_argument("--memory", action="store_true", help="also process a PDF of 500 pages and watch the memory")
    parser.add_argument("--ocrmypdf", action="store_true", help="also run ocrmypdf, where it is installed")
    chosen = parser.parse_args()
    pages = load(chosen.corpus)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        seconds = process([truth["path"] for truth in pages], out / "out")
        found = json.loads((out / "out" / "findings.json").read_text())
        rows = [("whole way, CPU s a page", f"{seconds / len(pages):.2f}", "1.3"), *figures(pages, found, out / "out")]
        if chosen.packed:
            rows += measure_packed(pages, found, out / "out")
        if chosen.memory:
            rows.append(memory([truth["path"] for truth in pages], out))
        if chosen.ocrmypdf:
            rows += ocrmypdf(pages, seconds, out)
    print("| | reached | asked |\n|---|---|---|")
    print("\n".join(f"| {' | '.join(row)} |" for row in rows))


def load(corpus: Path) -> list[Truth]:
    """Give the truth of all pages, with the path of each picture."""
    pages = []
    for entry in json.loads((corpus / "index.json").read_text())["pages"]:
        truth = json.loads((corpus / f"{entry['id']}.json").read_text())
        pages.append(truth | {"path": corpus / truth["image"]})
    return pages


def process(paths: list[Path], out: Path, *options: str) -> float:
    """Run ``sohoa process`` as a program; gives the CPU seconds of all its processes."""
    command = [sys.executable, "-m", "tests.bench.process", *map(str, paths), "--out", str(out), *options]
    return cpu_seconds(command)


def cpu_seconds(command: list[str]) -> float:
    """Run a program and give the CPU seconds that it and its children used."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def figures(pages: list[Truth], found: dict[str, Any], out: Path) -> list[Row]:
    """Give the rows of the table that the findings answer."""
    both = [(truth, found[truth["id"]]) for truth in pages]
    error, strict = scoring.character_errors((truth, page["text"]) for truth, page in both)
    overlaps = [scoring.overlap(truth, page["quad"]) for truth, page in both]
    corners = [scoring.corner_error(truth, page["quad"]) for truth, page in both if truth["page_quad_inside"]]
    skews = [abs(page["skew"] - truth["skew_deg"]) for truth, page in both if not truth["blank"]]
    turned = [page["orientation"] == truth["orientation"] for truth, page in both if not truth["blank"]]
    blank = [(truth["blank"], page["blank"]) for truth, page in both]
    image = [sum(page["ms"].get(stage, 0) for stage in _IMAGE_STAGES) for _, page in both]
    sizes = [(out / f"{truth['id']}.pdf").stat().st_size / 1000 for truth, _ in both if is_colour_a4(truth)]
    return [
        ("CER, printed text, %", f"{error:.2f}", "3.0"),
        ("reading order (strict CER), %", f"{strict:.2f}", "8"),
        (
            "page edges: IoU median / p5 / corners p95 mm",
            f"{middle(overlaps):.4f} / {share(overlaps, 5):.3f} / {share(corners, 95):.2f}",
            "0.99 / 0.96 / 3",
        ),
        ("skew p95, degrees", f"{share(skews, 95):.3f}", "0.15"),
        ("orientation right", f"{sum(turned)} of {len(turned)}", "99%"),
        (
            "blank found / false",
            f"{sum(a and b for a, b in blank)} of {sum(a for a, _ in blank)} / {sum(b > a for a, b in blank)}",
            "all / 0",
        ),
        ("codes found / false", codes(both), "all / 0"),
        ("separators right", f"{sum(page['separator'] == truth['separator'] for truth, page in both)} of {len(both)}", "all"),
        ("kB a page, layered, colour A4 at 300 dpi, median", f"{middle(sizes):.1f}", "70"),
        ("image path without OCR, CPU ms, median", f"{middle(image):.0f}", "250"),
    ]


def codes(both: list[tuple[Truth, dict[str, Any]]]) -> str:
    """Count the codes that were found with their type, and the values that are not on the page."""
    right = wanted = false = 0
    for truth, page in both:
        got = [(code["type"], code["value"]) for code in page["barcodes"]]
        true = [(code["type"], code["value"]) for code in truth["barcodes"]]
        wanted += len(true)
        right += sum(code in got for code in true)
        false += sum(code not in true for code in got)
    return f"{right} of {wanted} / {false}"


def is_colour_a4(truth: Truth) -> bool:
    """Tell the pages whose size is promised."""
    return truth["color"] == "color" and truth["dpi"] == 300 and sorted(truth["size_mm"]) == [210, 297]


def memory(paths: list[Path], out: Path, count: int = 500) -> Row:
    """Process one PDF of many pages without OCR and give the largest memory of any process after page 50 and at the end."""
    import pikepdf

    source = out / "long.pdf"
    small = [path for path in paths if path.suffix == ".jpg"][:10]
    with pikepdf.Pdf.new() as pdf:
        for number in range(count):
            append_jpeg(pdf, small[number % len(small)])
        pdf.save(source)
    peaks = json.loads(
        subprocess.run(
            [sys.executable, "-m", "tests.bench.memory", str(source), str(out / "long")],
            check=True,
            capture_output=True,
            text=True,
        ).stdout
    )
    return (f"memory after 50 / {count} pages, MB", f"{peaks['early']} / {peaks['late']}", "flat, < 600")


def append_jpeg(pdf: Any, path: Path) -> None:
    """Add a page that shows a JPEG as it is."""
    from pikepdf import Dictionary, Name, Page, Stream

    data = path.read_bytes()
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    space = Name.DeviceGray if pixels.ndim == 2 else Name.DeviceRGB
    kind = {"Type": Name.XObject, "Subtype": Name.Image, "ColorSpace": space, "BitsPerComponent": 8, "Filter": Name.DCTDecode}
    image = Stream(pdf, data, Width=pixels.shape[1], Height=pixels.shape[0], **kind)
    width, height = pixels.shape[1] * 0.24, pixels.shape[0] * 0.24
    page = Dictionary(
        Type=Name.Page,
        MediaBox=[0, 0, width, height],
        Resources=Dictionary(XObject=Dictionary(Scan=image)),
        Contents=Stream(pdf, f"{width} 0 0 {height} 0 0 cm /Scan Do".encode()),
    )
    pdf.pages.append(Page(pdf.make_indirect(page)))


def ocrmypdf(pages: list[Truth], seconds: float, out: Path) -> list[Row]:
    """Run ocrmypdf over the same pages, one after the other as it is meant, and give the ratio of CPU seconds."""
    program = shutil.which("ocrmypdf")
    if program is None:
        return [("ocrmypdf", "is not installed", "")]
    import pikepdf

    source = out / "all.pdf"
    with pikepdf.Pdf.new() as pdf:
        used = [truth for truth in pages if truth["path"].suffix == ".jpg"]
        for truth in used:
            append_jpeg(pdf, truth["path"])
        pdf.save(source)
    options = ["-l", "vie", "--jobs", "2", "--deskew", "--rotate-pages", "--output-type", "pdfa", "-q"]
    try:
        theirs = cpu_seconds([program, *options, str(source), str(out / "theirs.pdf")]) / len(used)
    except subprocess.CalledProcessError as error:
        return [("ocrmypdf", f"ended with code {error.returncode}", "")]
    ours = seconds / len(pages)
    return [("ocrmypdf in the same run, CPU s a page / ratio", f"{theirs:.2f} / {theirs / ours:.1f}", "5 times")]


if __name__ == "__main__":
    main()
