"""The second side of a dossier: the result, scanned on another day by another person, in the dossier's next revision."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.files import sha256_of
from app.filing.errors import UnknownComponent
from app.model.dossier import DossierState, RevisionKind
from app.model.manifest import Manifest
from app.model.paper import Paper, PaperFields
from app.model.procedure import Side
from app.output.manifest import parse_manifest
from app.settings import StationSettings
from app.store.errors import NotAcceptedYet
from tests.office import Office
from tests.records import NOW, a_receipt


def accepted(office: Office) -> str:
    dossier_id = office.complete()
    entry = office.finishing.start(dossier_id).result(30)
    office.outbox.accept(entry.id, a_receipt(entry))
    return dossier_id


def test_a_result_comes_by_another_hand_and_belongs_to_the_same_record(office: Office) -> None:
    dossier_id = accepted(office)
    office.settings = office.settings.model_copy(update={"station": StationSettings(operator="Người trả kết quả")})
    opened = office.revisions.begin_result(dossier_id)
    assert (opened.state, opened.revision, opened.side) == (DossierState.OPEN, 2, Side.RESULT)
    assert opened.number == "H02.15-261123-0001"
    page = office.add(dossier_id, 9, "KQ(1)")
    fields = PaperFields(number="12/2026", issued_on=NOW.date(), issuer="UBND xã Thử", unlimited=True)
    office.papers.keep(Paper(dossier_id, "KQ(1)", fields, sheets=1, sides=1))

    entry = office.finishing.start(dossier_id).result(30)
    manifest = parse_manifest((office.folder.root / entry.manifest_path).read_bytes())
    assert (manifest.record_id, manifest.revision, manifest.dossier.side) == (dossier_id, 2, Side.RESULT)
    assert manifest.reason
    assert [(paper.component_code, paper.side) for paper in manifest.papers] == [
        ("TP01", Side.APPLICATION),
        ("TP02", Side.APPLICATION),
        ("KQ(1)", Side.RESULT),
    ]
    result = manifest.papers[-1]
    assert result.file.name == "H02.15-261123-0001-KQ(1).pdf"
    assert [item.page_id for item in result.pages] == [page.id]
    assert result.fields == replace(
        fields, kind_code="KQ.G15.000031", title="Giấy khai sinh", owner_name="Trần Thị Thử", owner_id="024198000001"
    )
    assert [(item.revision, item.kind, item.operator) for item in office.stores.dossiers.revisions(dossier_id)] == [
        (1, RevisionKind.FIRST, "Người quét"),
        (2, RevisionKind.RESULT, "Người trả kết quả"),
    ]


def test_a_result_has_no_place_before_it_is_given_back(office: Office) -> None:
    dossier_id = office.complete()
    with pytest.raises(UnknownComponent):
        office.add(dossier_id, 9, "KQ(1)")
    assert all(row.component.side is Side.APPLICATION for row in office.dossiers.checklist(dossier_id))
    with pytest.raises(NotAcceptedYet):
        office.revisions.begin_result(dossier_id)


def test_a_result_of_the_same_day_joins_a_dossier_that_was_never_sent(office: Office) -> None:
    dossier_id = office.complete()
    office.finishing.start(dossier_id).result(30)
    opened = office.revisions.begin_result(dossier_id)
    assert (opened.revision, opened.side, opened.state) == (1, Side.RESULT, DossierState.OPEN)
    missing = [row.component.code for row in office.dossiers.checklist(dossier_id) if row.missing]
    assert missing == ["KQ(1)"]


def test_no_result_is_begun_while_nobody_knows_what_came_of_the_application(office: Office) -> None:
    dossier_id = office.complete()
    entry = office.finishing.start(dossier_id).result(30)
    office.outbox.mark_tried(entry.id)
    with pytest.raises(NotAcceptedYet):
        office.revisions.begin_result(dossier_id)
    assert office.dossiers.get(dossier_id).state is DossierState.FINISHED


def test_pages_marked_after_reading_are_not_read_again(office: Office) -> None:
    dossier_id = office.complete()
    before = office.dossiers.pages(dossier_id)
    office.page_actions.mark_blank(dossier_id, [before[0].id], False)
    assert [page.state for page in office.dossiers.pages(dossier_id)] == [page.state for page in before]


def finished(office: Office, dossier_id: str) -> tuple[Manifest, Path]:
    entry = office.finishing.start(dossier_id).result(30)
    path = office.folder.root / entry.manifest_path
    return parse_manifest(path.read_bytes()), path.parent


def hashes(manifest: Manifest) -> dict[str, tuple[str, str]]:
    return {paper.component_code: (paper.paper_id, paper.file.sha256) for paper in manifest.papers}


def test_papers_that_did_not_change_keep_their_id_and_their_very_file(office: Office) -> None:
    dossier_id = office.complete()
    office.dossiers.set_fields(dossier_id, number="H02.15-261123-0001")
    first, folder = finished(office, dossier_id)
    entry = office.outbox.of_dossier(dossier_id)
    assert entry is not None
    office.outbox.accept(entry.id, a_receipt(entry))
    office.revisions.begin_result(dossier_id)
    office.add(dossier_id, 9, "KQ(1)")
    office.page_actions.turn(dossier_id, [office.dossiers.pages(dossier_id)[0].id], 90)
    office.read(office.dossiers.pages(dossier_id)[0].id)

    second, later = finished(office, dossier_id)
    turned = office.dossiers.pages(dossier_id)[0].component
    kept = next(code for code in hashes(first) if code != turned)
    assert hashes(second)[kept] == hashes(first)[kept]
    assert hashes(second)[turned] != hashes(first)[turned]
    assert set(hashes(second)) == {*hashes(first), "KQ(1)"}
    for manifest, place in ((first, folder), (second, later)):
        for paper in manifest.papers:
            assert sha256_of(place / paper.file.name) == paper.file.sha256


@pytest.mark.parametrize("damage", ["manifest", "pdf", "gone"])
def test_a_damaged_earlier_revision_has_its_papers_made_anew(office: Office, damage: str) -> None:
    dossier_id = office.complete()
    office.dossiers.set_fields(dossier_id, number="H02.15-261123-0001")
    first, folder = finished(office, dossier_id)
    entry = office.outbox.of_dossier(dossier_id)
    assert entry is not None
    office.outbox.accept(entry.id, a_receipt(entry))
    for path in folder.iterdir():
        if damage == "gone":
            path.unlink()
        elif (path.suffix == ".pdf") == (damage == "pdf"):
            path.write_bytes(b"damaged")
    office.revisions.correct(dossier_id, "sai tên")
    second, later = finished(office, dossier_id)
    assert all(sha256_of(later / paper.file.name) == paper.file.sha256 for paper in second.papers)
    assert all(paper.file.size > 1000 for paper in second.papers)
    assert set(hashes(second)) == set(hashes(first))
