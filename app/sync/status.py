"""Tells the centre how the station is: when something about its scanners changed, and now and then anyway."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from app.errors import SohoaError
from app.model.equipment import latest_of_each
from app.model.outbox import OutboxState
from app.model.station_status import MOST_SCANNERS, ScannerState, StationStatus
from app.store.equipment import EquipmentLog
from app.sync.access import Access
from app.sync.rounds import SyncStores

_log = logging.getLogger(__name__)

EVERY = timedelta(hours=6)
AFTER_TROUBLE = timedelta(minutes=30)


class StatusReports:
    """Sends the station's status; no trouble with it keeps a record from being sent."""

    def __init__(self, stores: SyncStores, access: Access, clock: Callable[[], datetime]) -> None:
        self._stores = stores
        self._access = access
        self._clock = clock
        self._log = EquipmentLog(stores.folder)
        self._next: datetime | None = None
        self._told = -1

    def send_if_due(self) -> bool:
        """Send it where it is time; say whether the centre took it. Raises nothing of the network's."""
        checks = self._log.path.stat().st_size if self._log.path.exists() else 0
        now = self._clock()
        # A moment further off than ever asked for was reckoned by a clock that was wrong.
        if self._next is not None and now < self._next <= now + EVERY and checks == self._told:
            return False
        # Whatever comes of it: the same news is not tried again at once.
        self._next, self._told = now + AFTER_TROUBLE, checks
        try:
            with self._access.open() as connector:
                connector.put_status(self.status())
        except SohoaError as error:
            _log.warning("the station's status was not sent: %s", type(error).__name__)
            return False
        self._next = now + EVERY
        return True

    def status(self) -> StationStatus:
        """Give the station's status now. Raises StorageFailed."""
        scanners = latest_of_each(self._log.all())[-MOST_SCANNERS:]
        return StationStatus(
            sent_at=self._clock(),
            name=self._access.settings().station.name,
            waiting=self._stores.outbox.count(OutboxState.WAITING, OutboxState.UNCONFIRMED),
            refused=self._stores.outbox.count(OutboxState.REFUSED),
            free_mb=self._stores.folder.free_bytes() // 1_000_000,
            scanners=tuple(ScannerState(check, check.troubles) for check in scanners),
        )
