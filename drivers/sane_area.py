"""The scan area of a SANE device: the asked paper at the origin, in whatever units, names and limits the device has."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Protocol

from drivers.backend import MM_PER_INCH, failure
from drivers.contract import FaultCode, Option, OptionType, ScanRequest, Unit
from drivers.sane_quirks import FEEDER_PAPER, HEIGHTS_MM, OWN_PAPER_WORDS, PAPER_PRESETS, WIDTHS_MM, is_centred

PAPER_TOLERANCE_MM = 3.0
# For devices that do not say how large their paper is.
A4_MM = (210.0, 297.0)
_CORNERS = (("tl-x", "br-x", WIDTHS_MM), ("tl-y", "br-y", HEIGHTS_MM))
_PAPERS = {"a4": (210.0, 297.0), "a5": (148.0, 210.0), "a3": (297.0, 420.0), "letter": (215.9, 279.4), "legal": (215.9, 355.6)}

Range = tuple[float, float]


class Options(Protocol):
    """What finds options."""

    def find(self, name: str) -> Option | None:
        """Give one option as it is now."""


class Setter(Options, Protocol):
    """What finds and sets options."""

    def put(self, name: str, text: str) -> None:
        """Set an option. Raises DriverFault."""


def reach_mm(device: Options, dpi: float) -> tuple[float, float]:
    """Give the width and height (millimetres) that the device reaches now; A4 where what it says cannot be."""
    found = []
    for (low, high, plausible), usual, paper in zip(_CORNERS, A4_MM, FEEDER_PAPER, strict=True):
        ends = [_highest_mm(device.find(name), dpi, plausible) for name in (high, paper, low)]
        known = [end for end in ends if 0 < end < math.inf]
        # The far corner ends at the paper in force; how long that may be is said by the paper's own option.
        found.append(max(known[:2]) if known else usual)
    return found[0], found[1]


def largest(reaches: Iterable[tuple[float, float]]) -> tuple[float, float]:
    """Give the largest width and the largest height."""
    widths, heights = zip(*reaches, strict=True)
    return max(widths), max(heights)


def set_paper(setter: Setter, request: ScanRequest, dpi: int, *, centred_in: str = "") -> None:
    """Put the asked paper at the origin, or in the middle of a feeder that centres its sheets.

    ``centred_in`` is the device's name for the source in force. Raises DriverFault(UNSUPPORTED) for paper beyond its reach.
    """
    asked = (request.paper_width_mm, request.paper_height_mm)
    _set_preset(setter, asked)
    for name, length in zip(FEEDER_PAPER, asked, strict=True):
        option = setter.find(name)
        if option is not None and option.usable:
            setter.put(name, _text(option, _within(option, length, dpi), dpi))
    centred = is_centred(centred_in)
    for (first, last, plausible), length in zip(_CORNERS, asked, strict=True):
        _set_side(setter, (first, last), (plausible, length), dpi, centred=centred and first == "tl-x")


def _set_side(setter: Setter, names: tuple[str, str], wanted: tuple[Range, float], dpi: int, *, centred: bool) -> None:
    (first, last), (plausible, length) = names, wanted
    if _is_swapped(setter.find(first), setter.find(last)):
        first, last = last, first
    far = setter.find(last)
    if far is None or not far.usable or _highest_mm(far, dpi, (plausible[0], math.inf)) == 0.0:
        return  # The device gives its whole area, or says of it what would cut every page.
    reached = _within(far, length, dpi)
    near = setter.find(first)
    offset = (_highest_mm(far, dpi, plausible) - reached) / 2 if centred else 0.0
    if near is not None and near.usable:
        lowest = near.low or 0.0
        setter.put(first, _text(near, offset, dpi) if offset > 0 else _number(near, lowest))
    setter.put(last, _text(far, reached + max(0.0, offset), dpi))


def _set_preset(setter: Setter, asked: tuple[float, float]) -> None:
    """Let the area be set by hand, or choose the paper by its name where that is all there is."""
    for option in filter(None, (setter.find(name) for name in PAPER_PRESETS)):
        if not option.usable or not option.choices:
            continue
        own = next((choice for choice in option.choices if any(word in choice.casefold() for word in OWN_PAPER_WORDS)), "")
        named = next((choice for choice in option.choices if _PAPERS.get(choice.casefold()) == asked), "")
        if own or named:
            setter.put(option.name, own or named)


def _is_swapped(near: Option | None, far: Option | None) -> bool:
    """Say whether a driver has mixed up the corners: the one that should be near goes far, the other nowhere."""
    return near is not None and far is not None and (far.high or 0.0) <= 0.0 < (near.high or 0.0) and far.high is not None


def _highest_mm(option: Option | None, dpi: float, plausible: Range) -> float:
    """Give how far an option goes in millimetres: infinity without a limit, 0 where what the driver says cannot be."""
    if option is None:
        return 0.0
    if option.high is None:
        return math.inf if option.settable and not option.choices else 0.0
    reach = option.high
    if option.unit is Unit.PIXEL:
        reach = reach / dpi * MM_PER_INCH if dpi else 0.0
    return reach if plausible[0] <= reach <= plausible[1] else 0.0


def _within(option: Option, length_mm: float, dpi: int) -> float:
    """Give the length that the device can do, at most a little shorter. Raises DriverFault(UNSUPPORTED)."""
    if option.high is None:
        return length_mm
    reach = option.high / dpi * MM_PER_INCH if option.unit is Unit.PIXEL else option.high
    if length_mm > reach + PAPER_TOLERANCE_MM:
        raise failure(
            FaultCode.UNSUPPORTED, f"the paper is {length_mm:g} mm long or wide, the scanner's reach is {reach:.0f} mm"
        )
    return min(length_mm, reach)


def _text(option: Option, length_mm: float, dpi: int) -> str:
    return _number(option, length_mm / MM_PER_INCH * dpi if option.unit is Unit.PIXEL else length_mm)


def _number(option: Option, number: float) -> str:
    if option.type is OptionType.FIXED and option.unit is not Unit.PIXEL:
        return f"{number:.6g}"
    # A whole millimetre more rather than a cut edge.
    whole = round(number) if option.unit is Unit.PIXEL else math.ceil(number - 0.01)
    return str(min(whole, math.floor(option.high)) if option.high is not None else whole)
