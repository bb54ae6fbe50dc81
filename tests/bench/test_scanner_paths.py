"""Row 30 of docs/scanners.md, and our paths against scanimage in one run; wide for SANE, which needs a second core."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench.scanner_paths import make_tray, measure, memory_of_workstation, table
from tests.scanners import mortal_network_scanner

pytestmark = pytest.mark.alone

PAGES = 30


def test_row_30_memory_is_level_after_page_40(tmp_path: Path) -> None:
    with mortal_network_scanner(make_tray(tmp_path / "tray", 100), tmp_path) as url:
        seen = memory_of_workstation(tmp_path, url, 10)
    assert len(seen) == 10
    assert max(seen[4:]) - seen[3] < 4 << 10, seen


def test_our_paths_keep_up_with_scanimage(tmp_path: Path) -> None:
    speeds = measure(tmp_path, PAGES)
    base = speeds["scanimage --batch"].rate
    assert speeds["sohoa through SANE"].rate > 0.35 * base, table(speeds)
    assert speeds["sohoa by eSCL"].rate > 3.0 * base, table(speeds)
