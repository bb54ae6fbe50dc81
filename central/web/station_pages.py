"""Stations and how they are, by their own last words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from app.model.station_status import StationStatus
from central.centre import VIETNAM
from central.stations import list_stations
from central.status import last_status
from central.tables import Station
from central.web.views import ViewDep

# A station speaks every six hours (docs/sync-protocol.md, 11); a day without a word is worth a telephone call.
_SILENT = timedelta(hours=24)

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
    stations = [station for station in list_stations(view.centre) if view.may_see(station.agency_code)]
    with view.centre.database.read() as session:
        lines = [_line(session, view.centre.clock(), station) for station in stations]
    order = ("refused", "silent", "trouble", "never", "well", "revoked")
    lines.sort(key=lambda line: (order.index(line.state), line.station.agency_code, line.station.name))
    return view.page("stations.html", lines=lines)


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
