"""Stations tell how they are: the last word counts, and nobody speaks for another."""

from __future__ import annotations

from typing import Any

CHECK: dict[str, Any] = {
    "checked_at": "2025-03-04T08:00:00Z",
    "driver": "sane",
    "device": "test:0",
    "label": "Máy quét thử",
    "identity": "thử 1",
    "source": "feeder",
    "mode": "color",
    "dpi": 300,
    "width": 2480,
    "height": 3508,
    "dpi_across": 299.8,
    "dpi_down": 300.4,
    "resolved_dpi": 254,
    "expected_dpi": 254,
    "skew": 0.3,
    "streaks": 1,
    "cast": 4.0,
    "tint": "yellow",
    "pages": 5,
    "pages_per_minute": 41.0,
}
STATUS: dict[str, Any] = {
    "sent_at": "2025-03-04T09:05:00Z",
    "name": "Quầy 1",
    "waiting": 2,
    "refused": 0,
    "free_mb": 41200,
    "scanners": [{"troubles": ["streaks"], "check": CHECK}],
}


def put(station, status: dict[str, Any], station_id: str = ""):
    return station.ask("PUT", f"/stations/{station_id or station.id}/status", json=status)


def test_the_last_status_is_kept(station, assert_problem):
    path = f"/stations/{station.id}/status"
    if station.ask("GET", path).status_code != 200:
        assert_problem(station.ask("GET", path), "not-found", 404)
    assert put(station, STATUS).status_code == 204
    assert put(station, STATUS | {"waiting": 0}).status_code == 204
    found = station.ask("GET", path).json()
    assert found["received_at"]
    assert found["status"]["waiting"] == 0
    (scanner,) = found["status"]["scanners"]
    assert scanner["troubles"] == ["streaks"]
    assert CHECK.items() <= scanner["check"].items()


def test_nobody_speaks_for_another_station(station, other, assert_problem):
    assert_problem(put(station, STATUS, other.id), "other-station", 403)
    assert_problem(station.ask("GET", f"/stations/{other.id}/status"), "other-station", 403)


def test_what_is_no_status_or_too_much_is_refused(station, assert_problem):
    assert_problem(put(station, {"waiting": "many"}), "invalid", 422)
    scanners = [{"troubles": [], "check": CHECK | {"pages": -1, "dpi": 0, "skew": -0.3}}]
    for wrong, where in (
        ({"waiting": -2}, "waiting"),
        ({"free_mb": 10**400}, "free_mb"),
        ({"scanners": scanners}, "scanners.0.check.pages"),
    ):
        refused = put(station, STATUS | wrong)
        assert_problem(refused, "invalid", 422)
        assert [fault["where"] for fault in refused.json()["errors"]] == [where]
    assert_problem(put(station, STATUS | {"scanners": STATUS["scanners"] * 51}), "too-large", 413)
    assert_problem(put(station, STATUS | {"name": "x" * 300_000}), "too-large", 413)
