"""Removes a dossier's files from this machine once the centre was asked and holds them, and the retention time is over.

What can be said here is decided first, and is pure; then the centre is asked. One path for the daily run, the command and the
window. What stays for ever: the records, the manifests, the receipts and the small pictures.
"""

from __future__ import annotations

import enum
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from app.errors import SohoaError
from app.events import Events, Topic
from app.model.dossier import Dossier, DossierState
from app.model.outbox import OutboxEntry, OutboxState
from app.store.centre_keys import CentreKeys
from app.store.errors import translated
from app.sync.access import Access
from app.sync.by_disk import Told
from app.sync.clocks import clock_error
from app.sync.connector import Connector, Feature
from app.sync.errors import ClockWrong, NotOffered, SignInFailed, Unreachable
from app.sync.held import Held
from app.sync.proofs import Proof, verify_receipts
from app.sync.rounds import SyncStores

_log = logging.getLogger(__name__)

# What a power cut left over of a removal goes with one of the next ones.
_LOOK_BACK = timedelta(days=7)
# So many dossiers are asked about and removed before the next ones: a cut leaves what is done done.
_AT_ONCE = 50


class Kept(enum.StrEnum):
    """Why the files of an old dossier stay."""

    NOT_SENT = "not_sent"
    RECENT = "recent"
    UNPROVEN = "unproven"
    DISPUTED = "disputed"
    UNASKED = "unasked"


@dataclass(frozen=True)
class Cleared:
    """What was removed, or would be: dossiers and bytes, and how many were kept for which reason. ``days`` is the setting.

    ``error`` says why the centre could not be asked about those that are kept as UNASKED.
    """

    days: int
    dossiers: int = 0
    size: int = 0
    kept: tuple[tuple[Kept, int], ...] = ()
    error: SohoaError | None = None


def why_kept(
    dossier: Dossier, entries: Sequence[OutboxEntry], proofs: Iterable[Proof], now: datetime, retention: timedelta
) -> Kept | None:
    """Say why the files of a dossier must stay, None where they may go.

    They may go when every revision has a receipt that was proven just now and the newest of them is older than the
    retention time, by the centre's clock and by ours; a correction or result that is open keeps them all.
    """
    if dossier.state is not DossierState.ACCEPTED or not entries:
        return Kept.NOT_SENT
    if any(entry.state is not OutboxState.ACCEPTED or entry.receipt is None for entry in entries):
        return Kept.NOT_SENT
    moments = [entry.created_at for entry in entries] + [entry.receipt.received_at for entry in entries if entry.receipt]
    if max(moments) + retention > now:
        return Kept.RECENT
    return None if all(proof is Proof.PROVEN for proof in proofs) else Kept.UNPROVEN


@dataclass(frozen=True)
class _Due:
    """A dossier that may go as far as can be said here."""

    dossier: Dossier
    entries: tuple[OutboxEntry, ...]

    @property
    def accepted_at(self) -> datetime:
        return min(entry.receipt.received_at for entry in self.entries if entry.receipt is not None)


@dataclass
class _Tally:
    """What one run did so far."""

    dry: bool
    dossiers: int = 0
    size: int = 0
    kept: Counter[Kept] = field(default_factory=Counter)


class Clearing:
    """Does it, one run at a time; whoever calls sees to that."""

    def __init__(self, stores: SyncStores, access: Access, events: Events, clock: Callable[[], datetime]) -> None:
        self._stores = stores
        self._store = stores.clearing
        self._access = access
        self._events = events
        self._clock = clock

    def run(self, told: Told, *, dry: bool = False) -> Cleared:
        """Remove what may go; ``dry`` only counts it, and asks the centre all the same.

        Nothing goes that the centre was not asked about. ``told`` hears of dossiers. Raises StorageFailed and what ``told``
        raises; what was removed until then is marked so.
        """
        days = self._access.settings().server.keep_days
        if not days:
            return Cleared(0)
        tally, error = _Tally(dry), None
        if not dry:
            self._remove_leftovers()
        due = self._due(timedelta(days=days), tally)
        try:
            if due:
                self._ask_and_remove(due, tally, told)
        except (Unreachable, SignInFailed, NotOffered, ClockWrong) as trouble:
            error = trouble
            _log.warning("files stay, the centre could not be asked: %s", type(error).__name__)
        finally:
            if tally.dossiers and not dry:
                _log.info("files of %d dossiers went from this machine, %d bytes", tally.dossiers, tally.size)
                self._events.announce(Topic.DOSSIERS)
        return Cleared(days, tally.dossiers, tally.size, tuple(sorted((+tally.kept).items())), error)

    def _due(self, retention: timedelta, tally: _Tally) -> list[_Due]:
        now, due, keys = self._clock(), [], CentreKeys(self._stores.folder).all()
        for dossier in self._store.candidates(now - retention):
            entries = self._stores.outbox.revisions_of(dossier.id)
            proofs = [found.proof for found in verify_receipts(self._stores.folder.root, entries, keys)]
            reason = why_kept(dossier, entries, proofs, now, retention)
            if reason is None:
                due.append(_Due(dossier, tuple(entries)))
            else:
                tally.kept[reason] += 1
        return due

    def _ask_and_remove(self, due: Sequence[_Due], tally: _Tally, told: Told) -> None:
        tally.kept[Kept.UNASKED] = len(due)
        self._access.need(Feature.LISTS)
        with self._access.open() as connector:
            self._look_at_clock(connector)
            held = Held(connector, min(one.accepted_at for one in due))
            for start in range(0, len(due), _AT_ONCE):
                some = due[start : start + _AT_ONCE]
                whole = held.whole({one.dossier.id: one.entries for one in some})
                for one in some:
                    self._settle(one, one.dossier.id in whole, tally)
                told(start + len(some), len(due))

    def _look_at_clock(self, connector: Connector) -> None:
        """A clock that runs ahead would end the retention time early."""
        error = clock_error(connector, self._clock)
        if error is not None:
            raise error

    def _settle(self, one: _Due, held: bool, tally: _Tally) -> None:
        tally.kept[Kept.UNASKED] -= 1
        files = self._store.files(one.dossier.id)
        room = files.size
        if not held:
            tally.kept[Kept.DISPUTED] += 1
        elif not tally.dry and not self._store.mark(one.dossier, self._clock()):
            tally.kept[Kept.NOT_SENT] += 1
        else:
            # It is marked first: a removal that is cut short then never looks like a loss.
            if not tally.dry:
                self._unlink(files.paths)
            tally.dossiers, tally.size = tally.dossiers + 1, tally.size + room

    def _remove_leftovers(self) -> None:
        for dossier_id in self._store.cleared_since(self._clock() - _LOOK_BACK):
            self._unlink(self._store.files(dossier_id).paths)

    def _unlink(self, paths: Iterable[Path]) -> None:
        with translated(self._stores.folder.root):
            for path in paths:
                path.unlink(missing_ok=True)
