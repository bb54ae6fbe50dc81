"""Pages of other origin: what is found on them, beside Tesseract alone, where the truth about them is known.

``python -m tests.bench.elsewhere --pages DIR`` takes every picture in DIR. Truth is NAME.txt beside a picture with a code,
the text of Tesseract's own test pages (phototest*), and the turn that a file's name tells (-180, -R).
"""

from __future__ import annotations

import argparse
import os
import subprocess
from pathlib import Path

from app.output.findings_file import PageReport
from app.pipeline.page_work import WorkOptions, work_page
from app.recognition.ocr import LANGUAGE
from tests.bench.scoring import place_errors, plain

_PICTURES = {".jpg", ".png", ".tif", ".tiff"}
_PHOTOTEST = (
    "This is a lot of 12 point text to test the ocr code and see if it works on all types of file format. "
    + "The quick brown dog jumped over the lazy fox. " * 4
).strip()
_TURNS = {"-180": 180, "-R": 90}
_FLAGS = ("finger", "clip", "double_page", "streak", "cut_off")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=Path, required=True)
    chosen = parser.parse_args()
    print("| page | words read: ours / Tesseract | CER %: ours / Tesseract | turn | code | flags |\n|---|---|---|---|---|---|")
    for path in sorted(path for path in chosen.pages.iterdir() if path.suffix in _PICTURES):
        report = work_page(path, 0, WorkOptions()).report
        alone = read_alone(path)
        flags = [flaw["kind"] for flaw in report["quality"] if flaw["kind"] in _FLAGS]
        cells = (
            path.name,
            f"{len(report['text'].split())} / {len(alone.split())}",
            f"{errors(path, report['text'])} / {errors(path, alone)}",
            turn(path, report),
            code(path, report),
            ", ".join([*dict.fromkeys(flags), *(["several papers"] if report["papers"] else [])]) or "-",
        )
        print(f"| {' | '.join(cells)} |", flush=True)


def read_alone(path: Path) -> str:
    """Give what Tesseract's program reads of a picture by itself."""
    command = ["tesseract", str(path), "-", "-l", LANGUAGE]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | {"OMP_THREAD_LIMIT": "1"})
    return done.stdout.split("\f")[0]


def errors(path: Path, text: str) -> str:
    """Give the share of characters that are wrong, in percent, where the text of a page is known."""
    if "phototest" not in path.name:
        return "-"
    return f"{100 * place_errors(_PHOTOTEST, plain(text)) / len(_PHOTOTEST):.1f}"


def turn(path: Path, report: PageReport) -> str:
    """Say whether the way up is the one that the file's name tells; others lie upright."""
    wanted = next((degrees for end, degrees in _TURNS.items() if path.stem.endswith(end)), 0)
    return "right" if report["orientation"] == wanted else f"{report['orientation']} for {wanted}"


def code(path: Path, report: PageReport) -> str:
    """Say whether the code on a picture was read as it should be."""
    truth = path.with_suffix(".txt")
    values = [found["value"] for found in report["barcodes"]]
    if not truth.exists():
        return f"false: {len(values)}" if values else "-"
    wanted = truth.read_bytes().decode("utf-8", "replace")
    return "right" if any("".join(value.split()) == "".join(wanted.split()) for value in values) else "missed"


if __name__ == "__main__":
    main()
