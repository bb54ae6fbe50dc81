"""``sohoa profiles``: list them, write them into a file, take them in from one."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from app.cli.common import AsJson, console, language, opened, print_json, say
from app.errors import Text
from app.model.profile import keys_of

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Cấu hình quét / scan profiles.")

_HEADS = Text("Phím Tên Nguồn dpi Màu Cách_đưa_giấy Khóa", "Key Name Source dpi Mode Paper_comes Locked")


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """Liệt kê cấu hình quét, phím của chúng và cái nào do quản trị khóa / list the profiles, their keys and locks."""
    with opened(as_json=as_json) as application:
        profiles = application.profiles.all()
        keys = keys_of(profiles)
        if as_json:
            rows = [{**asdict(profile), "key": key} for profile, key in zip(profiles, keys, strict=True)]
            print_json({"profiles": rows})
            return
        table = Table(*(head.replace("_", " ") for head in _HEADS.show(language()).split()))
        for profile, key in zip(profiles, keys, strict=True):
            lock = "✓" if profile.locked else ""
            table.add_row(key, escape(profile.name), profile.source, str(profile.dpi), profile.mode, profile.way, lock)
        console.print(table)


@app.command("export")
def export(
    file: Annotated[Path, typer.Argument(help="Tệp TOML sẽ ghi / the TOML file to write.", dir_okay=False)],
    name: Annotated[list[str] | None, typer.Option(help="Chỉ cấu hình tên này / only the one of this name.")] = None,
) -> None:
    """Ghi cấu hình quét ra tệp / write profiles into a file."""
    with opened() as application:
        count = application.profiles.export_to(file, name or [])
        say(Text(f"Đã ghi {count} cấu hình vào {file}", f"{count} profiles written into {file}"))


@app.command("import")
def import_(file: Annotated[Path, typer.Argument(help="Tệp TOML / the TOML file.", dir_okay=False)]) -> None:
    """Nhận cấu hình quét từ tệp, thay cái cùng tên / take profiles in from a file, in place of those of the same name."""
    with opened() as application:
        names = ", ".join(application.profiles.import_from(file))
        say(Text(f"Đã nhận: {names}", f"Taken in: {names}"))
