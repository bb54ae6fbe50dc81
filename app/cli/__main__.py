"""``sohoa``: the workstation's commands. Without a command it opens the window."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import NoReturn

import typer

from app.cli.on_demand import OnDemand
from app.usage import speak_utf8

app = typer.Typer(
    cls=OnDemand,
    add_completion=False,
    help="Số hoá Một cửa: trạm quét của Bộ phận Một cửa / the one-stop desk's scanning workstation.",
)


@app.callback(invoke_without_command=True)
def default(context: typer.Context) -> None:
    """Open the window where no command is given."""
    if context.invoked_subcommand is None:
        window()


def _become(module: str, *arguments: str) -> NoReturn:
    """Go on as another program of ours, so that whoever ends this process ends that program and nothing stays behind."""
    command = [sys.executable, "-m", module, *arguments]
    if sys.platform == "win32":
        # Windows would start a second process and let this one end at once.
        raise typer.Exit(subprocess.call(command))
    os.execv(sys.executable, command)  # noqa: S606 - a program by its list of arguments


@app.command()
def window() -> None:
    """Mở cửa sổ / open the window."""
    _become("ui")


@app.command("virtual-escl", context_settings={"allow_extra_args": True, "ignore_unknown_options": True}, add_help_option=False)
def virtual_escl(context: typer.Context) -> None:
    """Máy quét mạng (eSCL) để tập và thử, chỉ trên máy này / a network scanner for practice, on this machine only."""
    _become("drivers.virtual_escl", *context.args)


def main() -> None:
    """Run the command line."""
    speak_utf8()
    app(prog_name="sohoa")


if __name__ == "__main__":
    main()
