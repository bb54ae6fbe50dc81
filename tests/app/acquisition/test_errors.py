"""Every fault of a driver becomes an error that says sheet, what is safe and what to do, in both languages."""

from __future__ import annotations

import pytest

from app.acquisition import errors
from app.acquisition.errors import ScanFailed, scan_failed
from app.errors import ExitCode
from drivers.contract import Fault, FaultCode

EXPECTED = {
    FaultCode.NO_DEVICE: errors.NoScanner,
    FaultCode.DEVICE_BUSY: errors.ScannerBusy,
    FaultCode.ACCESS_DENIED: errors.ScannerDenied,
    FaultCode.FEEDER_EMPTY: errors.FeederEmpty,
    FaultCode.JAM: errors.PaperJam,
    FaultCode.COVER_OPEN: errors.CoverOpen,
    FaultCode.DOUBLE_FEED: errors.DoubleFeed,
    FaultCode.MISPICK: errors.Mispick,
    FaultCode.CERTIFICATE_CHANGED: errors.ScannerChanged,
    FaultCode.PAGE_LOST: errors.PageLost,
    FaultCode.BAD_PAGE: errors.BadPicture,
    FaultCode.UNSUPPORTED: errors.NotSupported,
    FaultCode.INVALID_REQUEST: errors.NotSupported,
    FaultCode.IO_ERROR: errors.ScanFailed,
    FaultCode.NO_MEMORY: errors.ScanFailed,
    FaultCode.SPOOL_FULL: errors.SpoolFull,
    FaultCode.CANCELLED: errors.ScanAborted,
    FaultCode.BACKEND_MISSING: errors.DriverMissing,
    FaultCode.STALLED: errors.ScannerStalled,
    FaultCode.CRASHED: errors.DriverCrashed,
}


@pytest.mark.parametrize("code", list(FaultCode))
def test_each_fault_has_its_own_words(code: FaultCode) -> None:
    error = scan_failed(Fault(code, "chi tiết"), scanner="Canon DR-C225", safe=4)
    assert type(error) is EXPECTED[code]
    for language in ("vi", "en"):
        title, remedy = error.title_in(language), error.remedy_in(language)
        assert title
        assert remedy
        assert "{" not in title + remedy
    assert error.title_in("vi") != error.title_in("en")
    assert error.exit_code is (ExitCode.STORAGE if code is FaultCode.SPOOL_FULL else ExitCode.SCANNER)


def test_the_sheet_to_redo_is_counted_from_what_is_kept() -> None:
    jam = scan_failed(Fault(FaultCode.JAM, sequence=9, delivered=9), scanner="x", safe=2)
    assert jam.title_in("vi") == "Kẹt giấy ở tờ 3. 2 trang trước đã lưu."
    assert "đặt lại từ tờ 3" in jam.remedy_in("vi")


@pytest.mark.parametrize(("safe", "sheet"), [(0, 1), (1, 1), (2, 2), (3, 2), (4, 3)])
def test_with_both_sides_a_sheet_is_two_pages(safe: int, sheet: int) -> None:
    jam = scan_failed(Fault(FaultCode.JAM), scanner="x", safe=safe, sides=2)
    assert jam.title_in("en") == f"Paper jam at sheet {sheet}. The {safe} pages before are kept."


def test_a_fault_without_detail_is_said_by_its_code() -> None:
    error = scan_failed(Fault(FaultCode.IO_ERROR), scanner="x", safe=0)
    assert isinstance(error, ScanFailed)
    assert "(lỗi truyền dữ liệu)" in error.title_in("vi")
    assert "(the data did not come through)" in error.title_in("en")
