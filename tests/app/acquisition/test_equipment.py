"""Checks of scanners with the practice scanner, as good as new and worn in every way that can be ordered."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest

from app.acquisition.equipment import UnknownExport
from app.acquisition.equipment_words import TROUBLES, findings, to_do
from app.acquisition.errors import FeederEmpty
from app.bootstrap import Application
from app.imaging.calibration import NoTestSheet
from app.model.equipment import EquipmentCheck, Trouble, latest_of_each, tint_of
from app.model.profile import Profile
from resources import resource
from tests.support import sohoa


@pytest.fixture
def application(make_application: Callable[..., Application]) -> Application:
    return make_application()


@pytest.fixture
def tray(tmp_path: Path) -> Path:
    """Three test sheets in the feeder, as pictures: a scanner needs no time to draw them."""
    folder = tmp_path / "tray"
    folder.mkdir()
    with pypdfium2.PdfDocument(resource("test-sheet.pdf")) as document:
        document[0].render(scale=200 / 72).to_pil().convert("RGB").save(folder / "1.jpg", dpi=(200, 200), quality=95)
    for number in (2, 3):
        shutil.copyfile(folder / "1.jpg", folder / f"{number}.jpg")
    return folder


def check(application: Application, tray: Path, *, ppm: float = 0.0, **options: str) -> EquipmentCheck:
    profile = Profile("x", "virtual", str(tray), dpi=200, options=options)
    return application.equipment.check(profile, claimed_ppm=ppm).result(60)


def test_a_scanner_as_good_as_new_has_no_troubles(application: Application, tray: Path) -> None:
    found = check(application, tray)
    assert found.troubles == ()
    assert (found.pages, found.dpi, found.source, found.label) == (3, 200, "feeder", "tray")
    assert found.pages_per_minute > 30
    assert (found.width, found.height) == (1654, 2339)
    assert (to_do(found).vi, len(findings(found))) == ("—", len(Trouble))
    # Its pages never get near a dossier.
    assert application.dossiers.list() == ()
    assert list(application.folder.spool.iterdir()) == []


@pytest.mark.parametrize(
    ("options", "ppm", "trouble"),
    [
        ({"lean": "-2"}, 0.0, Trouble.SKEW),
        ({"streak": "77"}, 0.0, Trouble.STREAKS),
        ({"yellow": "0.1"}, 0.0, Trouble.COLOUR),
        ({"true_dpi": "100"}, 0.0, Trouble.RESOLUTION),
        ({"page_delay": "0.5"}, 200.0, Trouble.SPEED),
    ],
)
def test_each_kind_of_wear_is_told(
    application: Application, tray: Path, options: dict[str, str], ppm: float, trouble: Trouble
) -> None:
    found = check(application, tray, ppm=ppm, **options)
    assert found.troubles == (trouble,)
    assert TROUBLES[trouble].vi
    if trouble is Trouble.SKEW:
        assert found.skew == pytest.approx(-2, abs=0.1)
    if trouble is Trouble.COLOUR:
        assert (found.tint, found.cast) == ("yellow", pytest.approx(25, abs=3))


def test_what_is_no_test_sheet_is_refused_and_not_kept(
    application: Application, tray: Path, sample_folder: Path, tmp_path: Path
) -> None:
    with pytest.raises(NoTestSheet):
        check(application, sample_folder)
    (tmp_path / "empty").mkdir()
    with pytest.raises(FeederEmpty):
        check(application, tmp_path / "empty")
    assert application.equipment.history() == ()


def test_results_are_kept_and_exported(application: Application, tray: Path, tmp_path: Path) -> None:
    first, second = check(application, tray), check(application, tray, streak="50")
    assert application.equipment.history() == (first, second)
    assert latest_of_each(application.equipment.history()) == (second,)
    other = replace(second, identity="=SUM(A1)", device="khác", label="=cmd|x")
    application.equipment._log.add(other)
    assert application.equipment.export(tmp_path / "máy.json") == 2
    scanners = json.loads((tmp_path / "máy.json").read_text("utf-8"))["scanners"]
    assert [scanner["troubles"] for scanner in scanners] == [["streaks"], ["streaks"]]
    assert [scanner["checks"] for scanner in scanners] == [2, 1]
    assert scanners[0]["first_checked_at"] == first.checked_at.isoformat(timespec="seconds")
    application.equipment.export(tmp_path / "máy.CSV")
    with (tmp_path / "máy.CSV").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["identity"] for row in rows] == ["", "'=SUM(A1)"]
    assert rows[1]["label"] == "'=cmd|x"
    assert float(rows[0]["skew"]) == second.skew
    with pytest.raises(UnknownExport):
        application.equipment.export(tmp_path / "máy.xlsx")


def test_a_line_cut_by_a_power_cut_takes_no_other_with_it(application: Application, tray: Path) -> None:
    kept = check(application, tray)
    with application.equipment._log.path.open("ab") as file:
        file.write(b'\n{"checked_at": "2026-')
    again = check(application, tray)
    assert application.equipment.history() == (kept, again)


def test_the_command_checks_prints_and_exports(tray: Path, tmp_path: Path) -> None:
    given = ("doctor", "scanner", "--backend", "virtual", "--device", tray, "--dpi", "200")
    bad = sohoa(*given, "--option", "streak=60", "--json")
    assert (bad.code, bad.json()["troubles"]) == (11, ["streaks"])  # type: ignore[index]
    assert sohoa("doctor", "scanner", "--export", tmp_path / "a.csv").code == 0
    assert "streaks" in (tmp_path / "a.csv").read_text("utf-8-sig")
    assert sohoa("doctor", "scanner", "--print-sheet", tmp_path / "sheet.pdf").code == 0
    assert (tmp_path / "sheet.pdf").read_bytes() == resource("test-sheet.pdf").read_bytes()


def test_the_colour_of_a_tint() -> None:
    assert tint_of((250.0, 250.0, 250.0)) == (0.0, "")
    assert tint_of((220.0, 250.0, 250.0)) == (30.0, "yellow")
    assert tint_of((250.0, 230.0, 231.0)) == (20.0, "blue")
