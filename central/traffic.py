"""The outermost layer: limits on what is sent, one log line for each request, and no error that escapes as text."""

from __future__ import annotations

import asyncio
import logging
import re
import time
import traceback

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from central.centre import API
from central.logs import FIELDS
from central.metrics import Metrics
from central.outages import problem_of
from central.problem_kinds import KINDS
from central.problems import Answer, Problem
from central.settings import MANIFEST_LIMIT, Settings

_log = logging.getLogger("sohoa.central.access")
_UPLOAD_PATH = re.compile(rf"{API}/files/[^/]+")
_METHODS = {name: name for name in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")}


class Traffic:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp, settings: Settings, metrics: Metrics, answer: Answer) -> None:
        self.app = app
        self.answer = answer
        self.settings = settings
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started, status = time.perf_counter(), 0

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"].append((b"x-content-type-options", b"nosniff"))
            await send(message)

        body = _Body(receive, self._limit(scope), self.settings.idle_seconds)
        try:
            await self.app(scope, body, watch)
        except Exception as error:
            _log_failure(error)
            if status == 0:
                problem = problem_of(error)
                answer = self.answer(Request(scope), problem.kind if problem else KINDS["internal"], "", {}, {})
                await answer(scope, receive, watch)
        finally:
            self._tell(scope, status, time.perf_counter() - started, body.received)

    def _tell(self, scope: Scope, status: int, seconds: float, received: int) -> None:
        route = getattr(scope.get("route"), "path", "(no route)")
        self.metrics.request(_METHODS.get(scope["method"], "(odd)"), route, status, seconds, received)
        milliseconds = round(seconds * 1000)
        fields = {"method": scope["method"], "route": route, "status": status, "ms": milliseconds, "bytes": received}
        _log.info(
            "%s %s %d %d ms", scope["method"], _described(scope), status, milliseconds, extra={FIELDS: fields | _ids(scope)}
        )

    def _limit(self, scope: Scope) -> int:
        is_upload = _UPLOAD_PATH.fullmatch(scope["path"]) is not None
        return self.settings.max_file_bytes if is_upload else MANIFEST_LIMIT


class _Body:
    """A request's body that ends with an error when it grows too large, or as lost when its sender falls silent."""

    def __init__(self, receive: Receive, limit: int, idle_seconds: float) -> None:
        self.receive = receive
        self.left = limit
        self.received = 0
        self.idle_seconds = idle_seconds
        self.complete = False

    async def __call__(self) -> Message:
        if self.complete:
            return await self.receive()
        try:
            async with asyncio.timeout(self.idle_seconds):
                message = await self.receive()
        except TimeoutError:
            # Otherwise a vanished client would hold the lock of its upload for ever.
            return {"type": "http.disconnect"}
        self.received += len(message.get("body", b""))
        self.left -= len(message.get("body", b""))
        if self.left < 0:
            raise Problem("too-large")
        self.complete = not message.get("more_body", False)
        return message


def _described(scope: Scope) -> str:
    """Name the route and its ids; never the address as sent, which may hold anything."""
    route = scope.get("route")
    if route is None:
        return "(no route)"
    return " ".join((route.path, *(f"{key}={value}" for key, value in _ids(scope).items())))


def _ids(scope: Scope) -> dict[str, str]:
    return {key: _plain(str(value)) for key, value in scope.get("path_params", {}).items()}


def _plain(value: str) -> str:
    return value if re.fullmatch(r"[0-9A-Za-z._-]{1,80}", value) else "(odd)"


def _log_failure(error: Exception) -> None:
    # The message of a foreign error may quote a manifest; the places in the code are enough to find the fault.
    places = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    logging.getLogger("sohoa.central").error("%s at %s", type(error).__name__, " < ".join(reversed(places[-8:])))
