"""What ``sohoa doctor`` looks at: each check says what it found and, where something is wrong, the remedy."""

from __future__ import annotations

import enum
import platform
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

from app.errors import SohoaError, Text
from app.recognition.ocr import find_engine
from app.settings import Settings
from app.store.folder import DataFolder

NOTHING = Text("", "")
_CLOCK_LIMIT_SECONDS = 120
_LOW_SPACE_FACTOR = 10
# Of the others the centre has the files, and this machine need not.
_FILES_HERE = "SELECT file FROM pages JOIN dossiers ON dossiers.id = dossier_id WHERE cleared_at IS NULL"


class Status(enum.StrEnum):
    """How a check ended. Only ``bad`` keeps a clerk from working."""

    OK = "ok"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True)
class HealthItem:
    """One check: what was looked at, how it is, what was found, what to do."""

    name: Text
    status: Status
    finding: Text
    remedy: Text = NOTHING


@dataclass(frozen=True)
class DriverReport:
    """What asking one scanner driver gave: the scanners' names, or why it could not be asked."""

    backend: str
    scanners: tuple[str, ...]
    trouble: str


@dataclass(frozen=True)
class ServerReport:
    """What asking the centre gave: its clock, or the error."""

    time: datetime | None
    error: SohoaError | None


@dataclass(frozen=True)
class Probes:
    """How to ask scanners and centre; given by bootstrap, for they live beside this module."""

    drivers: Callable[[], Sequence[DriverReport]]
    server: Callable[[], ServerReport]
    clock: Callable[[], datetime]


class Health:
    """Runs the checks, one after the other, in the calling thread."""

    def __init__(self, folder: DataFolder, settings: Callable[[], Settings], probes: Probes) -> None:
        self._folder = folder
        self._settings = settings
        self._probes = probes

    def check(self) -> tuple[HealthItem, ...]:
        """Give all checks, in the order of the way of a page."""
        return (
            HealthItem(
                Text("Hệ điều hành", "System"),
                Status.OK,
                _same(f"{platform.system()} {platform.release()}, Python {platform.python_version()}"),
            ),
            *_driver_items(self._probes.drivers()),
            self._space(),
            self._database(),
            self._recognition(),
            *self._server(),
        )

    def _space(self) -> HealthItem:
        name = Text("Ổ đĩa", "Disk")
        free = self._folder.free_bytes() // 1_000_000
        least = self._settings().filing.min_free_mb
        finding = Text(f"còn {free} MB trống ở {self._folder.root}", f"{free} MB free at {self._folder.root}")
        if free < least:
            return HealthItem(
                name,
                Status.BAD,
                finding,
                Text("Xóa bớt tệp không cần; không thể quét tiếp.", "Free some room; scanning is stopped."),
            )
        if free < least * _LOW_SPACE_FACTOR:
            return HealthItem(
                name,
                Status.WARN,
                finding,
                Text("Sắp hết chỗ: dọn ổ đĩa trong tuần này.", "Room is getting short: clean up this week."),
            )
        return HealthItem(name, Status.OK, finding)

    def _database(self) -> HealthItem:
        name = Text("Kho dữ liệu", "Records")
        try:
            with closing(sqlite3.connect(f"file:{self._folder.database}?mode=ro", uri=True)) as connection:
                answer = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
                files = [str(row[0]) for row in connection.execute(_FILES_HERE)]
        except sqlite3.Error as error:
            answer, files = type(error).__name__, []
        missing = sum(not (self._folder.pages / file).is_file() for file in files)
        if answer == "ok" and not missing:
            return HealthItem(name, Status.OK, Text(f"nguyên vẹn, {len(files)} trang", f"whole, {len(files)} pages"))
        if answer == "ok":
            finding = Text(
                f"thiếu {missing} ảnh trong {len(files)} trang", f"{missing} pictures of {len(files)} pages are gone"
            )
            remedy = Text(
                f"Đừng xóa gì. Chép lại thư mục {self._folder.pages} từ bản sao lưu, rồi kiểm tra lại.",
                f"Delete nothing. Put the folder {self._folder.pages} back from a backup, then check again.",
            )
            return HealthItem(name, Status.BAD, finding, remedy)
        remedy = Text(
            f"Đừng xóa gì. Chép cả thư mục {self._folder.root} ra ổ khác rồi gọi hỗ trợ.",
            f"Delete nothing. Copy the whole folder {self._folder.root} to another disk, then call support.",
        )
        return HealthItem(name, Status.BAD, _same(answer), remedy)

    def _recognition(self) -> HealthItem:
        name = Text("Đọc chữ (Tesseract, tiếng Việt)", "Reading text (Tesseract, Vietnamese)")
        try:
            found = find_engine(self._settings().recognition.engine)
        except SohoaError as error:
            return HealthItem(name, Status.BAD, _title(error), _remedy(error))
        return HealthItem(name, Status.OK, _same(f"{found.name}, {found.tessdata}"))

    def _server(self) -> Sequence[HealthItem]:
        name, report = Text("Máy chủ trung tâm", "Central server"), self._probes.server()
        url = self._settings().server.url
        if not url:
            finding = Text("chưa khai báo", "not set up")
            remedy = Text("Ghi danh trạm: “sohoa enrol ĐỊA_CHỈ MÃ”.", "Enrol the station: “sohoa enrol ADDRESS CODE”.")
            return [HealthItem(name, Status.WARN, finding, remedy)]
        if report.error is not None or report.time is None:
            error = report.error or SohoaError()
            return [HealthItem(name, Status.BAD, _title(error), _remedy(error))]
        return [HealthItem(name, Status.OK, _same(url)), self._clock(report.time)]

    def _clock(self, server_time: datetime) -> HealthItem:
        name = Text("Đồng hồ", "Clock")
        apart = abs((self._probes.clock() - server_time).total_seconds())
        finding = Text(f"lệch {apart:.0f} giây so với trung tâm", f"{apart:.0f} seconds apart from the centre")
        if apart <= _CLOCK_LIMIT_SECONDS:
            return HealthItem(name, Status.OK, finding)
        remedy = Text(
            "Chỉnh ngày giờ của máy, bật tự động đồng bộ giờ.", "Set this machine's date and time; switch time sync on."
        )
        return HealthItem(name, Status.BAD, finding, remedy)


def is_healthy(items: Sequence[HealthItem]) -> bool:
    """Whether nothing keeps a clerk from working."""
    return all(item.status is not Status.BAD for item in items)


def _driver_items(reports: Sequence[DriverReport]) -> list[HealthItem]:
    """Give one item a driver, and one that says what to do where no scanner is in sight at all."""
    items = [_driver_item(report) for report in reports]
    if not any(report.scanners for report in reports):
        remedy = Text(
            "Bật máy quét, cắm dây; máy quét mạng: khai báo địa chỉ (scanning.addresses) trong Cấu hình. Có thể “Quét tập”.",
            "Switch the scanner on and plug it in; for a network scanner set scanning.addresses. You can practise meanwhile.",
        )
        items.append(HealthItem(Text("Máy quét", "Scanner"), Status.WARN, Text("chưa thấy máy nào", "none in sight"), remedy))
    return items


def _driver_item(report: DriverReport) -> HealthItem:
    name = Text(f"Trình điều khiển {report.backend}", f"Driver {report.backend}")
    if report.trouble:
        remedy = Text("Chạy lại ./run để cài phần còn thiếu.", "Start ./run again to install what is missing.")
        return HealthItem(name, Status.WARN, _same(report.trouble), remedy)
    if not report.scanners:
        return HealthItem(name, Status.OK, Text("sẵn sàng, chưa thấy máy quét", "ready, no scanner in sight"))
    return HealthItem(name, Status.OK, _same(", ".join(report.scanners)))


def _same(text: str) -> Text:
    return Text(text, text)


def _title(error: SohoaError) -> Text:
    return Text(error.title_in("vi"), error.title_in("en"))


def _remedy(error: SohoaError) -> Text:
    return Text(error.remedy_in("vi"), error.remedy_in("en"))
