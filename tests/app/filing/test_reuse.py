"""Papers that need no second scan: found here, then at the centre, offered only while valid, attached with provenance."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from app.errors import ItemFailed
from app.filing.reuse import NothingToReuse, ReuseOffer
from app.model.dossier import DossierState
from app.model.manifest import KnownPaper, ManifestFile
from app.model.paper import Paper, PaperFields
from app.output.manifest import parse_manifest
from app.store.errors import DossierFrozen
from tests.office import Office
from tests.records import NOW, a_receipt, an_entry

OWNER = "024198000001"


class Away(ItemFailed):
    """The centre is out of reach."""


def second(office: Office, owner: str = OWNER) -> str:
    """A dossier of the same citizen and procedure, still without pages."""
    dossier_id = office.dossiers.new("1.001193").id
    office.dossiers.set_fields(dossier_id, owner_name="Trần Thị Thử", owner_id_number=owner)
    return dossier_id


def finished(office: Office) -> str:
    dossier_id = office.complete()
    for component in ("TP01", "TP02"):
        office.papers.keep(Paper(dossier_id, component, PaperFields(unlimited=True)))
    entry = office.finishing.start(dossier_id).result(30)
    office.outbox.accept(entry.id, a_receipt(entry))
    return dossier_id


def of_centre(office: Office, component: str, **fields: Any) -> KnownPaper:
    """A paper that the centre has, of the kind or name that a component asks for."""
    procedure = office.stores.procedures.find("1.001193")
    place = procedure.component(component)
    known = PaperFields(owner_id=OWNER, kind_code=place.paper_kind, title=place.name, number="12/TT", unlimited=True)
    return KnownPaper(
        code="ma-trung-tam",
        record_id="ho-so-noi-khac",
        revision=2,
        dossier_number="H02.16-260101-0007",
        agency_code="H02.16",
        title=place.name,
        fields=replace(known, **fields),
        file=ManifestFile("x.pdf", "ab" * 32, 1000, "application/pdf"),
        pages=2,
        digitised_at=NOW - timedelta(days=90),
    )


def told(offers: tuple[ReuseOffer, ...]) -> list[tuple[str, str]]:
    return [(offer.component.code, offer.paper.record_id) for offer in offers]


def test_papers_of_the_same_citizen_are_offered_from_this_station(office: Office) -> None:
    first = finished(office)
    dossier_id = second(office)
    assert told(office.reuse.offers(dossier_id)) == [("TP01", first), ("TP02", first)]
    assert office.reuse.offers(second(office, "027099000002")) == ()
    assert office.reuse.offers(office.dossiers.new("1.001193").id) == (), "nobody's papers are nobody's"


def test_a_reused_paper_stands_for_its_component_and_the_manifest_says_where_it_came_from(office: Office) -> None:
    first = finished(office)
    dossier_id = second(office)
    (offer, _) = office.reuse.offers(dossier_id)
    office.reuse.attach(dossier_id, "TP01")
    rows = {row.component.code: row for row in office.dossiers.checklist(dossier_id)}
    assert (rows["TP01"].missing, rows["TP01"].reused) == (False, offer.paper)
    assert told(office.reuse.offers(dossier_id)) == [("TP02", first)]
    office.reuse.attach(dossier_id, "TP02")
    checks = {finding.check for finding in office.dossiers.check(dossier_id) if finding.severity == "block"}
    assert not checks & {"no_pages", "mandatory"}
    entry = office.finishing.start(dossier_id).result(30)
    manifest = parse_manifest((office.folder.root / entry.manifest_path).read_bytes())
    assert (manifest.papers, entry.files) == ((), ())
    kept = {item.component_code: item for item in manifest.reused}
    assert kept["TP01"].paper == offer.paper
    assert kept["TP01"].paper.record_id == first
    assert kept["TP01"].operator == office.settings.station.operator
    package = office.exporting.start(dossier_id, office.folder.root / "ra", "folder").result(30)
    assert office.exporting.verify(package).faults == ()
    cover = (package / "bia-ho-so.html").read_text("utf-8")
    assert offer.paper.code in cover
    assert offer.paper.file.sha256 in cover
    with pytest.raises(DossierFrozen):
        office.reuse.detach(dossier_id, "TP01")


def test_a_paper_can_be_taken_back_and_scanned_after_all(office: Office) -> None:
    finished(office)
    dossier_id = second(office)
    office.reuse.attach(dossier_id, "TP01")
    assert office.reuse.detach(dossier_id, "TP01")
    assert not office.reuse.detach(dossier_id, "TP01")
    assert "TP01" in [offer.component.code for offer in office.reuse.offers(dossier_id)]
    office.add(dossier_id, 9, "TP01")
    assert "TP01" not in [offer.component.code for offer in office.reuse.offers(dossier_id)]
    with pytest.raises(NothingToReuse):
        office.reuse.attach(dossier_id, "TP01")


@pytest.mark.parametrize(
    ("fields", "valid"),
    [
        ({}, True),
        ({"unlimited": False, "valid_to": NOW.date()}, True),
        ({"unlimited": False, "kind_code": "KQ.G15.000031"}, None),
        ({"unlimited": False, "kind_code": ""}, False),
        ({"unlimited": False, "valid_to": date(2020, 1, 1)}, False),
        ({"in_force": False}, False),
    ],
)
def test_only_what_may_still_be_valid_is_offered(office: Office, fields: dict[str, Any], valid: bool | None) -> None:
    dossier_id = second(office)
    office.centre = lambda _owner, _kind: (of_centre(office, "TP01", **fields),)
    office.reuse.ask(dossier_id).result(10)
    offers = office.reuse.offers(dossier_id)
    assert [offer.valid for offer in offers] == ([] if valid is False else [valid])


def test_without_the_centre_the_question_is_kept_and_asked_again(office: Office) -> None:
    dossier_id = second(office)

    def away(_owner: str, _kind: str) -> tuple[KnownPaper, ...]:
        raise Away

    office.centre = away
    with pytest.raises(Away):
        office.reuse.ask(dossier_id).result(10)
    assert office.reuse.offers(dossier_id) == ()
    asked: list[str] = []

    def there(owner: str, _kind: str) -> tuple[KnownPaper, ...]:
        asked.append(owner)
        return (of_centre(office, "TP01"),)

    office.centre = there
    assert office.reuse.ask_again().result(10) == 1
    assert set(asked) == {OWNER}
    (offer,) = office.reuse.offers(dossier_id)
    assert offer.paper.dossier_number == "H02.16-260101-0007"
    assert office.reuse.ask_again().result(10) == 0, "what is answered is asked no more"
    office.centre = away
    with pytest.raises(Away):
        office.reuse.ask(dossier_id).result(10)
    assert office.reuse.offers(dossier_id) == (offer,), "what is known stays known offline"


def test_an_answer_about_somebody_else_is_not_believed(office: Office) -> None:
    dossier_id = second(office)
    office.centre = lambda _owner, _kind: (of_centre(office, "TP01", owner_id="027099000002"),)
    office.reuse.ask(dossier_id).result(10)
    assert office.reuse.offers(dossier_id) == ()


def test_a_paper_attached_while_the_dossier_is_written_is_not_lost(office: Office) -> None:
    finished(office)
    dossier_id = second(office)
    office.add(dossier_id, 9, "TP01")
    pages = office.pages.of_dossier(dossier_id)
    dossier = office.dossiers.get(dossier_id)
    office.reuse.attach(dossier_id, "TP02")
    assert not office.store.finish(dossier, pages, an_entry(dossier), {}, {})
    assert office.dossiers.get(dossier_id).state is DossierState.OPEN
