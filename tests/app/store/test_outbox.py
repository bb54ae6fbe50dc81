"""Outbox rows: every step of a sending is kept, and nothing is accepted without its receipt."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.model.dossier import DossierState, WrongState
from app.model.outbox import OutboxEntry, OutboxState
from app.store.dossiers import DossierStore
from app.store.outbox import OutboxStore
from tests.records import NOW, a_dossier, a_receipt, an_entry


@pytest.fixture
def entry(dossiers: DossierStore) -> OutboxEntry:
    """The entry of a finished dossier."""
    dossier = dossiers.add(a_dossier())
    made = an_entry(dossier)
    assert dossiers.finish(dossier, (), made)
    return made


def test_an_entry_comes_back_as_it_was(outbox: OutboxStore, entry: OutboxEntry) -> None:
    assert outbox.get(entry.id) == entry
    assert outbox.of_dossier(entry.dossier_id) == entry
    assert outbox.unsent() == outbox.all() == (entry,)
    assert outbox.folders() == {f"{entry.dossier_id}-r1"}
    assert outbox.of_dossier("nobody") is None
    with pytest.raises(KeyError):
        outbox.get("nobody")


def test_each_try_is_marked_before_and_its_failure_kept(outbox: OutboxStore, entry: OutboxEntry) -> None:
    outbox.mark_tried(entry.id)
    outbox.mark_tried(entry.id)
    later = NOW + timedelta(minutes=5)
    outbox.put_off(entry.id, later, "Unreachable", "x" * 900)
    kept = outbox.get(entry.id)
    assert (kept.state, kept.attempts, kept.next_try_at) == (OutboxState.UNCONFIRMED, 2, later)
    assert (kept.error, kept.error_detail) == ("Unreachable", "x" * 400)
    outbox.try_now(NOW)
    assert outbox.get(entry.id).next_try_at == NOW
    assert (outbox.count(OutboxState.UNCONFIRMED), outbox.count(OutboxState.WAITING)) == (1, 0)


def test_an_upload_is_kept_for_its_own_file(outbox: OutboxStore, entry: OutboxEntry) -> None:
    first, second = entry.files
    outbox.keep_upload(entry.id, second.sha256, upload_url="https://centre.example.vn/files/2", uploaded=True)
    changed = replace(second, upload_url="https://centre.example.vn/files/2", uploaded=True)
    assert outbox.get(entry.id).files == (first, changed)


def test_a_receipt_accepts_entry_and_dossier_together(outbox: OutboxStore, dossiers: DossierStore, entry: OutboxEntry) -> None:
    receipt = a_receipt(entry)
    outbox.put_off(entry.id, NOW, "Unreachable", "x")
    outbox.accept(entry.id, receipt)
    kept, dossier = outbox.get(entry.id), dossiers.get(entry.dossier_id)
    assert (kept.state, kept.receipt, kept.error) == (OutboxState.ACCEPTED, receipt, "")
    assert (dossier.state, dossier.number) == (DossierState.ACCEPTED, receipt.dossier_number)
    assert outbox.unsent() == ()
    outbox.accept(entry.id, receipt)  # the same answer again is no news
    assert outbox.get(entry.id) == kept


def test_what_was_accepted_is_never_refused_afterwards(outbox: OutboxStore, dossiers: DossierStore, entry: OutboxEntry) -> None:
    outbox.accept(entry.id, a_receipt(entry))
    with pytest.raises(WrongState):
        outbox.refuse(entry.id, "Refused", "late")
    assert outbox.get(entry.id).state is OutboxState.ACCEPTED
    assert dossiers.get(entry.dossier_id).state is DossierState.ACCEPTED


def test_a_refusal_is_shown_on_the_dossier_and_a_receipt_may_still_come(
    outbox: OutboxStore, dossiers: DossierStore, entry: OutboxEntry
) -> None:
    outbox.refuse(entry.id, "RecordRefused", "hash")
    assert outbox.get(entry.id).state is OutboxState.REFUSED
    assert dossiers.get(entry.dossier_id).state is DossierState.REFUSED
    outbox.accept(entry.id, a_receipt(entry))
    assert dossiers.get(entry.dossier_id).state is DossierState.ACCEPTED


def test_entries_come_oldest_first(outbox: OutboxStore, dossiers: DossierStore) -> None:
    made = []
    for minutes in (5, 1, 3):
        dossier = dossiers.add(a_dossier())
        entry = an_entry(dossier, created_at=NOW + timedelta(minutes=minutes))
        dossiers.finish(dossier, (), entry)
        made.append(entry)
    assert [entry.id for entry in outbox.unsent()] == [made[1].id, made[2].id, made[0].id]
    assert [entry.id for entry in outbox.all(limit=2)] == [made[2].id, made[0].id]
