"""A sealed stream: what a station and its centre alone can read, for records that travel on a disk instead of a network.

The file is one line of JSON (``format``, ``station_id``, ``salt``) and then pieces of AES-256-GCM, each as its length (4 bytes,
big-endian) and its sealed bytes. The key is made by HKDF-SHA256 from the SHA-256 of the station's token, which is all that a
centre keeps of it. A piece's nonce is its number; the last piece is marked, so a file that was cut off is noticed (the STREAM
construction of Hoang, Reyhanitabar, Rogaway and Vizár, 2015).
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SEALED_FORMAT = "sohoa-sealed/1"
_PIECE = 1024 * 1024
_TAG = 16
_LONGEST_HEAD = 1000
_MORE, _LAST = b"more", b"last"


class SealBroken(ValueError):
    """The file is none of ours, was changed or cut off, or was sealed with another token."""


@dataclass(frozen=True)
class SealedHead:
    """Whose file it is; ``salt`` makes its key its own."""

    station_id: str
    salt: str

    def key(self, token_hash: str) -> AESGCM:
        """Make the key; ``token_hash`` is the token's SHA-256 in hexadecimal."""
        info = f"{SEALED_FORMAT} {self.station_id}".encode()
        return AESGCM(HKDF(SHA256(), 32, bytes.fromhex(self.salt), info).derive(bytes.fromhex(token_hash)))

    @classmethod
    def read(cls, stream: BinaryIO) -> SealedHead:
        """Read the first line. Raises SealBroken."""
        try:
            said = json.loads(stream.readline(_LONGEST_HEAD))
            head = cls(str(said["station_id"]), str(said["salt"]))
            if said["format"] != SEALED_FORMAT or len(bytes.fromhex(head.salt)) != _TAG:
                raise SealBroken
        except (ValueError, KeyError, TypeError) as error:
            raise SealBroken from error
        return head


class SealedWriter:
    """Seals what is written; ``finish`` must come last."""

    def __init__(self, target: BinaryIO, station_id: str, token_hash: str) -> None:
        head = SealedHead(station_id, os.urandom(_TAG).hex())
        self._key, self._target, self._number = head.key(token_hash), target, 0
        self._rest = bytearray()
        target.write(json.dumps({"format": SEALED_FORMAT, "station_id": station_id, "salt": head.salt}).encode() + b"\n")

    def write(self, content: bytes) -> int:
        """Take bytes in."""
        self._rest += content
        while len(self._rest) > _PIECE:
            self._seal(bytes(self._rest[:_PIECE]), _MORE)
            del self._rest[:_PIECE]
        return len(content)

    def finish(self) -> None:
        """Write the last piece."""
        self._seal(bytes(self._rest), _LAST)

    def _seal(self, piece: bytes, mark: bytes) -> None:
        sealed = self._key.encrypt(self._number.to_bytes(12, "big"), piece, mark)
        self._number += 1
        self._target.write(len(sealed).to_bytes(4, "big") + sealed)


class SealedReader:
    """Opens what was sealed, piece by piece; reading raises SealBroken."""

    def __init__(self, source: BinaryIO, head: SealedHead, token_hash: str) -> None:
        self._source, self._key, self._number = source, head.key(token_hash), 0
        self._ready, self._ended = bytearray(), False

    def read(self, size: int = -1) -> bytes:
        """Give the next bytes, fewer only at the end."""
        while not self._ended and (size < 0 or len(self._ready) < size):
            self._ready += self._next()
        taken = bytes(self._ready if size < 0 else self._ready[:size])
        del self._ready[: len(taken)]
        return taken

    def _next(self) -> bytes:
        length = int.from_bytes(self._source.read(4), "big")
        if not _TAG <= length <= _PIECE + _TAG:
            raise SealBroken
        sealed, nonce = self._source.read(length), self._number.to_bytes(12, "big")
        self._number += 1
        for mark in (_MORE, _LAST):
            try:
                piece = self._key.decrypt(nonce, sealed, mark)
            except InvalidTag:
                continue
            self._ended = mark == _LAST
            return piece
        raise SealBroken
