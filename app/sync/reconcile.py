"""Compares the centre's list of accepted records with the station's own, and mends what can be mended.

The comparison is pure; ``Reconciler`` reads both lists and acts. Nothing is taken away on either side: a record that the
centre lacks is sent again, a receipt that the station lacks is fetched, and what needs a person is only reported.
"""

from __future__ import annotations

import enum
import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from app.model.outbox import OutboxEntry, OutboxState
from app.store.outbox import OutboxStore
from app.sync.connector import AcceptedLine, Connector
from app.sync.proofs import ReceiptProofs

_log = logging.getLogger(__name__)


class Gap(enum.StrEnum):
    """How the two lists differ in one revision."""

    LACKING_THERE = "lacking_there"
    RECEIPT_LACKING = "receipt_lacking"
    OTHER_THERE = "other_there"
    UNKNOWN_HERE = "unknown_here"


@dataclass(frozen=True)
class Difference:
    """One difference and whether it was mended: sent again as soon as possible, or the receipt fetched."""

    gap: Gap
    record_id: str
    revision: int
    dossier_number: str
    mended: bool = False


@dataclass(frozen=True)
class Reconciliation:
    """What a comparison found; ``compared`` counts the revisions on the centre's list."""

    compared: int
    differences: tuple[Difference, ...] = ()

    @property
    def open(self) -> int:
        """How many differences need a person."""
        return sum(not difference.mended for difference in self.differences)


def differences(
    entries: Iterable[OutboxEntry], there: Mapping[tuple[str, int], AcceptedLine], since: datetime | None
) -> Iterator[tuple[Gap, OutboxEntry | None, AcceptedLine | None]]:
    """Compare all entries here with what the centre accepted since a moment, None for all it ever did."""
    known = set()
    for entry in entries:
        key = (entry.dossier_id, entry.revision)
        known.add(key)
        line = there.get(key)
        if line is not None and line.manifest_sha256 != entry.manifest_sha256:
            yield Gap.OTHER_THERE, entry, line
        elif line is not None and (entry.state is not OutboxState.ACCEPTED or _is_unsigned(entry)):
            yield Gap.RECEIPT_LACKING, entry, line
        elif line is None and entry.state is OutboxState.ACCEPTED and _is_newer(entry, since):
            yield Gap.LACKING_THERE, entry, None
    for key, line in there.items():
        if key not in known:
            yield Gap.UNKNOWN_HERE, None, line


class Reconciler:
    """Compares and mends."""

    def __init__(self, outbox: OutboxStore, proofs: ReceiptProofs) -> None:
        self._outbox = outbox
        self._proofs = proofs

    def run(self, connector: Connector, since: datetime | None, now: datetime) -> Reconciliation:
        """Do it once. Raises what the connector raises, ReceiptNotProven and StorageFailed; what was mended stays so."""
        # The centre's list is read first: what is accepted between the two readings is then no difference.
        lines = connector.accepted_since(since)
        there = {(line.record_id, line.revision): line for line in lines}
        # All of it is read before the first is mended: nothing is written while a reading goes on.
        apart = tuple(differences(self._outbox.every(), there, since))
        found = [self._mend(connector, *difference, now) for difference in apart]
        if found:
            _log.warning("reconciliation: %d differences, %d mended", len(found), sum(one.mended for one in found))
        return Reconciliation(len(lines), tuple(found))

    def _mend(
        self, connector: Connector, gap: Gap, entry: OutboxEntry | None, line: AcceptedLine | None, now: datetime
    ) -> Difference:
        mended = False
        if entry is not None and gap is Gap.LACKING_THERE:
            mended = self._outbox.send_again(entry.id, now)
        elif entry is not None and gap is Gap.RECEIPT_LACKING:
            mended = self._fetch(connector, entry)
        return Difference(gap, *_named(entry, line), mended)

    def _fetch(self, connector: Connector, entry: OutboxEntry) -> bool:
        if entry.state is OutboxState.REFUSED:
            return False
        receipt = connector.receipt(entry.dossier_id, entry.revision)
        confirmed = (receipt.record_id, receipt.revision, receipt.manifest_sha256)
        if confirmed != (entry.dossier_id, entry.revision, entry.manifest_sha256):
            return False
        self._proofs.check(connector, receipt)
        self._outbox.accept(entry.id, receipt)
        return bool(receipt.signature)


def _named(entry: OutboxEntry | None, line: AcceptedLine | None) -> tuple[str, int, str]:
    if line is not None:
        return line.record_id, line.revision, line.dossier_number
    if entry is None:
        return "", 0, ""
    return entry.dossier_id, entry.revision, entry.receipt.dossier_number if entry.receipt is not None else ""


def _is_unsigned(entry: OutboxEntry) -> bool:
    return entry.receipt is not None and not entry.receipt.signature


def _is_newer(entry: OutboxEntry, since: datetime | None) -> bool:
    return entry.receipt is not None and (since is None or entry.receipt.received_at >= since)
