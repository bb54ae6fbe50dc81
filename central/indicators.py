"""Indicators: formulas over facts, read from data, because what is counted changes with every decision from above."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter, ValidationError

from app.model.validity import holds
from central.facts import ALL_PROFILES, Flag

FORMAT = "sohoa-indicators/1"
FlagName = Literal["component_digitised", "result_digitised", "reused", "non_boundary", "data_entered", "all_present"]


class BadIndicators(ValueError):
    """The file of indicators cannot be used; the message says where it is wrong."""


@dataclass(frozen=True)
class Condition:
    """What must hold of a dossier: every flag of ``all``, one of ``any`` where any are named, and none of ``none``."""

    all: tuple[FlagName, ...] = ()
    any: tuple[FlagName, ...] = ()
    none: tuple[FlagName, ...] = ()

    def profiles(self) -> frozenset[int]:
        """Give the profiles for which it holds."""
        every, some, no = (_bits(names) for names in (self.all, self.any, self.none))
        return frozenset(
            profile
            for profile in ALL_PROFILES
            if profile & every == every and (not some or profile & some) and not profile & no
        )


def _bits(names: tuple[FlagName, ...]) -> int:
    return sum(Flag[name.upper()] for name in names)


@dataclass(frozen=True)
class Words:
    """A name in both languages."""

    vi: str
    en: str


@dataclass(frozen=True)
class Indicator:
    """A share in percent: of the dossiers in ``denominator``, those that are in ``numerator`` too.

    From ``full_at`` percent on it brings all ``points``, below in proportion (QĐ 766/QĐ-TTg); 0 points: it is not scored.
    """

    code: str
    name: Words
    numerator: Condition
    denominator: Condition
    points: float = 0.0
    full_at: float = 80.0
    source: str = ""
    valid_from: date | None = None
    valid_to: date | None = None

    @property
    def base(self) -> frozenset[int]:
        """The profiles of its denominator."""
        return self.denominator.profiles()

    @property
    def reached(self) -> frozenset[int]:
        """The profiles of its numerator, which never leaves the denominator."""
        return self.base & self.numerator.profiles()


@dataclass(frozen=True)
class Uncounted:
    """An indicator that somebody will look for and that is not counted here, and why."""

    code: str
    name: Words
    reason: Words


@dataclass(frozen=True)
class Share:
    """So many of so many; nothing of nothing is no share, which is not 0."""

    reached: int = 0
    base: int = 0

    def __add__(self, other: Share) -> Share:
        return Share(self.reached + other.reached, self.base + other.base)

    @property
    def percent(self) -> float | None:
        """The share with two decimals, None for 0/0."""
        return round(100 * self.reached / self.base, 2) if self.base else None

    def score(self, indicator: Indicator) -> float | None:
        """The points that it brings, None where there is no share or no points."""
        if self.percent is None or not indicator.points:
            return None
        return round(min(1.0, self.percent / indicator.full_at) * indicator.points, 2)


@dataclass(frozen=True)
class _File:
    format: Literal["sohoa-indicators/1"]
    indicators: tuple[Indicator, ...]
    source: str = ""
    not_counted: tuple[Uncounted, ...] = ()


_FILE = TypeAdapter(_File)


@functools.lru_cache(maxsize=4)
def _read(content: bytes) -> _File:
    try:
        found = _FILE.validate_json(content)
    except ValidationError as error:
        place = ".".join(map(str, error.errors(include_input=False, include_url=False)[0]["loc"]))
        raise BadIndicators(f"wrong at {place}" if place else "no JSON, or not an object") from error
    codes = [indicator.code for indicator in found.indicators]
    if not codes or len(set(codes)) != len(codes):
        raise BadIndicators("there must be indicators, each with a code of its own")
    return found


def read_indicators(path: Path) -> tuple[Indicator, ...]:
    """Read the file of indicators. Raises BadIndicators or OSError."""
    return _read(path.read_bytes()).indicators


def read_uncounted(path: Path) -> tuple[Uncounted, ...]:
    """Read from the same file what is not counted. Raises BadIndicators or OSError."""
    return _read(path.read_bytes()).not_counted


def chosen(indicators: tuple[Indicator, ...], code: str, day: date) -> Indicator:
    """Give the indicator of a code, or the first that is valid on that day."""
    named = next((indicator for indicator in indicators if indicator.code == code), None)
    return named or next((indicator for indicator in indicators if holds(indicator, day)), indicators[0])
