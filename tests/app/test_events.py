"""Change notices reach all who listen, and nobody else."""

from __future__ import annotations

import pytest

from app.events import Change, Events, Topic


def test_a_notice_says_what_kind_of_thing_changed_and_which() -> None:
    events, heard = Events(), []
    events.subscribe(heard.append)
    events.announce(Topic.PAGE_ADDED, "d1", "p1")
    events.announce(Topic.SETTINGS)
    assert heard == [Change(Topic.PAGE_ADDED, "d1", "p1"), Change(Topic.SETTINGS, "", "")]


def test_who_left_hears_nothing_and_leaving_twice_is_harmless() -> None:
    events, first, second = Events(), [], []
    leave = events.subscribe(first.append)
    events.subscribe(second.append)
    leave()
    leave()
    events.announce(Topic.OUTBOX)
    assert (first, len(second)) == ([], 1)


def test_two_subscriptions_of_one_listener_end_one_by_one() -> None:
    events, heard = Events(), []
    listener = heard.append
    leave = events.subscribe(listener)
    events.subscribe(listener)
    leave()
    events.announce(Topic.PAGES)
    assert len(heard) == 1


def test_a_listener_that_fails_is_logged_and_the_others_hear(caplog: pytest.LogCaptureFixture) -> None:
    events, heard = Events(), []

    def fail(change: Change) -> None:
        raise RuntimeError("a window that is gone")

    events.subscribe(fail)
    events.subscribe(heard.append)
    events.announce(Topic.SCAN, "d1")
    assert heard == [Change(Topic.SCAN, "d1")]
    assert "a listener failed on scan" in caplog.text


def test_a_listener_may_leave_and_join_while_a_notice_is_passed_on() -> None:
    events, heard = Events(), []

    def once(change: Change) -> None:
        leave()
        events.subscribe(heard.append)

    leave = events.subscribe(once)
    events.announce(Topic.DEVICES)
    events.announce(Topic.DEVICES)
    assert len(heard) == 1
