"""What pydantic complains of, in both languages: for files that people write, and for what they type in a terminal."""

from __future__ import annotations

from pydantic_core import ErrorDetails

from app.errors import Text

_NUMBER = Text("phải là số", "must be a number")
_ONE_OF = Text("chỉ nhận {expected_vi}", "must be {expected}")
_LIST = Text('phải là danh sách trong ngoặc vuông, ví dụ ["a", "b"]', 'must be a list in square brackets, such as ["a", "b"]')
_TABLE = Text("phải là một bảng [tên] hoặc {{tên = giá trị}}", "must be a table: [name] or {{name = value}}")
_DAY = Text("phải là ngày như 2025-07-01", "must be a day such as 2025-07-01")
# pydantic's kinds of errors; it says others in English only.
_WRONG = {
    "string_pattern_mismatch": Text("không đúng dạng", "does not have the right form"),
    "string_too_short": Text("không được để trống", "must not be empty"),
    "string_too_long": Text("dài quá {max_length} ký tự", "has more than {max_length} signs"),
    "string_type": Text("phải là chữ trong ngoặc kép", "must be text in quotes"),
    "greater_than_equal": Text("phải từ {ge} trở lên", "must be {ge} or more"),
    "greater_than": Text("phải lớn hơn {gt}", "must be more than {gt}"),
    "less_than_equal": Text("nhiều nhất là {le}", "must be {le} at most"),
    "less_than": Text("phải nhỏ hơn {lt}", "must be less than {lt}"),
    "int_parsing": _NUMBER,
    "int_type": _NUMBER,
    "int_from_float": Text("phải là số nguyên", "must be a whole number"),
    "float_parsing": _NUMBER,
    "float_type": _NUMBER,
    "bool_parsing": Text("phải là true hoặc false", "must be true or false"),
    "bool_type": Text("phải là true hoặc false", "must be true or false"),
    "literal_error": _ONE_OF,
    "enum": _ONE_OF,
    "finite_number": _NUMBER,
    "list_type": _LIST,
    "tuple_type": _LIST,
    "dict_type": _TABLE,
    "model_type": _TABLE,
    "model_attributes_type": _TABLE,
    "date_type": _DAY,
    "date_parsing": _DAY,
    "date_from_datetime_parsing": _DAY,
    "date_from_datetime_inexact": _DAY,
    "missing": Text("còn thiếu", "is missing"),
    "extra_forbidden": Text("không có mục này", "there is no such entry"),
}


class ValueRefused(ValueError):
    """What a validator of a declared model raises, so that the reason is said in both languages."""

    def __init__(self, said: Text) -> None:
        super().__init__(said.en)
        self.said = said


def what_is_wrong(error: ErrorDetails) -> Text:
    """Say what is wrong with a value, as part of a sentence that names it."""
    limits = error.get("ctx", {})
    if isinstance(refused := limits.get("error"), ValueRefused):
        return refused.said
    known = _WRONG.get(error["type"])
    if known is None:
        return Text(f"không hợp lệ ({error['msg']})", error["msg"])
    limits["expected_vi"] = str(limits.get("expected")).replace(" or ", " hoặc ")
    return Text(known.show("vi", **limits), known.show("en", **limits))
