"""Small helpers of the tests: waiting, running commands, a central server of one's own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.bootstrap import Application
from app.model.page import PageState

ROOT = Path(__file__).resolve().parent.parent
PYTHON = [sys.executable, "-W", "error"]


def wait_until(condition: Callable[[], bool], seconds: float = 60.0, what: str = "the condition") -> None:
    """Wait for something; fail with its name after ``seconds``."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{what} did not come within {seconds} s"
        time.sleep(0.02)


def wait_processed(application: Application, dossier_id: str, seconds: float = 90.0) -> None:
    """Wait until the pipeline is through with a dossier's pages."""
    pages = application.dossiers.pages
    wait_until(lambda: all(page.state is not PageState.NEW for page in pages(dossier_id)), seconds, "the processed pages")


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str

    def json(self) -> object:
        """What it printed, as JSON."""
        return json.loads(self.out)


def sohoa(*arguments: str | Path, environment: Mapping[str, str] | None = None, seconds: float = 100.0, given: str = "") -> Ran:
    """Run a command of the workstation as a user would, warnings being errors; ``given`` is its stdin."""
    command = [*PYTHON, "-m", "app.cli", *map(str, arguments)]
    wide = {**os.environ, "COLUMNS": "200", **(environment or {})}
    done = subprocess.run(
        command, cwd=ROOT, env=wide, input=given, capture_output=True, text=True, timeout=seconds, check=False
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def central(data: Path, *arguments: str, given: str = "") -> str:
    """Run a command of the central server and give what it prints."""
    command = [*PYTHON, "-m", "central", *arguments, "--data", str(data)]
    done = subprocess.run(command, cwd=ROOT, input=given, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@dataclass
class CentralServer:
    """A central server in a process of its own."""

    data: Path
    url: str
    process: subprocess.Popen[bytes]

    def code(self) -> str:
        """A one-time code for enrolment."""
        return central(self.data, "enrol-code", "--agency", "H02.15", "--name", "Bàn thử")

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)


@contextmanager
def central_server(data: Path, port: int = 0) -> Iterator[CentralServer]:
    """Run a central server on loopback while the block lasts."""
    command = [*PYTHON, "-m", "central", "serve", "--port", str(port), "--json", "--data", str(data)]
    with (
        (data.parent / f"{data.name}.log").open("ab") as log,
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=log) as process,
    ):
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line, (data.parent / f"{data.name}.log").read_text()
            yield CentralServer(data, json.loads(line)["url"], process)
        finally:
            process.terminate()
            process.wait(20)
