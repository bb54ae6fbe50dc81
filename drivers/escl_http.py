"""HTTP to a scanner that is not trusted: limits in time and size of our own, no redirects, no proxies.

Each exchange runs on a thread of its own, so that the batch hears a cancel while the scanner is silent.
"""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import requests
import urllib3

from drivers.backend import DriverFault, failure
from drivers.contract import FaultCode
from drivers.escl_pins import PinnedAdapter

MAX_XML_BYTES = 1 << 20
MAX_PAGE_BYTES = 1 << 28
CHUNK_BYTES = 1 << 18
POLL_SECONDS = 0.1
MAX_RETRY_SECONDS = 10.0

Pulse = Callable[[], None]


def still() -> None:
    """Stand in for a pulse that nobody needs."""


@dataclass(frozen=True)
class Limits:
    """How long to wait, in seconds.

    ``connect``: for a connection; ``answer``: for a whole answer of XML; ``page``: until a page begins to arrive;
    ``stall``: without a byte within a page; ``busy``: for a scanner that says it is busy.
    """

    connect: float = 5.0
    answer: float = 20.0
    page: float = 120.0
    stall: float = 30.0
    busy: float = 60.0


@dataclass(frozen=True)
class Answer:
    """A whole answer; header names in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def retry_seconds(self) -> float:
        """How long the scanner asks to be left alone: at least a short while, at most MAX_RETRY_SECONDS."""
        text = self.headers.get("retry-after", "")
        return min(MAX_RETRY_SECONDS, max(0.2, float(text))) if text.isdecimal() and len(text) < 10 else 1.0


class Exchange:
    """One request and its answer, read on another thread; a context manager that lets go of the connection."""

    def __init__(self, session: requests.Session, method: str, url: str, body: bytes, limits: Limits) -> None:
        self._inbox: queue.SimpleQueue[Answer | bytes | Exception | None] = queue.SimpleQueue()
        self._response: requests.Response | None = None
        self._given_up = False
        self._arguments = (session, method, url, body, (limits.connect, max(limits.page, limits.stall, limits.answer)))
        threading.Thread(target=self._run, name="escl-exchange", daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._given_up = True
        response = self._response
        if kind is not None and response is not None:
            # Wakes the thread where it waits for bytes; closing under it would wait for it instead.
            with contextlib.suppress(Exception):
                response.raw.shutdown()

    def head(self, seconds: float, pulse: Pulse) -> Answer:
        """Give status and headers. Raises DriverFault: STALLED after ``seconds``, or what ``pulse`` raises."""
        answer = self._take(seconds, pulse)
        assert isinstance(answer, Answer)  # noqa: S101 - the thread puts it first, or an exception
        return answer

    def chunks(self, seconds: float, pulse: Pulse) -> Iterator[bytes]:
        """Give the body as it comes. Raises DriverFault: STALLED after ``seconds`` without a byte."""
        while (chunk := self._take(seconds, pulse)) is not None:
            assert isinstance(chunk, bytes)  # noqa: S101 - nothing else follows the head
            yield chunk

    def _take(self, seconds: float, pulse: Pulse) -> Answer | bytes | None:
        end = time.monotonic() + seconds
        while True:
            pulse()
            with contextlib.suppress(queue.Empty):
                item = self._inbox.get(timeout=min(POLL_SECONDS, seconds))
                if isinstance(item, Exception):
                    raise _fault(item) from item
                return item
            if time.monotonic() > end:
                raise failure(FaultCode.STALLED, f"the scanner sent nothing for {seconds:g} seconds")

    def _run(self) -> None:
        session, method, url, body, timeout = self._arguments
        try:
            # The body is taken as it comes: unpacking it would let a small answer fill the memory.
            headers = {"Accept-Encoding": "identity", "Connection": "keep-alive"}
            if body:
                headers["Content-Type"] = "text/xml"
            with session.request(
                method, url, data=body or None, headers=headers, timeout=timeout, stream=True, allow_redirects=False
            ) as response:
                self._response = response
                self._inbox.put(Answer(response.status_code, {name.lower(): text for name, text in response.headers.items()}))
                # Not stream(), which waits for a whole chunk: a slow scanner would look like a silent one.
                while chunk := response.raw.read1(CHUNK_BYTES, decode_content=False):
                    self._inbox.put(chunk)
                    if self._given_up:
                        return
            self._inbox.put(None)
        except Exception as error:
            self._inbox.put(error)


class Link:
    """One scanner at ``url`` (its eSCL root, without a slash at the end)."""

    def __init__(self, url: str, limits: Limits, *, fingerprint: str = "") -> None:
        self.url = url
        self.limits = limits
        self._session = requests.Session()
        # No proxy and no stored password is meant for a scanner on the desk.
        self._session.trust_env = False
        self._session.verify = False
        if url.startswith("https:"):
            self._session.mount("https://", PinnedAdapter(fingerprint))

    def close(self) -> None:
        """Let go of the connections."""
        self._session.close()

    def exchange(self, method: str, url: str, body: bytes = b"") -> Exchange:
        """Start a request; ``url`` is whole."""
        return Exchange(self._session, method, url, body, self.limits)

    def ask(self, method: str, url: str, body: bytes = b"", *, seconds: float = 0.0, pulse: Pulse = still) -> Answer:
        """Give a whole, small answer. Raises DriverFault: STALLED after ``seconds``, IO_ERROR for too much of it."""
        end = time.monotonic() + (seconds or self.limits.answer)
        whole = bytearray()
        with self.exchange(method, url, body) as exchange:
            head = exchange.head(end - time.monotonic(), pulse)
            if 300 <= head.status < 400:
                raise failure(FaultCode.IO_ERROR, "the scanner wanted to send the program to another address")
            # One limit for the whole: a scanner that sends a byte a second is as good as silent.
            for chunk in exchange.chunks(max(0.0, end - time.monotonic()), pulse):
                whole += chunk
                if len(whole) > MAX_XML_BYTES:
                    raise failure(FaultCode.IO_ERROR, f"the scanner's answer is longer than {MAX_XML_BYTES} bytes")
                if time.monotonic() > end:
                    raise failure(FaultCode.STALLED, "the scanner's answer took too long")
        return Answer(head.status, head.headers, bytes(whole))


def _fault(error: Exception) -> DriverFault:
    """Tell what a failed exchange was, without the library's own long words."""
    if isinstance(error, requests.exceptions.SSLError):
        changed = "ingerprint" in str(error)
        code = FaultCode.CERTIFICATE_CHANGED if changed else FaultCode.IO_ERROR
        return failure(code, "the scanner's certificate is another one than before" if changed else "no secure connection")
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return failure(FaultCode.NO_DEVICE, "the scanner does not answer")
    if isinstance(error, requests.exceptions.Timeout | urllib3.exceptions.TimeoutError):
        return failure(FaultCode.STALLED, "the scanner sent nothing any more")
    if isinstance(error, requests.exceptions.ConnectionError) and _never_connected(error):
        return failure(FaultCode.NO_DEVICE, "the scanner cannot be reached")
    if isinstance(error, requests.exceptions.InvalidURL | UnicodeError):
        return failure(FaultCode.NO_DEVICE, "the scanner's address is none")
    return failure(FaultCode.IO_ERROR, f"the connection broke off ({type(error).__name__})")


def _never_connected(error: Exception) -> bool:
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(reason, urllib3.exceptions.NewConnectionError | urllib3.exceptions.NameResolutionError)
