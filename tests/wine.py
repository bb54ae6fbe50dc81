"""The TWAIN workers under Wine, with our own practice data source; made by installer/wine.sh."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from drivers.contract import ScanRequest
from drivers.programs import TWAIN_WORKERS
from tests.benches import Bench
from tests.support import ROOT

HOME = ROOT / ".venv" / "wine"
NAME = "Sohoa Practice TWAIN"
DEVICE = f"64:{NAME}"
LOADER = "/usr/lib/wine/wine64"
# A Windows Python to look inside with.
PYTHON = [LOADER, str(HOME / "python" / "python.exe")]
# As in installer/wine.sh. Without the debugger a crash does not hang.
WINE = {
    # Where Wine's server leaves the folder of its socket.
    "TMPDIR": str(HOME / "tmp"),
    "WINEPREFIX": str(HOME / "prefix"),
    "WINEARCH": "win64",
    "WINEDEBUG": "-all",
    "WINEDLLOVERRIDES": "mscoree,mshtml,winemenubuilder.exe,winedbg.exe=d",
    "WINEDLLPATH": str(HOME / "lib"),
}
# A window brings up Wine's desktop, which otherwise each worker would start and take with it.
_KEEPER = """
import sys
from drivers.twain_windows import hidden_window
with hidden_window():
    print("up", flush=True)
    sys.stdin.read()
"""


def windows_path(path: Path | str) -> str:
    """Give what Windows programs under Wine call a path of this machine."""
    return f"Z:{path}".replace("/", "\\")


def on_windows(request: ScanRequest) -> ScanRequest:
    """Give a request with its spool as the worker under Wine knows it."""
    return replace(request, spool=windows_path(request.spool)) if request.spool.startswith("/") else request


def worker_folder(tmp_path: Path, *kinds: int) -> Path:
    """Give a folder with the workers of these bits, as the setting names one: Linux runs them through Wine."""
    for bits in kinds:
        program = tmp_path / "workers" / f"twain-worker-{bits}" / "sohoa-twain-worker.exe"
        program.parent.mkdir(parents=True)
        program.write_text(f"#!/bin/sh\nexec {LOADER} '{HOME}/twain-worker-{bits}/{program.name}'\n")
        program.chmod(0o755)
    return tmp_path / "workers"


def side_number(picture: Path) -> int:
    """Read the number that the data source drew: black bars, the lowest bit first."""
    with Image.open(picture) as image:
        gray = image.convert("L")
    places = [(int((bar + 1.5) * gray.width / 10), gray.height * 3 // 8) for bar in range(8)]
    return sum(1 << bar for bar, place in enumerate(places) if gray.getpixel(place) < 80)


def ordered(**plan: object) -> dict[str, str]:
    """Give the environment that orders mishaps of the data source, by the names in source.c."""
    return {f"SOHOA_TWAIN_{name.upper()}": str(value) for name, value in plan.items()}


@dataclass
class TwainBench(Bench):
    """Starts batches under Wine; ``plan`` orders the data source's mishaps, by the names in source.c."""

    plan: dict[str, object] = field(default_factory=dict)
    nobody: str = "Nobody's Scanner"

    def ordered(self, **plan: object) -> TwainBench:
        """Give the same bench with further mishaps ordered."""
        plan = {**self.plan, **plan}
        return replace(self, plan=plan, environment={**self.environment, **ordered(**plan)})

    def request(self, **changes: Any) -> ScanRequest:
        return on_windows(super().request(**changes))


@pytest.fixture(scope="session")
def wine() -> Iterator[dict[str, str]]:
    """Wine running for all tests of this process. Where it could not be set up ./test has said so, and CI fails."""
    if not (HOME / ".stamp").exists():
        assert not os.environ.get("CI"), "Wine is not set up: TWAIN would go untested"
        pytest.skip("TWAIN is not tested: Wine is not set up (installer/wine.sh)")
    for bits in (64, 32):
        # The drivers of today into the programs of yesterday.
        maker = [sys.executable, str(ROOT / "installer" / "twain_worker.py"), str(bits), str(HOME)]
        subprocess.run(maker, check=True, stdout=subprocess.DEVNULL)
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    environment = {**os.environ, **WINE}
    with subprocess.Popen([*PYTHON, "-c", _KEEPER], env=environment, start_new_session=True, **pipes) as keeper:  # type: ignore[call-overload]
        assert keeper.stdout.readline(), keeper.stderr.read()
        yield WINE
        keeper.stdin.close()


@pytest.fixture
def twain(wine: dict[str, str], tmp_path: Path) -> TwainBench:
    """The practice data source by the 64-bit worker: three sheets, the capabilities of an ordinary desk scanner."""
    return bench_of(64, wine, tmp_path)


@pytest.fixture(params=[64, 32], ids=["64 bits", "32 bits"])
def either(request: pytest.FixtureRequest, wine: dict[str, str], tmp_path: Path) -> TwainBench:
    """The same by the worker of either kind."""
    return bench_of(request.param, wine, tmp_path)


def bench_of(bits: int, wine: dict[str, str], tmp_path: Path) -> TwainBench:
    """Give the bench of the worker of these bits, the only one there."""
    spool = tmp_path / "spool"
    spool.mkdir(exist_ok=True)
    workers = {TWAIN_WORKERS: str(worker_folder(tmp_path, bits))}
    return TwainBench("twain", f"{bits}:{NAME}", spool, {**wine, **workers})
