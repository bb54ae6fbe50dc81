"""Real workers, small drawn pages, and SANE's own test devices."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw

from drivers.virtual_escl import Server, serving
from drivers.virtual_escl_device import Tray, VirtualScanner
from drivers.virtual_escl_faults import parse_script
from tests.benches import DPI, HEIGHT, WIDTH, Bench
from tests.wine import TwainBench, twain, wine

__all__ = ["twain", "wine"]

ROOT = Path(__file__).resolve().parents[2]


def draw_page(path: Path, number: int, *, size: tuple[int, int] = (WIDTH, HEIGHT), dpi: int = DPI, mode: str = "RGB") -> Path:
    """Draw a slip with its number and a black corner block."""
    image = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, size[0] // 10, size[1] // 10), fill="black")
    draw.text((size[0] // 2, size[1] // 2), f"Tờ số {number}".encode("ascii", "ignore").decode(), fill=(180, 0, number % 255))
    image.convert(mode).save(path, dpi=(dpi, dpi))
    return path


@pytest.fixture
def draw() -> Callable[..., Path]:
    return draw_page


@pytest.fixture
def spool(tmp_path: Path) -> Path:
    folder = tmp_path / "spool"
    folder.mkdir()
    return folder


@pytest.fixture
def tray(tmp_path: Path) -> Path:
    """A tray of four JPEG slips."""
    folder = tmp_path / "khay giấy"
    folder.mkdir()
    for number in range(1, 5):
        draw_page(folder / f"trang {number}.jpg", number)
    return folder


@pytest.fixture
def virtual(tray: Path, spool: Path) -> Bench:
    return Bench("virtual", str(tray), spool)


@pytest.fixture
def sane_environment(tmp_path: Path) -> dict[str, str]:
    folder = tmp_path / "sane.d"
    folder.mkdir()
    (folder / "dll.conf").write_text("test\npnm\n")
    (folder / "test.conf").write_text("number_of_devices 2\n")
    return {"SANE_CONFIG_DIR": str(folder)}


@pytest.fixture
def sane(sane_environment: dict[str, str], spool: Path) -> Bench:
    """SANE's test device: its feeder holds ten sheets."""
    return Bench("sane", "test:0", spool, sane_environment, nobody="test:99")


Serve = Callable[..., Server]


@pytest.fixture
def serve(tray: Path) -> Iterator[Serve]:
    """Starts virtual network scanners in this process, with a script of faults each."""
    with contextlib.ExitStack() as stack:

        def start(*script: dict[str, Any], pages: Path = tray, tls: Any = None, port: int = 0, **options: Any) -> Server:
            scanner = VirtualScanner(Tray(pages), parse_script(json.dumps(script)), **options)
            return stack.enter_context(serving(scanner, port, tls=tls))

        yield start


@dataclass(frozen=True)
class Remote:
    """A virtual network scanner in a process of its own."""

    url: str
    about: dict[str, str]
    process: subprocess.Popen[bytes]


@pytest.fixture
def virtual_escl(tmp_path: Path) -> Iterator[Callable[..., Remote]]:
    """Starts the command as a user does; ends it afterwards."""
    started: list[subprocess.Popen[bytes]] = []

    def start(*arguments: str, script: list[dict[str, Any]] | None = None) -> Remote:
        (tmp_path / "script.json").write_text(json.dumps(script or []))
        command = [
            sys.executable,
            "-W",
            "error",
            "-m",
            "drivers.virtual_escl",
            *arguments,
            "--script",
            str(tmp_path / "script.json"),
        ]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT)
        started.append(process)
        assert process.stdout is not None
        about = json.loads(process.stdout.readline())
        return Remote(about["url"], about, process)

    yield start
    for process in started:
        process.terminate()
        process.communicate(timeout=10)


@pytest.fixture
def connect(spool: Path, tmp_path: Path) -> Callable[[Server], Bench]:
    """Gives the bench of a network scanner."""

    def bench_on(server: Server) -> Bench:
        environment = {
            "SOHOA_ESCL_ADDRESSES": server.url,
            "SOHOA_ESCL_INTERFACES": "127.0.0.1",
            "SOHOA_ESCL_PINS": str(tmp_path / "pins"),
        }
        return Bench("escl", server.url, spool, environment, nobody="http://127.0.0.1:9/eSCL")

    return bench_on


@pytest.fixture
def escl(serve: Serve, connect: Callable[[Server], Bench]) -> Bench:
    """The virtual network scanner over HTTP."""
    return connect(serve())


@pytest.fixture
def four_sheets(twain: TwainBench) -> Bench:
    """The practice data source with as many sheets as the other trays."""
    return twain.ordered(sheets=4)


@pytest.fixture(params=["virtual", "sane", "escl", pytest.param("four_sheets", id="twain")])
def bench(request: pytest.FixtureRequest) -> Bench:
    """Each backend in turn, for what all must do alike."""
    value = request.getfixturevalue(request.param)
    assert isinstance(value, Bench)
    return value


@pytest.fixture
def slow_bench(bench: Bench, serve: Serve) -> tuple[Bench, dict[str, str]]:
    """Each backend in turn with a page that never ends, and the options for it."""
    if isinstance(bench, TwainBench):
        # It takes its time: a driver's transfer cannot be left before it ends.
        return bench.ordered(delay=1500), {}
    if bench.backend == "escl":
        return replace(bench, device=serve({"page": 1, "fault": "stall"}).url), {}
    options = {"virtual": {"page_delay": "30"}, "sane": {"read-delay": "yes", "read-delay-duration": "200000"}}
    return bench, options[bench.backend]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path | None]:
    """A spool of 64 KiB on a file system of its own; None where this account may not mount one."""
    folder = tmp_path / "small disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)], capture_output=True, check=False)
    try:
        yield folder if mounted.returncode == 0 else None
    finally:
        if mounted.returncode == 0:
            subprocess.run(["umount", str(folder)], check=True)
