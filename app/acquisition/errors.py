"""What a scanner can do to a clerk, said with the sheet, what is safe and what to do next."""

from __future__ import annotations

from typing import ClassVar, cast

from app.acquisition.driver_words import driver_words
from app.errors import ExitCode, MustStop, Text
from app.model.profile import ScannerName
from drivers.contract import Fault, FaultCode

_GO_ON = Text("rồi bấm Tiếp tục quét (F5) từ tờ {sheet}.", "then press Go on scanning (F5) from sheet {sheet}.")


class ScanFailed(MustStop):
    """A batch ended early. Values: scanner, sheet (the one that failed, from 1), safe (pages that are kept), detail."""

    title: ClassVar[Text] = Text(
        "Máy quét {scanner} báo lỗi ở tờ {sheet} ({detail}). {safe} trang trước đã lưu.",
        "The scanner {scanner} failed at sheet {sheet} ({detail}). The {safe} pages before are kept.",
    )
    remedy: ClassVar[Text] = Text(
        f"Tắt và bật lại máy quét, kiểm tra dây cáp, {_GO_ON.vi}",
        f"Switch the scanner off and on, check its cable, {_GO_ON.en}",
    )
    exit_code = ExitCode.SCANNER


class NoScanner(ScanFailed):
    """The scanner cannot be found."""

    title = Text("Không tìm thấy máy quét {scanner}", "The scanner {scanner} cannot be found")
    remedy = Text(
        "Kiểm tra nguồn và dây cáp của máy quét, rồi bấm “Tìm máy quét” hoặc chạy “sohoa devices”.",
        "Check the scanner's power and cable, then press “Find scanners” or run “sohoa devices”.",
    )


class ScannerBusy(ScanFailed):
    """Another program uses it."""

    title = Text(
        "Máy quét {scanner} đang bận. {safe} trang trước đã lưu.",
        "The scanner {scanner} is busy. The {safe} pages before are kept.",
    )
    remedy = Text(
        f"Đóng chương trình khác đang dùng máy quét, {_GO_ON.vi}", f"Close the other program that uses the scanner, {_GO_ON.en}"
    )


class ScannerDenied(ScanFailed):
    """No right to use it."""

    title = Text("Không có quyền dùng máy quét {scanner}", "There is no permission to use the scanner {scanner}")
    remedy = Text(
        "Nhờ quản trị thêm tài khoản này vào nhóm “scanner”, đăng xuất rồi đăng nhập lại.",
        "Have the administrator add this account to the group “scanner”, then sign out and in.",
    )


class FeederEmpty(ScanFailed):
    """No paper."""

    title = Text(
        "Khay nạp giấy của {scanner} trống: chưa quét trang nào", "The feeder of {scanner} is empty: no page was scanned"
    )
    remedy = Text("Đặt giấy vào khay rồi bấm Quét (F5).", "Put paper into the feeder, then press Scan (F5).")


class PaperJam(ScanFailed):
    """Paper is stuck."""

    title = Text(
        "Kẹt giấy ở tờ {sheet}. {safe} trang trước đã lưu.", "Paper jam at sheet {sheet}. The {safe} pages before are kept."
    )
    remedy = Text(
        "Lấy giấy kẹt ra, đặt lại từ tờ {sheet}, bấm Tiếp tục quét (F5).",
        "Take the jammed paper out, put it back from sheet {sheet} on, and press Go on scanning (F5).",
    )


class CoverOpen(ScanFailed):
    """The cover is open."""

    title = Text(
        "Nắp máy quét đang mở ở tờ {sheet}. {safe} trang trước đã lưu.",
        "The scanner's cover is open at sheet {sheet}. The {safe} pages before are kept.",
    )
    remedy = Text(f"Đóng nắp máy quét, {_GO_ON.vi}", f"Close the cover, {_GO_ON.en}")


class DoubleFeed(ScanFailed):
    """Two sheets went in at once."""

    title = Text(
        "Máy quét kéo hai tờ cùng lúc ở tờ {sheet}. {safe} trang trước đã lưu.",
        "The scanner took two sheets at once at sheet {sheet}. The {safe} pages before are kept.",
    )
    remedy = Text(
        "Tách các tờ dính nhau, đặt lại từ tờ {sheet}, bấm Tiếp tục quét (F5).",
        "Part the sheets that stick together, put them back from sheet {sheet} on, and press Go on scanning (F5).",
    )


class Mispick(ScanFailed):
    """The feeder did not draw the sheet in."""

    title = Text(
        "Máy quét không kéo được tờ {sheet} vào. {safe} trang trước đã lưu.",
        "The scanner could not draw sheet {sheet} in. The {safe} pages before are kept.",
    )
    remedy = Text(
        "Vỗ đều mép giấy, đặt lại từ tờ {sheet}, bấm Tiếp tục quét (F5).",
        "Even the edges of the paper, put it back from sheet {sheet} on, and press Go on scanning (F5).",
    )


class ScannerChanged(ScanFailed):
    """A network scanner shows another certificate than before: it was replaced, or someone stands between."""

    title = Text(
        "Máy quét {scanner} không còn là máy đã dùng trước đây: chứng thư của nó đã đổi",
        "The scanner {scanner} is not the one used before: its certificate has changed",
    )
    remedy = Text(
        "Chưa quét gì qua máy này. Nếu máy vừa được thay hoặc đặt lại, nhờ quản trị xác nhận: {detail}",
        "Nothing was scanned with it. If it was replaced or reset, have the administrator confirm it: {detail}",
    )


class PageLost(ScanFailed):
    """The page did not come through whole."""

    title = Text(
        "Ảnh của tờ {sheet} không về đủ ({detail}). {safe} trang trước đã lưu.",
        "The picture of sheet {sheet} did not come through whole ({detail}). The {safe} pages before are kept.",
    )
    remedy = Text(
        "Đặt lại từ tờ {sheet} vào máy và bấm Tiếp tục quét (F5).",
        "Put the paper back from sheet {sheet} on and press Go on scanning (F5).",
    )


class BadPicture(ScanFailed):
    """What came as a page is no usable picture."""

    title = Text(
        "Ảnh của tờ {sheet} không dùng được ({detail}). {safe} trang trước đã lưu.",
        "The picture of sheet {sheet} cannot be used ({detail}). The {safe} pages before are kept.",
    )
    remedy = Text(
        "Đặt lại từ tờ {sheet} và bấm Tiếp tục quét (F5). Nếu quét tập từ tệp: kiểm tra tệp đó, bỏ mật khẩu nếu có.",
        "Put the paper back from sheet {sheet} on and press Go on scanning (F5). Practising with files: look at "
        "that file, take its password off.",
    )


class ScannerStalled(ScanFailed):
    """The driver answered nothing any more."""

    title = Text(
        "Máy quét {scanner} không trả lời ở tờ {sheet}; đã ngắt nó. {safe} trang trước đã lưu.",
        "The scanner {scanner} did not answer at sheet {sheet}; it was cut off. The {safe} pages before are kept.",
    )


class DriverCrashed(ScanFailed):
    """The driver's process died."""

    title = Text(
        "Trình điều khiển của {scanner} bị hỏng ở tờ {sheet}. {safe} trang trước đã lưu.",
        "The driver of {scanner} crashed at sheet {sheet}. The {safe} pages before are kept.",
    )
    remedy = Text(
        "Chương trình vẫn chạy bình thường. Đặt lại từ tờ {sheet}, bấm Tiếp tục quét (F5). Nếu lặp lại, tắt bật máy quét.",
        "The program goes on as usual. Put the paper back from sheet {sheet} on and press Go on scanning (F5). "
        "If it happens again, switch the scanner off and on.",
    )


class SpoolFull(ScanFailed):
    """No room for the next page, or no right to write it."""

    title = Text(
        "Không ghi được ảnh của tờ {sheet} ({detail}). {safe} trang trước đã lưu.",
        "The picture of sheet {sheet} could not be written ({detail}). The {safe} pages before are kept.",
    )
    remedy = Text(
        f"Xóa bớt tệp không cần trên ổ đĩa (nếu không có quyền ghi: nhờ người quản trị), {_GO_ON.vi}",
        f"Free some room on the disk (without permission to write: ask the administrator), {_GO_ON.en}",
    )
    exit_code = ExitCode.STORAGE


class NotSupported(ScanFailed):
    """The scanner cannot do what the profile asks."""

    title = Text(
        "Máy quét {scanner} không làm được điều cấu hình quét yêu cầu: {detail}",
        "The scanner {scanner} cannot do what the profile asks: {detail}",
    )
    remedy = Text(
        "Chọn nguồn giấy, độ phân giải hoặc màu khác trong cấu hình quét, hoặc bỏ tùy chọn đó trong “Tùy chọn của máy”.",
        "Choose another source, resolution or colour in the scan profile, or unset that option in “The scanner's options”.",
    )


class DriverMissing(ScanFailed):
    """The driver's library is not installed."""

    title = Text("Chưa cài đủ trình điều khiển máy quét: {detail}", "The scanner's driver is not installed: {detail}")
    remedy = Text(
        "Nhờ người quản trị chạy lại ./run để cài phần còn thiếu; “sohoa doctor” cho biết thiếu gì.",
        "Have the administrator start ./run again, which installs what is missing; “sohoa doctor” says what.",
    )


class ScanAborted(ScanFailed):
    """The clerk stopped it."""

    title = Text(
        "Đã dừng quét ở tờ {sheet}. {safe} trang trước đã lưu.",
        "Scanning was stopped at sheet {sheet}. The {safe} pages before are kept.",
    )
    remedy = Text(
        "Đặt lại từ tờ {sheet}, bấm Tiếp tục quét (F5).",
        "Put the paper back from sheet {sheet} on and press Go on scanning (F5).",
    )


class NoProfileDevice(MustStop):
    """The profile names no scanner and none was found."""

    title = Text("Không tìm thấy máy quét nào", "No scanner was found")
    remedy = Text(
        "Bật máy quét và cắm dây, rồi bấm lại. Muốn tập trước, chọn cấu hình “Quét tập (trang mẫu)”.",
        "Switch the scanner on and plug it in, then try again. To practise, choose the profile “Practice (sample pages)”.",
    )
    exit_code = ExitCode.SCANNER


class WhichScanner(MustStop):
    """Several scanners are equal and one is meant. Values: scanner, count, candidates (ScannerName)."""

    title = Text("Có {count} máy quét {scanner} giống hệt nhau", "There are {count} scanners {scanner} that are alike")
    remedy = Text(
        "Chọn lại máy cho cấu hình quét này trong Cấu hình, hoặc rút bớt một máy.",
        "Choose the scanner of this profile again in the settings, or unplug the others.",
    )
    exit_code = ExitCode.SCANNER

    @property
    def candidates(self) -> tuple[ScannerName, ...]:
        """The scanners to choose among."""
        return cast("tuple[ScannerName, ...]", self.values["candidates"])


_FAULTS: dict[FaultCode, type[ScanFailed]] = {
    FaultCode.NO_DEVICE: NoScanner,
    FaultCode.DEVICE_BUSY: ScannerBusy,
    FaultCode.ACCESS_DENIED: ScannerDenied,
    FaultCode.FEEDER_EMPTY: FeederEmpty,
    FaultCode.JAM: PaperJam,
    FaultCode.COVER_OPEN: CoverOpen,
    FaultCode.DOUBLE_FEED: DoubleFeed,
    FaultCode.MISPICK: Mispick,
    FaultCode.CERTIFICATE_CHANGED: ScannerChanged,
    FaultCode.PAGE_LOST: PageLost,
    FaultCode.BAD_PAGE: BadPicture,
    FaultCode.UNSUPPORTED: NotSupported,
    FaultCode.INVALID_REQUEST: NotSupported,
    FaultCode.SPOOL_FULL: SpoolFull,
    FaultCode.CANCELLED: ScanAborted,
    FaultCode.BACKEND_MISSING: DriverMissing,
    FaultCode.STALLED: ScannerStalled,
    FaultCode.CRASHED: DriverCrashed,
}


def scan_failed(fault: Fault, *, scanner: str, safe: int, sides: int = 1) -> ScanFailed:
    """Give the error of a fault. ``safe``: pages of this batch that are kept; ``sides`` scanned of each sheet, 1 or 2.

    The sheet to redo is counted from what is kept, not from what the driver believed: that is what the clerk can see.
    """
    return _FAULTS.get(fault.code, ScanFailed)(
        scanner=scanner, sheet=safe // sides + 1, safe=safe, detail=driver_words(fault.detail or fault.code.value)
    )
