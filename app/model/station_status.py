"""How a station is, as it tells its centre: what waits, how much room there is, and its scanners."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.model.equipment import EquipmentCheck, Trouble

MOST_SCANNERS = 50


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
