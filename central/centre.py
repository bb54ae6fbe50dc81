"""What every request can reach: settings, database, stored files and the clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Annotated, cast

from fastapi import Depends
from starlette.requests import HTTPConnection

from central.blobs import BlobStore
from central.database import Database
from central.limits import Limiter
from central.settings import Settings
from central.signing import ReceiptSigner

API = "/api/v1"
"""What the addresses of the protocol begin with."""

VIETNAM = timezone(timedelta(hours=7))
"""Asia/Ho_Chi_Minh; Viet Nam has had no summer time since 1975."""


def utc_now() -> datetime:
    """Give the present moment."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Centre:
    """The services of one server; made once at start."""

    settings: Settings
    database: Database
    blobs: BlobStore
    signer: ReceiptSigner
    limiter: Limiter
    clock: Callable[[], datetime] = utc_now

    def local_day(self) -> str:
        """Give today's date in Viet Nam as ISO text."""
        return self.clock().astimezone(VIETNAM).date().isoformat()


def _centre(connection: HTTPConnection) -> Centre:
    return cast(Centre, connection.app.state.centre)


CentreDep = Annotated[Centre, Depends(_centre)]
