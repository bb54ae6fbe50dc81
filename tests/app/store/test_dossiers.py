"""Dossier rows: kept, found, changed while open, finished whole or not at all."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.model.dossier import DossierState, WrongState, check_transition
from app.store.dossiers import DossierStore
from app.store.errors import AnswerAwaited, DossierFrozen, DossierStillOpen, NoSuchDossier
from app.store.outbox import OutboxStore
from app.store.pages import Arrangement, PageStore
from tests.records import NOW, a_dossier, a_page, an_entry


def test_a_dossier_comes_back_as_it_was(dossiers: DossierStore) -> None:
    given = a_dossier()
    kept = dossiers.add(given)
    assert kept == replace(given, provisional="TAM-261123-00001")
    assert dossiers.get(kept.id) == kept


def test_a_dossier_is_found_by_any_of_its_names(dossiers: DossierStore) -> None:
    kept = dossiers.add(a_dossier())
    numbered = dossiers.change(kept.id, number="H02.15-261123-0001")
    for reference in (kept.id, kept.provisional, "H02.15-261123-0001", kept.id[:8]):
        assert dossiers.get(reference) == numbered
    for reference in ("", kept.id[:5], "TAM-261123-00002", "%%%%%%%%", "______"):
        with pytest.raises(NoSuchDossier):
            dossiers.get(reference)


def test_a_beginning_that_fits_two_names_neither(dossiers: DossierStore) -> None:
    dossiers.add(a_dossier(id="aaaaaaaa-1"))
    dossiers.add(a_dossier(id="aaaaaaaa-2"))
    with pytest.raises(NoSuchDossier):
        dossiers.get("aaaaaaaa")


def test_the_newest_come_first_and_are_counted_by_state(dossiers: DossierStore) -> None:
    first, second, third = (dossiers.add(a_dossier()) for _ in range(3))
    assert dossiers.finish(second, (), an_entry(second))
    assert [dossier.id for dossier in dossiers.list(None, 10)] == [third.id, second.id, first.id]
    assert [dossier.id for dossier in dossiers.list(DossierState.OPEN, 1)] == [third.id]
    counted = dossiers.count_by_state()
    assert counted == {
        DossierState.OPEN: 2,
        DossierState.FINISHED: 1,
        DossierState.ACCEPTED: 0,
        DossierState.REFUSED: 0,
    }


def test_finishing_freezes_the_dossier_and_queues_its_entry(
    dossiers: DossierStore, pages: PageStore, outbox: OutboxStore
) -> None:
    dossier = dossiers.add(a_dossier())
    page = pages.add(a_page(dossier.id))
    entry = an_entry(dossier)
    assert dossiers.finish(dossier, (page,), entry)
    frozen = dossiers.get(dossier.id)
    assert (frozen.state, frozen.finished_at) == (DossierState.FINISHED, NOW)
    assert outbox.get(entry.id) == entry
    with pytest.raises(DossierFrozen):
        dossiers.finish(frozen, (page,), an_entry(dossier))
    assert len(outbox.all()) == 1


@pytest.mark.parametrize("change", ["field", "turn", "new page", "deleted"])
def test_what_changed_meanwhile_is_not_finished(
    change: str, dossiers: DossierStore, pages: PageStore, outbox: OutboxStore
) -> None:
    dossier = dossiers.add(a_dossier())
    page = pages.add(a_page(dossier.id))
    match change:
        case "field":
            dossiers.change(dossier.id, owner_name="Lê Văn Thử")
        case "new page":
            pages.add(a_page(dossier.id, 2))
        case "turn":
            pages.arrange(
                dossier.id,
                Arrangement.PLACE,
                lambda seen: [replace(item, component="TP01") for item in seen],
                operator="",
                now=NOW,
            )
        case _:
            pages.arrange(
                dossier.id,
                Arrangement.DELETE,
                lambda seen: [replace(item, deleted=True) for item in seen],
                operator="",
                now=NOW,
            )
    assert not dossiers.finish(dossier, (page,), an_entry(dossier))
    assert dossiers.get(dossier.id).state is DossierState.OPEN
    assert outbox.all() == ()


def test_a_frozen_dossier_refuses_every_change(dossiers: DossierStore, pages: PageStore) -> None:
    dossier = dossiers.add(a_dossier())
    page = pages.add(a_page(dossier.id))
    dossiers.finish(dossier, (page,), an_entry(dossier))
    attempts = (
        lambda: dossiers.change(dossier.id, owner_name="x"),
        lambda: pages.add(a_page(dossier.id, 2)),
        lambda: pages.arrange(dossier.id, Arrangement.MOVE, lambda seen: seen, operator="", now=NOW),
        lambda: pages.undo(dossier.id),
        lambda: pages.redo(dossier.id),
    )
    for attempt in attempts:
        with pytest.raises(DossierFrozen) as frozen:
            attempt()
    assert dossier.provisional in frozen.value.title_in("vi")
    assert pages.add(page) == page  # taken in again after a crash, it is only recognised
    assert pages.of_dossier(dossier.id) == (page,)
    assert not dossiers.drop_empty(dossier.id)


ALLOWED = {
    (DossierState.OPEN, DossierState.FINISHED),
    (DossierState.FINISHED, DossierState.OPEN),
    (DossierState.FINISHED, DossierState.ACCEPTED),
    (DossierState.FINISHED, DossierState.REFUSED),
    (DossierState.REFUSED, DossierState.OPEN),
    (DossierState.REFUSED, DossierState.ACCEPTED),
    (DossierState.ACCEPTED, DossierState.OPEN),
}


@pytest.mark.parametrize("old", list(DossierState))
@pytest.mark.parametrize("new", list(DossierState))
def test_only_the_allowed_transitions_are_made(old: DossierState, new: DossierState) -> None:
    if (old, new) in ALLOWED:
        check_transition(old, new)
    else:
        with pytest.raises(WrongState, match=f"{old} -> {new}"):
            check_transition(old, new)


def test_only_a_refused_or_untried_dossier_is_opened_again_and_its_entry_goes(
    dossiers: DossierStore, outbox: OutboxStore
) -> None:
    dossier = dossiers.add(a_dossier())
    entry = an_entry(dossier)
    assert dossiers.finish(dossier, (), entry)
    outbox.mark_tried(entry.id)
    with pytest.raises(AnswerAwaited):
        dossiers.reopen(dossier.id, NOW)
    outbox.refuse(entry.id, "RecordRefused", "{}")
    opened = dossiers.reopen(dossier.id, NOW)
    assert (opened.state, opened.finished_at, opened.revision) == (DossierState.OPEN, None, 1)
    assert outbox.of_dossier(dossier.id) is None
    assert dossiers.finish(opened, (), an_entry(opened))
    assert dossiers.reopen(dossier.id, NOW).state is DossierState.OPEN
    with pytest.raises(DossierStillOpen):
        dossiers.reopen(dossier.id, NOW)


def test_only_a_dossier_that_never_held_a_page_is_dropped(dossiers: DossierStore, pages: PageStore) -> None:
    empty, held = dossiers.add(a_dossier()), dossiers.add(a_dossier())
    pages.add(a_page(held.id))
    pages.arrange(
        held.id, Arrangement.DELETE, lambda seen: [replace(page, deleted=True) for page in seen], operator="", now=NOW
    )
    assert not dossiers.drop_empty(held.id)
    assert dossiers.drop_empty(empty.id)
    assert not dossiers.drop_empty(empty.id)
    assert [dossier.id for dossier in dossiers.list(None, 10)] == [held.id]


def test_names_that_nobody_has_are_said(dossiers: DossierStore) -> None:
    for attempt in (
        lambda: dossiers.change("nobody", owner_name="x"),
        lambda: dossiers.reopen("nobody", NOW),
        lambda: dossiers.finish(a_dossier(), (), an_entry(a_dossier())),
    ):
        with pytest.raises(NoSuchDossier):
            attempt()
