"""A clerk's session at the scanner, decided without a scanner: events in, commands out, the clock passed in.

A session brings the pages of one or more batches into a dossier in the order of the paper. A *pile* is what the clerk puts in
at once; a pile whose batch broke off is gone on with from the sheet after the last one that is kept whole.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.acquisition.session_messages import (
    ASKING,
    BatchEnded,
    BatchFailed,
    Begin,
    Bring,
    Bringing,
    Close,
    Command,
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
from app.errors import SohoaError
from app.model.order import Spot
from app.model.profile import Backs, Way

POLL_SECONDS = 2.0
WAIT_LIMIT_SECONDS = 1800.0

_IN_BATCH: frozenset[type[Event]] = frozenset({Kept, BatchEnded, BatchFailed, Stop})
_EXPECTED: dict[Stage, frozenset[type[Event]]] = {
    Stage.READY: frozenset({Begin}),
    Stage.SCANNING: _IN_BATCH,
    Stage.PAPER: _IN_BATCH | {Done},
    **dict.fromkeys(ASKING, frozenset({GoOn, Done})),
    Stage.OVER: frozenset(),
}


class Unexpected(ValueError):
    """An event that cannot come in this stage."""


class Session:
    """The machine. It knows pages by their ids only; every page that it was told of keeps its place or has a successor."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.stage = Stage.READY
        self.pile_number = 1
        self.undelivered = 0
        self.trouble: SohoaError | None = None
        self.stopping = False
        self.turned = False
        self.fronts: tuple[str, ...] = ()
        self.backs: tuple[str, ...] = ()
        self.complete = plan.way is not Way.TURN_OVER and not plan.most
        self._pile: list[str] = []
        self._batch: list[str] = []
        self._pages: list[str] = []
        self._went_on = False
        self._lone = ""
        self._gone: list[str] = []
        self._old_backs: list[str] = []
        self._last = ""
        self._waiting_since = 0.0

    @property
    def pages(self) -> tuple[str, ...]:
        """The pages of the session that count, in the order of the paper as far as it is known."""
        return tuple(self._pages)

    @property
    def pile(self) -> tuple[str, ...]:
        """The pages of the pile in hand."""
        return tuple(self._pile)

    @property
    def sheet(self) -> int:
        """The number, in its pile, of the sheet that comes next (from 1)."""
        return len(self._pile) // self.plan.sides + 1

    @property
    def last_whole(self) -> str:
        """The last page of the last sheet of the pile that is kept whole, empty where there is none."""
        whole = len(self._pile) // self.plan.sides * self.plan.sides
        return self._pile[whole - 1] if whole else ""

    @property
    def _replaced(self) -> bool:
        """Whether a whole sheet came instead of the page: no more are wanted."""
        return self.plan.most is not None and self.complete

    def expects(self, event: Event) -> bool:
        """Say whether the event can come now; a key may be pressed just as a batch ends."""
        return type(event) in _EXPECTED[self.stage]

    def handle(self, event: Event, now: float) -> tuple[Command, ...]:
        """Take an event at ``now`` (seconds of a clock that only goes forward); gives what is to be done. Raises Unexpected."""
        if not self.expects(event):
            raise Unexpected(f"{type(event).__name__} while {self.stage}")
        match event:
            case Begin():
                return self._scan()
            case Kept():
                return self._keep(event.page)
            case BatchEnded():
                return self._ended(event, now)
            case BatchFailed():
                return self._failed(event, now)
            case GoOn():
                return self._go_on()
            case Done():
                return self._done(now)
            case Stop():
                return self._stop()

    # --- while a batch runs ----------------------------------------------------------------------

    def _scan(self, delay: float = 0.0) -> tuple[Command, ...]:
        self.stage = Stage.PAPER if delay else Stage.SCANNING
        return (ScanBatch(delay, self.plan.most),)

    def _keep(self, page: str) -> tuple[Command, ...]:
        self.stage = Stage.SCANNING
        if self._lone:  # the sheet came again from its front
            self._pages.remove(self._lone)
            self._gone.append(self._lone)
            self._lone = ""
        commands = self._to_its_place(page)
        for pages in (self._batch, self._pile, self._pages):
            pages.append(page)
        return commands + (self._replace() if len(self._pile) == self.plan.most else ())

    def _to_its_place(self, page: str) -> tuple[Command, ...]:
        """Bring a page to the spot as it comes, after the one before it; those of a batch are undone together."""
        if not self.plan.spot.anchor or self.plan.most:
            return ()
        spot = Spot(after=self._last) if self._last else self.plan.spot
        self._last = page
        return (Bring(Bringing.INSERT, (page,), spot, joined=bool(self._batch)),)

    def _replace(self) -> tuple[Command, ...]:
        """Bring the sheet instead of the page, once both sides are there that it may have."""
        self.complete = True
        gone, self._gone = tuple(self._gone), []
        return (Bring(Bringing.REPLACE, tuple(self._pages), self.plan.spot, gone),)

    def _stop(self) -> tuple[Command, ...]:
        at_once, self.stopping = self.stopping, True
        return (EndBatch(at_once),)

    def _ended(self, event: BatchEnded, now: float) -> tuple[Command, ...]:
        settled = self._settle()
        stopped = self.stopping or event.stopped
        self.stopping = False
        self.undelivered = event.undelivered
        if event.undelivered and not self._replaced:
            self.stage = Stage.PUT_BACK
            return settled
        return settled + (self._close() if stopped else self._pile_over(now))

    def _failed(self, event: BatchFailed, now: float) -> tuple[Command, ...]:
        nothing_came = not self._batch
        settled = self._settle()
        stopped, self.stopping = self.stopping, False
        if event.empty and nothing_came:
            if stopped:
                return settled + self._close()
            if self._may_wait(now):
                return settled + self._scan(POLL_SECONDS)
        self.trouble = event.error
        if self._replaced or not (self._pages or self._went_on):
            return settled + self._close()
        self.stage = self._where_to_ask() if event.empty and nothing_came else Stage.PUT_BACK
        return settled

    def _may_wait(self, now: float) -> bool:
        if self.stage is not Stage.PAPER:
            self._waiting_since = now
        return self.plan.wait_for_paper and now - self._waiting_since < WAIT_LIMIT_SECONDS

    def _where_to_ask(self) -> Stage:
        if self._pile or self._lone:
            return Stage.PUT_BACK
        if self.fronts:
            self.turned = False
            return Stage.TURN
        return Stage.NEXT if self.plan.way is Way.MORE else Stage.PUT_BACK

    def _settle(self) -> tuple[Command, ...]:
        """Take out the pages whose sheets came again in the batch that is over."""
        batch, gone = tuple(self._batch), tuple(self._gone)
        self._batch, self._gone = [], []
        return (Bring(Bringing.REPLACE, batch, gone=gone),) if batch and gone else ()

    # --- between batches -------------------------------------------------------------------------

    def _pile_over(self, now: float) -> tuple[Command, ...]:
        if self.plan.way is Way.TURN_OVER:
            return self._backs_over() if self.turned else self._fronts_over()
        if self.plan.way is Way.ONCE:
            return self._close()
        self._next_pile()
        if self.plan.wait_for_paper:
            self._waiting_since = now
            return self._scan(POLL_SECONDS)
        self.stage = Stage.NEXT
        return ()

    def _next_pile(self) -> None:
        self._pile = []
        self.pile_number += 1

    def _fronts_over(self) -> tuple[Command, ...]:
        if not self._pile:
            return self._close()
        self.fronts = tuple(self._pile)
        self._next_pile()
        self.stage = Stage.TURN
        return ()

    def _backs_over(self) -> tuple[Command, ...]:
        if len(self._pile) != len(self.fronts):
            self.stage = Stage.UNEVEN
            return ()
        ordered = interleaved(self.fronts, self._pile, self.plan.backs)
        old, self._old_backs = tuple(self._old_backs), []
        self._pages = list(ordered)
        self.backs = ordered[1::2]
        self.complete = True
        return (Bring(Bringing.INTERLEAVE, ordered, gone=old), *self._close())

    def _go_on(self) -> tuple[Command, ...]:
        self.trouble = None
        self.undelivered = 0
        self._went_on = True
        if self.stage is Stage.TURN:
            self.turned = True
        elif self.stage is Stage.UNEVEN:
            self._old_backs += self._pile
            self._pile = []
        elif self.stage is Stage.PUT_BACK and len(self._pile) % self.plan.sides:
            self._lone = self._pile.pop()
        return self._scan()

    def _done(self, now: float) -> tuple[Command, ...]:
        if self.stage is Stage.PAPER:
            self.stopping = True
            return (EndBatch(at_once=False),)
        self.trouble = None
        if self.stage is Stage.PUT_BACK and self.plan.way is Way.TURN_OVER:
            return self._pile_over(now)  # the sheet that was to be put back is not coming
        return self._close()

    def _close(self) -> tuple[Command, ...]:
        self.stage = Stage.OVER
        half = self.plan.most and self._pages and not self._replaced  # a sheet whose back is not coming
        return (*((Bring(Bringing.REPLACE, tuple(self._pages), self.plan.spot),) if half else ()), Close())


def interleaved(fronts: Sequence[str], backs: Sequence[str], order: Backs) -> tuple[str, ...]:
    """Give fronts and backs of as many sheets in the order of reading. Raises ValueError where they are not as many."""
    inner = reversed(backs) if order is Backs.REVERSED else backs
    return tuple(page for pair in zip(fronts, inner, strict=True) for page in pair)
