"""Checks of the scanners themselves: a test sheet is scanned and measured, the result kept, the inventory exported."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from app.acquisition.devices import Devices, request_of
from app.acquisition.errors import scan_failed
from app.errors import ExitCode, ItemFailed, Text
from app.imaging.calibration import NoTestSheet, SheetReading, finest_grating, read_sheet
from app.imaging.raster import Raster, read_image
from app.jobs import Job, Jobs, Lane
from app.model.equipment import EquipmentCheck, latest_of_each, tint_of
from app.model.profile import PRACTICE, Profile
from app.store.equipment import EquipmentLog
from app.store.errors import translated
from drivers import client
from drivers.contract import Fault, PageFinished, PageStarted
from resources import resource

_CHECKING = Text("Đang kiểm tra máy quét…", "Checking the scanner…")
MOST_PAGES = 20
# What a spreadsheet would take for a formula.
_FORMULA = ("=", "+", "-", "@", "\t")


class UnknownExport(ItemFailed):
    """The inventory can be written as CSV or JSON only."""

    title = Text("Không biết ghi danh mục thiết bị vào tệp {file}", "The inventory cannot be written as {file}")
    remedy = Text("Đặt tên tệp kết thúc bằng .csv hoặc .json.", "Let the file's name end in .csv or .json.")
    exit_code = ExitCode.USAGE


@dataclass(frozen=True)
class _Batch:
    """What was scanned: the pages' pictures, and pages a minute."""

    sheets: Sequence[Path]
    first: PageFinished
    pages_per_minute: float


class Equipment:
    """The scanners of this station as equipment. Pages of a check never get near a dossier."""

    def __init__(self, jobs: Jobs, devices: Devices, log: EquipmentLog, clock: Callable[[], datetime]) -> None:
        self._jobs = jobs
        self._devices = devices
        self._log = log
        self._clock = clock

    def check(
        self, profile: Profile, *, claimed_ppm: float = 0.0, operator: str = "", environment: Mapping[str, str] | None = None
    ) -> Job[EquipmentCheck]:
        """Scan what lies in the scanner, which is the test sheet or several of them, measure and keep the result.

        The job raises ScanFailed, NoTestSheet, StorageFailed or DiskFull.
        """

        def work(job: Job[EquipmentCheck]) -> EquipmentCheck:
            found, label = self._devices.locate(profile)
            with tempfile.TemporaryDirectory(prefix="sohoa-check-") as folder:
                batch = self._scan(job, found, label, folder, environment)
                readings, size = _readings(batch.sheets)
            scanner = dataclasses.replace(found, identity=self._identity(found))
            check = _summed_up(scanner, label, batch, readings, size)
            check = dataclasses.replace(check, checked_at=self._clock(), claimed_ppm=claimed_ppm, operator=operator)
            self._log.add(check)
            return check

        return self._jobs.submit(Lane.SCANNER, _CHECKING, work)

    def history(self) -> tuple[EquipmentCheck, ...]:
        """Give all checks, oldest first."""
        return self._log.all()

    def export(self, path: Path) -> int:
        """Write the inventory as CSV or JSON, by the file's name; gives the scanners.

        Raises UnknownExport, StorageFailed or DiskFull.
        """
        writers = {".csv": _as_csv, ".json": _as_json}
        if path.suffix.lower() not in writers:
            raise UnknownExport(file=path.name)
        checks = self._log.all()
        rows = [_row(last, [each for each in checks if each.scanner == last.scanner]) for last in latest_of_each(checks)]
        with translated(path.parent):
            path.write_text(writers[path.suffix.lower()](rows), encoding="utf-8", newline="")
        return len(rows)

    def save_sheet(self, path: Path) -> None:
        """Write the test sheet to print, a PDF file. Raises StorageFailed or DiskFull."""
        with translated(path.parent):
            shutil.copyfile(resource("test-sheet.pdf"), path)

    def _scan(
        self, job: Job[EquipmentCheck], profile: Profile, label: str, folder: str, environment: Mapping[str, str] | None
    ) -> _Batch:
        request = dataclasses.replace(request_of(profile, folder), max_pages=MOST_PAGES)
        pages: list[PageFinished] = []
        moments: list[float] = []
        try:
            with client.start_scan(profile.backend, request, environment=self._devices.environment(environment or {})) as run:
                job.when_cancelled(run.stop)
                for event in run.events():
                    match event:
                        case PageStarted() if not moments:
                            moments.append(time.monotonic())
                        case PageFinished():
                            # Measured when all is in: the scanner must not wait for that.
                            run.next_page()
                            pages.append(event)
                            moments.append(time.monotonic())
                            job.report(len(pages), 0)
                        case Fault():
                            raise scan_failed(event, scanner=label, safe=0)
        except client.DriverFault as error:
            raise scan_failed(error.fault, scanner=label, safe=0) from error
        if not pages:
            raise NoTestSheet
        return _Batch([Path(folder) / page.file for page in pages], pages[0], _pages_per_minute(moments))

    def _identity(self, profile: Profile) -> str:
        if profile.identity or profile.backend == PRACTICE:
            return profile.identity
        known = self._devices.known or self._devices.search().scanners
        named = [
            scanner.identity for scanner in known if (scanner.backend, scanner.device) == (profile.backend, profile.device)
        ]
        return named[0] if named else ""


def _pages_per_minute(moments: Sequence[float]) -> float:
    """Give the pace between the first page and the last: the first one also waits for lamp and network."""
    _, *ends = moments
    seconds = ends[-1] - ends[0]
    return 60 * (len(ends) - 1) / seconds if seconds > 0 else 0.0


def _readings(sheets: Sequence[Path]) -> tuple[list[SheetReading], Raster]:
    """Measure those pictures that show the test sheet; the others may be its empty backs. Raises NoTestSheet."""
    readings: list[SheetReading] = []
    shown: Raster | None = None
    for sheet in sheets:
        raster = read_image(sheet)
        try:
            readings.append(read_sheet(raster))
        except NoTestSheet:
            continue
        shown = shown or raster
    if shown is None:
        raise NoTestSheet
    return readings, shown


def _summed_up(profile: Profile, label: str, batch: _Batch, readings: Sequence[SheetReading], size: Raster) -> EquipmentCheck:
    """Give the check of all sheets: the middle of what should be alike, the worst of what should not be there."""
    cast, tint = max((tint_of(reading.paper) for reading in readings), key=lambda one: one[0])
    skews = [reading.skew for reading in readings]
    return EquipmentCheck(
        checked_at=datetime.min,
        driver=profile.backend,
        device=profile.device,
        label=label,
        identity=profile.identity,
        source=batch.first.source.value,
        mode=batch.first.mode.value,
        dpi=batch.first.dpi,
        width=size.width,
        height=size.height,
        dpi_across=round(statistics.median(reading.dpi[0] for reading in readings), 1),
        dpi_down=round(statistics.median(reading.dpi[1] for reading in readings), 1),
        resolved_dpi=round(min(reading.resolved_dpi for reading in readings)),
        expected_dpi=round(finest_grating(batch.first.dpi)),
        skew=round(max(skews) if max(skews) > -min(skews) else min(skews), 2),
        streaks=max(reading.streaks for reading in readings),
        cast=round(cast, 1),
        tint=tint,
        pages=len(batch.sheets),
        pages_per_minute=round(batch.pages_per_minute, 1),
    )


def _row(last: EquipmentCheck, checks: Sequence[EquipmentCheck]) -> dict[str, Any]:
    """Give a line of the inventory: the last check, what was wrong, and since when and how often it was checked."""
    first = min(check.checked_at for check in checks)
    return {
        **asdict(last),
        "checked_at": last.checked_at.isoformat(timespec="seconds"),
        "troubles": list(last.troubles),
        "first_checked_at": first.isoformat(timespec="seconds"),
        "checks": len(checks),
    }


def _as_json(rows: list[dict[str, Any]]) -> str:
    return json.dumps({"scanners": rows}, ensure_ascii=False, indent=2) + "\n"


def _as_csv(rows: list[dict[str, Any]]) -> str:
    """Give a table that spreadsheets open with its letters right; a scanner's name cannot become a formula there."""
    names = [*(field.name for field in dataclasses.fields(EquipmentCheck)), "troubles", "first_checked_at", "checks"]
    out = io.StringIO()
    writer = csv.DictWriter(out, names)
    writer.writeheader()
    for row in rows:
        writer.writerow({name: _cell(value) for name, value in row.items()})
    return "\ufeff" + out.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        return " ".join(value)
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
