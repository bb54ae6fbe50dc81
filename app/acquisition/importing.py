"""Files brought as pages: PDFs and images, each taken in whole or not at all, whatever the others are."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Protocol, TypeVar

from app.acquisition.intake import Intake, Spool, Target
from app.errors import ExitCode, ItemFailed, Text
from app.events import Events, Topic
from app.files import put_in_place, shown_name
from app.jobs import Cancelled, Job, Jobs, Lane
from app.model.dossier import DossierState
from app.model.unpacked import UnpackedPage
from app.settings import Settings
from app.store.dossiers import DossierStore
from app.store.errors import DossierFrozen, translated
from app.system_words import system_words
from drivers.contract import ColorMode, PageFinished, Source, encode
from drivers.spool import write_file

T = TypeVar("T")

LARGEST_FILE = 1 << 30
SOURCE = "file"
_IMPORTING = Text("Đang nhập tệp…", "Importing files…")
_HEAD = 1024
_IMAGES = (b"\xff\xd8", b"\x89PNG", b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


_FOLDER = (
    Text("đây là thư mục, không phải tệp", "it is a folder, not a file"),
    Text("Chọn các tệp PDF hoặc ảnh trong thư mục đó.", "Choose the PDFs or images in that folder."),
)
_NOT_THERE = (
    Text("không có tệp này", "there is no such file"),
    Text("Xem lại tên tệp; nếu tệp ở USB, cắm lại USB.", "Look at its name; if it is on a USB disk, plug that in again."),
)
_TOO_LARGE = (
    Text("tệp lớn hơn 1 GB", "it is larger than 1 GB"),
    Text("Chia thành nhiều tệp nhỏ hơn, hoặc lưu lại ở 300 dpi.", "Split it into smaller files, or save it again at 300 dpi."),
)
_NO_PICTURE = (
    Text("không phải PDF, JPEG, PNG hay TIFF", "it is no PDF, JPEG, PNG or TIFF"),
    Text(
        "Mở bằng chương trình đã tạo ra nó (ví dụ Word), lưu thành PDF rồi nhập tệp PDF đó.",
        "Open it in the program that made it (such as Word), save it as a PDF, then import that.",
    ),
)
_COPY_HERE = Text("Chép tệp vào máy này rồi nhập bản chép.", "Copy the file to this machine, then import the copy.")
_SCAN_IT = Text("Quét bản giấy, hoặc nhờ nơi gửi làm lại tệp.", "Scan the paper, or have the file made once more.")


class Workers(Protocol):
    """A worker process that survives what it is given, or is started anew."""

    def run(self, function: Callable[..., T], *arguments: Any) -> T:
        """Run a function there; raises what it raised, or that the process died."""

    def close(self) -> None:
        """End it."""


@dataclass(frozen=True)
class Unpacking:
    """How files are opened: a process for one import, and the two functions that run in it."""

    workers: Callable[[], Workers]
    count: Callable[[Path], int]
    unpack: Callable[[Path, int, Path], UnpackedPage]


class ImportRefused(ItemFailed):
    """A file was not taken in; none of its pages is in the dossier. ``reason`` and ``advice`` are its own."""

    title: ClassVar[Text] = Text("Không nhập được {name}: {reason}", "{name} was not imported: {reason}")
    remedy: ClassVar[Text] = Text("{advice}", "{advice}")
    exit_code: ClassVar[ExitCode] = ExitCode.INPUT

    def __init__(self, name: str, reason: Text, advice: Text) -> None:
        self.name, self.reason, self.advice = shown_name(name), reason, advice
        super().__init__(name=self.name, reason=reason, advice=advice)


@dataclass(frozen=True)
class ImportOutcome:
    """What came of an import: pages in the dossier by file name in their order, and the files that were refused."""

    taken: tuple[tuple[str, tuple[str, ...]], ...]
    refused: tuple[ImportRefused, ...]
    stopped: bool = False

    @property
    def page_ids(self) -> tuple[str, ...]:
        """The pages that are in the dossier now."""
        return tuple(page_id for _, page_ids in self.taken for page_id in page_ids)


class Importing:
    """Brings files into open dossiers on the files lane; the files themselves are only read."""

    def __init__(
        self,
        jobs: Jobs,
        events: Events,
        intake: Intake,
        dossiers: DossierStore,
        settings: Callable[[], Settings],
        unpacking: Unpacking,
    ) -> None:
        self._jobs = jobs
        self._events = events
        self._intake = intake
        self._dossiers = dossiers
        self._settings = settings
        self._unpacking = unpacking

    def start(self, dossier_id: str, files: Sequence[Path]) -> Job[ImportOutcome]:
        """Take files into a dossier, in the order given.

        A file that cannot be read is refused as a whole, named in the outcome, and keeps no other from being taken in.
        The job raises DossierFrozen, NoSuchDossier, DiskFull or StorageFailed.
        """
        return self._jobs.submit(Lane.FILES, _IMPORTING, lambda job: self._import(job, dossier_id, tuple(files)))

    def _import(self, job: Job[ImportOutcome], dossier_id: str, files: tuple[Path, ...]) -> ImportOutcome:
        dossier = self._dossiers.get(dossier_id)
        if dossier.state is not DossierState.OPEN:
            raise DossierFrozen(dossier=dossier.shown_number)
        taken: list[tuple[str, tuple[str, ...]]] = []
        refused: list[ImportRefused] = []
        workers = self._unpacking.workers()
        try:
            for number, file in enumerate(files, start=1):
                job.check_cancelled()
                note = f"{number}/{len(files)}"
                job.report(number - 1, len(files), Text(f"Đang nhập tệp {note}…", f"Importing file {note}…"))
                try:
                    taken.append((shown_name(file.name), self._take(job, workers, dossier_id, file)))
                except ImportRefused as error:
                    refused.append(error)
            return ImportOutcome(tuple(taken), tuple(refused))
        except Cancelled:
            return ImportOutcome(tuple(taken), tuple(refused), stopped=True)
        finally:
            workers.close()
            self._events.announce(Topic.PAGES, dossier_id)

    def _take(self, job: Job[ImportOutcome], workers: Workers, dossier_id: str, file: Path) -> tuple[str, ...]:
        self._intake.folder.require_free(self._settings().filing.min_free_mb)
        target = Target(dossier_id, self._settings().station.operator, shown_name(file.name)[:180], SOURCE)
        spool = self._intake.open_spool(target)
        try:
            pages = self._unpack(job, workers, spool, file)
            announced = [self._announce(spool, number, page) for number, page in enumerate(pages, start=1)]
            return tuple(self._intake.take(spool, page).id for page in announced)
        finally:
            self._intake.close_spool(spool)

    def _unpack(self, job: Job[ImportOutcome], workers: Workers, spool: Spool, file: Path) -> list[UnpackedPage]:
        """Write all pages aside: a file counts only when each of them could be read."""
        staging = spool.folder / "staging"
        with translated(self._intake.folder.root):
            staging.mkdir()
        copy = _copied(file, staging)
        pages = []
        try:
            for number in range(workers.run(self._unpacking.count, copy)):
                job.check_cancelled()
                pages.append(workers.run(self._unpacking.unpack, copy, number, staging))
        except ItemFailed as error:
            raise _refused(file.name, error, len(pages) + 1) from error
        return pages

    def _announce(self, spool: Spool, number: int, page: UnpackedPage) -> PageFinished:
        """Make a page of the spool: its sidecar first, as a scanner's worker does, so that a restart takes it in too."""
        staging = spool.folder / "staging"
        announced = PageFinished(
            batch=spool.folder.name,
            sequence=number,
            file=page.name,
            sha256=page.sha256,
            size=page.size,
            width=page.width,
            height=page.height,
            dpi=page.dpi,
            mode=ColorMode.GRAY if page.gray else ColorMode.COLOR,
            source=Source.FLATBED,
            thumbnail=page.thumbnail,
        )
        with translated(self._intake.folder.root):
            (staging / page.thumbnail).rename(spool.folder / page.thumbnail)
            write_file(spool.folder / f"{page.name}.json", encode(announced))
            put_in_place(staging / page.name, spool.folder / page.name)
        return announced


def _copied(file: Path, staging: Path) -> Path:
    """Copy a file in under a name that its content chooses: what a name claims is not to be trusted."""
    try:
        if file.is_dir():
            raise ImportRefused(file.name, *_FOLDER)
        if not file.is_file():
            raise ImportRefused(file.name, *_NOT_THERE)
        if file.stat().st_size > LARGEST_FILE:
            raise ImportRefused(file.name, *_TOO_LARGE)
        with file.open("rb") as reader:
            head = reader.read(_HEAD)
        if b"%PDF-" not in head and not head.startswith(_IMAGES):
            raise ImportRefused(file.name, *_NO_PICTURE)
        suffix = ".pdf" if b"%PDF-" in head else ".image"
        return Path(shutil.copyfile(file, staging / f"original{suffix}"))
    except OSError as error:
        what = system_words(error)
        reason = Text(f"không đọc được tệp ({what.vi})", f"it cannot be read ({what.en})")
        raise ImportRefused(file.name, reason, _COPY_HERE) from error


def _refused(name: str, error: ItemFailed, page: int) -> ImportRefused:
    """Give the refusal of a file whose page, or whose first look, failed: what opens files says reason and advice."""
    told, advice = getattr(error, "reason", None), getattr(error, "advice", None)
    reason = told if isinstance(told, Text) else Text(error.title_in("vi"), error.title_in("en"))
    if page > 1:
        reason = Text(f"trang {page}: {reason.vi}", f"page {page}: {reason.en}")
    return ImportRefused(name, reason, advice if isinstance(advice, Text) else _SCAN_IT)
