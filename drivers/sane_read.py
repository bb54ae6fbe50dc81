"""SANE's own reading call on a device that python-sane has opened.

python-sane hands over a page only when it is whole, line by line until then; here a page comes in stripes of many lines.
"""

from __future__ import annotations

import ctypes
import functools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from drivers.backend import DriverFault, failure
from drivers.contract import FaultCode

# python-sane counts a page's bytes in a C int.
MAX_PAGE_BYTES = (1 << 31) - 1
_GOOD, _EOF = 0, 5
_FIRST_ASK = 1 << 15
# What comes sooner was waiting already, and more can be asked for at once; what takes longer must leave room for a cancel.
_SOON, _LATE = 0.01, 0.1
# SANE's call waits for data, but some give none and no error: "net" when its server died inside a record. Pause between asking.
_PAUSE = 0.02

Failed = Callable[[str], DriverFault]


@dataclass(frozen=True)
class Frame:
    """How a page comes: ``pixels`` as Pillow calls them ("RGB" or "L"), ``depth`` in bits, ``lines`` -1 where unknown."""

    pixels: str
    width: int
    lines: int
    depth: int
    line_bytes: int


def frame_of(parameters: Any) -> Frame:
    """Give python-sane's parameters as a frame, and refuse what it would garble. Raises DriverFault(UNSUPPORTED)."""
    kind, last_frame, (width, lines), depth, line_bytes = parameters
    samples = 3 if kind == "color" else 1
    if kind not in ("color", "gray", "grey") or last_frame != 1:
        raise failure(FaultCode.UNSUPPORTED, "the scanner sends its colours one after the other")
    if depth not in (1, 8):
        raise failure(FaultCode.UNSUPPORTED, f"the scanner sends {depth} bits a sample")
    if line_bytes != (width * samples * depth + 7) // 8:
        raise failure(FaultCode.UNSUPPORTED, "the scanner pads its lines")
    if width * samples * max(lines, 1) > MAX_PAGE_BYTES:
        raise failure(FaultCode.UNSUPPORTED, f"a page of {width} x {lines} pixels is too large")
    return Frame("RGB" if samples == 3 else "L", width, int(lines), depth, line_bytes)


def stream_of(device: Any) -> ctypes.c_void_p | None:
    """Give SANE's handle of python-sane's device object; None where that is not the object that we know.

    It is a Python object's head and then the handle, and does not show it otherwise. A handle of our own would need SANE's
    whole interface by ctypes (opening, options, starting, for which python-sane is the library), as one device cannot be
    opened twice. What is assumed is checked instead: the type's name, and its size, which is that of a head and one
    pointer and nothing else, as in the source of python-sane 2.9.2. Where it differs, python-sane reads the page.
    """
    kind = type(device)
    size = object.__basicsize__ + ctypes.sizeof(ctypes.c_void_p)
    if kind.__name__ != "SaneDev" or kind.__basicsize__ != size or library() is None:
        return None
    handle = ctypes.c_void_p.from_address(id(device) + object.__basicsize__).value
    return ctypes.c_void_p(handle) if handle else None


def stripes(
    stream: ctypes.c_void_p, stripe_bytes: int, least: int, seen: Callable[[int], None], failed: Failed
) -> Iterator[bytearray]:
    """Yield a page of ``stripe_bytes`` each, the last one shorter. Raises what ``failed`` makes of SANE's words.

    ``least`` is how many bytes to ask for at a time of a slow device; ``seen`` is told the bytes that came, time and again.
    """
    sane = library()
    assert sane is not None  # noqa: S101 - stream_of looked
    came, ask, status = 0, _FIRST_ASK, _GOOD
    got = ctypes.c_int()
    while status == _GOOD:
        stripe = bytearray(stripe_bytes)
        view = (ctypes.c_char * stripe_bytes).from_buffer(stripe)
        place, filled = ctypes.addressof(view), 0
        while filled < stripe_bytes:
            began = time.monotonic()
            status = sane.sane_read(stream, place + filled, min(ask, stripe_bytes - filled), ctypes.byref(got))
            if status != _GOOD:
                break
            filled += got.value
            came += got.value
            seen(came)
            if not got.value:
                time.sleep(_PAUSE)
            took = time.monotonic() - began
            if took < _SOON:
                ask = min(2 * ask, stripe_bytes)
            elif took > _LATE:
                ask = max(ask // 2, least)
        if filled:
            del view  # Else the stripe could not be cut.
            del stripe[filled:]
            yield stripe
    if status != _EOF:
        raise failed(sane.sane_strstatus(status).decode(errors="replace"))


@functools.cache
def library() -> Any:
    """Give the SANE library that python-sane has loaded; None where the system does not have it by this name."""
    try:
        sane = ctypes.CDLL("libsane.so.1")
    except OSError:
        return None
    sane.sane_control_option.argtypes = (ctypes.c_void_p, ctypes.c_int, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
    sane.sane_read.argtypes = (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int, ctypes.POINTER(ctypes.c_int))
    sane.sane_strstatus.argtypes, sane.sane_strstatus.restype = (ctypes.c_int,), ctypes.c_char_p
    return sane
