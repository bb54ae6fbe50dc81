"""Measures the way of a page against sample pages with truth and prints the figures of docs/pages.md, all of one run.

``python -m tests.bench.pages --corpus DIR [--quick] [--memory-pages 500] [--against-ocrmypdf [PAGES]] [--markdown FILE]``.
DIR holds index.json and, for each page, its picture and its truth. ``--markdown`` also puts the figures between the two
marks in FILE.
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

Row = tuple[str, ...]
_MARKS = ("<!-- figures of tests/bench/pages.py -->", "<!-- end of figures -->")
_IMAGE_STAGES = ("decode", "detect", "barcodes", "render", "pack")


def main() -> None:
    chosen = options().parse_args()
    pages = load(chosen.corpus)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        seconds = process([truth["path"] for truth in pages], out / "out")
        found = json.loads((out / "out" / "findings.json").read_text())
        rows: list[Row] = [
            ("whole way, CPU s a page", f"{seconds / len(pages):.2f}", "1.3"),
            *figures(pages, found, out / "out"),
        ]
        show(rows)
        if not chosen.quick:
            rows += show(measure_packed(pages, found, out / "out"))
        if chosen.against_ocrmypdf is not None:
            rows += show(ocrmypdf(pages, chosen.against_ocrmypdf, out))
        if not chosen.quick:
            rows += show([memory([truth["path"] for truth in pages], chosen.memory_pages)])
    text = "\n\n".join(
        [
            table(("", "reached", "asked"), rows),
            table(("stage, CPU ms a page", "median", "mean", "p95"), stages(found, seconds)),
        ]
    )
    print(text)
    if chosen.markdown:
        put(chosen.markdown, f"`python -m tests.bench.pages {' '.join(told(sys.argv[1:]))}`, {len(pages)} pages:\n\n{text}")


def options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--quick", action="store_true", help="leave out reading the layered PDFs again, and the memory")
    parser.add_argument("--memory-pages", type=int, default=500, help="how many pages the memory is watched over")
    parser.add_argument(
        "--against-ocrmypdf", type=int, nargs="?", const=1000, metavar="PAGES", help="also run the installed ocrmypdf"
    )
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="put the figures into this file")
    return parser


def show(rows: list[Row]) -> list[Row]:
    """Tell what is known so far, since all of it takes a quarter of an hour."""
    for row in rows:
        print(*row, sep=" | ", file=sys.stderr, flush=True)
    return rows


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join("|" + "|".join(f" {cell} " if cell else " " for cell in line) + "|" for line in lines)


def told(arguments: list[str]) -> list[str]:
    """Give the command's arguments without the paths of this machine."""
    return ["DIR" if Path(argument).is_absolute() else argument for argument in arguments]


def put(page: Path, text: str) -> None:
    """Replace what stands between the two marks of a document."""
    before, rest = page.read_text("utf-8").split(_MARKS[0])
    page.write_text(f"{before}{_MARKS[0]}\n{text}\n{_MARKS[1]}{rest.split(_MARKS[1])[1]}", "utf-8")


def stages(found: dict[str, Any], seconds: float) -> list[Row]:
    """Give the CPU time of each stage in the page workers, and what the processes took beside them."""
    names = dict.fromkeys(name for page in found.values() for name in page["ms"])
    rows = []
    total = 0.0
    for name in names:
        times = [page["ms"].get(name, 0.0) for page in found.values()]
        total += sum(times)
        rows.append((name, f"{middle(times):.0f}", f"{sum(times) / len(times):.0f}", f"{share(times, 95):.0f}"))
    rows.append(("start of the processes, PDF writing", "", f"{(1000 * seconds - total) / len(found):.0f}", ""))
    return rows


def load(corpus: Path) -> list[Truth]:
    """Give the truth of all pages, with the path of each picture."""
    pages = []
    for entry in json.loads((corpus / "index.json").read_text())["pages"]:
        truth = json.loads((corpus / f"{entry['id']}.json").read_text())
        pages.append(truth | {"path": corpus / truth["image"]})
    return pages


def process(paths: list[Path], out: Path, *options: str) -> float:
    """Run ``sohoa process`` as a program; gives the CPU seconds of all its processes."""
    command = [sys.executable, "-m", "app.cli", "process", *map(str, paths), "--out", str(out), *options]
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
        ("image path without OCR, CPU ms, median / mean", f"{middle(image):.0f} / {sum(image) / len(image):.0f}", "250"),
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


def memory(paths: list[Path], count: int) -> Row:
    """Process many pages with OCR; the memory of all processes at page 50, at the end, and the most at any time after 50."""
    command = [sys.executable, "-m", "tests.bench.memory", *map(str, paths), "--pages", str(count)]
    peaks = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
    return (f"memory after 50 / {count} pages / most, MB", f"{peaks[0]} / {peaks[-1]} / {max(peaks)}", "flat, < 600")


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


def ocrmypdf(pages: list[Truth], most: int, out: Path) -> list[Row]:
    """Run ocrmypdf as it is meant, on one PDF, over some of the pages, and sohoa over the same ones; ratio of CPU seconds."""
    program = shutil.which("ocrmypdf")
    if program is None:
        return [("ocrmypdf", "is not installed", "")]
    import pikepdf

    scans = [truth["path"] for truth in pages if truth["path"].suffix == ".jpg"]
    used = scans[:: max(1, len(scans) // most)][:most]
    source = out / "all.pdf"
    with pikepdf.Pdf.new() as pdf:
        for path in used:
            append_jpeg(pdf, path)
        pdf.save(source)
    settings = ["-l", "vie", "--jobs", "2", "--deskew", "--rotate-pages", "--output-type", "pdfa", "-q"]
    theirs = cpu_seconds([program, *settings, str(source), str(out / "theirs.pdf")]) / len(used)
    ours = process(used, out / "ours") / len(used)
    name = f"the same {len(used)} pages, CPU s a page: ocrmypdf / sohoa / ratio"
    return [(name, f"{theirs:.2f} / {ours:.2f} / {theirs / ours:.1f}", "5 times")]


if __name__ == "__main__":
    main()
