"""Memory over many pages: what a page needs is given back before the next ones. ``tests.bench.memory`` watches 500."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[3]
EVERY = 24


@pytest.mark.alone
@pytest.mark.skipif(sys.platform != "linux", reason="proportional set sizes are read from Linux's smaps_rollup")
def test_memory_is_flat_over_many_pages(sample_folder: Path) -> None:
    # In a process of its own: this one holds the windows and the names of thousands of tests.
    pages = [str(path) for path in sorted(sample_folder.glob("*.jpg"))]
    command = [
        sys.executable,
        "-m",
        "tests.bench.memory",
        *pages,
        "--pages",
        str(3 * EVERY),
        "--every",
        str(EVERY),
        "--no-text",
    ]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=100, check=True)
    early, *later = json.loads(done.stdout)
    assert len(later) == 2
    assert max(later) <= 1.2 * early
    assert max(early, *later) < 600
