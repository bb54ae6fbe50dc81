"""Dossiers as a clerk works on them, on a real store with the catalogue that ships."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.events import Change, Events, Topic
from app.filing.dossiers import Dossiers
from app.filing.errors import NoProcedure, OnlyPresented, UnknownComponent
from app.filing.identifier_errors import InvalidIdentifier
from app.filing.page_actions import PageActions
from app.filing.procedures import ProcedureSearch, UnknownProcedure
from app.filing.stores import Stores
from app.model.page import Page
from app.settings import FilingSettings, Settings
from app.store.dossiers import DossierStore
from app.store.errors import NoSuchDossier
from app.store.folder import DataFolder
from app.store.pages import PageStore
from app.store.procedures import load_catalogue
from resources import resource
from tests.records import NOW, a_page, opened_database


class Desk:
    """A clerk's desk: dossiers on a real database, and the notices that were heard."""

    def __init__(self, root: Path) -> None:
        self.database = opened_database(DataFolder(root))
        self.pages = PageStore(self.database)
        self.store = DossierStore(self.database)
        self.settings = Settings()
        self.heard: list[Change] = []
        events = Events()
        events.subscribe(self.heard.append)
        search = ProcedureSearch(load_catalogue(resource("catalogue.json")))
        stores = Stores.on(self.database, search)
        self.page_actions = PageActions(stores, events, lambda: self.settings, lambda: NOW)
        self.dossiers = Dossiers(stores, self.page_actions, events, lambda: self.settings, lambda: NOW)

    def filled(self, code: str = "1.001193", count: int = 3) -> tuple[str, tuple[Page, ...]]:
        """A dossier with some pages; gives its id and them."""
        dossier_id = self.dossiers.new(code).id
        return dossier_id, tuple(self.pages.add(a_page(dossier_id, n, batch=dossier_id)) for n in range(1, count + 1))

    def places(self, dossier_id: str) -> list[str]:
        return [page.component for page in self.dossiers.pages(dossier_id)]

    def order(self, dossier_id: str) -> list[int]:
        return [page.provenance.sequence for page in self.dossiers.pages(dossier_id)]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path / "data")
    yield made
    made.database.close()


def test_a_new_dossier_takes_station_and_procedure_and_tells(desk: Desk) -> None:
    dossier = desk.dossiers.new("1.001193")
    assert (dossier.provisional, dossier.number) == ("TAM-261123-00001", "")
    assert (dossier.procedure_name, dossier.agency_code, dossier.operator) == ("Đăng ký khai sinh", "H02.15", "Người quét")
    assert desk.heard == [Change(Topic.DOSSIERS, dossier.id)]
    with pytest.raises(UnknownProcedure):
        desk.dossiers.new("9.999999")
    assert len(desk.dossiers.list()) == 1


def test_fields_are_cleaned_checked_and_cleared(desk: Desk) -> None:
    dossier = desk.dossiers.new()
    filled = desk.dossiers.set_fields(
        dossier.id, number=" h02.15-220112-0001 ", owner_name="  Trần   Thị\tThử ", owner_id_number="024 198 000 001"
    )
    assert (filled.number, filled.owner_name) == ("H02.15-220112-0001", "Trần Thị Thử")
    assert filled.owner_id_number == "024198000001"
    assert filled.shown_number == "H02.15-220112-0001"
    cleared = desk.dossiers.set_fields(dossier.id, number=" ", owner_name="", owner_id_number="")
    assert (cleared.number, cleared.owner_name, cleared.owner_id_number) == ("", "", "")
    assert cleared.shown_number == dossier.provisional
    assert desk.dossiers.set_fields(dossier.id) == cleared


@pytest.mark.parametrize(
    "wrong", [{"number": "H02.15-991332-0001"}, {"number": "H02.15-261124-0001"}, {"owner_id_number": "024198"}]
)
def test_a_bad_field_sets_nothing_at_all(desk: Desk, wrong: dict[str, str]) -> None:
    dossier = desk.dossiers.new()
    with pytest.raises(InvalidIdentifier):
        desk.dossiers.set_fields(dossier.id, owner_name="Trần Thị Thử", **wrong)
    assert desk.dossiers.get(dossier.id) == dossier


def test_a_province_may_have_number_patterns_of_its_own(desk: Desk) -> None:
    dossier = desk.dossiers.new()
    with pytest.raises(InvalidIdentifier):
        desk.dossiers.set_fields(dossier.id, number="BN/260101/12")
    pattern = r"(?P<org>[A-Z]{2})/(?P<date>\d{6})/(?P<seq>\d+)"
    desk.settings = Settings(filing=FilingSettings(dossier_number_patterns=(pattern,)))
    assert desk.dossiers.set_fields(dossier.id, number="BN/260101/12").number == "BN/260101/12"


def test_placing_needs_a_procedure_a_component_of_it_and_a_paper_to_keep(desk: Desk) -> None:
    loose, (page, *_) = desk.filled("")
    with pytest.raises(NoProcedure):
        desk.page_actions.place(loose, [page.id], "TP01")
    dossier_id, pages = desk.filled()
    with pytest.raises(UnknownComponent) as unknown:
        desk.page_actions.place(dossier_id, [pages[0].id], "TP99")
    assert "TP01, TP02" in unknown.value.remedy_in("vi")
    with pytest.raises(OnlyPresented) as presented:
        desk.page_actions.place(dossier_id, [pages[0].id], "TP06")
    assert "chỉ xuất trình" in presented.value.title_in("vi")
    assert desk.places(dossier_id) == ["", "", ""]


def test_the_checklist_counts_pages_and_names_what_is_missing(desk: Desk) -> None:
    dossier_id, pages = desk.filled()
    desk.page_actions.place(dossier_id, [pages[0].id, pages[2].id], "TP01")
    rows = {row.component.code: (row.pages, row.missing) for row in desk.dossiers.checklist(dossier_id)}
    assert (rows["TP01"], rows["TP02"], rows["TP03"]) == ((2, False), (0, True), (0, False))
    desk.page_actions.place(dossier_id, [pages[0].id], "")
    assert desk.places(dossier_id) == ["", "", "TP01"]
    assert desk.dossiers.checklist(desk.dossiers.new().id) == ()


def test_another_procedure_unplaces_what_it_does_not_ask_for_and_undo_is_caught(desk: Desk) -> None:
    dossier_id, pages = desk.filled()
    for page, component in zip(pages, ("TP01", "TP02", "TP05"), strict=True):
        desk.page_actions.place(dossier_id, [page.id], component)
    search = ProcedureSearch(load_catalogue(resource("catalogue.json")))
    short = next(match.procedure for match in search.search("") if 1 <= len(match.procedure.components) <= 2)
    changed = desk.dossiers.set_procedure(dossier_id, short.code)
    assert (changed.procedure_code, changed.procedure_name) == (short.code, short.name)
    assert desk.places(dossier_id)[2] == ""
    desk.page_actions.undo(dossier_id)
    assert desk.places(dossier_id)[2] == "TP05"
    blocks = [item.page_id for item in desk.dossiers.check(dossier_id) if item.severity == "block"]
    assert pages[2].id in blocks


def test_pages_follow_a_paper_of_the_same_name_into_another_procedure(desk: Desk) -> None:
    dossier_id, pages = desk.filled()
    for page, component in zip(pages, ("TP01", "TP02", "TP05"), strict=True):
        desk.page_actions.place(dossier_id, [page.id], component)
    desk.dossiers.set_procedure(dossier_id, "1.004884")
    assert desk.places(dossier_id) == ["", "", "TP04"]  # "Văn bản ủy quyền" is the fifth paper there, the fourth here


def test_a_component_that_is_only_presented_elsewhere_is_unplaced_too(desk: Desk) -> None:
    dossier_id, (page, *_) = desk.filled("")
    search = ProcedureSearch(load_catalogue(resource("catalogue.json")))
    long = next(m.procedure for m in search.search("") if (c := m.procedure.component("TP06")) and c.requirement != "presented")
    desk.dossiers.set_procedure(dossier_id, long.code)
    desk.page_actions.place(dossier_id, [page.id], "TP06")
    desk.dossiers.set_procedure(dossier_id, "1.001193")
    assert desk.places(dossier_id)[0] == ""


def test_a_dossier_whose_procedure_left_the_catalogue_can_still_be_looked_at(desk: Desk) -> None:
    dossier_id, _ = desk.filled()
    desk.store.change(dossier_id, procedure_code="1.999999", procedure_version="")
    assert desk.dossiers.checklist(dossier_id) == ()
    assert any("1.999999" in item.text.vi for item in desk.dossiers.check(dossier_id))


@pytest.mark.parametrize(
    ("picked", "before", "expected"),
    [
        ([0], 2, [2, 1, 3, 4]),
        ([3, 1], 0, [4, 2, 1, 3]),
        ([0, 1], None, [3, 4, 1, 2]),
        ([1], 1, [1, 2, 3, 4]),
        ([1, 2], 2, [1, 2, 3, 4]),
        ([0, 0, 0], 3, [2, 3, 1, 4]),
        ([2], 0, [3, 1, 2, 4]),
    ],
)
def test_pages_are_moved_where_the_clerk_drops_them(
    desk: Desk, picked: list[int], before: int | None, expected: list[int]
) -> None:
    dossier_id, pages = desk.filled(count=4)
    desk.page_actions.move(dossier_id, [pages[index].id for index in picked], None if before is None else pages[before].id)
    assert desk.order(dossier_id) == expected
    desk.page_actions.undo(dossier_id)
    assert desk.order(dossier_id) == [1, 2, 3, 4]


def test_turns_add_up_and_the_last_frame_counts(desk: Desk) -> None:
    dossier_id, (page, *_) = desk.filled()
    desk.page_actions.turn(dossier_id, [page.id], 270)
    desk.page_actions.turn(dossier_id, [page.id], 180)
    frames = [((0.0, 0.0), (side, 0.0), (side, side), (0.0, side)) for side in (100.0, 200.0)]
    for frame in frames:
        desk.page_actions.crop(dossier_id, page.id, frame)
    geometry = desk.dossiers.pages(dossier_id)[0].geometry
    assert (geometry.turn, geometry.quad) == (90, frames[1])
    desk.page_actions.mark_blank(dossier_id, [page.id], True)
    assert desk.dossiers.pages(dossier_id)[0].blank
    undone = [text.en for text in iter(lambda: desk.page_actions.undo(dossier_id), None)]
    assert undone == ["mark as blank", "crop", "crop", "turn", "turn"]
    undoable, redoable = desk.page_actions.history(dossier_id)
    assert (undoable, redoable and redoable.vi) == (None, "xoay trang")


def test_what_is_no_turn_and_no_frame_is_refused(desk: Desk) -> None:
    dossier_id, (page, *_) = desk.filled()
    for degrees in (0, 45, 360):
        with pytest.raises(ValueError, match="quarter turn"):
            desk.page_actions.turn(dossier_id, [page.id], degrees)
    with pytest.raises(ValueError, match="encloses nothing"):
        desk.page_actions.crop(dossier_id, page.id, ((0.0, 0.0), (100.0, 0.0), (100.0, 0.5), (0.0, 0.5)))
    assert desk.page_actions.history(dossier_id) == (None, None)


def test_an_empty_dossier_is_dropped_and_one_with_a_deleted_page_is_not(desk: Desk) -> None:
    empty = desk.dossiers.new().id
    dossier_id, (page,) = desk.filled(count=1)
    desk.page_actions.delete(dossier_id, [page.id])
    desk.heard.clear()
    assert not desk.dossiers.drop_empty(dossier_id)
    assert desk.heard == []
    assert desk.dossiers.drop_empty(empty)
    assert desk.heard == [Change(Topic.DOSSIERS, empty)]
    with pytest.raises(NoSuchDossier):
        desk.dossiers.get(empty)
    desk.page_actions.undo(dossier_id)
    assert len(desk.dossiers.pages(dossier_id)) == 1


def test_late_pages_get_a_dossier_of_the_same_procedure_if_there_is_one(desk: Desk) -> None:
    dossier_id, _ = desk.filled()
    assert desk.dossiers.get(desk.dossiers.open_late(dossier_id)).procedure_code == "1.001193"
    assert desk.dossiers.get(desk.dossiers.open_late("nobody")).procedure_code == ""
    desk.store.change(dossier_id, procedure_code="1.999999", procedure_version="")
    assert desk.dossiers.get(desk.dossiers.open_late(dossier_id)).procedure_code == ""
