"""Ctrl+C in the middle of a command: the whole group gets it, as from a terminal; one sentence, code 130, nothing lost."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from tests.support import PYTHON, ROOT, sohoa, wait_until


def test_ctrl_c_while_scanning_says_one_sentence_and_keeps_the_pages(
    tmp_path: Path, small_pages: Callable[[int], Path]
) -> None:
    data = tmp_path / "data"
    environment = {**os.environ, "SOHOA_DATA": str(data), "SOHOA_SETTINGS": str(tmp_path / "s.toml")}
    command = [*PYTHON, "-m", "app.cli", "scan", "--device", str(small_pages(20)), "--option", "page_delay=0.3"]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        wait_until(lambda: len(list((data / "pages").glob("*/*.jpg"))) >= 2, what="two pages")
        time.sleep(0.2)  # somewhere inside the third page, while page workers run
        os.killpg(process.pid, signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in errors
    assert "Exception" not in errors
    assert "đã lưu vẫn an toàn" in errors

    (dossier,) = json.loads(sohoa("dossier", "list", "--json", environment=environment).out)
    shown = json.loads(sohoa("dossier", "show", dossier["id"], "--json", environment=environment).out)
    assert len(shown["pages"]) >= 2
