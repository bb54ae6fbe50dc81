"""What pages offer for empty fields, and taking it over."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.filing.offers import Offers
from app.filing.papers import Papers
from app.filing.procedures import ProcedureSearch
from app.filing.stores import Stores
from app.model.page import Turn
from app.model.page_findings import PageText
from app.model.proposals import Field, Proposal
from app.store.errors import NumberTaken
from app.store.procedures import load_catalogue
from resources import resource
from tests.office import Office

Said = dict[Field, tuple[str, float]]
_DECLARATION: Said = {
    Field.PAPER_KIND: ("to_khai", 0.98),
    Field.TITLE: ("TỜ KHAI ĐĂNG KÝ KHAI SINH", 0.98),
    Field.OWNER_NAME: ("Trần Thị Thử", 0.9),
    Field.OWNER_ID: ("024198000001", 0.95),
    Field.ISSUE_DATE: ("2026-11-20", 0.9),
}
_RECEIPT: Said = {
    Field.PAPER_KIND: ("giay_tiep_nhan", 0.98),
    Field.OWNER_NAME: ("LÊ VĂN MẪU", 0.99),
    Field.DOSSIER_NUMBER: ("H02.15-261120-0007", 0.99),
}


class Reader:
    """An office where pages say what a test wants them to."""

    def __init__(self, root: Path) -> None:
        self.office = Office(root)
        stores = Stores.on(self.office.database, ProcedureSearch(load_catalogue(resource("catalogue.json"))))
        self.offers = Offers(stores, self.office.dossiers, self.office.page_actions, Papers(stores, self.office.events))
        self.dossier_id = self.office.dossiers.new("1.001193").id

    def page(self, number: int, said: Said, component: str = "") -> str:
        page = self.office.add(self.dossier_id, number, component, read=False)
        proposals = [Proposal(field, value, sure, "thử", (1, 2, 3, 4)) for field, (value, sure) in said.items()]
        self.office.pages.keep_text(page, PageText((), 200, 280, "thử"), proposals)
        return page.id

    def values(self) -> dict[tuple[str, str], str]:
        return {(offer.place, offer.name): offer.value for offer in self.offers.of_dossier(self.dossier_id)}


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    reader = Reader(tmp_path)
    yield reader
    reader.office.close()


def test_owner_and_id_come_from_one_page_and_the_number_from_the_receipt(reader: Reader) -> None:
    reader.page(1, _RECEIPT)
    reader.page(2, _DECLARATION)
    found = reader.values()
    assert found["dossier", "owner_name"] == "Trần Thị Thử"
    assert found["dossier", "owner_id_number"] == "024198000001"
    assert found["dossier", "number"] == "H02.15-261120-0007"


def test_nobody_else_is_offered_once_the_owner_is_known(reader: Reader) -> None:
    reader.page(1, _DECLARATION)
    reader.office.dossiers.set_fields(reader.dossier_id, owner_name="LÊ VĂN MẪU")
    assert not {place for place, _ in reader.values()} & {"dossier"}


def test_a_certificate_is_about_its_owner_and_not_about_who_applies(reader: Reader) -> None:
    reader.page(1, {**_DECLARATION, Field.PAPER_KIND: ("giay_chung_nhan", 0.98)})
    assert not {place for place, _ in reader.values()} & {"dossier"}


def test_a_title_offers_the_component_and_taking_it_places_the_page(reader: Reader) -> None:
    page_id = reader.page(1, _DECLARATION)
    offers = [offer for offer in reader.offers.of_dossier(reader.dossier_id) if offer.place == "page"]
    assert [offer.component for offer in offers] == ["TP01"]
    reader.offers.accept(reader.dossier_id, offers)
    assert reader.office.pages.get(page_id).component == "TP01"


def test_a_date_is_shown_with_the_day_first(reader: Reader) -> None:
    reader.page(1, _DECLARATION, "TP01")
    offers = {offer.name: offer for offer in reader.offers.of_dossier(reader.dossier_id)}
    assert (offers["issued_on"].value, offers["issued_on"].shown) == ("2026-11-20", "20/11/2026")
    assert offers["title"].shown == offers["title"].value


def test_accepting_fills_the_dossier_and_the_paper_and_ends_the_offers(reader: Reader) -> None:
    reader.page(1, _DECLARATION, "TP01")
    reader.offers.accept(reader.dossier_id, reader.offers.of_dossier(reader.dossier_id))
    dossier = reader.office.dossiers.get(reader.dossier_id)
    assert (dossier.owner_name, dossier.owner_id_number) == ("Trần Thị Thử", "024198000001")
    fields = reader.office.papers.of_dossier(reader.dossier_id)["TP01"].fields
    assert (fields.title, str(fields.issued_on)) == ("TỜ KHAI ĐĂNG KÝ KHAI SINH", "2026-11-20")
    assert reader.values() == {}


def test_what_was_read_before_a_page_was_turned_is_not_offered(reader: Reader) -> None:
    page_id = reader.page(1, _DECLARATION)
    reader.office.page_actions.turn(reader.dossier_id, [page_id], 90)
    assert Turn(90) in reader.office.pages.get(page_id).edits
    assert reader.values() == {}


def test_nothing_is_taken_without_being_accepted(reader: Reader) -> None:
    reader.page(1, _DECLARATION, "TP01")
    reader.values()
    assert reader.office.dossiers.get(reader.dossier_id).owner_name == ""
    assert reader.office.papers.of_dossier(reader.dossier_id) == {}


def test_what_its_field_would_refuse_is_not_offered(reader: Reader) -> None:
    misread = {Field.OWNER_ID: ("999198000001", 0.95), Field.DOSSIER_NUMBER: ("H02.15-261399-0007", 0.99)}
    reader.page(1, {**_DECLARATION, **misread, Field.ISSUE_DATE: ("2026-02-31", 0.9)}, "TP01")
    names = {name for _, name in reader.values()}
    assert names == {"owner_name", "title"}
    reader.page(2, {**_DECLARATION, Field.OWNER_ID: ("024198000001", 0.5)}, "TP01")
    found = reader.values()
    assert found["dossier", "owner_id_number"] == found["paper", "owner_id"] == "024198000001"


def test_a_value_that_is_refused_keeps_no_other_from_being_taken(reader: Reader) -> None:
    number, _ = _RECEIPT[Field.DOSSIER_NUMBER]
    reader.office.dossiers.set_fields(reader.office.dossiers.new().id, number=number)
    reader.page(1, {**_DECLARATION, Field.DOSSIER_NUMBER: (number, 0.99)}, "TP01")
    with pytest.raises(NumberTaken):
        reader.offers.accept(reader.dossier_id, reader.offers.of_dossier(reader.dossier_id))
    assert reader.office.dossiers.get(reader.dossier_id).owner_name == "Trần Thị Thử"
    assert {name for _, name in reader.values()} == {"number"}
