"""Whole files to PDF/A and findings, without a database: what ``sohoa process`` does.

Pages are worked on in the page worker processes, a few ahead of the one that is being written, so that memory grows
neither with the number of files nor with the number of pages.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from datetime import datetime
from itertools import chain
from pathlib import Path

from app import __version__
from app.errors import ItemFailed
from app.files import shown_name
from app.output.findings_file import FindingsFile, MadeFrom, PageReport, failed_page
from app.output.pdfa import PdfMetadata, PdfPage, write_pdfa
from app.pipeline.inputs import Source, count_pages
from app.pipeline.page_work import PageFailed, PageResult, WorkOptions, work_page
from app.pipeline.pool import PagePool, PageWorkerDied
from app.system_words import system_words

_AHEAD = 2


@dataclass(frozen=True)
class FileOutcome:
    """How one file went: how many pages its PDF has, and the errors of those that failed or of the file as a whole."""

    source: Source
    pages: int
    errors: tuple[ItemFailed, ...]


@dataclass(frozen=True)
class _Waiting:
    """A page that is being worked on; ``last`` where it ends its file, ``made_from`` what that was before it was read."""

    source: Source
    number: int
    last: bool
    result: Future[PageResult]
    made_from: MadeFrom = field(default_factory=dict)


class Batch:
    """One run over many files into the folder ``out``."""

    def __init__(self, out: Path, pool: PagePool, options: WorkOptions, clock: Callable[[], datetime]) -> None:
        self._out = out
        self._pool = pool
        self._options = options
        self._clock = clock
        self._findings = FindingsFile(out / "findings.json")

    def left(self, sources: Sequence[Source], *, force: bool) -> tuple[Source, ...]:
        """Give the files that have no results yet, or results made of something else or in another way; all with ``force``."""
        return tuple(source for source in sources if force or not self._is_done(source))

    def run(self, sources: Sequence[Source]) -> Iterator[FileOutcome]:
        """Process the files in order; each outcome is given when its PDF and its findings are written.

        An error of one page or file is part of its outcome and stops nothing. Raises DiskFull, or what else must stop.
        """
        self._out.mkdir(parents=True, exist_ok=True)
        with ThreadPoolExecutor(self._pool.workers, thread_name_prefix="pages") as threads, self._findings:
            try:
                waiting = _ahead(self._submitted(sources, threads), self._pool.workers * _AHEAD)
                for first in waiting:
                    yield self._file(first, waiting)
            finally:
                # Whatever ended the run, pages that nobody waits for any more are not begun.
                threads.shutdown(wait=False, cancel_futures=True)

    def _is_done(self, source: Source) -> bool:
        try:
            return self._pdf(source).is_file() and self._findings.has(source.key, self._made_from(source))
        except OSError:  # what cannot be looked at is told of when it is opened
            return False

    def _made_from(self, source: Source) -> MadeFrom:
        """Say what a result is made of: a file that is put in the place of another is told from it though it may be older."""
        found, rules = source.path.stat(), str(self._options.rules or "")
        return {"bytes": found.st_size, "modified_ns": found.st_mtime_ns, **asdict(self._options), "rules": rules}

    def _pdf(self, source: Source) -> Path:
        return self._out / f"{source.key}.pdf"

    def _submitted(self, sources: Sequence[Source], threads: ThreadPoolExecutor) -> Iterator[_Waiting]:
        """Hand over page after page; a file that cannot be opened is one page that failed."""
        for source in sources:
            try:
                made_from = self._made_from(source)
                count = count_pages(source.path)
            except (ItemFailed, OSError) as error:
                failed: Future[PageResult] = Future()
                failed.set_exception(error)
                yield _Waiting(source, 0, True, failed)
                continue
            for number in range(count):
                result = threads.submit(self._work, source.path, number)
                yield _Waiting(source, number, number + 1 == count, result, made_from)

    def _work(self, path: Path, number: int) -> PageResult:
        """Work on a page; if its worker dies it gets a second chance by itself, for it may have died of another page."""
        try:
            return self._pool.run(work_page, path, number, self._options)
        except PageWorkerDied:
            return self._pool.run_alone(work_page, path, number, self._options)

    def _file(self, first: _Waiting, rest: Iterator[_Waiting]) -> FileOutcome:
        """Write the PDF and the findings of the file that begins with ``first``."""
        source = first.source
        reports: list[PageReport] = []
        errors: list[ItemFailed] = []
        pages = _good_pages(first, rest, reports, errors)
        try:
            if (opening := next(pages, None)) is not None:
                self._write(source, opening, pages)
            written = len(reports) - len(errors)
        except ItemFailed as error:
            written = 0
            errors.append(error)
            for _ in pages:  # what was handed over for this file is taken back, so that the next one starts with its own
                pass
        self._findings.put(source.key, reports, first.made_from)
        return FileOutcome(source, written, tuple(errors))

    def _write(self, source: Source, opening: PdfPage, pages: Iterator[PdfPage]) -> None:
        tool = f"sohoa {__version__}"
        metadata = PdfMetadata(title=shown_name(source.path.stem), created=self._clock(), creator_tool=tool)
        write_pdfa(self._pdf(source), chain([opening], pages), metadata)


def _ahead(pages: Iterator[_Waiting], count: int) -> Iterator[_Waiting]:
    """Give the pages one after the other while ``count`` more are already being worked on."""
    queue: deque[_Waiting] = deque()
    for page in pages:
        queue.append(page)
        if len(queue) > count:
            yield queue.popleft()
    yield from queue


def _out_of_reach(source: Source, error: OSError) -> PageFailed:
    return PageFailed(name=shown_name(source.path.name), detail=system_words(error))


def _good_pages(
    first: _Waiting, rest: Iterator[_Waiting], reports: list[PageReport], errors: list[ItemFailed]
) -> Iterator[PdfPage]:
    """Give the pages of one file that could be read, and note for each page what was found or what went wrong."""
    page = first
    while True:
        try:
            result = page.result.result()
        except (ItemFailed, OSError) as error:
            known = error if isinstance(error, ItemFailed) else _out_of_reach(page.source, error)
            reports.append(failed_page(known))
            errors.append(known)
        else:
            reports.append(result.report)
            yield PdfPage.from_layers(result.packed, result.text)
        if page.last:
            return
        page = next(rest)
