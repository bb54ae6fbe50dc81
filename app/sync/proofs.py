"""Receipts as proofs: checked before they count, and again years later without the centre."""

from __future__ import annotations

import enum
import hashlib
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from app.model.manifest import Receipt
from app.model.outbox import OutboxEntry
from app.model.receipts import ReceiptKey, is_signed_by
from app.store.centre_keys import CentreKeys
from app.sync.connector import Connector
from app.sync.errors import ReceiptNotProven, Unreachable
from app.sync.local_files import record_id_of

_log = logging.getLogger(__name__)


class ReceiptProofs:
    """Knows the keys of the centre at ``url()`` and checks its receipts with them.

    The keys come over the same verified connection as the token. Once a centre is known by its keys, a receipt without
    the right signature does not count any more; a centre that names no key does not sign, and its receipts count as they are.
    """

    def __init__(self, keys: CentreKeys, url: Callable[[], str]) -> None:
        self._keys = keys
        self._url = url

    def learn(self, connector: Connector) -> None:
        """Ask for the centre's keys where none is known. Raises what the connector raises."""
        if not self._keys.of(self._url()):
            self._ask(connector)

    def learn_if_possible(self, connector: Connector) -> None:
        """Do so at enrolment, which no trouble with the keys undoes: the first contact asks again."""
        try:
            self._ask(connector)
        except Unreachable as error:
            _log.warning("the centre's keys were not fetched: %s", type(error).__name__)

    def check(self, connector: Connector, receipt: Receipt) -> None:
        """Return if a receipt counts. Raises ReceiptNotProven and what the connector raises."""
        known = self._keys.of(self._url())
        if not known:
            return
        if receipt.key_id and receipt.key_id not in known:
            # The centre has a new key; it publishes it beside the old ones.
            self._ask(connector)
            known = self._keys.of(self._url())
        key = known.get(receipt.key_id)
        if key is None or not is_signed_by(receipt, key.public_key):
            raise ReceiptNotProven

    def _ask(self, connector: Connector) -> None:
        if keys := connector.receipt_keys():
            self._keys.keep(self._url(), keys)


class Proof(enum.StrEnum):
    """What a kept receipt is worth."""

    PROVEN = "proven"
    UNSIGNED = "unsigned"
    KEY_UNKNOWN = "key_unknown"
    RECEIPT_CHANGED = "receipt_changed"
    MANIFEST_CHANGED = "manifest_changed"


@dataclass(frozen=True)
class ReceiptFinding:
    """A kept receipt and what it is worth."""

    dossier_id: str
    revision: int
    receipt_id: str
    key_id: str
    proof: Proof


def verify_receipts(root: Path, entries: Iterable[OutboxEntry], keys: Mapping[str, ReceiptKey]) -> Iterator[ReceiptFinding]:
    """Check the receipt of each accepted entry against its manifest in the folder ``root`` and the known keys."""
    for entry in entries:
        receipt = entry.receipt
        if receipt is not None:
            proof = _proof(root, entry, receipt, keys)
            yield ReceiptFinding(entry.dossier_id, entry.revision, receipt.receipt_id, receipt.key_id, proof)


def _proof(root: Path, entry: OutboxEntry, receipt: Receipt, keys: Mapping[str, ReceiptKey]) -> Proof:
    try:
        manifest = (root / entry.manifest_path).read_bytes()
    except OSError:
        return Proof.MANIFEST_CHANGED
    if hashlib.sha256(manifest).hexdigest() != entry.manifest_sha256:
        return Proof.MANIFEST_CHANGED
    confirmed = (receipt.record_id, receipt.revision, receipt.manifest_sha256)
    if confirmed != (record_id_of(manifest), entry.revision, entry.manifest_sha256):
        return Proof.RECEIPT_CHANGED
    if not receipt.signature:
        return Proof.UNSIGNED
    key = keys.get(receipt.key_id)
    if key is None:
        return Proof.KEY_UNKNOWN
    return Proof.PROVEN if is_signed_by(receipt, key.public_key) else Proof.RECEIPT_CHANGED
