"""The virtual network scanner without its network: a tray of sheets, a job, the feeder's state, and XML about them."""

from __future__ import annotations

import contextlib
import io
import itertools
import threading
import uuid
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from defusedxml.ElementTree import fromstring
from PIL import Image

from drivers.backend import MM_PER_INCH, DriverFault, failure, pixels_of
from drivers.contract import ColorMode, FaultCode, ScanRequest, Source
from drivers.escl_xml import UNITS_PER_INCH
from drivers.images import encode_page
from drivers.sheets import ImageSheet, image_sheets, pdf_sheets
from drivers.virtual_escl_faults import FEEDER_STATES, Script

MODEL = "Sohoa Virtual Desk Scanner"
RESOLUTIONS = (75, 100, 150, 200, 300, 400, 600)
MAX_WIDTH, MAX_HEIGHT = 3508, 5102  # 297 x 432 mm in 1/300 inch
BRIGHTNESS = range(-100, 101)
MODES = {"RGB24": ColorMode.COLOR, "Grayscale8": ColorMode.GRAY}
_NAMESPACES = 'xmlns:scan="http://schemas.hp.com/imaging/escl/2011/05/03" xmlns:pwg="http://www.pwg.org/schemas/2010/12/sm"'


class Tray:
    """The paper: a folder of images or a PDF file. Sheets taken out of it stay out until it is loaded again."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._is_folder = path.is_dir()
        self._sheets: list[ImageSheet] = []
        # The last page made: the same picture again, as when speed is measured, must not cost the client's time.
        self._made: tuple[tuple[int, ...], ScanRequest, tuple[bytes, str]] | None = None
        self.count = 0
        self.load()

    def load(self) -> None:
        """Put all sheets back, also those that were added to the folder meanwhile. Raises DriverFault(BAD_PAGE)."""
        if self._is_folder:
            self._sheets = list(image_sheets(self.path))
        self.count = len(self._sheets) if self._is_folder else sum(1 for _ in pdf_sheets(self.path))

    def scan(self, index: int, request: ScanRequest) -> tuple[bytes, str]:
        """Give the page file of sheet ``index`` (from 0). Raises DriverFault."""
        if self._is_folder:
            return self._scan_image(self._sheets[index], request)
        sheets = pdf_sheets(self.path)
        try:
            return next(itertools.islice(sheets, index, None)).page_file(request)
        finally:
            sheets.close()

    def _scan_image(self, sheet: ImageSheet, request: ScanRequest) -> tuple[bytes, str]:
        try:
            identity = sheet.identity
        except OSError:
            return sheet.page_file(request)  # Which says what is wrong with it.
        if self._made is None or self._made[:2] != (identity, request):
            self._made = identity, request, sheet.page_file(request)
        return self._made[2]


@dataclass
class Job:
    """What was ordered. Offsets in 1/300 inch."""

    path: str
    request: ScanRequest
    x: int = 0
    y: int = 0
    state: str = "Processing"
    completed: int = 0
    fed: int = 0
    brightness: int = 0


class VirtualScanner:
    """The device. Any thread may call any method; ``ahead`` sides are taken in before they are asked for."""

    def __init__(self, tray: Tray, script: Script, *, ppm: float = 0.0, ahead: int = 0, port: int = 0) -> None:
        """``port`` is the one that was asked for: with it two scanners on one folder are two."""
        self.script = script
        # The same at each start, so that a profile finds its scanner again.
        self.uuid = str(uuid.uuid5(uuid.NAMESPACE_URL, f"sohoa:virtual-escl:{tray.path.resolve()}:{port}"))
        self.closing = threading.Event()
        self._tray = tray
        self._seconds = 60.0 / ppm if ppm else 0.0
        self._ahead = ahead
        self._lock = threading.RLock()
        self._next = 0
        self._glass = 0
        self._trouble = ""
        self._job: Job | None = None
        self._ran_out = False

    def order(self, settings: bytes) -> Job | None:
        """Begin a job; None when the feeder is empty. Raises DriverFault: INVALID_REQUEST, or BAD_PAGE in the tray."""
        job = _parse_settings(settings)
        with self._lock:
            if self._next == 0:
                self._tray.load()
            if job.request.source is not Source.FLATBED and self._is_empty():
                self._ran_out = True
                return None
            self._ran_out = False
            self._job = job
            return job

    def job_at(self, path: str) -> Job | None:
        """Give the running job at a path."""
        with self._lock:
            return self._job if self._job is not None and self._job.path == path else None

    def upcoming(self, job: Job) -> int:
        """Give the number (from 1) of the sheet side that comes next; 0 when there is none."""
        with self._lock:
            if job.state != "Processing" or job is not self._job:
                return 0
            if job.request.source is Source.FLATBED:
                return self._glass % self._tray.count + 1 if self._tray.count and not job.completed else 0
            return self._next + 1 if self._next < self._tray.count else 0

    def draw(self, job: Job, number: int) -> bytes:
        """Scan sheet side ``number``: wait as long as it takes, give the JPEG file. Raises DriverFault."""
        self.take_time()
        with self._lock:
            request = job.request
            area = replace(
                request,
                paper_width_mm=request.paper_width_mm + job.x * MM_PER_INCH / UNITS_PER_INCH,
                paper_height_mm=request.paper_height_mm + job.y * MM_PER_INCH / UNITS_PER_INCH,
            )
            data, _ = self._tray.scan(number - 1, area)
        return _worked_on(data, job) if job.x or job.y or job.brightness else data

    def take_time(self) -> None:
        """Wait as long as one side takes."""
        self.closing.wait(self._seconds)

    def delivered(self, job: Job) -> None:
        """Note that the side is with its client: it will not come again."""
        with self._lock:
            if job is not self._job or job.state != "Processing":
                return  # Nobody waited for it any more.
            job.completed += 1
            if job.request.source is Source.FLATBED:
                self._glass += 1
            else:
                self._next += 1

    def lay_back(self, sides: int) -> None:
        """Do as a clerk who puts back all paper but the first ``sides`` sides."""
        with self._lock:
            self._next = sides

    def run_out(self, job: Job) -> None:
        """End a job for want of paper."""
        with self._lock:
            self._ran_out = job.request.source is not Source.FLATBED
            job.state = "Completed"

    def break_off(self, job: Job | None, fault: str) -> None:
        """End the job (the last one, where an order came to nothing) with a state of the feeder, or as by a key there.

        The sheet goes back into the tray.
        """
        with self._lock:
            job = job or self._job
            self._trouble = FEEDER_STATES.get(fault, "")
            if job is not None:
                job.state = "Aborted" if self._trouble else "Canceled"

    def cancel(self, job: Job) -> None:
        """Take the job back."""
        with self._lock:
            self._count_fed(job)
            if job.state == "Processing":
                job.state = "Canceled"

    def status_xml(self) -> bytes:
        """Give ScannerStatus. Trouble after a job is told of once; then somebody has put the paper right."""
        with self._lock:
            job = self._job
            state = "Processing" if job is not None and job.state == "Processing" else "Idle"
            adf = self._trouble or ("ScannerAdfEmpty" if self._ran_out or self._is_empty() else "ScannerAdfLoaded")
            self._put_right(job)
            jobs = f"<scan:Jobs>{self._job_xml(job)}</scan:Jobs>" if job is not None else ""
        return _xml("ScannerStatus", f"<pwg:State>{state}</pwg:State><scan:AdfState>{adf}</scan:AdfState>{jobs}")

    def capabilities_xml(self) -> bytes:
        """Give ScannerCapabilities."""
        size = "".join(
            f"<scan:{name}>{value}</scan:{name}>"
            for name, value in (("MinWidth", 100), ("MaxWidth", MAX_WIDTH), ("MinHeight", 100), ("MaxHeight", MAX_HEIGHT))
        )
        modes = "".join(f"<scan:ColorMode>{mode}</scan:ColorMode>" for mode in MODES)
        resolutions = "".join(
            f"<scan:DiscreteResolution><scan:XResolution>{dpi}</scan:XResolution>"
            f"<scan:YResolution>{dpi}</scan:YResolution></scan:DiscreteResolution>"
            for dpi in RESOLUTIONS
        )
        # JPEG alone: some clients prefer PNG where it is offered, and making one takes longer than a scan.
        profile = (
            f"<scan:SettingProfiles><scan:SettingProfile><scan:ColorModes>{modes}</scan:ColorModes><scan:DocumentFormats>"
            "<pwg:DocumentFormat>image/jpeg</pwg:DocumentFormat>"
            "<scan:DocumentFormatExt>image/jpeg</scan:DocumentFormatExt></scan:DocumentFormats>"
            "<scan:SupportedResolutions><scan:DiscreteResolutions>"
            f"{resolutions}</scan:DiscreteResolutions></scan:SupportedResolutions></scan:SettingProfile></scan:SettingProfiles>"
        )
        return _xml(
            "ScannerCapabilities",
            f"<pwg:MakeAndModel>{MODEL}</pwg:MakeAndModel><pwg:SerialNumber>0001</pwg:SerialNumber>"
            f"<scan:UUID>{self.uuid}</scan:UUID>"
            f"<scan:Platen><scan:PlatenInputCaps>{size}{profile}</scan:PlatenInputCaps></scan:Platen>"
            f"<scan:Adf><scan:AdfSimplexInputCaps>{size}{profile}</scan:AdfSimplexInputCaps>"
            f"<scan:AdfDuplexInputCaps>{size}{profile}</scan:AdfDuplexInputCaps>"
            "<scan:FeederCapacity>50</scan:FeederCapacity></scan:Adf>"
            f"<scan:BrightnessSupport><scan:Min>{BRIGHTNESS[0]}</scan:Min><scan:Max>{BRIGHTNESS[-1]}</scan:Max>"
            "<scan:Normal>0</scan:Normal><scan:Step>1</scan:Step></scan:BrightnessSupport>",
        )

    def _is_empty(self) -> bool:
        if not self._tray.count:
            # Somebody may have put paper in.
            with contextlib.suppress(DriverFault):
                self._tray.load()
        return self._next >= self._tray.count or self.script.expects("empty", self._next + 1)

    def _put_right(self, job: Job | None) -> None:
        if job is not None and job.state == "Processing":
            return
        if self._next < self._tray.count:
            self.script.strike("page", self._next + 1, "empty")
        else:
            # Also where it was empty all the time: somebody may have put paper in.
            with contextlib.suppress(DriverFault):
                # What is wrong with it is told to whoever orders a page.
                self._tray.load()
            self._next = 0
        self._ran_out = False
        self._trouble = ""

    def _count_fed(self, job: Job) -> None:
        if job.state == "Processing" and job.completed and job.request.source is not Source.FLATBED:
            job.fed = job.completed + min(self._ahead, self._tray.count - self._next)
        job.fed = max(job.fed, job.completed)

    def _job_xml(self, job: Job) -> str:
        self._count_fed(job)
        return (
            f"<scan:JobInfo><pwg:JobUri>{job.path}</pwg:JobUri><pwg:JobUuid>{job.path.rpartition('/')[2]}</pwg:JobUuid>"
            f"<pwg:ImagesCompleted>{job.fed}</pwg:ImagesCompleted>"
            f"<pwg:ImagesToTransfer>{job.fed - job.completed}</pwg:ImagesToTransfer>"
            f"<pwg:JobState>{job.state}</pwg:JobState></scan:JobInfo>"
        )


def _parse_settings(data: bytes) -> Job:
    try:
        fields = {element.tag.rpartition("}")[2]: (element.text or "").strip() for element in fromstring(data).iter()}
        dpi, mode = int(fields["XResolution"]), MODES[fields["ColorMode"]]
        width, height, x, y = (int(fields.get(name, 0)) for name in ("Width", "Height", "XOffset", "YOffset"))
        brightness = int(fields.get("Brightness", 0))
        source = Source.FLATBED if fields["InputSource"] == "Platen" else Source.FEEDER
    except (KeyError, ValueError, SyntaxError) as error:
        raise failure(FaultCode.INVALID_REQUEST, f"no ScanSettings: {type(error).__name__}") from error
    if source is Source.FEEDER and fields.get("Duplex") == "true":
        source = Source.DUPLEX
    inside = width > 0 and height > 0 and x >= 0 and y >= 0 and x + width <= MAX_WIDTH and y + height <= MAX_HEIGHT
    if dpi not in RESOLUTIONS or not inside or brightness not in BRIGHTNESS:
        raise failure(FaultCode.INVALID_REQUEST, f"{dpi} dpi, {width} x {height} at {x}, {y}")
    millimetres = MM_PER_INCH / UNITS_PER_INCH
    request = ScanRequest("", "", source, mode, dpi, width * millimetres, height * millimetres)
    return Job(f"/eSCL/ScanJobs/{uuid.uuid4()}", request, x, y, brightness=brightness)


def _worked_on(data: bytes, job: Job) -> bytes:
    request: Any = job.request
    left, top = (round(offset * request.dpi / UNITS_PER_INCH) for offset in (job.x, job.y))
    size = pixels_of(request.paper_width_mm, request.dpi), pixels_of(request.paper_height_mm, request.dpi)
    with Image.open(io.BytesIO(data)) as image:
        page = image.crop((left, top, left + size[0], top + size[1]))
    if job.brightness:
        page = page.point(lambda value: value + job.brightness * 255 // BRIGHTNESS[-1])
    return encode_page(page, request.mode, request.dpi)[0]


def _xml(name: str, body: str) -> bytes:
    version = "<pwg:Version>2.63</pwg:Version>"
    return f'<?xml version="1.0" encoding="UTF-8"?><scan:{name} {_NAMESPACES}>{version}{body}</scan:{name}>'.encode()
