"""Turning one page of a pile and then the rest of it; one picture of several papers as several pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.events import Events
from app.filing.dossiers import Dossiers
from app.filing.errors import OnePaper
from app.filing.page_actions import PageActions
from app.filing.procedures import ProcedureSearch
from app.filing.stores import Stores
from app.model.page_findings import Findings
from app.settings import Settings
from app.store.folder import DataFolder
from app.store.pages import PageStore
from app.store.procedures import load_catalogue
from resources import resource
from tests.records import NOW, a_page, opened_database

WHOLE = ((0.0, 0.0), (413.0, 0.0), (413.0, 583.0), (0.0, 583.0))

Desk = tuple[Dossiers, PageActions, PageStore]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    database = opened_database(DataFolder(tmp_path / "data"))
    stores = Stores.on(database, ProcedureSearch(load_catalogue(resource("catalogue.json"))))
    page_actions = PageActions(stores, Events(), Settings, lambda: NOW)
    yield Dossiers(stores, page_actions, Events(), Settings, lambda: NOW), page_actions, PageStore(database)
    database.close()


def lay(store: PageStore, dossier_id: str, sequence: int, batch: str, orientation: int, confidence: float) -> str:
    page = store.add(a_page(dossier_id, sequence, batch=batch))
    store.keep_findings(page.id, Findings(WHOLE, True, 1.0, 0.0, orientation, confidence, False, 0.1))
    return page.id


def test_the_rest_of_a_pile_follows_in_one_step(desk: Desk) -> None:
    dossiers, page_actions, store = desk
    dossier_id = dossiers.new().id
    first, second, third = (lay(store, dossier_id, number, "pile", 0, 0.2) for number in (1, 2, 3))
    other = lay(store, dossier_id, 1, "another pile", 0, 0.2)
    sure = lay(store, dossier_id, 5, "pile", 90, 0.95)
    doubtful = lay(store, dossier_id, 6, "pile", 270, 0.3)
    assert page_actions.rest_of_stack(dossier_id, first) == {}
    page_actions.turn(dossier_id, [first], 180)
    assert page_actions.rest_of_stack(dossier_id, first) == {second: 180, third: 180, doubtful: 90}
    assert page_actions.turn_rest(dossier_id, first) == 3
    turns = {page.id: page.geometry.turn for page in dossiers.pages(dossier_id)}
    assert turns == {first: 180, second: 180, third: 180, doubtful: 180, other: 0, sure: 270}
    page_actions.undo(dossier_id)
    turns = {page.id: page.geometry.turn for page in dossiers.pages(dossier_id)}
    assert turns == {first: 180, second: 0, third: 0, doubtful: 90, other: 0, sure: 270}


def test_pages_that_the_clerk_turned_are_left_alone(desk: Desk) -> None:
    dossiers, page_actions, store = desk
    dossier_id = dossiers.new().id
    first, second = (lay(store, dossier_id, number, "pile", 0, 0.2) for number in (1, 2))
    page_actions.turn(dossier_id, [second], 90)
    page_actions.turn(dossier_id, [first], 180)
    assert page_actions.rest_of_stack(dossier_id, first) == {}
    page_actions.turn(dossier_id, [first], 180)
    assert page_actions.rest_of_stack(dossier_id, second) == {}


CARDS = tuple(((20.0, top), (280.0, top), (280.0, top + 160.0), (20.0, top + 160.0)) for top in (30.0, 330.0))


def test_a_picture_of_two_cards_becomes_two_pages_and_one_again(desk: Desk) -> None:
    dossiers, page_actions, store = desk
    dossier_id = dossiers.new("1.001193").id
    glass = lay(store, dossier_id, 1, "glass", 0, 0.9)
    after = lay(store, dossier_id, 2, "glass", 0, 0.9)
    page_actions.place(dossier_id, [glass], "TP01")
    with pytest.raises(OnePaper):
        page_actions.split(dossier_id, glass)
    store.keep_findings(glass, Findings(WHOLE, True, 1.0, 0.0, 0, 0.9, False, 0.1, papers=CARDS))
    assert page_actions.split(dossier_id, glass) == 2
    front, back, last = dossiers.pages(dossier_id)
    assert (front.id, last.id) == (glass, after)
    assert (front.geometry.quad, back.geometry.quad) == CARDS
    assert front.file == back.file
    assert (front.component, back.component) == ("TP01", "TP01")
    with pytest.raises(OnePaper):
        page_actions.split(dossier_id, glass)
    page_actions.undo(dossier_id)
    assert [page.id for page in dossiers.pages(dossier_id)] == [glass, after]
    assert dossiers.pages(dossier_id)[0].edits == ()
    page_actions.redo(dossier_id)
    assert [page.id for page in dossiers.pages(dossier_id)] == [glass, back.id, after]
    page_actions.undo(dossier_id)
    assert page_actions.split(dossier_id, glass) == 2
    assert [page.id for page in dossiers.pages(dossier_id)] == [glass, back.id, after]
    assert not [found for found in dossiers.check(dossier_id) if found.check.value == "same_image"]
