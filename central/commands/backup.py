"""``sohoa-central backup``."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from app.errors import Text
from app.usage import WrongUse
from central.backup import NotAFolderServer, TheServersOwnFolder, back_up
from central.commands.shared import DataOption, ExitCode, FilesOption, JsonOption, UrlOption, fail, failures, no_database
from central.settings import Settings

_OTHER_TOOLS = Text(
    "máy chủ này dùng PostgreSQL hoặc S3; hãy sao lưu bằng công cụ của chúng (docs/central.md)",
    "this server uses PostgreSQL or S3; back those up with their own tools (docs/central.md)",
)
_OWN_FOLDER = Text(
    "đây là thư mục dữ liệu của máy chủ; chọn thư mục khác, tốt nhất ở ổ đĩa khác",
    "this is the server's own data folder; choose another one, best on another disk",
)


def backup(
    target: Annotated[
        Path, typer.Argument(help="Thư mục của bản sao, tốt nhất ở ổ đĩa khác / the folder of the copy, best on another disk.")
    ],
    data: DataOption,
    database_url: UrlOption = "",
    files_url: FilesOption = "",
    as_json: JsonOption = False,
) -> None:
    """Sao lưu khi máy chủ đang chạy, lần sau cùng một thư mục / copy database, files and key while the server runs.

    To restore, start the server with the copy (or a copy of it) as its data folder.
    """
    if not (data / "central.db").exists() and not database_url:
        raise no_database(data)
    with failures():
        try:
            copied = back_up(Settings(data.resolve(), database_url, files_url), target.resolve())
        except NotAFolderServer:
            raise WrongUse(_OTHER_TOOLS) from None
        except TheServersOwnFolder:
            raise WrongUse(_OWN_FOLDER, "target") from None
        except sqlite3.Error as error:
            kind = type(error).__name__
            fail(
                ExitCode.STORAGE,
                Text(f"Không sao lưu được cơ sở dữ liệu ({kind})", f"The database was not copied ({kind})"),
                Text(
                    "Xem ổ đĩa của bản sao còn chỗ và ghi được không, rồi làm lại.",
                    "See that the copy's disk has room and can be written, then try again.",
                ),
            )
    if as_json:
        typer.echo(json.dumps(asdict(copied)))
    else:
        typer.echo(f"{copied.files} tệp / files, {copied.new} mới / new, {copied.size} byte")
