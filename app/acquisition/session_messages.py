"""What a session at the scanner is told and what it asks for: its plan, its stages, its events and its commands."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field

from app.errors import SohoaError
from app.model.order import Spot
from app.model.profile import PRACTICE, Backs, Profile, Source, Way


class Stage(enum.StrEnum):
    """Where a session stands. In all but the first three and the last one a person has to act."""

    READY = "ready"
    SCANNING = "scanning"
    PAPER = "paper"
    NEXT = "next"
    TURN = "turn"
    UNEVEN = "uneven"
    PUT_BACK = "put_back"
    OVER = "over"


ASKING = frozenset({Stage.NEXT, Stage.TURN, Stage.UNEVEN, Stage.PUT_BACK})


@dataclass(frozen=True)
class Plan:
    """What the clerk wants. ``sides``: pages that each sheet gives, 1 or 2; ``spot``: where in the dossier they go."""

    way: Way = Way.ONCE
    sides: int = 1
    wait_for_paper: bool = False
    backs: Backs = Backs.REVERSED
    spot: Spot = field(default_factory=Spot)

    @property
    def most(self) -> int | None:
        """How many pages a batch gives at most: instead of a page comes one sheet, the rest stays in the tray."""
        return self.sides if self.spot.instead_of else None


def plan_of(profile: Profile, spot: Spot | None = None) -> Plan:
    """Give the plan of a profile.

    The glass takes page after page and cannot tell whether paper lies on it. Instead of a page comes one sheet, however paper
    comes otherwise. The tray of the practice scanner is never empty, so it is not waited for between piles.
    """
    glass = profile.source is Source.FLATBED
    way = Way.MORE if glass and profile.way is Way.ONCE else profile.way
    sides = 2 if profile.source is Source.DUPLEX else 1
    if (way is Way.TURN_OVER and sides == 2) or (spot is not None and spot.instead_of):
        way = Way.ONCE
    never_empty = glass or (way is Way.MORE and profile.backend == PRACTICE)
    return Plan(way, sides, profile.wait_for_paper and not never_empty, profile.backs, spot or Spot())


# --- events --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Begin:
    """The clerk starts."""


@dataclass(frozen=True)
class Kept:
    """A page is committed at the end of the dossier."""

    page: str


@dataclass(frozen=True)
class BatchEnded:
    """The batch is over as it should be, or by Stop; ``undelivered`` sides left the tray and gave no page."""

    undelivered: int = 0
    stopped: bool = False


@dataclass(frozen=True)
class BatchFailed:
    """The batch broke off; ``empty`` where there was no paper."""

    error: SohoaError
    empty: bool = False


@dataclass(frozen=True)
class GoOn:
    """The clerk did what was asked: the next page lies there, the pile is turned, the sheets are back."""


@dataclass(frozen=True)
class Done:
    """That was all."""


@dataclass(frozen=True)
class Stop:
    """The clerk wants the batch to end: after the sheet in progress, and asked again at once."""


Event = Begin | Kept | BatchEnded | BatchFailed | GoOn | Done | Stop


# --- commands ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ScanBatch:
    """Start a batch after ``delay`` seconds, of ``most`` pages or of all that lie there."""

    delay: float = 0.0
    most: int | None = None


@dataclass(frozen=True)
class EndBatch:
    """End the batch, after the sheet in progress or at once."""

    at_once: bool


class Bringing(enum.StrEnum):
    """Why pages are brought to another place; the clerk sees it as the name of what can be undone."""

    INSERT = "insert"
    REPLACE = "replace"
    INTERLEAVE = "interleave"


@dataclass(frozen=True)
class Bring:
    """Put these pages to the spot, in this order, and take out those that they stand for.

    ``joined``: one action with the last one of its kind, to be undone together.
    """

    why: Bringing
    pages: tuple[str, ...]
    spot: Spot = field(default_factory=Spot)
    gone: tuple[str, ...] = ()
    joined: bool = False


@dataclass(frozen=True)
class Close:
    """The session is over."""


Command = ScanBatch | EndBatch | Bring | Close
