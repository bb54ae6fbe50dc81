"""``sohoa``: the workstation's commands. Without a command it opens the window."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import NoReturn

import typer

from app.cli import (
    demo,
    devices,
    doctor,
    dossiers,
    finding,
    importing,
    offers,
    outbox,
    papers,
    procedures,
    process,
    profiles,
    records,
    reusing,
    scanning,
    sending,
    settings_page,
)

app = typer.Typer(
    add_completion=False, help="Số hoá Một cửa: trạm quét của Bộ phận Một cửa / the one-stop desk's scanning workstation."
)
app.add_typer(dossiers.app, name="dossier")
dossiers.app.command()(finding.search)
dossiers.app.command("import")(importing.import_)
dossiers.app.command()(offers.fields)
dossiers.app.command()(reusing.reuse)
dossiers.app.command()(records.correct)
dossiers.app.command()(records.history)
dossiers.app.command("export")(records.export_)
dossiers.app.command()(records.verify)
for command in (papers.paper, papers.slip, papers.accept, papers.result, papers.number):
    dossiers.app.command()(command)
app.add_typer(settings_page.app, name="settings")
app.add_typer(profiles.app, name="profiles")
app.add_typer(devices.app, name="devices")
app.command()(scanning.scan)
app.add_typer(procedures.app, name="procedures")
app.command()(sending.enrol)
app.command()(sending.sync)
app.command()(sending.catalogue)
app.add_typer(outbox.app, name="outbox")
app.add_typer(doctor.app, name="doctor")
app.command()(demo.demo)
app.command()(process.process)
process.page_app.command("split")(dossiers.split_page)
app.add_typer(process.page_app, name="page")


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
    app(prog_name="sohoa")


if __name__ == "__main__":
    main()
