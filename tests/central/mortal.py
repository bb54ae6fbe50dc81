"""A central server that kills itself (SIGKILL) at a named step: ``python -m tests.central.mortal ARMED OPTIONS...``.

``ARMED`` is a file that names the step and how often it is passed first; while it is empty, the server lives. Each line on
standard input starts one life with the options of ``serve``; standard output says its pid, its address and how it ended. All
lives are forked from one process that has imported everything, so that a life costs little.
"""

from __future__ import annotations

import functools
import json
import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

BEFORE, AFTER = "before", "after"
STEPS = (
    "before an upload is declared",
    "after an upload is declared",
    "before bytes are added",
    "after bytes are kept",
    "after bytes are kept, the last ones",
    "before the hash counts as checked",
    "after the hash counts as checked",
    "after the pages are counted",
    "after the delivery is noted",
    "after the move into the store",
    "after the bytes on their way are dropped",
    "before the record has its row",
    "after the record has its row",
    "after the receipt is signed",
    "after the journal has its line",
    "after the facts are kept",
    "before the receipt is answered",
)


def passes(step: str) -> int:
    """Say how often a step is passed before it counts: the file of these tests comes in two pieces."""
    return 1 if step.endswith(", the last ones") else 0


class Mortal:
    """The test's side: starts lives, arms steps and waits for the end."""

    def __init__(self, environment: Mapping[str, str], folder: Path, options: Sequence[str]) -> None:
        self.armed, self.data = folder / "armed", folder / "data"
        self.armed.write_text("")
        command = [sys.executable, "-m", "tests.central.mortal", str(self.armed)]
        command += ["--json", "--data", str(self.data), "--station-rate", "0", *options]
        self._log = (folder / "log").open("ab")
        pipe = subprocess.PIPE
        self._parent = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=self._log, text=True, env=environment)
        self.port = self.pid = 0
        self.url = ""

    def start(self) -> None:
        """Begin a life, at the same port as the one before."""
        self._parent.stdin.write(f"{self.port}\n")
        self._parent.stdin.flush()
        self.pid = self._said()["pid"]
        self.url = self._said()["url"]
        self.port = int(self.url.rsplit(":", 1)[1])

    def arm(self, step: str) -> None:
        """Let it die when it comes to a step."""
        self.armed.write_text(f"{passes(step)} {step.removesuffix(', the last ones')}")

    def ended(self) -> int:
        """Wait for the end of a life, and say by which signal it came; 0 for an orderly one."""
        signal_number: int = self._said()["ended"]
        self.pid = 0
        self.armed.write_text("")
        return signal_number

    def close(self) -> None:
        """Stop in order."""
        if self.pid:
            os.kill(self.pid, signal.SIGTERM)
            self.ended()
        self._parent.stdin.close()
        self._parent.wait(20)
        self._parent.stdout.close()
        self._log.close()

    def _said(self) -> Any:
        line = self._parent.stdout.readline()
        assert line, Path(self._log.name).read_text("utf-8", "replace")[-3000:]
        return json.loads(line)


def _dies(armed: Path, step: str) -> None:
    left, _, named = armed.read_text().partition(" ")
    if named != step:
        return
    if left == "0":
        os.kill(os.getpid(), signal.SIGKILL)
    armed.write_text(f"{int(left) - 1} {step}")


def _make_mortal(armed: Path, owner: Any, name: str, step: str) -> None:
    original, when = getattr(owner, name), step.split()[0]

    @functools.wraps(original)
    def mortal(*arguments: Any, **named: Any) -> Any:
        if when == BEFORE:
            _dies(armed, step)
        result = original(*arguments, **named)
        if when == AFTER:
            _dies(armed, step)
        return result

    setattr(owner, name, mortal)


def _prepare(armed: Path) -> None:
    from central import facts, journal, records
    from central.blobs import FolderBlobs
    from central.contents import PageCounter
    from central.s3 import S3Blobs
    from central.s3_uploads import S3Uploads
    from central.signing import ReceiptSigner
    from central.upload_storage import FolderUploads
    from central.uploads import Uploads

    storages, stores = (FolderUploads, S3Uploads), (FolderBlobs, S3Blobs)
    places: tuple[tuple[tuple[Any, ...], str, tuple[str, ...]], ...] = (
        (storages, "declare", ("before an upload is declared", "after an upload is declared")),
        (storages, "add", ("before bytes are added",)),
        (storages, "settle_bytes", ("after bytes are kept",)),
        (storages, "mark_done", ("before the hash counts as checked", "after the hash counts as checked")),
        ((PageCounter,), "count", ("after the pages are counted",)),
        ((Uploads,), "_record", ("after the delivery is noted",)),
        (stores, "take", ("after the move into the store",)),
        (storages, "drop_data", ("after the bytes on their way are dropped",)),
        ((records,), "_record_for", ("before the record has its row", "after the record has its row")),
        ((ReceiptSigner,), "sign", ("after the receipt is signed",)),
        ((journal,), "append", ("after the journal has its line",)),
        ((facts,), "keep", ("after the facts are kept",)),
        ((records,), "_receipt_response", ("before the receipt is answered",)),
    )
    for owners, name, steps in places:
        for owner in owners:
            for step in steps:
                _make_mortal(armed, owner, name, step)


def _live(options: list[str]) -> None:
    from central.__main__ import app

    code = 1
    try:
        app(["serve", *options], standalone_mode=False)
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(code)


def main() -> None:
    """Fork one life for each line that comes in."""
    armed, options = Path(sys.argv[1]), sys.argv[2:]
    _prepare(armed)
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            _live([*options, "--port", line.strip()])
        print(json.dumps({"pid": pid}), flush=True)
        _, status = os.waitpid(pid, 0)
        assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
        print(json.dumps({"ended": os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0}), flush=True)


if __name__ == "__main__":
    main()
