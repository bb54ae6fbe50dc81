"""What a TWAIN source is called: its name behind the bits of the programs that can load it, as in "32:Some Scanner".

Makers install drivers of both kinds under one name; a profile that was tried with one of them stays with it.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from drivers.contract import Device

OWN_BITS = 64 if sys.maxsize > 1 << 32 else 32
_KINDS = ("32", "64")


def address(name: str, bits: int = OWN_BITS) -> str:
    """Give the address of a source that programs of so many bits can load."""
    return f"{bits}:{name}"


def parted(written: str) -> tuple[int | None, str]:
    """Give bits and name of an address; no bits where it is a mere name."""
    bits, colon, name = written.partition(":")
    return (int(bits), name) if colon and bits in _KINDS else (None, written)


def told_apart(devices: Iterable[Device]) -> tuple[Device, ...]:
    """Give the devices with labels that people can tell apart: with the bits where one name stands for two drivers."""
    listed = tuple(devices)
    often = Counter(device.label for device in listed)
    return tuple(
        replace(device, label=f"{device.label} ({bits}-bit)")
        if often[device.label] > 1 and (bits := parted(device.name)[0]) is not None
        else device
        for device in listed
    )
