"""``sohoa-central enrol-code`` and ``sohoa-central station``."""

from __future__ import annotations

import getpass
import json
from typing import Annotated

import typer

from app.errors import Text
from app.usage import WrongUse
from central.commands.shared import EXIT_CODES, DataOption, JsonOption, UrlOption, checked_agency, no_station, opened_centre
from central.station_moves import move
from central.stations import UnknownStation, list_stations, make_code, revoke

LONGEST_STATION_NAME = 120
LONGEST_USERNAME = 64

app = typer.Typer(
    no_args_is_help=True, help="Trạm: liệt kê, chuyển cơ quan, thu hồi thẻ / stations: list them, move one, take a token away."
)


def enrol_code(
    data: DataOption,
    agency: Annotated[str, typer.Option(help="Cơ quan của trạm, ví dụ H02.15 / the agency that the station works for.")] = "",
    name: Annotated[
        str, typer.Option(help="Tên trạm, nếu trạm không tự đặt / the station's name, if it does not give one itself.")
    ] = "",
    station: Annotated[
        str,
        typer.Option(
            help="Cấp thẻ mới cho trạm này, hồ sơ và mã giữ nguyên / give this station a new token; its records and id stay."
        ),
    ] = "",
    database_url: UrlOption = "",
    as_json: JsonOption = False,
) -> None:
    """In mã ghi danh cho một trạm, dùng một lần trong một ngày / print a code for one station."""
    checked_agency(agency)
    if agency and station:
        raise WrongUse(
            Text(
                "trạm đã có giữ nguyên cơ quan; muốn chuyển: station move TRẠM CƠ_QUAN",
                "a station that is known keeps its agency; move it with: station move STATION AGENCY",
            ),
            "--agency",
        )
    if len(name) > LONGEST_STATION_NAME:
        raise WrongUse(
            Text(f"tên dài nhất {LONGEST_STATION_NAME} ký tự", f"a name has {LONGEST_STATION_NAME} characters at most"),
            "--name",
        )
    with opened_centre(data, database_url) as centre:
        try:
            code, expires = make_code(centre, agency, name, station)
        except UnknownStation as error:
            raise no_station(station) from error
    typer.echo(json.dumps({"code": code, "expires_at": expires.isoformat()}) if as_json else code)


@app.command("list", epilog=EXIT_CODES)
def station_list(data: DataOption, database_url: UrlOption = "", as_json: JsonOption = False) -> None:
    """Liệt kê các trạm theo thứ tự ghi danh / list the stations in the order of their enrolment."""
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
    station_id: Annotated[str, typer.Argument(help="Mã trạm, ví dụ stb8b934870bac / the station's id.")],
    data: DataOption,
    database_url: UrlOption = "",
) -> None:
    """Thu hồi thẻ của trạm ngay, hồ sơ giữ nguyên; enrol-code --station cấp lại / take a station's token away at once."""
    with opened_centre(data, database_url, must_exist=True) as centre:
        try:
            revoke(centre, station_id)
        except UnknownStation as error:
            raise no_station(station_id) from error
    typer.echo(f"Đã thu hồi / Revoked: {station_id}")


@app.command("move", epilog=EXIT_CODES)
def station_move(
    station_id: Annotated[str, typer.Argument(help="Mã trạm, ví dụ stb8b934870bac / the station's id.")],
    agency: Annotated[str, typer.Argument(help="Cơ quan từ nay, ví dụ H02.15 / the agency that it works for from now on.")],
    data: DataOption,
    database_url: UrlOption = "",
) -> None:
    """Chuyển trạm sang cơ quan khác, có ghi nhật ký; hồ sơ đã gửi ở lại nơi nhận / move a station."""
    checked_agency(agency or "-")
    with opened_centre(data, database_url, must_exist=True) as centre:
        before = next((one.agency_code for one in list_stations(centre) if one.station_id == station_id), None)
        if before is None:
            raise no_station(station_id)
        if not move(centre, station_id, before, agency, f"@{getpass.getuser()}"[:LONGEST_USERNAME]):
            raise WrongUse(
                Text(
                    f"{station_id} vừa được người khác chuyển; xem lại rồi thử lại",
                    f"{station_id} was moved by somebody else just now; look, then try again",
                )
            )
    typer.echo(f"Đã chuyển / Moved: {station_id}  {before or '-'} → {agency}")
