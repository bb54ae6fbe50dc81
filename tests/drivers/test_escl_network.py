"""Finding network scanners, by name and by address, and TLS with certificates that nobody signed."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from zeroconf import ServiceInfo, Zeroconf

from drivers import escl_find
from drivers.backend import DriverFault
from drivers.client import list_devices, read_capabilities
from drivers.contract import FaultCode, Finished
from drivers.escl_find import Found, root_url
from drivers.escl_http import Limits, Link
from drivers.escl_pins import PINS_FILE, Pins, fingerprint_of
from drivers.virtual_escl import Certificate, self_signed

Announce = Callable[..., ServiceInfo]
TYPES = {"http": "_uscan._tcp.local.", "https": "_uscans._tcp.local."}
LOOPBACK = "127.0.0.1"


@pytest.fixture(scope="module")
def certificates() -> tuple[Certificate, Certificate]:
    return self_signed(), self_signed()


@pytest.fixture
def announce() -> Iterator[Announce]:
    """A second zeroconf instance, on the loopback interface alone, that announces scanners."""
    network = Zeroconf(interfaces=[LOOPBACK])

    def start(url: str, **text: str) -> ServiceInfo:
        kind = TYPES[urlsplit(url).scheme]
        port = urlsplit(url).port
        info = ServiceInfo(
            kind,
            f"Máy quét {port}.{kind}",
            port,
            properties=text,
            addresses=[socket.inet_aton(LOOPBACK)],
            server=f"scanner-{port}.local.",
        )
        # Not asked whether the name is free: that takes a second, and there is nobody else.
        network.register_service(info, cooperating_responders=True)
        return info

    yield start
    network.close()


@pytest.fixture(autouse=True)
def on_loopback(sole_listener: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SOHOA_ESCL_INTERFACES", LOOPBACK)
    monkeypatch.setenv("SOHOA_ESCL_PINS", str(tmp_path / "pins"))
    monkeypatch.delenv("SOHOA_ESCL_ADDRESSES", raising=False)


def test_an_announced_scanner_is_found_named_and_used(serve: Any, connect: Any, announce: Announce) -> None:
    server = serve()
    announce(server.url, rs="eSCL", UUID=server.scanner.uuid.upper(), ty="Máy quét quầy 1\x07\n")
    bench = connect(server)
    del bench.environment["SOHOA_ESCL_ADDRESSES"]
    (device,) = [one for one in list_devices("escl", environment=bench.environment) if server.scanner.uuid in one.name]
    assert (device.name, device.label) == (f"uuid:{server.scanner.uuid}", "Máy quét quầy 1")
    outcome = bench.scan(device=device.name, max_pages=1)
    assert outcome.end == Finished(1)
    assert outcome.pages[0].device == device.name


def test_a_scanner_is_found_at_its_new_address(serve: Any, announce: Announce) -> None:
    server = serve()
    announce(server.url, rs="/eSCL/", UUID=server.scanner.uuid, ty="A")
    first = escl_find.find(server.scanner.uuid)
    assert first == (Found(server.url, server.scanner.uuid, "A"),)
    assert escl_find.find("00000000-0000-0000-0000-000000000000", 0.3) == ()


def test_a_scanner_typed_in_and_announced_is_listed_once(serve: Any, connect: Any, announce: Announce) -> None:
    server = serve()
    announce(server.url, rs="eSCL", UUID=server.scanner.uuid, ty="Announced")
    bench = connect(server)
    bench.environment["SOHOA_ESCL_ADDRESSES"] += "; http://127.0.0.1:9/eSCL"
    names = [device.name for device in list_devices("escl", environment=bench.environment)]
    assert server.url in names
    assert f"uuid:{server.scanner.uuid}" not in names
    assert "http://127.0.0.1:9/eSCL" not in names


def test_an_announcement_is_not_believed_blindly(serve: Any, announce: Announce) -> None:
    server = serve()
    announce(server.url, rs="../../etc?x=", UUID="no uuid", ty="B")
    assert server.url not in [found.url for found in escl_find.listen(0.5)]


def test_another_scanner_at_the_announced_address_is_refused(serve: Any, connect: Any, announce: Announce) -> None:
    server = serve()
    announce(server.url, rs="eSCL", UUID="11111111-2222-3333-4444-555555555555", ty="C")
    fault = connect(server).scan(device="uuid:11111111-2222-3333-4444-555555555555").fault
    assert (fault.code, fault.fed) == (FaultCode.NO_DEVICE, 0)


def test_a_scanner_that_is_not_there(connect: Any, serve: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    bench = connect(serve())
    for name in ("uuid:", "uuid:../..", "ftp://127.0.0.1/eSCL"):
        with pytest.raises(DriverFault) as caught:
            read_capabilities("escl", name, environment=bench.environment)
        assert caught.value.fault.code is FaultCode.NO_DEVICE


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("192.0.2.7", "http://192.0.2.7/eSCL"),
        (" scanner.local:8080 ", "http://scanner.local:8080/eSCL"),
        ("https://192.0.2.7", "https://192.0.2.7/eSCL"),
        ("https://192.0.2.7:443/eSCL/", "https://192.0.2.7/eSCL"),
        ("http://[2001:db8::1]:80/scan/eSCL", "http://[2001:db8::1]/scan/eSCL"),
    ],
)
def test_addresses_as_people_type_them(typed: str, url: str) -> None:
    assert root_url(typed) == url
    assert root_url(url) == url


NO_ADDRESSES = [
    *("", "/nowhere", "ftp://a", "http://u:p@a", "http://a?b", "http://a#b", "http://a:99999", "file:///etc", "a b"),
    "http://a/../b c",
]


@pytest.mark.parametrize("typed", NO_ADDRESSES)
def test_what_is_no_address(typed: str) -> None:
    with pytest.raises(DriverFault) as caught:
        root_url(typed)
    assert caught.value.fault.code is FaultCode.NO_DEVICE


def test_a_certificate_is_remembered_and_another_one_refused(
    serve: Any, connect: Any, certificates: Any, tmp_path: Path
) -> None:
    first = serve(tls=certificates[0].context)
    bench = connect(first)
    assert bench.scan(max_pages=2).end == Finished(2)
    (pinned,) = json.loads((tmp_path / "pins" / PINS_FILE).read_text())["pins"].values()
    assert pinned == certificates[0].sha256
    assert bench.scan(max_pages=2).end == Finished(2)
    place = urlsplit(first.url).netloc
    (tmp_path / "pins" / PINS_FILE).write_text(json.dumps({"pins": {place: certificates[1].sha256}}))
    fault = bench.scan().fault
    assert (fault.code, fault.fed) == (FaultCode.CERTIFICATE_CHANGED, 0)
    assert place in fault.detail
    assert certificates[1].sha256[:16] in fault.detail
    with pytest.raises(DriverFault) as caught:
        read_capabilities("escl", bench.device, environment=bench.environment)
    assert caught.value.fault.code is FaultCode.CERTIFICATE_CHANGED


def test_a_certificate_that_changes_after_it_was_checked_is_refused(serve: Any, certificates: Any) -> None:
    server = serve(tls=certificates[0].context)
    link = Link(server.url, Limits(), fingerprint=certificates[1].sha256)
    with pytest.raises(DriverFault) as caught:
        link.ask("GET", f"{server.url}/ScannerStatus")
    assert caught.value.fault.code is FaultCode.CERTIFICATE_CHANGED
    link.close()


def test_a_remembered_scanner_is_not_spoken_to_in_the_clear(
    serve: Any, connect: Any, announce: Announce, tmp_path: Path
) -> None:
    server = serve()
    announce(server.url, rs="eSCL", UUID=server.scanner.uuid, ty="D")
    (tmp_path / "pins").mkdir()
    (tmp_path / "pins" / PINS_FILE).write_text(json.dumps({"pins": {f"uuid:{server.scanner.uuid}": "ab" * 32}}))
    fault = connect(server).scan(device=f"uuid:{server.scanner.uuid}").fault
    assert fault.code is FaultCode.NO_DEVICE


def test_the_secure_service_of_a_scanner_comes_first(serve: Any, connect: Any, announce: Announce, certificates: Any) -> None:
    plain = serve()
    secure = serve(tls=certificates[0].context)
    secure.scanner.uuid = plain.scanner.uuid
    for server in (plain, secure):
        announce(server.url, rs="eSCL", UUID=plain.scanner.uuid, ty="E")
    bench = connect(plain)
    assert bench.scan(device=f"uuid:{plain.scanner.uuid}", max_pages=1).end == Finished(1)
    assert fingerprint_of(LOOPBACK, urlsplit(secure.url).port or 0, 1.0) == certificates[0].sha256
    assert b"<pwg:ImagesCompleted>1" in secure.scanner.status_xml()


def test_without_a_folder_no_certificate_is_trusted(serve: Any, connect: Any, certificates: Any, tmp_path: Path) -> None:
    bench = connect(serve(tls=certificates[0].context))
    bench.environment["SOHOA_ESCL_PINS"] = ""
    assert bench.scan().fault.code is FaultCode.INVALID_REQUEST
    assert bench.scan(options={"pins": str(tmp_path / "mine")}, max_pages=1).end == Finished(1)
    assert (tmp_path / "mine" / PINS_FILE).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("content", ["", "[]", '{"pins": 3}', "\x00"])
def test_unreadable_pins_do_not_mean_trust(tmp_path: Path, content: str) -> None:
    (tmp_path / PINS_FILE).write_text(content)
    with pytest.raises(DriverFault) as caught:
        Pins(tmp_path).known("a")
    assert caught.value.fault.code is FaultCode.IO_ERROR


def test_tls_where_there_is_none(serve: Any, connect: Any) -> None:
    bench = connect(serve())
    fault = bench.scan(device=bench.device.replace("http:", "https:")).fault
    assert fault.code is FaultCode.IO_ERROR
