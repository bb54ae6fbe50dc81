"""Files on their way in: the rules for uploads, and what happens when one is whole."""

from __future__ import annotations

import asyncio
import logging
import re
import secrets
import tempfile
import threading
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.orm import Session
from tuspyserver.router import create_tus_router

from app.files import sha256_of
from app.model.manifest import ManifestFile
from central.blobs import SHA256_PATTERN
from central.centre import API, Centre, CentreDep
from central.contents import PDF, PageCounter
from central.problems import Problem, declared
from central.stations import CallerDep
from central.tables import Delivery
from central.upload_storage import UploadStorage, owner_of

PREFIX = f"{API}/files"
EXTENSIONS = "creation,expiration,termination"
_TUS_VERSION = "1.0.0"
_METADATA = {
    "filename": re.compile(r"[^/\\\x00-\x1f\x7f]{1,255}"),
    "filetype": re.compile(r"[A-Za-z0-9!#$&^_.+-]{1,60}/[A-Za-z0-9!#$&^_.+-]{1,60}"),
    "sha256": re.compile(r"[0-9a-f]{64}"),
    "record_id": re.compile(r"[0-9a-zA-Z-]{8,64}"),
}

_log = logging.getLogger("sohoa.central.uploads")

Metadata = dict[str, str]
Hook = Callable[[str, Metadata], Awaitable[None]]


class KnownFiles(BaseModel):
    """Which of the hashes asked for this station has delivered."""

    known: list[str]


class Uploads:
    """Turns whole uploads into delivered files. Every step may be repeated after a crash."""

    def __init__(self, centre: Centre, storage: UploadStorage) -> None:
        self.centre = centre
        self.storage = storage
        self.counter = PageCounter()
        # A client's last request and its question about it may arrive together.
        self._settling = threading.Lock()

    def settle(self, uid: str) -> None:
        """Check a whole upload and record its delivery. Raises Problem ``checksum-mismatch`` after removing it."""
        with self._settling:
            info = self.storage.info(uid)
            if info is None or info["offset"] != info["size"]:
                return
            if self.storage.has_data(uid):
                self._deliver(uid, info)

    def _deliver(self, uid: str, info: dict[str, Any]) -> None:
        declared_sha256 = info["metadata"]["sha256"]
        try:
            with self.storage.local(uid) as path:
                if not self.storage.done(uid):
                    self._check(uid, path, declared_sha256)
                self.deliver(owner_of(uid) or "", path, declared_sha256, info["metadata"]["filetype"])
        except FileNotFoundError:
            # Another replica has delivered it meanwhile; otherwise the bytes are really gone.
            if not self.storage.done(uid):
                raise
        self.storage.drop_data(uid)

    def deliver(self, station_id: str, path: Path, sha256: str, media_type: str) -> None:
        """Take a whole local file in, whose hash was checked, as delivered by a station; the file is moved."""
        pages = self.counter.count(path) if media_type == PDF else None
        self._record(station_id, sha256, path.stat().st_size, pages)
        self.centre.blobs.take(path, sha256)

    def count_pages(self, station_id: str, hashes: Sequence[str]) -> None:
        """Open those delivered files that were not opened as PDFs: their upload called them something else, or is too old."""
        query = select(Delivery.sha256).where(Delivery.station_id == station_id, Delivery.sha256.in_(hashes))
        with self.centre.database.read() as session:
            uncounted = list(session.scalars(query.where(Delivery.pages.is_(None))))
        for sha256 in uncounted:
            # A file that is gone is missed by who asked.
            with (
                suppress(FileNotFoundError),
                tempfile.TemporaryDirectory(dir=self.centre.settings.uploads_dir, prefix="count-") as folder,
            ):
                path = Path(folder) / "content"
                with path.open("wb") as stream:
                    stream.writelines(self.centre.blobs.chunks(sha256))
                self._record(station_id, sha256, path.stat().st_size, self.counter.count(path))

    def _check(self, uid: str, path: Path, declared_sha256: str) -> None:
        if sha256_of(path) != declared_sha256:
            self.storage.remove(uid)
            _log.warning("upload %s refused: its content differs from the declared hash", uid)
            raise Problem("checksum-mismatch")
        self.storage.mark_done(uid)

    def _record(self, station_id: str, sha256: str, size: int, pages: int | None) -> None:
        with self.centre.database.write(f"delivery {station_id} {sha256}") as session:
            known = session.get(Delivery, (station_id, sha256))
            if known is not None:
                # What was opened once stays what it was found to be.
                known.pages = pages if pages is not None else known.pages
                return
            now = self.centre.clock()
            session.add(Delivery(station_id=station_id, sha256=sha256, size=size, pages=pages, received_at=now))

    def sweep(self, station_id: str | None = None) -> None:
        """Settle what a crash left whole and drop what has expired; of one station or of all."""
        for uid in self.storage.all_ids(station_id or ""):
            self._sweep_one(uid, every=station_id is None)

    def _sweep_one(self, uid: str, *, every: bool) -> None:
        info = self.storage.info(uid)
        try:
            if info is not None and info["offset"] == info["size"]:
                self.settle(uid)
        except Problem:
            return
        if every and (info is None or parsedate_to_datetime(info["expires"]) < self.centre.clock()):
            self.storage.remove(uid)


def known_files(centre: Centre, station_id: str, hashes: list[str]) -> list[str]:
    """Say which files a station has delivered and the centre still holds."""
    with centre.database.read() as session:
        rows = session.scalars(select(Delivery).where(Delivery.station_id == station_id, Delivery.sha256.in_(hashes)))
        return sorted(row.sha256 for row in rows if centre.blobs.size(row.sha256) == row.size)


def wrong_pages(session: Session, station_id: str, files: Sequence[tuple[ManifestFile, int]]) -> list[dict[str, str | int]]:
    """List the PDFs that cannot be opened or have another number of pages than the manifest says, with both numbers."""
    wrong: list[dict[str, str | int]] = []
    for file, pages in files:
        delivery = session.get(Delivery, (station_id, file.sha256))
        if file.media_type == PDF and delivery is not None and delivery.pages != pages:
            wrong.append({"name": file.name, "sha256": file.sha256, "pages": pages, "found": max(delivery.pages or 0, 0)})
    return wrong


def _check_creation(request: Request, limit: int) -> None:
    headers = request.headers
    if "upload-concat" in headers or "upload-defer-length" in headers:
        raise Problem("bad-request", "Only whole uploads of known length are taken")
    if headers.get("content-length", "0") != "0" or "transfer-encoding" in headers:
        raise Problem("bad-request", "Create the upload first, then send its bytes by PATCH")
    length = headers.get("upload-length", "")
    if not re.fullmatch(r"[0-9]{1,18}", length) or int(length) < 1:
        raise Problem("bad-request", "Upload-Length must be a number of bytes above zero")
    if int(length) > limit:
        raise Problem("too-large", f"A file may have {limit} bytes at most")


def _check_metadata(metadata: Metadata) -> None:
    faults = [
        {"where": key, "message": "The value is missing or not valid"}
        for key, pattern in _METADATA.items()
        if not pattern.fullmatch(metadata.get(key, ""))
    ]
    if faults:
        raise Problem("invalid", "Upload-Metadata is not complete", errors=faults)


def _check_patch(request: Request) -> None:
    headers = request.headers
    if headers.get("content-type") != "application/offset+octet-stream":
        raise Problem("unsupported-media-type", "Content-Type must be application/offset+octet-stream")
    for name in ("content-length", "upload-offset"):
        if not re.fullmatch(r"[0-9]{1,18}", headers.get(name, "")):
            raise Problem("bad-request", f"{name} must be a number")


async def _guard(request: Request, caller: CallerDep, centre: CentreDep) -> None:
    """Check who asks and what for, before tuspyserver reads a byte."""
    method = request.method
    if method != "OPTIONS" and request.headers.get("tus-resumable") != _TUS_VERSION:
        raise Problem("precondition-failed", headers={"Tus-Version": _TUS_VERSION})
    if method == "POST":
        _check_creation(request, centre.settings.max_file_bytes)
    elif method != "OPTIONS":
        await _check_upload(request, caller.station_id)


async def _check_upload(request: Request, station_id: str) -> None:
    uid = request.path_params["uuid"]
    if owner_of(uid) != station_id:
        raise Problem("upload-unknown")
    if request.method == "PATCH":
        _check_patch(request)
    elif request.method == "HEAD":
        # The hook at the end of the upload may have been lost in a crash; the client asks because it never heard.
        await asyncio.to_thread(request.app.state.uploads.settle, uid)


def _name_upload(caller: CallerDep) -> Callable[[Metadata], dict[str, str]]:
    uid = f"{caller.station_id}-{secrets.token_hex(16)}"
    return lambda _metadata: {"uid": uid}


def _before_creation() -> Callable[[Metadata, dict[str, Any]], None]:
    return lambda metadata, _upload: _check_metadata(metadata)


def tus_router(uploads: Uploads) -> APIRouter:
    """Make the routes of the tus protocol for these uploads."""

    async def settle(uid: str, _metadata: Metadata) -> None:
        await asyncio.to_thread(uploads.settle, uid)

    def when_whole() -> Hook:
        return settle

    router: APIRouter = create_tus_router(
        prefix=PREFIX,
        files_dir=str(uploads.centre.settings.uploads_dir),
        max_size=uploads.centre.settings.max_file_bytes,
        auth=_guard,
        days_to_keep=uploads.centre.settings.upload_days,
        upload_complete_dep=when_whole,
        pre_create_dep=_before_creation,
        file_dep=_name_upload,
        tags=["files"],
        storage=uploads.storage,
    )
    guarded = APIRouter()
    # tuspyserver's PATCH route reads the body before it asks its own "auth"; a router's dependencies come first.
    guarded.include_router(router, dependencies=[Depends(_guard)])
    return guarded


router = APIRouter(prefix=API, tags=["files"])


@router.options("/files/", status_code=204, response_class=Response, responses=declared("unauthorized"))
def options_files(_caller: CallerDep, centre: CentreDep) -> Response:
    """Say which parts of tus are spoken here."""
    return Response(
        status_code=204,
        headers={
            "Tus-Resumable": _TUS_VERSION,
            "Tus-Version": _TUS_VERSION,
            "Tus-Extension": EXTENSIONS,
            "Tus-Max-Size": str(centre.settings.max_file_bytes),
        },
    )


@router.get("/files/known", responses=declared("unauthorized"))
def get_known(
    caller: CallerDep,
    centre: CentreDep,
    sha256: Annotated[list[Annotated[str, Field(pattern=SHA256_PATTERN)]], Query(max_length=500)],
) -> KnownFiles:
    """Say which of these contents this station has delivered, so that it need not send them again."""
    return KnownFiles(known=known_files(centre, caller.station_id, sha256))
