"""``sohoa-central enrol-code`` and ``sohoa-central station``."""

from __future__ import annotations

import getpass
import json
from typing import Annotated

import typer

from central.commands.shared import EXIT_CODES, DataOption, JsonOption, UrlOption, opened_centre
from central.station_moves import move
from central.stations import UnknownStation, is_agency, list_stations, make_code, revoke

LONGEST_STATION_NAME = 120
LONGEST_USERNAME = 64

app = typer.Typer(no_args_is_help=True, help="Stations: list them, move one, take a token away.")


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
    if agency and station:
        raise typer.BadParameter("a station that is known keeps its agency; move it with: station move STATION AGENCY")
    if len(name) > LONGEST_STATION_NAME:
        raise typer.BadParameter(f"a name has {LONGEST_STATION_NAME} characters at most")
    with opened_centre(data, database_url) as centre:
        try:
            code, expires = make_code(centre, agency, name, station)
        except UnknownStation as error:
            raise typer.BadParameter(f"there is no station {station}") from error
    typer.echo(json.dumps({"code": code, "expires_at": expires.isoformat()}) if as_json else code)


@app.command("list", epilog=EXIT_CODES)
def station_list(data: DataOption, database_url: UrlOption = "", as_json: JsonOption = False) -> None:
    """List the stations in the order of their enrolment."""
    with opened_centre(data, database_url, must_exist=True) as centre:
        lines = [
            {
                "station_id": station.station_id,
                "name": station.name,
                "agency_code": station.agency_code,
                "enrolled_at": station.enrolled_at.isoformat(),
                "revoked_at": station.revoked_at and station.revoked_at.isoformat(),
            }
            for station in list_stations(centre)
        ]
    if as_json:
        typer.echo(json.dumps({"stations": lines}, ensure_ascii=False))
        return
    for line in lines:
        typer.echo("  ".join(str(value or "") for value in line.values()).rstrip())


@app.command("revoke", epilog=EXIT_CODES)
def station_revoke(
    station_id: Annotated[str, typer.Argument(help="The station's id, such as stb8b934870bac.")],
    data: DataOption,
    database_url: UrlOption = "",
) -> None:
    """Take a station's token away at once; its records stay. A new code for it gives it back: enrol-code --station."""
    with opened_centre(data, database_url, must_exist=True) as centre:
        try:
            revoke(centre, station_id)
        except UnknownStation as error:
            raise typer.BadParameter(f"there is no station {station_id}") from error
    typer.echo(f"Đã thu hồi / Revoked: {station_id}")


@app.command("move", epilog=EXIT_CODES)
def station_move(
    station_id: Annotated[str, typer.Argument(help="The station's id, such as stb8b934870bac.")],
    agency: Annotated[str, typer.Argument(help="The agency that it works for from now on, such as H02.15.")],
    data: DataOption,
    database_url: UrlOption = "",
) -> None:
    """Move a station to another agency, with a line in the journal; what it sent before stays where it was received."""
    if not is_agency(agency):
        raise typer.BadParameter(f"{agency} is not an agency code such as H02.15")
    with opened_centre(data, database_url, must_exist=True) as centre:
        before = next((one.agency_code for one in list_stations(centre) if one.station_id == station_id), None)
        if before is None:
            raise typer.BadParameter(f"there is no station {station_id}")
        if not move(centre, station_id, before, agency, f"@{getpass.getuser()}"[:LONGEST_USERNAME]):
            raise typer.BadParameter(f"{station_id} was moved by somebody else just now; look, then try again")
    typer.echo(f"Đã chuyển / Moved: {station_id}  {before or '-'} → {agency}")
