"""Sessions at the glass as dialogues: what the clerk and the scanner say, and what the session makes of it."""

from __future__ import annotations

import pytest

from app.acquisition.errors import FeederEmpty, PaperJam
from app.acquisition.session import POLL_SECONDS, WAIT_LIMIT_SECONDS, Session, Unexpected, interleaved
from app.acquisition.session_messages import (
    BatchEnded,
    BatchFailed,
    Begin,
    Bring,
    Bringing,
    Close,
    Done,
    EndBatch,
    GoOn,
    Kept,
    Plan,
    ScanBatch,
    Stage,
    Stop,
    plan_of,
)
from app.model.order import Spot
from app.model.profile import Backs, Profile, Source, Way

JAM = PaperJam(scanner="x", sheet=3, safe=2, detail="")
EMPTY = FeederEmpty(scanner="x", sheet=1, safe=0, detail="")


class Dialogue:
    """A session that is told things one after the other."""

    def __init__(self, first: ScanBatch | None = None, **plan: object) -> None:
        self.session = Session(Plan(**plan))
        self.now = 0.0
        assert self.tell(Begin()) == (first or ScanBatch(),)

    def tell(self, event) -> tuple:
        return self.session.handle(event, self.now)

    def keep(self, *pages: str) -> None:
        for page in pages:
            assert self.tell(Kept(page)) == ()

    @property
    def stage(self) -> Stage:
        return self.session.stage


def test_one_batch_in_one_go() -> None:
    talk = Dialogue()
    talk.keep("1", "2")
    assert talk.tell(BatchEnded()) == (Close(),)
    assert talk.session.pages == ("1", "2")
    assert talk.session.complete


def test_page_by_page_until_the_clerk_is_done() -> None:
    talk = Dialogue(way=Way.MORE)
    talk.keep("1")
    assert talk.tell(BatchEnded()) == ()
    assert (talk.stage, talk.session.pile_number) == (Stage.NEXT, 2)
    assert talk.tell(GoOn()) == (ScanBatch(),)
    talk.keep("2")
    talk.tell(BatchEnded())
    assert talk.tell(Done()) == (Close(),)
    assert talk.session.pages == ("1", "2")


def test_the_glass_is_page_by_page_and_never_waits_for_paper() -> None:
    plan = plan_of(Profile("", "virtual", "", source=Source.FLATBED, wait_for_paper=True))
    assert (plan.way, plan.wait_for_paper, plan.sides) == (Way.MORE, False, 1)


@pytest.mark.parametrize(("source", "pages"), [(Source.FLATBED, 1), (Source.FEEDER, 1), (Source.DUPLEX, 2)])
@pytest.mark.parametrize("way", Way)
def test_instead_of_a_page_comes_one_sheet_however_paper_comes_otherwise(source: Source, pages: int, way: Way) -> None:
    plan = plan_of(Profile("", "virtual", "", source=source, way=way), Spot(instead_of="x"))
    assert (plan.way, plan.most) == (Way.ONCE, pages)
    assert plan_of(Profile("", "virtual", "", source=source, way=way), Spot(before="x")).most is None


def test_a_scanner_that_reads_both_sides_needs_no_turning() -> None:
    plan = plan_of(Profile("", "virtual", "", source=Source.DUPLEX, way=Way.TURN_OVER))
    assert (plan.way, plan.sides) == (Way.ONCE, 2)


@pytest.mark.parametrize(
    ("order", "expected"),
    [(Backs.REVERSED, ("1", "1b", "2", "2b", "3", "3b")), (Backs.SAME, ("1", "3b", "2", "2b", "3", "1b"))],
)
def test_fronts_and_backs_are_brought_together(order: Backs, expected: tuple[str, ...]) -> None:
    talk = Dialogue(way=Way.TURN_OVER, backs=order)
    talk.keep("1", "2", "3")
    assert talk.tell(BatchEnded()) == ()
    assert talk.stage is Stage.TURN
    assert talk.tell(GoOn()) == (ScanBatch(),)
    talk.keep("3b", "2b", "1b")
    assert talk.tell(BatchEnded()) == (Bring(Bringing.INTERLEAVE, expected), Close())
    assert talk.session.complete


def test_too_few_backs_change_nothing_until_all_are_scanned_again() -> None:
    talk = Dialogue(way=Way.TURN_OVER)
    talk.keep("1", "2")
    talk.tell(BatchEnded())
    talk.tell(GoOn())
    talk.keep("2b")
    assert talk.tell(BatchEnded()) == ()
    assert talk.stage is Stage.UNEVEN
    assert talk.session.pages == ("1", "2", "2b")
    assert talk.tell(GoOn()) == (ScanBatch(),)
    talk.keep("2c", "1c")
    assert talk.tell(BatchEnded()) == (Bring(Bringing.INTERLEAVE, ("1", "1c", "2", "2c"), gone=("2b",)), Close())


def test_uneven_sides_stay_as_they_came_where_the_clerk_leaves_it() -> None:
    talk = Dialogue(way=Way.TURN_OVER)
    talk.keep("1")
    talk.tell(BatchEnded())
    talk.tell(GoOn())
    talk.keep("x", "y")
    talk.tell(BatchEnded())
    assert talk.tell(Done()) == (Close(),)
    assert talk.session.pages == ("1", "x", "y")
    assert not talk.session.complete


def test_a_jam_in_mid_pile_goes_on_from_the_sheet_it_names() -> None:
    talk = Dialogue()
    talk.keep("1", "2")
    assert talk.tell(BatchFailed(JAM)) == ()
    assert (talk.stage, talk.session.sheet, talk.session.last_whole) == (Stage.PUT_BACK, 3, "2")
    assert talk.session.trouble is JAM
    assert talk.tell(GoOn()) == (ScanBatch(),)
    talk.keep("3")
    talk.tell(BatchFailed(JAM))
    assert talk.session.sheet == 4
    talk.tell(GoOn())
    assert talk.tell(BatchEnded()) == (Close(),)
    assert talk.session.pages == ("1", "2", "3")


def test_a_front_whose_sheet_has_to_come_again_is_replaced_by_the_second_take() -> None:
    talk = Dialogue(sides=2)
    talk.keep("1", "1b", "2")
    talk.tell(BatchFailed(JAM))
    assert (talk.session.sheet, talk.session.last_whole) == (2, "1b")
    talk.tell(GoOn())
    talk.keep("2'", "2b")
    assert talk.tell(BatchEnded()) == (Bring(Bringing.REPLACE, ("2'", "2b"), gone=("2",)), Close())
    assert talk.session.pages == ("1", "1b", "2'", "2b")


def test_a_front_stays_where_its_sheet_does_not_come_again() -> None:
    talk = Dialogue(sides=2)
    talk.keep("1")
    talk.tell(BatchFailed(JAM))
    talk.tell(GoOn())
    assert talk.tell(BatchFailed(EMPTY, empty=True)) == ()
    assert talk.stage is Stage.PUT_BACK
    assert talk.tell(Done()) == (Close(),)
    assert talk.session.pages == ("1",)


def test_waiting_for_paper_polls_and_goes_on_by_itself() -> None:
    talk = Dialogue(wait_for_paper=True)
    assert talk.tell(BatchFailed(EMPTY, empty=True)) == (ScanBatch(POLL_SECONDS),)
    assert talk.stage is Stage.PAPER
    talk.now = 5.0
    assert talk.tell(BatchFailed(EMPTY, empty=True)) == (ScanBatch(POLL_SECONDS),)
    talk.keep("1")
    assert talk.stage is Stage.SCANNING
    assert talk.tell(BatchEnded()) == (Close(),)


def test_waiting_for_paper_ends_when_the_clerk_says_so_and_after_half_an_hour() -> None:
    talk = Dialogue(wait_for_paper=True)
    talk.tell(BatchFailed(EMPTY, empty=True))
    assert talk.tell(Done()) == (EndBatch(at_once=False),)
    assert talk.tell(BatchEnded(stopped=True)) == (Close(),)
    talk = Dialogue(wait_for_paper=True)
    talk.tell(BatchFailed(EMPTY, empty=True))
    talk.now = WAIT_LIMIT_SECONDS
    assert talk.tell(BatchFailed(EMPTY, empty=True)) == (Close(),)
    assert talk.session.trouble is EMPTY


def test_pile_after_pile_by_itself_while_waiting_for_paper() -> None:
    talk = Dialogue(way=Way.MORE, wait_for_paper=True)
    talk.keep("1")
    assert talk.tell(BatchEnded()) == (ScanBatch(POLL_SECONDS),)
    assert talk.tell(BatchFailed(EMPTY, empty=True)) == (ScanBatch(POLL_SECONDS),)
    talk.keep("2")
    talk.tell(BatchEnded())
    assert talk.tell(Stop()) == (EndBatch(at_once=False),)
    assert talk.tell(BatchEnded(stopped=True)) == (Close(),)


def test_stop_says_what_has_to_be_put_back() -> None:
    talk = Dialogue()
    talk.keep("1", "2")
    assert talk.tell(Stop()) == (EndBatch(at_once=False),)
    assert talk.tell(Stop()) == (EndBatch(at_once=True),)
    assert talk.tell(BatchEnded(undelivered=6, stopped=True)) == ()
    assert (talk.stage, talk.session.sheet, talk.session.undelivered) == (Stage.PUT_BACK, 3, 6)
    assert talk.tell(Done()) == (Close(),)


def test_stop_with_everything_delivered_is_the_end() -> None:
    talk = Dialogue(way=Way.MORE)
    talk.keep("1")
    talk.tell(Stop())
    assert talk.tell(BatchEnded(stopped=True)) == (Close(),)


def test_pages_go_before_a_page_batch_after_batch() -> None:
    talk = Dialogue(way=Way.MORE, spot=Spot(before="x"))
    assert talk.tell(Kept("1")) == (Bring(Bringing.INSERT, ("1",), Spot(before="x")),)
    assert talk.tell(Kept("2")) == (Bring(Bringing.INSERT, ("2",), Spot(after="1"), joined=True),)
    assert talk.tell(BatchEnded()) == ()
    talk.tell(GoOn())
    assert talk.tell(Kept("3")) == (Bring(Bringing.INSERT, ("3",), Spot(after="2")),)
    assert talk.tell(BatchEnded()) == ()


def replacing(sides: int) -> Dialogue:
    """A session that scans one sheet instead of page x."""
    talk = Dialogue(ScanBatch(most=sides), sides=sides, spot=Spot(instead_of="x"))
    assert not talk.session.complete
    return talk


def test_a_page_is_replaced_by_one_page_and_the_rest_of_the_pile_is_left_alone() -> None:
    talk = replacing(1)
    assert talk.tell(Kept("1")) == (Bring(Bringing.REPLACE, ("1",), Spot(instead_of="x")),)
    assert talk.tell(BatchEnded(undelivered=3)) == (Close(),)
    assert talk.session.undelivered == 3
    assert replacing(1).tell(BatchFailed(JAM)) == (Close(),)


def test_a_page_is_replaced_by_a_whole_sheet_and_undone_as_one() -> None:
    talk = replacing(2)
    assert talk.tell(Kept("1")) == ()
    assert talk.tell(BatchFailed(JAM)) == ()
    assert talk.stage is Stage.PUT_BACK
    assert talk.tell(GoOn()) == (ScanBatch(most=2),)
    assert talk.tell(Kept("1'")) == ()
    assert talk.tell(Kept("1b")) == (Bring(Bringing.REPLACE, ("1'", "1b"), Spot(instead_of="x"), gone=("1",)),)
    assert talk.tell(BatchFailed(JAM)) == (Close(),)
    assert talk.session.trouble is JAM


def test_half_a_sheet_is_brought_where_its_back_is_not_coming() -> None:
    talk = replacing(2)
    talk.keep("1")
    talk.tell(BatchFailed(JAM))
    assert talk.tell(Done()) == (Bring(Bringing.REPLACE, ("1",), Spot(instead_of="x")), Close())
    assert not talk.session.complete


def test_a_jam_while_turned_leads_back_to_the_backs() -> None:
    talk = Dialogue(way=Way.TURN_OVER)
    talk.keep("1", "2")
    talk.tell(BatchEnded())
    talk.tell(GoOn())
    talk.keep("2b")
    talk.tell(BatchFailed(JAM))
    assert (talk.stage, talk.session.sheet) == (Stage.PUT_BACK, 2)
    talk.tell(GoOn())
    talk.keep("1b")
    assert talk.tell(BatchEnded())[0] == Bring(Bringing.INTERLEAVE, ("1", "1b", "2", "2b"))


def test_an_empty_feeder_asks_for_the_backs_again() -> None:
    talk = Dialogue(way=Way.TURN_OVER)
    talk.keep("1")
    talk.tell(BatchEnded())
    talk.tell(GoOn())
    assert talk.tell(BatchFailed(EMPTY, empty=True)) == ()
    assert (talk.stage, talk.session.trouble) == (Stage.TURN, EMPTY)
    talk.tell(GoOn())
    talk.keep("1b")
    assert talk.tell(BatchEnded())[-1] == Close()


@pytest.mark.parametrize("event", [GoOn(), Done(), Begin()])
def test_what_cannot_come_now_is_refused(event) -> None:
    talk = Dialogue()
    assert not talk.session.expects(event)
    with pytest.raises(Unexpected):
        talk.tell(event)


def test_as_many_fronts_as_backs_or_none() -> None:
    with pytest.raises(ValueError):
        interleaved(["1"], ["a", "b"], Backs.SAME)
