"""The clock is compared, the token renewed, limits and hours are kept."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from app.events import Topic
from app.model.outbox import OutboxState
from app.sync.hours import is_within
from central.api import create_centre
from central.settings import Settings as CentralSettings
from central.station_moves import move
from tests.app.sync.conftest import Reply, as_json
from tests.pdfs import pdf_of
from tests.support import wait_until


@pytest.mark.parametrize(
    ("hours", "moment", "within"),
    [
        ("", "03:00", True),
        ("07:30-11:30", "07:30", True),
        ("07:30-11:30", "11:30", False),
        ("07:30-11:30, 13:30-17:00", "16:59", True),
        ("22:00-05:00", "23:10", True),
        ("22:00-05:00", "04:59", True),
        ("22:00-05:00", "12:00", False),
    ],
)
def test_hours_of_the_day(hours, moment, within):
    assert is_within(hours, datetime.strptime(f"2026-11-23 {moment}", "%Y-%m-%d %H:%M").replace(tzinfo=UTC)) is within


def _now(clock, **off):
    return lambda _asked: as_json({"now": (clock() + timedelta(**off)).isoformat()})


def test_a_wrong_clock_is_said_while_records_are_sent(station, liar, clock):
    liar.rule("GET", "/time", _now(clock, minutes=50), times=1)
    station.enrolled_at(liar.url).finished()
    assert station.engine.run_once().accepted == 1
    shown = station.engine.status().error
    assert type(shown).__name__ == "ClockWrong"
    assert "50" in shown.title_in("vi")
    assert shown.remedy_in("en")
    liar.rule("GET", "/time", _now(clock, seconds=20))
    clock.forward(hours=7)
    station.engine.run_once()
    assert station.engine.status().error is None


@pytest.mark.parametrize(
    ("off", "said"), [({"minutes": 50}, "lệch 50 phút"), ({"hours": 5}, "lệch 5 giờ"), ({"days": 365}, "lệch 365 ngày")]
)
def test_how_far_a_clock_is_off_is_said_as_people_say_it(station, liar, clock, off, said):
    liar.rule("GET", "/time", _now(clock, **off), times=1)
    station.enrolled_at(liar.url).finished()
    station.engine.run_once()
    assert said in station.engine.status().error.title_in("vi")


def test_the_token_is_renewed_once_a_month_and_the_old_one_ends(station, centre, clock):
    station.engine.enrol(centre.url, centre.code()).result(20)
    station_id = station.settings().server.station_id
    first = station.tokens.get(station_id)
    station.engine.run_once()
    clock.forward(days=29)
    station.engine.run_once()
    assert station.tokens.get(station_id) == first

    clock.forward(days=2)
    station.engine.run_once()
    second = station.tokens.get(station_id)
    assert second != first
    station.finished()
    assert station.engine.run_once().accepted == 1
    station.tokens.keep(station_id, first)
    assert type(station.engine.run_once().error).__name__ == "TokenRefused"


def test_a_station_that_was_moved_at_the_centre_works_for_its_new_agency(station, centre, clock):
    station.engine.enrol(centre.url, centre.code()).result(20)
    station_id = station.settings().server.station_id
    station.engine.run_once()
    # What somebody set here is no move, and stays until there is one.
    station.settings_file.change({"station.agency_code": "H02.15.9"})
    clock.forward(hours=7)
    station.engine.run_once()
    assert station.settings().station.agency_code == "H02.15.9"
    opened = create_centre(CentralSettings(centre.data))
    assert move(opened, station_id, "H02.15", "H02.16", "lan")
    opened.database.close()
    clock.forward(hours=7)
    station.engine.run_once()
    assert station.settings().station.agency_code == "H02.16"


def test_a_lost_answer_to_the_renewal_locks_nobody_out(station, liar, clock):
    liar.rule("GET", "/time", _now(clock))
    liar.rule("POST", "/stations/me/token", Reply(cut=True), times=1)
    liar.rule("POST", "/stations/me/token", as_json({"token": "the-next-one"}, 201))
    station.enrolled_at(liar.url)
    station.engine.run_once()
    station_id = station.settings().server.station_id
    clock.forward(days=31)
    station.engine.run_once()
    assert station.tokens.get(station_id) == "a-token-of-this-test"
    clock.forward(hours=1)
    station.engine.run_once()
    assert station.tokens.get(station_id) == "the-next-one"


def test_outside_its_hours_it_sends_only_when_it_is_asked(station, liar, clock):
    local = clock().astimezone()
    closed = f"{(local + timedelta(hours=2)):%H:%M}-{(local + timedelta(hours=3)):%H:%M}"
    station.enrolled_at(liar.url).settings_file.change({"server.send_hours": closed})
    station.engine.start()
    entry = station.finished()
    station.events.announce(Topic.OUTBOX)
    time.sleep(0.3)
    assert liar.asked == []
    station.engine.wake()
    wait_until(lambda: station.entry(entry).state is OutboxState.ACCEPTED)


def test_a_limit_on_bandwidth_is_kept(station, centre):
    station.engine.enrol(centre.url, centre.code()).result(20)
    content = bytes(100_000)
    station.settings_file.change({"server.limit_kbps": 400})
    station.finished(pdf_of(padding=content))
    begun = time.monotonic()
    assert station.engine.run_once().accepted == 1
    assert time.monotonic() - begun > 100_000 / 50_000 * 0.8 - 0.4
