"""Schemathesis sends what the OpenAPI description allows and what it forbids, to every operation."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.central.conftest import Server
from tests.central.engines import Engine

# Whether a request of the right form is accepted depends on what a schema cannot say: the date, uploads that have arrived,
# the hash of a file. The other test files say what must be accepted.
LEFT_OUT = ("positive_data_acceptance",)


@pytest.mark.timeout(240)
def test_the_server_does_what_its_description_says(environment, tmp_path):
    server = Server(environment, tmp_path / "data", Engine("folder"), "--station-rate", "0", "--stranger-rate", "0").start()
    try:
        station = server.enrol()
        headers = [f"Authorization: Bearer {station.token}", "Tus-Resumable: 1.0.0"]
        command = [str(Path(sys.executable).parent / "st"), "run", f"{server.url}/api/v1/openapi.json", "--seed", "1"]
        command += ["--phases", "examples,coverage,fuzzing", "--max-examples", "8", "--request-timeout", "20"]
        command += ["--exclude-checks", ",".join(LEFT_OUT), "--continue-on-failure", "--no-color"]
        command += [word for header in headers for word in ("-H", header)]
        result = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8", timeout=220, check=False)
        assert result.returncode == 0, result.stdout[-6000:]
        assert " ERROR " not in server.errors()
    finally:
        server.stop()
