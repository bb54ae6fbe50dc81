"""Workers on a Windows Python under Wine, with our own practice data source; made by installer/wine.sh."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from drivers import process
from drivers.client import Deadlines, ScanRun, start_scan
from drivers.contract import ScanRequest
from tests.drivers.conftest import Bench

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / ".venv" / "wine"
DEVICE = "Sohoa Practice TWAIN"
PYTHON = ["/usr/lib/wine/wine64", str(HOME / "python" / "python.exe")]
COMMAND = [*PYTHON, "-m", "drivers.worker", "twain"]
# As in installer/wine.sh. Without the debugger a crash does not hang.
WINE = {
    "WINEPREFIX": str(HOME / "prefix"),
    "WINEARCH": "win64",
    "WINEDEBUG": "-all",
    "WINEDLLOVERRIDES": "mscoree,mshtml,winemenubuilder.exe,winedbg.exe=d",
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


@dataclass
class TwainBench(Bench):
    """Starts batches under Wine; ``plan`` orders the data source's mishaps, by the names in source.c."""

    plan: dict[str, object] = field(default_factory=dict)
    nobody: str = "Nobody's Scanner"

    def ordered(self, **plan: object) -> TwainBench:
        """Give the same bench with further mishaps ordered."""
        return replace(self, plan={**self.plan, **plan})

    @property
    def variables(self) -> dict[str, str]:
        """The environment of a worker."""
        return {**self.environment, **{f"SOHOA_TWAIN_{name.upper()}": str(value) for name, value in self.plan.items()}}

    def request(self, **changes: Any) -> ScanRequest:
        request = super().request(**changes)
        return replace(request, spool=windows_path(request.spool)) if request.spool.startswith("/") else request

    def start(self, *, deadlines: Deadlines | None = None, log: Any = None, **changes: Any) -> ScanRun:
        request = self.request(**changes)
        return start_scan("twain", request, deadlines=deadlines, environment=self.variables, log=log, command=COMMAND)


@pytest.fixture(scope="session")
def wine() -> Iterator[dict[str, str]]:
    """Wine running for all tests of this process. Where it could not be set up ./test has said so, and CI fails."""
    if not (HOME / ".stamp").exists():
        assert not os.environ.get("CI"), "Wine is not set up: TWAIN would go untested"
        pytest.skip("TWAIN is not tested: Wine is not set up (installer/wine.sh)")
    environment = {**os.environ, **WINE}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen([*PYTHON, "-c", _KEEPER], env=environment, start_new_session=True, **pipes) as keeper:  # type: ignore[call-overload]
        assert keeper.stdout.readline(), keeper.stderr.read()
        yield WINE
        keeper.stdin.close()


@pytest.fixture
def twain(wine: dict[str, str], tmp_path: Path) -> TwainBench:
    """The practice data source: three sheets in the tray, the capabilities of an ordinary desk scanner."""
    spool = tmp_path / "spool"
    spool.mkdir()
    return TwainBench("twain", DEVICE, spool, dict(wine))


@pytest.fixture
def bench(twain: TwainBench, monkeypatch: pytest.MonkeyPatch) -> TwainBench:
    """The bench for what all backends must do alike: four sheets, and the usual worker is the one under Wine."""
    monkeypatch.setattr(process, "worker_command", lambda _backend: COMMAND)
    return twain.ordered(sheets=4)


@pytest.fixture
def slow_bench(bench: TwainBench) -> tuple[TwainBench, dict[str, str]]:
    """A side takes its time; a driver's transfer cannot be left before it ends."""
    return bench.ordered(delay=1500), {}
