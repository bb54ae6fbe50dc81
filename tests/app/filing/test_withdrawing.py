"""A correction that was opened by mistake goes back to what the centre has, and nothing done in it is lost for good."""

from __future__ import annotations

from typing import Any

import pytest

from app.filing.errors import RevisionChanged
from app.model.dossier import DossierState
from app.model.history import Step
from app.model.paper import Paper, PaperFields
from app.store.errors import DossierFrozen, NothingToWithdraw
from tests.office import Office
from tests.records import a_receipt


@pytest.fixture
def accepted(office: Office) -> str:
    dossier_id = office.complete()
    entry = office.finishing.start(dossier_id).result(60)
    office.outbox.accept(entry.id, a_receipt(entry))
    return dossier_id


def state_of(office: Office, dossier_id: str) -> tuple[Any, ...]:
    dossiers = office.dossiers
    return (
        dossiers.get(dossier_id),
        dossiers.pages(dossier_id),
        office.papers.of_dossier(dossier_id),
        dossiers.checklist(dossier_id),
    )


def test_an_untouched_correction_goes_without_a_question(office: Office, accepted: str) -> None:
    before, steps = state_of(office, accepted), office.revisions.history(accepted)
    office.revisions.correct(accepted, "nhầm hồ sơ")
    dossier = office.revisions.withdraw(accepted)
    assert (dossier.state, dossier.revision) == (DossierState.ACCEPTED, 1)
    assert state_of(office, accepted) == before
    assert office.revisions.history(accepted) == steps
    with pytest.raises(DossierFrozen):
        office.dossiers.set_fields(accepted, owner_name="Ai")


def test_a_side_opened_for_the_result_goes_back_too(office: Office, accepted: str) -> None:
    before = state_of(office, accepted)
    office.revisions.begin_result(accepted)
    office.revisions.withdraw(accepted)
    assert state_of(office, accepted) == before


def test_changes_go_only_when_that_is_said_and_can_be_undone_later(office: Office, accepted: str) -> None:
    before = state_of(office, accepted)
    pages = [page.id for page in office.dossiers.pages(accepted)]
    office.revisions.correct(accepted, "sai tên")
    office.dossiers.set_fields(accepted, owner_name="Người Khác")
    office.page_actions.turn(accepted, pages[:1], 90)
    office.page_actions.delete(accepted, pages[1:])
    office.stores.papers.keep(Paper(accepted, "TP01", PaperFields(number="12/2026")))
    added = office.add(accepted, 9, "TP01")
    with pytest.raises(RevisionChanged) as refused:
        office.revisions.withdraw(accepted)
    assert "--drop" in refused.value.remedy_in("vi")
    assert office.dossiers.get(accepted).owner_name == "Người Khác"

    office.revisions.withdraw(accepted, drop=True)
    now = office.dossiers.pages(accepted)
    assert [page.id for page in now] == pages
    assert [(page.component, page.edits) for page in now] == [(page.component, page.edits) for page in before[1]]
    assert office.stores.papers.of_dossier(accepted) == before[2]
    assert office.dossiers.get(accepted) == before[0]
    assert Step.WITHDRAWN in [line.step for line in office.revisions.history(accepted)]

    office.revisions.correct(accepted, "lần này đúng")
    assert office.page_actions.undo(accepted) is not None
    assert {page.id for page in office.dossiers.pages(accepted)} == {pages[0], added.id}


def test_only_what_was_opened_on_an_accepted_record_can_be_withdrawn(office: Office, accepted: str) -> None:
    for dossier_id in (accepted, office.dossiers.new().id):
        with pytest.raises(NothingToWithdraw):
            office.revisions.withdraw(dossier_id)


def test_a_withdrawn_correction_leaves_its_number_free_for_the_next(office: Office, accepted: str) -> None:
    office.revisions.correct(accepted, "nhầm")
    office.revisions.withdraw(accepted)
    assert office.revisions.correct(accepted, "thật").revision == 2
    office.dossiers.set_fields(accepted, owner_name="Trần Thị Đúng")
    assert office.finishing.start(accepted).result(60).revision == 2
