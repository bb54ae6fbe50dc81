"""The data folder: where everything lies, and the lock that the operating system lets go when the holder dies."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from app.store.errors import DiskFull, FolderInUse, translated

_RESERVE_BYTES = 1 << 20


@dataclass(frozen=True)
class DataFolder:
    """The places inside a data folder."""

    root: Path

    @property
    def database(self) -> Path:
        """The records."""
        return self.root / "sohoa.db"

    @property
    def pages(self) -> Path:
        """Untouched originals, two letters of the id a folder."""
        return self.root / "pages"

    @property
    def spool(self) -> Path:
        """Where scanner workers put pages; one folder a batch."""
        return self.root / "spool"

    @property
    def papers(self) -> Path:
        """Finished PDFs and manifests, one folder a revision."""
        return self.root / "papers"

    @property
    def cache(self) -> Path:
        """Pictures that can be made again."""
        return self.root / "cache"

    @property
    def logs(self) -> Path:
        """The program's log."""
        return self.root / "logs"

    def thumbnail(self, page_id: str) -> Path:
        """Where the pipeline keeps the small picture of a processed page."""
        return self.cache / page_id[:2] / f"{page_id}.thumb.jpg"

    def raw_thumbnail(self, page_id: str) -> Path:
        """Where the scanner worker's own small picture of a page is kept."""
        return self.cache / page_id[:2] / f"{page_id}.raw.jpg"

    def free_bytes(self) -> int:
        """Bytes free on the disk that holds the folder. Raises StorageFailed."""
        with translated(self.root):
            return shutil.disk_usage(self.root).free

    def require_free(self, megabytes: int) -> None:
        """Raise DiskFull unless that many million bytes are free."""
        if self.free_bytes() < megabytes * 1_000_000:
            raise DiskFull(folder=self.root)

    def keep_reserve(self) -> None:
        """Set a little room aside, so that a page which comes as the disk fills can still be committed."""
        reserve = self.root / "reserve"
        if not reserve.exists():
            with translated(self.root):
                reserve.write_bytes(bytes(_RESERVE_BYTES))

    def give_reserve(self) -> bool:
        """Let that room go; says whether there was any."""
        try:
            (self.root / "reserve").unlink()
        except OSError:
            return False
        return True

    def make(self) -> None:
        """Create what is missing, readable by the owner only. Raises StorageFailed or DiskFull."""
        with translated(self.root):
            self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
            for place in (self.pages, self.spool, self.papers, self.cache, self.logs):
                place.mkdir(exist_ok=True, mode=0o700)


class FolderLock:
    """Holds the folder for one process; ``release`` or the process's end lets it go."""

    def __init__(self, folder: DataFolder) -> None:
        self._folder = folder
        self._file: IO[bytes] | None = None

    def take(self) -> None:
        """Take the lock at once or raise FolderInUse."""
        with translated(self._folder.root):
            file = (self._folder.root / "lock").open("a+b")
        try:
            _lock(file)
        except OSError as error:
            file.close()
            raise FolderInUse(folder=self._folder.root) from error
        self._file = file

    def release(self) -> None:
        """Let it go; harmless when not held."""
        if self._file is not None:
            self._file.close()
            self._file = None


if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[bytes]) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
