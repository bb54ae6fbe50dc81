"""Finishing on a real store: what is on disk is what the manifest says, and nothing counts before the last step."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from PIL import Image, ImageDraw

from app.errors import ExitCode
from app.filing.errors import IncompleteDossier, PaperNotMade
from app.filing.finish import sweep_papers
from app.filing.procedures import ProcedureSearch
from app.jobs import Cancelled
from app.model.dossier import DossierState
from app.model.outbox import OutboxState
from app.output.manifest import parse_manifest
from app.settings import FilingSettings, Settings
from app.store.errors import DiskFull, DossierFrozen, OriginalMissing
from app.store.procedures import load_catalogue
from resources import resource
from tests.office import Office
from tests.records import NOW
from tests.support import wait_until


def test_the_manifest_says_what_lies_on_disk(office: Office) -> None:
    dossier_id = office.complete()
    entry = office.finishing.start(dossier_id).result(30)

    manifest_path = office.folder.root / entry.manifest_path
    content = manifest_path.read_bytes()
    assert hashlib.sha256(content).hexdigest() == entry.manifest_sha256
    manifest = parse_manifest(content)
    dossier = office.dossiers.get(dossier_id)
    assert (dossier.state, dossier.finished_at, entry.state) == (DossierState.FINISHED, NOW, OutboxState.WAITING)
    assert (manifest.record_id, manifest.revision, manifest.station_name) == (dossier_id, 1, "Bàn thử")
    owner = manifest.dossier.owner
    assert (manifest.dossier.provisional, owner.name, owner.id_number) == (
        dossier.provisional,
        "Trần Thị Thử",
        "024198000001",
    )
    assert [(paper.component_code, len(paper.pages)) for paper in manifest.papers] == [("TP01", 2), ("TP02", 1)]
    on_disk = {path.name for path in manifest_path.parent.iterdir()}
    assert on_disk == {"manifest.json", *(paper.file.name for paper in manifest.papers)}
    for paper, file in zip(manifest.papers, entry.files, strict=True):
        path = office.folder.root / file.path
        assert (file.name, file.sha256, file.size) == (paper.file.name, paper.file.sha256, paper.file.size)
        assert hashlib.sha256(path.read_bytes()).hexdigest() == paper.file.sha256
        assert path.stat().st_size == paper.file.size
        with pikepdf.open(path) as pdf:
            assert len(pdf.pages) == len(paper.pages)
    pages = {page.id: page for page in office.dossiers.pages(dossier_id)}
    described = [page for paper in manifest.papers for page in paper.pages]
    assert [pages[page.page_id].provenance.sequence for page in described] == [2, 3, 1]
    assert [page.number for page in described] == [1, 2, 1]
    assert all(page.original_sha256 == pages[page.page_id].sha256 for page in described)


@pytest.mark.parametrize(("number", "stem"), [("", "TAM-261123-00001"), ("H02.15-220112-0001", "H02.15-220112-0001")])
def test_files_are_named_by_the_number_there_is(office: Office, number: str, stem: str) -> None:
    dossier_id = office.complete()
    office.dossiers.set_fields(dossier_id, number=number)
    entry = office.finishing.start(dossier_id).result(30)
    assert [file.name for file in entry.files] == [f"{stem}.001.pdf", f"{stem}.002.pdf"]
    manifest = json.loads((office.folder.root / entry.manifest_path).read_text("utf-8"))
    assert manifest["dossier"]["number"] == number


def test_what_is_missing_is_said_in_both_languages_and_nothing_is_written(office: Office) -> None:
    dossier_id = office.dossiers.new("1.001193").id
    office.add(dossier_id, 1)
    with pytest.raises(IncompleteDossier) as refused:
        office.finishing.start(dossier_id).result(30)
    vietnamese, english = refused.value.title_in("vi"), refused.value.title_in("en")
    assert "TAM-261123-00001: chưa có tên chủ hồ sơ; chưa có trang nào được xếp" in vietnamese
    assert "trang 1 chưa xếp vào thành phần nào" in vietnamese
    assert "the owner's name is missing" in english
    assert "not under any component: page 1" in english
    assert refused.value.exit_code is ExitCode.INCOMPLETE
    assert list(office.folder.papers.iterdir()) == []
    assert office.dossiers.get(dossier_id).state is DossierState.OPEN


def test_a_dossier_without_a_procedure_is_refused_with_its_reason(office: Office) -> None:
    with pytest.raises(IncompleteDossier) as refused:
        office.finishing.start(office.dossiers.new().id).result(30)
    assert "chưa chọn thủ tục" in refused.value.title_in("vi")


def test_a_page_under_a_component_of_another_procedure_is_never_left_out_silently(office: Office) -> None:
    dossier_id = office.complete()
    stray = office.add(dossier_id, 4, "TP05")
    office.dossiers.set_procedure(dossier_id, "1.001193")
    office.store.change(dossier_id, procedure_code=next_short_procedure(office), procedure_version="")
    with pytest.raises(IncompleteDossier) as refused:
        office.finishing.start(dossier_id).result(30)
    assert "trang 4 nằm dưới thành phần “TP05”" in refused.value.title_in("vi")
    assert stray.id in {page.id for page in office.dossiers.pages(dossier_id)}


def next_short_procedure(office: Office) -> str:
    """A procedure with two components at most."""
    search = ProcedureSearch(load_catalogue(resource("catalogue.json")))
    return next(match.procedure.code for match in search.search("") if len(match.procedure.components) == 2)


def test_a_blank_page_without_a_place_stays_out_and_a_placed_one_goes_in(office: Office) -> None:
    dossier_id = office.complete()
    out, inside = office.add(dossier_id, 4), office.add(dossier_id, 5, "TP02")
    office.page_actions.mark_blank(dossier_id, [out.id, inside.id], True)
    office.read(out.id)
    office.read(inside.id)
    entry = office.finishing.start(dossier_id).result(30)
    manifest = parse_manifest((office.folder.root / entry.manifest_path).read_bytes())
    filed = {page.page_id: page.blank for paper in manifest.papers for page in paper.pages}
    assert out.id not in filed
    assert filed[inside.id] is True
    assert len(filed) == 4


def test_what_the_clerk_changes_while_it_is_written_is_written_anew(office: Office) -> None:
    dossier_id = office.complete()
    page = office.dossiers.pages(dossier_id)[0]
    job = office.finishing.start(dossier_id)
    changed: list[int] = []

    def change(_: object) -> None:
        if "PDF 2/2" in job.note.en and not changed:
            changed.append(1)
            office.page_actions.place(dossier_id, [page.id], "TP03")
            office.dossiers.set_fields(dossier_id, owner_name="Lê Văn Thử")

    job.watch(change)
    entry = job.result(30)
    assert changed
    manifest = parse_manifest((office.folder.root / entry.manifest_path).read_bytes())
    assert [paper.component_code for paper in manifest.papers] == ["TP01", "TP03"]
    assert manifest.dossier.owner.name == "Lê Văn Thử"
    assert [path.name for path in office.folder.papers.iterdir()] == [Path(entry.manifest_path).parts[1]]


def test_finishing_waits_for_the_text_of_every_page(office: Office) -> None:
    dossier_id = office.complete()
    late = office.add(dossier_id, 4, "TP01", read=False)
    job = office.finishing.start(dossier_id)
    wait_until(lambda: job.progress == (3, 4), 10, "the note that a page is left")
    assert job.note.vi == "Đang đọc chữ, còn 1 trang…"
    office.read(late.id)
    assert len(job.result(30).files) == 2


def test_finishing_can_be_stopped_while_it_waits(office: Office) -> None:
    dossier_id = office.complete()
    office.add(dossier_id, 4, "TP01", read=False)
    job = office.finishing.start(dossier_id)
    wait_until(lambda: job.progress == (3, 4), 10, "the note that a page is left")
    job.cancel()
    with pytest.raises(Cancelled):
        job.result(10)
    assert office.dossiers.get(dossier_id).state is DossierState.OPEN


def _gone(path: Path) -> None:
    path.unlink()


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:300])


def _other(path: Path) -> None:
    path.write_bytes(b"no picture at all")


def test_a_missing_original_is_named_and_nobody_says_that_it_is_safe(office: Office) -> None:
    dossier_id = office.complete()
    page = office.dossiers.pages(dossier_id)[0]
    _gone(office.pages.path_of(page))
    with pytest.raises(OriginalMissing) as failed:
        office.finishing.start(dossier_id).result(30)
    assert page.file in failed.value.title_in("vi")
    assert "Đừng xóa gì" in failed.value.remedy_in("vi")
    assert office.dossiers.get(dossier_id).state is DossierState.OPEN


@pytest.mark.parametrize("damage", [_cut, _other])
def test_a_damaged_original_makes_no_paper_and_leaves_the_dossier_open(office: Office, damage: Callable[[Path], None]) -> None:
    dossier_id = office.complete()
    damage(office.pages.path_of(office.dossiers.pages(dossier_id)[0]))
    with pytest.raises(PaperNotMade) as failed:
        office.finishing.start(dossier_id).result(30)
    title = failed.value.title_in("vi")
    assert "Giấy chứng sinh" in title
    assert "BrokenImage" not in title
    assert title != failed.value.title_in("en")
    assert office.dossiers.get(dossier_id).state is DossierState.OPEN
    assert list(office.folder.papers.iterdir()) == []
    assert office.outbox.all() == ()
    assert len(office.dossiers.pages(dossier_id)) == 3


def test_too_little_room_stops_before_anything_is_written(office: Office) -> None:
    dossier_id = office.complete()
    office.settings = Settings(filing=FilingSettings(min_dpi=100, min_free_mb=10**9))
    with pytest.raises(DiskFull):
        office.finishing.start(dossier_id).result(30)
    assert list(office.folder.papers.iterdir()) == []


def test_a_finished_dossier_is_not_finished_again(office: Office) -> None:
    dossier_id = office.complete()
    entry = office.finishing.start(dossier_id).result(30)
    with pytest.raises(DossierFrozen):
        office.finishing.start(dossier_id).result(30)
    assert office.outbox.all() == (entry,)
    assert len(list(office.folder.papers.iterdir())) == 1


def test_only_folders_that_no_entry_names_are_swept(office: Office) -> None:
    entry = office.finishing.start(office.complete()).result(30)
    (office.folder.papers / "half-r1-0000").mkdir()
    (office.folder.papers / "half-r1-0000" / "x.pdf").write_bytes(b"half")
    assert sweep_papers(office.folder.papers, office.outbox.folders()) == 1
    assert (office.folder.root / entry.manifest_path).is_file()


@pytest.mark.parametrize(("packing", "filters"), [("faithful", {"/DCTDecode"}), ("bitonal", {"/CCITTFaxDecode"})])
def test_pages_are_packed_as_the_settings_say(office: Office, packing: str, filters: set[str]) -> None:
    rules = FilingSettings(min_dpi=100, packing=packing)
    office.settings = office.settings.model_copy(update={"filing": rules})
    dossier_id = office.complete()
    for page in office.pages.of_dossier(dossier_id):
        printed = Image.new("RGB", (800, 1100), "white")
        ImageDraw.Draw(printed).text((60, 140), "Tờ khai", fill="black", font_size=90)
        printed.save(office.pages.path_of(page), dpi=(100, 100))
    entry = office.finishing.start(dossier_id).result(30)
    found = set()
    for file in entry.files:
        with pikepdf.open(office.folder.root / file.path) as pdf:
            found |= {
                str(item.Filter)
                for item in pdf.objects
                if isinstance(item, pikepdf.Stream) and item.get("/Subtype") == "/Image"
            }
    assert found == filters
