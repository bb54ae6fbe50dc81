"""What may be given to a scanner's option, said in both languages: its values, its range with step and unit, how many."""

from __future__ import annotations

from app.errors import Text
from app.model.option import DeviceOption, OptionKind

_UNITS = {
    "mm": Text("mm", "mm"),
    "dpi": Text("dpi", "dpi"),
    "pixel": Text("điểm ảnh", "pixels"),
    "bit": Text("bit", "bit"),
    "percent": Text("%", "%"),
    "microsecond": Text("µs", "µs"),
}
_NO_UNIT = Text("", "")
_KINDS = {
    OptionKind.BOOL: Text("yes (có) | no (không)", "yes | no"),
    OptionKind.INT: Text("số nguyên", "a whole number"),
    OptionKind.FIXED: Text("số", "a number"),
    OptionKind.STRING: Text("chữ", "text"),
    OptionKind.BUTTON: Text("nút bấm trên máy, không đặt giá trị", "a button, holds no value"),
}
_SHOWN_ONLY = Text("chỉ xem, không đặt được", "shown only, cannot be set")
_EMPTY = Text("(trống)", "(empty)")


def unit_of(option: DeviceOption) -> Text:
    """Give the unit of an option's number as it stands behind it, with a blank; empty where it has none."""
    unit = _UNITS.get(option.unit, _NO_UNIT)
    return Text(f" {unit.vi}", f" {unit.en}") if unit is not _NO_UNIT else unit


def allowed(option: DeviceOption) -> Text:
    """Say which values an option takes now: ``Gray | Color``, or ``1 … 1200 dpi, step 1``."""
    one, unit = _of_one(option), unit_of(option)
    if not option.choices and not option.settable:
        return _SHOWN_ONLY
    one = Text(f"{one.vi}{unit.vi}", f"{one.en}{unit.en}")
    if option.step and option.low is not None and not option.choices:
        one = Text(f"{one.vi}, bước {option.step:g}", f"{one.en}, step {option.step:g}")
    if option.count == 1:
        return one
    if option.count == 0:
        return Text(f"một hoặc nhiều, cách nhau bằng dấu phẩy: {one.vi}", f"one or more, with commas between: {one.en}")
    return Text(
        f"{option.count} số cách nhau bằng dấu cách, mỗi số: {one.vi}",
        f"{option.count} numbers with spaces between, each: {one.en}",
    )


def _of_one(option: DeviceOption) -> Text:
    if option.choices:
        return Text(*(" | ".join(choice or empty for choice in option.choices) for empty in (_EMPTY.vi, _EMPTY.en)))
    if option.low is not None and option.high is not None and option.kind is not OptionKind.BOOL:
        span = f"{option.low:g} … {option.high:g}"
        return Text(span, span)
    return _KINDS[OptionKind.FIXED if option.count > 1 else option.kind]
