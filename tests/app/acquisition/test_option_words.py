"""What is said of an option's values, for what each kind of driver tells: SANE's numbers, TWAIN's lists, eSCL's ranges."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.acquisition.option_words import allowed
from app.model.option import DeviceOption, OptionKind

PLAIN = DeviceOption("x", "", "", "", OptionKind.INT, "", (), None, None, 0.0, "", active=True, settable=True, advanced=False)


@pytest.mark.parametrize(
    ("changes", "vietnamese", "english"),
    [
        ({}, "số nguyên", "a whole number"),
        ({"unit": "percent", "low": -100.0, "high": 100.0, "step": 5.0}, "-100 … 100 %, bước 5", "-100 … 100 %, step 5"),
        ({"kind": OptionKind.FIXED, "low": 0.1, "high": 3600.0}, "0.1 … 3600", "0.1 … 3600"),
        ({"kind": OptionKind.STRING, "choices": ("", "jam")}, "(trống) | jam", "(empty) | jam"),
        (
            {"kind": OptionKind.STRING, "choices": ("300", "600"), "unit": "dpi", "settable": False},
            "300 | 600 dpi",
            "300 | 600 dpi",
        ),
        ({"kind": OptionKind.STRING, "settable": False}, "chỉ xem, không đặt được", "shown only, cannot be set"),
        ({"kind": OptionKind.BOOL, "low": 0.0, "high": 1.0}, "yes (có) | no (không)", "yes | no"),
        (
            {"kind": OptionKind.STRING, "choices": ("0", "1"), "count": 0},
            "một hoặc nhiều, cách nhau bằng dấu phẩy: 0 | 1",
            "one or more, with commas between: 0 | 1",
        ),
        (
            {"kind": OptionKind.STRING, "low": 0.0, "high": 255.0, "count": 256},
            "256 số cách nhau bằng dấu cách, mỗi số: 0 … 255",
            "256 numbers with spaces between, each: 0 … 255",
        ),
        (
            {"kind": OptionKind.STRING, "count": 3},
            "3 số cách nhau bằng dấu cách, mỗi số: số",
            "3 numbers with spaces between, each: a number",
        ),
    ],
)
def test_what_an_option_takes_is_said(changes: dict[str, object], vietnamese: str, english: str) -> None:
    said = allowed(replace(PLAIN, **changes))  # type: ignore[arg-type]
    assert (said.vi, said.en) == (vietnamese, english)
