"""Whether a file is what it claims to be: PDFs are opened and their pages counted, in a process of their own.

A hostile PDF can take all memory or never end; then only that process is ended, and the file counts as unreadable.
"""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO

from central.page_counting import UNREADABLE

PDF = "application/pdf"
# Without its folder before all others, whose modules have names of the standard library.
_PROGRAM = (sys.executable, "-P", str(Path(__file__).with_name("page_counting.py")))


class _Counting:
    """One running program and the answers that it gave."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            _PROGRAM, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8"
        )
        stdin, stdout = self.process.stdin, self.process.stdout
        if stdin is None or stdout is None:
            raise OSError("a program was started without its pipes")
        self._questions = stdin
        self._answers: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, args=(stdout,), name="page-counts", daemon=True)
        self._reader.start()

    def ask(self, path: Path, seconds: float) -> int:
        """Give its answer. Raises queue.Empty where none comes in time, ValueError or OSError where the program has ended."""
        self._questions.write(json.dumps(str(path)) + "\n")
        self._questions.flush()
        return int(self._answers.get(timeout=seconds))

    def end(self) -> None:
        """Kill it; whatever it was doing is of no use any more."""
        self.process.kill()
        self.process.wait()
        self._reader.join()
        # What was still to be written to it has no reader.
        with suppress(OSError):
            self._questions.close()

    def _read(self, answers: IO[str]) -> None:
        with answers:
            for line in answers:
                self._answers.put(line)
        # Its end: no number.
        self._answers.put("")


class PageCounter:
    """Counts pages of PDFs, one after the other; ``seconds`` is how long one may take."""

    def __init__(self, seconds: float = 20.0) -> None:
        self.seconds = seconds
        self._lock = threading.Lock()
        self._counting: _Counting | None = None

    def count(self, path: Path) -> int:
        """Give the number of pages of a PDF, or UNREADABLE."""
        with self._lock:
            # Once more, for the system may have ended the process for reasons of its own.
            for _ in range(2):
                counting = self._counting = self._counting or _Counting()
                try:
                    return counting.ask(path, self.seconds)
                except queue.Empty:
                    break
                except (ValueError, OSError):
                    self._end()
            self._end()
            return UNREADABLE

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._end()

    def _end(self) -> None:
        if self._counting is not None:
            self._counting.end()
            self._counting = None
