"""Commands within this process: the same as a user's, without the time that a new process takes to start."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from app.cli import common
from app.cli.__main__ import app
from tests.support import Ran


def quickly(*arguments: str | Path) -> Ran:
    """Run a command and give how it ended, as tests.support.sohoa does."""
    for console in (common.console, common.messages):
        console.width = 200
    done = CliRunner().invoke(app, [str(argument) for argument in arguments], prog_name="sohoa")
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return Ran(done.exit_code, done.stdout, done.stderr)
