"""What a check of a scanner found, and which of it is a reason to clean, mend or replace the scanner."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


class Trouble(enum.StrEnum):
    """What may be wrong with a scanner."""

    RESOLUTION = "resolution"
    SCALE = "scale"
    SKEW = "skew"
    STREAKS = "streaks"
    COLOUR = "colour"
    SPEED = "speed"


@dataclass(frozen=True)
class EquipmentCheck:
    """One check. ``driver`` and ``device`` are how the scanner was reached, ``identity`` what it is known by (with its
    serial number where it tells one).

    ``dpi`` was asked for; ``dpi_across`` and ``dpi_down`` are the distances of the sheet's marks; ``resolved_dpi`` is what
    the finest grating needs that can be told apart, ``expected_dpi`` the finest that has to be. ``skew`` in degrees
    clockwise (the worst), ``cast`` in levels of 255 towards ``tint``, ``width`` and ``height`` in pixels.
    ``pages_per_minute`` is 0 where one page alone was scanned; ``claimed_ppm`` is 0 where nobody said.
    """

    checked_at: datetime
    driver: str
    device: str
    label: str
    identity: str
    source: str
    mode: str
    dpi: int
    width: int
    height: int
    dpi_across: float
    dpi_down: float
    resolved_dpi: float
    expected_dpi: float
    skew: float
    streaks: int
    cast: float
    tint: str
    pages: int
    pages_per_minute: float
    claimed_ppm: float = 0.0
    operator: str = ""

    @property
    def scanner(self) -> str:
        """What tells this scanner from others in a list."""
        return self.identity or f"{self.driver}:{self.device}"

    @property
    def troubles(self) -> tuple[Trouble, ...]:
        """What is wrong, by LIMITS."""
        return tuple(trouble for trouble, wrong in LIMITS.judge(self).items() if wrong)


@dataclass(frozen=True)
class Limits:
    """From where on something is wrong: shares of what was asked or claimed, degrees, and gray levels."""

    scale: float = 0.015
    skew: float = 1.0
    cast: float = 12.0
    speed: float = 0.8

    def judge(self, check: EquipmentCheck) -> dict[Trouble, bool]:
        """Say of each trouble whether it is there."""
        off = max(abs(measured / check.dpi - 1) for measured in (check.dpi_across, check.dpi_down))
        return {
            Trouble.RESOLUTION: check.resolved_dpi < check.expected_dpi,
            Trouble.SCALE: off > self.scale,
            Trouble.SKEW: abs(check.skew) > self.skew,
            Trouble.STREAKS: check.streaks > 0,
            Trouble.COLOUR: check.cast > self.cast,
            Trouble.SPEED: 0 < check.pages_per_minute < self.speed * check.claimed_ppm,
        }


LIMITS = Limits()


def latest_of_each(checks: Iterable[EquipmentCheck]) -> tuple[EquipmentCheck, ...]:
    """Give the last check of each scanner, in the order in which the scanners were first seen."""
    last: dict[str, EquipmentCheck] = {}
    for check in sorted(checks, key=lambda each: each.checked_at):
        last[check.scanner] = check
    return tuple(last.values())


def tint_of(paper: tuple[float, float, float]) -> tuple[float, str]:
    """Give how far white paper (blue, green, red of 255) is from neutral, and towards which colour; "" where it is neutral."""
    spread = max(paper) - min(paper)
    if spread < 1:
        return 0.0, ""
    mean = sum(paper) / 3
    index = max(range(3), key=lambda number: abs(paper[number] - mean))
    names = ("blue", "green", "red") if paper[index] > mean else ("yellow", "magenta", "cyan")
    return spread, names[index]
