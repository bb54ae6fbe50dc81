"""Sessions with a network scanner that really takes its paper in: after each mishap the clerk does what is said, no more."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from app.acquisition.prompts import prompt_of
from app.acquisition.session_messages import Stage
from app.acquisition.sittings import Standing
from app.model.profile import Blanks, Profile, Source, Way
from drivers.virtual_escl import Server
from tests.scanners import Station, network_scanner, opened_station, workers
from tests.support import wait_until

SHEETS = 6
MISHAPS = ["jam", "double_feed", "mispick", "cover_open", "drop", "truncate", "shortjpeg", "empty_body"]


@pytest.fixture(scope="module")
def workstation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Station]:
    with opened_station(tmp_path_factory.mktemp("sessions"), SHEETS) as station:
        yield station


@pytest.fixture
def station(workstation: Station) -> Iterator[Station]:
    workstation.dossier = workstation.application.dossiers.new().id
    yield workstation
    assert workers() == []


def obedient(station: Station, profile: Profile, server: Server) -> list[Standing]:
    """Run a session to its end, putting back each time what it says; gives each time that it asked."""
    sitting = station.application.sittings.open(profile, station.dossier)
    sitting.begin()
    asked = []
    while (standing := sitting.wait(lambda seen: not seen.running)).stage is not Stage.OVER:
        asked.append(standing)
        server.scanner.lay_back((standing.sheet - 1) * standing.sides)
        sitting.go_on()
    return asked


@pytest.mark.parametrize("seed", range(8))
def test_after_any_mishaps_each_side_is_there_once_and_in_order(station: Station, seed: int) -> None:
    chance = random.Random(seed)
    source = chance.choice([Source.FEEDER, Source.DUPLEX])
    first = 2 if source is Source.FEEDER else 3
    script = [{"page": page, "fault": chance.choice(MISHAPS)} for page in chance.choices(range(first, SHEETS + 1), k=3)]
    with network_scanner(station.slips, *script) as server:
        asked = obedient(station, replace(station.escl(server.url), source=source), server)
    assert asked
    assert station.slip_numbers == list(range(1, SHEETS + 1))


def test_stop_counts_what_went_in_and_the_rest_is_gone_on_with(station: Station) -> None:
    with network_scanner(station.slips, ppm=120, ahead=3) as server:
        sitting = station.application.sittings.open(station.escl(server.url), station.dossier)
        sitting.begin()
        sitting.wait(lambda standing: len(standing.pages) >= 1)
        sitting.stop()
        sitting.stop()
        standing = sitting.wait(lambda seen: not seen.running)
        assert standing.stage is Stage.PUT_BACK
        prompt = prompt_of(standing)
        assert prompt is not None
        assert f"{standing.sheet}" in prompt.remedy.vi
        server.scanner.lay_back(standing.sheet - 1)
        sitting.go_on()
        assert sitting.wait(lambda seen: not seen.running).stage is Stage.OVER
    assert station.slip_numbers == list(range(1, SHEETS + 1))


def test_pile_after_pile_goes_in_by_itself(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    # The scanner fills its tray anew once it has said that it is empty: everything here comes before it is asked again.
    monkeypatch.setattr("app.acquisition.session.POLL_SECONDS", 2.0)
    with network_scanner(station.slips) as server:
        profile = replace(station.escl(server.url), way=Way.MORE, wait_for_paper=True)
        sitting = station.application.sittings.open(profile, station.dossier)
        sitting.begin()
        sitting.wait(lambda standing: standing.stage is Stage.PAPER and len(standing.pages) == SHEETS)
        server.scanner.lay_back(SHEETS - 2)
        sitting.wait(lambda standing: standing.stage is Stage.PAPER and len(standing.pages) == SHEETS + 2)
        sitting.done()
        assert sitting.wait(lambda standing: standing.stage is Stage.OVER).trouble is None
    assert station.slip_numbers == [*range(1, SHEETS + 1), SHEETS - 1, SHEETS]


def test_blank_pages_are_taken_out_so_that_undo_brings_them_back(station: Station, tmp_path: Path) -> None:
    tray = tmp_path / "tray"
    tray.mkdir()
    for name, words in (("1", "Trang một có chữ"), ("2", ""), ("3", "Trang ba có chữ")):
        page = Image.new("RGB", (827, 1169), "white")
        for line in range(12 if words else 0):
            ImageDraw.Draw(page).text((90, 120 + 70 * line), f"{words} dòng {line}", fill="black", font_size=34)
        page.save(tray / f"{name}.png", dpi=(100, 100))
    application, dossier = station.application, station.dossier
    sitting = application.sittings.open(Profile("x", "virtual", str(tray), dpi=100, blanks=Blanks.REMOVE), dossier)
    sitting.begin()
    sitting.wait(lambda standing: standing.stage is Stage.OVER)
    wait_until(
        lambda: not application.scanned.undecided and len(application.dossiers.pages(dossier)) == 2, 60, "the blank page"
    )
    undone = application.page_actions.undo(dossier)
    assert undone is not None
    assert undone.vi == "bỏ trang trắng"
    assert [page.blank for page in application.dossiers.pages(dossier)] == [False, True, False]
