"""Receipts as the database keeps them, and the public keys with which they can be checked."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy import select

from app.model.manifest import Receipt
from central.centre import API, Centre, CentreDep
from central.database import Database
from central.signing import ReceiptSigner
from central.tables import ReceiptKey, Revision

router = APIRouter(prefix=API, tags=["receipts"])


def receipt_of(row: Revision) -> Receipt:
    """Write the receipt of an accepted revision; it is the same every time."""
    return Receipt(
        receipt_id=row.receipt_id,
        record_id=row.record_id,
        revision=row.revision,
        manifest_sha256=row.manifest_sha256,
        dossier_number=row.record.dossier_number,
        received_at=row.received_at,
        files=len(row.files),
        key_id=row.receipt_key,
        signature=row.receipt_signature,
    )


def publish_key(database: Database, signer: ReceiptSigner, now: datetime) -> None:
    """Keep the public half for ever, so that old receipts can be checked after the key was changed."""
    with database.write("receipt-keys") as session:
        if session.get(ReceiptKey, signer.key_id) is None:
            session.add(ReceiptKey(key_id=signer.key_id, public_key=signer.public_key, added_at=now))


class KeyView(BaseModel):
    """A public key that has signed receipts."""

    key_id: str
    public_key: str
    added_at: datetime


class KeyList(BaseModel):
    """All keys that ever signed receipts here, oldest first."""

    keys: list[KeyView]


def receipt_keys(centre: Centre) -> list[KeyView]:
    """List the public keys, oldest first."""
    with centre.database.read() as session:
        rows = session.scalars(select(ReceiptKey).order_by(ReceiptKey.added_at, ReceiptKey.key_id))
        return [KeyView(key_id=row.key_id, public_key=row.public_key, added_at=row.added_at) for row in rows]


@router.get("/receipt-keys")
def get_receipt_keys(centre: CentreDep) -> KeyList:
    """Give the public keys with which receipts can be checked; they are no secret."""
    return KeyList(keys=receipt_keys(centre))
