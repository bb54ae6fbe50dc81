"""Running the server: its folder and port taken first, then requests until it is told to stop."""

from __future__ import annotations

import errno
import signal
import socket
import ssl
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from tuspyserver.lock import FileLock

from central.api import create_app
from central.connections import impatient
from central.settings import Settings

_IN_USE = {errno.EADDRINUSE, getattr(errno, "WSAEADDRINUSE", errno.EADDRINUSE)}


class InUseError(Exception):
    """The port or the data folder belongs to another running program."""


class AddressError(Exception):
    """This machine cannot listen there."""


@dataclass(frozen=True)
class Address:
    """Where to listen; ``port`` 0 lets the system choose. With a certificate, TLS only.

    ``proxies``: addresses of reverse proxies whose word about the real sender is taken.
    """

    host: str
    port: int
    certfile: Path | None = None
    keyfile: Path | None = None
    proxies: tuple[str, ...] = ()

    def url(self, port: int) -> str:
        """Write the address as clients use it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.certfile else 'http'}://{host}:{port}"


class _Server(uvicorn.Server):
    """Tells when it listens."""

    def __init__(self, config: uvicorn.Config, listening: Callable[[], None]) -> None:
        super().__init__(config)
        self._listening = listening

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then tell."""
        await super().startup(sockets)
        if self.started:
            self._listening()


@contextmanager
def own_folder(data_dir: Path) -> Iterator[None]:
    """Keep a second server out of the same data folder. Raises InUseError."""
    data_dir.mkdir(parents=True, exist_ok=True)
    lock = FileLock(str(data_dir / "server"), locks_dir=str(data_dir))
    if not lock.acquire(blocking=False):
        raise InUseError(f"{data_dir} is used by another server")
    try:
        yield
    finally:
        lock.release()


def bind(address: Address) -> socket.socket:
    """Take the port. Raises InUseError, or AddressError for an address that this machine does not have."""
    try:
        family, kind, protocol, _, where = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror as error:
        raise AddressError(f"{address.host} is not an address") from error
    taken = socket.socket(family, kind, protocol)
    try:
        if sys.platform != "win32":
            # On Windows this option would let two programs share the port.
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(where)
        # Bound is not yet taken: only listening keeps a second server off the port.
        taken.listen(128)
    except OSError as error:
        taken.close()
        if error.errno in _IN_USE:
            raise InUseError(f"port {address.port} is used by another program") from error
        raise AddressError(f"{address.host} port {address.port}: {error.strerror}") from error
    return taken


def check_certificate(address: Address) -> None:
    """Load certificate and key once. Raises ssl.SSLError or OSError if they do not fit."""
    if address.certfile is not None:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(address.certfile, address.keyfile)


def serve(settings: Settings, address: Address, listening: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT. ``listening`` is told the address once requests are answered.

    Raises OSError or SQLAlchemyError where the storage cannot be used.
    """
    with own_folder(settings.data_dir), bind(address) as taken:
        app = create_app(settings)
        try:
            # Said in words here; inside the server, its start would only fail.
            app.state.centre.blobs.check()
        except OSError:
            app.state.centre.database.close()
            raise
        config = uvicorn.Config(
            app,
            http=impatient(settings.idle_seconds),
            log_config=None,
            forwarded_allow_ips=list(address.proxies),
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=4,
            ssl_certfile=address.certfile,
            ssl_keyfile=address.keyfile,
        )
        url = address.url(taken.getsockname()[1])
        with _quiet_signals():
            _Server(config, lambda: listening(url)).run(sockets=[taken])


@contextmanager
def _quiet_signals() -> Iterator[None]:
    # uvicorn stops in order and then raises the signal once more; without a handler that would end us as killed.
    signals = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, lambda _number, _frame: None) for number in signals]
    try:
        yield
    finally:
        for number, handler in zip(signals, before, strict=True):
            signal.signal(number, handler)
