"""Dossier numbers: <agency>-<yyMMdd>-<serial of that day>, each given out once."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from central.centre import API, Centre, CentreDep
from central.problems import Problem, declared
from central.stations import AGENCY_LENGTH, AGENCY_PATTERN, CallerDep
from central.tables import DossierNumber, NumberCounter

LAST_SERIAL = 9_999_999
# A number has two digits of the year: a day of another century would take the numbers of one of this.
FIRST_DAY = date(2000, 1, 1)

# Looser than what is issued here: a dossier that came by another system brings that system's number, and a province may
# give its stations forms of its own. What only looks like one is a matter of the station's checks.
_NUMBER = re.compile(r"(?!TAM-)[0-9A-Z]+([./_-][0-9A-Z]+)+")

# An internal request for a record; a station's own ids cannot hold a space.
_RECORD_REQUEST = "record {}"

router = APIRouter(prefix=API, tags=["numbers"])


def iso_day(value: object) -> date:
    """Read an ISO date. Raises ValueError for anything else, a number of seconds above all."""
    return date.fromisoformat(str(value))


# Pydantic would take a number for seconds since 1970; the protocol has one way to write a day.
Day = Annotated[date, BeforeValidator(iso_day)]


class NumberRequest(BaseModel):
    """A request for one number; repeating ``request_id`` gives the same number again."""

    model_config = ConfigDict(extra="forbid")

    request_id: Annotated[str, Field(pattern=r"^[0-9A-Za-z._:-]{1,100}$")]
    agency_code: Annotated[str, Field(pattern=AGENCY_PATTERN, max_length=AGENCY_LENGTH)]
    date: Day


class NumberView(BaseModel):
    """A number that the centre issued."""

    number: str


def is_dossier_number(text: str) -> bool:
    """Say whether a text has the form of a dossier number."""
    return len(text) <= 60 and _NUMBER.fullmatch(text) is not None


def issue(session: Session, centre: Centre, station_id: str, request_id: str, agency: str, day: date) -> tuple[str, bool]:
    """Give the number for a request and whether it is new. Raises Problem ``numbers-used-up``."""
    centre.database.lock(session, f"numbers {agency} {day}")
    known = session.scalar(
        select(DossierNumber).where(DossierNumber.station_id == station_id, DossierNumber.request_id == request_id)
    )
    if known is not None:
        return known.number, False
    number = _next_free(session, agency, day)
    session.add(DossierNumber(number=number, station_id=station_id, request_id=request_id, issued_at=centre.clock()))
    return number, True


def issue_for_record(session: Session, centre: Centre, station_id: str, record_id: str, agency: str, day: date) -> str:
    """Give the number of a record that came without one."""
    return issue(session, centre, station_id, _RECORD_REQUEST.format(record_id), agency, day)[0]


def _next_free(session: Session, agency: str, day: date) -> str:
    counter = session.get(NumberCounter, (agency, day))
    if counter is None:
        counter = NumberCounter(agency_code=agency, day=day, last=0)
        session.add(counter)
    if counter.last >= LAST_SERIAL:
        raise Problem("numbers-used-up")
    counter.last += 1
    session.flush()
    return f"{agency}-{day:%y%m%d}-{counter.last:04d}"


@router.post(
    "/dossier-numbers",
    status_code=201,
    responses={200: {"model": NumberView, "description": "Issued earlier"}, **declared("unauthorized", "numbers-used-up")},
)
def post_number(body: NumberRequest, caller: CallerDep, centre: CentreDep, response: Response) -> NumberView:
    """Issue a dossier number, once for each request id."""
    with centre.database.write() as session:
        if not FIRST_DAY <= body.date <= date.fromisoformat(centre.local_day()):
            raise Problem("invalid", "The date is in the future or in another century")
        number, new = issue(session, centre, caller.station_id, body.request_id, body.agency_code, body.date)
    response.status_code = 201 if new else 200
    return NumberView(number=number)
