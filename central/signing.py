"""The key that signs receipts: an Ed25519 key, made at the first start and kept in a file."""

from __future__ import annotations

import base64
import os
from dataclasses import dataclass, replace
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from app.files import sync_folder, write_whole
from app.model.manifest import Receipt
from app.model.receipts import key_id, signed_text


class BadKeyFile(ValueError):
    """The file does not hold an Ed25519 private key in PEM."""


@dataclass(frozen=True)
class ReceiptSigner:
    """Signs receipts with one private key."""

    private: Ed25519PrivateKey

    @property
    def public_key(self) -> str:
        """The public half as base64 of its 32 bytes."""
        return base64.b64encode(self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()

    @property
    def key_id(self) -> str:
        """The first 16 places of the public half's SHA-256."""
        return key_id(self.public_key)

    def sign(self, receipt: Receipt) -> Receipt:
        """Give the receipt with its signature."""
        signature = base64.b64encode(self.private.sign(signed_text(receipt))).decode()
        return replace(receipt, key_id=self.key_id, signature=signature)


def open_signer(path: Path) -> ReceiptSigner:
    """Read the private key, or make one where there is no file. Raises BadKeyFile or OSError."""
    if not path.exists():
        _make_key(path)
    try:
        private = load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise BadKeyFile(str(path)) from error
    if not isinstance(private, Ed25519PrivateKey):
        raise BadKeyFile(str(path))
    return ReceiptSigner(private)


def _make_key(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    content = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    aside = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    write_whole(aside, content)
    try:
        # A link, not a rename: of two that start together the first one's key stays.
        os.link(aside, path)
    except FileExistsError:
        pass
    finally:
        aside.unlink()
    sync_folder(path.parent)
