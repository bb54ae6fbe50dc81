"""Texts and lists in TWAIN capabilities, as text: pytwain misreads lists of long texts and sets neither kind of list.

A list is written with commas: ``CAP_DOUBLEFEEDDETECTION = 0, 1``. Layouts and types: TWAIN specification 2.4, chapter 8.
"""

from __future__ import annotations

import ctypes
import struct
import sys
from dataclasses import dataclass
from typing import Any

from drivers.backend import failure
from drivers.contract import FaultCode
from drivers.twain_faults import twain_errors

GET, _GET_CURRENT = 0x0001, 0x0002
_SET = 0x0006
_CONTROL, _CAPABILITY, _ANY_CONTAINER = 1, 1, 0xFFFF
_ARRAY, _ENUMERATION, _ONE_VALUE = 3, 4, 5
_SUCCESS, _ADJUSTED = 0, 2
# Bytes before the items: type; type and count; type, count, current and usual place.
_HEADS = {_ONE_VALUE: "<H", _ARRAY: "<HI", _ENUMERATION: "<HIII"}
_NUMBERS = {0: "<b", 1: "<h", 2: "<i", 3: "<B", 4: "<H", 5: "<I", 6: "<H"}
_TEXTS = {9: 34, 10: 66, 11: 130, 12: 256}
# Drivers speak the code page of the system. Elsewhere only the tests' parts run.
_CODE_PAGE = "mbcs" if sys.platform == "win32" else "cp1252"


@dataclass(frozen=True)
class Held:
    """What a capability holds: TWAIN's number of the type, whether it is a list, all values told, and the current one."""

    kind: int
    is_list: bool
    values: tuple[str, ...]
    current: str


def is_text_or_list(found: Any) -> bool:
    """Say whether what pytwain gave for a capability is one for this module."""
    return not isinstance(found, dict) and (found[0] in _TEXTS or isinstance(found[1], list))


def read(source: Any, capability: int, message: int = _GET_CURRENT) -> Held:
    """Read a text, a list, or a choice of texts. Raises DriverFault."""
    from twain.lowlevel import structs

    asked = structs.TW_CAPABILITY(capability, _ANY_CONTAINER, 0)
    with twain_errors("reading"):
        source._call(_CONTROL, _CAPABILITY, message, ctypes.byref(asked))
    try:
        address = source._lock(asked.hContainer)
        try:
            return _parsed(int(asked.ConType), address)
        finally:
            source._unlock(asked.hContainer)
    finally:
        source._free(asked.hContainer)


def write(source: Any, capability: int, text: str, name: str) -> None:
    """Set a text or a list and read it back. Raises DriverFault: INVALID_REQUEST for what is no such value, UNSUPPORTED."""
    now = read(source, capability)
    wanted = [one.strip() for one in text.split(",") if one.strip()] if now.is_list else [text]
    items = b"".join(_packed(now.kind, one, name) for one in wanted)
    container = _ARRAY if now.is_list else _ONE_VALUE
    head = struct.pack(_HEADS[container], now.kind, *([len(wanted)] if now.is_list else []))
    _send(source, capability, container, head + items, name)
    taken = read(source, capability).current
    if taken != ", ".join(wanted):
        raise failure(FaultCode.UNSUPPORTED, f"{name}: asked for {text}, the scanner takes {taken}")


def _send(source: Any, capability: int, container: int, data: bytes, name: str) -> None:
    from twain.lowlevel import structs

    handle = source._alloc(len(data))
    try:
        address = source._lock(handle)
        ctypes.memmove(address, data, len(data))
        source._unlock(handle)
        given = structs.TW_CAPABILITY(capability, container, handle)
        with twain_errors(name):
            source._call(_CONTROL, _CAPABILITY, _SET, ctypes.byref(given), (_SUCCESS, _ADJUSTED))
    finally:
        source._free(handle)


def _parsed(container: int, address: int) -> Held:
    if container not in _HEADS:
        raise failure(FaultCode.UNSUPPORTED, f"a container of kind {container}")
    head = struct.calcsize(_HEADS[container])
    kind, *numbers = struct.unpack(_HEADS[container], ctypes.string_at(address, head))
    if kind not in _NUMBERS and kind not in _TEXTS:
        raise failure(FaultCode.UNSUPPORTED, f"values of type {kind}")
    count = numbers[0] if numbers else 1
    size = _TEXTS.get(kind) or struct.calcsize(_NUMBERS[kind])
    values = tuple(_unpacked(kind, ctypes.string_at(address + head + at * size, size)) for at in range(count))
    if container == _ENUMERATION:
        return Held(kind, False, values, values[numbers[1]] if numbers[1] < count else "")
    return Held(kind, container == _ARRAY, values, ", ".join(values))


def _unpacked(kind: int, data: bytes) -> str:
    if kind in _TEXTS:
        return data.partition(b"\0")[0].decode(_CODE_PAGE, "replace")
    return str(struct.unpack(_NUMBERS[kind], data)[0])


def _packed(kind: int, text: str, name: str) -> bytes:
    try:
        if kind not in _TEXTS:
            return struct.pack(_NUMBERS[kind], int(text))
        data = text.encode(_CODE_PAGE)
    except (ValueError, struct.error) as error:
        raise failure(FaultCode.INVALID_REQUEST, f"option {name!r}: {text!r} does not fit: {error}") from error
    if len(data) >= _TEXTS[kind] or b"\0" in data:
        raise failure(FaultCode.INVALID_REQUEST, f"option {name!r}: the text is longer than {_TEXTS[kind] - 1} letters")
    return data.ljust(_TEXTS[kind], b"\0")
