"""What drivers say of a failure, in Vietnamese too: they stand alone and speak English, SANE's own words among them.

What is not known here is given as it is, in quotes.
"""

from __future__ import annotations

import re

from app.errors import Text
from app.system_words import system_words

_NAMES = {
    "flatbed": "mặt kính",
    "feeder": "khay nạp",
    "duplex": "khay nạp hai mặt",
    "color": "màu",
    "gray": "thang xám",
    "bitonal": "đen trắng",
    "resolution": "độ phân giải",
    "mode": "chế độ màu",
}
# Codes of the contract, for a driver that says no more.
_CODES = {
    "io_error": Text("lỗi truyền dữ liệu", "the data did not come through"),
    "no_memory": Text("hết bộ nhớ", "out of memory"),
    "page_lost": Text("máy không gửi ảnh", "the picture was not sent"),
    "bad_page": Text("ảnh bị hỏng", "the picture is damaged"),
    "unsupported": Text("máy không làm được", "the scanner cannot do it"),
    "invalid_request": Text("máy không nhận yêu cầu", "the scanner does not take the request"),
    "spool_full": Text("ổ đĩa không nhận thêm", "the disk takes no more"),
    "backend_missing": Text("thiếu thành phần", "a part is missing"),
    "stalled": Text("máy không trả lời", "the scanner does not answer"),
    "crashed": Text("trình điều khiển bị hỏng", "the driver crashed"),
}
# As drivers.spool writes what the operating system complained of.
_OF_SYSTEM = re.compile(r"(?P<place>.+): \[Errno (?P<code>\d+)\] (?P<words>.*)")
# Every named group of a pattern stands in its sentence; a name that is known is said in Vietnamese.
_SENTENCES = tuple(
    (re.compile(pattern), sentence)
    for pattern, sentence in (
        ("Error during device I/O", "lỗi truyền dữ liệu giữa máy quét và máy tính"),
        ("Out of memory", "máy quét hoặc máy tính hết bộ nhớ"),
        ("Invalid argument", "máy quét không nhận yêu cầu"),
        ("Operation not supported", "máy quét không làm được việc này"),
        ("Operation was canceled", "đã dừng theo yêu cầu"),
        ("Device busy", "máy quét đang bận"),
        ("End of file reached", "ảnh kết thúc sớm"),
        ("Access to resource has been denied", "không có quyền dùng máy quét"),
        ("Document feeder out of documents", "khay nạp hết giấy"),
        (
            "the paper is (?P<a>[\\d.]+) mm long or wide, the scanner's reach is (?P<b>\\d+) mm",
            "giấy dài hoặc rộng {a} mm, máy chỉ quét được {b} mm",
        ),
        (
            "the paper is (?P<a>[\\d.]+) mm long or wide, the scanner's reach is shorter",
            "giấy dài hoặc rộng {a} mm, máy không quét được tới đó",
        ),
        (
            "the paper is (?P<a>[\\d.]+) x (?P<b>[\\d.]+) mm, the scanner's reach is shorter",
            "giấy {a} × {b} mm lớn hơn vùng máy quét được",
        ),
        ("the scanner has no mode (?P<a>\\w+)", "máy không có chế độ {a}"),
        ("the scanner has no option (?P<a>'[^']*')", "máy không có tùy chọn {a}"),
        ("the scanner has no (?P<a>\\d+) dpi; it has (?P<b>.+)", "máy không có {a} dpi; máy có {b}"),
        ("the scanner has no (?P<a>\\d+) dpi", "máy không có {a} dpi"),
        ("the scanner has no (?P<a>\\w+); it has (?P<b>.*)", "máy không có {a}; máy có {b}"),
        ("the scanner has no (?P<a>\\w+)", "máy không có {a}"),
        ("the scanner always scans both sides", "máy luôn quét cả hai mặt"),
        ("the option (?P<a>'[^']*') cannot be set now", "lúc này chưa đặt được tùy chọn {a}"),
        ("the scanner does not keep (?P<a>.+) with the other options", "máy không giữ {a} cùng với các tùy chọn khác"),
        (
            "(?P<a>[\\w-]+): asked for (?P<b>.*), the scanner takes (?P<c>.*?) to (?P<d>.*)",
            "{a}: muốn {b}, máy nhận {c} … {d}",
        ),
        ("(?P<a>[\\w-]+): asked for (?P<b>.*), the scanner takes (?P<c>.*)", "{a}: muốn {b}, máy chỉ nhận {c}"),
        ("(?P<a>[\\w-]+): (?P<b>\\d+) numbers are needed, (?P<c>\\d+) were given", "{a}: cần {b} số, đã ghi {c} số"),
        ("unknown options: (?P<a>.+)", "máy không có tùy chọn {a}"),
        ("(?P<a>\\d+) of (?P<b>\\d+) lines came", "chỉ nhận được {a} trong {b} dòng ảnh"),
        ("(?P<a>\\d+) of (?P<b>\\d+) bytes came", "chỉ nhận được {a} trong {b} byte"),
        ("the lower part of the picture did not arrive", "phần dưới của ảnh không về"),
        ("the JPEG file is cut off", "tệp ảnh bị cắt cụt"),
        ("the page is empty", "ảnh trống"),
        ("the page is no JPEG file", "ảnh không phải tệp JPEG"),
        ("(?:not a readable image|the image file is broken|the page is broken): .*", "tệp ảnh bị hỏng"),
        ("(?:a page of )?(?P<a>\\d+) x (?P<b>\\d+) pixels (?:are too many|is too large)", "ảnh {a} × {b} điểm quá lớn"),
        ("a page of (?P<a>\\d+) x (?P<b>\\d+) pixels cannot be", "ảnh {a} × {b} điểm không vừa với khổ giấy của máy"),
        ("a page of more than (?P<a>\\d+) bytes", "ảnh một trang lớn hơn {a} byte"),
        ("a page of more than (?P<a>\\d+) lines", "ảnh một trang dài hơn {a} dòng"),
        ("the scanner sent a packed page", "máy quét gửi ảnh nén kiểu lạ"),
        ("the scanner sent (?P<a>\\S+) instead of a page", "máy quét gửi {a} thay cho ảnh"),
        ("the scanner sent something without a name instead of a page", "máy quét gửi dữ liệu lạ thay cho ảnh"),
        ("the scanner sends its colours one after the other", "máy gửi ba màu lần lượt, chương trình không nhận kiểu này"),
        ("the scanner sends (?P<a>\\d+) bits a sample", "máy gửi {a} bit mỗi điểm màu, chương trình chỉ nhận 1 hoặc 8 bit"),
        ("the scanner pads its lines", "máy thêm byte vào cuối dòng ảnh, chương trình không nhận kiểu này"),
        ("the driver (?:gave no bitmap|wrote no bitmap file)", "trình điều khiển không đưa ảnh"),
        ("the connection broke off \\(.*\\)", "kết nối với máy quét bị ngắt"),
        ("no secure connection(?: to the scanner)?", "không lập được kết nối bảo mật với máy quét"),
        ("the scanner cannot be reached", "không kết nối được máy quét"),
        ("the scanner does not answer", "máy quét không trả lời"),
        ("the scanner sent nothing any more", "máy quét ngừng gửi dữ liệu"),
        ("the scanner's answer took too long", "máy quét trả lời quá chậm"),
        ("the scanner's answer is longer than (?P<a>\\d+) bytes", "máy quét trả lời dài quá {a} byte"),
        (
            "the scanner's (?P<a>\\w+) is (?:no readable XML: \\w+|nested too deeply)",
            "không đọc được câu trả lời của máy quét ({a})",
        ),
        ("the scanner answered (?P<a>.*) instead of (?P<b>\\w+)", "máy quét trả lời {a} thay cho {b}"),
        ("the scanner wanted to send the program to another address", "máy quét chỉ sang một địa chỉ khác"),
        ("the scanner offers no source that sends JPEG pages", "máy quét không gửi được ảnh JPEG"),
        ("the scanner refused the job \\(HTTP (?P<a>\\d+)\\)", "máy quét không nhận lệnh quét (HTTP {a})"),
        ("the scanner did not say where its job is", "máy quét nhận lệnh nhưng không nói lấy ảnh ở đâu"),
        ("the job was ended at the scanner \\(\\w+\\)", "lệnh quét bị hủy ở máy quét"),
        ("the scanner ended the batch with sheets left \\(HTTP (?P<a>\\d+)\\)", "máy quét ngừng khi khay còn giấy (HTTP {a})"),
        ("\\w+: HTTP (?P<a>\\d+)", "máy quét trả lời lỗi HTTP {a}"),
        ("ScannerAdf(?P<a>\\w+)", "khay nạp báo {a}"),
        ("no page came", "máy quét không gửi trang nào"),
        ("(?P<a>\\d+) sides were taken in, (?P<b>\\d+) delivered", "máy đã kéo {a} mặt giấy, chỉ gửi {b} mặt"),
        ("the remembered certificates cannot be read: (?P<a>.+)", "không đọc được các chứng thư đã nhớ: {a}"),
        ("the certificate cannot be remembered: (?P<a>.+)", "không ghi được chứng thư của máy quét: {a}"),
        ("the scanner's certificate is another one than before", "chứng thư của máy quét khác lần trước"),
        (
            "(?P<a>\\S+) shows another certificate \\((?P<b>.+)\\) than when it was first used \\((?P<c>.+)\\). "
            "If the scanner was replaced or reset, an administrator takes its entry out of (?P<d>.+)",
            "{a} đưa ra chứng thư khác ({b}) với lần dùng đầu ({c}); máy đã được thay thì xóa mục của nó trong {d}",
        ),
        ("no sign of life in phase (?P<a>\\w+)", "máy quét không trả lời"),
    )
)


def driver_words(detail: str) -> Text:
    """Say a driver's words in both languages."""
    if found := _OF_SYSTEM.fullmatch(detail):
        words = system_words(OSError(int(found["code"]), found["words"]))
        return Text(f"{found['place']}: {words.vi}", f"{found['place']}: {words.en}")
    for pattern, sentence in _SENTENCES:
        if found := pattern.fullmatch(detail):
            return Text(sentence.format(**{name: _named(words) for name, words in found.groupdict().items()}), detail)
    return _CODES.get(detail) or Text(f"“{detail}”", detail)


def _named(words: str) -> str:
    return ", ".join(_NAMES.get(word, word) for word in words.split(", "))
