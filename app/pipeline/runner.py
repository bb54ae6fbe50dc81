"""Takes unprocessed pages from the store, one a thread, and gives them to the page workers.

The queue is the store itself: nothing waits in memory, and after a restart the work goes on where it was.
"""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable
from dataclasses import replace
from multiprocessing import resource_tracker

from app.errors import SohoaError
from app.events import Change, Events, Topic
from app.model.page import Page
from app.pipeline import stages
from app.pipeline.pool import PagePool
from app.settings import Settings
from app.store.pages import PageStore

_log = logging.getLogger(__name__)
_IDLE_SECONDS = 5.0


class Runner:
    """Keeps the page workers busy while there are pages to process."""

    def __init__(self, pages: PageStore, pool: PagePool, events: Events, settings: Callable[[], Settings]) -> None:
        self._pages = pages
        self._pool = pool
        self._events = events
        self._settings = settings
        self._work = threading.Condition()
        self._busy: set[str] = set()
        self._preferred = ""
        self._stopping = False
        self._threads: list[threading.Thread] = []
        self._unsubscribe: Callable[[], None] = lambda: None

    def start(self) -> None:
        """Begin to work; what an earlier run left undone is done first."""
        self._unsubscribe = self._events.subscribe(self._heard)
        for index in range(self._pool.workers):
            thread = threading.Thread(target=self._serve, name=f"pages-{index}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def prefer(self, page_id: str) -> None:
        """Process this page before the others: it is on the screen."""
        with self._work:
            self._preferred = page_id
            self._work.notify()

    def close(self) -> None:
        """Stop at once; pages that were being processed stay unprocessed and are done after the next start."""
        self._unsubscribe()
        with self._work:
            self._stopping = True
            self._work.notify_all()
        self._pool.close()
        for thread in self._threads:
            thread.join(10)

    def _heard(self, change: Change) -> None:
        if change.topic in (Topic.PAGE_ADDED, Topic.PAGES):
            with self._work:
                self._work.notify()

    def _serve(self) -> None:
        _leave_interrupts_to_main()
        while (page := self._next()) is not None:
            try:
                self._process(page)
            except SohoaError as error:
                if not self._stopping:
                    _log.warning("page %s: %s", page.id, type(error).__name__)
                    self._rest()
            finally:
                with self._work:
                    self._busy.discard(page.id)

    def _rest(self) -> None:
        """Give a disk that is full or gone some time, where not even a failure could be kept."""
        with self._work:
            if not self._stopping:
                self._work.wait(_IDLE_SECONDS)

    def _look(self) -> Page | None:
        try:
            return self._pages.next_new(self._busy, self._preferred)
        except SohoaError as error:
            _log.warning("the next page could not be looked up: %s", type(error).__name__)
            return None

    def _next(self) -> Page | None:
        with self._work:
            while not self._stopping:
                page = self._look()
                if page is not None:
                    self._busy.add(page.id)
                    return page
                self._work.wait(_IDLE_SECONDS)
        return None

    def _process(self, page: Page) -> None:
        try:
            self._run_stages(page)
        except Exception as error:  # whatever a decoder or detector makes of a strange page, the others go on
            if self._stopping:
                return
            self._pages.keep_failure(page.id, type(error).__name__)
            _log.warning("page %s failed: %s", page.id, type(error).__name__, exc_info=not isinstance(error, SohoaError))
        self._events.announce(Topic.PAGE_PROCESSED, page.dossier_id, page.id)

    def _run_stages(self, page: Page) -> None:
        reading = self._settings().recognition
        task = stages.PageTask(
            page, self._pages.original(page), self._pages.folder.thumbnail(page.id), reading.engine, reading.rules_file
        )
        prepared = self._pool.run_surely(stages.prepare, task)
        self._pages.keep_findings(page.id, prepared.findings)
        self._events.announce(Topic.PAGE_PROCESSED, page.dossier_id, page.id)
        found = replace(page, findings=prepared.findings)
        read = self._pool.run_surely(stages.read, replace(task, page=found))
        self._pages.keep_text(found, read.text, read.proposals)
        _log.info("page %s: %s", page.id, {**prepared.ms, **read.ms})


def _leave_interrupts_to_main() -> None:
    """Keep Ctrl+C from this thread and from the workers that it starts: the main thread ends them in order."""
    if hasattr(signal, "pthread_sigmask"):
        resource_tracker.ensure_running()  # starting it later would let the signal in again
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
