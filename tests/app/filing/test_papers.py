"""What a clerk says about papers: read as it is typed, kept, frozen with the dossier, and known in other dossiers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import ItemFailed, SohoaError
from app.events import Events
from app.filing.errors import NoProcedure, UnknownComponent
from app.filing.identifier_errors import InvalidIdentifier
from app.filing.papers import DATES, FLAGS, NAMES, BadPaperField, Papers, read_field
from app.filing.procedures import ProcedureSearch
from app.filing.stores import Stores
from app.model.paper import PaperFields
from app.store.errors import DossierFrozen, NumberTaken
from app.store.procedures import load_catalogue
from resources import resource
from tests.office import Office

FIELD_NAMES = tuple(field.name for field in fields(PaperFields))


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path / "data")
    yield made
    made.close()


@pytest.fixture
def papers(office: Office) -> Papers:
    stores = Stores.on(office.database, ProcedureSearch(load_catalogue(resource("catalogue.json"))))
    return Papers(stores, Events())


def test_fields_are_read_as_they_are_typed_and_kept(office: Office, papers: Papers) -> None:
    dossier_id = office.complete()
    typed = {
        "number": " 12/QĐ-UBND  ",
        "issued_on": "3/11/2026",
        "valid_to": "2030-12-31",
        "in_force": "có",
        "owner_id": "0100109106",
        "kind_code": "kq.g15.000031",
        "summary": "Về việc\n đăng ký",
    }
    papers.set_fields(dossier_id, "TP01", typed)
    papers.count(dossier_id, "TP01", 2, 2)
    known = papers.of_dossier(dossier_id)["TP01"]
    assert known.fields == PaperFields(
        number="12/QĐ-UBND",
        issued_on=date(2026, 11, 3),
        valid_to=date(2030, 12, 31),
        in_force=True,
        owner_id="0100109106",
        kind_code="KQ.G15.000031",
        summary="Về việc đăng ký",
    )
    assert known.expected_images == 4
    papers.set_fields(dossier_id, "TP01", dict.fromkeys(typed, ""))
    assert papers.of_dossier(dossier_id)["TP01"].fields == PaperFields()


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("issued_on", "31/02/2026", BadPaperField),
        ("issued_on", "hôm qua", BadPaperField),
        ("in_force", "có lẽ", BadPaperField),
        ("number", "x" * 101, BadPaperField),
        ("summary", "x" * 1001, BadPaperField),
        ("owner_id", "0100109107", InvalidIdentifier),
        ("kind_code", "x" * 65, BadPaperField),
    ],
)
def test_a_wrong_value_is_refused_and_nothing_is_kept(
    office: Office, papers: Papers, name: str, text: str, kind: type[ItemFailed]
) -> None:
    dossier_id = office.complete()
    with pytest.raises(kind) as refused:
        papers.set_fields(dossier_id, "TP01", {"title": "Tốt", name: text})
    assert refused.value.remedy_in("vi") != refused.value.remedy_in("en")
    assert papers.of_dossier(dossier_id) == {}


def test_only_papers_of_the_procedure_are_described(office: Office, papers: Papers) -> None:
    dossier_id = office.complete()
    with pytest.raises(UnknownComponent):
        papers.excuse(dossier_id, "TP99", "không có")
    with pytest.raises(NoProcedure):
        papers.count(office.dossiers.new().id, "TP01", 1, 1)
    for sheets, sides in ((-1, 1), (5001, 1), (1, 3)):
        with pytest.raises(BadPaperField):
            papers.count(dossier_id, "TP01", sheets, sides)


def test_a_finished_dossier_s_papers_are_frozen(office: Office, papers: Papers) -> None:
    dossier_id = office.complete()
    office.finishing.start(dossier_id).result(30)
    with pytest.raises(DossierFrozen):
        papers.set_fields(dossier_id, "TP01", {"number": "1"})


def test_the_same_paper_and_the_same_image_of_another_dossier_are_found(office: Office, papers: Papers) -> None:
    first, second = office.complete(), office.complete()
    for dossier_id in (first, second):
        papers.set_fields(dossier_id, "TP01", {"number": "7/2026", "kind_code": "KQ.G15.000031"})
    checks = {(found.check, found.component) for found in office.dossiers.check(second)}
    assert ("same_paper", "TP01") in checks
    assert sum(found.check == "same_image" for found in office.dossiers.check(second)) == 3
    papers.set_fields(first, "TP01", {"number": "8/2026"})
    assert "same_paper" not in {found.check for found in office.dossiers.check(second)}
    papers.set_fields(first, "TP01", {"number": "7/2026", "owner_id": "024198000002"})
    assert "same_paper" not in {found.check for found in office.dossiers.check(second)}


def test_an_official_number_belongs_to_one_dossier_and_a_provisional_one_is_never_official(office: Office) -> None:
    first, second = office.dossiers.new(), office.dossiers.new()
    office.dossiers.set_fields(first.id, number="H02.15-220112-0001")
    with pytest.raises(NumberTaken) as refused:
        office.dossiers.set_fields(second.id, number=" h02.15-220112-0001 ")
    assert first.provisional in refused.value.remedy_in("en")
    assert office.dossiers.set_fields(first.id, number="H02.15-220112-0001").number
    with pytest.raises(InvalidIdentifier):
        office.dossiers.set_fields(second.id, number=first.provisional)


def test_every_field_has_a_name_in_both_languages() -> None:
    assert tuple(NAMES) == FIELD_NAMES
    assert set(FIELD_NAMES) > DATES | FLAGS
    assert all(name.vi != name.en for name in NAMES.values())


@given(name=st.sampled_from(FIELD_NAMES), text=st.text(max_size=60))
def test_any_text_is_read_or_refused_with_a_reason(name: str, text: str) -> None:
    try:
        read = read_field(name, text)
    except SohoaError as error:
        refused = error
    else:
        assert read is None or isinstance(read, str | date | bool)
        assert not isinstance(read, str) or read_field(name, read) == read
        return
    assert refused.title_in("vi")
    assert refused.remedy_in("en")
