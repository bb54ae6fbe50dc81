"""Connections that wait for a request's head only so long: one that sends a letter now and then would be kept for ever."""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol


def impatient(seconds: float) -> type[H11Protocol]:
    """Make the kind of connection that is closed after once to twice ``seconds`` without a whole head of a request.

    What follows the head has a limit of its own (central.traffic), and so has an idle connection (uvicorn's keep-alive).
    """

    class Connection(H11Protocol):
        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
            super().connection_made(transport)
            self._look(self)

        def connection_lost(self, exc: Exception | None) -> None:
            self._due.cancel()
            super().connection_lost(exc)

        def _look(self, seen: object) -> None:
            """Close where no head has come since the last look; ``seen`` is the request of then, or we while it lasted."""
            waiting = self.cycle is None or self.cycle.response_complete
            if waiting and self.cycle is seen:
                self.transport.close()
                return
            self._due = self.loop.call_later(seconds, self._look, self.cycle if waiting else self)

    return Connection
