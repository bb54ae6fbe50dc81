"""One guarded way to speak HTTP: TLS verified, no redirects, bounded answers, foreign errors turned into ours."""

from __future__ import annotations

import ipaddress
import re
import ssl
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import SplitResult, urljoin, urlsplit, urlunsplit

import requests
import urllib3
from pydantic import TypeAdapter, ValidationError
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase

from app.errors import SohoaError, Text
from app.sync.connector import ServerAddress
from app.sync.errors import (
    BadServerAddress,
    NoConnection,
    NotSecure,
    NotTheCentre,
    Problem,
    ServerBusy,
    ServerFull,
    ServerTimeout,
    ServerTrouble,
    TokenRefused,
    Unreachable,
    WrongCaFile,
    WrongCertificate,
)
from app.sync.places import FILE

ANSWER_LIMIT = 256 * 1024
_PIECE = 128 * 1024
# A whole answer may take so many times the wait for its next piece.
_SLOWEST_ANSWER = 3
_BUSY = (408, 425, 429)
_FULL = 507
_ASKS_TO_WAIT = (429, 503)
_LONGEST_WAIT = 600
_LONGEST_NUMBER = 60
_PROBLEM_TYPE = "application/problem+json"

T = TypeVar("T")


@dataclass(frozen=True)
class Answer:
    """An answer as it came, with its body read."""

    host: str
    status: int
    headers: requests.structures.CaseInsensitiveDict[str]
    body: bytes
    station: str = ""

    @property
    def media_type(self) -> str:
        """The type of the body, without parameters."""
        return self.headers.get("Content-Type", "").split(";")[0].strip().lower()

    def parse(self, shape: TypeAdapter[T]) -> T:
        """Read the body as JSON of this shape. Raises NotTheCentre for anything else."""
        if self.media_type != "application/json":
            raise NotTheCentre(host=self.host)
        try:
            return shape.validate_json(self.body, strict=True)
        except ValidationError:
            # Not chained: pydantic quotes the values that it refuses, and they may be personal.
            raise NotTheCentre(host=self.host) from None

    def checked_number(self, number: str) -> str:
        """Give a dossier number that came with it. Raises NotTheCentre where it can be none."""
        if not 0 < len(number) <= _LONGEST_NUMBER or not number.isprintable():
            raise NotTheCentre(host=self.host)
        return number

    def problem(self) -> Problem | None:
        """Give the centre's words, or None if they are not a centre's."""
        if self.media_type != _PROBLEM_TYPE:
            return None
        try:
            said = _PROBLEM.validate_json(self.body or b"{}")
        except ValidationError:
            return None
        words = {key: " ".join(str(value).split()) for key, value in said.items()}
        title, remedy = words.get("title", str(self.status)), words.get("remedy", "")
        return Problem(
            words.get("type", "").rsplit("/", 1)[-1],
            Text(words.get("title_vi", title), title),
            Text(words.get("remedy_vi", remedy), remedy),
            _named(said.get("errors"), "where") or _named(said.get("files"), "name", FILE),
        )

    def failure(self) -> SohoaError:
        """Say what an answer means that is no success and no refusal of one thing."""
        if self.status == _FULL:
            return ServerFull(host=self.host, status=self.status)
        if self.status in _ASKS_TO_WAIT and (seconds := self._retry_after()):
            return ServerBusy(host=self.host, status=self.status, seconds=seconds)
        if self.status >= 500 or self.status in _BUSY:
            return ServerTrouble(host=self.host, status=self.status)
        if self.status < 400 or self.media_type != _PROBLEM_TYPE:
            return NotTheCentre(host=self.host)
        if self.status in (401, 403):
            return TokenRefused(host=self.host, station=self.station)
        return ServerTrouble(host=self.host, status=self.status)

    def _retry_after(self) -> int:
        text = self.headers.get("Retry-After", "").strip()
        return min(int(text), _LONGEST_WAIT) if text.isascii() and text.isdigit() else 0


_PROBLEM = TypeAdapter(dict[str, Any])
_FIELD = re.compile(r"[\w.\[\]-]{1,60}", re.ASCII)
_MOST_FIELDS = 3


def _named(said: object, key: str, begins: str = "") -> tuple[str, ...]:
    """Name the fields or files that a problem is about; whatever cannot be such a name is left out."""
    names = (str(one.get(key, "")) for one in said if isinstance(one, dict)) if isinstance(said, list) else ()
    return tuple(begins + name for name in dict.fromkeys(names) if _FIELD.fullmatch(name))[:_MOST_FIELDS]


class Bearer(AuthBase):
    """A token that goes with a request."""

    # An auth object of our own also keeps requests from taking a password out of ~/.netrc.
    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Put it into the head."""
        if self._token:
            request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class _LargePieces(HTTPAdapter):
    """Hands bodies to the connection in larger pieces than 16 KiB, which cost a fast link a part of its speed."""

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, **options, blocksize=_PIECE)


class Transport:
    """Requests to one server and to no other. Raises Unreachable and its kinds, or BadServerAddress."""

    def __init__(self, address: ServerAddress, prefix: str = "/api/v1/") -> None:
        self._prefix = prefix
        self._base = parse_address(address.url)
        self._timeout = address.timeout
        self._station = address.station_id
        self.host = self._base.hostname or ""
        if address.ca_file and not _is_usable_ca(address.ca_file):
            raise WrongCaFile(host=self.host, file=address.ca_file)
        self._verify: bool | str = address.ca_file or True
        self._session = requests.Session()
        self._session.auth = Bearer(address.token)
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, _LargePieces())
        # A proxy cannot reach this machine's own loopback.
        self._session.trust_env = not is_loopback(self.host) and not address.proxy
        if address.proxy:
            self._session.proxies = {"http": address.proxy, "https": address.proxy}
        self._session.headers.update({"Accept-Encoding": "identity", "User-Agent": "sohoa"})

    def url(self, path: str) -> str:
        """Give the address of a path of the API."""
        return urlunsplit((self._base.scheme, self._base.netloc, f"{self._base.path}{self._prefix}{path}", "", ""))

    def own(self, location: str) -> str | None:
        """Give an address that the server named, on our way to it; None where it is on another host."""
        try:
            named = urlsplit(urljoin(self.url("files/"), location))
            if named.hostname != self._base.hostname or named.scheme not in ("http", "https"):
                return None
        except ValueError:
            return None
        # Behind a proxy the server may know neither its own port nor that it speaks TLS.
        return urlunsplit((self._base.scheme, self._base.netloc, named.path, named.query, ""))

    def ask(self, method: str, url: str, *, expect: Collection[int], limit: int = ANSWER_LIMIT, **request: Any) -> Answer:
        """Send one request and read its answer, at most ``limit`` bytes.

        A status that is not expected comes back too where it is a client error in a centre's words; any other raises.
        """
        with _translated(self.host), self._send(method, url, request) as response:
            body = self._read(response, limit) if method != "HEAD" else b""
            answer = Answer(self.host, response.status_code, response.headers, body, self._station)
        if answer.status in expect:
            return answer
        if answer.media_type == _PROBLEM_TYPE and 400 <= answer.status < 500 and answer.status != 401:
            return answer
        raise answer.failure()

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def _send(self, method: str, url: str, request: dict[str, Any]) -> requests.Response:
        return self._session.request(
            method, url, timeout=self._timeout, verify=self._verify, allow_redirects=False, stream=True, **request
        )

    def _read(self, response: requests.Response, limit: int) -> bytes:
        deadline = time.monotonic() + _SLOWEST_ANSWER * self._timeout
        pieces, size = [], 0
        while piece := response.raw.read1(64 * 1024):
            size += len(piece)
            pieces.append(piece)
            if size > limit:
                raise NotTheCentre(host=self.host)
            if time.monotonic() > deadline:
                raise ServerTimeout(host=self.host)
        return b"".join(pieces)


def parse_address(text: str) -> SplitResult:
    """Read a server's address; https is meant where nothing is said. Raises BadServerAddress.

    Plain http is taken for this machine itself only: records hold personal data and the token opens them.
    """
    text = text.strip()
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise BadServerAddress(url=text[:100]) from None
    allowed = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host or ""))
    if not host or not allowed or "@" in parts.netloc or parts.query or parts.fragment or " " in text:
        raise BadServerAddress(url=(host or text)[:100])
    return parts._replace(path=parts.path.rstrip("/").removesuffix("/api/v1"))


def is_loopback(host: str) -> bool:
    """Say whether a host is this very machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_usable_ca(file: str) -> bool:
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(file)
    except (OSError, ValueError):
        return False
    return True


@contextmanager
def _translated(host: str) -> Iterator[None]:
    """Turn errors of requests into ours. They are not chained: their messages hold addresses and headers."""
    try:
        yield
    except (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema, UnicodeError):
        raise BadServerAddress(url=host) from None
    except requests.exceptions.SSLError as error:
        raise _tls_error(error, host) from None
    except (requests.exceptions.Timeout, urllib3.exceptions.TimeoutError, TimeoutError):
        raise ServerTimeout(host=host) from None
    except (requests.exceptions.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
        raise _tls_error(error, host) from None


def _tls_error(error: BaseException, host: str) -> Unreachable:
    """Say what kept a connection from coming about: no trust, no TLS at all, or no way."""
    causes = _causes(error)
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
        return WrongCertificate(host=host)
    # OpenSSL's word for an answer that is no TLS record, as a server of plain HTTP gives it.
    if any(isinstance(cause, ssl.SSLError) and cause.reason == "WRONG_VERSION_NUMBER" for cause in causes):
        return NotSecure(host=host)
    return NoConnection(host=host)


def _causes(error: BaseException) -> list[BaseException]:
    """Give an error and all that stands somewhere down in what caused it."""
    seen: list[BaseException] = [error]
    for cause in seen:
        inner = (cause.__cause__, cause.__context__, getattr(cause, "reason", None), *cause.args)
        seen.extend(item for item in inner if isinstance(item, BaseException) and item not in seen)
    return seen
