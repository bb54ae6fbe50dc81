"""What goes wrong with the practice scanner, and how slowly it works: ordered by the options of a request."""

from __future__ import annotations

import ctypes
import math
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from drivers.backend import DriverFault, failure
from drivers.contract import FaultCode, Option, OptionsRead, OptionType, Refusal
from drivers.wear import Wear

_REPORTED = {"jam": FaultCode.JAM, "double_feed": FaultCode.DOUBLE_FEED, "cover_open": FaultCode.COVER_OPEN}
_HARDER = {"empty", "stall", "segfault", "die", "die_after_rename", "truncate"}
_DEAD_WORKER = 9


@dataclass(frozen=True)
class Mishap:
    """The options of a practice scan.

    ``fault``: "" (none), jam, double_feed, cover_open, empty (the tray runs out), stall (deaf to everything),
    segfault, die (in mid-page), die_after_rename, truncate (the page's file is cut). ``fault_page`` counts from 1.
    ``page_delay`` and ``line_delay``: seconds a page, and a tenth of its lines, take. ``first_page``: where in the
    tray to begin, from 1. The others are those of drivers.wear.Wear.
    """

    fault: str = ""
    fault_page: int = 1
    first_page: int = 1
    page_delay: float = 0.0
    line_delay: float = 0.0
    lean: float = 0.0
    streak: float = 0.0
    yellow: float = 0.0
    true_dpi: float = 0.0

    @property
    def wear(self) -> Wear:
        """How worn the scanner is."""
        return Wear(self.lean, self.streak, self.yellow, self.true_dpi)

    def strikes(self, number: int, fault: str) -> bool:
        """Say whether this fault is due at page ``number``."""
        return self.fault == fault and self.fault_page == number

    def strike_scanner(self, number: int) -> None:
        """Let happen what happens while the sheet is being read. Raises DriverFault, or never returns."""
        if self.fault_page != number:
            return
        if self.fault in _REPORTED:
            raise failure(_REPORTED[self.fault])
        if self.fault == "stall":
            while True:
                time.sleep(60)
        if self.fault == "segfault":
            ctypes.string_at(0)

    def strike_file(self, number: int, data: bytes) -> Iterator[bytes]:
        """Give the page's file in pieces, as whole as the order says."""
        yield data[: len(data) // 2]
        if self.strikes(number, "die"):
            os._exit(_DEAD_WORKER)
        if not self.strikes(number, "truncate"):
            yield data[len(data) // 2 :]

    def strike_stored(self, number: int) -> None:
        """Let happen what happens between the page's safety and its message."""
        if self.strikes(number, "die_after_rename"):
            os._exit(_DEAD_WORKER)


def parse(options: Mapping[str, str]) -> Mishap:
    """Read the options of a request. Raises DriverFault(INVALID_REQUEST) for an unknown name or a bad value."""
    known = {"fault": _fault, "fault_page": _count, "first_page": _count, "page_delay": _seconds, "line_delay": _seconds}
    known |= {"lean": _lean, "streak": _seconds, "yellow": _share, "true_dpi": _seconds}
    unknown = set(options) - set(known)
    if unknown:
        raise failure(FaultCode.INVALID_REQUEST, f"unknown options: {', '.join(sorted(unknown))}")
    try:
        return Mishap(**{name: known[name](value) for name, value in options.items()})  # type: ignore[arg-type]
    except ValueError as error:
        raise failure(FaultCode.INVALID_REQUEST, f"practice scanner: {error}") from error


def listed(options: Mapping[str, str]) -> OptionsRead:
    """Give the options with the values of a request; those it cannot have keep their usual value and are refused."""
    refused = []
    for name, text in options.items():
        try:
            parse({name: text})
        except DriverFault as error:
            refused.append(Refusal(name, f"{name}: {error.fault.detail}"))
    bad = {one.name for one in refused}
    given = {name: text for name, text in options.items() if name not in bad}
    faults = ("", *sorted({*_REPORTED, *_HARDER}))
    return OptionsRead(
        (
            Option("fault", OptionType.STRING, "Mishap", "What goes wrong.", choices=faults, value=given.get("fault", "")),
            _number("fault_page", OptionType.INT, "Page of the mishap", given, "1"),
            _number("first_page", OptionType.INT, "First page of the tray", given, "1"),
            _number("page_delay", OptionType.FIXED, "Seconds a page takes", given, "0"),
            _number("line_delay", OptionType.FIXED, "Seconds a tenth of a page takes", given, "0"),
            replace(_number("lean", OptionType.FIXED, "Degrees by which sheets go in askew", given, "0"), low=-45.0, high=45.0),
            _number("streak", OptionType.FIXED, "Millimetres from the left to dirt on the glass", given, "0"),
            replace(_number("yellow", OptionType.FIXED, "Share of blue that is lost", given, "0"), high=1.0),
            replace(_number("true_dpi", OptionType.FIXED, "Dots per inch that the lens tells apart", given, "0"), high=1200.0),
        ),
        tuple(refused),
    )


def _number(name: str, kind: OptionType, title: str, given: Mapping[str, str], usual: str) -> Option:
    low, high = (1.0, 10_000.0) if kind is OptionType.INT else (0.0, 600.0)
    return Option(name, kind, title, low=low, high=high, value=given.get(name, usual))


def _fault(text: str) -> str:
    if text and text not in _REPORTED and text not in _HARDER:
        raise ValueError(f"unknown fault {text!r}")
    return text


def _count(text: str) -> int:
    if (number := int(text)) < 1:
        raise ValueError(f"{text} is below 1")
    return number


def _seconds(text: str) -> float:
    return _within(text, 0.0, math.inf)


def _lean(text: str) -> float:
    return _within(text, -45.0, 45.0)


def _share(text: str) -> float:
    return _within(text, 0.0, 1.0)


def _within(text: str, low: float, high: float) -> float:
    number = float(text)
    if not math.isfinite(number) or not low <= number <= high:
        raise ValueError(f"{text} is not a number from {low:g} to {high:g}")
    return number
