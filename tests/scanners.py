"""What tests of scanners share: slips that can be told apart, SANE's configuration, network scanners on this machine."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import pytest
from PIL import Image

from app.acquisition import errors
from app.acquisition.scanners import ScanOutcome
from app.bootstrap import Application, build
from app.jobs import Job
from app.model.profile import PaperSize, Profile
from drivers import client
from drivers.client import Deadlines
from drivers.virtual_escl import Server, serving
from drivers.virtual_escl_device import Tray, VirtualScanner
from drivers.virtual_escl_faults import parse_script
from tests.support import PYTHON, ROOT

NETWORK_NAME = "Virtual Desk Scanner"
# A pace that a feeder might have. Without one airscan drops the pages it already has: when all paper was taken, or trouble
# came, before the thread that waits in its `sane_start` woke up, it answers with how the job ended.
FEEDER_PPM = 300.0
AIRSCAN = f"airscan:e0:{NETWORK_NAME}"
# A card at 100 dpi, as the profiles of the tests ask for it: the file in the tray is then what arrives.
SLIP_SIZE, SLIP_DPI = (337, 213), 100
_SHADE = 20

# Stands in front of python-sane in the worker, and makes the real test device fail at its third page.
TROUBLE_AT_PAGE_3 = """
import importlib.util, os, sys, sysconfig
path = os.path.join(sysconfig.get_path("platlib"), "sane.py")
spec = importlib.util.spec_from_file_location("sane", path)
module = importlib.util.module_from_spec(spec)
sys.modules["sane"] = module
spec.loader.exec_module(module)
real_start, starts = module.SaneDev.start, []
def start(self):
    starts.append(1)
    if len(starts) == 3:
        exec(os.environ["TROUBLE"], {**globals(), "self": self})
    real_start(self)
module.SaneDev.start = start
"""


def draw_slips(folder: Path, count: int) -> Path:
    """Make a tray of slips, each in a shade of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(1, count + 1):
        shade = (number * _SHADE, 255 - number * _SHADE, 90)
        Image.new("RGB", SLIP_SIZE, shade).save(folder / f"{number}.jpg", dpi=(SLIP_DPI, SLIP_DPI), quality=92)
    return folder


def slip_number(picture: Path) -> int:
    """Tell which slip a scan shows; fails where it shows no whole one."""
    with Image.open(picture) as image:
        (low, high), *_ = image.convert("RGB").getextrema()
    assert high - low < _SHADE // 2, f"{picture.name} is no whole slip"
    return round((low + high) / 2 / _SHADE)


def sane_environment(folder: Path, **backends: str) -> dict[str, str]:
    """Give the environment in which SANE knows these backends only, each with the text of its configuration."""
    folder.mkdir(exist_ok=True)
    (folder / "dll.conf").write_text("".join(f"{name}\n" for name in backends))
    for name, text in backends.items():
        configure(folder, name, text)
    return {"SANE_CONFIG_DIR": str(folder)}


def configure(folder: Path, backend: str, text: str) -> None:
    """Change a backend's configuration at once: an empty one, read in between, has other scanners than both."""
    part = folder / f"{backend}.part"
    part.write_text(text)
    part.replace(folder / f"{backend}.conf")


def airscan_configuration(*urls: str, name: str = NETWORK_NAME) -> str:
    """Give sane-airscan's configuration for scanners at these addresses; the last one has the name."""
    names = [f"Other {number}" for number in range(1, len(urls))] + [name]
    lines = "".join(f'"{each}" = {url}, eSCL\n' for each, url in zip(names, urls, strict=True))
    return f"[devices]\n{lines}[options]\ndiscovery = disable\nws-discovery = off\n"


def troubled(environment: dict[str, str], folder: Path, trouble: str) -> dict[str, str]:
    """Give the environment in which python-sane does what ``trouble`` (code) says before its third page."""
    folder.mkdir(exist_ok=True)
    (folder / "sane.py").write_text(TROUBLE_AT_PAGE_3)
    return {**environment, "PYTHONPATH": str(folder), "TROUBLE": trouble}


@contextmanager
def network_scanner(pages: Path, *script: dict[str, Any], **options: Any) -> Iterator[Server]:
    """Serve a virtual network scanner from this process."""
    with serving(VirtualScanner(Tray(pages), parse_script(json.dumps(script)), **options)) as server:
        yield server


@contextmanager
def mortal_network_scanner(pages: Path, folder: Path, *script: dict[str, Any]) -> Iterator[str]:
    """Serve a virtual network scanner from a process of its own, which may die; gives its address."""
    (folder / "script.json").write_text(json.dumps(script))
    command = [*PYTHON, "-m", "drivers.virtual_escl", "--pages", str(pages), "--script", str(folder / "script.json")]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            yield json.loads(process.stdout.readline())["url"]
        finally:
            process.terminate()


class Station:
    """A workstation with a tray of slips, and the ways to scan them into its present dossier."""

    def __init__(self, application: Application, folder: Path, sheets: int) -> None:
        self.application = application
        self.limit = 50.0
        self.folder = folder
        self.slips = draw_slips(folder / "slips", sheets)
        self.dossier = ""
        self.virtual = Profile("x", "virtual", str(self.slips), dpi=100, paper=PaperSize.CARD)
        self.sane = replace(self.virtual, backend="sane", device="test:0", dpi=75)
        self.test_device = sane_environment(folder / "sane.d", test="number_of_devices 1\n")

    def start(self, profile: Profile, environment: dict[str, str] | None = None, **options: str) -> Job[ScanOutcome]:
        return self.application.scanners.start(replace(profile, options=options), self.dossier, environment=environment)

    def scan(self, profile: Profile, environment: dict[str, str] | None = None, **options: str) -> ScanOutcome:
        return self.start(profile, environment, **options).result(self.limit)

    def fails(
        self, kind: type[errors.ScanFailed], profile: Profile, environment: dict[str, str] | None = None, **options: str
    ) -> errors.ScanFailed:
        with pytest.raises(errors.ScanFailed) as failed:
            self.scan(profile, environment, **options)
        assert type(failed.value) is kind, failed.value
        return failed.value

    def escl(self, url: str) -> Profile:
        return replace(self.virtual, backend="escl", device=url)

    def airscan(self, *urls: str) -> tuple[Profile, dict[str, str]]:
        environment = sane_environment(self.folder / "airscan.d", airscan=airscan_configuration(*urls))
        return replace(self.virtual, backend="sane", device=AIRSCAN), environment

    @property
    def sequences(self) -> list[int]:
        return [page.provenance.sequence for page in self.application.dossiers.pages(self.dossier)]

    @property
    def slip_numbers(self) -> list[int]:
        pages = self.application.dossiers.pages(self.dossier)
        return [slip_number(self.application.folder.pages / page.file) for page in pages]


def workers() -> list[psutil.Process]:
    """The scanner workers that this process runs now; "start.exe" is how Wine calls one of 32 bits."""
    names = ("drivers.worker", "sohoa-twain-worker", "start.exe")
    return [child for child in psutil.Process().children() if any(name in _command(child) for name in names)]


@contextmanager
def opened_station(folder: Path, sheets: int) -> Iterator[Station]:
    """Open a workstation on a folder, with so many slips in its tray."""
    application = build(folder / "data", folder / "settings.toml")
    try:
        yield Station(application, folder, sheets)
    finally:
        application.close()


@contextmanager
def one_row(workstation: Station, monkeypatch: pytest.MonkeyPatch, patience: Deadlines) -> Iterator[Station]:
    """Give the workstation with a new dossier and little patience; after the row it has to scan as if nothing had been."""
    sheets = len(list(workstation.slips.iterdir()))
    workstation.dossier = workstation.application.dossiers.new().id
    monkeypatch.setattr(client, "start_scan", partial(client.start_scan, deadlines=patience))
    yield workstation
    assert workers() == []
    assert list(workstation.application.folder.spool.iterdir()) == []
    workstation.dossier = workstation.application.dossiers.new().id
    assert workstation.scan(workstation.virtual) == ScanOutcome(sheets, stopped=False)
    assert workstation.slip_numbers == list(range(1, sheets + 1))


def when(job: Job[ScanOutcome], words: str, action: Callable[[], object], after: float = 0.0) -> None:
    """Do something once, so many seconds after the job's note holds these words."""
    waiting = [threading.Timer(after, action)]

    def changed(seen: Job[ScanOutcome]) -> None:
        if words in seen.note.en and waiting:
            timer = waiting.pop()
            timer.start()
            if not after:
                timer.join()

    job.watch(changed)


def as_administrator(*command: str) -> None:
    """Run a command that needs the system's administrator."""
    subprocess.run([*([] if os.geteuid() == 0 else ["sudo", "-n"]), *command], check=True)


def _command(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        return ""
