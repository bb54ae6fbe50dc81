"""Finishing a dossier: check, make one PDF/A for each paper, list them in a manifest, then freeze and queue in one step.

Everything is written aside under a name of its own; only the database's one transaction makes it count. Killed at any
point, the dossier is either open with all its pages, or finished with all its files.
"""

from __future__ import annotations

import hashlib
import shutil
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app import __version__
from app.errors import ItemFailed, Text
from app.events import Change, Events, Topic
from app.files import sha256_of, sync_folder, write_whole
from app.filing.carrying import Earlier, bring, read_earlier, unchanged
from app.filing.checks import check_dossier, incomplete
from app.filing.errors import NoProcedure, PaperNotMade
from app.filing.facts import VIETNAM
from app.filing.reading import known_fields, read_facts
from app.filing.stores import Stores
from app.imaging.raster import read_image
from app.imaging.upright import UprightPage
from app.jobs import Job, Jobs, Lane
from app.model.dossier import Dossier
from app.model.manifest import (
    MANIFEST_FORMAT,
    Manifest,
    ManifestDossier,
    ManifestFile,
    ManifestOwner,
    ManifestPage,
    ManifestPaper,
    ManifestReuse,
)
from app.model.names import record_file_name
from app.model.outbox import OutboxEntry, OutboxFile, OutboxState
from app.model.page import Page, PageState
from app.model.paper import Paper
from app.model.procedure import Component, Procedure, Side
from app.output.manifest import build_manifest_bytes
from app.output.packing import pack_sheet
from app.output.pdfa import PdfMetadata, PdfPage, write_pdfa
from app.settings import Settings
from app.store.errors import OriginalMissing, translated

PDF = "application/pdf"
_WAIT_SECONDS = 1.0


@dataclass(frozen=True)
class Case:
    """A dossier as it was read and checked: all that its files are made of."""

    dossier: Dossier
    pages: tuple[Page, ...]
    procedure: Procedure
    papers: Mapping[str, Paper]
    reused: Mapping[str, ManifestReuse]
    earlier: Earlier | None = None


class Finishing:
    """Finishes dossiers on the files lane."""

    def __init__(
        self, stores: Stores, jobs: Jobs, events: Events, settings: Callable[[], Settings], clock: Callable[[], datetime]
    ) -> None:
        self._stores = stores
        self._jobs = jobs
        self._events = events
        self._settings = settings
        self._clock = clock

    def start(self, dossier_id: str) -> Job[OutboxEntry]:
        """Finish a dossier in the background. The job raises IncompleteDossier, PaperNotMade, DiskFull or DossierFrozen."""
        title = Text("Đang hoàn tất hồ sơ…", "Finishing the dossier…")
        return self._jobs.submit(Lane.FILES, title, lambda job: self._finish(job, dossier_id))

    def _finish(self, job: Job[OutboxEntry], dossier_id: str) -> OutboxEntry:
        entry = None
        while entry is None:
            self._wait_for_text(job, dossier_id)
            entry = self._try(job, dossier_id)
        self._events.announce(Topic.DOSSIERS, dossier_id)
        self._events.announce(Topic.OUTBOX, dossier_id)
        return entry

    def _try(self, job: Job[OutboxEntry], dossier_id: str) -> OutboxEntry | None:
        """Write the files and freeze the dossier; None where it was changed meanwhile and must be written anew."""
        case = self._checked(dossier_id)
        folder = self._folder_for(case.dossier)
        done = False
        try:
            entry = self._write(job, folder, case)
            done = self._stores.dossiers.finish(case.dossier, case.pages, entry, case.papers, case.reused)
            return entry if done else None
        finally:
            if not done:
                shutil.rmtree(folder, ignore_errors=True)

    def _wait_for_text(self, job: Job[OutboxEntry], dossier_id: str) -> None:
        """Wait until the pipeline is through with all pages; the job can be cancelled meanwhile."""
        processed = threading.Event()

        def heard(change: Change) -> None:
            if change.topic is Topic.PAGE_PROCESSED:
                processed.set()

        unsubscribe = self._events.subscribe(heard)
        job.when_cancelled(processed.set)
        try:
            while True:
                job.check_cancelled()
                processed.clear()
                pages = self._stores.pages.of_dossier(dossier_id)
                left = sum(page.state is PageState.NEW for page in pages)
                if not left:
                    return
                note = Text(f"Đang đọc chữ, còn {left} trang…", f"Reading text, {left} pages left…")
                job.report(len(pages) - left, len(pages), note)
                processed.wait(_WAIT_SECONDS)
        finally:
            unsubscribe()

    def _checked(self, dossier_id: str) -> Case:
        dossier = self._stores.dossiers.get(dossier_id)
        facts = read_facts(self._stores, dossier, self._clock().astimezone(VIETNAM).date())
        if blocked := incomplete(dossier, check_dossier(facts, self._settings())):
            raise blocked
        if facts.procedure is None:
            raise NoProcedure
        return Case(dossier, tuple(facts.pages), facts.procedure, facts.papers, facts.reused, self._earlier(dossier))

    def _earlier(self, dossier: Dossier) -> Earlier | None:
        path = self._stores.dossiers.manifest_path(dossier.id, dossier.revision - 1)
        return read_earlier(self._stores.pages.folder.root / path) if path else None

    def _folder_for(self, dossier: Dossier) -> Path:
        root = self._stores.pages.folder
        root.require_free(self._settings().filing.min_free_mb)
        folder = root.papers / f"{dossier.id}-r{dossier.revision}-{uuid.uuid4().hex[:8]}"
        with translated(root.root):
            folder.mkdir()
        return folder

    def _write(self, job: Job[OutboxEntry], folder: Path, case: Case) -> OutboxEntry:
        papers = self._papers(job, folder, case)
        now = self._clock()
        path, root = folder / "manifest.json", self._stores.pages.folder.root
        with translated(root):
            content = build_manifest_bytes(self._manifest(case, papers, now))
            write_whole(path, content)
            sync_folder(folder.parent)
        files = tuple(
            OutboxFile(
                paper.file.name,
                (folder / paper.file.name).relative_to(root).as_posix(),
                paper.file.sha256,
                paper.file.size,
                PDF,
            )
            for paper in papers
        )
        return OutboxEntry(
            id=str(uuid.uuid4()),
            dossier_id=case.dossier.id,
            revision=case.dossier.revision,
            manifest_path=path.relative_to(root).as_posix(),
            manifest_sha256=hashlib.sha256(content).hexdigest(),
            state=OutboxState.WAITING,
            attempts=0,
            next_try_at=now,
            created_at=now,
            files=files,
        )

    def _papers(self, job: Job[OutboxEntry], folder: Path, case: Case) -> list[ManifestPaper]:
        groups, papers = _by_component(case.pages, case.procedure), []
        for serial, (component, pages) in enumerate(groups, start=1):
            job.check_cancelled()
            note = Text(f"Đang tạo PDF {serial}/{len(groups)}…", f"Making PDF {serial}/{len(groups)}…")
            job.report(serial - 1, len(groups), note)
            papers.append(self._paper(folder / self._file_name(case.dossier, serial, component), case, component, pages))
        return papers

    def _file_name(self, dossier: Dossier, serial: int, component: Component) -> str:
        rules = self._settings().filing
        rule = rules.result_name if component.side is Side.RESULT else rules.paper_name
        return record_file_name(
            rule, dossier=dossier.shown_number, serial=serial, component=component.code, revision=dossier.revision
        )

    def _paper(self, path: Path, case: Case, component: Component, pages: list[Page]) -> ManifestPaper:
        """Put one paper's file in its place: the earlier revision's where nothing changed, else made anew."""
        dossier, paper = case.dossier, case.papers.get(component.code, Paper(case.dossier.id, component.code))
        title = paper.fields.title or component.name
        described = tuple(_manifest_page(number, page) for number, page in enumerate(pages, start=1))
        before = unchanged(case.earlier, dossier, component.code, title, described)
        file = bring(case.earlier, before, path) if case.earlier and before else None
        return ManifestPaper(
            paper_id=before.paper_id if before else str(uuid.uuid4()),
            component_code=component.code,
            component_name=component.name,
            title=title,
            file=file or self._made(path, dossier, component, title, pages),
            pages=described,
            side=component.side,
            fields=known_fields(dossier, component, paper),
            sheets=paper.sheets,
            sides=paper.sides,
        )

    def _made(self, path: Path, dossier: Dossier, component: Component, title: str, pages: list[Page]) -> ManifestFile:
        metadata = PdfMetadata(
            title=title,
            created=self._clock(),
            creator_tool=f"sohoa {__version__}",
            author=self._settings().station.name,
            subject=f"{dossier.procedure_code} {dossier.procedure_name}",
            keywords=(dossier.procedure_code, component.code),
            identifiers={"dossier": dossier.shown_number},
        )
        try:
            write_pdfa(path, self._pdf_pages(pages), metadata)
            return ManifestFile(path.name, sha256_of(path), path.stat().st_size, PDF)
        except OriginalMissing:
            raise
        except ItemFailed as error:
            raise PaperNotMade(paper=component.name, what_vi=error.title_in("vi"), what_en=error.title_in("en")) from error

    def _pdf_pages(self, pages: list[Page]) -> Iterator[PdfPage]:
        """Render one page at a time: memory does not grow with their number."""
        rules = self._settings().filing
        for page in pages:
            raster = read_image(self._stores.pages.original(page))
            sheet = UprightPage(raster, page.geometry)
            codes = sheet.fine_codes(page.findings.barcodes if page.findings else ())
            packed = pack_sheet(sheet, rules.packing, quality=rules.jpeg_quality, codes=codes)
            yield PdfPage.from_layers(packed, self._stores.pages.text_of(page))

    def _manifest(self, case: Case, papers: list[ManifestPaper], now: datetime) -> Manifest:
        settings, dossier = self._settings(), case.dossier
        placed = {paper.component_code for paper in papers} | set(case.reused)
        return Manifest(
            format=MANIFEST_FORMAT,
            record_id=dossier.id,
            revision=dossier.revision,
            reason=self._reason(dossier),
            station_id=settings.server.station_id,
            station_name=settings.station.name,
            operator=settings.station.operator,
            software=f"sohoa {__version__}",
            dossier=ManifestDossier(
                number=dossier.number,
                provisional=dossier.provisional,
                procedure_code=dossier.procedure_code,
                procedure_name=dossier.procedure_name,
                agency_code=dossier.agency_code,
                owner=ManifestOwner(dossier.owner_name, dossier.owner_id_number),
                created_at=dossier.created_at,
                finished_at=now,
                competent_agency=dossier.competent_agency,
                organisation=dossier.organisation,
                procedure_version=dossier.procedure_version,
                retention=case.procedure.retention,
                side=dossier.side,
                absent={code: paper.absence for code, paper in case.papers.items() if paper.absence and code not in placed},
            ),
            papers=tuple(papers),
            reused=tuple(case.reused.values()),
        )

    def _reason(self, dossier: Dossier) -> str:
        """Why this revision was opened; the first one needs no reason."""
        opened = [item for item in self._stores.dossiers.revisions(dossier.id) if item.revision == dossier.revision]
        return opened[0].reason if opened else ""


def sweep_papers(papers: Path, known: set[str]) -> int:
    """Remove folders that no outbox entry names; gives how many of them a killed run left half made.

    One with a manifest may be of a dossier that was opened again, which is nothing to tell of.
    """
    stray = [path for path in papers.iterdir() if path.is_dir() and path.name not in known]
    half_made = [path for path in stray if not (path / "manifest.json").exists()]
    for path in stray:
        shutil.rmtree(path, ignore_errors=True)
    return len(half_made)


def _by_component(pages: Sequence[Page], procedure: Procedure) -> list[tuple[Component, list[Page]]]:
    """Group placed pages by component, in the checklist's order, results last, pages in the dossier's order."""
    grouped = [(component, [page for page in pages if page.component == component.code]) for component in procedure.places]
    return [(component, placed) for component, placed in grouped if placed]


def _manifest_page(number: int, page: Page) -> ManifestPage:
    origin = page.provenance
    return ManifestPage(
        page_id=page.id,
        number=number,
        original_sha256=page.sha256,
        width=page.width,
        height=page.height,
        dpi=origin.dpi,
        mode=origin.mode,
        source=origin.source,
        side=origin.side,
        device=origin.device,
        scanned_at=origin.scanned_at,
        operator=origin.operator,
        blank=page.blank,
        slip=page.slip,
        accepted=tuple(kind for kind in page.warnings if kind not in page.open_warnings),
        quad=page.geometry.quad,
        turn=page.geometry.turn,
    )
