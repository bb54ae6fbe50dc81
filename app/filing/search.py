"""Finding dossiers of this station, and keeping what they are found by up to date."""

from __future__ import annotations

import time
from dataclasses import dataclass

from app.errors import Text
from app.jobs import Job, Jobs, Lane
from app.model.dossier import Dossier
from app.model.dossier_query import DossierQuery
from app.store.search import SearchStore

_CATCHING_UP = Text("Lập chỉ mục tìm kiếm…", "Indexing for the search…")
# What a question may spend on dossiers that changed since the last one.
_RENEWING_SECONDS = 0.05


@dataclass(frozen=True)
class Found:
    """The newest dossiers that fit. Where not ``complete``, so much had changed that asking again may find more."""

    dossiers: tuple[Dossier, ...]
    complete: bool


class Search:
    """Nothing that is searched leaves this machine."""

    def __init__(self, store: SearchStore, jobs: Jobs) -> None:
        self._store = store
        self._jobs = jobs

    def find(self, query: DossierQuery) -> Found:
        """Give the newest dossiers that fit; quick enough to be asked with every key."""
        until = time.monotonic() + _RENEWING_SECONDS
        behind = self._store.renew()
        while behind and time.monotonic() < until:
            behind = self._store.renew()
        return Found(self._store.find(query), not behind)

    def catch_up(self) -> Job[None]:
        """Index everything that is not yet, in the background: much only after an older version's data were taken over."""

        def work(job: Job[None]) -> None:
            while self._store.renew():
                job.check_cancelled()

        return self._jobs.submit(Lane.FILES, _CATCHING_UP, work)
