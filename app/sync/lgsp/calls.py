"""The calls themselves: a token that is renewed when it ends, and answers that are read by the dialect."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import quote

from app.sync.connector import ServerAddress
from app.sync.errors import ClientRefused, NotTheCentre, ServerTrouble
from app.sync.lgsp.answers import READ, Said, understand
from app.sync.lgsp.dialect import Call, Dialect, Meaning
from app.sync.transport import Bearer, Transport

# A token is not used in its last seconds: a request may take that long to arrive.
_MARGIN_SECONDS = 30.0
_USUAL_SECONDS = 300.0
_REFUSED_STATUS = (400, 401, 403)


class LgspCalls:
    """One conversation; calls may come from several threads. Raises ClientRefused and the kinds of Unreachable."""

    def __init__(self, address: ServerAddress, dialect: Dialect) -> None:
        # The secret goes to the first step only, and never with any other request.
        self._http = Transport(replace(address, token=""), prefix="/")
        self._account, self._secret = address.station_id, address.token
        self._dialect = dialect
        self._lock = threading.Lock()
        self._token = ""
        self._good_until = 0.0

    @property
    def host(self) -> str:
        """The system's name."""
        return self._http.host

    def sign_in(self) -> datetime:
        """Take a new token (step one) and give the system's clock."""
        with self._lock:
            return self._sign_in()

    def ask(self, call: Call, unit: str, request: Callable[[], dict[str, Any]]) -> Said:
        """Take one step; ``request`` gives what goes with it, anew for each try. A token that has ended is renewed once."""
        for _ in range(2):
            token = self._current()
            said = self._once(call, unit, {**request(), "auth": Bearer(token)})
            if said.meaning is not Meaning.TOKEN_OVER:
                break
            self._forget(token)
        if said.meaning in (Meaning.TOKEN_OVER, Meaning.CLIENT_REFUSED):
            raise ClientRefused(host=self.host, account=self._account)
        if said.meaning is Meaning.BUSY:
            raise ServerTrouble(host=self.host, status=said.code)
        return said

    def close(self) -> None:
        """End the conversation."""
        self._http.close()

    def _once(self, call: Call, unit: str, request: dict[str, Any]) -> Said:
        url = self._http.url(call.path.format(unit=quote(unit, safe="")))
        return understand(self._http.ask(call.method, url, expect=READ, **request), self._dialect.answers)

    def _current(self) -> str:
        with self._lock:
            if not self._token or time.monotonic() > self._good_until:
                self._sign_in()
            return self._token

    def _forget(self, token: str) -> None:
        with self._lock:
            if self._token == token:
                self._token = ""

    def _sign_in(self) -> datetime:
        call, asked = self._dialect.token, {"client_id": self._account, "client_secret": self._secret}
        body = {"data": {"grant_type": "client_credentials", **asked}} if call.form else {"json": asked}
        said = self._once(call, "", body)
        if said.meaning is not Meaning.OK:
            refused = said.meaning in (Meaning.TOKEN_OVER, Meaning.CLIENT_REFUSED) or said.answer.status in _REFUSED_STATUS
            raise (
                ClientRefused(host=self.host, account=self._account)
                if refused
                else ServerTrouble(host=self.host, status=said.code)
            )
        token, seconds = said.find("access_token"), said.find("expires_in")
        if not token or not (token.isascii() and token.isprintable()) or said.at is None:
            raise NotTheCentre(host=self.host)
        self._token = token
        lasts = float(seconds) if seconds.isdigit() else _USUAL_SECONDS
        self._good_until = time.monotonic() + lasts - min(_MARGIN_SECONDS, lasts / 2)
        return said.at
