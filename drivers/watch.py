"""Notices that the scanners may have changed, without opening any: a few cheap signs, looked at once a second.

``python -m drivers.worker watch`` runs it in a process of its own. It never says which scanner came or went: it says that
it is worth looking.
"""

from __future__ import annotations

import math
import os
import socket
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from drivers import escl_find
from drivers.backend import DriverFault
from drivers.contract import DevicesChanged, Event
from drivers.control import Control

TICK_SECONDS = 1.0
# A device that was plugged in tells of itself in several steps.
SETTLE_SECONDS = 1.0
# A scanner that has just announced itself does not answer everyone at once (RFC 6762, section 6: a record is multicast at
# most once a second), so that the first look may miss it.
AGAIN_SECONDS = 6.0
ADDRESS_SECONDS = 5.0
CONNECT_SECONDS = 1.0
USB_DEVICES = Path("/sys/bus/usb/devices")
SANE_FOLDERS = "/etc/sane.d"

Signs = frozenset[tuple[str, ...]]


def run(control: Control, send: Callable[[Event], None]) -> None:
    """Watch until the workstation hangs up: announce that the watch began, and each change when it settled and once more."""
    network, again = _Network(), math.inf
    try:
        before = signs(network)
        # Whoever lists the scanners from here on misses nothing.
        send(DevicesChanged())
        while not control.wait_for_abort(TICK_SECONDS):
            now = signs(network)
            if now != before:
                control.wait_for_abort(SETTLE_SECONDS)
                before = signs(network)
                send(DevicesChanged())
                again = time.monotonic() + AGAIN_SECONDS
            elif time.monotonic() >= again:
                send(DevicesChanged())
                again = math.inf
    finally:
        network.close()


def signs(network: _Network) -> Signs:
    """Give all that can be seen of scanners without asking one."""
    return frozenset((*_usb(USB_DEVICES), *_sane_settings(), *network.signs()))


def _usb(folder: Path) -> Iterator[tuple[str, ...]]:
    """Give each USB device with the number that it got when it was plugged in."""
    for device in folder.glob("[0-9]*-*"):
        if ":" not in device.name:
            try:
                yield "usb", device.name, (device / "devnum").read_text().strip()
            except OSError:
                continue  # unplugged at this moment


def _sane_settings() -> Iterator[tuple[str, ...]]:
    """Give each file by which SANE is told of scanners, with its time."""
    for folder in filter(None, os.environ.get("SANE_CONFIG_DIR", SANE_FOLDERS).split(os.pathsep)):
        for path in (*Path(folder).glob("*.conf"), *Path(folder).glob("dll.d/*")):
            try:
                yield "sane", str(path), str(path.stat().st_mtime_ns)
            except OSError:
                continue


class _Network:
    """Scanners that announce themselves, heard on zeroconf's thread, and addresses typed in that answer."""

    def __init__(self) -> None:
        self._services: set[tuple[str, ...]] = set()
        self._addresses: frozenset[tuple[str, ...]] = frozenset()
        self._asked = -ADDRESS_SECONDS
        self._zeroconf = _listening(self._note)

    def signs(self) -> tuple[tuple[str, ...], ...]:
        if time.monotonic() - self._asked >= ADDRESS_SECONDS:
            self._addresses = frozenset(("address", address) for address in escl_find.typed_addresses() if _answers(address))
            self._asked = time.monotonic()
        return (*tuple(self._services), *self._addresses)

    def close(self) -> None:
        if self._zeroconf is not None:
            self._zeroconf.close()

    # The parameters' names are zeroconf's.
    def _note(self, zeroconf: Any, service_type: str, name: str, state_change: Any) -> None:
        if state_change.name == "Removed":
            self._services.discard(("network", name))
        elif len(self._services) < escl_find.MAX_SERVICES:
            self._services.add(("network", name))


def _listening(note: Callable[..., None]) -> Any:
    """Begin to listen; gives None where there is no network."""
    from zeroconf import ServiceBrowser

    try:
        network = escl_find.open_network()
    except OSError as error:
        print(f"no network to listen on: {error}", file=sys.stderr)  # noqa: T201 - stderr is the worker's log
        return None
    ServiceBrowser(network, list(escl_find.SERVICES), handlers=[note])
    return network


def _answers(address: str) -> bool:
    """Say whether something listens at an address typed in; nothing is asked of it."""
    try:
        parts = urlsplit(escl_find.root_url(address))
        port = parts.port or (443 if parts.scheme == "https" else 80)
        with socket.create_connection((parts.hostname or "", port), CONNECT_SECONDS):
            return True
    except (OSError, DriverFault):
        return False
