"""``sohoa-central admin``."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer

from app.errors import Text
from app.usage import WrongUse
from central.commands.shared import EXIT_CODES, DataOption, JsonOption, UrlOption, checked_agency, opened_centre
from central.people import Role
from central.web.sessions import add_admin, list_admins, remove_admin

SHORTEST_PASSWORD = 10
LONGEST_USERNAME = 64

app = typer.Typer(no_args_is_help=True, help="Người được xem hồ sơ đã nhận / people who may look at the received records.")


@app.command("add", epilog=EXIT_CODES)
def admin_add(
    username: Annotated[str, typer.Argument(help="Tên đăng nhập / the name to sign in with.")],
    data: DataOption,
    role: Annotated[
        Role | None,
        typer.Option(help="Xem; sửa cả danh mục; xem cả ai đã mở gì / look, edit the catalogue too, see who opened what too."),
    ] = None,
    agency: Annotated[
        str | None,
        typer.Option(
            help="Chỉ cơ quan này và cấp dưới, ví dụ H02.15; trống = cả tỉnh / this agency and those under it; empty = all."
        ),
    ] = None,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Đọc mật khẩu từ stdin / read the password from standard input.")
    ] = False,
    database_url: UrlOption = "",
) -> None:
    """Thêm người, hoặc đổi mật khẩu, vai trò, cơ quan của người đã có / add a person, or change one."""
    if not username.strip() or len(username) > LONGEST_USERNAME:
        raise WrongUse(
            Text(f"tên có từ 1 đến {LONGEST_USERNAME} ký tự", f"a user name has 1 to {LONGEST_USERNAME} characters"), "username"
        )
    checked_agency(agency or "")
    if password_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = typer.prompt("Mật khẩu / Password", hide_input=True, confirmation_prompt=True)
    if len(password) < SHORTEST_PASSWORD:
        raise WrongUse(
            Text(f"mật khẩu có ít nhất {SHORTEST_PASSWORD} ký tự", f"a password has at least {SHORTEST_PASSWORD} characters")
        )
    with opened_centre(data, database_url) as centre:
        new = add_admin(centre, username, password, role, agency)
    typer.echo(f"Đã thêm / Added: {username}" if new else f"Đã đổi mật khẩu / Password changed: {username}")


@app.command("list", epilog=EXIT_CODES)
def admin_list(data: DataOption, database_url: UrlOption = "", as_json: JsonOption = False) -> None:
    """Liệt kê người được đăng nhập, vai trò và cơ quan; trống = cả tỉnh / list who may sign in."""
    with opened_centre(data, database_url, must_exist=True) as centre:
        lines = [
            {
                "username": one.username,
                "role": one.role,
                "agency_code": one.agency_code,
                "created_at": one.created_at.isoformat(),
            }
            for one in list_admins(centre)
        ]
    if as_json:
        typer.echo(json.dumps({"people": lines}, ensure_ascii=False))
        return
    for line in lines:
        typer.echo("  ".join(value for value in line.values() if value))


@app.command("remove", epilog=EXIT_CODES)
def admin_remove(
    username: Annotated[str, typer.Argument(help="Tên đăng nhập / the name to sign in with.")],
    data: DataOption,
    database_url: UrlOption = "",
) -> None:
    """Bỏ một người, đăng xuất ngay; việc đã làm còn trong danh sách / remove a person at once."""
    with opened_centre(data, database_url, must_exist=True) as centre:
        if not remove_admin(centre, username):
            raise WrongUse(Text(f"không có người tên {username}", f"there is nobody of the name {username}"), "username")
    typer.echo(f"Đã bỏ / Removed: {username}")
