"""The kinds of centres that a station can be set up for; ``server.kind`` names the one in use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.errors import Text
from app.sync.connector import Connector, Feature, ServerAddress
from app.sync.server import CentralServer


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
