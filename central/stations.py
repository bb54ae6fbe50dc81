"""Stations: enrolment with a one-time code, and the bearer token that follows."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from central.centre import API, Centre, CentreDep
from central.problems import Problem, declared
from central.tables import EnrolCode, Station

# The codes of QĐ 20/2020/QĐ-TTg, and those of QCVN 102:2016 that are still in use.
AGENCY_PATTERN = r"^([A-Z][0-9]{2}(\.[0-9A-Z]{1,6}){0,4}|[0-9]{3}\.[0-9]{2}\.[0-9]{2}\.[A-Z][0-9]{2})$"
AGENCY_LENGTH = 35

# Without letters and digits that look alike on paper: a clerk types this from a note.
_CODE_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
_CODE_GROUPS, _GROUP_LENGTH = 4, 4

router = APIRouter(prefix=API, tags=["stations"])
_bearer = HTTPBearer(auto_error=False, description="The token from enrolment")


class Enrolment(BaseModel):
    """What a station says to enrol."""

    model_config = ConfigDict(extra="forbid")

    code: str = Field(min_length=1, max_length=64)
    name: str = Field(default="", max_length=120)


class StationView(BaseModel):
    """A station as it sees itself."""

    station_id: str
    name: str
    agency_code: str
    enrolled_at: datetime


class Enrolled(BaseModel):
    """The answer to enrolment; the token is shown only here."""

    station_id: str
    token: str
    name: str
    agency_code: str


class NewToken(BaseModel):
    """A token that takes the place of the old one; it is shown only here."""

    token: str


@dataclass(frozen=True)
class Caller:
    """The station behind a request."""

    station_id: str
    name: str
    agency_code: str
    enrolled_at: datetime


def secret_hash(secret: str) -> str:
    """Hash a long random secret; being random, it needs no salt and no slow hash."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _code_hash(code: str) -> str:
    return secret_hash(re.sub(r"[\s-]", "", code).upper())


def is_agency(code: str) -> bool:
    """Say whether a text has the form of an agency code, such as H02.15."""
    return len(code) <= AGENCY_LENGTH and re.fullmatch(AGENCY_PATTERN, code) is not None


class UnknownStation(LookupError):
    """There is no station of that id."""


def make_code(centre: Centre, agency_code: str, station_name: str, station_id: str = "") -> tuple[str, datetime]:
    """Make a one-time code; give it with the moment when it expires.

    With ``station_id`` the code gives that station a new token under its old id, so that what waits there can still be
    sent; its old token ends when the code is used. Raises UnknownStation.
    """
    groups = ["".join(secrets.choice(_CODE_LETTERS) for _ in range(_GROUP_LENGTH)) for _ in range(_CODE_GROUPS)]
    code, now = "-".join(groups), centre.clock()
    expires = now + timedelta(hours=centre.settings.code_hours)
    with centre.database.write() as session:
        if station_id and session.get(Station, station_id) is None:
            raise UnknownStation(station_id)
        session.add(
            EnrolCode(
                code_hash=_code_hash(code),
                agency_code=agency_code,
                station_name=station_name,
                station_id=station_id,
                created_at=now,
                expires_at=expires,
                used_at=None,
            )
        )
    return code, expires


def enrol(centre: Centre, code: str, name: str) -> Enrolled:
    """Turn a code into a station, or into a new token of the station that it names. Raises Problem ``enrol-code-refused``."""
    token = secrets.token_urlsafe(32)
    with centre.database.write() as session:
        found = _use_code(session, _code_hash(code), centre.clock())
        station = session.get(Station, found.station_id) if found.station_id else None
        if station is None:
            station = Station(
                station_id=f"st{secrets.token_hex(6)}",
                name=name.strip() or found.station_name,
                agency_code=found.agency_code,
                enrolled_at=centre.clock(),
            )
            session.add(station)
        station.token_hash, station.next_token_hash, station.revoked_at = secret_hash(token), None, None
    return Enrolled(station_id=station.station_id, token=token, name=station.name, agency_code=station.agency_code)


def _use_code(session: Session, code_hash: str, now: datetime) -> EnrolCode:
    # One conditional update decides: two stations that send one code at the same time cannot both win.
    used = session.execute(
        update(EnrolCode)
        .where(EnrolCode.code_hash == code_hash, EnrolCode.used_at.is_(None), EnrolCode.expires_at > now)
        .values(used_at=now)
        .returning(EnrolCode)
    ).scalar_one_or_none()
    if used is None:
        raise Problem("enrol-code-refused")
    return used


def _caller(
    request: Request, centre: CentreDep, bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> Caller:
    station = _station_of(centre, bearer.credentials) if bearer is not None else None
    if station is None:
        centre.limiter.count_stranger(request.client.host if request.client else "")
        raise Problem("unauthorized", headers={"WWW-Authenticate": "Bearer"})
    centre.limiter.count_station(station.station_id)
    return Caller(station.station_id, station.name, station.agency_code, station.enrolled_at)


def _station_of(centre: Centre, token: str) -> Station | None:
    digest = secret_hash(token)
    with centre.database.read() as session:
        known = or_(Station.token_hash == digest, Station.next_token_hash == digest)
        station = session.scalar(select(Station).where(known, Station.revoked_at.is_(None)))
        if station is None or station.token_hash == digest:
            return station
    # The new token has arrived at the station, so the old one ends.
    with centre.database.write() as session:
        values = {"token_hash": digest, "next_token_hash": None}
        session.execute(update(Station).where(Station.next_token_hash == digest).values(values))
    return station


CallerDep = Annotated[Caller, Depends(_caller)]


def revoke(centre: Centre, station_id: str) -> None:
    """Take a station's tokens and unused codes away at once; its records stay. Raises UnknownStation."""
    with centre.database.write() as session:
        station = session.get(Station, station_id)
        if station is None:
            raise UnknownStation(station_id)
        station.next_token_hash, station.revoked_at = None, centre.clock()
        session.execute(delete(EnrolCode).where(EnrolCode.station_id == station_id, EnrolCode.used_at.is_(None)))


def list_stations(centre: Centre) -> list[Station]:
    """Give all stations in the order of their enrolment."""
    with centre.database.read() as session:
        return list(session.scalars(select(Station).order_by(Station.enrolled_at, Station.station_id)))


@router.post("/stations", status_code=201, responses=declared("enrol-code-refused", "too-many-requests"))
def post_station(body: Enrolment, request: Request, centre: CentreDep) -> Enrolled:
    """Enrol with a one-time code."""
    centre.limiter.count_stranger(request.client.host if request.client else "")
    return enrol(centre, body.code, body.name)


@router.get("/stations/me", responses=declared("unauthorized"))
def get_me(caller: CallerDep) -> StationView:
    """Say who this token is."""
    return StationView(
        station_id=caller.station_id, name=caller.name, agency_code=caller.agency_code, enrolled_at=caller.enrolled_at
    )


@router.post("/stations/me/token", status_code=201, responses=declared("unauthorized"))
def post_token(caller: CallerDep, centre: CentreDep) -> NewToken:
    """Give a new token; the old one works until the new one is used, so that a lost answer locks nobody out."""
    token = secrets.token_urlsafe(32)
    with centre.database.write() as session:
        session.execute(
            update(Station).where(Station.station_id == caller.station_id).values(next_token_hash=secret_hash(token))
        )
    return NewToken(token=token)
