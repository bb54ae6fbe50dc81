"""Addresses: whatever is typed, the token goes over TLS or stays on this machine, and only to the server's own host."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.sync.connector import ServerAddress
from app.sync.errors import BadServerAddress, NoConnection, NotSecure, NotTheCentre, ServerTimeout
from app.sync.transport import Transport, is_loopback, parse_address


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("centre.example", "https://centre.example"),
        ("https://centre.example/", "https://centre.example"),
        (" https://centre.example:8443/api/v1/ ", "https://centre.example:8443"),
        ("https://centre.example/sohoa/", "https://centre.example/sohoa"),
        ("http://localhost:8765", "http://localhost:8765"),
        ("http://[::1]:8765", "http://[::1]:8765"),
    ],
)
def test_addresses_as_people_type_them(typed, url):
    assert parse_address(typed).geturl() == url


_TYPED = st.one_of(
    st.text(max_size=40),
    st.builds(
        "{}://{}{}".format, st.sampled_from(["http", "https", "HTTP", "ftp"]), st.text(max_size=20), st.text(max_size=20)
    ),
)


@given(_TYPED)
def test_any_text_is_a_safe_address_or_a_named_error(text):
    try:
        parts = parse_address(text)
    except BadServerAddress:
        return
    assert parts.scheme == "https" or is_loopback(parts.hostname or "")


@given(st.text(max_size=60))
def test_whatever_place_a_server_names_it_is_on_our_host_or_none(location):
    http = Transport(ServerAddress("https://centre.example:8443/sohoa"))
    try:
        url = http.own(location)
    finally:
        http.close()
    assert url is None or urlsplit(url).netloc == "centre.example:8443"


@pytest.mark.parametrize(
    ("location", "url"),
    [
        ("/api/v1/files/1", "https://centre.example/api/v1/files/1"),
        ("2", "https://centre.example/api/v1/files/2"),
        ("http://centre.example/api/v1/files/3", "https://centre.example/api/v1/files/3"),
        ("https://centre.example:9/files/4?part=5", "https://centre.example/files/4?part=5"),
        ("//attacker.example/files/5", None),
        ("https://centre.example.attacker.example/6", None),
        ("https://centre.example@attacker.example/7", None),
        ("file:///etc/passwd", None),
    ],
)
def test_places_of_uploads(location, url):
    http = Transport(ServerAddress("https://centre.example"))
    try:
        assert http.own(location) == url
    finally:
        http.close()


@contextmanager
def _line_server(serve: Callable[[socket.socket, bytes], None]) -> Iterator[int]:
    """Take one connection on loopback and hand it over with what was first said on it; gives the port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def work() -> None:
            connection, _ = listening.accept()
            with connection:
                serve(connection, connection.recv(4096))

        thread = threading.Thread(target=work)
        thread.start()
        yield listening.getsockname()[1]
        thread.join()


def test_a_proxy_of_the_environment_is_used_for_a_centre_elsewhere(monkeypatch):
    heard = []
    with _line_server(lambda _connection, said: heard.append(said)) as port:
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{port}")
        monkeypatch.delenv("no_proxy", raising=False)
        http = Transport(ServerAddress("https://centre.example", token="secret-one"))
        with pytest.raises(NoConnection):
            http.ask("GET", http.url("time"), expect=(200,))
        http.close()
    assert heard[0].startswith(b"CONNECT centre.example:443")
    assert b"secret" not in heard[0]


def test_https_to_a_server_of_plain_http_is_told_as_that():
    def plain(connection: socket.socket, _said: bytes) -> None:
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")

    with _line_server(plain) as port:
        http = Transport(ServerAddress(f"https://127.0.0.1:{port}"))
        with pytest.raises(NotSecure):
            http.ask("GET", http.url("time"), expect=(200,))
        http.close()


def test_an_answer_that_drips_ends_in_time():
    def drip(connection: socket.socket, _said: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n")
        for _ in range(200):
            try:
                connection.sendall(b" ")
            except OSError:
                return
            time.sleep(0.05)

    with _line_server(drip) as port:
        http = Transport(ServerAddress(f"http://127.0.0.1:{port}", timeout=0.3))
        started = time.monotonic()
        with pytest.raises(ServerTimeout):
            http.ask("GET", http.url("time"), expect=(200,))
        http.close()
        assert time.monotonic() - started < 5


def test_an_endless_answer_is_not_read_to_its_end():
    def pour(connection: socket.socket, _said: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        try:
            while True:
                connection.sendall(b"10000\r\n" + b"x" * 65536 + b"\r\n")
        except OSError:
            return

    with _line_server(pour) as port:
        http = Transport(ServerAddress(f"http://127.0.0.1:{port}", timeout=5))
        with pytest.raises(NotTheCentre):
            http.ask("GET", http.url("time"), expect=(200,))
        http.close()
