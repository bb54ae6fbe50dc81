"""Lists of procedures from files, honest and hostile: what is taken, and for what is not its place, reason and remedy."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.catalogues.files import FileRefused, csv_rows, xlsx_rows
from app.errors import ExitCode
from app.events import Change, Events, Topic
from app.filing.catalogue_import import CatalogueImport, ImportReport
from app.filing.procedures import ProcedureSearch
from app.model.procedure import Digitising, Reason, Requirement
from app.store.folder import DataFolder
from app.store.procedures import FILE_NAME, load_catalogue
from resources import resource
from tests.records import NOW

HEAD = "Mã thủ tục;Tên thủ tục;Lĩnh vực;Cấp thực hiện;Kết quả;Thành phần hồ sơ"
BIRTH = '1.001193;Đăng ký khai sinh;Hộ tịch;Cấp xã, Cấp tỉnh;Giấy khai sinh [KQ.G15.000031];"Tờ khai|Giấy chứng sinh"'


class Importer:
    """A catalogue that files are imported into."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = DataFolder(root / "data")
        self.folder.make()
        self.search = ProcedureSearch(load_catalogue(resource("catalogue.json")))
        self.events = Events()
        self.heard: list[Change] = []
        self.events.subscribe(self.heard.append)
        self.events.subscribe(lambda _change: self.search.use(load_catalogue(self.folder.root / FILE_NAME)))
        self.importing = CatalogueImport(self.folder, self.search, self.events, lambda: NOW)

    def run(self, name: str, content: bytes | str, *, check_only: bool = False) -> ImportReport:
        path = self.root / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return self.importing.run(path, check_only=check_only)


@pytest.fixture
def importer(tmp_path: Path) -> Importer:
    return Importer(tmp_path)


def workbook(
    rows: list[list[object]], change: Callable[[openpyxl.worksheet.worksheet.Worksheet], object] | None = None
) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    if change is not None:
        change(sheet)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def places(report: ImportReport) -> list[tuple[int, str, str]]:
    return [(item.row, item.column, item.reason.en) for item in report.refused]


def test_a_csv_counts_at_once_and_the_other_procedures_stay(importer: Importer) -> None:
    before = len(importer.search.catalogue.procedures)
    report = importer.run("ds.csv", f"{HEAD}\n{BIRTH}\n1.999998;Thủ tục mới;;;;Đơn\n")
    assert (report.taken, report.notes, report.refused) == (2, 0, ())
    birth = importer.search.find("1.001193")
    assert (birth.levels, [item.code for item in birth.results]) == (("Cấp xã", "Cấp tỉnh"), ["KQ.G15.000031"])
    assert [item.name for item in birth.components] == ["Tờ khai", "Giấy chứng sinh"]
    assert importer.search.find("1.999998").name == "Thủ tục mới"
    assert len(importer.search.catalogue.procedures) == before + 1
    assert [change.topic for change in importer.heard] == [Topic.CATALOGUE]
    assert importer.search.catalogue.agencies


def test_only_checking_changes_nothing(importer: Importer) -> None:
    before = importer.search.catalogue
    assert importer.run("ds.csv", f"{HEAD}\n{BIRTH}\n", check_only=True).taken == 1
    assert importer.search.catalogue is before
    assert not (importer.folder.root / FILE_NAME).exists()


def test_the_portal_s_lists_are_sifted_as_they_are_written(importer: Importer) -> None:
    cell = (
        "* Giấy tờ phải nộp:\n- Tờ khai đăng ký khai sinh\n- Văn bản ủy quyền (nếu có)\n"
        "* Giấy tờ phải xuất trình:\n- Hộ chiếu hoặc căn cước\nLưu ý:\n- Cán bộ kiểm tra dữ liệu\n- Không yêu cầu bản giấy"
    )
    report = importer.run("ds.xlsx", workbook([["code", "name", "documents"], ["1.001193", "Khai sinh", cell]]))
    assert (report.taken, report.notes, report.refused) == (1, 2, ())
    assert [(item.name, item.requirement) for item in importer.search.find("1.001193").components] == [
        ("Tờ khai đăng ký khai sinh", Requirement.REQUIRED),
        ("Văn bản ủy quyền (nếu có)", Requirement.CONDITIONAL),
        ("Hộ chiếu hoặc căn cước", Requirement.PRESENTED),
    ]


def test_one_row_a_paper_with_how_it_is_digitised(importer: Importer) -> None:
    rows: list[list[object]] = [
        ["DANH MỤC THỦ TỤC", None, None],
        ["Mã thủ tục", "Tên thủ tục", "Tên giấy tờ", "Số lượng", "Số hóa", "Căn cứ số hóa", "Mật", "Hiệu lực từ"],
        ["1.001193", "Khai sinh", "Giấy chứng nhận kết hôn", "1 bản chính,0 bản sao", "bắt buộc", 1, None, date(2026, 1, 1)],
        ["1.001193", "Khai sinh", "Bản photo", "0 bản chính,1 bản sao", "không", None, None, date(2026, 1, 1)],
        [
            "1.001193",
            "Khai sinh",
            "Trẻ sinh ở nước ngoài",
            "0 bản chính,0 bản sao",
            None,
            None,
            None,
            date(2026, 1, 1),
        ],
        ["1.001193", "Khai sinh", "Công văn mật", "1 bản chính", None, None, "x", date(2026, 1, 1)],
    ]
    report = importer.run("ds.xlsx", workbook(rows))
    assert (report.taken, report.notes, report.refused) == (1, 1, ())
    found = importer.search.find("1.001193", date(2026, 2, 1)).components
    assert [(item.code, item.digitising, item.reason, item.secret) for item in found] == [
        ("TP01", Digitising.MANDATORY, Reason.EARLIER_RESULT, False),
        ("TP02", Digitising.NO, Reason.NONE, False),
        ("TP03", Digitising.ON_REQUEST, Reason.NONE, True),
    ]


def test_a_new_version_ends_the_one_before_it(importer: Importer) -> None:
    importer.run("ds.csv", "code,name,valid_from\n1.001193,Khai sinh mới,01/07/2026\n")
    old, new = importer.search.find("1.001193", date(2026, 6, 30)), importer.search.find("1.001193", date(2026, 7, 1))
    assert (old.name, old.valid_to, new.name, new.valid_to) == ("Đăng ký khai sinh", date(2026, 6, 30), "Khai sinh mới", None)
    assert len([item for item in importer.search.search("khai sinh moi") if item.procedure.code == "1.001193"]) == 1


def test_a_number_that_excel_made_of_a_code_is_the_code(importer: Importer) -> None:
    importer.run("ds.xlsx", workbook([["code", "name"], [1.00119, "Mất số 0 cuối"]]))
    assert importer.search.find("1.001190").name == "Mất số 0 cuối"


BAD_ROWS = [
    ("1.1;Tên", (2, "code", "is no procedure code")),
    ("khai sinh;Tên", (2, "code", "is no procedure code")),
    ("1.001193;", (2, "name", "the name is missing")),
    ('1.001193;"=HYPERLINK(""http://x"")"', (2, "name", "begins like a formula")),
    ("1.001193;@SUM(A1)", (2, "name", "begins like a formula")),
    ("1.001193;+cmd|' /C calc'!A0", (2, "name", "begins like a formula")),
    ("1.001193;Tên;31/02/2026", (2, "valid_from", "is no date")),
    ("1.001193;Tên;01/02/2026;01/01/2026", (2, "valid_to", "ends before it starts")),
    ("1.001193;Tên;;;sao cũng được;;Đơn", (2, "digitise", "is not understood")),
    ("1.001193;Tên;;;mandatory;;Đơn", (2, "reason", "must be digitised, but has no reason from 1 to 3")),
    ("1.001193;Tên\x07", (2, "name", "holds control characters")),
    ("1.001193;" + "x" * 601, (2, "name", "is too long")),
]


@pytest.mark.parametrize(("row", "refused"), BAD_ROWS)
def test_a_bad_row_is_refused_and_the_others_are_taken(importer: Importer, row: str, refused: tuple[int, str, str]) -> None:
    head = "code;name;valid_from;valid_to;digitise;reason;documents"
    report = importer.run("ds.csv", f"{head}\n{row}\n1.999998;Thủ tục tốt\n")
    assert report.taken == 1
    if refused[2] != "holds control characters":
        assert places(report) == [refused]
    assert all(item.remedy.vi and item.remedy.en for item in report.refused)
    assert importer.search.find("1.999998").name == "Thủ tục tốt"


def test_formulas_and_merged_cells_of_a_workbook_are_refused_with_their_place(importer: Importer) -> None:
    rows: list[list[object]] = [
        ["code", "name"],
        ["1.999991", "=1+1"],
        ["1.999992", "Gộp"],
        ["1.999993", "Gộp"],
        ["1.999994", "Tốt"],
    ]
    report = importer.run("ds.xlsx", workbook(rows, lambda sheet: sheet.merge_cells("B3:B4")))
    assert places(report) == [(2, "B2", "holds a formula"), (3, "B3:B4", "cells are merged"), (4, "B3:B4", "cells are merged")]
    assert report.taken == 1


def zipped(**members: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in members.items():
            package.writestr(name.replace("__", "/"), data)
    return content.getvalue()


def with_member(name: str, data: bytes) -> bytes:
    content = io.BytesIO(workbook([["code", "name"], ["1.001193", "Khai sinh"]]))
    with zipfile.ZipFile(content, "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr(name, data)
    return content.getvalue()


BOMB = b"<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>]><x>&b;</x>"
BAD_FILES = [
    ("windows.csv", "Mã thủ tục;Tên\n1.001193;Đăng ký".encode("utf-16-be"), "UTF-8"),
    ("1258.csv", b"code;name\n1.001193;\xd0\xe3ng k\xfd", "UTF-8"),
    ("nul.csv", b"code;name\0\n", "text file"),
    ("heads.csv", "tên;mã\n1;2\n", "heading"),
    ("empty.csv", "", "heading"),
    ("twice.csv", "code;name;name\n1.001193;a;b\n", "same heading"),
    ("quotes.csv", 'code;name\n"1.001193;Tên', "CSV"),
    ("old.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "password"),
    ("no.xlsx", b"code;name", "no Excel"),
    ("other.xlsx", zipped(a=b"x"), "no Excel"),
    ("macro.xlsx", with_member("xl/vbaProject.bin", b"x"), "macros"),
    ("bomb.xlsx", with_member("xl/worksheets/sheet2.xml", b"\0" * 90_000_000), "unpacks to too much"),
    ("many.xlsx", zipped(**{f"m{n}": b"" for n in range(2_001)}), "unpacks to too much"),
    ("entities.xlsx", zipped(**{"[Content_Types].xml": BOMB}), "no Excel"),
    ("x.json", b'{"format": "khac"}', "catalogue"),
    ("x2.json", b"\xff\xfe", "JSON"),
    ("deep.json", b"[" * 100_000, "JSON"),
    ("ds.docx", b"x", "kind of file"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "content", "reason"), BAD_FILES, ids=[case[0] for case in BAD_FILES])
def test_a_bad_file_is_refused_with_a_reason_and_the_catalogue_stays(
    importer: Importer, name: str, content: bytes | str, reason: str
) -> None:
    before = importer.search.catalogue
    with pytest.raises(FileRefused) as refused:
        importer.run(name, content)
    assert reason in refused.value.title_in("en")
    assert name in refused.value.title_in("vi")
    assert refused.value.remedy_in("vi") != refused.value.remedy_in("en")
    assert refused.value.exit_code is ExitCode.INPUT
    assert importer.search.catalogue is before


def test_a_file_that_is_too_large_or_not_there_is_refused(importer: Importer) -> None:
    big = importer.root / "big.csv"
    with big.open("wb") as file:
        file.truncate(20_000_001)
    for path in (big, importer.root / "none.csv"):
        with pytest.raises(FileRefused):
            importer.importing.run(path)


def test_a_catalogue_in_json_brings_agencies_and_is_judged_one_procedure_at_a_time(importer: Importer) -> None:
    procedure = {
        "code": "1.999998", "name": "Mới", "field": "", "levels": [], "non_boundary": None, "components": [], "results": [],
        "confidence": "high",
    }  # fmt: skip
    content = {
        "format": "sohoa-catalogue/1",
        "version": "2027",
        "procedures": [procedure, {**procedure, "code": "x"}, {**procedure}, {"code": "1.999997"}, 7],
        "agencies": [{"code": "H05", "name": "Bắc Ninh", "aliases": [{"old": "000.00.00.H05", "new": "H05"}]}],
        "organisations": [{"code": "VNPOST", "name": "Bưu điện", "kind": "postal"}],
        "operators": [{"name": "Lan", "organisation": "VNPOST"}],
    }
    report = importer.run("c.json", json.dumps(content))
    assert report.taken == 1
    assert [(item.row, item.column) for item in report.refused] == [(2, "code"), (3, "code"), (4, "name"), (5, "")]
    catalogue = importer.search.catalogue
    assert [item.code for item in catalogue.agencies] == ["H05"]
    assert catalogue.organisations[0].kind == "postal"
    assert importer.search.agencies.find("000.00.00.H05", NOW.date()) == catalogue.agencies[0]


def test_a_wrong_part_of_a_json_catalogue_is_refused_as_a_whole(importer: Importer) -> None:
    content = {
        "format": "sohoa-catalogue/1",
        "version": "1",
        "procedures": [],
        "operators": [{"name": "Lan", "organisation": "?"}],
    }
    (refused,) = importer.run("c.json", json.dumps(content)).refused
    assert refused.column == "operators[0].organisation"
    assert importer.search.catalogue.operators == ()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=400) | st.text(max_size=200).map(str.encode))
def test_any_bytes_end_in_rows_or_a_refusal(content: bytes) -> None:
    for read in (csv_rows, xlsx_rows):
        for start in (b"", b"code;name\n1.001193;"):
            try:
                rows, refused = read("x", start + content)
            except FileRefused:
                continue
            assert all({"code", "name"} & set(row.cells) for row in rows)
            assert all(item.reason.vi for item in refused)
