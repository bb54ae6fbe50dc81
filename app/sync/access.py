"""How the station comes to its centre: the settings that name it, the token that opens it, the connector that speaks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlunsplit

from app.settings import Settings
from app.sync.connector import Connector, Enrolled, ServerAddress
from app.sync.errors import NotEnrolled
from app.sync.hours import is_within
from app.sync.server import open_server
from app.sync.token import TokenStore
from app.sync.transport import parse_address


@dataclass(frozen=True)
class Access:
    """``change_settings`` takes values by dotted name; ``connect`` chooses the kind of centre."""

    settings: Callable[[], Settings]
    change_settings: Callable[[dict[str, Any]], object]
    tokens: TokenStore
    connect: Callable[[ServerAddress], Connector] = open_server
    clock: Callable[[], datetime] = datetime.now

    @property
    def enrolled(self) -> bool:
        """Whether the settings name a centre and the station's id there."""
        server = self.settings().server
        return bool(server.url and server.station_id)

    def credentials(self) -> tuple[str, str]:
        """Give the station's id and token. Raises NotEnrolled."""
        station_id = self.settings().server.station_id
        token = self.tokens.get(station_id) if self.enrolled else ""
        if not token:
            raise NotEnrolled
        return station_id, token

    @contextmanager
    def open(self) -> Iterator[Connector]:
        """Speak to the centre as this station. Raises NotEnrolled, BadServerAddress or WrongCertificate."""
        server, (station_id, token) = self.settings().server, self.credentials()
        address = ServerAddress(server.url, server.ca_file, server.timeout, station_id, token, server.proxy, self._limit)
        yield from self._speak(address)

    @contextmanager
    def open_new(self, url: str, ca_file: str) -> Iterator[Connector]:
        """Speak to a centre that does not know the station yet. Raises BadServerAddress or WrongCertificate."""
        server = self.settings().server
        yield from self._speak(ServerAddress(url, ca_file, server.timeout, proxy=server.proxy))

    def keep(self, url: str, ca_file: str, enrolled: Enrolled) -> None:
        """Keep what enrolment gave; the token first, for the settings alone would claim an enrolment."""
        self.tokens.keep(enrolled.station_id, enrolled.token)
        values = {
            "server.url": urlunsplit(parse_address(url)),
            "server.ca_file": ca_file,
            "server.station_id": enrolled.station_id,
        }
        if enrolled.agency_code:
            values["station.agency_code"] = enrolled.agency_code
        self.change_settings(values)

    def _limit(self) -> float:
        """Bytes a second that may be sent now, 0 for as many as go."""
        server = self.settings().server
        return server.limit_kbps * 1000 / 8 if is_within(server.limit_hours, self.clock().astimezone()) else 0

    def _speak(self, address: ServerAddress) -> Iterator[Connector]:
        connector = self.connect(address)
        try:
            yield connector
        finally:
            connector.close()
