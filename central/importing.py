"""Takes in what stations send on a disk: the same checks, the same receipts, and again nothing twice."""

from __future__ import annotations

import re
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, BinaryIO, cast

from app.files import sha256_of
from app.model.manifest import Manifest, Receipt
from app.model.sealed import SealBroken, SealedHead, SealedReader
from central.blobs import PIECE
from central.manifests import files_of, read_manifest
from central.problems import Problem
from central.records import accept
from central.stations import Caller
from central.tables import Station
from central.uploads import Uploads, known_files

RECEIPTS_FORMAT = "sohoa-receipts/1"
_MEMBER = re.compile(r"([0-9]{1,9})/(manifest\.json|[0-9a-f]{64})")
_LARGEST_MANIFEST = 4 * 1024 * 1024


@dataclass(frozen=True)
class Refusal:
    """A record that was not taken, and the kind of problem."""

    record_id: str
    revision: int
    problem: str


@dataclass
class Imported:
    """What came of a package."""

    station_id: str
    new: int = 0
    receipts: list[Receipt] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)


def import_package(uploads: Uploads, path: Path) -> Imported:
    """Take a sealed package in. Raises SealBroken, also for a station that is not known or was revoked, and OSError.

    What was taken before a broken place stays taken; the same package, or a new one, may be imported at any time.
    """
    with path.open("rb") as source:
        head = SealedHead.read(source)
        caller, hashes = _station(uploads, head.station_id)
        token_hash = _fitting(source, head, hashes)
        imported = Imported(caller.station_id)
        work = _Import(uploads, caller, imported)
        # tarfile asks for read() alone of a stream.
        stream = cast(IO[bytes], SealedReader(source, head, token_hash))
        try:
            with tarfile.open(fileobj=stream, mode="r|") as tar:
                work.run(_members(tar))
        except (tarfile.TarError, UnicodeError) as error:
            raise SealBroken from error
    return imported


def _station(uploads: Uploads, station_id: str) -> tuple[Caller, list[str]]:
    with uploads.centre.database.read() as session:
        row = session.get(Station, station_id)
        if row is None or row.revoked_at is not None:
            raise SealBroken
        hashes = [found for found in (row.token_hash, row.next_token_hash) if found]
        return Caller(row.station_id, row.name, row.agency_code, row.enrolled_at), hashes


def _fitting(source: BinaryIO, head: SealedHead, hashes: list[str]) -> str:
    """Find the token by which the first piece opens."""
    start = source.tell()
    for token_hash in hashes:
        try:
            SealedReader(source, head, token_hash).read(1)
        except SealBroken:
            continue
        finally:
            source.seek(start)
        return token_hash
    raise SealBroken


def _members(tar: tarfile.TarFile) -> Iterator[tuple[str, str, int, IO[bytes]]]:
    for member in tar:
        named, stream = _MEMBER.fullmatch(member.name), tar.extractfile(member)
        if named is None or stream is None or not member.isreg():
            raise SealBroken
        yield named[1], named[2], member.size, stream


class _Import:
    def __init__(self, uploads: Uploads, caller: Caller, imported: Imported) -> None:
        self._uploads, self._caller, self._imported = uploads, caller, imported
        self._number, self._body = "", b""
        self._types: dict[str, str] = {}

    def run(self, members: Iterator[tuple[str, str, int, IO[bytes]]]) -> None:
        for number, name, size, stream in members:
            if name == "manifest.json":
                self._accept()
                self._begin(number, stream.read(_LARGEST_MANIFEST + 1))
            elif number == self._number and name in self._types:
                self._take(name, size, stream)
        self._accept()

    def _begin(self, number: str, body: bytes) -> None:
        self._number, self._body = number, body
        try:
            self._types = {file.sha256: file.media_type for file in files_of(self._manifest())}
        except Problem:
            # Accepting it says what is wrong; its files are not wanted.
            self._types = {}

    def _manifest(self) -> Manifest:
        if len(self._body) > _LARGEST_MANIFEST:
            raise Problem("too-large")
        return read_manifest(self._body)

    def _take(self, sha256: str, size: int, stream: IO[bytes]) -> None:
        centre = self._uploads.centre
        if size > centre.settings.max_file_bytes or known_files(centre, self._caller.station_id, [sha256]):
            return
        with tempfile.TemporaryDirectory(dir=centre.settings.uploads_dir, prefix="import-") as folder:
            path = Path(folder) / "content"
            with path.open("wb") as target:
                while piece := stream.read(PIECE):
                    target.write(piece)
            if sha256_of(path) == sha256:
                self._uploads.deliver(self._caller.station_id, path, sha256, self._types[sha256])

    def _accept(self) -> None:
        if not self._number:
            return
        record_id, revision = "", 0
        try:
            manifest = self._manifest()
            record_id, revision = manifest.record_id, manifest.revision
            receipt, new = accept(self._uploads, self._caller, record_id, revision, self._body)
        except Problem as problem:
            self._imported.refused.append(Refusal(record_id, revision, problem.kind.slug))
        else:
            self._imported.new += new
            self._imported.receipts.append(receipt)
