"""The whole way: scanner, store, pipeline, papers, a real server over HTTP, its receipt."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from PIL import Image

from app.bootstrap import Application
from app.filing.procedures import UnknownProcedure
from app.model.dossier import DossierState
from app.model.outbox import OutboxState
from app.model.profile import Profile, Source
from app.output.manifest import parse_manifest
from tests.support import ROOT, CentralServer, central, central_server, wait_processed


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory):
    with central_server(tmp_path_factory.mktemp("centre") / "central") as running:
        yield running


def truth_words(page: str) -> set[str]:
    """The words that are printed on a sample page, without marks around them."""
    text = json.loads((ROOT / "tests" / "pages" / f"{page}.json").read_text("utf-8"))["text"]
    return {word for word in re.findall(r"\w+", unicodedata.normalize("NFC", text)) if len(word) > 2}


def pdf_words(path: Path) -> set[str]:
    """The words of a PDF's text layer, as pdfium gives them."""
    document = pypdfium2.PdfDocument(path)
    try:
        texts = []
        for page in document:
            textpage = page.get_textpage()
            texts.append(textpage.get_text_bounded())
            textpage.close()
            page.close()
        return set(re.findall(r"\w+", unicodedata.normalize("NFC", " ".join(texts))))
    finally:
        document.close()


def file_and_send(application: Application, server: CentralServer, dossier_id: str, placed: dict[str, list[int]]) -> None:
    """Tag pages (positions from 0), leave the others out, fill the fields, finish and send."""
    pages = application.dossiers.pages(dossier_id)
    for component, numbers in placed.items():
        application.page_actions.place(dossier_id, [pages[number].id for number in numbers], component)
    used = {number for numbers in placed.values() for number in numbers}
    application.page_actions.delete(dossier_id, [page.id for number, page in enumerate(pages) if number not in used])
    application.dossiers.set_fields(dossier_id, owner_name="Dương Thị Tuyết Hường", owner_id_number="079098508877")
    application.sync.enrol(server.url, server.code()).result(30)
    application.sync.new_number(dossier_id).result(30)
    application.finishing.start(dossier_id).result(90)
    report = application.sync.run_once()
    assert report.accepted == 1


def check_received(application: Application, server: CentralServer, dossier_id: str) -> list[Path]:
    """Check the receipt, and that the centre holds files with the manifest's hashes; gives the local PDFs."""
    dossier, entry = application.dossiers.get(dossier_id), application.outbox.of_dossier(dossier_id)
    assert entry is not None
    assert (dossier.state, entry.state) == (DossierState.ACCEPTED, OutboxState.ACCEPTED)
    content = (application.folder.root / entry.manifest_path).read_bytes()
    assert entry.receipt is not None
    assert entry.receipt.manifest_sha256 == hashlib.sha256(content).hexdigest()
    assert entry.receipt.dossier_number == dossier.number
    manifest = parse_manifest(content)
    stored = {hashlib.sha256(path.read_bytes()).hexdigest() for path in server.data.rglob("*") if path.is_file()}
    assert {paper.file.sha256 for paper in manifest.papers} <= stored
    assert any(record["record_id"] == dossier_id for record in json.loads(central(server.data, "records", "--json"))["records"])
    return [application.folder.root / file.path for file in entry.files]


def check_pdf(path: Path, title: str, pages: int) -> None:
    """Check what a PDF says of itself."""
    with pikepdf.open(path) as pdf:
        assert len(pdf.pages) == pages
        with pdf.open_metadata() as metadata:
            assert metadata["pdfaid:part"] == "2"
            assert metadata["pdfaid:conformance"] == "B"
            assert metadata["dc:title"] == title
        assert pdf.Root.OutputIntents[0].S == "/GTS_PDFA1"


def test_sample_pages_through_the_practice_scanner_reach_the_centre(
    server: CentralServer, make_application: Callable[..., Application], sample_folder: Path
) -> None:
    application = make_application()
    dossier = application.dossiers.new("1.001193")
    application.scanners.start(Profile("x", "virtual", str(sample_folder)), dossier.id).result(60)
    wait_processed(application, dossier.id)
    turned = {page.position: page.geometry.turn for page in application.dossiers.pages(dossier.id)}
    assert turned[3] == 180  # the extract lies upside down on the glass

    file_and_send(application, server, dossier.id, {"TP01": [1], "TP02": [3], "TP03": [0]})

    declaration, extract, decision = check_received(application, server, dossier.id)
    for path, name, component in (
        (declaration, "smoke_002_to_khai", "Tờ khai đăng ký khai sinh"),
        (extract, "smoke_004_trich_luc", None),
        (decision, "smoke_001_quyet_dinh", "Biên bản về việc trẻ bị bỏ rơi"),
    ):
        if component:
            check_pdf(path, component, pages=1)
        truth, found = truth_words(name), pdf_words(path)
        assert len(truth & found) / len(truth) >= 0.7, (name, sorted(truth - found))
        assert any(word != unicodedata.normalize("NFD", word) for word in truth & found)


def test_a_page_through_sane_s_own_pnm_backend_reaches_the_centre(
    server: CentralServer, make_application: Callable[..., Application], sample_folder: Path, tmp_path: Path
) -> None:
    configuration = tmp_path / "sane"
    configuration.mkdir()
    (configuration / "dll.conf").write_text("pnm\n")
    with Image.open(sample_folder / "smoke_002_to_khai.jpg") as page:
        page.convert("L").save(tmp_path / "page.pgm")
    application = make_application()
    application.change_settings({"checks.colour": "warn"})  # the pnm backend knows gray only
    dossier = application.dossiers.new("1.001193")
    profile = Profile("x", "sane", "pnm:0", source=Source.FLATBED, options={"filename": str(tmp_path / "page.pgm")})

    outcome = application.scanners.start(profile, dossier.id, environment={"SANE_CONFIG_DIR": str(configuration)}).result(60)

    assert outcome.pages == 1
    wait_processed(application, dossier.id)
    file_and_send(application, server, dossier.id, {"TP01": [0]})
    (path,) = check_received(application, server, dossier.id)
    check_pdf(path, "Tờ khai đăng ký khai sinh", pages=1)
    truth = truth_words("smoke_002_to_khai")
    assert len(truth & pdf_words(path)) / len(truth) >= 0.7


def test_a_record_finished_before_enrolment_and_without_a_number_gets_both_from_the_centre(
    server: CentralServer, make_application: Callable[..., Application], small_pages: Callable[[int], Path]
) -> None:
    application = make_application()
    application.change_settings({"filing.min_dpi": 100})
    dossier = application.dossiers.new("1.001193")
    application.scanners.start(Profile("x", "virtual", str(small_pages(2)), dpi=100), dossier.id).result(60)
    pages = application.dossiers.pages(dossier.id)
    application.page_actions.place(dossier.id, [page.id for page in pages], "TP01")
    application.dossiers.set_fields(dossier.id, owner_name="Trần Thị Thử")
    application.finishing.start(dossier.id).result(60)
    application.sync.enrol(server.url, server.code()).result(30)

    assert application.sync.run_once().accepted == 1
    assert [application.sync.fetch_catalogue().result(30) for _ in range(2)] == [True, False]

    assert re.fullmatch(r"H02\.15-\d{6}-\d{4,7}", application.dossiers.get(dossier.id).number)


def test_the_centre_s_catalogue_counts_at_once(
    server: CentralServer, make_application: Callable[..., Application], tmp_path: Path
) -> None:
    application = make_application()
    file = tmp_path / "ds.csv"
    file.write_text("code,name,documents\n1.999998,Thủ tục tự nhập,Đơn\n", "utf-8")
    application.catalogue.run(file)
    kept = application.dossiers.new("1.999998")
    application.sync.enrol(server.url, server.code()).result(30)
    assert application.sync.fetch_catalogue().result(30)

    with pytest.raises(UnknownProcedure):
        application.procedures.find("1.999998")
    assert application.procedures.find("1.001193").name == "Đăng ký khai sinh"
    assert application.procedures.catalogue.levels
    assert [row.component.name for row in application.dossiers.checklist(kept.id)] == ["Đơn"]
    assert not application.sync.fetch_catalogue().result(30)
