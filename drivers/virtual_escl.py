"""A network scanner for this computer alone: ``python -m drivers.virtual_escl --pages FOLDER_OR_PDF``.

It speaks eSCL on 127.0.0.1, so that any eSCL client can practise on it and be tested against it. It prints one line of
JSON with its address when it listens.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import ssl
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

from drivers.backend import DriverFault
from drivers.virtual_escl_device import Tray, VirtualScanner
from drivers.virtual_escl_faults import ScriptError, parse_script
from drivers.virtual_escl_http import Handler

HOST = "127.0.0.1"
MAX_PORT = 65535
EXIT_USAGE = 2


class Server(ThreadingHTTPServer):
    """Serves one virtual scanner on the loopback interface."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, scanner: VirtualScanner, port: int = 0, *, host: str = HOST, tls: ssl.SSLContext | None = None) -> None:
        """Bind. Raises ValueError for any address but 127.0.0.1, OSError when the port is taken."""
        if host != HOST or not 0 <= port <= MAX_PORT:
            raise ValueError(f"the virtual scanner listens on {HOST} only, and on a port up to {MAX_PORT}: {host}:{port}")
        self.scanner = scanner
        self._tls = tls
        super().__init__((host, port), Handler)

    @property
    def url(self) -> str:
        """The eSCL root."""
        return f"{'https' if self._tls else 'http'}://{HOST}:{self.server_address[1]}/eSCL"

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Serve a connection, after the handshake where there is TLS: on its own thread, so that none blocks all."""
        if self._tls is None:
            super().finish_request(request, client_address)
            return
        request.settimeout(Handler.timeout)
        with contextlib.suppress(OSError), self._tls.wrap_socket(request, server_side=True) as secure:
            super().finish_request(secure, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is its own business; anything else belongs on stderr."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


@contextlib.contextmanager
def serving(scanner: VirtualScanner, port: int = 0, *, tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    """Serve on a thread of this process."""
    with Server(scanner, port, tls=tls) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), name="virtual-escl", daemon=True)
        thread.start()
        try:
            yield server
        finally:
            scanner.closing.set()
            server.shutdown()
            thread.join()


@dataclass(frozen=True)
class Certificate:
    """A certificate made for one run, that nobody signed: ready to serve with, and its fingerprint in hex digits."""

    context: ssl.SSLContext
    sha256: str


def self_signed() -> Certificate:
    """Make a new key and a certificate for 127.0.0.1."""
    import datetime
    import ipaddress

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Sohoa virtual scanner")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HOST))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    # The ssl module reads keys from files only.
    handle, path = tempfile.mkstemp(suffix=".pem")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(private + certificate.public_bytes(serialization.Encoding.PEM))
        context.load_cert_chain(path)
    finally:
        Path(path).unlink()
    return Certificate(context, certificate.fingerprint(hashes.SHA256()).hex())


def main(arguments: list[str]) -> int:
    """Serve until interrupted; gives the exit code: 2 for a wrong option, page source or script."""
    options = _options(arguments)
    try:
        script = parse_script(options.script.read_text(encoding="utf-8") if options.script else "[]")
        scanner = VirtualScanner(Tray(options.pages), script, ppm=options.ppm, ahead=options.ahead, port=options.port)
        certificate = self_signed() if options.tls else None
        server = Server(scanner, options.port, host=options.host, tls=certificate.context if certificate else None)
    except (ScriptError, DriverFault, OSError, ValueError) as error:
        print(f"virtual-escl: {error}", file=sys.stderr)  # noqa: T201 - a command talks to its user
        return EXIT_USAGE
    with server:
        about = {"url": server.url, "uuid": scanner.uuid, **({"sha256": certificate.sha256} if certificate else {})}
        print(json.dumps(about), flush=True)  # noqa: T201 - the address is what the command is for
        with contextlib.suppress(KeyboardInterrupt):
            server.serve_forever(0.2)
        scanner.closing.set()
    return 0


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="sohoa virtual-escl", description="A network scanner for this computer alone.")
    parser.add_argument("--pages", type=Path, required=True, help="a folder of images, or a PDF file")
    parser.add_argument("--port", type=int, default=0, help="0: any that is free")
    parser.add_argument("--host", default=HOST, help=f"nothing but {HOST} is taken")
    parser.add_argument("--script", type=Path, help="a JSON list of faults")
    parser.add_argument("--ppm", type=float, default=0.0, help="pages a minute; 0: at once, too fast for sane-airscan")
    parser.add_argument("--ahead", type=int, default=0, help="sheet sides taken in before they are asked for")
    parser.add_argument("--tls", action="store_true", help="speak TLS with a certificate that nobody signed")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
