"""Delivered files, each under its own SHA-256: ab/abcdef... Same content is kept once. Here in a folder; see central.s3."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from app.files import put_in_place, sync_folder

SHA256_PATTERN = r"^[0-9a-f]{64}$"
_SHA256 = re.compile(SHA256_PATTERN)

PIECE = 1024 * 1024
"""How many bytes are read at once."""


def blob_name(sha256: str) -> str:
    """Say under which name a content lies in any store. Raises ValueError for anything but a SHA-256."""
    if not _SHA256.fullmatch(sha256):
        raise ValueError("not a SHA-256")
    return f"{sha256[:2]}/{sha256}"


class BlobStore(Protocol):
    """Files that never change."""

    def size(self, sha256: str) -> int | None:
        """Give the size in bytes, or None if the content is not here."""

    def chunks(self, sha256: str) -> Iterator[bytes]:
        """Read a content piece by piece. Raises FileNotFoundError."""

    def take(self, source: Path, sha256: str) -> None:
        """Move a local file in, whole or not at all."""

    def check(self) -> None:
        """Return if the store answers. Raises OSError."""


class FolderBlobs:
    """A folder of delivered files."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, sha256: str) -> Path:
        """Say where a content lies or would lie. Raises ValueError for anything but a SHA-256."""
        return self.root / blob_name(sha256)

    def size(self, sha256: str) -> int | None:
        """Give the size in bytes, or None if the content is not here."""
        try:
            return self.path(sha256).stat().st_size
        except FileNotFoundError:
            return None

    def chunks(self, sha256: str) -> Iterator[bytes]:
        """Read a content piece by piece. Raises FileNotFoundError."""
        with self.path(sha256).open("rb") as stream:
            while piece := stream.read(PIECE):
                yield piece

    def check(self) -> None:
        """Return if the folder is there. Raises OSError."""
        self.root.stat()

    def take(self, source: Path, sha256: str) -> None:
        """Move a file in, whole or not at all; ``source`` must be on the same disk."""
        target = self.path(sha256)
        if not target.parent.is_dir():
            target.parent.mkdir(parents=True, exist_ok=True)
            sync_folder(self.root)
        put_in_place(source, target)
