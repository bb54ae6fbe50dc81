"""How a station is, as it tells its centre: what waits, how much room there is, and its scanners."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime

from app.model.equipment import EquipmentCheck, Trouble

MOST_SCANNERS = 50
_SIGNED = ("skew", "cast")  # of a check: what may be below nought
_MOST = 10**15  # far above any count here, and still exact as a float


@dataclass(frozen=True)
class ScannerState:
    """The last check of a scanner, and what was wrong with it."""

    check: EquipmentCheck
    troubles: tuple[Trouble, ...] = ()


@dataclass(frozen=True)
class StationStatus:
    """``waiting`` and ``refused`` count records in the outbox; ``free_mb`` is the room on the station's disk."""

    sent_at: datetime
    name: str
    waiting: int
    refused: int
    free_mb: int
    scanners: tuple[ScannerState, ...] = ()


def impossible_numbers(status: StationStatus) -> Iterator[str]:
    """Name, as ``scanners.0.check.dpi``, each number that is below nought although it counts, or beyond all measure."""
    numbers: dict[str, float] = {"waiting": status.waiting, "refused": status.refused, "free_mb": status.free_mb}
    for place, scanner in enumerate(status.scanners):
        for name, value in asdict(scanner.check).items():
            if isinstance(value, int | float):
                numbers[f"scanners.{place}.check.{name}"] = value
    for where, number in numbers.items():
        least = -_MOST if where.rpartition(".")[2] in _SIGNED else 0
        if not least <= number <= _MOST:  # which no NaN is
            yield where
