"""``sohoa-central backup``."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from central.backup import NotAFolderServer, back_up
from central.commands.shared import DataOption, ExitCode, FilesOption, JsonOption, UrlOption, fail, failures
from central.settings import Settings


def backup(
    target: Annotated[Path, typer.Argument(help="The folder of the copy, best on another disk.")],
    data: DataOption,
    database_url: UrlOption = "",
    files_url: FilesOption = "",
    as_json: JsonOption = False,
) -> None:
    """Copy database, files and key into a folder while the server runs; again and again into the same one.

    To restore, start the server with the copy (or a copy of it) as its data folder.
    """
    if not (data / "central.db").exists() and not database_url:
        raise typer.BadParameter(f"there is no server's database in {data}")
    with failures():
        try:
            copied = back_up(Settings(data.resolve(), database_url, files_url), target.resolve())
        except NotAFolderServer:
            fail(
                ExitCode.USAGE,
                "Máy chủ này dùng PostgreSQL hoặc S3; hãy sao lưu bằng công cụ của chúng (docs/central.md)",
                "This server uses PostgreSQL or S3; back those up with their own tools (docs/central.md)",
            )
        except sqlite3.Error as error:
            fail(ExitCode.STORAGE, "Không sao lưu được cơ sở dữ liệu", f"The database was not copied: {type(error).__name__}")
    if as_json:
        typer.echo(json.dumps(asdict(copied)))
    else:
        typer.echo(f"{copied.files} tệp / files, {copied.new} mới / new, {copied.size} byte")
