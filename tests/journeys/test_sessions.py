"""Sessions at the glass from the command line: answered by a person, and safe where nobody answers."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

from tests.support import PYTHON, ROOT, Ran, sohoa


def answered(answers: str, *arguments: str | Path) -> Ran:
    """Run a scan with someone at the keyboard."""
    command = [*PYTHON, "-m", "app.cli", "scan", "--ask", "--dpi", "100", *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, input=answers, capture_output=True, text=True, timeout=60, check=False)
    return Ran(done.returncode, done.stdout, done.stderr)


def test_a_jam_is_gone_on_from_or_ends_with_its_code(small_pages: Callable[[int], Path]) -> None:
    jam = ["--device", small_pages(3), "--option", "fault=jam", "--option", "fault_page=3"]
    alone = sohoa("scan", "--dpi", "100", *jam, "--json")
    assert alone.code == 3
    assert json.loads(alone.out)["error"] == "PaperJam"
    assert "2 trang" in alone.err
    person = answered("q\n", *jam)
    assert person.code == 0
    assert "đặt lại từ tờ 3" in person.err
    assert "Trang cuối đã lưu là trang 2" in " ".join(person.err.split())


def test_the_glass_takes_page_after_page(small_pages: Callable[[int], Path]) -> None:
    scanned = answered("\n\nq\n", "--device", small_pages(1), "--source", "flatbed", "--json")
    assert scanned.code == 0
    assert json.loads(scanned.out)["pages"] == 3


def test_fronts_without_backs_are_kept_and_told(small_pages: Callable[[int], Path]) -> None:
    turned = ["--device", small_pages(2), "--way", "turn_over"]
    alone = sohoa("scan", "--dpi", "100", *turned)
    assert alone.code == 10
    assert "2 trang" in alone.err
    person = answered("\n", *turned, "--json")
    assert (person.code, json.loads(person.out)["pages"]) == (0, 4)


def test_a_page_is_replaced_by_its_number(small_pages: Callable[[int], Path]) -> None:
    tray = small_pages(2)
    made = sohoa("scan", "--dpi", "100", "--device", tray, "--json").json()
    place = ["--dossier", made["number"], "--dpi", "100", "--device", tray]
    replaced = sohoa("scan", *place, "--replace", "2", "--json")
    assert replaced.json()["total"] == 2
    assert "Giấy còn trong khay chưa được quét" in replaced.err
    refused = sohoa("scan", *place, "--before", "7")
    assert refused.code == 4
    assert "7" in refused.err
