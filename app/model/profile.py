"""Scan profiles: what a clerk chooses once and then starts with one key."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field


class Source(enum.StrEnum):
    """Where the scanner takes the sheet from; the same words as the driver contract."""

    FLATBED = "flatbed"
    FEEDER = "feeder"
    DUPLEX = "duplex"


class ColorMode(enum.StrEnum):
    """What a pixel holds; the same words as the driver contract."""

    COLOR = "color"
    GRAY = "gray"
    BITONAL = "bitonal"


class PaperSize(enum.StrEnum):
    """Paper by its usual name."""

    A4 = "A4"
    A5 = "A5"
    A3 = "A3"
    LETTER = "Letter"
    LEGAL = "Legal"
    CARD = "Card"

    @property
    def millimetres(self) -> tuple[float, float]:
        """Width and height of the upright sheet in millimetres (ISO 216, ISO/IEC 7810, ANSI)."""
        return _SIZES[self]


_SIZES = {
    PaperSize.A4: (210.0, 297.0),
    PaperSize.A5: (148.0, 210.0),
    PaperSize.A3: (297.0, 420.0),
    PaperSize.LETTER: (215.9, 279.4),
    PaperSize.LEGAL: (215.9, 355.6),
    PaperSize.CARD: (85.6, 54.0),
}


@dataclass(frozen=True)
class ScannerName:
    """A scanner that can be chosen; ``device`` is the backend's own address, ``label`` is for people."""

    backend: str
    device: str
    label: str


@dataclass(frozen=True)
class Profile:
    """How to scan. ``dpi`` in dots per inch; ``options`` are the backend's own, by name."""

    name: str
    backend: str
    device: str
    source: Source = Source.FEEDER
    mode: ColorMode = ColorMode.COLOR
    dpi: int = 300
    paper: PaperSize = PaperSize.A4
    options: dict[str, str] = field(default_factory=dict)
