"""What to do next, decided without touching anything: entries, the time and what happened go in, one step comes out.

Before the first record, and after every pause, the centre is asked whether it is there and knows the station: an
outage then costs one small question and no record's try. Oldest first; a record that fails waits by itself.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from app.model.outbox import OutboxEntry

FIRST_DELAY = timedelta(seconds=2)
LONGEST_DELAY = timedelta(minutes=10)
LONGEST_PAUSE = timedelta(minutes=2)
IDLE_CHECK = timedelta(minutes=5)


class Outcome(enum.Enum):
    """What came of a step."""

    REACHED = "the centre answered and knows the station"
    ACCEPTED = "the record has its receipt"
    REFUSED = "the centre refused the record for good"
    FAILED = "this record failed, the centre is there"
    OFFLINE = "the centre cannot be reached"
    STOPPED = "nothing can be sent until someone acts"


class Standing(enum.Enum):
    """What is known of the centre."""

    UNKNOWN = "unknown"
    ONLINE = "online"
    OFFLINE = "offline"
    STOPPED = "stopped"


@dataclass(frozen=True)
class Probe:
    """Ask the centre whether it is there."""


@dataclass(frozen=True)
class Send:
    """Send this entry."""

    entry: OutboxEntry


@dataclass(frozen=True)
class Wait:
    """Do nothing until then; None means until something changes."""

    until: datetime | None


Step = Probe | Send | Wait


@dataclass(frozen=True)
class Plan:
    """What is remembered between steps. A new plan knows nothing and begins by asking."""

    standing: Standing = Standing.UNKNOWN
    failures: int = 0
    ask_at: datetime | None = None


def next_step(plan: Plan, entries: Iterable[OutboxEntry], now: datetime) -> Step:
    """Choose the next step for the unsent ``entries`` at this moment."""
    if plan.standing is Standing.STOPPED:
        return Wait(None)
    if plan.ask_at is None or is_due(plan.ask_at, now):
        return Probe()
    if plan.standing is Standing.OFFLINE:
        return Wait(plan.ask_at)
    waking = plan.ask_at
    for entry in _firsts(entries):
        if is_due(entry.next_try_at, now):
            return Send(entry)
        waking = min(waking, entry.next_try_at)
    return Wait(waking)


def due(entries: Iterable[OutboxEntry], now: datetime) -> Iterator[OutboxEntry]:
    """Give the entries that may be sent at this moment, in their order."""
    return (entry for entry in _firsts(entries) if is_due(entry.next_try_at, now))


def _firsts(entries: Iterable[OutboxEntry]) -> Iterator[OutboxEntry]:
    """The first entry of each dossier, oldest first: the centre takes revisions in order, so a later one waits."""
    begun: set[str] = set()
    for entry in sorted(entries, key=lambda entry: (entry.created_at, entry.revision, entry.id)):
        if entry.dossier_id not in begun:
            yield entry
        begun.add(entry.dossier_id)


def after(plan: Plan, outcome: Outcome, now: datetime, spread: float, asked: timedelta = timedelta(0)) -> Plan:
    """Remember what came of a step; ``spread`` is a random number from 0 to 1, ``asked`` the pause that the centre wants."""
    if outcome is Outcome.STOPPED:
        return replace(plan, standing=Standing.STOPPED)
    if outcome is Outcome.OFFLINE:
        failures = plan.failures + 1
        return Plan(Standing.OFFLINE, failures, now + max(asked, delay(failures, spread, LONGEST_PAUSE)))
    return Plan(Standing.ONLINE, 0, now + IDLE_CHECK)


def delay(attempts: int, spread: float, longest: timedelta = LONGEST_DELAY) -> timedelta:
    """Say how long to wait after so many failures: doubled each time, the upper half of it at random.

    The chance keeps the stations of a province from coming back all at once when their server does.
    """
    doubled = FIRST_DELAY * (1 << min(max(attempts, 1) - 1, 16))
    return min(doubled, longest) * (0.5 + spread / 2)


def is_due(moment: datetime, now: datetime) -> bool:
    """Say whether a moment has come. One further off than any delay was set by a clock that was wrong: it has come too."""
    return moment <= now or moment > now + LONGEST_DELAY
