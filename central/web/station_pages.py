"""Stations and how they are, by their own last words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Response
from sqlalchemy.orm import Session

from app.model.station_status import StationStatus
from central.centre import VIETNAM
from central.problems import Problem
from central.station_moves import move, moves
from central.stations import AGENCY_LENGTH, is_agency, list_stations
from central.status import last_status
from central.tables import Station, StationMove
from central.web.views import View, ViewDep, redirect

# A station speaks every six hours (docs/sync-protocol.md, 11); a day without a word is worth a telephone call.
_SILENT = timedelta(hours=24)
_MOST_MOVES = 200

router = APIRouter(tags=["pages"])


@dataclass(frozen=True)
class StationLine:
    """A station as the list shows it; ``state`` is a key of the texts."""

    station: Station
    state: str
    heard: datetime | None
    status: StationStatus | None


@router.get("/stations")
def get_stations_page(view: ViewDep) -> Response:
    """List the stations that the person may see, those in trouble first."""
    return _page(view)


@router.post("/stations/{station_id}/agency")
def post_agency(
    view: ViewDep,
    station_id: str,
    before: Annotated[str, Form(max_length=AGENCY_LENGTH)] = "",
    agency: Annotated[str, Form(max_length=AGENCY_LENGTH)] = "",
    form_token: Annotated[str, Form(max_length=128)] = "",
) -> Response:
    """Move a station to another agency; both must be agencies of the administrator who does it."""
    view.check_form(form_token)
    if not view.person.may_move_stations:
        raise Problem("forbidden")
    seen = {station.station_id for station in _seen(view)}
    if station_id not in seen:
        # Nobody is told that another agency's station exists.
        raise Problem("not-found")
    agency = agency.strip()
    if not is_agency(agency) or not view.may_see(agency):
        return _page(view, status=422, message=view.texts("no_such_agency"), typed=(station_id, agency))
    if not move(view.centre, station_id, before, agency, view.person.username):
        return _page(view, status=409, message=view.texts("station_changed"), typed=(station_id, agency))
    return redirect("/stations", view.language)


def _seen(view: View) -> list[Station]:
    return [station for station in list_stations(view.centre) if view.may_see(station.agency_code)]


def _page(view: View, *, status: int = 200, message: str = "", typed: tuple[str, str] = ("", "")) -> Response:
    with view.centre.database.read() as session:
        lines = [_line(session, view.centre.clock(), station) for station in _seen(view)]
    order = ("refused", "silent", "trouble", "never", "well", "revoked")
    lines.sort(key=lambda line: (order.index(line.state), line.station.agency_code, line.station.name))
    may_move = view.person.may_move_stations
    response = view.page(
        "stations.html",
        lines=lines,
        may_move=may_move,
        agencies=sorted({agency.code for agency in view.catalogue.agencies if view.may_see(agency.code)}) if may_move else [],
        moves=_moves(view) if may_move else [],
        message=message,
        typed=typed,
    )
    response.status_code = status
    return response


def _moves(view: View) -> list[tuple[datetime, StationMove]]:
    """Moves from or to an agency of the person, so that a station that went away is still accounted for."""
    return [
        (one.moved_at.astimezone(VIETNAM), one)
        for one in moves(view.centre, _MOST_MOVES)
        if view.may_see(one.agency_before) or view.may_see(one.agency_after)
    ]


def _line(session: Session, now: datetime, station: Station) -> StationLine:
    found = last_status(session, station.station_id)
    heard = found.received_at if found else None
    state = _state(now, station, heard, found.status if found else None)
    return StationLine(station, state, heard and heard.astimezone(VIETNAM), found.status if found else None)


def _state(now: datetime, station: Station, heard: datetime | None, status: StationStatus | None) -> str:
    if station.revoked_at is not None:
        return "revoked"
    if heard is None or status is None:
        return "never"
    if status.refused:
        return "refused"
    if now - heard > _SILENT:
        return "silent"
    return "trouble" if any(scanner.troubles for scanner in status.scanners) else "well"
