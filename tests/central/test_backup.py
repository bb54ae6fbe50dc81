"""A copy made while the server works is a whole server."""

from __future__ import annotations

import json
import os
import threading

import pytest
from typer.testing import CliRunner

from central.__main__ import app
from tests.central.conftest import Server
from tests.central.engines import Engine
from tests.pdfs import pdf_of


@pytest.fixture
def folder_server(environment, tmp_path):
    server = Server(environment, tmp_path / "data", Engine("folder"), "--station-rate", "0").start()
    yield server
    server.stop()


def run(*arguments: str) -> dict:
    result = CliRunner().invoke(app, [*arguments, "--json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_a_copy_of_a_working_server_holds_and_goes_on(folder_server, environment, tmp_path):
    station = folder_server.enrol()
    first = station.send(pdf_of("đầu"))
    over = threading.Event()

    def keep_sending() -> None:
        while not over.is_set():
            station.send(pdf_of(padding=os.urandom(2000)))

    sender = threading.Thread(target=keep_sending)
    sender.start()
    try:
        copies = [run("backup", str(tmp_path / "copy"), "--data", str(folder_server.data)) for _ in range(3)]
    finally:
        over.set()
        sender.join()
    assert copies[0]["new"] == copies[0]["files"] >= 1
    assert copies[2]["new"] < copies[2]["files"]
    held = run("journal", "verify", "--files", "--data", str(tmp_path / "copy"))
    assert held["faults"] == []
    assert held["entries"] >= 1
    restored = Server(environment, tmp_path / "copy", Engine("folder")).start()
    try:
        station.server = restored
        answer = station.ask("GET", f"/records/{first['record_id']}/revisions/1/receipt")
        assert answer.status_code == 200
        station.send(pdf_of("tiếp"))
    finally:
        assert restored.stop() == 0


def test_a_missing_or_changed_file_is_found(folder_server):
    station = folder_server.enrol()
    contents = [pdf_of("một"), pdf_of("hai")]
    for content in contents:
        station.send(content)
    with folder_server.centre() as centre:
        paths = [path for path in centre.blobs.root.glob("*/*") if path.is_file()]
    paths[0].unlink()
    paths[1].write_bytes(b"other")
    arguments = ["journal", "verify", "--files", "--json", "--data", str(folder_server.data)]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 8
    assert {fault["kind"] for fault in json.loads(result.stdout)["faults"]} == {"file-missing", "file-changed"}


def test_what_cannot_be_copied_says_why(tmp_path):
    nothing = CliRunner().invoke(app, ["backup", str(tmp_path / "copy"), "--data", str(tmp_path / "none")])
    assert nothing.exit_code == 2
    url = ["--database-url", "postgresql+psycopg://localhost/x"]
    foreign = CliRunner().invoke(app, ["backup", str(tmp_path / "copy"), "--data", str(tmp_path), *url])
    assert foreign.exit_code == 2
    assert "PostgreSQL" in foreign.output
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "central.db").touch()
    own = CliRunner().invoke(app, ["backup", str(tmp_path / "data"), "--data", str(tmp_path / "data")])
    assert (own.exit_code, "own data folder" in own.output) == (2, True)
