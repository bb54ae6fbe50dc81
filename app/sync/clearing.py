"""Removes a dossier's files from this machine after the centre has proven that it has them and the retention time is over.

The decision is pure. What stays for ever: the records, the manifests, the receipts and the small pictures.
"""

from __future__ import annotations

import enum
import logging
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from app.model.dossier import Dossier, DossierState
from app.model.outbox import OutboxEntry, OutboxState
from app.store.centre_keys import CentreKeys
from app.store.clearing import ClearingStore, DossierFiles
from app.store.errors import translated
from app.store.folder import DataFolder
from app.store.outbox import OutboxStore
from app.sync.proofs import Proof, verify_receipts

_log = logging.getLogger(__name__)

# What a power cut left over of a removal goes with one of the next ones.
_LOOK_BACK = timedelta(days=7)


class Kept(enum.StrEnum):
    """Why the files of an old dossier stay."""

    NOT_SENT = "not_sent"
    RECENT = "recent"
    UNPROVEN = "unproven"
    DISPUTED = "disputed"


@dataclass(frozen=True)
class Cleared:
    """What was removed, or would be: dossiers and bytes, and how many were kept for which reason. ``days`` is the setting."""

    days: int
    dossiers: int = 0
    size: int = 0
    kept: tuple[tuple[Kept, int], ...] = ()


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


class Clearing:
    """Does it. ``days()`` is the retention time, 0 for ever."""

    def __init__(self, folder: DataFolder, outbox: OutboxStore, store: ClearingStore, days: Callable[[], int]) -> None:
        self._folder = folder
        self._outbox = outbox
        self._store = store
        self._days = days

    def run(self, now: datetime, disputed: Collection[str] = (), *, dry: bool = False) -> Cleared:
        """Remove what may go; ``dry`` only counts it. ``disputed`` are records that the centre's list shows otherwise.

        Raises StorageFailed; what was removed until then is marked so.
        """
        days = self._days()
        if not days:
            return Cleared(0)
        if not dry:
            self._remove_leftovers(now)
        retention, dossiers, size, kept = timedelta(days=days), 0, 0, Counter[Kept]()
        for dossier in self._store.candidates(now - retention):
            reason = self._why_kept(dossier, disputed, now, retention)
            files = self._store.files(dossier.id)
            room = files.size
            if reason is None and not dry and not self._remove(dossier, files, now):
                reason = Kept.NOT_SENT
            if reason is not None:
                kept[reason] += 1
                continue
            dossiers, size = dossiers + 1, size + room
        if dossiers and not dry:
            _log.info("files of %d dossiers went from this machine, %d bytes", dossiers, size)
        return Cleared(days, dossiers, size, tuple(sorted(kept.items())))

    def _why_kept(self, dossier: Dossier, disputed: Collection[str], now: datetime, retention: timedelta) -> Kept | None:
        if dossier.id in disputed:
            return Kept.DISPUTED
        entries = self._outbox.revisions_of(dossier.id)
        proofs = [found.proof for found in verify_receipts(self._folder.root, entries, CentreKeys(self._folder).all())]
        return why_kept(dossier, entries, proofs, now, retention)

    def _remove(self, dossier: Dossier, files: DossierFiles, now: datetime) -> bool:
        """Mark it first: a removal that is cut short then never looks like a loss."""
        if not self._store.mark(dossier, now):
            return False
        self._unlink(files.paths)
        return True

    def _remove_leftovers(self, now: datetime) -> None:
        for dossier_id in self._store.cleared_since(now - _LOOK_BACK):
            self._unlink(self._store.files(dossier_id).paths)

    def _unlink(self, paths: Iterable[Path]) -> None:
        with translated(self._folder.root):
            for path in paths:
                path.unlink(missing_ok=True)
