"""The page worker processes: a decoder or reader that crashes takes only its own process, never the window."""

from __future__ import annotations

import concurrent.futures
import contextlib
import ctypes
import itertools
import multiprocessing
import multiprocessing.connection
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import lru_cache, partial
from typing import ParamSpec, TypeVar

from app.errors import ItemFailed, Text

P = ParamSpec("P")
T = TypeVar("T")

PAGE_LIMIT_SECONDS = 180.0
# Giving memory back after every page would cost a tenth of the page, for it is asked for again at once.
_TRIM_EVERY = 16
_NICENESS = 10
_done = itertools.count(1)


class PageWorkerDied(ItemFailed):
    """The process that worked on a page crashed or took too long."""

    title = Text("Không xử lý được trang này: tiến trình xử lý bị dừng", "This page could not be processed: its worker stopped")
    remedy = Text(
        "Ảnh gốc vẫn an toàn. Xem trang này; quét lại nếu ảnh bị hỏng.",
        "The original picture is safe. Look at this page; scan it again if the picture is damaged.",
    )


class PagePool:
    """Runs functions in up to ``workers`` processes that start when first needed and end with this one.

    They yield to the window by ``niceness``, in steps of POSIX: 0 is as pressing as the window, 19 the least.
    """

    def __init__(self, workers: int, niceness: int = _NICENESS) -> None:
        self.workers = workers
        self._niceness = niceness
        self._lock = threading.Lock()
        self._pool: ProcessPoolExecutor | None = None
        self._alone: set[PagePool] = set()
        self._closed = False

    def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a function of a module there and give its result. Raises PageWorkerDied, or what it raised."""
        pool = self._get()
        try:
            future = pool.submit(_tidily, partial(function, *args, **kwargs))
        except RuntimeError as error:  # the pool broke, or another page had it ended, since it was got
            self._drop(pool)
            raise PageWorkerDied from error
        try:
            return future.result(PAGE_LIMIT_SECONDS)
        except (BrokenProcessPool, concurrent.futures.TimeoutError, concurrent.futures.CancelledError) as error:
            self._drop(pool)
            raise PageWorkerDied from error

    def run_alone(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run it in a process that no other page shares, so that only its own page can make it die."""
        single = PagePool(1, self._niceness)
        with self._lock:
            if self._closed:
                raise PageWorkerDied
            self._alone.add(single)
        try:
            return single.run(function, *args, **kwargs)
        finally:
            with self._lock:
                self._alone.discard(single)
            single.close()

    def run_surely(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run it; where its worker died, once more by itself, for it may have died of another page. Raises as ``run``."""
        try:
            return self.run(function, *args, **kwargs)
        except PageWorkerDied:
            return self.run_alone(function, *args, **kwargs)

    def close(self) -> None:
        """End all workers now; none are started any more."""
        with self._lock:
            self._closed = True
            pool, self._pool = self._pool, None
            alone = tuple(self._alone)
        for single in alone:
            single.close()
        if pool is not None:
            _end(pool)

    def _get(self) -> ProcessPoolExecutor:
        with self._lock:
            if self._closed:
                raise PageWorkerDied
            if self._pool is None:
                context = multiprocessing.get_context("spawn")
                self._pool = ProcessPoolExecutor(self.workers, context, _prepare_worker, (self._niceness,))
            return self._pool

    def _drop(self, pool: ProcessPoolExecutor) -> None:
        with self._lock:
            if self._pool is pool:
                self._pool = None
        _end(pool)


def default_workers() -> int:
    """As many as there are cores, four at most: each holds a language model of some 100 MB."""
    return max(1, min(4, os.cpu_count() or 1))


def _end(pool: ProcessPoolExecutor) -> None:
    launched = pool._processes  # there is no public way to end a worker that hangs
    # This waits for a launch that is under way, so that no worker comes after those that are ended here.
    pool.shutdown(wait=False, cancel_futures=True)
    processes = list((launched or {}).values())
    for process in processes:
        with contextlib.suppress(OSError, ValueError):
            process.terminate()
    for process in processes:
        process.join(5)
    pool.shutdown(wait=True)


def _prepare_worker(niceness: int) -> None:
    """Make a worker that yields to the window and ends with the workstation, even if that is killed.

    Ctrl+C is the workstation's: it ends its workers in order. One core a page.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _step_back(niceness)
    import cv2  # loading it here keeps it out of processes that only look at the lock or the settings

    cv2.setNumThreads(1)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _step_back(niceness: int) -> None:
    """Yield to the window.

    Linux shares the cores among sessions first and asks for niceness only within one (sched(7), the autogroup feature): in a
    session of its own, what a worker takes is not taken from the window's share.
    """
    with contextlib.suppress(OSError, AttributeError):
        os.nice(niceness)
    with contextlib.suppress(OSError, AttributeError):
        os.setsid()


def _tidily(work: Callable[[], T]) -> T:
    """Run a function; now and then give the memory back to the system that glibc keeps between what is still in use."""
    try:
        return work()
    finally:
        trim = _malloc_trim()
        if next(_done) % _TRIM_EVERY == 0 and trim is not None:
            trim(0)


@lru_cache(maxsize=1)
def _malloc_trim() -> Callable[[int], int] | None:
    """Find glibc's malloc_trim; other C libraries have none and need none."""
    return getattr(ctypes.CDLL(None), "malloc_trim", None) if os.name == "posix" else None


def _end_with(sentinel: int) -> None:
    multiprocessing.connection.wait([sentinel])
    os._exit(1)
