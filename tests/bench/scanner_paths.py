"""How fast pages come from one network scanner: by scanimage, through SANE into our spool, and by eSCL directly.

``python -m tests.bench.scanner_paths [PAGES]`` scans as many A4 pages in colour at 300 dpi on each path, from the same
practice scanner in the same run, prints a table of ratios, and then the workstation's own memory every ten pages.
"""

from __future__ import annotations

import gc
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from PIL import Image

from app.bootstrap import build
from app.model.profile import Profile
from drivers.client import start_scan
from drivers.contract import Fault, PageFinished, ScanRequest
from resources import resource as shipped
from tests.scanners import AIRSCAN, airscan_configuration, mortal_network_scanner, sane_environment

USUAL_PAGES = 100
A4_PIXELS, DPI = (2480, 3508), 300
A4_MM = (210.0, 297.0)


@dataclass(frozen=True)
class Speed:
    """One path: seconds for all pages, pages a second between the first and the last, CPU seconds of its processes."""

    pages: int
    seconds: float
    rate: float
    cpu: float


def make_tray(folder: Path, pages: int) -> Path:
    """Fill a feeder with A4 sheets as a scanner would give them, so that the practice scanner has nothing to do but send."""
    folder.mkdir()
    with Image.open(shipped("samples/pages/smoke_001_quyet_dinh.jpg")) as sample:
        sample.convert("RGB").resize(A4_PIXELS).save(folder / "1.jpg", quality=92, dpi=(DPI, DPI))
    for number in range(2, pages + 1):
        os.link(folder / "1.jpg", folder / f"{number}.jpg")
    return folder


def by_scanimage(folder: Path, url: str, pages: int) -> Speed:
    """Run ``scanimage --batch``; each picture is removed as soon as it is written."""
    environment = {**os.environ, **sane_environment(folder / "sane.d", airscan=airscan_configuration(url))}
    command = ["scanimage", "-d", AIRSCAN, "--source=ADF", "--mode=Color", f"--resolution={DPI}", "-x", "210", "-y", "297"]
    with (
        _measured() as measured,
        subprocess.Popen(
            [*command, f"--batch={folder}/out%d.pnm", "--batch-print"],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        ) as process,
    ):
        assert process.stdout is not None
        for line in process.stdout:
            measured.append(time.perf_counter())
            Path(line.strip()).unlink()
    return _speed(measured, pages)


def by_driver(folder: Path, backend: str, device: str, url: str, pages: int) -> Speed:
    """Run a batch through the driver's worker into a spool folder, each page acknowledged at once and removed."""
    environment = sane_environment(folder / "sane.d", airscan=airscan_configuration(url))
    spool = folder / f"spool-{backend}"
    spool.mkdir(exist_ok=True)
    width, height = A4_MM
    request = ScanRequest(device, str(spool), dpi=DPI, paper_width_mm=width, paper_height_mm=height)
    environment["SOHOA_ESCL_PINS"] = str(folder)
    with _measured() as measured, start_scan(backend, request, environment=environment) as run:
        for event in run.events():
            if isinstance(event, PageFinished):
                run.next_page()
                measured.append(time.perf_counter())
                (spool / event.file).unlink()
            assert not isinstance(event, Fault), event
    return _speed(measured, pages)


def memory_of_workstation(folder: Path, url: str, every: int) -> list[int]:
    """Scan a batch into a dossier as the window does; give this process's own memory in KiB after each ``every`` pages."""
    seen: list[int] = []
    application = build(folder / "data", folder / "settings.toml")
    try:
        dossier = application.dossiers.new()
        job = application.scanners.start(Profile("x", "escl", url), dossier.id)

        def look(_: object) -> None:
            if job.progress[0] and job.progress[0] % every == 0 and job.progress[0] // every > len(seen):
                gc.collect()
                seen.append(psutil.Process().memory_info().rss >> 10)

        job.watch(look)
        job.result(600)
    finally:
        application.close()
    return seen


@contextmanager
def _measured() -> Iterator[list[float]]:
    """Gather the moments at which pages came; begin, end and CPU seconds of ended children are put in front."""
    moments: list[float] = []
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    yield moments
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    moments[:0] = [time.perf_counter() - began, cpu]


def _speed(measured: list[float], pages: int) -> Speed:
    seconds, cpu, *moments = measured
    assert len(moments) == pages, f"{len(moments)} of {pages} pages came"
    return Speed(pages, seconds, (pages - 1) / (moments[-1] - moments[0]), cpu)


def measure(folder: Path, pages: int) -> dict[str, Speed]:
    """Measure the three paths on one scanner, twice in turn; give the faster run of each."""
    tray = make_tray(folder / "tray", pages)
    best: dict[str, Speed] = {}
    with mortal_network_scanner(tray, folder) as url:
        for _ in range(2):
            runs = {
                "scanimage --batch": by_scanimage(folder, url, pages),
                "sohoa through SANE": by_driver(folder, "sane", AIRSCAN, url, pages),
                "sohoa by eSCL": by_driver(folder, "escl", url, url, pages),
            }
            best = {name: max(run, best.get(name, run), key=lambda speed: speed.rate) for name, run in runs.items()}
    return best


def table(speeds: dict[str, Speed]) -> str:
    """Give the measurements as a table, each against scanimage."""
    base = speeds["scanimage --batch"]
    lines = ["| path | pages/s | against scanimage | seconds in all | CPU ms a page |", "|---|---|---|---|---|"]
    for name, speed in speeds.items():
        cpu = speed.cpu / speed.pages * 1e3
        lines.append(f"| {name} | {speed.rate:.1f} | {speed.rate / base.rate:.2f} | {speed.seconds:.1f} | {cpu:.0f} |")
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    pages = int(sys.argv[1]) if len(sys.argv) > 1 else USUAL_PAGES
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print(table(measure(folder, pages)))
        with mortal_network_scanner(folder / "tray", folder) as url:
            seen = memory_of_workstation(folder, url, 10)
        print("memory of the workstation, MB every 10 pages:", *(f"{kib / 1024:.1f}" for kib in seen))


if __name__ == "__main__":
    main()
