"""The command ``sohoa-central``: run the server and look after it."""

from __future__ import annotations

import enum
import json
import os
import ssl
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from central import journal
from central.api import create_centre
from central.centre import Centre
from central.s3 import BadFilesUrl
from central.serving import Address, AddressError, InUseError, check_certificate, log_to_stderr
from central.serving import serve as run_server
from central.settings import Settings, default_catalogue, default_data_dir
from central.signing import BadKeyFile
from central.stations import UnknownStation, is_agency, make_code
from central.tables import Revision
from central.web.sessions import add_admin

SHORTEST_PASSWORD = 10
LONGEST_USERNAME = 64
LONGEST_STATION_NAME = 120

_EXIT_CODES = (
    "Exit codes: 0 done, 1 internal fault, 2 wrong use, 6 storage cannot be used, "
    "8 the journal does not hold, 9 port or folder in use."
)

app = typer.Typer(no_args_is_help=True, add_completion=False, help=f"The central server of Số hoá Một cửa.\n\n{_EXIT_CODES}")
admin_app = typer.Typer(no_args_is_help=True, help="People who may look at the received records.")
app.add_typer(admin_app, name="admin")
journal_app = typer.Typer(no_args_is_help=True, help="The journal of accepted revisions.")
app.add_typer(journal_app, name="journal")


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


def _fail(code: ExitCode, vietnamese: str, english: str) -> NoReturn:
    typer.echo(f"{vietnamese} / {english}", err=True)
    raise typer.Exit(code)


@contextmanager
def _failures() -> Iterator[None]:
    try:
        yield
    except InUseError as error:
        _fail(ExitCode.IN_USE, "Cổng hoặc thư mục đang được chương trình khác dùng", f"In use: {error}")
    except AddressError as error:
        _fail(ExitCode.USAGE, "Không mở được địa chỉ này", f"Cannot listen there: {error}")
    except SQLAlchemyError as error:
        _fail(ExitCode.STORAGE, "Không dùng được cơ sở dữ liệu", f"The database cannot be used: {type(error).__name__}")
    except ssl.SSLError:
        _fail(ExitCode.USAGE, "Chứng thư TLS không dùng được", "The certificate or its key cannot be used")
    except BadFilesUrl as error:
        _fail(ExitCode.USAGE, "Địa chỉ kho tệp không đúng", f"The URL of the file store is not right: {error}")
    except BadKeyFile as error:
        _fail(ExitCode.USAGE, "Tệp khoá ký biên nhận không dùng được", f"Not an Ed25519 key in PEM: {error}")
    except OSError as error:
        _fail(ExitCode.STORAGE, "Không dùng được nơi lưu trữ", f"The storage cannot be used: {error.strerror}")


@contextmanager
def _centre(data: Path, database_url: str, files_url: str = "", signing_key: Path | None = None) -> Iterator[Centre]:
    settings = Settings(data.resolve(), database_url, files_url, signing_key=signing_key)
    with _failures():
        centre = create_centre(settings)
        try:
            yield centre
        finally:
            centre.database.close()


@app.command(epilog=_EXIT_CODES)
def serve(  # noqa: PLR0913 - options of a command are its parameters
    data: DataOption,
    catalogue: Annotated[Path, typer.Option(help="The catalogue, a JSON file.", default_factory=default_catalogue)],
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 lets the system choose.")] = 8765,
    database_url: UrlOption = "",
    files_url: FilesOption = "",
    signing_key: KeyOption = None,
    certfile: Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help="TLS certificates, PEM.")] = None,
    keyfile: Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help="Their private key, PEM.")] = None,
    max_file_mb: Annotated[int, typer.Option(min=1, help="The largest single file, in MB.")] = 2048,
    as_json: JsonOption = False,
) -> None:
    """Run the server until SIGTERM or Ctrl-C. With --json, one line {"url": ...} says that it listens."""
    if (certfile is None) != (keyfile is None):
        raise typer.BadParameter("--certfile and --keyfile go together")
    address = Address(host, port, certfile, keyfile)
    settings = Settings(
        data.resolve(),
        database_url,
        files_url,
        catalogue.resolve(),
        max_file_bytes=max_file_mb * 1024 * 1024,
        signing_key=signing_key,
    )

    def tell(url: str) -> None:
        typer.echo(json.dumps({"url": url}) if as_json else f"Đang phục vụ tại / Serving at {url}")

    log_to_stderr()
    with _failures():
        check_certificate(address)
        run_server(settings, address, tell)


@app.command("enrol-code", epilog=_EXIT_CODES)
def enrol_code(
    data: DataOption,
    agency: Annotated[str, typer.Option(help="The agency that the station works for, such as H02.15.")] = "",
    name: Annotated[str, typer.Option(help="The station's name, if it does not give one itself.")] = "",
    station: Annotated[str, typer.Option(help="Give this station a new token; its records and id stay.")] = "",
    database_url: UrlOption = "",
    as_json: JsonOption = False,
) -> None:
    """Print a code with which one station can enrol, once, within a day."""
    if agency and not is_agency(agency):
        raise typer.BadParameter(f"{agency} is not an agency code such as H02.15")
    if len(name) > LONGEST_STATION_NAME:
        raise typer.BadParameter(f"a name has {LONGEST_STATION_NAME} characters at most")
    with _centre(data, database_url) as centre:
        try:
            code, expires = make_code(centre, agency, name, station)
        except UnknownStation as error:
            raise typer.BadParameter(f"there is no station {station}") from error
    typer.echo(json.dumps({"code": code, "expires_at": expires.isoformat()}) if as_json else code)


@admin_app.command("add", epilog=_EXIT_CODES)
def admin_add(
    username: Annotated[str, typer.Argument(help="The name to sign in with.")],
    data: DataOption,
    password_stdin: Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input.")] = False,
    database_url: UrlOption = "",
) -> None:
    """Add a person, or give a person a new password."""
    if not username.strip() or len(username) > LONGEST_USERNAME:
        raise typer.BadParameter(f"a user name has 1 to {LONGEST_USERNAME} characters")
    if password_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = typer.prompt("Mật khẩu / Password", hide_input=True, confirmation_prompt=True)
    if len(password) < SHORTEST_PASSWORD:
        raise typer.BadParameter(f"a password has at least {SHORTEST_PASSWORD} characters")
    with _centre(data, database_url) as centre:
        new = add_admin(centre, username, password)
    typer.echo(f"Đã thêm / Added: {username}" if new else f"Đã đổi mật khẩu / Password changed: {username}")


@app.command(epilog=_EXIT_CODES)
def records(data: DataOption, database_url: UrlOption = "", as_json: JsonOption = False) -> None:
    """List the received records, newest first, without personal data."""
    with _centre(data, database_url) as centre, centre.database.read() as session:
        rows = session.scalars(select(Revision).order_by(Revision.received_at.desc(), Revision.record_id))
        lines = [
            {
                "record_id": row.record_id,
                "revision": row.revision,
                "dossier_number": row.record.dossier_number,
                "station_id": row.record.station_id,
                "procedure_code": row.procedure_code,
                "papers": len(row.files),
                "pages": row.pages,
                "manifest_sha256": row.manifest_sha256,
                "received_at": row.received_at.isoformat(),
            }
            for row in rows
        ]
    if as_json:
        typer.echo(json.dumps({"records": lines}, ensure_ascii=False))
    for line in [] if as_json else lines:
        typer.echo("  ".join(str(line[key]) for key in ("received_at", "dossier_number", "revision", "pages", "record_id")))


@journal_app.command("verify", epilog=_EXIT_CODES)
def journal_verify(
    data: DataOption,
    database_url: UrlOption = "",
    head: Annotated[str, typer.Option(help="A hash noted earlier; it must still stand in the journal.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Walk over the whole journal: every line's hash, every record's manifest, every receipt's signature."""
    with _centre(data, database_url) as centre:
        found = journal.verify(centre, head)
    if as_json:
        typer.echo(json.dumps(asdict(found)))
    else:
        for fault in found.faults:
            typer.echo(f"{fault.number}  {fault.record_id}  {fault.revision}  {fault.kind}", err=True)
        typer.echo(f"{found.entries} dòng / lines, {found.head}")
    if found.faults:
        _fail(
            ExitCode.DAMAGED, "Nhật ký không khớp; hãy giữ nguyên máy chủ và báo người phụ trách", "The journal does not hold"
        )


def main() -> None:
    """Run the command line; what it writes is personal data and readable by its own user only."""
    os.umask(0o077)
    app(prog_name="sohoa-central")


if __name__ == "__main__":
    main()
