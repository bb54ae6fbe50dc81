"""The spool folder: a page is there as a whole or not at all, and tells of itself without its message."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from drivers.backend import failure
from drivers.contract import ContractError, FaultCode, PageFinished, decode, encode

PART, SIDECAR = ".part", ".json"

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG, errno.EACCES, errno.EPERM}


@contextlib.contextmanager
def spool_errors(folder: Path) -> Iterator[None]:
    """Turn the operating system's errors into DriverFault: SPOOL_FULL where nothing can be written, else IO_ERROR."""
    try:
        yield
    except OSError as error:
        code = FaultCode.SPOOL_FULL if error.errno in _NO_ROOM else FaultCode.IO_ERROR
        raise failure(code, f"{folder}: [Errno {error.errno or 0}] {error.strerror or error}") from error


_DISK = ThreadPoolExecutor(1, "spool-disk")


class PartFile:
    """A page on its way into the spool: written as ``NAME.part``, and not yet a page.

    It is hashed and synced on a thread of its own, while the page is being looked at; ``publish`` waits for that.
    """

    def __init__(self, folder: Path, name: str, chunks: Iterable[bytes]) -> None:
        """Write all chunks. Raises OSError; nothing is left behind then, where possible."""
        self.folder, self.name = folder, name
        self._part = folder / f"{name}{PART}"
        self.data = b""
        try:
            handle, self.data = _write(self._part, chunks)
        except BaseException:
            self.discard()
            raise
        self._hashed = _DISK.submit(hashlib.sha256, self.data)
        self._synced = _DISK.submit(_sync_and_close, handle)

    @property
    def sha256(self) -> str:
        """The hash of the whole file, as hex digits."""
        return self._hashed.result().hexdigest()

    def discard(self) -> None:
        """Remove what was written; a page that is no page must not fill the disk."""
        with contextlib.suppress(OSError):
            self._part.unlink(missing_ok=True)

    def publish(self, message: PageFinished) -> None:
        """Make it a page. Its sidecar goes first: a page without a word about it could not be taken in."""
        try:
            write_file(self.folder / f"{self.name}{SIDECAR}", encode(message))
            self._synced.result()
            _rename_new(self._part, self.folder / self.name)
        except OSError:
            self.discard()
            raise
        _sync_folder(self.folder)


def write_file(path: Path, data: bytes, *, synced: bool = True) -> None:
    """Write a small file so that it is there as a whole or not at all; after a power cut only if ``synced``. Raises OSError."""
    part = path.with_name(f"{path.name}{PART}")
    try:
        handle, _ = _write(part, (data,))
        if synced:
            _sync_and_close(handle)
        else:
            os.close(handle)
        _rename_new(part, path)
    except OSError:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise


def spool_leftovers(folder: Path | str) -> list[PageFinished]:
    """Give the whole pages that lie in a spool folder, batch by batch (oldest first), each in its order.

    For the start after a crash: a page may have been renamed without its message having been read. Parts, and
    sidecars without their page, are no pages. Raises OSError when the folder cannot be read.
    """
    batches: dict[str, list[tuple[int, PageFinished]]] = defaultdict(list)
    for sidecar in Path(folder).glob(f"*{SIDECAR}"):
        message = _read_sidecar(sidecar)
        if message is not None:
            batches[message.batch].append((_modified(sidecar), message))
    ordered = sorted(batches.items(), key=lambda batch: (min(when for when, _ in batch[1]), batch[0]))
    return [page for _, pages in ordered for _, page in sorted(pages, key=lambda entry: entry[1].sequence)]


def clear_page(folder: Path | str, page: PageFinished) -> None:
    """Remove the page with its sidecar and thumbnail, whatever of them is still there. Raises OSError."""
    # The sidecar goes last: without its page it means nothing, a page without it would be an orphan.
    for name in (page.file, page.thumbnail, f"{page.file}{SIDECAR}"):
        if name:
            (Path(folder) / Path(name).name).unlink(missing_ok=True)


def _read_sidecar(sidecar: Path) -> PageFinished | None:
    try:
        message = decode(sidecar.read_bytes())
        if not isinstance(message, PageFinished) or f"{message.file}{SIDECAR}" != sidecar.name:
            return None
        page = sidecar.with_name(message.file)
        return message if page.stat().st_size == message.size else None
    except (ContractError, OSError):
        return None


def _modified(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def _write(path: Path, chunks: Iterable[bytes]) -> tuple[int, bytes]:
    """Write a new file; give its handle, still open, and all that was written."""
    written: list[bytes] = []
    # Papers of citizens: nobody but this account may read them.
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    try:
        for chunk in chunks:
            rest = memoryview(chunk)
            while rest:
                rest = rest[os.write(handle, rest) :]
            written.append(chunk)
    except BaseException:
        os.close(handle)
        raise
    return handle, b"".join(written)


def _sync_and_close(handle: int) -> None:
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _rename_new(part: Path, name: Path) -> None:
    if name.exists():
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(name))
    part.rename(name)


def _sync_folder(folder: Path) -> None:
    if sys.platform == "win32":
        return  # NTFS journals the rename itself; a folder cannot be opened for it there.
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
