"""Formulas, targets, forecasts and who stands under whom: without a server."""

from __future__ import annotations

import json
from datetime import date

import pytest

from app.model.agency import Agency, Level, Target
from app.model.procedure import Catalogue
from central.facts import Flag, words_of
from central.forecast import forecast, month_number, month_of, months_between
from central.indicators import BadIndicators, Condition, Indicator, Share, Words, read_indicators
from central.people import AgencyTree
from central.progress import Counts, Selection, standings, structure_changes, target_of
from central.settings import default_indicators
from central.web.charts import trend

INDICATOR = Indicator("digitised", Words("a", "b"), Condition(all=("component_digitised",)), Condition(), points=4)
BOTH = Flag.COMPONENT_DIGITISED | Flag.RESULT_DIGITISED


def test_formulas_choose_dossiers_by_their_facts():
    both = Condition(all=("component_digitised", "result_digitised")).profiles()
    assert BOTH in both
    assert Flag.COMPONENT_DIGITISED not in both
    either = Condition(any=("reused", "component_digitised"), none=("non_boundary",)).profiles()
    assert Flag.REUSED in either
    assert Flag.REUSED | Flag.NON_BOUNDARY not in either
    assert 0 not in either
    narrow = Indicator("x", Words("", ""), Condition(all=("reused",)), Condition(all=("non_boundary",)))
    assert Flag.REUSED not in narrow.reached
    assert narrow.reached < narrow.base


def test_nothing_of_nothing_is_no_share():
    assert Share(0, 0).percent is None
    assert Share(0, 0).score(INDICATOR) is None
    assert Share(0, 3).percent == 0
    assert Share(2, 3).percent == 66.67
    assert Share(2, 3) + Share(1, 1) == Share(3, 4)


@pytest.mark.parametrize(("reached", "points"), [(100, 4), (80, 4), (40, 2), (0, 0)])
def test_eighty_percent_bring_all_points(reached, points):
    assert Share(reached, 100).score(INDICATOR) == points


def test_the_file_of_indicators_is_read_and_faults_are_named(tmp_path):
    shipped = read_indicators(default_indicators())
    assert [indicator.code for indicator in shipped][:2] == ["digitised", "dossier_and_result"]
    text = json.loads(default_indicators().read_text("utf-8"))
    text["indicators"][0]["numerator"] = {"all": ["everything"]}
    bad = tmp_path / "indicators.json"
    bad.write_text(json.dumps(text), "utf-8")
    with pytest.raises(BadIndicators, match=r"indicators\.0\.numerator"):
        read_indicators(bad)
    bad.write_text('{"format": "sohoa-indicators/1", "indicators": []}', "utf-8")
    with pytest.raises(BadIndicators):
        read_indicators(bad)


def test_forecast_is_a_straight_line_through_full_months():
    shares = {month: Share(value, 100) for month, value in ((202601, 10), (202602, 20), (202603, 30), (202604, 99))}
    found = forecast(shares, 202604, 202606)
    assert found is not None
    assert (found.slope, found.months, found.percent) == (10, 3, 60)
    assert forecast(shares, 202604, 202703).percent == 100
    assert forecast(shares, 202603, 202606) is None, "two full months tell nothing"
    assert forecast(shares, 202604, 202603) is None, "the deadline is past"
    gap = {202511: Share(1, 10), 202512: Share(0, 0), 202601: Share(3, 10), 202602: Share(4, 10)}
    assert forecast(gap, 202603, 202603).percent == 50


def test_months_run_over_the_year():
    assert months_between(202511, 202602) == [202511, 202512, 202601, 202602]
    assert month_of(month_number(202512) + 1) == 202601


def test_a_chart_breaks_where_nothing_is_known_and_reaches_the_deadline():
    shares = {202601: Share(1, 2), 202602: Share(1, 2), 202604: Share(2, 2)}
    ahead = forecast(shares, 202605, 202606)
    chart = trend(shares, 202601, 202604, [("Cấp xã", 35.0, 202606)], ahead)
    assert [len(line.split()) for line in chart.lines] == [2, 1]
    assert chart.goals[0].due_x == pytest.approx(chart.right)
    assert chart.ahead is not None
    assert chart.points[0].y > chart.points[-1].y
    assert trend({}, 202601, 202601, [], None).points == []


CATALOGUE = Catalogue(
    "1",
    (),
    levels=(Level("Cấp tỉnh"), Level("Cấp huyện", None, date(2025, 6, 30)), Level("Cấp xã")),
    targets=(
        Target("Cấp xã", 35, date(2022, 11, 30)),
        Target("Cấp xã", 80, date(2026, 12, 31), valid_from=date(2026, 1, 1)),
        Target("Cấp xã", 90, date(2027, 12, 31), valid_from=date(2026, 1, 1)),
        Target("Cấp huyện", 40, date(2022, 11, 30), valid_to=date(2025, 6, 30)),
    ),
    agencies=(
        Agency("H02", "Tỉnh cũ", "Cấp tỉnh", successors=("H05",)),
        Agency("H02.15", "Huyện cũ", "Cấp huyện", "H02", successors=("H05.01", "H05.02")),
        Agency("H02.15.03", "Xã cũ", "Cấp xã", "H02.15", successors=("H05.01",)),
        Agency("H02.15.04", "Xã cũ khác", "Cấp xã", "H02.15", successors=("H05.02",)),
        Agency("H05", "Tỉnh", "Cấp tỉnh"),
        Agency("H05.01", "Xã 1", "Cấp xã", "H05"),
        Agency("H05.02", "Xã 2", "Cấp xã", "H05"),
    ),
)


def test_the_next_deadline_counts_and_old_targets_stay_for_their_time():
    day = date(2026, 3, 1)
    assert target_of(CATALOGUE, "Cấp xã", INDICATOR, day).percent == 80
    assert target_of(CATALOGUE, "Cấp xã", INDICATOR, date(2022, 6, 1)).percent == 35
    assert target_of(CATALOGUE, "Cấp huyện", INDICATOR, date(2022, 6, 1)).percent == 40
    assert target_of(CATALOGUE, "Cấp huyện", INDICATOR, day) is None


def test_a_time_across_the_reform_is_told():
    assert structure_changes(CATALOGUE, Selection(202501, 202512)) == [date(2025, 6, 30)]
    assert structure_changes(CATALOGUE, Selection(202501, 202506)) == []
    assert structure_changes(CATALOGUE, Selection(202507, 202512)) == []


def test_standings_by_level():
    counts = Counts({}, {("H05.01", 202601): Share(9, 10), ("H05.02", 202602): Share(0, 10), ("X", 202602): Share(1, 1)})
    found = {standing.level: standing for standing in standings(CATALOGUE, INDICATOR, counts, date(2026, 3, 1))}
    assert list(found) == ["Cấp xã", ""]
    assert found["Cấp xã"].share == Share(9, 20)
    assert found["Cấp xã"].is_reached is False
    assert found[""].is_reached is None


@pytest.mark.parametrize(
    ("scope", "sees", "hidden"),
    [
        ("H02.15", {"H02.15", "H02.15.03", "H02.15.99"}, {"H02", "H02.1", "H02.150", "H05.01", ""}),
        ("H05", {"H05.02", "H02", "H02.15.03"}, {"H06"}),
        ("H05.01", {"H05.01", "H02.15.03", "H02.15"}, {"H05", "H05.02", "H02.15.04", "H02", "H05.010"}),
        ("", {"H05", "", "anything"}, set()),
    ],
)
def test_an_agency_sees_itself_and_those_under_it(scope, sees, hidden):
    tree = AgencyTree(CATALOGUE.agencies)
    assert {code for code in sees | hidden if tree.covers(scope, code)} == sees


def test_agencies_in_a_circle_end():
    assert not AgencyTree([Agency("A", "", parent="B"), Agency("B", "", parent="A")]).covers("C", "A")


def test_words_are_folded():
    assert words_of("H02.15-251121-0001", "TRẦN Thị  Đào") == "h02 15 251121 0001 tran thi dao"
