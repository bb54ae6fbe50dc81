"""What is done beside sending, now and then: clock, token, agency, both lists compared, old files cleared."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from app.errors import SohoaError
from app.files import write_whole
from app.store.errors import translated
from app.sync.access import Access
from app.sync.clocks import clock_error
from app.sync.connector import Connector, Feature
from app.sync.errors import ListsDiffer
from app.sync.reconcile import Reconciler, Reconciliation

_log = logging.getLogger(__name__)

EVERY = timedelta(hours=6)
AFTER_TROUBLE = timedelta(minutes=30)
_COMPARE_EVERY = timedelta(days=1)
# What a daily comparison looks back on; ``sohoa sync --reconcile`` compares everything.
_COMPARED = timedelta(days=31)
_FILE_NAME = "sync-upkeep.json"


class Upkeep:
    """Does what is due when the centre can be reached; ``trouble`` is what it found that a person must mend."""

    def __init__(
        self, folder: Path, access: Access, reconciler: Reconciler, clear: Callable[[], object], clock: Callable[[], datetime]
    ) -> None:
        self._clear = clear
        self._clock_error: SohoaError | None = None
        self._lists_error: SohoaError | None = None
        self._compare_at: datetime | None = None
        self._reconciler = reconciler
        self._file = folder / _FILE_NAME
        self._access = access
        self._clock = clock
        self._next: datetime | None = None

    @property
    def trouble(self) -> SohoaError | None:
        """What somebody must look at: a wrong clock before differences of the lists."""
        return self._clock_error or self._lists_error

    def reconcile(self, connector: Connector, since: datetime | None = None) -> Reconciliation:
        """Compare both lists, of everything or from a moment on, and mend. Raises what Reconciler.run raises."""
        now = self._clock()
        found = self._reconciler.run(connector, since, now)
        self._lists_error = ListsDiffer(count=found.open) if found.open else None
        self._compare_at = now + _COMPARE_EVERY
        return found

    def do_if_due(self) -> None:
        """Do it where it is time. Raises nothing of the network's."""
        now = self._clock()
        if self._next is not None and now < self._next <= now + EVERY:
            return
        self._next = now + AFTER_TROUBLE
        try:
            with self._access.open() as connector:
                self._clock_error = clock_error(connector, self._clock)
                self._renew_token(connector)
                self._follow_agency(connector)
                if Feature.LISTS in connector.features and self._is_comparison_due(now):
                    self.reconcile(connector, now - _COMPARED)
                    self._clear()
        except SohoaError as error:
            _log.warning("upkeep of the connection: %s", type(error).__name__)
            return
        self._next = now + EVERY

    def _is_comparison_due(self, now: datetime) -> bool:
        return self._compare_at is None or not now < self._compare_at <= now + _COMPARE_EVERY

    def _renew_token(self, connector: Connector) -> None:
        server = self._access.settings().server
        since = self._token_since(server.station_id)
        if since is None:
            self._note_token(server.station_id)
        elif server.token_days and self._clock() - since >= timedelta(days=server.token_days):
            # The old token works until the new one is used, so an answer or a write that fails locks nobody out.
            token = connector.new_token()
            if token:
                self._access.tokens.keep(server.station_id, token)
            self._note_token(server.station_id)

    def _follow_agency(self, connector: Connector) -> None:
        """Work for the agency that the centre moved this station to; what somebody set here meanwhile stays till then."""
        told, before = connector.agency(), self._kept().get("agency")
        if not told or told == before:
            return
        if before is not None:
            _log.info("the centre moved this station to another agency")
            self._access.change_settings({"station.agency_code": told})
        self._keep(agency=told)

    def _token_since(self, station_id: str) -> datetime | None:
        kept = self._kept()
        try:
            return datetime.fromisoformat(kept["token_since"]) if kept["station_id"] == station_id else None
        except (ValueError, KeyError, TypeError):
            return None

    def _note_token(self, station_id: str) -> None:
        self._keep(station_id=station_id, token_since=self._clock().isoformat())

    def _kept(self) -> dict[str, Any]:
        try:
            kept = json.loads(self._file.read_bytes())
        except (OSError, ValueError):
            return {}
        return kept if isinstance(kept, dict) else {}

    def _keep(self, **values: str) -> None:
        with translated(self._file.parent):
            write_whole(self._file, json.dumps(self._kept() | values).encode())
