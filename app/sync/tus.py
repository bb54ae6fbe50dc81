"""Resumable uploads by tus 1.0.

tuspy keeps the offsets and writes the protocol's headers; its three requests are made by our transport instead of its
own, which know no time limit, follow redirects and leave a private CA out (docs of version 1.1).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import BinaryIO

from tusclient.client import TusClient
from tusclient.uploader import Uploader

from app.sync.connector import Upload
from app.sync.errors import NotTheCentre, Problem, RecordRefused, ServerTrouble, UploadDamaged
from app.sync.pace import Pace
from app.sync.transport import Answer, Transport

_FORGOTTEN = (404, 410)
_ELSEWHERE = 409


KeepUrl = Callable[[str], None]
Progress = Callable[[int], None]


def send(http: Transport, pace: Pace, upload: Upload, keep_url: KeepUrl, progress: Progress) -> None:
    """Send a file, from where an earlier try had got to. Raises UploadDamaged or RecordRefused."""
    with upload.path.open("rb") as stream:
        try:
            _send(ResumableFile(http, stream, upload, pace, progress), upload, keep_url, progress)
        except UploadForgotten:
            try:
                _send(ResumableFile(http, stream, replace(upload, url=""), pace, progress), upload, keep_url, progress)
            except UploadForgotten:
                raise ServerTrouble(host=http.host, status=404) from None
        except UploadDamaged:
            keep_url("")
            raise


def _send(file: ResumableFile, upload: Upload, keep_url: KeepUrl, progress: Progress) -> None:
    if not file.url:
        file.set_url(file.create_url())
        keep_url(file.url)
    progress(file.offset)
    file.upload(stop_at=upload.size)


class UploadForgotten(Exception):  # send handles it: it begins anew
    """The server does not know the upload any more."""


class _Chunk:
    """A piece of a file as a request's body, read as it is sent, so that a stop is noticed inside a slow chunk."""

    def __init__(self, stream: BinaryIO, start: int, length: int, pace: Pace, progress: Callable[[int], None]) -> None:
        stream.seek(start)
        self._pace = pace
        self._stream, self._at, self._end, self._progress = stream, start, start + length, progress

    def __len__(self) -> int:
        return self._end - self._at

    def read(self, size: int = -1) -> bytes:
        """Give the next bytes."""
        self._progress(self._at)
        rest = self._end - self._at
        wanted = self._pace.piece(rest if size < 0 else min(size, rest))
        self._pace.before_sending(wanted, lambda: self._progress(self._at))
        piece = self._stream.read(wanted)
        self._at += len(piece)
        return piece


class ResumableFile(Uploader):  # type: ignore[misc]  # tuspy is not typed
    """A file on its way. Construction asks for the offset where ``upload.url`` is given. Raises UploadForgotten."""

    url: str
    offset: int

    def __init__(self, http: Transport, stream: BinaryIO, upload: Upload, pace: Pace, progress: Callable[[int], None]) -> None:
        self._http = http
        self._pace = pace
        self._progress = progress
        self._total = upload.size
        super().__init__(
            file_stream=stream,
            client=TusClient(http.url("files/")),
            url=upload.url or None,
            chunk_size=pace.chunk,
            metadata={
                "filename": upload.name,
                "filetype": upload.media_type,
                "sha256": upload.sha256,
                "record_id": upload.record_id,
            },
        )

    def get_offset(self) -> int:
        """Ask the server how much it has."""
        url = self._http.own(self.url)
        if url is None:
            raise UploadForgotten
        answer = self._http.ask("HEAD", url, expect=(200, 204, *_FORGOTTEN), headers=self.get_headers())
        # An answer to HEAD has no body to say more; 422 is a whole file that was damaged on its way.
        if answer.status in (*_FORGOTTEN, 422):
            raise UploadForgotten
        if answer.status >= 400:
            raise answer.failure()
        self.url = url
        return self._offset_of(answer)

    def create_url(self) -> str:
        """Begin a new upload and give its place."""
        answer = self._http.ask("POST", self._http.url("files/"), expect=(201,), headers=self.get_url_creation_headers())
        if answer.status != 201:
            raise _refusal(answer)
        url = self._http.own(answer.headers.get("Location", "//"))
        if url is None:
            raise NotTheCentre(host=answer.host)
        return url

    def upload_chunk(self) -> None:
        """Send the next chunk."""
        headers = self.get_headers() | {
            "Upload-Offset": str(self.offset),
            "Content-Type": "application/offset+octet-stream",
        }
        self.chunk_size = self._pace.chunk
        chunk = _Chunk(self.file_stream, self.offset, self.get_request_length(), self._pace, self._progress)
        begun = time.monotonic()
        answer = self._http.ask("PATCH", self.url, expect=(200, 204, _ELSEWHERE, *_FORGOTTEN), headers=headers, data=chunk)
        if answer.status in _FORGOTTEN:
            raise UploadForgotten
        if answer.status == _ELSEWHERE:
            self._find_offset(answer)
            return
        if answer.status >= 400:
            raise _refusal(answer)
        before, self.offset = self.offset, self._offset_of(answer)
        if self.offset <= before:
            raise ServerTrouble(host=answer.host, status=answer.status)
        self._pace.took(self.offset - before, time.monotonic() - begun)
        self._progress(self.offset)

    def _find_offset(self, answer: Answer) -> None:
        """Go on where the file really ends: an earlier request that was thought lost got there after all."""
        before, self.offset = self.offset, self.get_offset()
        if self.offset <= before:
            raise ServerTrouble(host=answer.host, status=answer.status)

    def _offset_of(self, answer: Answer) -> int:
        text = answer.headers.get("Upload-Offset", "")
        if not (text.isascii() and text.isdigit()) or int(text) > self._total:
            raise NotTheCentre(host=answer.host)
        return int(text)


def _refusal(answer: Answer) -> Exception:
    problem: Problem | None = answer.problem()
    if problem is not None and problem.slug == "checksum-mismatch":
        return UploadDamaged()
    if problem is not None and answer.status in (413, 422):
        return RecordRefused.because(problem)
    return answer.failure()
