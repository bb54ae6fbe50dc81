"""The plan as a dialogue, then with anything at all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.model.outbox import OutboxEntry, OutboxState
from app.sync.plan import (
    FIRST_DELAY,
    IDLE_CHECK,
    LONGEST_DELAY,
    LONGEST_PAUSE,
    Outcome,
    Plan,
    Probe,
    Send,
    Standing,
    Wait,
    after,
    delay,
    next_step,
)

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def entry(name: str, age: int = 0, due: timedelta = timedelta(0), dossier: str = "", revision: int = 1) -> OutboxEntry:
    return OutboxEntry(
        id=name,
        dossier_id=dossier or name,
        revision=revision,
        manifest_path="",
        manifest_sha256="",
        state=OutboxState.WAITING,
        attempts=0,
        next_try_at=NOW + due,
        created_at=NOW - timedelta(hours=age),
    )


def online(now: datetime = NOW) -> Plan:
    return after(Plan(), Outcome.REACHED, now, 0.5)


def test_it_asks_first_then_sends_the_oldest_and_goes_on_after_a_failure():
    old, young = entry("old", age=2), entry("young", age=1)
    assert next_step(Plan(), [young, old], NOW) == Probe()
    plan = online()
    assert next_step(plan, [young, old], NOW) == Send(old)
    plan = after(plan, Outcome.FAILED, NOW, 0.5)
    later = entry("old", age=2, due=timedelta(seconds=2))
    assert next_step(plan, [young, later], NOW) == Send(young)
    plan = after(plan, Outcome.ACCEPTED, NOW, 0.5)
    assert next_step(plan, [later], NOW) == Wait(NOW + timedelta(seconds=2))
    assert next_step(plan, [later], NOW + timedelta(seconds=2)) == Send(later)


def test_with_nothing_to_send_it_looks_now_and_then():
    plan = online()
    assert next_step(plan, [], NOW) == Wait(NOW + IDLE_CHECK)
    assert next_step(plan, [], NOW + IDLE_CHECK) == Probe()


def test_offline_it_pauses_longer_and_longer_and_asks_before_it_sends():
    plan, now, pauses = Plan(), NOW, []
    for _ in range(12):
        plan = after(plan, Outcome.OFFLINE, now, 1.0)
        step = next_step(plan, [entry("a")], now)
        assert isinstance(step, Wait)
        assert step.until is not None
        pauses.append(step.until - now)
        now = step.until
        assert next_step(plan, [entry("a")], now) == Probe()
    assert pauses[0] == FIRST_DELAY
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_PAUSE
    assert next_step(after(plan, Outcome.REACHED, now, 0.5), [entry("a")], now) == Send(entry("a"))


def test_after_a_refused_sign_in_nothing_moves_until_a_new_plan():
    plan = after(online(), Outcome.STOPPED, NOW, 0.5)
    for later in (timedelta(0), timedelta(days=3)):
        assert next_step(plan, [entry("a")], NOW + later) == Wait(None)
    assert next_step(Plan(), [entry("a")], NOW) == Probe()


def test_a_later_revision_waits_for_the_one_before_it():
    first = entry("first", age=2, dossier="d", due=timedelta(minutes=1))
    second = entry("second", age=1, dossier="d", revision=2)
    assert next_step(online(), [second, first], NOW) == Wait(first.next_try_at)
    assert next_step(online(), [second], NOW) == Send(second)


def test_a_clock_that_was_years_ahead_does_not_hold_a_record_for_years():
    stuck = entry("stuck", due=timedelta(days=4000))
    assert next_step(online(), [stuck], NOW) == Send(stuck)
    assert next_step(online(NOW + timedelta(days=4000)), [stuck], NOW) == Probe()


@given(st.integers(min_value=-5, max_value=10**9), st.floats(0, 1))
def test_every_delay_is_above_half_of_the_first_and_at_most_the_longest(attempts, spread):
    assert FIRST_DELAY / 2 <= delay(attempts, spread) <= LONGEST_DELAY


def test_delays_double_and_chance_spreads_them():
    assert [delay(n, 1.0).total_seconds() for n in (1, 2, 3, 4)] == [2, 4, 8, 16]
    assert delay(3, 0.0) == delay(3, 1.0) / 2


_ENTRIES = st.lists(
    st.builds(
        entry,
        st.sampled_from("abcdef"),
        st.integers(0, 5),
        st.integers(-900, 900).map(lambda seconds: timedelta(seconds=seconds)),
        st.sampled_from(["", "d1", "d2"]),
        st.integers(1, 3),
    ),
    max_size=6,
    unique_by=lambda item: item.id,
)


@given(_ENTRIES, st.lists(st.tuples(st.sampled_from(Outcome), st.integers(0, 400), st.floats(0, 1)), max_size=12))
def test_whatever_happens_it_never_sends_too_early_and_never_waits_for_ever_but_after_a_stop(entries, story):
    plan, now = Plan(), NOW
    for outcome, seconds, spread in story:
        now += timedelta(seconds=seconds)
        plan = after(plan, outcome, now, spread)
        step = next_step(plan, entries, now)
        if isinstance(step, Send):
            assert plan.standing is Standing.ONLINE
            assert step.entry.next_try_at <= now or step.entry.next_try_at > now + LONGEST_DELAY
            assert not any(e.dossier_id == step.entry.dossier_id and e.created_at < step.entry.created_at for e in entries)
        if isinstance(step, Wait):
            assert (step.until is None) == (plan.standing is Standing.STOPPED)
            assert step.until is None or now < step.until <= now + LONGEST_DELAY
