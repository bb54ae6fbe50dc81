"""Finds scanners and runs batches: a thin loop between a driver's worker process and the page store."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from app.acquisition.errors import NoProfileDevice, scan_failed
from app.acquisition.intake import Intake, Spool, Target
from app.errors import Language, Text
from app.events import Events, Topic
from app.jobs import Job, Jobs, Lane
from app.model.dossier import DossierState
from app.model.profile import Profile, ScannerName
from app.model.profile import Source as ProfileSource
from app.settings import Settings
from app.store.dossiers import DossierStore
from app.store.errors import DossierFrozen
from drivers import client
from drivers.contract import (
    ColorMode,
    Device,
    Fault,
    Finished,
    PageFinished,
    PageStarted,
    ScanRequest,
    Source,
)
from resources import resource

_log = logging.getLogger(__name__)

PRACTICE = "virtual"
BACKENDS = ("twain" if sys.platform == "win32" else "sane", "escl", PRACTICE)
_FINDING = Text("Đang tìm máy quét…", "Looking for scanners…")
_SCANNING = Text("Đang quét…", "Scanning…")


@dataclass(frozen=True)
class ScanOutcome:
    """How a batch that ended as it should went; ``undelivered`` sides left the tray after Stop and must be put back."""

    pages: int
    stopped: bool
    undelivered: int = 0

    @property
    def summary(self) -> Text:
        """Say it in a sentence, with what to put back."""
        if self.undelivered:
            return Text(
                f"Đã dừng quét. {self.undelivered} mặt giấy đã vào máy mà chưa nhận được ảnh: đặt lại các tờ đó.",
                f"Scanning stopped. {self.undelivered} sides went in but no picture came: put those sheets back.",
            )
        if self.stopped:
            return Text("Đã dừng quét. Các trang đã quét vẫn còn.", "Scanning stopped. The pages so far are kept.")
        return Text("Đã quét xong", "Scanning is done")


@dataclass(frozen=True)
class DeviceSearch:
    """What was found, and the backends that could not look (by name, with the reason)."""

    scanners: tuple[ScannerName, ...]
    failed: tuple[tuple[str, str], ...]


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

    def profiles(self) -> tuple[Profile, ...]:
        """The scan profiles of the settings; where there are none, the first scanner and one to practise with."""
        chosen = tuple(profile.to_profile() for profile in self._settings().profiles)
        return chosen or _default_profiles(self._settings().language)

    def find(self) -> Job[tuple[ScannerName, ...]]:
        """Look for scanners of all backends, each in a process of its own with a limit."""
        return self._jobs.submit(Lane.SCANNER, _FINDING, lambda job: self.search().scanners)

    def search(self) -> DeviceSearch:
        """Look for scanners in this thread; a backend that fails is named and does not hide the others."""
        with ThreadPoolExecutor(len(BACKENDS)) as threads:
            answers = list(threads.map(self._ask, BACKENDS))
        found = tuple(scanner for scanners, _ in answers for scanner in scanners)
        failed = tuple((backend, why) for backend, (_, why) in zip(BACKENDS, answers, strict=True) if why)
        self._events.announce(Topic.DEVICES)
        return DeviceSearch(found, failed)

    def start(self, profile: Profile, dossier_id: str, *, environment: Mapping[str, str] | None = None) -> Job[ScanOutcome]:
        """Scan a batch into a dossier. The job fails with a ScanFailed that says sheet, what is safe and what to do."""
        return self._jobs.submit(Lane.SCANNER, _SCANNING, lambda job: self._scan(job, profile, dossier_id, environment))

    def stop(self, job: Job[ScanOutcome]) -> None:
        """End the batch after the sheet that is being scanned."""
        job.cancel()

    def abort(self, job: Job[ScanOutcome]) -> None:
        """End the batch now; the sheet that is being scanned is dropped and named."""
        run = self._runs.get(job.number)
        if run is not None:
            run.abort()
        job.cancel()

    def _ask(self, backend: str) -> tuple[tuple[ScannerName, ...], str]:
        """Give a backend's scanners, and why it could not be asked."""
        try:
            return tuple(_name(device) for device in client.list_devices(backend, environment=self._environment({}))), ""
        except client.DriverFault as error:
            _log.warning("backend %s cannot list scanners: %s", backend, error.fault.code)
            return (), error.fault.detail or error.fault.code.value

    def _environment(self, extra: Mapping[str, str]) -> dict[str, str]:
        """What network scanners need: where pinned certificates are kept, and the addresses that were typed in."""
        addresses = " ".join(self._settings().scanning.addresses)
        given = {"SOHOA_ESCL_ADDRESSES": addresses} if addresses else {}
        return {"SOHOA_ESCL_PINS": str(self._folder.root), **given, **extra}

    def _scan(
        self, job: Job[ScanOutcome], profile: Profile, dossier_id: str, environment: Mapping[str, str] | None
    ) -> ScanOutcome:
        self._check(dossier_id)
        profile, label = self._with_device(profile)
        spool = self._intake.open_spool(Target(dossier_id, self._settings().station.operator, label))
        try:
            with client.start_scan(
                profile.backend, _request(profile, spool.folder), environment=self._environment(environment or {})
            ) as run:
                self._runs[job.number] = run
                job.when_cancelled(run.stop)
                return self._follow(job, run, spool, sides=2 if profile.source is ProfileSource.DUPLEX else 1)
        except client.DriverFault as error:
            raise scan_failed(error.fault, scanner=label, safe=0) from error
        finally:
            self._runs.pop(job.number, None)
            self._intake.close_spool(spool)
            self._events.announce(Topic.SCAN, dossier_id)

    def _follow(self, job: Job[ScanOutcome], run: client.ScanRun, spool: Spool, sides: int) -> ScanOutcome:
        taken = 0
        for event in run.events():
            match event:
                case PageStarted():
                    sheet = (event.sequence - 1) // sides + 1
                    job.report(taken, 0, Text(f"Đang quét tờ {sheet}…", f"Scanning sheet {sheet}…"))
                case PageFinished():
                    self._intake.take(spool, event)
                    taken += 1
                    job.report(taken, 0, Text(f"Đã quét {taken} trang", f"{taken} pages scanned"))
                    self._folder.require_free(self._settings().filing.min_free_mb)
                    run.next_page()
                case Finished():
                    return ScanOutcome(taken, job.cancel_asked, event.undelivered)
                case Fault():
                    taken += self._intake.take_rest(spool)
                    raise scan_failed(event, scanner=spool.target.device_label, safe=taken, sides=sides)
                case _:
                    pass
        raise AssertionError("a batch ends with Fault or Finished")

    def _check(self, dossier_id: str) -> None:
        dossier = self._dossiers.get(dossier_id)
        if dossier.state is not DossierState.OPEN:
            raise DossierFrozen(dossier=dossier.shown_number)
        self._folder.require_free(self._settings().filing.min_free_mb)

    def _with_device(self, profile: Profile) -> tuple[Profile, str]:
        """Fill in the scanner of a profile that names none: the first that is found."""
        if profile.backend and profile.device:
            return profile, Path(profile.device).name or profile.device
        for found in self.search().scanners:
            # Practice pages must never get into a real dossier because no scanner was plugged in.
            if found.backend == profile.backend or (not profile.backend and found.backend != PRACTICE):
                return replace(profile, backend=found.backend, device=found.device), found.label
        raise NoProfileDevice


def _default_profiles(language: Language) -> tuple[Profile, ...]:
    first = Text("Máy quét đầu tiên", "First scanner")
    practice = Text("Quét tập (trang mẫu)", "Practice (sample pages)")
    pages = str(resource("samples/pages"))
    return Profile(first.show(language), "", ""), Profile(practice.show(language), PRACTICE, pages)


def _request(profile: Profile, spool: Path) -> ScanRequest:
    width, height = profile.paper.millimetres
    return ScanRequest(
        device=profile.device,
        spool=str(spool),
        source=Source(profile.source.value),
        mode=ColorMode(profile.mode.value),
        dpi=profile.dpi,
        paper_width_mm=width,
        paper_height_mm=height,
        options=profile.options,
    )


def _name(device: Device) -> ScannerName:
    return ScannerName(device.backend, device.name, device.label)
