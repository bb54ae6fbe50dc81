"""Scan profiles: what a clerk chooses once and then starts with one key."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass, field

# The backend of the practice scanner.
PRACTICE = "virtual"
# F5 scans with the profile in use, so no profile has it.
PROFILE_KEYS = ("F2", "F3", "F4", "F6", "F7", "F8", "F9")


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


class Way(enum.StrEnum):
    """How the paper comes: in one go, pile by pile until the clerk says that it is all, or fronts first and then backs."""

    ONCE = "once"
    MORE = "more"
    TURN_OVER = "turn_over"


class Backs(enum.StrEnum):
    """The order in which the backs come once the pile was turned over: the last sheet first, or the first one first."""

    REVERSED = "reversed"
    SAME = "same"


class Blanks(enum.StrEnum):
    """What becomes of pages that the detector takes for blank: a flag, or taken out so that undo brings them back."""

    FLAG = "flag"
    REMOVE = "remove"
    REMOVE_BACKS = "remove_backs"


class AfterScan(enum.StrEnum):
    """What follows by itself when a scan is over."""

    NEXT_COMPONENT = "next_component"
    NEW_DOSSIER = "new_dossier"


@dataclass(frozen=True)
class ScannerName:
    """A scanner that can be chosen; ``device`` is the backend's own address, ``label`` is for people.

    ``identity`` is what it is known by when that address changes.
    """

    backend: str
    device: str
    label: str
    identity: str = ""


@dataclass(frozen=True)
class Profile:
    """How to scan. ``dpi`` in dots per inch; ``options`` are the backend's own, by name.

    ``identity`` is what its scanner is known by when the address in ``device`` changes; empty where that stays.
    ``key`` is one of PROFILE_KEYS, or empty for the next free one; ``locked`` ones come from the administrator.
    """

    name: str
    backend: str
    device: str
    source: Source = Source.FEEDER
    mode: ColorMode = ColorMode.COLOR
    dpi: int = 300
    paper: PaperSize = PaperSize.A4
    options: dict[str, str] = field(default_factory=dict)
    way: Way = Way.ONCE
    wait_for_paper: bool = False
    backs: Backs = Backs.REVERSED
    blanks: Blanks = Blanks.FLAG
    after: tuple[AfterScan, ...] = ()
    key: str = ""
    locked: bool = False
    identity: str = ""


def keys_of(profiles: Sequence[Profile]) -> tuple[str, ...]:
    """Give the key of each profile, empty where none is left: first those that name one, then the others in order."""
    taken = {profile.key for profile in profiles if profile.key}
    free = iter([key for key in PROFILE_KEYS if key not in taken])
    seen: set[str] = set()
    keys = []
    for profile in profiles:
        named = profile.key if profile.key not in seen else ""
        seen.add(named)
        keys.append(named or next(free, ""))
    return tuple(keys)
