"""Any run of a clerk's actions, tried against a plain list of states: undoing all gives the start, no page is lost."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from app.events import Events
from app.filing.dossiers import Dossiers
from app.filing.page_actions import PageActions
from app.filing.procedures import ProcedureSearch
from app.filing.stores import Stores
from app.model.page import Page
from app.settings import Settings
from app.store.folder import DataFolder
from app.store.pages import PageStore
from app.store.procedures import load_catalogue
from resources import resource
from tests.records import NOW, a_page, opened_database

CATALOGUE = load_catalogue(resource("catalogue.json"))
PICKED = st.sets(st.integers(0, 7), max_size=4)
QUADS = st.sampled_from([((0.0, 0.0), (90.0, 0.0), (90.0, side), (0.0, side)) for side in (50.0, 80.0)])

State = tuple[tuple[str, str, str], ...]


class Clerk(RuleBasedStateMachine):
    """Turns, crops, deletes, moves, places, undoes and redoes; ``past`` and ``future`` say what must come back."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Path(tempfile.mkdtemp())
        self.past: list[State] = []
        self.future: list[State] = []
        self.added = 0

    @initialize(count=st.integers(1, 5))
    def begin(self, count: int) -> None:
        self.database = opened_database(DataFolder(self.root))
        self.pages = PageStore(self.database)
        stores = Stores.on(self.database, ProcedureSearch(CATALOGUE))
        self.page_actions = PageActions(stores, Events(), Settings, lambda: NOW)
        self.dossiers = Dossiers(stores, self.page_actions, Events(), Settings, lambda: NOW)
        self.id = self.dossiers.new("1.001193").id
        for _ in range(count):
            self._add()

    def teardown(self) -> None:
        self.database.close()
        shutil.rmtree(self.root)

    def _add(self) -> Page:
        self.added += 1
        return self.pages.add(a_page(self.id, self.added))

    def _state(self) -> State:
        return tuple((page.id, page.component, repr(page.edits)) for page in self.dossiers.pages(self.id))

    def _ids(self, picked: set[int]) -> list[str]:
        pages = self.dossiers.pages(self.id)
        return [pages[index].id for index in sorted(picked) if index < len(pages)]

    def _act(self, action: Callable[[], object]) -> None:
        before = self._state()
        action()
        if self._state() != before:
            self.past.append(before)
            self.future.clear()

    @rule(picked=PICKED, degrees=st.sampled_from([90, 180, 270]))
    def turn(self, picked: set[int], degrees: int) -> None:
        self._act(lambda: self.page_actions.turn(self.id, self._ids(picked), degrees))

    @rule(index=st.integers(0, 7), quad=QUADS)
    def crop(self, index: int, quad: tuple[tuple[float, float], ...]) -> None:
        for page_id in self._ids({index}):
            self._act(lambda page_id=page_id: self.page_actions.crop(self.id, page_id, quad))  # type: ignore[misc,arg-type]

    @rule(picked=PICKED)
    def delete(self, picked: set[int]) -> None:
        self._act(lambda: self.page_actions.delete(self.id, self._ids(picked)))

    @rule(picked=st.lists(st.integers(0, 7), max_size=4), before=st.integers(0, 8))
    def move(self, picked: list[int], before: int) -> None:
        pages = [page.id for page in self.dossiers.pages(self.id)]
        chosen = [pages[index] for index in picked if index < len(pages)]
        target = pages[before] if before < len(pages) else None
        moved = list(dict.fromkeys(chosen))
        cut = len(pages) if target is None else before
        expected = [page for page in pages[:cut] if page not in moved]
        expected += [*moved, *(page for page in pages[cut:] if page not in moved)]
        self._act(lambda: self.page_actions.move(self.id, chosen, target))
        assert [page.id for page in self.dossiers.pages(self.id)] == expected

    @rule(picked=PICKED, component=st.sampled_from(["", "TP01", "TP02"]))
    def place(self, picked: set[int], component: str) -> None:
        self._act(lambda: self.page_actions.place(self.id, self._ids(picked), component))

    @rule()
    def undo(self) -> None:
        now = self._state()
        assert (self.page_actions.undo(self.id) is not None) == bool(self.past)
        if self.past:
            self.future.append(now)
            assert self._state() == self.past.pop()

    @rule()
    def redo(self) -> None:
        now = self._state()
        assert (self.page_actions.redo(self.id) is not None) == bool(self.future)
        if self.future:
            self.past.append(now)
            assert self._state() == self.future.pop()

    @precondition(lambda self: self.added < 7 and not self.future and not self.past)
    @rule()
    def scan_one_more(self) -> None:
        assert self.dossiers.pages(self.id)[-1:] != (self._add(),)

    @invariant()
    def all_pages_are_there_in_places_of_their_own(self) -> None:
        every = [self.pages.get(a_page(self.id, sequence).id) for sequence in range(1, self.added + 1)]
        assert len({page.position for page in every}) == len(every)
        shown = self.dossiers.pages(self.id)
        assert {page.id for page in every if not page.deleted} == {page.id for page in shown}
        undoable, redoable = self.page_actions.history(self.id)
        assert (undoable is not None, redoable is not None) == (bool(self.past), bool(self.future))

    @rule()
    def look_back_to_the_start_and_return(self) -> None:
        now = self._state()
        steps = 0
        while self.page_actions.undo(self.id):
            steps += 1
        assert steps == len(self.past)
        assert self._state() == (self.past[0] if self.past else now)
        for _ in range(steps):
            assert self.page_actions.redo(self.id)
        assert self._state() == now


TestClerk = Clerk.TestCase
TestClerk.settings = settings(max_examples=20, stateful_step_count=20, deadline=None)
