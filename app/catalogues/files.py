"""Rows out of CSV and Excel files that somebody sent: nothing in them is trusted, and what is odd is refused with its place."""

from __future__ import annotations

import csv
import io
import re
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from app.catalogues.table import COLUMNS, Refusal, Row
from app.errors import ExitCode, ItemFailed, Text
from app.model.vietnamese import fold
from app.system_words import system_words

MOST_BYTES = 20_000_000
_MOST_UNPACKED = 80_000_000
_MOST_MEMBERS = 2_000
_MOST_ROWS = 100_000
_MOST_COLUMNS = 60
_LONGEST_CELL = 20_000
_HEADER_ROWS = 12
# What a spreadsheet program takes for a formula. A dash before a blank is how lists of papers begin, and stays.
_FORMULA = re.compile(r"[=@\t\r]|[+-](?!\s|\d*$)[^\s]*[(!|]")
_SHEET = re.compile(r"xl/worksheets/sheet\d+\.xml")
_MERGED = re.compile(rb'<mergeCell ref="([A-Z]{1,3}(\d{1,7}):[A-Z]{1,3}(\d{1,7}))"')
_SAVE_AS = Text(
    "Mở tệp bằng Excel, chọn Lưu thành “Excel Workbook (*.xlsx)” không macro, không mật khẩu, rồi nhập lại.",
    "Open it in Excel, save it as “Excel Workbook (*.xlsx)” without macros or a password, then import it again.",
)
_SAVE_UTF8 = Text(
    "Trong Excel chọn Lưu thành “CSV UTF-8 (*.csv)”, rồi nhập lại.",
    "In Excel save it as “CSV UTF-8 (*.csv)”, then import it again.",
)
_NAME_COLUMNS = Text(
    "Hàng tiêu đề cần ít nhất “Mã thủ tục” và “Tên thủ tục”; xem docs/commands.md.",
    "The heading row needs “code” and “name” at least; see docs/commands.md.",
)
_VALUES_ONLY = Text("Dán dưới dạng giá trị hoặc chữ, rồi nhập lại.", "Paste it as a value or text, then import again.")
_UNMERGE = Text("Bỏ gộp ô và điền đủ từng hàng.", "Unmerge the cells and fill in each row.")
_UNREADABLE = Text("không phải tệp Excel đọc được", "it is no Excel file that can be read")
_CHECK_PATH = Text("Kiểm tra đường dẫn và quyền đọc tệp.", "Check the path and the file's permissions.")
_BROKEN = (zipfile.BadZipFile, KeyError, ValueError, IndexError, TypeError, OSError, SyntaxError)
_SPLIT = Text("Chia thành nhiều tệp nhỏ hơn.", "Split it into smaller files.")


class FileRefused(ItemFailed):
    """A file as a whole cannot be imported."""

    title = Text("Không nhập được tệp {file}: {reason_vi}", "The file {file} cannot be imported: {reason_en}")
    remedy = Text("{remedy_vi}", "{remedy_en}")
    exit_code = ExitCode.INPUT

    def __init__(self, file: str, reason: Text, remedy: Text) -> None:
        super().__init__(file=file, reason_vi=reason.vi, reason_en=reason.en, remedy_vi=remedy.vi, remedy_en=remedy.en)


def read_content(path: Path) -> bytes:
    """Read a file that is not too large. Raises FileRefused."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise FileRefused(path.name, Text("tệp lớn hơn 20 MB", "it is larger than 20 MB"), _SPLIT)
        return path.read_bytes()
    except OSError as error:
        words = system_words(error)
        reason = Text(f"không mở được ({words.vi})", f"it cannot be opened ({words.en})")
        raise FileRefused(path.name, reason, _CHECK_PATH) from error


def csv_rows(name: str, content: bytes) -> tuple[list[Row], list[Refusal]]:
    """Read a CSV or TSV file in UTF-8 (or UTF-16 with its mark). Raises FileRefused."""
    text = _decoded(name, content)
    sample = text[:20_000].split("\n", 1)[0]
    delimiter = max("\t;,", key=sample.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    lines: list[tuple[int, list[str]]] = []
    try:
        for cells in reader:
            lines.append((reader.line_num, cells))
            if len(lines) > _MOST_ROWS:
                raise FileRefused(name, Text("quá nhiều hàng", "it has too many rows"), _SPLIT)
    except csv.Error as error:
        place = f"hàng {reader.line_num}", f"row {reader.line_num}"
        reason = Text(f"không phải bảng CSV ở {place[0]}", f"it is no CSV table at {place[1]}")
        raise FileRefused(name, reason, _SAVE_UTF8) from error
    return _rows(name, lines, [])


def _decoded(name: str, content: bytes) -> str:
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        reason = Text("chữ không ở mã UTF-8", "its text is not in UTF-8")
        raise FileRefused(name, reason, _SAVE_UTF8) from error
    if "\0" in text:
        raise FileRefused(name, Text("không phải tệp văn bản", "it is no text file"), _SAVE_UTF8)
    return text


def xlsx_rows(name: str, content: bytes) -> tuple[list[Row], list[Refusal]]:
    """Read the first sheet of an Excel workbook that was looked at before it is unpacked. Raises FileRefused."""
    import openpyxl  # every start would wait for it otherwise, and few read a workbook

    _check_package(name, content)
    try:
        with warnings.catch_warnings():
            # What it warns of is looks: styles, validation lists, headers.
            warnings.simplefilter("ignore")
            # Row by row: the whole of a large workbook in memory takes a hundred times its size.
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        sheet = book.worksheets[0]
    except _BROKEN as error:
        raise FileRefused(name, _UNREADABLE, _SAVE_AS) from error
    try:
        refused, lines = _merged(content), []
        for number, cells in enumerate(sheet.iter_rows(max_col=_MOST_COLUMNS), start=1):
            if number > _MOST_ROWS:
                raise FileRefused(name, Text("bảng quá lớn", "the table is too large"), _SPLIT)
            lines.append((number, [_cell(number, cell, refused) for cell in cells]))
    except _BROKEN as error:
        raise FileRefused(name, _UNREADABLE, _SAVE_AS) from error
    finally:
        book.close()
    return _rows(name, lines, refused)


def _check_package(name: str, content: bytes) -> None:
    """Look into the zip before anything is unpacked: a small file may unpack to gigabytes, or bring programs along."""
    if content[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise FileRefused(name, Text("tệp .xls cũ hoặc có mật khẩu", "it is an old .xls or has a password"), _SAVE_AS)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            members = package.infolist()
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise FileRefused(name, Text("không phải tệp Excel", "it is no Excel file"), _SAVE_AS) from error
    unpacked = sum(member.file_size for member in members)
    if len(members) > _MOST_MEMBERS or unpacked > _MOST_UNPACKED:
        reason = Text("nội dung giải nén quá lớn", "it unpacks to too much")
        raise FileRefused(name, reason, _SPLIT)
    if any("vbaproject" in member.filename.lower() or "macrosheets" in member.filename.lower() for member in members):
        raise FileRefused(name, Text("tệp chứa macro", "it holds macros"), _SAVE_AS)


def _merged(content: bytes) -> list[Refusal]:
    """Refuse what is merged: nobody can tell which row its words belong to. Workbooks of a list have one sheet."""
    reason = Text("ô bị gộp", "cells are merged")
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        sheets = sorted(name for name in package.namelist() if _SHEET.fullmatch(name))
        spans = _MERGED.findall(package.read(sheets[0])) if sheets else []
    return [
        Refusal(number, span.decode(), reason, _UNMERGE)
        for span, first, last in spans
        for number in range(int(first), min(int(last), int(first) + _MOST_ROWS) + 1)
    ]


def _cell(number: int, cell: Any, refused: list[Refusal]) -> str:
    if cell.data_type == "f":
        refused.append(Refusal(number, cell.coordinate, Text("chứa công thức", "holds a formula"), _VALUES_ONLY))
        return ""
    value = cell.value
    if isinstance(value, datetime | date):
        return value.strftime("%Y-%m-%d")
    if isinstance(value, float):
        # Excel takes 1.001190 for a number and drops its last zero; codes have six digits there.
        return f"{value:.6f}" if value != int(value) else str(int(value))
    return "" if value is None else str(value)


def _rows(name: str, lines: Sequence[tuple[int, list[str]]], refused: list[Refusal]) -> tuple[list[Row], list[Refusal]]:
    header = next(
        ((at, named) for at, named in enumerate(map(_named, lines[:_HEADER_ROWS])) if {"code", "name"} <= set(named)), None
    )
    if header is None:
        raise FileRefused(name, Text("không thấy hàng tiêu đề", "there is no heading row"), _NAME_COLUMNS)
    at, columns = header
    if len(set(filter(None, columns))) != len(list(filter(None, columns))):
        raise FileRefused(name, Text("hai cột cùng tiêu đề", "two columns have the same heading"), _NAME_COLUMNS)
    body = lines[at + 1 :]
    first = body[0][0] if body else 0
    kept = [refusal for refusal in refused if refusal.row >= first]
    spoiled = {refusal.row for refusal in kept}
    rows = []
    for number, cells in body:
        odd = list(_odd(number, columns, cells))
        kept += odd
        if any(cell.strip() for cell in cells) and number not in spoiled and not odd:
            rows.append(Row(number, {column: cell for column, cell in zip(columns, cells, strict=False) if column}))
    return rows, sorted(kept, key=lambda refusal: refusal.row)


def _named(line: tuple[int, list[str]]) -> list[str]:
    return [COLUMNS.get(fold(" ".join(cell.split())), "") for cell in line[1]]


def _odd(number: int, columns: Sequence[str], cells: Sequence[str]) -> Iterator[Refusal]:
    for column, cell in zip(columns, cells, strict=False):
        if column and _FORMULA.match(cell):
            yield Refusal(number, column, Text("bắt đầu như một công thức", "begins like a formula"), _VALUES_ONLY)
        elif column and len(cell) > _LONGEST_CELL:
            yield Refusal(number, column, Text("ô quá dài", "the cell is too long"), _SPLIT)
        elif any(ord(sign) < 32 and sign not in "\n\r\t" for sign in cell):
            yield Refusal(number, column, Text("có ký tự điều khiển", "holds control characters"), _VALUES_ONLY)
