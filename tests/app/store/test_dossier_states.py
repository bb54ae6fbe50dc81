"""Dossiers through any sequence of events: what the states promise holds after each of them."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from app.model.dossier import Dossier, DossierState, RevisionKind
from app.model.outbox import OutboxState
from app.model.procedure import Side
from app.store.database import Database
from app.store.dossiers import DossierStore
from app.store.errors import DossierFrozen, DossierStillOpen, NotAcceptedYet, NumberTaken
from app.store.folder import DataFolder
from app.store.outbox import OutboxStore
from tests.records import NOW, a_dossier, a_receipt, an_entry, opened_database

NUMBERS = [f"H02.15-261123-{serial:04d}" for serial in (1, 2)]


class Dossiers(RuleBasedStateMachine):
    """A station's dossiers, their numbers and their entries."""

    empty = Path()
    ids = Bundle("ids")

    @initialize()
    def begin(self) -> None:
        self.root = Path(tempfile.mkdtemp())
        shutil.copytree(self.empty, self.root, dirs_exist_ok=True)
        self.database = Database(DataFolder(self.root))
        self.store, self.outbox = DossierStore(self.database), OutboxStore(self.database)
        self.provisional: list[str] = []
        self.accepted: dict[str, int] = {}

    def teardown(self) -> None:
        if hasattr(self, "database"):
            self.database.close()
            shutil.rmtree(self.root)

    @rule(target=ids)
    def new(self) -> str:
        dossier = self.store.add(a_dossier())
        self.provisional.append(dossier.provisional)
        return dossier.id

    @rule(dossier_id=consumes(ids))
    def drop(self, dossier_id: str) -> None:
        was_open = self.store.get(dossier_id).state is DossierState.OPEN
        first = self.store.get(dossier_id).revision == 1
        if not was_open:
            assert not self.store.drop_empty(dossier_id)
        elif first and self.outbox.of_dossier(dossier_id) is None:
            assert self.store.drop_empty(dossier_id)

    @rule(dossier_id=ids, number=st.sampled_from(NUMBERS))
    def give_number(self, dossier_id: str, number: str) -> None:
        before = self.store.get(dossier_id)
        taken = any(other.number == number and other.id != dossier_id for other in self.all())
        if before.state is not DossierState.OPEN:
            with pytest.raises(DossierFrozen):
                self.store.change(dossier_id, number=number)
        elif taken:
            with pytest.raises(NumberTaken):
                self.store.change(dossier_id, number=number)
        else:
            assert self.store.change(dossier_id, number=number).number == number

    @rule(dossier_id=ids)
    def finish(self, dossier_id: str) -> None:
        before = self.store.get(dossier_id)
        if before.state is DossierState.OPEN:
            assert self.store.finish(before, (), an_entry(before))
        else:
            with pytest.raises(DossierFrozen):
                self.store.finish(before, (), an_entry(before))

    @rule(dossier_id=ids, accept=st.booleans())
    def answer(self, dossier_id: str, accept: bool) -> None:
        entry = self.outbox.of_dossier(dossier_id)
        if entry is None or entry.state is not OutboxState.WAITING:
            return
        if accept:
            number = self.store.get(dossier_id).number or f"H02.15-261123-{9000 + len(self.accepted):04d}"
            self.outbox.accept(entry.id, a_receipt(entry, number))
            self.accepted[dossier_id] = entry.revision
        else:
            self.outbox.refuse(entry.id, "RecordRefused", "")

    @rule(dossier_id=ids)
    def mend(self, dossier_id: str) -> None:
        before = self.store.get(dossier_id)
        if before.state in (DossierState.FINISHED, DossierState.REFUSED):
            assert self.store.reopen(dossier_id, NOW).revision == before.revision
        else:
            with pytest.raises(DossierStillOpen if before.state is DossierState.OPEN else DossierFrozen):
                self.store.reopen(dossier_id, NOW)

    @rule(dossier_id=ids, kind=st.sampled_from([RevisionKind.RESULT, RevisionKind.CORRECTION]))
    def next_revision(self, dossier_id: str, kind: RevisionKind) -> None:
        before = self.store.get(dossier_id)
        if before.state is not DossierState.ACCEPTED:
            with pytest.raises(NotAcceptedYet):
                self.store.open_revision(dossier_id, kind, "lý do", "Lan", NOW)
            return
        opened = self.store.open_revision(dossier_id, kind, "lý do", "Lan", NOW)
        assert (opened.state, opened.revision, opened.number) == (DossierState.OPEN, before.revision + 1, before.number)
        assert opened.side is (Side.RESULT if kind is RevisionKind.RESULT else before.side)

    def all(self) -> tuple[Dossier, ...]:
        return self.store.list(None, 1000)

    @invariant()
    def promises_hold(self) -> None:
        if not hasattr(self, "store"):
            return
        assert len(set(self.provisional)) == len(self.provisional)
        numbers = [dossier.number for dossier in self.all() if dossier.number]
        assert len(set(numbers)) == len(numbers)
        for dossier in self.all():
            assert not dossier.number.startswith("TAM")
            revisions = [item.revision for item in self.store.revisions(dossier.id)]
            assert revisions == list(range(1, dossier.revision + 1))
            assert dossier.revision <= self.accepted.get(dossier.id, 0) + 1
            assert (dossier.finished_at is None) == (dossier.state is DossierState.OPEN)
            entry = self.outbox.of_dossier(dossier.id)
            if dossier.state is DossierState.ACCEPTED:
                assert entry is not None
                assert (entry.state, entry.revision) == (OutboxState.ACCEPTED, dossier.revision)


def test_any_sequence_keeps_what_the_states_promise(tmp_path: Path) -> None:
    # Migrating for each of the sequences would take most of the time.
    opened_database(DataFolder(tmp_path)).close()
    Dossiers.empty = tmp_path
    run_state_machine_as_test(Dossiers, settings=settings(max_examples=15, stateful_step_count=15, deadline=None))
