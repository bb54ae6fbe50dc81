"""Processes one long PDF and prints the memory of its processes together, early and at the end, in MB."""

from __future__ import annotations

import json
import sys
import threading
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import psutil

from app.pipeline.batch import Batch
from app.pipeline.inputs import find_sources
from app.pipeline.page_work import WorkOptions
from app.pipeline.pool import PagePool

_EARLY_SHARE = 0.2


def main() -> None:
    """Run over the PDF named first, with results in the folder named second."""
    seen: list[int] = []
    stop = threading.Event()
    watcher = threading.Thread(target=_watch, args=(seen, stop))
    with closing(PagePool(2)) as pool:
        batch = Batch(Path(sys.argv[2]), pool, WorkOptions(read_text=False), lambda: datetime.now(UTC))
        watcher.start()
        outcomes = list(batch.run(find_sources([Path(sys.argv[1])])))
    stop.set()
    watcher.join()
    early = seen[: max(1, round(len(seen) * _EARLY_SHARE))]
    print(json.dumps({"early": max(early), "late": max(seen), "pages": sum(outcome.pages for outcome in outcomes)}))


def _watch(seen: list[int], stop: threading.Event) -> None:
    while not stop.is_set():
        total = 0
        for process in [psutil.Process(), *psutil.Process().children(recursive=True)]:
            try:
                total += process.memory_info().rss
            except psutil.NoSuchProcess:
                continue
        seen.append(total // 1_000_000)
        time.sleep(0.1)


if __name__ == "__main__":
    main()
