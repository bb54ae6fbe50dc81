"""The command ``sohoa-central``: run the server and look after it."""

from __future__ import annotations

import os

import typer

from app.usage import Commands, speak_utf8
from central.commands import backup, importing, people, records, serving, stations
from central.commands.shared import EXIT_CODES

app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    help=f"Máy chủ trung tâm của Số hoá Một cửa / the central server.\n\n{EXIT_CODES}",
)
app.command(epilog=EXIT_CODES)(serving.serve)
app.command("enrol-code", epilog=EXIT_CODES)(stations.enrol_code)
app.command(epilog=EXIT_CODES)(records.records)
app.command(epilog=EXIT_CODES)(backup.backup)
app.command("import", epilog=EXIT_CODES)(importing.import_)
app.add_typer(stations.app, name="station")
app.add_typer(people.app, name="admin")
app.add_typer(records.app, name="journal")


def main() -> None:
    """Run the command line; what it writes is personal data and readable by its own user only."""
    os.umask(0o077)
    speak_utf8()
    app(prog_name="sohoa-central")


if __name__ == "__main__":
    main()
