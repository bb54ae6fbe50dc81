"""Validity: what holds from one day to another, both included, an open end being None."""

from __future__ import annotations

from datetime import date
from typing import Protocol


class Dated(Protocol):
    """Anything with validity dates."""

    @property
    def valid_from(self) -> date | None:
        """The first day."""

    @property
    def valid_to(self) -> date | None:
        """The last day."""


def holds(item: Dated, day: date) -> bool:
    """Say whether something is valid on that day."""
    return (item.valid_from is None or item.valid_from <= day) and (item.valid_to is None or day <= item.valid_to)


def runs_backwards(item: Dated) -> bool:
    """Say whether something ends before it starts, which is a typing error."""
    return item.valid_from is not None and item.valid_to is not None and item.valid_to < item.valid_from


def overlap(one: Dated, other: Dated) -> bool:
    """Say whether two are valid on a common day."""
    first = max(one.valid_from or date.min, other.valid_from or date.min)
    return first <= min(one.valid_to or date.max, other.valid_to or date.max)
