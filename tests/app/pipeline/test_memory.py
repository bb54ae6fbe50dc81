"""Memory over many pages: what a page needs is given back before the next ones. ``tests.bench.memory`` watches 500."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.bench.memory import peaks

EVERY = 24


@pytest.mark.alone
@pytest.mark.skipif(sys.platform != "linux", reason="proportional set sizes are read from Linux's smaps_rollup")
def test_memory_is_flat_over_many_pages(sample_folder: Path, tmp_path: Path) -> None:
    early, *later = peaks(sorted(sample_folder.glob("*.jpg")), 3 * EVERY, tmp_path, text=False, every=EVERY)
    assert max(later) <= 1.2 * early
    assert max(early, *later) < 600
