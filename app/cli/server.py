"""``sohoa server``: which centre this station sends to, and setting it up for another province's system."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from app.cli.common import AsJson, console, follow, language, opened, print_json, say
from app.errors import Text
from app.sync.access import Account
from app.sync.connector import Feature

app = typer.Typer(add_completion=False, help="Hệ thống trung tâm đang dùng / the centre in use.", invoke_without_command=True)


@app.callback()
def server(context: typer.Context, as_json: AsJson = False) -> None:
    """Xem trạm gửi hồ sơ đến đâu và nơi đó có những gì / show where records go and what the centre there has."""
    if context.invoked_subcommand is not None:
        return
    with opened(as_json=as_json) as application:
        centre, chosen = application.sync.centre(), application.settings().server
        if as_json:
            offered = sorted(feature.name.lower() for feature in centre.features)
            about = {"url": chosen.url, "account": chosen.station_id, "unit_code": chosen.unit_code, "dialect": chosen.dialect}
            print_json({"kind": centre.kind, **about, "enrolled": centre.enrolled, "features": offered})
            return
        rows = (
            (Text("Hệ thống", "Centre"), centre.title.show(language())),
            (Text("Địa chỉ", "Address"), chosen.url or Text("chưa khai báo", "not set up").show(language())),
            (Text("Mã trạm hoặc client id", "Station or client id"), chosen.station_id),
            (Text("Đơn vị tiếp nhận", "Receiving unit"), chosen.unit_code or application.settings().station.agency_code),
            (Text("Mã bí mật giữ ở", "Secret kept in"), centre.secret_in.show(language())),
        )
        for name, value in rows:
            console.print(f"{name.show(language())}: {value}", highlight=False, markup=False)
        for feature in Feature:
            sign = "✓" if feature in centre.features else "–"
            console.print(f"  {sign} {feature.value.show(language())}", highlight=False, markup=False)


@app.command()
def lgsp(
    url: Annotated[str, typer.Argument(help="Địa chỉ hệ thống của tỉnh / address of the province's system.")],
    client_id: Annotated[str, typer.Argument(help="Client id do đơn vị quản lý LGSP cấp / client id.")],
    unit: Annotated[str, typer.Option(help="Mã đơn vị tiếp nhận; trống = mã cơ quan / receiving unit.")] = "",
    dialect: Annotated[str, typer.Option(help="Tệp cách gọi riêng (TOML) / a file of own ways to call.")] = "",
    ca_file: Annotated[str, typer.Option(help="Tệp chứng thư CA riêng (PEM) / private CA file.")] = "",
) -> None:
    """Gửi hồ sơ đến hệ thống của tỉnh qua LGSP; mã bí mật được hỏi, hoặc đọc một dòng từ stdin / use a province's LGSP."""
    secret = _secret()
    with opened() as application:
        own = str(Path(dialect).resolve()) if dialect else ""
        follow(application.sync.connect(Account("lgsp", url, client_id, secret, ca_file, unit, own)))
        say(
            Text(
                "Đã kết nối. Hồ sơ gửi đến hệ thống này từ bây giờ.",
                "Connected. Records go to this system from now on.",
            )
        )


def _secret() -> str:
    """Ask for the secret without showing it, or read it from a pipe; never from the command line, which others can see."""
    if sys.stdin.isatty():
        return str(typer.prompt(Text("Mã bí mật", "Secret").show(language()), hide_input=True)).strip()
    return sys.stdin.readline().strip()
