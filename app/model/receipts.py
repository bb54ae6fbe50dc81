"""What exactly the centre signs in a receipt, so that a station can check it years later without the centre.

The text has one line for each value, in this order: the words ``sohoa-receipt/1``, receipt id, record id, revision,
the manifest's SHA-256, dossier number, the moment of reception (ISO 8601, UTC, microseconds) and the number of files. It is
signed with Ed25519 (RFC 8032); the signature travels as base64.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import UTC

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from app.model.manifest import Receipt

RECEIPT_FORMAT = "sohoa-receipt/1"
_KEY_BYTES = 32


@dataclass(frozen=True)
class ReceiptKey:
    """A public key with which a centre signs: base64 of its 32 bytes, and its name. Raises ValueError where they do not fit."""

    key_id: str
    public_key: str

    def __post_init__(self) -> None:
        if len(base64.b64decode(self.public_key, validate=True)) != _KEY_BYTES or self.key_id != key_id(self.public_key):
            raise ValueError("a receipt key is named by its hash")


def key_id(public_key: str) -> str:
    """Name a public key, given as base64: the first 16 places of its SHA-256."""
    return hashlib.sha256(base64.b64decode(public_key)).hexdigest()[:16]


def is_signed_by(receipt: Receipt, public_key: str) -> bool:
    """Say whether a receipt carries the right signature of this key, given as base64."""
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key))
    try:
        key.verify(base64.b64decode(receipt.signature), signed_text(receipt))
    except (InvalidSignature, ValueError):
        return False
    return True


def signed_text(receipt: Receipt) -> bytes:
    """Write the bytes that the signature of a receipt covers. Raises ValueError for a value with a line break."""
    values = (
        RECEIPT_FORMAT,
        receipt.receipt_id,
        receipt.record_id,
        str(receipt.revision),
        receipt.manifest_sha256,
        receipt.dossier_number,
        receipt.received_at.astimezone(UTC).isoformat(timespec="microseconds"),
        str(receipt.files),
    )
    if any("\n" in value for value in values):
        raise ValueError("a value of a receipt has one line")
    return "\n".join(values).encode("utf-8")
