"""Records that go to the centre on a disk: a sealed package out, a file of signed receipts back."""

from __future__ import annotations

import hashlib
import io
import os
import sys
import tarfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, cast

from pydantic import TypeAdapter, ValidationError

from app.files import SHARED, whole_file
from app.model.manifest import Receipt
from app.model.outbox import OutboxEntry, OutboxState
from app.model.receipts import ReceiptKey, is_signed_by
from app.model.sealed import SealBroken, SealedHead, SealedReader, SealedWriter
from app.store.errors import translated
from app.store.outbox import OutboxStore
from app.sync.errors import LocalFileChanged, ReceiptsFileBroken, SealNotOpened
from app.sync.local_files import check_local

Told = Callable[[int, int], None]
"""Gets how far the work is and the whole of it."""


@dataclass(frozen=True)
class SealedPackage:
    """A package that was written; ``left_out`` counts records whose files here are not what they were."""

    path: Path
    records: int
    left_out: int


@dataclass(frozen=True)
class SealedCheck:
    """A sealed file that was read to its end."""

    path: Path
    records: int


@dataclass(frozen=True)
class TakenReceipts:
    """What a file of receipts brought: ``unproven`` ones do not count, ``unknown`` ones are of no record here."""

    accepted: int = 0
    known: int = 0
    unproven: int = 0
    unknown: int = 0


@dataclass(frozen=True)
class _File:
    format: str
    receipts: tuple[Receipt, ...]


_FILE = TypeAdapter(_File)
_BLOCK = 1 << 20
RECEIPTS_FORMAT = "sohoa-receipts/1"


def export_sealed(
    root: Path, entries: Sequence[OutboxEntry], sealed_for: tuple[str, str], folder: Path, now: datetime, told: Told
) -> SealedPackage:
    """Write entries into one sealed file in a folder; ``sealed_for`` is the station's id and its token.

    The entries stay as they are: whichever way they arrive first, the centre takes each once. ``told`` gets how many are
    through and may raise Cancelled; no file is left then. Raises StorageFailed or DiskFull.
    """
    station_id, token = sealed_for
    path = folder / f"sohoa-{station_id}-{now:%Y%m%d-%H%M%S}.sealed"
    written = left_out = 0
    with translated(folder), whole_file(path, mode=SHARED) as target:
        sealed = SealedWriter(target, station_id, hashlib.sha256(token.encode()).hexdigest())
        with tarfile.open(fileobj=cast(IO[bytes], sealed), mode="w|") as tar:
            for number, entry in enumerate(entries):
                told(number, len(entries))
                try:
                    _add(tar, root, entry, written + 1)
                except LocalFileChanged:
                    left_out += 1
                else:
                    written += 1
        sealed.finish()
    return SealedPackage(path, written, left_out)


def _add(tar: tarfile.TarFile, root: Path, entry: OutboxEntry, number: int) -> None:
    checked = check_local(root, entry)
    head = tarfile.TarInfo(f"{number}/manifest.json")
    head.size = len(checked.manifest)
    tar.addfile(head, io.BytesIO(checked.manifest))
    for sha256, file in {file.sha256: file for file in entry.files}.items():
        with (root / file.path).open("rb") as stream:
            info = tarfile.TarInfo(f"{number}/{sha256}")
            info.size = file.size
            tar.addfile(info, stream)


def check_sealed(file: Path, sealed_for: tuple[str, str], told: Told) -> SealedCheck:
    """Read a sealed file of this station to its end, as the centre will. ``told`` gets bytes. Raises SealNotOpened."""
    station_id, token = sealed_for
    records = 0
    try:
        size = file.stat().st_size
        with file.open("rb") as source:
            _forget_cached(source)
            head = SealedHead.read(source)
            if head.station_id != station_id:
                raise SealBroken
            sealed = SealedReader(source, head, hashlib.sha256(token.encode()).hexdigest())
            with tarfile.open(fileobj=cast(IO[bytes], sealed), mode="r|") as tar:
                for member in tar:
                    told(source.tell(), size)
                    records += member.name.endswith("/manifest.json")
            while sealed.read(_BLOCK):  # the last piece says that nothing was cut off
                told(source.tell(), size)
    except (OSError, SealBroken, tarfile.TarError) as error:
        raise SealNotOpened(file=file.name) from error
    return SealedCheck(file, records)


def _forget_cached(source: IO[bytes]) -> None:
    """Have the disk itself asked, not the memory of what was just written to it, where the system can."""
    if sys.platform == "linux":
        os.posix_fadvise(source.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def take_receipts(outbox: OutboxStore, keys: dict[str, ReceiptKey], file: Path) -> TakenReceipts:
    """Take the receipts of a file in. Only a signature of a known key makes one count, for a disk may come from anybody.

    Raises ReceiptsFileBroken or StorageFailed.
    """
    try:
        said = _FILE.validate_json(file.read_bytes())
    except (OSError, ValidationError):
        raise ReceiptsFileBroken(file=file.name) from None
    if said.format != RECEIPTS_FORMAT:
        raise ReceiptsFileBroken(file=file.name)
    counts = {"accepted": 0, "known": 0, "unproven": 0, "unknown": 0}
    for receipt in said.receipts:
        counts[_take(outbox, keys, receipt)] += 1
    return TakenReceipts(**counts)


def _take(outbox: OutboxStore, keys: dict[str, ReceiptKey], receipt: Receipt) -> str:
    entry = outbox.of_dossier(receipt.record_id, receipt.revision) if receipt.revision > 0 else None
    if entry is None or entry.manifest_sha256 != receipt.manifest_sha256:
        return "unknown"
    if entry.state is OutboxState.ACCEPTED:
        return "known"
    key = keys.get(receipt.key_id)
    if key is None or not is_signed_by(receipt, key.public_key):
        return "unproven"
    outbox.accept(entry.id, receipt)
    return "accepted"
