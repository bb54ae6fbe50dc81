"""How the station comes to its centre: the settings that name it, the secret that opens it, the connector that speaks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlunsplit

from app.settings import Settings
from app.sync.connector import Connector, Feature, ServerAddress, not_offered
from app.sync.errors import NotEnrolled
from app.sync.hours import is_within
from app.sync.kinds import ONLY_SOHOA, CentreKind, Kinds
from app.sync.token import TokenStore
from app.sync.transport import parse_address


@dataclass(frozen=True)
class Account:
    """Which centre, and as whom: ``account_id`` and ``secret`` are the station's id and token, or another system's client id
    and secret; empty before an enrolment. ``unit_code`` and ``dialect`` as in ServerAddress.
    """

    kind: str
    url: str
    account_id: str = ""
    secret: str = field(default="", repr=False)
    ca_file: str = ""
    unit_code: str = ""
    dialect: str = ""


@dataclass(frozen=True)
class Access:
    """``change_settings`` takes values by dotted name; ``kinds`` are the kinds of centres by their names."""

    settings: Callable[[], Settings]
    change_settings: Callable[[dict[str, Any]], object]
    tokens: TokenStore
    kinds: Kinds = field(default_factory=lambda: ONLY_SOHOA)
    clock: Callable[[], datetime] = datetime.now

    @property
    def enrolled(self) -> bool:
        """Whether the settings name a centre and the station's id there."""
        server = self.settings().server
        return bool(server.url and server.station_id)

    @property
    def kind(self) -> CentreKind:
        """The kind of centre in use."""
        return self.kinds[self.settings().server.kind]

    def need(self, feature: Feature) -> None:
        """Return if the centre in use has something. Raises NotOffered."""
        if feature not in self.kind.features:
            raise not_offered(feature)

    @property
    def has_secret(self) -> bool:
        """Whether the secret for the centre can be read now; a keyring may be locked while somebody signs in to the machine."""
        return self.enrolled and bool(self.tokens.get(self.settings().server.station_id))

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
        account = Account(server.kind, server.url, station_id, token, server.ca_file, server.unit_code, server.dialect)
        with self.open_as(account) as connector:
            yield connector

    @contextmanager
    def open_as(self, account: Account) -> Iterator[Connector]:
        """Speak to a centre that the settings need not name yet. Raises BadServerAddress or WrongCertificate."""
        server = self.settings().server
        address = ServerAddress(
            account.url,
            account.ca_file,
            server.timeout,
            account.account_id,
            account.secret,
            server.proxy,
            self._limit,
            account.unit_code,
            account.dialect,
        )
        connector = self.kinds[account.kind].open(address)
        try:
            yield connector
        finally:
            connector.close()

    def keep(self, account: Account, agency_code: str = "") -> None:
        """Have an account count from now on; its secret is kept first, for the settings alone would claim an enrolment."""
        self.tokens.keep(account.account_id, account.secret)
        values = {
            "server.kind": account.kind,
            "server.url": urlunsplit(parse_address(account.url)),
            "server.ca_file": account.ca_file,
            "server.station_id": account.account_id,
            "server.unit_code": account.unit_code,
            "server.dialect": account.dialect,
        }
        if agency_code:
            values["station.agency_code"] = agency_code
        self.change_settings(values)

    def _limit(self) -> float:
        """Bytes a second that may be sent now, 0 for as many as go."""
        server = self.settings().server
        return server.limit_kbps * 1000 / 8 if is_within(server.limit_hours, self.clock().astimezone()) else 0
