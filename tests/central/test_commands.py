"""The command line: what each command prints and ends with."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from typer.testing import CliRunner

from central.__main__ import app
from central.database import Database, migrate
from central.tables import Admin, Base
from tests.pdfs import pdf_of

ROOT = Path(__file__).parents[2]


@pytest.fixture
def run(environment):
    """Run a command as its own process, from another folder."""

    def start(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "central", *arguments]
        options = {"input": stdin, "capture_output": True, "encoding": "utf-8", "timeout": 60, "check": False}
        return subprocess.run(command, env=environment, cwd="/", **options)

    return start


COMMANDS = [
    "",
    "serve",
    "enrol-code",
    "admin",
    "admin add",
    "admin list",
    "admin remove",
    "records",
    "station list",
    "station revoke",
    "station move",
    "journal verify",
    "backup",
]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command):
    result = CliRunner().invoke(app, [*command.split(), "--help"])
    assert result.exit_code == 0
    assert "Usage" in result.stdout


def test_code_made_while_the_server_runs(run, server):
    result = run("enrol-code", "--agency", "H02.15", "--name", "Quầy 9", "--data", str(server.data), *server.engine.options[:2])
    assert (result.returncode, result.stderr) == (0, "")
    body = {"code": result.stdout.strip(), "name": ""}
    answer = requests.post(f"{server.url}/api/v1/stations", json=body, timeout=20)
    assert answer.json()["name"] == "Quầy 9"


def test_records_without_personal_data(server, station):
    manifest = station.send(pdf_of("for the command"))
    result = CliRunner().invoke(app, ["records", "--json", "--data", str(server.data), *server.engine.options[:2]])
    lines = json.loads(result.stdout)["records"]
    assert next(line for line in lines if line["record_id"] == manifest["record_id"])["papers"] == 1
    assert "Thử" not in result.stdout


def test_admin_add_reads_the_password_from_stdin(tmp_path):
    command = ["admin", "add", "lan", "--password-stdin", "--data", str(tmp_path / "new data")]
    assert CliRunner().invoke(app, command, "mật khẩu dài\n").exit_code == 0
    limited = CliRunner().invoke(app, [*command, "--role", "editor", "--agency", "H02.15"], "mật khẩu dài\n")
    assert "Password changed" in limited.output
    database = Database(f"sqlite:///{tmp_path / 'new data' / 'central.db'}")
    with database.read() as session:
        admin = session.get_one(Admin, "lan")
        assert (admin.role, admin.agency_code) == ("editor", "H02.15")
    database.close()
    short = CliRunner().invoke(app, command, "ngắn\n")
    assert short.exit_code == 2
    assert "ngắn" not in short.output


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["serve", "--port", "70000"], 2),
        (["nonsense"], 2),
        (["serve", "--host", "192.0.2.1", "--port", "0"], 2),
        (["enrol-code", "--agency", "bad"], 2),
        (["admin", "add", "lan", "--agency", "bad"], 2),
        (["admin", "add", "lan", "--role", "king"], 2),
        (["serve", "--indicators", str(ROOT / "pyproject.toml")], 2),
        (["serve", "--catalogue", str(ROOT / "pyproject.toml")], 2),
        (["import", str(ROOT / "docs")], 2),
        (["serve", "--certfile", str(ROOT / "pyproject.toml")], 2),
        (["records", "--database-url", "sqlite:////proc/none/central.db"], 6),
        (["enrol-code", "--data", "/proc/none"], 6),
        (["records"], 2),
        (["station", "list"], 2),
        (["journal", "verify"], 2),
        (["serve", "--port", "0", "--data", "/dev/null"], 6),
        (["serve", "--port", "0", "--files-url", "s3://none?endpoint=http://127.0.0.1:9"], 6),
    ],
)
def test_exit_codes(tmp_path, arguments, code):
    data = [] if "--data" in arguments or arguments == ["nonsense"] else ["--data", str(tmp_path)]
    result = CliRunner().invoke(app, [*arguments, *data])
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    said, remedy = result.stderr.splitlines()
    assert said.startswith("✗ ")
    assert " / " in said
    assert remedy.startswith("→ ")


def test_port_and_folder_in_use(run, server, tmp_path):
    assert run("serve", "--port", "0", "--data", str(server.data)).returncode == 9
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        result = run("serve", "--port", port, "--data", str(tmp_path))
    assert result.returncode == 9
    assert port in result.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals_end_the_server_in_order(fresh_server, number):
    server = fresh_server()
    server.process.send_signal(number)
    assert server.ended() == 0
    assert server.errors() == ""


def test_a_stop_waits_for_no_stalled_sender(fresh_server):
    server = fresh_server()
    address = server.url.removeprefix("http://").split(":")
    with socket.create_connection((address[0], int(address[1]))) as stalled:
        stalled.sendall(b"POST /api/v1/stations HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{")
        assert requests.get(f"{server.url}/healthz", timeout=20).status_code == 200
        assert server.stop() == 0
    assert "ERROR" not in server.errors()


def test_migrations_make_the_tables_that_the_code_expects(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'x.db'}")
    migrate(database.engine)
    migrate(database.engine)
    with database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
        pragmas = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "foreign_keys", "synchronous")
        ]
    database.close()
    assert pragmas == ["wal", 1, 2]


def test_two_processes_migrate_at_once(run, tmp_path):
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda _: run("enrol-code", "--data", str(tmp_path / "d")), range(2)))
    assert [result.returncode for result in results] == [0, 0], results
