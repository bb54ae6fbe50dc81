"""What a person asks of the outbox beside sending, as jobs that end in an answer: by disk, kept receipts, both lists."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from app.errors import Text
from app.jobs import Job, Jobs, Lane
from app.store.dossiers import DossierStore
from app.sync.answers import Answer, of_check, of_comparison, of_package, of_proofs, of_receipts
from app.sync.clearing import Cleared
from app.sync.engine import SyncEngine

_SEALING = Text("Đang niêm phong hồ sơ…", "Sealing records…")
_CHECKING = Text("Đang đọc lại gói niêm phong…", "Reading the sealed file back…")
_TAKING = Text("Đang nhận biên nhận…", "Taking receipts in…")
_PROVING = Text("Đang kiểm tra biên nhận…", "Checking receipts…")
_COMPARING = Text("Đang đối chiếu với trung tâm…", "Comparing with the centre…")
_CLEARING = Text("Đang hỏi trung tâm còn giữ những gì…", "Asking the centre what it holds…")

T = TypeVar("T")


class Errands:
    """Work with the disk stands on the lane of files, so that a slow one keeps nobody from a number of the centre.

    A cancelled export leaves no file.
    """

    def __init__(self, engine: SyncEngine, dossiers: DossierStore, jobs: Jobs) -> None:
        self._engine = engine
        self._dossiers = dossiers
        self._jobs = jobs

    def export(self, folder: Path) -> Job[Answer]:
        """Seal everything unsent into a file and read it back.

        The job raises NotEnrolled, NothingToSend, StorageFailed, DiskFull or SealNotOpened.
        """

        def work(job: Job[Answer]) -> Answer:
            package = self._engine.export_sealed(folder, _told(job, _SEALING))
            self._engine.check_sealed(package.path, _told(job, _CHECKING))
            return of_package(package)

        return self._jobs.submit(Lane.FILES, _SEALING, work)

    def check(self, file: Path) -> Job[Answer]:
        """Read a sealed file of this station to its end. The job raises NotEnrolled or SealNotOpened."""
        return self._jobs.submit(
            Lane.FILES, _CHECKING, lambda job: of_check(self._engine.check_sealed(file, _told(job, _CHECKING)))
        )

    def take_receipts(self, file: Path) -> Job[Answer]:
        """Take in what the centre gave for a sealed file. The job raises ReceiptsFileBroken or StorageFailed."""
        return self._jobs.submit(Lane.FILES, _TAKING, lambda _job: of_receipts(self._engine.take_receipts(file)))

    def verify(self) -> Job[Answer]:
        """Check every kept receipt again, without a network. The job raises StorageFailed."""

        def number_of(dossier_id: str) -> str:
            return self._dossiers.get(dossier_id).shown_number

        return self._jobs.submit(Lane.FILES, _PROVING, lambda _job: of_proofs(self._engine.verify_receipts(), number_of))

    def reconcile(self) -> Job[Answer]:
        """Compare both lists, all of them, and mend. The job raises NotEnrolled, ReceiptNotProven or a kind of Unreachable."""
        return self._jobs.submit(Lane.SYNC, _COMPARING, lambda _job: of_comparison(self._engine.reconcile()))

    def clear(self, *, dry: bool) -> Job[Cleared]:
        """Remove the files that the centre still holds, or count them; see SyncEngine.clean. The job raises StorageFailed."""
        return self._jobs.submit(Lane.SYNC, _CLEARING, lambda job: self._engine.clean(dry=dry, told=_told(job, _CLEARING)))


def _told(job: Job[T], note: Text) -> Callable[[int, int], None]:
    def tell(done: int, total: int) -> None:
        job.check_cancelled()
        job.report(done, total, note)

    return tell
