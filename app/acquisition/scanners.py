"""Finds scanners and runs batches: a thin loop between a driver's worker process and the page store."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from app.acquisition.devices import Devices, DeviceSearch, request_of
from app.acquisition.errors import NoScanner, scan_failed
from app.acquisition.intake import Intake, Spool, Target
from app.errors import Text
from app.events import Events, Topic
from app.jobs import Job, Jobs, Lane
from app.model.dossier import DossierState
from app.model.page import Page
from app.model.profile import Profile, ScannerName
from app.model.profile import Source as ProfileSource
from app.settings import Settings
from app.store.dossiers import DossierStore
from app.store.errors import DossierFrozen
from drivers import client
from drivers.contract import (
    Fault,
    Finished,
    PageFinished,
    PageStarted,
)

_FINDING = Text("Đang tìm máy quét…", "Looking for scanners…")
_SCANNING = Text("Đang quét…", "Scanning…")


Heard = Callable[[Page], None]


@dataclass(frozen=True)
class _Batch:
    """Where a batch goes, who hears of its pages, its worker's environment, its first sheet, how many pages at most."""

    dossier_id: str
    kept: Heard
    environment: Mapping[str, str]
    first_sheet: int
    most: int | None


@dataclass(frozen=True)
class ScanOutcome:
    """How a batch that ended as it should went; ``undelivered`` sides left the tray after Stop and must be put back."""

    pages: int
    stopped: bool
    undelivered: int = 0


class Scanners:
    """The scanners of this station. One batch at a time; every page is committed before the next is asked for."""

    def __init__(
        self, jobs: Jobs, events: Events, intake: Intake, dossiers: DossierStore, settings: Callable[[], Settings]
    ) -> None:
        self._jobs = jobs
        self._events = events
        self._intake = intake
        self._dossiers = dossiers
        self._folder = intake.folder
        self._settings = settings
        self._runs: dict[int, client.ScanRun] = {}
        self.devices = Devices(events, settings, intake.folder.root)

    @property
    def scanning(self) -> bool:
        """Whether a batch is running."""
        return bool(self._runs)

    def find(self) -> Job[tuple[ScannerName, ...]]:
        """Look for scanners of all backends, each in a process of its own with a limit."""
        return self._jobs.submit(Lane.SCANNER, _FINDING, lambda job: self.search().scanners)

    def search(self) -> DeviceSearch:
        """Look for scanners in this thread; a backend that fails is named and does not hide the others."""
        return self.devices.search()

    def start(
        self,
        profile: Profile,
        dossier_id: str,
        *,
        environment: Mapping[str, str] | None = None,
        kept: Heard = lambda _page: None,
        delay: float = 0.0,
        first_sheet: int = 1,
        most: int | None = None,
    ) -> Job[ScanOutcome]:
        """Scan a batch into a dossier. The job fails with a ScanFailed that says sheet, what is safe and what to do.

        ``kept`` hears of each page once it is committed, in the scanner's thread; the batch begins after ``delay``
        seconds. ``first_sheet`` is the number by which its first sheet is told, where a pile is gone on with. After
        ``most`` pages the rest stays in the tray.
        """

        def work(job: Job[ScanOutcome]) -> ScanOutcome:
            _rest(job, delay)
            return self._scan(job, profile, _Batch(dossier_id, kept, environment or {}, first_sheet, most))

        return self._jobs.submit(Lane.SCANNER, _SCANNING, work)

    def stop(self, job: Job[ScanOutcome]) -> None:
        """End the batch after the sheet that is being scanned."""
        job.cancel()

    def abort(self, job: Job[ScanOutcome]) -> None:
        """End the batch now; the sheet that is being scanned is dropped and named."""
        run = self._runs.get(job.number)
        if run is not None:
            run.abort()
        job.cancel()

    def _scan(self, job: Job[ScanOutcome], profile: Profile, batch: _Batch) -> ScanOutcome:
        self._check(batch.dossier_id)
        profile, label = self.devices.locate(profile)
        self.devices.let_settle()
        try:
            return self._scan_with(job, profile, label, batch)
        except NoScanner as error:
            if error.values["safe"]:
                raise  # it went away in mid-batch: the clerk puts the sheet back first
            # The address is out of date where the same scanner is found under another one.
            moved, label = self.devices.find_again(profile) if profile.identity else (profile, label)
            if moved.device == profile.device:
                raise
        return self._scan_with(job, moved, label, batch)

    def _scan_with(self, job: Job[ScanOutcome], profile: Profile, label: str, batch: _Batch) -> ScanOutcome:
        spool = self._intake.open_spool(Target(batch.dossier_id, self._settings().station.operator, label))
        sides = 2 if profile.source is ProfileSource.DUPLEX else 1
        try:
            with client.start_scan(
                profile.backend,
                replace(request_of(profile, str(spool.folder)), max_pages=batch.most),
                environment=self.devices.environment(batch.environment),
            ) as run:
                self._runs[job.number] = run
                job.when_cancelled(run.stop)
                return self._follow(job, run, spool, sides, batch)
        except client.DriverFault as error:
            raise scan_failed(error.fault, scanner=label, safe=0) from error
        finally:
            self._runs.pop(job.number, None)
            self._intake.close_spool(spool)
            self._events.announce(Topic.SCAN, batch.dossier_id)

    def _follow(self, job: Job[ScanOutcome], run: client.ScanRun, spool: Spool, sides: int, batch: _Batch) -> ScanOutcome:
        taken = 0
        for event in run.events():
            match event:
                case PageStarted():
                    sheet = (event.sequence - 1) // sides + batch.first_sheet
                    job.report(taken, 0, Text(f"Đang quét tờ {sheet}…", f"Scanning sheet {sheet}…"))
                case PageFinished():
                    batch.kept(self._intake.take(spool, event))
                    taken += 1
                    job.report(taken, 0, Text(f"Đã quét {taken} trang", f"{taken} pages scanned"))
                    self._folder.require_free(self._settings().filing.min_free_mb)
                    run.next_page()
                case Finished():
                    return ScanOutcome(taken, job.cancel_asked, event.undelivered)
                case Fault():
                    rest = self._intake.take_rest(spool)
                    for page in rest:
                        batch.kept(page)
                    raise scan_failed(event, scanner=spool.target.device_label, safe=taken + len(rest), sides=sides)
                case _:
                    pass
        raise AssertionError("a batch ends with Fault or Finished")

    def _check(self, dossier_id: str) -> None:
        dossier = self._dossiers.get(dossier_id)
        if dossier.state is not DossierState.OPEN:
            raise DossierFrozen(dossier=dossier.shown_number)
        self._folder.require_free(self._settings().filing.min_free_mb)
        self._folder.keep_reserve()


def _rest(job: Job[ScanOutcome], seconds: float) -> None:
    """Wait before a batch. Raises Cancelled as soon as someone wants the job to end."""
    woken = threading.Event()
    job.when_cancelled(woken.set)
    woken.wait(seconds)
    job.check_cancelled()
