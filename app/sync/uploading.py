"""Files on their way to the centre: several at once, of the record whose turn it is and of the next ones.

Only files travel side by side. Records are put by whoever uses this, one after the other, when all files of one are there.
What each file has reached is kept in the store at once, so a stop at any point repeats little.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path

from app.jobs import Cancelled
from app.model.outbox import OutboxEntry, OutboxFile
from app.store.outbox import OutboxStore
from app.sync.connector import Connector, Upload
from app.sync.local_files import CheckedEntry

Progress = Callable[[OutboxEntry, int, int], None]
"""Told the entry, the bytes of its files that are on their way or there, and their sum. May raise Cancelled to stop."""

_LOOK_SECONDS = 0.1


@dataclass
class _Flight:
    """The files of one record on their way; ``at`` says how far each is."""

    checked: CheckedEntry
    total: int
    before: int
    at: dict[str, int] = field(default_factory=dict)
    futures: list[Future[None]] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    @property
    def done(self) -> int:
        return self.before + sum(tuple(self.at.values()))

    def end(self) -> None:
        """Stop what still goes on, also inside a file, and wait for it."""
        self.stop.set()
        for future in self.futures:
            future.cancel()
        wait(self.futures)


class Uploads:
    """The uploads of one round over one connector, at most ``at_once`` of them at a time. Close it before the connector."""

    def __init__(self, root: Path, outbox: OutboxStore, connector: Connector, at_once: int) -> None:
        self._root = root
        self._outbox = outbox
        self._connector = connector
        self._at_once = at_once
        self._pool = ThreadPoolExecutor(at_once, "sync-upload")
        self._flights: dict[str, _Flight] = {}

    def __enter__(self) -> Uploads:
        return self

    def __exit__(self, *_exception: object) -> None:
        for flight in self._flights.values():
            flight.stop.set()
        for flight in self._flights.values():
            flight.end()
        self._pool.shutdown()

    @property
    def has_room(self) -> bool:
        """Whether a thread has nothing to do, and not too many records are begun already."""
        going = sum(not future.done() for flight in self._flights.values() for future in flight.futures)
        return going < self._at_once and len(self._flights) <= 2 * self._at_once

    def begun(self, entry_id: str) -> CheckedEntry | None:
        """Give an entry whose files are on their way or there already, as it was checked then."""
        flight = self._flights.get(entry_id)
        return None if flight is None else flight.checked

    def begin(self, checked: CheckedEntry) -> None:
        """Begin to send the files of an entry that the centre lacks. Raises what the connector raises, and StorageFailed."""
        entry = self._outbox.get(checked.entry.id)
        by_hash = {file.sha256: file for file in entry.files}
        total = sum(file.size for file in by_hash.values())
        pending = [file for file in by_hash.values() if not file.uploaded]
        known = self._connector.known_files([file.sha256 for file in pending]) if pending else frozenset()
        for file in pending:
            if file.sha256 in known:
                self._outbox.keep_upload(entry.id, file.sha256, upload_url="", uploaded=True)
        lacking = [file for file in pending if file.sha256 not in known]
        flight = _Flight(checked, total, total - sum(file.size for file in lacking))
        self._flights[entry.id] = flight
        flight.futures = [self._pool.submit(self._send, flight, file) for file in lacking]

    def finish(self, checked: CheckedEntry, progress: Progress) -> None:
        """Wait until all files of a begun entry are there. Raises the first error of one of them; the others stop then."""
        flight = self._flights[checked.entry.id]
        told = -1
        try:
            while any(not future.done() for future in flight.futures) and not flight.stop.is_set():
                ended, _ = wait(flight.futures, _LOOK_SECONDS, FIRST_EXCEPTION)
                if any(future.exception() for future in ended):
                    break
                if flight.at and flight.done != told:
                    told = flight.done
                    progress(checked.entry, told, flight.total)
        finally:
            flight.end()
            del self._flights[checked.entry.id]
        _raise_first(flight.futures)
        progress(checked.entry, flight.total, flight.total)

    def _send(self, flight: _Flight, file: OutboxFile) -> None:
        def moved(at: int) -> None:
            if flight.stop.is_set():
                raise Cancelled
            flight.at[file.sha256] = at

        if flight.stop.is_set():
            raise Cancelled
        entry_id = flight.checked.entry.id
        self._connector.upload(self._as_upload(flight.checked.record_id, file), self._keeper(entry_id, file.sha256), moved)
        self._outbox.keep_upload(entry_id, file.sha256, upload_url="", uploaded=True)
        flight.at[file.sha256] = file.size

    def _as_upload(self, record_id: str, file: OutboxFile) -> Upload:
        return Upload(
            path=self._root / file.path,
            name=file.name,
            media_type=file.media_type,
            sha256=file.sha256,
            size=file.size,
            record_id=record_id,
            url=file.upload_url,
        )

    def _keeper(self, entry_id: str, sha256: str) -> Callable[[str], None]:
        return lambda url: self._outbox.keep_upload(entry_id, sha256, upload_url=url, uploaded=False)


def _raise_first(futures: list[Future[None]]) -> None:
    """Raise what went wrong with a file; that others were stopped because of it says nothing."""
    errors = [error for future in futures if not future.cancelled() and (error := future.exception()) is not None]
    for error in sorted(errors, key=lambda error: isinstance(error, Cancelled)):
        raise error
