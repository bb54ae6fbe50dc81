"""Values of a device's options: text as people and settings hold it, checked against what the device allows."""

from __future__ import annotations

import math
import re

from drivers.backend import failure
from drivers.contract import FaultCode, Option, OptionType

YES, NO = "yes", "no"
_SWITCHES = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
_TOLERANCE = 0.01


def text_of(kind: OptionType, value: object) -> str:
    """Give a device's value as text."""
    if kind is OptionType.BOOL:
        return YES if value else NO
    if kind is OptionType.FIXED and isinstance(value, int | float):
        return f"{value:.6g}"
    return str(value)


def value_of(option: Option, text: str) -> str | float:
    """Give the value that ``text`` means for an option: text, a whole or a real number, 0 or 1 for a switch.

    Raises DriverFault: INVALID_REQUEST for what cannot be such a value, UNSUPPORTED for what this device does not offer.
    """
    try:
        value = _converted(option.type, text)
    except (ValueError, OverflowError) as error:
        raise failure(FaultCode.INVALID_REQUEST, f"{option.name}: {error}") from error
    if option.choices and option.count == 1 and not any(agree(option, text, choice) for choice in option.choices):
        raise failure(FaultCode.UNSUPPORTED, f"{option.name}: asked for {text}, the scanner takes {', '.join(option.choices)}")
    if isinstance(value, str) or option.type is OptionType.BOOL:
        return value
    # A range may have one end only.
    low = -math.inf if option.low is None else option.low
    high = math.inf if option.high is None else option.high
    if not low - _slack(option, value) <= value <= high + _slack(option, value):
        raise failure(FaultCode.UNSUPPORTED, f"{option.name}: asked for {text}, the scanner takes {low:g} to {high:g}")
    return value


def same(option: Option, asked: str | float, taken: str | float) -> bool:
    """Say whether a device took what it was asked for, give or take its own step."""
    if isinstance(asked, str) and isinstance(taken, str):
        return asked.split() == taken.split()
    if isinstance(asked, str) or isinstance(taken, str):
        return asked == taken
    return abs(taken - asked) <= _slack(option, asked)


def agree(option: Option, asked: str, taken: str) -> bool:
    """Say whether two texts mean the same value of an option; a device may hold what is no such value at all."""
    try:
        return same(option, _converted(option.type, asked), _converted(option.type, taken))
    except (ValueError, OverflowError):
        return asked == taken


def first_number(text: str) -> float | None:
    """Give the number at the beginning of a device's words, as in "300dpi"; None where there is none."""
    found = re.match(r"\s*(\d+(?:\.\d+)?)", text)
    return float(found[1]) if found else None


def _slack(option: Option, asked: float) -> float:
    return max(option.step, _TOLERANCE * abs(asked))


def _converted(kind: OptionType, text: str) -> str | float:
    if kind is OptionType.STRING:
        return text
    if kind is OptionType.BOOL:
        if text.casefold() not in _SWITCHES:
            raise ValueError(f"{text!r} is neither yes nor no")
        return int(_SWITCHES[text.casefold()])
    number = float(text) if kind is OptionType.FIXED else int(text)
    if not math.isfinite(number):
        raise ValueError(f"{text!r} is no number")
    return number
