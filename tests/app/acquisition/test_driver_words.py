"""What drivers say in English is said to the clerk in Vietnamese; what is not known keeps its words."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from app.acquisition.driver_words import driver_words
from app.acquisition.errors import scan_failed
from drivers.backend import DriverFault
from drivers.contract import Fault, FaultCode
from drivers.spool import spool_errors

SAID = {
    "Error during device I/O": "lỗi truyền dữ liệu giữa máy quét và máy tính",
    "the paper is 297 mm long or wide, the scanner's reach is 200 mm": "giấy dài hoặc rộng 297 mm, máy chỉ quét được 200 mm",
    "the scanner has no duplex; it has flatbed, feeder": "máy không có khay nạp hai mặt; máy có mặt kính, khay nạp",
    "the scanner has no mode bitonal": "máy không có chế độ đen trắng",
    "the scanner has no 250 dpi; it has 200, 300": "máy không có 250 dpi; máy có 200, 300",
    "the scanner has no option 'gamma'": "máy không có tùy chọn 'gamma'",
    "depth: asked for 7, the scanner takes 1, 8, 16": "depth: muốn 7, máy chỉ nhận 1, 8, 16",
    "tl-x: asked for 900, the scanner takes 0 to 200": "tl-x: muốn 900, máy nhận 0 … 200",
    "gamma-table: 256 numbers are needed, 3 were given": "gamma-table: cần 256 số, đã ghi 3 số",
    "120 of 3508 lines came": "chỉ nhận được 120 trong 3508 dòng ảnh",
    "the connection broke off (ProtocolError)": "kết nối với máy quét bị ngắt",
    "the scanner's ScannerStatus is nested too deeply": "không đọc được câu trả lời của máy quét (ScannerStatus)",
    "the scanner sends 16 bits a sample": "máy gửi 16 bit mỗi điểm màu, chương trình chỉ nhận 1 hoặc 8 bit",
    "4 sides were taken in, 3 delivered": "máy đã kéo 4 mặt giấy, chỉ gửi 3 mặt",
    "Frobnicator {jammed}": "“Frobnicator {jammed}”",
}


@pytest.mark.parametrize(("detail", "vietnamese"), SAID.items())
def test_a_drivers_words_are_said_in_both_languages(detail: str, vietnamese: str) -> None:
    said = driver_words(detail)
    assert (said.vi, said.en) == (vietnamese, detail)


def test_an_error_of_a_scan_holds_no_english_in_vietnamese() -> None:
    error = scan_failed(Fault(FaultCode.IO_ERROR, "Error during device I/O"), scanner="Máy 1", safe=2)
    assert "(lỗi truyền dữ liệu giữa máy quét và máy tính)" in error.title_in("vi")
    assert "(Error during device I/O)" in error.title_in("en")


@pytest.mark.parametrize(("code", "vietnamese"), [(errno.ENOSPC, "ổ đĩa đã đầy"), (errno.EROFS, "ổ đĩa chỉ cho đọc")])
def test_a_page_that_the_disk_does_not_take_says_why(code: int, vietnamese: str) -> None:
    with pytest.raises(DriverFault) as caught, spool_errors(Path("/kho")):
        raise OSError(code, "in the system's words")
    error = scan_failed(caught.value.fault, scanner="Máy 1", safe=2)
    assert f"Không ghi được ảnh của tờ 3 (/kho: {vietnamese}" in error.title_in("vi")
    assert "system's words" not in error.title_in("vi") + error.title_in("en")
