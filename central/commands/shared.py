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

from app.errors import Text
from app.system_words import system_words
from app.usage import WrongUse
from central.api import create_centre
from central.catalogue import BadCatalogue
from central.centre import Centre
from central.indicators import BadIndicators
from central.s3 import BadFilesUrl
from central.serving import AddressError, InUseError
from central.settings import Settings, default_data_dir
from central.signing import BadKeyFile
from central.stations import is_agency

EXIT_CODES = (
    "Mã kết thúc / exit codes: 0 xong / done, 1 lỗi chương trình / internal fault, 2 lệnh sai / wrong use, "
    "6 nơi lưu trữ / storage, 8 nhật ký không khớp hoặc gói hỏng / the journal does not hold, a package is broken, "
    "9 cổng hoặc thư mục đang dùng / in use, 130 bị dừng / stopped."
)


_END_THE_OTHER = Text(
    "Dừng chương trình kia, hoặc chọn --port hay --data khác.", "Stop that program, or choose another --port or --data."
)
_CHECK_DATABASE = Text(
    "Kiểm tra --database-url, rồi xem cơ sở dữ liệu có đang chạy và cho tài khoản này vào không.",
    "Check --database-url, and that the database is running and lets this account in.",
)
_CHECK_STORAGE = Text(
    "Kiểm tra --data hoặc --files-url, quyền ghi và chỗ trống.",
    "Check --data or --files-url, the right to write, and the room.",
)


class ExitCode(enum.IntEnum):
    """What a command ends with."""

    OK = 0
    INTERNAL = 1
    USAGE = 2
    STORAGE = 6
    DAMAGED = 8
    IN_USE = 9


DataOption = Annotated[
    Path, typer.Option("--data", help="Thư mục dữ liệu / the data folder.", default_factory=default_data_dir)
]
UrlOption = Annotated[
    str,
    typer.Option(
        envvar="SOHOA_CENTRAL_DATABASE_URL",
        help="Địa chỉ SQLAlchemy; trống = SQLite trong thư mục dữ liệu / an SQLAlchemy URL; empty = SQLite in the data folder.",
    ),
]
FilesOption = Annotated[
    str,
    typer.Option(
        envvar="SOHOA_CENTRAL_FILES_URL",
        help="Kho S3, s3://BUCKET/PREFIX?endpoint=URL; trống = thư mục dữ liệu / an S3 store; empty = the data folder.",
    ),
]
KeyOption = Annotated[
    Path | None,
    typer.Option(
        envvar="SOHOA_CENTRAL_SIGNING_KEY",
        dir_okay=False,
        help="Khóa ký biên nhận, các bản sao dùng chung một khóa / the key that signs receipts, the same for all replicas.",
    ),
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="In kết quả dạng JSON cho chương trình khác đọc / print JSON for a script.")
]


def fail(code: ExitCode, what: Text, remedy: Text) -> NoReturn:
    """End the command by saying what happened and what to do next, in both languages."""
    typer.echo(f"✗ {what.vi} / {what.en}", err=True)
    typer.echo(f"→ {remedy.vi} / {remedy.en}", err=True)
    raise typer.Exit(code)


def _refused(option: str, what: Text, detail: object) -> WrongUse:
    return WrongUse(Text(f"{what.vi} ({detail})", f"{what.en} ({detail})"), option)


@contextmanager
def failures() -> Iterator[None]:
    """Turn what can go wrong at start into words and exit codes."""
    try:
        yield
    except InUseError as error:
        fail(ExitCode.IN_USE, Text(f"Đang được chương trình khác dùng: {error}", f"In use: {error}"), _END_THE_OTHER)
    except AddressError as error:
        raise _refused("--host", Text("không mở được địa chỉ này", "cannot listen there"), error) from error
    except SQLAlchemyError as error:
        kind = type(error).__name__
        what = Text(f"Không dùng được cơ sở dữ liệu ({kind})", f"The database cannot be used ({kind})")
        fail(ExitCode.STORAGE, what, _CHECK_DATABASE)
    except ssl.SSLError as error:
        unusable = Text("chứng thư TLS hoặc khóa không dùng được", "the certificate or its key cannot be used")
        raise WrongUse(unusable, "--certfile") from error
    except BadFilesUrl as error:
        raise _refused(
            "--files-url", Text("địa chỉ kho tệp không đúng", "the URL of the file store is not right"), error
        ) from error
    except BadCatalogue as error:
        raise _refused("--catalogue", Text("tệp danh mục không dùng được", "the catalogue cannot be used"), error) from error
    except BadIndicators as error:
        raise _refused("--indicators", Text("tệp chỉ tiêu không dùng được", "the indicators cannot be used"), error) from error
    except BadKeyFile as error:
        raise _refused("--signing-key", Text("không phải khóa Ed25519 dạng PEM", "not an Ed25519 key in PEM"), error) from error
    except OSError as error:
        said, place = system_words(error), f" ({error.filename})" if error.filename else ""
        what = Text(f"Không dùng được nơi lưu trữ{place}: {said.vi}", f"The storage cannot be used{place}: {said.en}")
        fail(ExitCode.STORAGE, what, _CHECK_STORAGE)


def no_database(data: Path) -> WrongUse:
    """The refusal of a folder that no server has ever used."""
    return WrongUse(Text(f"{data} không có cơ sở dữ liệu của máy chủ", f"there is no server's database in {data}"), "--data")


def checked_agency(code: str) -> None:
    """Refuse what is no agency code; empty is for the caller to judge."""
    if code and not is_agency(code):
        raise WrongUse(
            Text(f"{code} không phải mã cơ quan như H02.15", f"{code} is not an agency code such as H02.15"), "agency"
        )


def no_station(station_id: str) -> WrongUse:
    """The refusal of a station's id that is not known here."""
    return WrongUse(
        Text(f"không có trạm {station_id}; xem “station list”", f"there is no station {station_id}; see “station list”"),
        "station",
    )


@contextmanager
def opened_centre(
    data: Path, database_url: str, files_url: str = "", signing_key: Path | None = None, *, must_exist: bool = False
) -> Iterator[Centre]:
    """Open the centre's database and files for one command; ``must_exist`` keeps a mistyped folder from looking empty."""
    if must_exist and not database_url and not (data / "central.db").exists():
        raise no_database(data)
    settings = Settings(data.resolve(), database_url, files_url, signing_key=signing_key)
    with failures():
        centre = create_centre(settings)
        try:
            yield centre
        finally:
            centre.database.close()
