"""Opening what was finished: to mend it, for its result or a correction; closing that again; and its history."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from app.events import Events, Topic
from app.filing.errors import NoReason, RevisionChanged
from app.filing.stores import Stores
from app.model.dossier import Dossier, DossierState, RevisionKind
from app.model.history import HistoryLine, Step
from app.model.procedure import Side
from app.settings import Settings
from app.store.errors import DossierFrozen, NotAcceptedYet
from app.store.history import HistoryStore

LONGEST_REASON = 600
# Goes into the manifest, which speaks Vietnamese like the papers themselves.
RESULT_REASON = "Số hóa kết quả giải quyết"


class Revisions:
    """A finished record is frozen: whoever mends it opens a revision, with a reason and under their own name."""

    def __init__(
        self,
        stores: Stores,
        history: HistoryStore,
        events: Events,
        settings: Callable[[], Settings],
        clock: Callable[[], datetime],
    ) -> None:
        self._stores = stores
        self._history = history
        self._events = events
        self._settings = settings
        self._clock = clock

    def correct(self, dossier_id: str, reason: str) -> Dossier:
        """Open a finished dossier to be mended.

        One that the centre has gets its next revision, and what was accepted stays as it is. One that the centre refused
        or never saw is made anew under the same revision. Raises NoReason, NoSuchDossier, DossierStillOpen, or
        AnswerAwaited where the centre has not answered yet.
        """
        said = " ".join(reason.split())
        if not 0 < len(said) <= LONGEST_REASON:
            raise NoReason(most=LONGEST_REASON)
        operator, now = self._settings().station.operator, self._clock()
        dossiers = self._stores.dossiers
        if dossiers.get(dossier_id).state is DossierState.ACCEPTED:
            opened = dossiers.open_revision(dossier_id, RevisionKind.CORRECTION, said, operator, now)
        else:
            opened = dossiers.reopen(dossier_id, now, reason=said, operator=operator)
        return self._told(opened)

    def reopen(self, dossier_id: str) -> Dossier:
        """Open a dossier again that was refused or never sent, to be mended. Raises DossierFrozen, NoSuchDossier."""
        dossier = self._stores.dossiers.reopen(dossier_id, self._clock(), operator=self._settings().station.operator)
        return self._told(dossier)

    def begin_result(self, dossier_id: str) -> Dossier:
        """Open a dossier for the result that is given back: its next revision, or the same one where it never was sent.

        Raises NotAcceptedYet or NoSuchDossier.
        """
        dossiers, operator = self._stores.dossiers, self._settings().station.operator
        if dossiers.get(dossier_id).state is DossierState.FINISHED:
            dossier = self._reopened(dossier_id)
        else:
            dossier = dossiers.open_revision(dossier_id, RevisionKind.RESULT, RESULT_REASON, operator, self._clock())
        return self._told(dossier)

    def _told(self, opened: Dossier) -> Dossier:
        self._events.announce(Topic.DOSSIERS, opened.id)
        self._events.announce(Topic.OUTBOX, opened.id)
        return opened

    def _reopened(self, dossier_id: str) -> Dossier:
        try:
            operator = self._settings().station.operator
            return self._stores.dossiers.reopen(dossier_id, self._clock(), Side.RESULT, reason=RESULT_REASON, operator=operator)
        except DossierFrozen as error:
            raise NotAcceptedYet(**error.values) from error

    def withdraw(self, dossier_id: str, *, drop: bool = False) -> Dossier:
        """Close a revision again that was opened on what the centre has; ``drop`` lets go what was changed in it.

        Raises NoSuchDossier, NothingToWithdraw, or RevisionChanged where something was changed and ``drop`` is False.
        """
        dossiers = self._stores.dossiers
        dossier, operator = dossiers.get(dossier_id), self._settings().station.operator
        if not self._stores.withdrawals.withdraw(dossier_id, drop=drop, operator=operator, now=self._clock()):
            raise RevisionChanged(dossier=dossier.shown_number)
        self._events.announce(Topic.DOSSIERS, dossier_id)
        self._events.announce(Topic.PAGES, dossier_id)
        return dossiers.get(dossier_id)

    def history(self, dossier_id: str) -> tuple[HistoryLine, ...]:
        """Give the steps of a dossier, oldest first. Raises NoSuchDossier."""
        self._stores.dossiers.get(dossier_id)
        return tuple(self._with_operator(line) for line in self._history.of_dossier(dossier_id))

    def _with_operator(self, line: HistoryLine) -> HistoryLine:
        """Who finished a revision stands in its manifest; one that is gone or damaged names nobody."""
        if line.step is not Step.FINISHED or line.operator:
            return line
        path = self._stores.pages.folder.root / line.folder / "manifest.json"
        try:
            return replace(line, operator=str(json.loads(path.read_bytes())["operator"]))
        except (OSError, ValueError, KeyError, TypeError):
            return line
