"""What the commands share: options, exit codes, and errors in words."""

from __future__ import annotations

import enum
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from sqlalchemy.exc import SQLAlchemyError

from central.api import create_centre
from central.centre import Centre
from central.indicators import BadIndicators
from central.s3 import BadFilesUrl
from central.serving import AddressError, InUseError
from central.settings import Settings, default_data_dir
from central.signing import BadKeyFile

EXIT_CODES = (
    "Exit codes: 0 done, 1 internal fault, 2 wrong use, 6 storage cannot be used, "
    "8 the journal does not hold, 9 port or folder in use."
)


class ExitCode(enum.IntEnum):
    """What a command ends with."""

    OK = 0
    INTERNAL = 1
    USAGE = 2
    STORAGE = 6
    DAMAGED = 8
    IN_USE = 9


DataOption = Annotated[Path, typer.Option("--data", help="The data folder.", default_factory=default_data_dir)]
UrlOption = Annotated[
    str, typer.Option(envvar="SOHOA_CENTRAL_DATABASE_URL", help="An SQLAlchemy URL; without it, SQLite inside the data folder.")
]
FilesOption = Annotated[
    str,
    typer.Option(
        envvar="SOHOA_CENTRAL_FILES_URL",
        help="An S3 store, s3://BUCKET/PREFIX?endpoint=URL; without it, folders inside the data folder.",
    ),
]
KeyOption = Annotated[
    Path | None,
    typer.Option(
        envvar="SOHOA_CENTRAL_SIGNING_KEY", dir_okay=False, help="The key that signs receipts; all replicas need the same."
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON document on standard output, for programs.")]


def fail(code: ExitCode, vietnamese: str, english: str) -> NoReturn:
    """End the command with a message in both languages."""
    typer.echo(f"{vietnamese} / {english}", err=True)
    raise typer.Exit(code)


@contextmanager
def failures() -> Iterator[None]:
    """Turn what can go wrong at start into words and exit codes."""
    try:
        yield
    except InUseError as error:
        fail(ExitCode.IN_USE, "Cổng hoặc thư mục đang được chương trình khác dùng", f"In use: {error}")
    except AddressError as error:
        fail(ExitCode.USAGE, "Không mở được địa chỉ này", f"Cannot listen there: {error}")
    except SQLAlchemyError as error:
        fail(ExitCode.STORAGE, "Không dùng được cơ sở dữ liệu", f"The database cannot be used: {type(error).__name__}")
    except ssl.SSLError:
        fail(ExitCode.USAGE, "Chứng thư TLS không dùng được", "The certificate or its key cannot be used")
    except BadFilesUrl as error:
        fail(ExitCode.USAGE, "Địa chỉ kho tệp không đúng", f"The URL of the file store is not right: {error}")
    except BadIndicators as error:
        fail(ExitCode.USAGE, "Tệp chỉ tiêu không dùng được", f"The file of indicators cannot be used: {error}")
    except BadKeyFile as error:
        fail(ExitCode.USAGE, "Tệp khóa ký biên nhận không dùng được", f"Not an Ed25519 key in PEM: {error}")
    except OSError as error:
        fail(ExitCode.STORAGE, "Không dùng được nơi lưu trữ", f"The storage cannot be used: {error.strerror}")


@contextmanager
def opened_centre(
    data: Path, database_url: str, files_url: str = "", signing_key: Path | None = None, *, must_exist: bool = False
) -> Iterator[Centre]:
    """Open the centre's database and files for one command; ``must_exist`` keeps a mistyped folder from looking empty."""
    if must_exist and not database_url and not (data / "central.db").exists():
        raise typer.BadParameter(f"there is no server's database in {data}")
    settings = Settings(data.resolve(), database_url, files_url, signing_key=signing_key)
    with failures():
        centre = create_centre(settings)
        try:
            yield centre
        finally:
            centre.database.close()
