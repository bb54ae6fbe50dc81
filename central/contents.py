"""Whether a file is what it claims to be: PDFs are opened and their pages counted, in a process of their own.

A hostile PDF can take all memory or never end; then only that process is ended, and the file counts as unreadable.
"""

from __future__ import annotations

import multiprocessing
import sys
import threading
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path

PDF = "application/pdf"
UNREADABLE = -1
"""Stands for the number of pages where a PDF cannot be opened, needs a password or has no page."""

_MEMORY = 1 << 30
_MOST_PAGES = 20_000


def count_pages(path: Path) -> int:
    """Count the pages of a PDF, or give UNREADABLE. For the process of its own."""
    import pikepdf

    try:
        with path.open("rb") as stream:
            if not stream.read(1024).lstrip().startswith(b"%PDF-"):
                return UNREADABLE
        # What a damaged file holds is a guess; the sender still has the whole one.
        with pikepdf.open(path, attempt_recovery=False) as pdf:
            pages = len(pdf.pages)
            return pages if 0 < pages <= _MOST_PAGES else UNREADABLE
    except (pikepdf.PdfError, ValueError, RecursionError, MemoryError, OSError):
        return UNREADABLE


def _serve(connection: Connection) -> None:
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    with suppress(EOFError, KeyboardInterrupt):
        while True:
            connection.send(count_pages(Path(connection.recv())))


class PageCounter:
    """Counts pages of PDFs, one after the other; ``seconds`` is how long one may take."""

    def __init__(self, seconds: float = 20.0) -> None:
        self.seconds = seconds
        self._lock = threading.Lock()
        self._process: SpawnProcess | None = None
        self._connection: Connection | None = None

    def count(self, path: Path) -> int:
        """Give the number of pages of a PDF, or UNREADABLE."""
        with self._lock:
            # Once more, for the system may have ended the process for reasons of its own.
            for _ in range(2):
                connection = self._connection or self._start()
                try:
                    connection.send(str(path))
                    if connection.poll(self.seconds):
                        return int(connection.recv())
                except (EOFError, OSError):
                    self._end()
                else:
                    break
            self._end()
            return UNREADABLE

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._end()

    def _start(self) -> Connection:
        spawn = multiprocessing.get_context("spawn")
        ours, theirs = spawn.Pipe()
        self._process = spawn.Process(target=_serve, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()
        self._connection = ours
        return ours

    def _end(self) -> None:
        if self._process is not None and self._connection is not None:
            self._connection.close()
            self._process.kill()
            self._process.join()
        self._process = self._connection = None
