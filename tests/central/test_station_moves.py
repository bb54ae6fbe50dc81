"""A station moves to another agency: who may do it, who sees it then, and the line of the journal that nobody undoes."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import delete, update
from typer.testing import CliRunner

from central.__main__ import app
from central.api import create_centre
from central.journal import verify
from central.people import Role
from central.settings import Settings
from central.station_moves import move
from central.stations import enrol, make_code
from central.tables import Station, StationMove
from tests.central.test_progress_pages import signed_in


def posted(browser, station, agency: str, before: str = "H02.15"):
    fields = {"form_token": browser.form_token("/stations"), "before": before, "agency": agency}
    return browser.post(f"/stations/{station.id}/agency", fields)


def seen_by(browsers, station) -> list[bool]:
    return [station.id in browser.get("/stations").text for browser in browsers]


def test_a_moved_station_is_seen_by_its_new_agency_and_knows_it(server, station):
    chief = signed_in(server, "H02", Role.ADMINISTRATOR)
    both = [signed_in(server, agency) for agency in ("H02.15", "H02.16")]
    assert seen_by(both, station) == [True, False]
    assert posted(chief, station, " H02.16.4 ").status_code == 303
    assert seen_by(both, station) == [False, True]
    assert station.ask("GET", "/stations/me").json()["agency_code"] == "H02.16.4"
    # Who lost it still reads where it went, in the list of moves.
    left = signed_in(server, "H02.15", Role.ADMINISTRATOR).get("/stations").text
    assert f"<td>{station.id}</td><td>H02.15</td><td>H02.16.4</td>" in left
    assert "Trạm đã chuyển cơ quan" not in both[1].get("/stations").text
    with server.centre() as centre:
        assert verify(centre).faults == ()


def test_nobody_moves_what_is_not_theirs_nor_to_where_they_have_no_say(server, station, assert_problem):
    for role in (Role.VIEWER, Role.EDITOR):
        browser = signed_in(server, "H02", role)
        fields = {"form_token": browser.form_token("/stations"), "before": "H02.15", "agency": "H02.16"}
        assert_problem(browser.post(f"/stations/{station.id}/agency", fields), "forbidden", 403)
        assert "Chuyển cơ quan" not in browser.get("/stations").text
    assert_problem(posted(signed_in(server, "H02.16", Role.ADMINISTRATOR), station, "H02.16"), "not-found", 404)
    ours = signed_in(server, "H02.15", Role.ADMINISTRATOR)
    for agency in ("H02.16", "", "H02.15;drop", "<b>H02.15</b>", "H02.15." + "1" * 40):
        answer = posted(ours, station, agency)
        assert answer.status_code == 422
        assert "<b>" not in answer.text
    assert_problem(posted(ours, type("Nobody", (), {"id": "st000000000000"}), "H02.15.1"), "not-found", 404)
    forged = ours.post(f"/stations/{station.id}/agency", {"form_token": "0" * 64, "before": "H02.15", "agency": "H02.15.1"})
    assert_problem(forged, "form-expired", 403)
    assert station.ask("GET", "/stations/me").json()["agency_code"] == "H02.15"


def test_the_second_of_two_who_move_one_station_is_told(server, station):
    chief = signed_in(server, role=Role.ADMINISTRATOR)
    assert posted(chief, station, "H02.16").status_code == 303
    late = posted(chief, station, "H02.17")
    assert late.status_code == 409
    assert "vừa được người khác chuyển" in late.text
    assert station.ask("GET", "/stations/me").json()["agency_code"] == "H02.16"


def test_by_command(server, station):
    where = ["--data", str(server.data), *server.engine.options[:2]]
    done = CliRunner().invoke(app, ["station", "move", station.id, "H02.16", *where])
    assert (done.exit_code, f"{station.id}  H02.15 → H02.16" in done.output) == (0, True)
    listed = json.loads(CliRunner().invoke(app, ["station", "list", "--json", *where]).output)["stations"]
    assert [line["agency_code"] for line in listed if line["station_id"] == station.id] == ["H02.16"]
    for wrong in ([station.id, "H2"], ["st000000000000", "H02.16"]):
        assert CliRunner().invoke(app, ["station", "move", *wrong, *where]).exit_code == 2
    again = CliRunner().invoke(app, ["enrol-code", "--station", station.id, "--agency", "H02.17", *where])
    assert (again.exit_code, "station move" in again.output) == (2, True)


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (update(StationMove).where(StationMove.number == 1).values(username="ai"), "move-changed"),
        (delete(StationMove).where(StationMove.number == 1), "move-missing"),
        (update(Station).values(agency_code="H02.99"), "agency-changed"),
    ],
)
def test_a_move_that_somebody_changed_or_hid_is_found(tmp_path, change, kind):
    centre = create_centre(Settings(tmp_path / "data"))
    station = enrol(centre, make_code(centre, "H02.15", "")[0], "Quầy 1").station_id
    assert move(centre, station, "H02.15", "H02.16", "lan")
    assert move(centre, station, "H02.16", "H02.17", "lan")
    assert (verify(centre).entries, verify(centre).faults) == (2, ())
    with centre.database.write() as session:
        session.execute(change)
    assert {fault.kind for fault in verify(centre).faults} == {kind}
    centre.database.close()
