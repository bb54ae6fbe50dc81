"""The command line: only what a command needs is imported for it."""

from __future__ import annotations

import subprocess
import sys

from typer.main import get_command

from app.cli.__main__ import app


def test_every_command_is_there_under_its_name() -> None:
    commands = get_command(app).commands
    assert {name: command.name for name, command in commands.items()} == {name: name for name in commands}
    assert {"window", "process", "dossier"} <= set(commands)
    assert {"new", "import", "verify"} <= set(commands["dossier"].commands)
    assert set(commands["page"].commands) == {"explain", "split"}


def test_pages_are_processed_without_the_database_and_the_network() -> None:
    code = "import sys, app.cli.process; print(*({'app.bootstrap', 'sqlalchemy', 'keyring'} & {*sys.modules}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not done.stdout.strip()


def test_a_worker_of_the_installed_program_loads_no_commands() -> None:
    # A worker imports the script that started the program, and with it this module.
    code = "import sys; from app.cli.__main__ import main; print(*(name for name in sys.modules if name.startswith('app.cli')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) == {"app.cli", "app.cli.__main__", "app.cli.on_demand"}
