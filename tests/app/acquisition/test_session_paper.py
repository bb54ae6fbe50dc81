"""Sessions against simulated paper: whatever jams, double-feeds and stops come, the dossier holds each side once, in order."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import count

from hypothesis import given, settings
from hypothesis import strategies as st

from app.acquisition.errors import FeederEmpty, PaperJam
from app.acquisition.session import Session
from app.acquisition.session_messages import (
    ASKING,
    BatchEnded,
    BatchFailed,
    Begin,
    Bring,
    Close,
    Done,
    EndBatch,
    Event,
    GoOn,
    Kept,
    Plan,
    ScanBatch,
    Stage,
    Stop,
)
from app.model.order import Spot, brought
from app.model.page import Page, Provenance
from app.model.profile import Backs, Way

JAM = PaperJam(scanner="x", sheet=1, safe=0, detail="")
EMPTY = FeederEmpty(scanner="x", sheet=1, safe=0, detail="")
ORIGIN = Provenance("b", 1, "", "feeder", "front", "color", 300, datetime(2026, 1, 1, tzinfo=UTC), "")
OLD = ["old-1", "old-2", "old-3"]


class Desk:
    """A dossier with three pages, a scanner whose mishaps come from a list, and a clerk who does what is asked."""

    def __init__(self, plan: Plan, sheets: int, mishaps: list[str]) -> None:
        self.session = Session(plan)
        self.mishaps = iter(mishaps)
        self.serial = count(1)
        self.shows: dict[str, str] = {}
        self.dossier = [_page(name, at) for at, name in enumerate(OLD)]
        self.sheets = [str(number) for number in range(1, sheets + 1)]
        self.tray = list(self.sheets)
        self.side = "f"

    def run(self) -> None:
        """Go on until the session is over."""
        event: Event = Begin()
        for _ in range(500):
            commands = self.tell(event)
            if Close() in commands:
                return
            batch = next((command for command in commands if isinstance(command, ScanBatch)), None)
            event = self.scan(batch.most) if batch else self.answer()
        raise AssertionError("the session does not come to an end")

    def tell(self, event: Event) -> tuple:
        commands = self.session.handle(event, 0.0)
        for command in commands:
            if isinstance(command, Bring):
                changed = {page.id: page for page in brought(self.dossier, command.pages, command.spot, command.gone)}
                pages = [changed.get(page.id, page) for page in self.dossier]
                self.dossier = sorted((page for page in pages if not page.deleted), key=lambda page: page.position)
        return commands

    def scan(self, most: int | None) -> Event:
        """Take sheets in until the tray is empty, enough came or something happens; gives how the batch ended."""
        if not self.tray:
            return BatchFailed(EMPTY, empty=True)
        while self.tray:
            mishap = next(self.mishaps, "")
            if mishap == "jam":
                return BatchFailed(JAM)
            if mishap == "stop":
                assert self.tell(Stop()) == (EndBatch(at_once=False),)
                return BatchEnded(undelivered=min(3, len(self.tray)) * self.session.plan.sides, stopped=True)
            sheet = self.tray.pop(0)
            if self.session.plan.sides == 1:
                self.deliver(sheet + self.side)
                if most:
                    break
                continue
            self.deliver(sheet + "f")
            if mishap == "half":
                return BatchFailed(JAM)
            self.deliver(sheet + "b")
            if most:
                break
        return BatchEnded()

    def deliver(self, side: str) -> None:
        page = f"{side}#{next(self.serial)}"
        self.shows[page] = side
        self.dossier.append(_page(page, max(item.position for item in self.dossier) + 1))
        self.tell(Kept(page))

    def answer(self) -> Event:
        """Do what the session asks for."""
        session = self.session
        assert session.stage in ASKING
        if session.stage is Stage.TURN:
            self.side = "b"
            self.tray = self.sheets[::-1] if session.plan.backs is Backs.REVERSED else list(self.sheets)
        elif session.stage is Stage.PUT_BACK:
            order = self.sheets if self.side == "f" or session.plan.backs is Backs.SAME else self.sheets[::-1]
            self.tray = order[session.sheet - 1 :]
        elif session.stage is Stage.NEXT:
            return Done()
        return GoOn() if self.tray else Done()

    def sides(self) -> list[str]:
        return [self.shows.get(page.id, page.id) for page in self.dossier]


def _page(name: str, position: int) -> Page:
    return Page(name, "d", position, name, "", 1, 1, replace(ORIGIN, batch=name))


SPOTS = st.sampled_from([Spot(), Spot(before="old-2"), Spot(after="old-1"), Spot(instead_of="old-2")])


@settings(max_examples=300, deadline=None, derandomize=True)
@given(
    sheets=st.integers(1, 8),
    kind=st.sampled_from(["feeder", "duplex", "reversed", "same", "more"]),
    spot=SPOTS,
    mishaps=st.lists(st.sampled_from(["", "", "jam", "half", "stop"]), max_size=25),
)
def test_each_side_is_there_once_and_in_order(sheets: int, kind: str, spot: Spot, mishaps: list[str]) -> None:
    by_hand = kind in ("reversed", "same")
    way = Way.TURN_OVER if by_hand else Way.MORE if kind == "more" else Way.ONCE
    if spot.instead_of:
        way, by_hand = Way.ONCE, False  # as plan_of has it
    plan = Plan(way, 2 if kind == "duplex" else 1, False, Backs.SAME if kind == "same" else Backs.REVERSED, spot)
    # A jam before the first page ends the session: the clerk starts anew, as he would have without one.
    first = next((at for at, mishap in enumerate(mishaps) if mishap not in ("jam",)), len(mishaps))
    desk = Desk(plan, sheets, mishaps[first:])
    desk.run()
    two = by_hand or kind == "duplex"
    came = 1 if spot.instead_of else sheets
    new = [f"{number}{side}" for number in range(1, came + 1) for side in ("fb" if two else "f")]
    at = {"": 3, "old-2": 1, "old-1": 1}[spot.anchor]
    kept = [page for page in OLD if page != spot.instead_of]
    assert desk.sides() == [*kept[:at], *new, *kept[at:]]


@settings(max_examples=300, deadline=None, derandomize=True)
@given(
    plan=st.builds(
        Plan,
        st.sampled_from(Way),
        st.sampled_from([1, 2]),
        st.booleans(),
        st.sampled_from(Backs),
        st.sampled_from([Spot(before="x"), Spot(instead_of="x")]),
    ),
    choices=st.lists(st.integers(0, 5), max_size=60),
)
def test_no_order_of_events_loses_a_page_or_runs_two_batches(plan: Plan, choices: list[int]) -> None:
    session = Session(plan)
    serial = count(1)
    told: set[str] = set()
    gone: set[str] = set()
    running = False
    events: list[Event] = [Begin()]
    for choice in choices:
        every = (Kept(f"p{next(serial)}"), BatchEnded(), BatchEnded(2, True), BatchFailed(JAM), BatchFailed(EMPTY, True))
        possible = [event for event in (*events, *every, GoOn(), Done(), Stop()) if session.expects(event)]
        if not possible:
            break
        event = possible[choice % len(possible)]
        commands = session.handle(event, float(choice))
        running = running and not isinstance(event, BatchEnded | BatchFailed)
        if isinstance(event, Kept):
            told.add(event.page)
        for command in commands:
            assert not (isinstance(command, ScanBatch) and running)
            running = running or isinstance(command, ScanBatch)
            if isinstance(command, Bring):
                assert set(command.pages) <= told
                gone |= set(command.gone)
        assert running == (session.stage in (Stage.SCANNING, Stage.PAPER))
        assert len(set(session.pages)) == len(session.pages)
    assert set(session.pages) <= told
    assert len(gone) <= len(told - set(session.pages))
