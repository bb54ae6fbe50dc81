"""The options of a scanner as the expert page and the command line show them; the same words as the driver contract."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class OptionKind(enum.StrEnum):
    """What an option holds; a button is pressed and holds nothing."""

    BOOL = "bool"
    INT = "int"
    FIXED = "fixed"
    STRING = "string"
    BUTTON = "button"


@dataclass(frozen=True)
class DeviceOption:
    """One option of a scanner as it is now; values are text that a profile keeps.

    ``low`` to ``high`` in steps of ``step`` (0: any), None where there is no range; ``unit`` is empty, mm, dpi, pixel, bit,
    percent or microsecond. ``count`` numbers are given together with spaces between where it is more than 1, as many as
    wanted with commas where it is 0; choices and range are then those of each. ``active`` is false while other options rule
    it out, ``settable`` for what nobody can set.
    """

    name: str
    title: str
    description: str
    group: str
    kind: OptionKind
    unit: str
    choices: tuple[str, ...]
    low: float | None
    high: float | None
    step: float
    value: str
    active: bool
    settable: bool
    advanced: bool
    count: int = 1


@dataclass(frozen=True)
class RefusedOption:
    """An option of a profile that the scanner does not take, and why; the name is empty for the profile's own fields."""

    name: str
    why: str


@dataclass(frozen=True)
class DeviceOptions:
    """All options of a scanner under a profile, and what of the profile it refuses."""

    device: str
    options: tuple[DeviceOption, ...]
    refused: tuple[RefusedOption, ...]
