"""How the stations are, by their own words: the last status of each, with its scanners."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Request, Response
from pydantic import TypeAdapter, ValidationError
from sqlalchemy.orm import Session

from app.model.station_status import MOST_SCANNERS, StationStatus, impossible_numbers
from central.centre import API, Centre, CentreDep
from central.problems import Problem, declared, faults_of
from central.stations import Caller, CallerDep
from central.tables import StationState

MOST_BYTES = 256 * 1024

router = APIRouter(prefix=API, tags=["stations"])
_STATUS = TypeAdapter(StationStatus)


@dataclass(frozen=True)
class ReceivedStatus:
    """A status and when it came, by the centre's clock."""

    received_at: datetime
    status: StationStatus


def last_status(session: Session, station_id: str) -> ReceivedStatus | None:
    """Give the last status that a station sent, None where it never did."""
    row = session.get(StationState, station_id)
    return ReceivedStatus(row.received_at, _STATUS.validate_json(row.status)) if row is not None else None


def _own(caller: Caller, station_id: str) -> None:
    if caller.station_id != station_id:
        raise Problem("other-station")


@router.put(
    "/stations/{station_id}/status",
    status_code=204,
    responses=declared("unauthorized", "other-station", "too-large", "invalid"),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/StationStatus"}}},
        }
    },
)
async def put_status(station_id: str, request: Request, centre: CentreDep, caller: CallerDep) -> Response:
    """Take a station's status in place of its last one."""
    _own(caller, station_id)
    body = await request.body()
    await asyncio.to_thread(_keep, centre, station_id, body)
    return Response(status_code=204)


def _keep(centre: Centre, station_id: str, body: bytes) -> None:
    try:
        status = _STATUS.validate_json(body, strict=True)
    except ValidationError as error:
        raise Problem("invalid", errors=faults_of(error)) from error
    if faults := [{"where": where, "message": "This number cannot be"} for where in impossible_numbers(status)]:
        raise Problem("invalid", "The status holds numbers that cannot be", errors=faults)
    content = _STATUS.dump_json(status)
    if len(status.scanners) > MOST_SCANNERS or len(content) > MOST_BYTES:
        raise Problem("too-large")
    with centre.database.write(f"status:{station_id}") as session:
        session.merge(StationState(station_id=station_id, received_at=centre.clock(), status=content))


@router.get("/stations/{station_id}/status", responses=declared("unauthorized", "other-station", "not-found"))
def get_status(station_id: str, centre: CentreDep, caller: CallerDep) -> ReceivedStatus:
    """Give a station the status that it sent last."""
    _own(caller, station_id)
    with centre.database.read() as session:
        found = last_status(session, station_id)
    if found is None:
        raise Problem("not-found")
    return found
