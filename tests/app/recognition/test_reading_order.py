"""The order of words that were read: columns of a heading, fields side by side, tables, streaks."""

from __future__ import annotations

import pytest

from app.model.page_findings import Word
from app.recognition.reading_order import in_reading_order
from app.recognition.tables import Table

HEIGHT, LETTER = 30, 16


def line(number: int, top: float, *parts: tuple[float, str]) -> list[Word]:
    """Give the words of one line of the reader: text that begins at each place."""
    words = []
    for start, text in parts:
        left = start
        for word in text.split():
            right = left + LETTER * len(word)
            words.append(Word(word, (left, top, right, top + HEIGHT), 95, number))
            left = right + 10
    return words


def read(words: list[Word], *tables: Table) -> list[str]:
    ordered = in_reading_order(words, tables)
    lines: dict[int, list[str]] = {}
    for word in ordered:
        lines.setdefault(word.line, []).append(word.text)
    assert list(lines) == list(range(len(lines)))
    return [" ".join(texts) for texts in lines.values()]


def centred(middle: float, text: str) -> tuple[float, str]:
    return (middle - (LETTER * len(text) - 6 * text.count(" ")) / 2, text)


def test_a_heading_is_read_column_by_column() -> None:
    words = [
        *line(0, 100, centred(300, "ỦY BAN NHÂN DÂN"), centred(1100, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")),
        *line(1, 150, centred(300, "XÃ TÂN HOÀ"), centred(1100, "Độc lập - Tự do - Hạnh phúc")),
        *line(2, 200, centred(300, "Số: 12/UBND"), centred(1100, "Tân Hoà, ngày 4 tháng 8 năm 2026")),
        *line(3, 300, centred(750, "QUYẾT ĐỊNH về việc công nhận kết quả của kỳ xét duyệt năm nay")),
    ]
    assert read(words) == [
        "ỦY BAN NHÂN DÂN",
        "XÃ TÂN HOÀ",
        "Số: 12/UBND",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "Tân Hoà, ngày 4 tháng 8 năm 2026",
        "QUYẾT ĐỊNH về việc công nhận kết quả của kỳ xét duyệt năm nay",
    ]


def test_the_end_of_a_letter_is_read_column_by_column() -> None:
    words = [
        *line(0, 100, (100, "Nơi nhận:"), centred(1100, "KT. CHỦ TỊCH")),
        *line(1, 140, (100, "- Như trên;"), centred(1100, "PHÓ CHỦ TỊCH XÃ")),
        *line(2, 180, (100, "- Lưu: VT.")),
        *line(3, 320, centred(1100, "Trần Văn Mẫu")),
    ]
    assert read(words) == ["Nơi nhận:", "- Như trên;", "- Lưu: VT.", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH XÃ", "Trần Văn Mẫu"]


def test_fields_side_by_side_are_read_line_by_line() -> None:
    words = [
        *line(0, 100, (100, "Giới tính: Nữ"), (800, "Quốc tịch: Việt Nam")),
        *line(1, 150, (100, "Dân tộc: Tày"), (800, "Tôn giáo: không")),
    ]
    assert read(words) == ["Giới tính: Nữ Quốc tịch: Việt Nam", "Dân tộc: Tày Tôn giáo: không"]


def test_a_table_without_rules_is_read_row_by_row() -> None:
    words = [
        *line(0, 100, (100, "1"), (300, "Đơn đề nghị"), centred(900, "02"), centred(1200, "Bản chính")),
        *line(1, 150, (100, "2"), (300, "Ảnh màu"), centred(900, "03 bộ"), centred(1200, "Bản sao")),
        *line(2, 200, (100, "3"), (300, "Phiếu thu"), centred(900, "01 tờ"), centred(1200, "Bản photo")),
    ]
    assert read(words) == ["1 Đơn đề nghị 02 Bản chính", "2 Ảnh màu 03 bộ Bản sao", "3 Phiếu thu 01 tờ Bản photo"]


def test_columns_that_the_reader_found_stay_columns() -> None:
    left = [word for row in range(4) for word in line(row, 100 + 50 * row, (100, f"cột trái dòng {row}"))]
    right = [word for row in range(4) for word in line(4 + row, 100 + 50 * row, (800, f"cột phải dòng {row}"))]
    assert read([*left, *right]) == [f"cột {side} dòng {row}" for side in ("trái", "phải") for row in range(4)]


def test_a_line_that_a_streak_cut_is_one_line_again_and_the_streak_is_no_word() -> None:
    streak = [Word("|", (640, 0, 646, 900), 40, 9), Word("Ị", (700, 0, 708, 900), 40, 8)]
    words = [
        *line(0, 100, (100, "Tôi cam đoan nội dung trên")),
        *line(1, 150, (100, "là đúng sự thật và chịu")),
        *line(2, 100, (530, "đây do tôi viết")),
        *line(3, 150, (500, "trách nhiệm")),
        *streak,
    ]
    assert read(words) == ["Tôi cam đoan nội dung trên đây do tôi viết", "là đúng sự thật và chịu trách nhiệm"]


def test_blocks_lower_down_on_the_left_do_not_come_before_the_title() -> None:
    words = [
        *line(0, 500, (100, "Sinh ngày: 11/09/1953")),
        *line(1, 100, centred(900, "GIẤY CHỨNG NHẬN")),
        *line(2, 200, centred(900, "Chứng nhận ông")),
    ]
    assert read(words) == ["GIẤY CHỨNG NHẬN", "Chứng nhận ông", "Sinh ngày: 11/09/1953"]


def test_a_high_title_keeps_its_place() -> None:
    title = [Word("TÁCH", (100, 100, 900, 260), 90, 0), Word("HỒ", (950, 100, 1200, 260), 90, 0)]
    words = [*line(2, 400, (100, "Đặt tờ này trước mỗi hồ sơ mới")), *title, *line(3, 20, (100, "Phường Tân Hoà số một"))]
    assert read(words) == ["Phường Tân Hoà số một", "TÁCH HỒ", "Đặt tờ này trước mỗi hồ sơ mới"]


def test_a_table_is_read_cell_by_cell_between_what_is_above_and_below() -> None:
    rows = (((100, 200, 300, 300), (300, 200, 900, 300)), ((100, 300, 300, 400), (300, 300, 900, 400)))
    table = Table(tuple(tuple(tuple(map(float, cell)) for cell in row) for row in rows))  # type: ignore[misc]
    words = [
        *line(5, 500, (100, "Tổng cộng: hai")),
        *line(1, 210, (120, "Số"), (296, "|Tên giấy tờ mà ông")),
        *line(2, 255, (120, "thứ tự"), (310, "bà nộp")),
        *line(3, 330, (120, "1_"), (310, "| Đơn")),
        *line(0, 100, (100, "Thành phần hồ sơ:")),
    ]
    assert read(words, table) == [
        "Thành phần hồ sơ:",
        "Số",
        "thứ tự",
        "Tên giấy tờ mà ông",
        "bà nộp",
        "1 Đơn",
        "Tổng cộng: hai",
    ]


def test_no_words_give_no_words() -> None:
    assert in_reading_order([]) == []


def test_who_signs_is_read_line_by_line_where_all_have_the_same_note() -> None:
    words = [
        *line(0, 100, centred(400, "NGƯỜI NỘP HỒ SƠ"), centred(1200, "NGƯỜI TIẾP NHẬN HỒ SƠ")),
        *line(1, 150, centred(400, "(Ký và ghi rõ họ tên)"), centred(1200, "(Ký và ghi rõ ho tên)")),
        *line(2, 300, centred(400, "Trần Thị Mẫu"), centred(1200, "Lê Văn Thử")),
    ]
    assert read(words) == [
        "NGƯỜI NỘP HỒ SƠ NGƯỜI TIẾP NHẬN HỒ SƠ",
        "(Ký và ghi rõ họ tên) (Ký và ghi rõ ho tên)",
        "Trần Thị Mẫu Lê Văn Thử",
    ]


def test_two_who_sign_with_notes_of_their_own_are_read_one_after_the_other() -> None:
    words = [
        *line(0, 100, centred(400, "THƯ KÝ"), centred(1200, "CHỦ TRÌ CUỘC HỌP")),
        *line(1, 150, centred(400, "Trần Thị Mẫu"), centred(1200, "Lê Văn Thử")),
    ]
    assert read(words) == ["THƯ KÝ", "Trần Thị Mẫu", "CHỦ TRÌ CUỘC HỌP", "Lê Văn Thử"]


@pytest.mark.parametrize(
    ("text", "height", "confidence"), [("_—", 20, 8), ("⁄v“`", 60, 59), ("XVƯN,", 3 * HEIGHT, 52), (":", 3, 32)]
)
def test_strokes_of_a_pen_are_left_out_and_part_no_column(text: str, height: int, confidence: int) -> None:
    words = [
        *line(0, 100, (100, "Nơi nhận:"), centred(1100, "KT. CHỦ TỊCH")),
        *line(1, 140, (100, "- Như trên;"), centred(1100, "PHÓ CHỦ TỊCH XÃ")),
        *line(2, 180, (100, "- Lưu: VT.")),
    ]
    scribble = Word(text, (850, 185, 980, 185 + height), confidence, 2)
    assert read([*words, scribble]) == ["Nơi nhận:", "- Như trên;", "- Lưu: VT.", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH XÃ"]


@pytest.mark.parametrize(("text", "height", "confidence"), [("-", 4, 30), ("3", HEIGHT, 20), ("%", HEIGHT, 95), ("A", 70, 95)])
def test_words_read_with_doubt_and_signs_that_are_sure_stay(text: str, height: int, confidence: int) -> None:
    words = [*line(0, 100, (100, "Kết quả đạt")), Word(text, (900, 100, 930, 100 + height), confidence, 0)]
    assert text in " ".join(read(words))
