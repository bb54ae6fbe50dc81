"""Where network scanners are: those that announce themselves by DNS-SD, and addresses typed in."""

from __future__ import annotations

import ipaddress
import os
import re
import sys
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from drivers.backend import failure
from drivers.contract import FaultCode
from drivers.escl_xml import clean, clean_uuid

if TYPE_CHECKING:
    from zeroconf import ServiceInfo, ServiceStateChange, Zeroconf

ADDRESSES_VARIABLE = "SOHOA_ESCL_ADDRESSES"
INTERFACES_VARIABLE = "SOHOA_ESCL_INTERFACES"
SERVICES = {"_uscans._tcp.local.": "https", "_uscan._tcp.local.": "http"}
UUID_PREFIX = "uuid:"
LISTEN_SECONDS = 2.0
RESOLVE_SECONDS = 6.0
RESOLVE_MILLISECONDS = 1500
MAX_SERVICES = 200

_PATH = re.compile(r"(?:/[A-Za-z0-9._~%-]+)*")


@dataclass(frozen=True)
class Found:
    """One announced service: its eSCL root, and what its TXT record says of the device."""

    url: str
    uuid: str = ""
    label: str = ""
    identity: str = ""

    @property
    def name(self) -> str:
        """The stable name of the device."""
        return f"{UUID_PREFIX}{self.uuid}" if self.uuid else self.url


def root_url(address: str) -> str:
    """Give the eSCL root of an address as people type it: a host, a host with a port, or a whole URL.

    Raises DriverFault(NO_DEVICE) for what is no address.
    """
    text = address.strip().rstrip("/")
    try:
        parts = urlsplit(text if "://" in text else f"http://{text}")
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise failure(FaultCode.NO_DEVICE, f"not an address: {clean(address)}") from error
    bare = not (parts.username or parts.password or parts.query or parts.fragment)
    plain = re.fullmatch(r"[\w.:%-]+", host) and _PATH.fullmatch(parts.path)
    if parts.scheme not in SERVICES.values() or not bare or not plain or text.startswith("/"):
        raise failure(FaultCode.NO_DEVICE, f"not an address: {clean(address)}")
    return _url(parts.scheme, host, port, parts.path or "/eSCL")


def typed_addresses() -> tuple[str, ...]:
    """Give the addresses of SOHOA_ESCL_ADDRESSES, parted by commas, semicolons or blanks."""
    return tuple(filter(None, re.split(r"[,;\s]+", os.environ.get(ADDRESSES_VARIABLE, ""))))


def listen(seconds: float = LISTEN_SECONDS) -> tuple[Found, ...]:
    """Give the services heard within ``seconds``, those with TLS first; none where there is no network."""
    return _listen(seconds, wanted="")


def find(uuid: str, seconds: float = RESOLVE_SECONDS) -> tuple[Found, ...]:
    """Give the services of one device, as soon as it is heard; those with TLS first."""
    return tuple(found for found in _listen(seconds, wanted=uuid) if found.uuid == uuid)


def open_network() -> Zeroconf:
    """Give an open ear on the interfaces of SOHOA_ESCL_INTERFACES, or on all. Raises OSError where there is no network."""
    from zeroconf import Zeroconf

    interfaces = [text for text in re.split(r"[,;\s]+", os.environ.get(INTERFACES_VARIABLE, "")) if text]
    return Zeroconf(interfaces=interfaces) if interfaces else Zeroconf()


def _listen(seconds: float, *, wanted: str) -> tuple[Found, ...]:
    # Loaded here: a scan from an address typed in begins sooner without it.
    from zeroconf import ServiceBrowser

    try:
        network = open_network()
    except OSError as error:
        print(f"no network to listen on: {error}", file=sys.stderr)  # noqa: T201 - stderr is the worker's log
        return ()
    try:
        ears = _Ears(network, wanted)
        ServiceBrowser(network, list(SERVICES), handlers=[ears.note])
        ears.wait(seconds)
        return ears.found()
    finally:
        network.close()


class _Ears:
    """Collects names on zeroconf's thread; the questions about them are asked on the caller's."""

    def __init__(self, network: Zeroconf, wanted: str) -> None:
        self._network = network
        self._wanted = wanted
        self._change = threading.Condition()
        self._names: list[tuple[str, str]] = []
        self._found: dict[str, Found] = {}

    # The parameters' names are zeroconf's.
    def note(self, zeroconf: Zeroconf, service_type: str, name: str, state_change: ServiceStateChange) -> None:
        """Note a service that came; one that left is noticed when it is opened."""
        with self._change:
            if state_change.name == "Added" and len(self._names) < MAX_SERVICES:
                self._names.append((service_type, name))
            self._change.notify_all()

    def wait(self, seconds: float) -> None:
        """Listen for ``seconds``; for a wanted device only until it and a moment for its other service are over."""
        end = time.monotonic() + seconds
        seen = 0
        while (left := end - time.monotonic()) > 0:
            with self._change:
                if len(self._names) == seen:
                    self._change.wait(left)
                fresh, seen = self._names[seen:], len(self._names)
            for kind, name in fresh:
                self._read(kind, name)
            if self._wanted and any(found.uuid == self._wanted for found in self._found.values()):
                # A device with both services announces both at once.
                end, self._wanted = min(end, time.monotonic() + 0.3), ""

    def found(self) -> tuple[Found, ...]:
        """Give what was heard, services with TLS first."""
        return tuple(sorted(self._found.values(), key=lambda found: (not found.url.startswith("https"), found.url)))

    def _read(self, kind: str, name: str) -> None:
        from zeroconf import Error

        try:
            info = self._network.get_service_info(kind, name, RESOLVE_MILLISECONDS)
        except (Error, OSError, ValueError):
            return
        found = _found(SERVICES[kind], info) if info is not None else None
        if found is not None:
            self._found[name] = found


def _found(scheme: str, info: ServiceInfo) -> Found | None:
    """Read an announcement; anybody in the network could have written it."""
    text = {key.casefold(): value or "" for key, value in info.decoded_properties.items()}
    path = "/" + text.get("rs", "eSCL").strip("/")
    host = _first_address(info.parsed_scoped_addresses())
    if not host or not info.port or not _PATH.fullmatch(path):
        return None
    return Found(_url(scheme, host, info.port, path), clean_uuid(text.get("uuid", "")), clean(text.get("ty", "")))


def _first_address(addresses: Iterable[str]) -> str:
    def order(text: str) -> tuple[bool, bool]:
        address = ipaddress.ip_address(text.partition("%")[0])
        return address.version != 4, address.is_link_local

    return next(iter(sorted(addresses, key=order)), "")


def _url(scheme: str, host: str, port: int | None, path: str) -> str:
    usual = {"http": 80, "https": 443}[scheme]
    place = f"[{host}]" if ":" in host else host
    return f"{scheme}://{place}{'' if port in (None, usual) else f':{port}'}{path}"
