"""The kinds of centres that a station can be set up for; ``server.kind`` names the one in use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlunsplit

from app.errors import Text
from app.store.centre_ledger import CentreLedger
from app.store.database import Database
from app.sync.connector import Connector, Feature, ServerAddress
from app.sync.lgsp.centre import LgspCentre
from app.sync.lgsp.dialect import load_dialect
from app.sync.server import CentralServer
from app.sync.transport import parse_address


@dataclass(frozen=True)
class CentreKind:
    """A kind of centre: what it is called, what it has beside taking records, and how a conversation begins.

    ``open`` raises BadServerAddress, WrongCertificate or what else keeps it from beginning.
    """

    title: Text
    features: frozenset[Feature]
    open: Callable[[ServerAddress], Connector]


SOHOA = CentreKind(
    Text("máy chủ trung tâm của Số hoá Một cửa", "central server of this product"), CentralServer.features, CentralServer
)

Kinds = Mapping[str, CentreKind]
ONLY_SOHOA: Kinds = {"sohoa": SOHOA}


def lgsp_kind(database: Database, clock: Callable[[], datetime]) -> CentreKind:
    """Give the kind of another province's system; what it was given is kept in the station's database."""

    def open_(address: ServerAddress) -> Connector:
        # Its address as it is kept, so that every spelling of it means the same system.
        centre = urlunsplit(parse_address(address.url))
        return LgspCentre(address, load_dialect(address.dialect), CentreLedger(database, centre), clock)

    title = Text("hệ thống của tỉnh qua LGSP", "a province's system over its LGSP")
    return CentreKind(title, LgspCentre.features, open_)
