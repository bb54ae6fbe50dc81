"""What a clerk reads when an identifier is refused: which one, why, and what a right one looks like."""

from __future__ import annotations

import re
from typing import ClassVar

from app.errors import ExitCode, ItemFailed, Text
from app.model.identifiers import Kind, Reason, mask_id

_NAMES = {
    Kind.DOSSIER_NUMBER: Text("Mã hồ sơ", "The dossier number"),
    Kind.PROCEDURE_CODE: Text("Mã thủ tục", "The procedure code"),
    Kind.AGENCY_CODE: Text("Mã định danh cơ quan", "The agency code"),
    Kind.PERSONAL_ID: Text("Số định danh cá nhân", "The personal ID number"),
    Kind.TAX_CODE: Text("Mã số thuế", "The tax code"),
    Kind.RESULT_KIND: Text("Mã loại kết quả", "The result kind code"),
}

_PROBLEMS = {
    Reason.EMPTY: Text("còn để trống", "is empty"),
    Reason.FORMAT: Text("không đúng cấu trúc", "does not have the right form"),
    Reason.LENGTH: Text("không đúng độ dài", "does not have the right length"),
    Reason.DATE: Text("chứa ngày không có thật", "holds a date that does not exist"),
    Reason.FUTURE: Text("chứa ngày sau hôm nay", "holds a date after today"),
    Reason.PROVINCE: Text("có ba số đầu không phải mã tỉnh", "starts with three digits that are no province"),
    Reason.CHECK_DIGIT: Text("có số kiểm tra không khớp", "has a check digit that does not match"),
    Reason.BIRTH_YEAR: Text("không khớp năm sinh", "does not match the year of birth"),
    Reason.SEX: Text("không khớp giới tính", "does not match the sex"),
    Reason.UNUSUAL: Text("có dạng ít gặp", "has an unusual form"),
}

_EXAMPLES = {
    Kind.DOSSIER_NUMBER: Text(
        "mã đơn vị, ngày tiếp nhận (năm, tháng, ngày) và số thứ tự, ví dụ H02.15-220112-0001 hoặc 000.00.53.H48-220921-0099",
        "agency code, day of reception (year, month, day) and serial, such as H02.15-220112-0001 or 000.00.53.H48-220921-0099",
    ),
    Kind.PROCEDURE_CODE: Text("ví dụ 1.001193 hoặc 1.012784.H21", "such as 1.001193 or 1.012784.H21"),
    Kind.AGENCY_CODE: Text("ví dụ H02.15 hoặc 000.00.15.H02", "such as H02.15 or 000.00.15.H02"),
    Kind.PERSONAL_ID: Text(
        "12 chữ số bắt đầu bằng mã tỉnh, ví dụ 024198000001, hoặc 9 chữ số của CMND cũ",
        "12 digits that start with a province, such as 024198000001, or the 9 digits of an old card",
    ),
    Kind.TAX_CODE: Text(
        "10 chữ số, ví dụ 0100109106; đơn vị phụ thuộc thêm 3 số, ví dụ 0100109106-001; cá nhân dùng 12 số định danh",
        "10 digits, such as 0100109106; a branch adds 3, such as 0100109106-001; a person uses the 12-digit ID number",
    ),
    Kind.RESULT_KIND: Text("nhiều nhất 64 ký tự, ví dụ KQ.G15.000031", "at most 64 characters, such as KQ.G15.000031"),
}

_SHOWN = 40
_LONG_DIGITS = re.compile(r"\d(?: ?\d){8,}")
_CITIZENS = (Kind.PERSONAL_ID, Kind.TAX_CODE)


class InvalidIdentifier(ItemFailed):
    """An identifier is refused; neither the message nor ``values`` hold an ID number in full, for both reach the log."""

    title: ClassVar[Text] = Text("{name_vi} “{shown}” {problem_vi}.", "{name_en} “{shown}” {problem_en}.")
    remedy: ClassVar[Text] = Text(
        "Kiểm tra lại với giấy tờ rồi nhập đúng dạng: {example_vi}.",
        "Compare with the paper and enter it in its right form: {example_en}.",
    )
    exit_code: ClassVar[ExitCode] = ExitCode.INPUT

    def __init__(self, reason: Reason, kind: Kind, value: str) -> None:
        self.reason = reason
        self.kind = kind
        name, problem, example = _NAMES[kind], _PROBLEMS[reason], _EXAMPLES[kind]
        super().__init__(
            shown=shown(kind, value),
            name_vi=name.vi,
            name_en=name.en,
            problem_vi=problem.vi,
            problem_en=problem.en,
            example_vi=example.vi,
            example_en=example.en,
        )


def explain(reason: Reason, kind: Kind, value: str) -> InvalidIdentifier:
    """Give the error to raise for a ``BadIdentifier``; value: what was typed, which is masked where it may be an ID."""
    return InvalidIdentifier(reason, kind, value)


def warning_text(reason: Reason, kind: Kind) -> Text:
    """Give the sentence for a warning that a parsed identifier carries."""
    name, problem = _NAMES[kind], _PROBLEMS[reason]
    return Text(f"{name.vi} {problem.vi}.", f"{name.en} {problem.en}.")


def shown(kind: Kind, value: str) -> str:
    """Give a typed value as it may appear in messages: short, and masked where it is or contains an ID number.

    An ID number often lands in the wrong field, so other kinds are masked too once they look like one.
    """
    digits = sum(sign.isdigit() for sign in value)
    only_digits = not any(sign.isalpha() for sign in value)
    if kind in _CITIZENS or (only_digits and digits >= 9):
        return mask_id(value)[:_SHOWN]
    compact = " ".join(value.split())
    return _LONG_DIGITS.sub(lambda match: mask_id(match[0]), compact)[:_SHOWN]
