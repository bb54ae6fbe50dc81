"""``sohoa-central serve``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from app.errors import Text
from app.usage import WrongUse
from central.catalogue import check_catalogue
from central.commands.shared import DataOption, FilesOption, JsonOption, KeyOption, UrlOption, failures
from central.indicators import read_indicators
from central.logs import log_to_stderr
from central.serving import Address, check_certificate
from central.serving import serve as run_server
from central.settings import Settings, default_catalogue, default_indicators


def serve(  # noqa: PLR0913 - options of a command are its parameters
    data: DataOption,
    catalogue: Annotated[
        Path, typer.Option(help="Danh mục, tệp JSON / the catalogue, a JSON file.", default_factory=default_catalogue)
    ],
    indicators: Annotated[
        Path,
        typer.Option(
            help="Công thức chỉ tiêu, tệp JSON / formulas of the indicators, a JSON file.", default_factory=default_indicators
        ),
    ],
    host: Annotated[str, typer.Option(help="Địa chỉ mở cổng / the address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Cổng; 0 = hệ thống chọn / the port; 0 lets the system choose.")
    ] = 8765,
    database_url: UrlOption = "",
    files_url: FilesOption = "",
    signing_key: KeyOption = None,
    certfile: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Chứng thư TLS, PEM / TLS certificates, PEM.")
    ] = None,
    keyfile: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Khóa riêng của chứng thư, PEM / their private key, PEM.")
    ] = None,
    max_file_mb: Annotated[int, typer.Option(min=1, help="Tệp lớn nhất, MB / the largest single file, in MB.")] = 2048,
    proxy: Annotated[
        list[str] | None,
        typer.Option(
            help="Proxy đứng trước, được tin X-Forwarded-For / a reverse proxy's address; its X-Forwarded-For is believed."
        ),
    ] = None,
    station_rate: Annotated[
        int,
        typer.Option(
            min=0, help="Số yêu cầu mỗi phút của một trạm; 0 = không giới hạn / requests a minute of one station; 0 = no limit."
        ),
    ] = 1200,
    stranger_rate: Annotated[
        int,
        typer.Option(
            min=0,
            help="Số yêu cầu mỗi phút của một địa chỉ lạ / requests a minute without a right token.",
        ),
    ] = 60,
    metrics_token: Annotated[
        str,
        typer.Option(
            envvar="SOHOA_CENTRAL_METRICS_TOKEN", help="Ai có mã này được đọc /metrics / who has it may read /metrics."
        ),
    ] = "",
    log_json: Annotated[bool, typer.Option("--log-json", help="Nhật ký JSON theo dòng / log one JSON object a line.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Chạy máy chủ đến khi SIGTERM hoặc Ctrl-C / run the server; --json says its {"url": …}."""
    if (certfile is None) != (keyfile is None):
        raise WrongUse(Text("phải có cả --certfile và --keyfile", "--certfile and --keyfile go together"))
    address = Address(host, port, certfile, keyfile, tuple(proxy or ()))
    settings = Settings(
        data.resolve(),
        database_url,
        files_url,
        catalogue.resolve(),
        indicators.resolve(),
        max_file_bytes=max_file_mb * 1024 * 1024,
        signing_key=signing_key,
        station_rate=station_rate,
        stranger_rate=stranger_rate,
        metrics_token=metrics_token,
    )

    def tell(url: str) -> None:
        typer.echo(json.dumps({"url": url}) if as_json else f"Đang phục vụ tại / Serving at {url}")

    log_to_stderr(as_json=log_json)
    with failures():
        check_certificate(address)
        if not check_catalogue(settings.catalogue):
            typer.echo(
                f"Chưa có danh mục {catalogue}, trạm dùng danh mục sẵn có / there is no catalogue {catalogue} yet", err=True
            )
        read_indicators(settings.indicators)
        run_server(settings, address, tell)
