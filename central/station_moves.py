"""Moving a station to another agency: the move stands in the journal, where the records stand.

What the station sent before stays with the agency that received it; the station itself is seen by those of the new one.
"""

from __future__ import annotations

from sqlalchemy import func, select

from central import journal
from central.centre import Centre
from central.stations import UnknownStation
from central.tables import Station, StationMove


def move(centre: Centre, station_id: str, agency_before: str, agency: str, username: str) -> bool:
    """Move a station; False, and nothing is changed, where it is not (any more) of ``agency_before``.

    Raises UnknownStation. The caller has checked the code's form and that ``username`` may.
    """
    with centre.database.write(f"station {station_id}") as session:
        station = session.get(Station, station_id)
        if station is None:
            raise UnknownStation(station_id)
        if station.agency_code != agency_before:
            return False
        if agency == agency_before:
            return True
        last = session.scalar(select(func.max(StationMove.number)).where(StationMove.station_id == station_id)) or 0
        made = StationMove(
            station_id=station_id,
            number=last + 1,
            agency_before=agency_before,
            agency_after=agency,
            username=username,
            moved_at=centre.clock(),
        )
        station.agency_code = agency
        session.add(made)
        centre.database.lock(session, "journal")
        journal.append_move(session, made)
        return True


def moves(centre: Centre, most: int) -> list[StationMove]:
    """Give the newest moves."""
    with centre.database.read() as session:
        return list(session.scalars(select(StationMove).order_by(StationMove.moved_at.desc()).limit(most)))
