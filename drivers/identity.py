"""What a scanner is known by when its address changes: a key of what it is, and the place where it was, as a tie-breaker.

Written ``key`` or ``key @ place``. The key has the serial number or UUID where the device tells one; two equal devices
without have the same key and differ in their place, which somebody has to confirm when a cable was moved.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from drivers.contract import Device

_AT = " @ "
T = TypeVar("T")


def written(key: str, place: str = "") -> str:
    """Give an identity as text."""
    clean = key.replace(_AT, " ").strip()
    return f"{clean}{_AT}{place}" if place else clean


def key_of(identity: str) -> str:
    """Give the key of an identity."""
    return identity.rpartition(_AT)[0] or identity


def candidates(identity: str, found: Iterable[tuple[str, T]]) -> tuple[T, ...]:
    """Give what ``identity`` may mean among ``found`` (identity and thing): one for certain, several to ask about, or none."""
    alike = [(name, thing) for name, thing in found if key_of(name) == key_of(identity)]
    exact = [thing for name, thing in alike if name == identity]
    return tuple(exact) if len(exact) == 1 else tuple(thing for _, thing in alike)


def without_doubles(devices: Iterable[Device]) -> tuple[Device, ...]:
    """Show a network scanner once: where SANE finds by eSCL what the direct way finds too, the direct way stays.

    It keeps the device's own pictures and tells double feeds apart, which SANE does not.
    """
    listed = list(devices)
    direct = [device for device in listed if device.backend == "escl"]
    return tuple(device for device in listed if not (_is_airscan(device) and any(_same(device, other) for other in direct)))


def _is_airscan(device: Device) -> bool:
    return device.backend == "sane" and device.name.startswith("airscan:")


def _same(device: Device, direct: Device) -> bool:
    if not device.host or device.host != direct.host:
        return False
    # Several scanners behind one address are told apart by what they call themselves.
    names = {device.label.casefold(), device.model.casefold()}
    own = direct.label.casefold()
    return any(name and (name in own or own in name) for name in names)
