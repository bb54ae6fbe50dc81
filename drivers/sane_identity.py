"""What a SANE device is known by: its address has bus numbers and running numbers, which a restart or a cable changes."""

from __future__ import annotations

import re
from pathlib import Path

from drivers.contract import Device
from drivers.identity import written

USB_DEVICES = Path("/sys/bus/usb/devices")

_USB = re.compile(r"(?:libusb|usb|interpreter):(\d{1,3}):(\d{1,3})$|bus(\d+);dev(\d+)$")
_AIRSCAN = re.compile(r"airscan:[a-z]\d+:(.+)", re.DOTALL)
_NUMBERED = re.compile(r"([^:]+):(/dev/\w+|\d{1,2})")


def device(name: str, vendor: str, model: str, kind: str, usb: Path = USB_DEVICES) -> Device:
    """Give a device of SANE's list; ``kind`` is SANE's last word on it, where airscan puts the network address."""
    host = kind.removeprefix("ip=").strip() if kind.startswith("ip=") else ""
    label = model if name.startswith("airscan:") else f"{vendor} {model}".strip()
    return Device("sane", name, label or name, vendor, model, identity(name, vendor, model, host, usb), host)


def identity(name: str, vendor: str, model: str, host: str, usb: Path = USB_DEVICES) -> str:
    """Give what stays the same of a device with this address."""
    remote, local = _parted(name)
    what = f"{remote}{local.partition(':')[0]}: {vendor} {model}".strip()
    if found := _AIRSCAN.fullmatch(local):
        return written(f"airscan: {found[1]}", host)
    if found := _USB.search(local):
        bus, number = (int(text) for text in found.groups() if text)
        serial, port = ("", local[found.start() :]) if remote else _on_bus(usb, bus, number)
        return written(f"{what} no. {serial}") if serial else written(what, port)
    if found := _NUMBERED.fullmatch(local):
        return written(what, found[2])
    # The drivers that name a device by its serial number or network address do so in full.
    return written(name)


def is_lasting(name: str) -> bool:
    """Say whether an address means the same scanner tomorrow."""
    local = _parted(name)[1]
    return not (_AIRSCAN.fullmatch(local) or _USB.search(local) or _NUMBERED.fullmatch(local))


def _parted(name: str) -> tuple[str, str]:
    """Part the address of a scanner at another computer from its address there."""
    found = re.match(r"net:[^:]+:", name)
    return (found[0], name[found.end() :]) if found else ("", name)


def _on_bus(usb: Path, bus: int, number: int) -> tuple[str, str]:
    """Give serial number and port of a USB device, as Linux tells them."""
    for folder in usb.glob("*-*"):
        if ":" not in folder.name and _read(folder / "busnum") == str(bus) and _read(folder / "devnum") == str(number):
            return _read(folder / "serial"), folder.name
    return "", f"{bus:03d}:{number:03d}"


def _read(path: Path) -> str:
    try:
        return path.read_text(errors="replace").strip()[:100]
    except OSError:
        return ""
