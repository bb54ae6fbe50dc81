"""Processes many page files as ``sohoa process`` does and prints how much memory all its processes hold together.

``python -m tests.bench.memory FILE... [--pages 500] [--no-text]``. Memory is the proportional set size (PSS) of this process
and its page workers, summed: pages of memory that several processes share are counted once. It is read five times a second
from Linux's smaps_rollup; the largest sum of each 50 pages is printed in MB.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import threading
from contextlib import closing
from datetime import UTC, datetime
from itertools import cycle, islice
from pathlib import Path

import psutil

from app.pipeline.batch import Batch
from app.pipeline.inputs import find_sources
from app.pipeline.page_work import WorkOptions
from app.pipeline.pool import PagePool

EVERY = 50
_SECONDS = 0.2


class Watcher:
    """Looks at the memory of this process and its children until it is stopped; ``take`` gives the peak since the last."""

    def __init__(self) -> None:
        self._peak = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def take(self) -> int:
        peak, self._peak = self._peak, 0
        return peak // 1_000_000

    def close(self) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        me = psutil.Process()
        while not self._stop.wait(_SECONDS):
            self._peak = max(self._peak, sum(pss(process.pid) for process in (me, *me.children(recursive=True))))


def pss(pid: int) -> int:
    """Give the proportional set size of a process in bytes; 0 once it has ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


def peaks(files: list[Path], pages: int, folder: Path, *, text: bool, every: int = EVERY) -> list[int]:
    """Process ``pages`` copies of one-page files; gives the peak of each ``every`` pages, and of the rest, in MB."""
    inputs = folder / "in"
    inputs.mkdir()
    for number, file in enumerate(islice(cycle(files), pages)):
        shutil.copyfile(file, inputs / f"{number:04}{file.suffix}")
    found: list[int] = []
    with closing(PagePool(2)) as pool, closing(Watcher()) as watcher:
        batch = Batch(folder / "out", pool, WorkOptions(read_text=text), lambda: datetime.now(UTC))
        for number, outcome in enumerate(batch.run(find_sources([inputs])), start=1):
            assert not outcome.errors, outcome.errors
            if number % every == 0:
                found.append(watcher.take())
                print(f"{number} pages: {found[-1]} MB", file=sys.stderr, flush=True)
        if pages % every:
            found.append(watcher.take())
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--pages", type=int, default=500)
    parser.add_argument("--every", type=int, default=EVERY)
    parser.add_argument("--no-text", action="store_true")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(peaks(chosen.files, chosen.pages, Path(folder), text=not chosen.no_text, every=chosen.every)))


if __name__ == "__main__":
    main()
