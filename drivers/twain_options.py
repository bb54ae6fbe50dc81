"""Capabilities of a TWAIN source: read out of pytwain's many shapes, set in the order that works, read back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from drivers import twain_containers
from drivers.backend import MM_PER_INCH, DriverFault, failure
from drivers.contract import Capabilities, ColorMode, FaultCode, ScanRequest, Source
from drivers.twain_faults import twain_errors
from drivers.twain_session import memory_held

PAPER_TOLERANCE_MM = 3.0
RESOLUTIONS = (75, 100, 150, 200, 240, 300, 400, 600, 1200)
A4_MM = (210.0, 297.0)
TRANSFER_OPTION = "transfer"

# Numbers of the TWAIN specification 2.4.
XFER_COUNT, PIXEL_TYPE, UNITS, XFER_MECH = 0x0001, 0x0101, 0x0102, 0x0103
FEEDER_ENABLED, AUTO_FEED, INDICATORS, AUTO_SCAN = 0x1002, 0x1007, 0x100B, 0x1010
DUPLEX, DUPLEX_ENABLED = 0x1012, 0x1013
FILE_FORMAT, PHYSICAL_WIDTH, PHYSICAL_HEIGHT = 0x110C, 0x1111, 0x1112
X_RESOLUTION, Y_RESOLUTION, BIT_DEPTH = 0x1118, 0x1119, 0x112B
_INT16, _UINT16, _BOOL, _FIX32 = 1, 4, 6, 7
_FIX32_CAPABILITIES = {PHYSICAL_WIDTH, PHYSICAL_HEIGHT, X_RESOLUTION, Y_RESOLUTION}
_INCHES, _NATIVE, _FILE, _BITMAP_FILE, _ALL = 0, 0, 1, 2, -1

_PIXELS = {ColorMode.BITONAL: 0, ColorMode.GRAY: 1, ColorMode.COLOR: 2}
_DEPTHS = {ColorMode.BITONAL: 1, ColorMode.GRAY: 8, ColorMode.COLOR: 24}
# What a device does not offer is made of what it does, best first.
_SUBSTITUTES = {
    ColorMode.COLOR: (ColorMode.COLOR,),
    ColorMode.GRAY: (ColorMode.GRAY, ColorMode.COLOR),
    ColorMode.BITONAL: (ColorMode.BITONAL, ColorMode.GRAY, ColorMode.COLOR),
}


@dataclass(frozen=True)
class Choice:
    """The values that a capability can take: a list, or all between ``low`` and ``high`` where ``values`` is empty."""

    values: tuple[float, ...] = ()
    low: float = 0.0
    high: float = 0.0

    def allows(self, value: float) -> bool:
        """Say whether the capability can take ``value``."""
        return value in self.values if self.values else self.low <= value <= self.high


def read_choice(source: Any, capability: int) -> Choice | None:
    """Give what a capability can be; None where the source does not have it or tells it in no known way."""
    try:
        with twain_errors("reading"), memory_held(source):
            return _choice(capability, source.get_capability(capability))
    except DriverFault as error:
        go_on_if_unsupported(error)
        return None


def _choice(capability: int, found: Any) -> Choice:
    if isinstance(found, dict):
        # pytwain does not say what a range holds, and gives the bits as they are.
        as_number = _of_fix32_bits if capability in _FIX32_CAPABILITIES else float
        return Choice(low=as_number(found["MinValue"]), high=as_number(found["MaxValue"]))
    _, value = found
    if isinstance(value, tuple):
        value = value[2]
    values = value if isinstance(value, list) else [value]
    return Choice(tuple(number for number in map(_number, values) if number is not None))


def read_current(source: Any, capability: int) -> float | None:
    """Give a capability's value now; None where the source does not have it."""
    try:
        with twain_errors("reading"), memory_held(source):
            return _current(capability, source.get_capability_current(capability))
    except DriverFault as error:
        go_on_if_unsupported(error)
        return None


def _current(capability: int, found: Any) -> float | None:
    if isinstance(found, dict):
        return _of_fix32_bits(found["CurrentValue"]) if capability in _FIX32_CAPABILITIES else float(found["CurrentValue"])
    _, value = found
    if isinstance(value, tuple):
        current, _, values = value
        value = values[current]
    return _number(value)


def read_capabilities(source: Any) -> Capabilities:
    """Give what an open source can do. Its feeder and its glass are told by trying them: what it lists is often only one."""
    _try_set(source, UNITS, _UINT16, _INCHES)
    sources, reach = [], list(A4_MM if read_choice(source, PHYSICAL_WIDTH) is None else (0.0, 0.0))
    for enabled, kind in ((0, Source.FLATBED), (1, Source.FEEDER)):
        if _has_feeder_state(source, enabled):
            sources.append(kind)
            reach = [max(before, now) for before, now in zip(reach, _reach_mm(source), strict=True)]
    if Source.FEEDER in sources and (read_current(source, DUPLEX) or 0) > 0:
        sources.append(Source.DUPLEX)
    offered = read_choice(source, PIXEL_TYPE) or Choice((_PIXELS[ColorMode.COLOR],))
    modes = tuple(mode for mode in ColorMode if any(offered.allows(_PIXELS[other]) for other in _SUBSTITUTES[mode]))
    return Capabilities(tuple(sources), modes, _resolutions(source), reach[0], reach[1])


def apply_request(source: Any, request: ScanRequest, names: Mapping[str, int]) -> bool:
    """Set units, source, mode, transfer, resolution, count, paper and the request's own options; each changes the next.

    ``names`` are the numbers of capabilities by name. Gives whether pages come as files. Raises DriverFault:
    UNSUPPORTED when the device does not take a value as asked, INVALID_REQUEST for an unknown option.
    """
    options = dict(request.options)
    by_file = _wants_file(options.pop(TRANSFER_OPTION, "native"))
    _try_set(source, UNITS, _UINT16, _INCHES)
    _try_set(source, INDICATORS, _BOOL, 0)
    _set_source(source, request.source)
    _set_mode(source, request.mode)
    _set(source, XFER_MECH, _UINT16, _FILE if by_file else _NATIVE, "transfer")
    if by_file:
        _try_set(source, FILE_FORMAT, _UINT16, _BITMAP_FILE)
    for capability in (X_RESOLUTION, Y_RESOLUTION):
        _set(source, capability, _FIX32, request.dpi, "resolution")
    _try_set(source, XFER_COUNT, _INT16, _count(request))
    for name, text in options.items():
        _set_named(source, name, text, names)
    _set_paper(source, request)
    return by_file


def _set_named(source: Any, name: str, text: str, names: Mapping[str, int]) -> None:
    """Set any capability by the specification's name for it, from text. Raises DriverFault."""
    capability = names.get(name.upper().replace("-", "_"))
    if capability is None:
        raise failure(FaultCode.INVALID_REQUEST, f"there is no capability {name!r}")
    with twain_errors(name):
        found = source.get_capability_current(capability)
    if twain_containers.is_text_or_list(found):
        twain_containers.write(source, capability, text, name)
        return
    try:
        value = {"yes": 1.0, "no": 0.0}[text] if text in ("yes", "no") else float(text)
    except ValueError as error:
        raise failure(FaultCode.INVALID_REQUEST, f"option {name!r}: {text!r} is no number") from error
    # A range does not say of what.
    _set(source, capability, _FIX32 if isinstance(found, dict) else found[0], value, name)


def _wants_file(text: str) -> bool:
    if text not in ("native", "file"):
        raise failure(FaultCode.INVALID_REQUEST, f"transfer is native or file, not {text!r}")
    return text == "file"


def _count(request: ScanRequest) -> int:
    """Give how many sides the scanner is to take in: no sheet that nobody asked for."""
    if request.source is Source.FLATBED:
        return 1
    return request.max_pages if request.max_pages is not None and request.max_pages < 1 << 15 else _ALL


def _set_source(source: Any, wanted: Source) -> None:
    if not _has_feeder_state(source, 0 if wanted is Source.FLATBED else 1):
        raise failure(FaultCode.UNSUPPORTED, f"the scanner has no {wanted.value}")
    if wanted is Source.FLATBED:
        return
    _try_set(source, AUTO_FEED, _BOOL, 1)
    if wanted is Source.DUPLEX:
        _set(source, DUPLEX_ENABLED, _BOOL, 1, "duplex")
    else:
        _try_set(source, DUPLEX_ENABLED, _BOOL, 0)
        if read_current(source, DUPLEX_ENABLED):
            raise failure(FaultCode.UNSUPPORTED, "the scanner always scans both sides")


def _has_feeder_state(source: Any, enabled: int) -> bool:
    """Switch the feeder on or off; says whether the source followed."""
    _try_set(source, FEEDER_ENABLED, _BOOL, enabled)
    return (read_current(source, FEEDER_ENABLED) or 0) == enabled


def _set_mode(source: Any, mode: ColorMode) -> None:
    offered = read_choice(source, PIXEL_TYPE)
    if offered is None:
        return
    for candidate in _SUBSTITUTES[mode]:
        if offered.allows(_PIXELS[candidate]):
            _set(source, PIXEL_TYPE, _UINT16, _PIXELS[candidate], "mode")
            _try_set(source, BIT_DEPTH, _UINT16, _DEPTHS[candidate])
            return
    raise failure(FaultCode.UNSUPPORTED, f"the scanner has no mode {mode.value}")


def _set_paper(source: Any, request: ScanRequest) -> None:
    asked = (request.paper_width_mm, request.paper_height_mm)
    reach = _reach_mm(source)
    if any(length > limit + PAPER_TOLERANCE_MM for length, limit in zip(asked, reach, strict=True) if limit):
        raise failure(FaultCode.UNSUPPORTED, f"the paper is {asked[0]:g} x {asked[1]:g} mm, the scanner's reach is shorter")
    width, height = (min(length, limit or length) / MM_PER_INCH for length, limit in zip(asked, reach, strict=True))
    try:
        with twain_errors("paper"):
            source.set_image_layout((0.0, 0.0, width, height))
    except DriverFault as error:
        # A source without a layout gives the whole of its area, which is at least the page.
        go_on_if_unsupported(error)
    _check_paper(source, width, height)


def _check_paper(source: Any, width: float, height: float) -> None:
    """Refuse paper (in inches) that the source has made smaller than was asked. Raises DriverFault(UNSUPPORTED)."""
    try:
        with twain_errors("paper"):
            (left, top, right, bottom), *_ = source.get_image_layout()
    except DriverFault as error:
        go_on_if_unsupported(error)
        return
    tolerance = PAPER_TOLERANCE_MM / MM_PER_INCH
    # All zero is what a source says that does not know yet.
    if right > left and (right - left < width - tolerance or bottom - top < height - tolerance):
        raise failure(FaultCode.UNSUPPORTED, f"the scanner takes no more than {right - left:.1f} x {bottom - top:.1f} inches")


def _reach_mm(source: Any) -> tuple[float, float]:
    """Give the width and height in millimetres that the source reaches now; 0 where it does not say."""
    width, height = ((read_current(source, length) or 0.0) * MM_PER_INCH for length in (PHYSICAL_WIDTH, PHYSICAL_HEIGHT))
    return width, height


def _resolutions(source: Any) -> tuple[int, ...]:
    choice = read_choice(source, X_RESOLUTION)
    if choice is None:
        return ()
    found = choice.values or tuple(dpi for dpi in RESOLUTIONS if choice.allows(dpi))
    return tuple(sorted({round(dpi) for dpi in found}))


def _set(source: Any, capability: int, kind: int, value: float, what: str) -> None:
    """Set a capability and read it back, since drivers adjust silently. Raises DriverFault(UNSUPPORTED) if it differs."""
    refused = _try_set(source, capability, kind, value)
    taken = read_current(source, capability)
    if taken is None and refused is None:
        return
    if taken is None or abs(taken - value) > 0.01 * abs(value):
        reason = refused.fault.detail if refused is not None else f"the scanner takes {taken:g}"
        raise failure(FaultCode.UNSUPPORTED, f"{what}: asked for {value:g}, {reason}")


def _try_set(source: Any, capability: int, kind: int, value: float) -> DriverFault | None:
    """Set a capability where the source has it; gives the refusal. Raises DriverFault when the scanner itself fails."""
    try:
        with twain_errors("setting"):
            source.set_capability(capability, kind, value if kind == _FIX32 else int(value))
    except DriverFault as error:
        go_on_if_unsupported(error)
        return error
    return None


def go_on_if_unsupported(error: DriverFault) -> None:
    """Go on where only this one question was refused, in one of the ways in which drivers refuse."""
    if error.fault.code not in (FaultCode.UNSUPPORTED, FaultCode.IO_ERROR, FaultCode.ACCESS_DENIED):
        raise error


def _number(value: Any) -> float | None:
    """Give a value as a number: pytwain leaves fixed point numbers in lists as they are."""
    if hasattr(value, "Whole"):
        return float(value.Whole) + float(value.Frac) / 65536
    return float(value) if isinstance(value, int | float) else None


def _of_fix32_bits(bits: int) -> float:
    """Read 32 bits as TWAIN's fixed point number: a signed whole part below, the fraction above."""
    whole = bits & 0xFFFF
    return float(whole - (1 << 16 if whole >> 15 else 0)) + (bits >> 16) / 65536
