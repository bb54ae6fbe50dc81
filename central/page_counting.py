"""The program that opens delivered PDFs and counts their pages; see central.contents.

It is run by its path, as a process of its own, and imports nothing of the server: what a hostile PDF may take over holds no
more than that, and the first PDF need not wait for a second server to be read in.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

UNREADABLE = -1
"""Stands for the number of pages where a PDF cannot be opened, needs a password or has no page."""

_MEMORY = 1 << 30
_MOST_PAGES = 20_000


def count_pages(path: Path) -> int:
    """Count the pages of a PDF, or give UNREADABLE."""
    import pikepdf  # not into the server, which wants the constant alone

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


def main() -> None:
    """Answer each line of standard input, a path in JSON, with a line: its number of pages. The end of the input ends it."""
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    for line in sys.stdin:
        sys.stdout.write(f"{count_pages(Path(json.loads(line)))}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
