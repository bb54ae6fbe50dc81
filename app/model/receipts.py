"""What exactly the centre signs in a receipt, so that a station can check it years later without the centre.

The text has one line for each value, in this order: the words ``sohoa-receipt/1``, receipt id, record id, revision,
the manifest's SHA-256, dossier number, the moment of reception (ISO 8601, UTC, microseconds) and the number of files. It is
signed with Ed25519 (RFC 8032); the signature travels as base64.
"""

from __future__ import annotations

from datetime import UTC

from app.model.manifest import Receipt

RECEIPT_FORMAT = "sohoa-receipt/1"


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
