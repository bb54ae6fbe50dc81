"""The station's status reaches the real centre when it is due, and its trouble keeps no record."""

from __future__ import annotations

from datetime import UTC, datetime

from app.model.equipment import EquipmentCheck, Trouble
from app.store.equipment import EquipmentLog
from app.sync.status import StatusReports
from tests.app.sync.conftest import problem

CHECK = EquipmentCheck(
    checked_at=datetime(2026, 11, 23, 8, 0, tzinfo=UTC),
    driver="sane",
    device="test:0",
    label="Máy quét thử",
    identity="thử 1",
    source="feeder",
    mode="color",
    dpi=300,
    width=2480,
    height=3508,
    dpi_across=300.0,
    dpi_down=300.0,
    resolved_dpi=254,
    expected_dpi=254,
    skew=0.1,
    streaks=2,
    cast=1.0,
    tint="blue",
    pages=3,
    pages_per_minute=30.0,
)


def status_at(station):
    with station.access.open() as connector:
        return connector._get(f"stations/{station.settings().server.station_id}/status")


def test_it_is_sent_with_a_round_and_carries_the_scanners(station, centre):
    station.engine.enrol(centre.url, centre.code()).result(20)
    EquipmentLog(station.folder).add(CHECK)
    station.engine.run_once()
    report = station.engine._reports.status()
    assert [(scanner.check, scanner.troubles) for scanner in report.scanners] == [(CHECK, (Trouble.STREAKS,))]
    assert b'"streaks":2' in status_at(station).body


def test_it_is_sent_when_due_or_when_a_scanner_was_checked(station, centre, clock):
    station.engine.enrol(centre.url, centre.code()).result(20)
    reports = StatusReports(station.stores, station.access, clock)
    assert [reports.send_if_due(), reports.send_if_due()] == [True, False]
    EquipmentLog(station.folder).add(CHECK)
    assert [reports.send_if_due(), reports.send_if_due()] == [True, False]
    clock.forward(hours=7)
    assert reports.send_if_due()


def test_a_centre_without_a_place_for_it_is_left_alone_and_trouble_is_put_off(station, liar, clock):
    station.enrolled_at(liar.url)
    liar.rule("PUT", "/status", problem(500, "internal"), times=1)
    reports = StatusReports(station.stores, station.access, clock)
    assert [reports.send_if_due(), reports.send_if_due()] == [False, False]
    clock.forward(minutes=31)
    liar.rule("PUT", "/status", problem(404, "not-found"))
    assert reports.send_if_due()
    assert liar.count("PUT", "/status") == 2


def test_a_clock_that_was_a_year_ahead_does_not_silence_the_station_for_a_year(station, centre, clock):
    station.engine.enrol(centre.url, centre.code()).result(20)
    reports = StatusReports(station.stores, station.access, clock)
    clock.forward(days=365)
    assert reports.send_if_due()
    clock.forward(days=-365)
    assert [reports.send_if_due(), reports.send_if_due()] == [True, False]
