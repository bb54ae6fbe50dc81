"""``sohoa-central admin``."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer

from central.commands.shared import EXIT_CODES, DataOption, JsonOption, UrlOption, opened_centre
from central.people import Role
from central.stations import is_agency
from central.web.sessions import add_admin, list_admins, remove_admin

SHORTEST_PASSWORD = 10
LONGEST_USERNAME = 64

app = typer.Typer(no_args_is_help=True, help="People who may look at the received records.")


@app.command("add", epilog=EXIT_CODES)
def admin_add(
    username: Annotated[str, typer.Argument(help="The name to sign in with.")],
    data: DataOption,
    role: Annotated[Role | None, typer.Option(help="Look, edit the catalogue too, or see who opened what too.")] = None,
    agency: Annotated[
        str | None, typer.Option(help="See only this agency and those under it, such as H02.15; empty: the province.")
    ] = None,
    password_stdin: Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input.")] = False,
    database_url: UrlOption = "",
) -> None:
    """Add a person (viewer of the whole province unless told otherwise), or give one a new password, role or agency."""
    if not username.strip() or len(username) > LONGEST_USERNAME:
        raise typer.BadParameter(f"a user name has 1 to {LONGEST_USERNAME} characters")
    if agency and not is_agency(agency):
        raise typer.BadParameter(f"{agency} is not an agency code such as H02.15")
    if password_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = typer.prompt("Mật khẩu / Password", hide_input=True, confirmation_prompt=True)
    if len(password) < SHORTEST_PASSWORD:
        raise typer.BadParameter(f"a password has at least {SHORTEST_PASSWORD} characters")
    with opened_centre(data, database_url) as centre:
        new = add_admin(centre, username, password, role, agency)
    typer.echo(f"Đã thêm / Added: {username}" if new else f"Đã đổi mật khẩu / Password changed: {username}")


@app.command("list", epilog=EXIT_CODES)
def admin_list(data: DataOption, database_url: UrlOption = "", as_json: JsonOption = False) -> None:
    """List everyone who may sign in, with role and agency; no agency means the whole province."""
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
    username: Annotated[str, typer.Argument(help="The name to sign in with.")], data: DataOption, database_url: UrlOption = ""
) -> None:
    """Remove a person, who is signed out at once; what the person did stays in the lists."""
    with opened_centre(data, database_url, must_exist=True) as centre:
        if not remove_admin(centre, username):
            raise typer.BadParameter(f"there is nobody of the name {username}")
    typer.echo(f"Đã bỏ / Removed: {username}")
