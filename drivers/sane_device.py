"""An open SANE device as a list of options with values, read anew after each change: not all devices tell of one."""

from __future__ import annotations

from typing import Any

from drivers.backend import DriverFault, failure
from drivers.contract import FaultCode, Option, OptionType, Unit
from drivers.options import agree, text_of, value_of
from drivers.sane_arrays import WORD_BYTES, Numbers

# SANE's own numbers, by their place.
_TYPES = (OptionType.BOOL, OptionType.INT, OptionType.FIXED, OptionType.STRING, OptionType.BUTTON)
_UNITS = (Unit.NONE, Unit.PIXEL, Unit.BIT, Unit.MM, Unit.DPI, Unit.PERCENT, Unit.MICROSECOND)
_GROUP = 5
_SETTABLE, _INACTIVE, _ADVANCED = 1, 32, 64
_MAX_TEXT = 500

Row = tuple[Any, ...]


class SaneDevice:
    """``handle`` is python-sane's device; its attributes are not used, as it makes new ones of names it does not know."""

    def __init__(self, handle: Any) -> None:
        self._dev = handle.dev
        self._rows: dict[str, tuple[Row, str]] = {}
        self.refresh()

    def refresh(self) -> None:
        """Read the descriptions of all options."""
        group = ""
        self._rows = {}
        for row in self._dev.get_options():
            if row[4] == _GROUP:
                group = row[2] or ""
            elif isinstance(row[1], str) and row[1] and row[4] < len(_TYPES):
                self._rows[row[1]] = (row, group)

    def options(self) -> tuple[Option, ...]:
        """Give every option, in the device's own order."""
        return tuple(filter(None, map(self.find, self._rows)))

    def find(self, name: str) -> Option | None:
        """Give an option by its name; None where the device has none."""
        found = self._rows.get(name) or self._rows.get(name.replace("_", "-"))
        if found is None:
            return None
        row, group = found
        index, own, title, description, kind, unit, _size, flags, constraint = row
        active = not flags & _INACTIVE
        numbers = self._numbers(row)
        # Several numbers are shown as text, which is checked by the device.
        shown = _TYPES[kind] if numbers is None else OptionType.STRING
        low, high, step = constraint if isinstance(constraint, tuple) else (None, None, 0.0)
        return Option(
            name=own,
            type=shown,
            title=(title or "")[:_MAX_TEXT],
            description=(description or "")[:_MAX_TEXT],
            group=group,
            unit=_UNITS[unit] if unit < len(_UNITS) else Unit.NONE,
            choices=tuple(text_of(_TYPES[kind], _text(one)) for one in constraint) if isinstance(constraint, list) else (),
            low=None if low is None else float(low),
            high=None if high is None else float(high),
            step=float(step),
            value=self._value(index, _TYPES[kind], numbers) if active else "",
            active=active,
            settable=bool(flags & _SETTABLE) and (numbers is None or numbers.can_be_set),
            advanced=bool(flags & _ADVANCED),
            count=1 if numbers is None else numbers.count,
        )

    def put(self, name: str, text: str) -> None:
        """Set an option and read it back, since devices clip silently. Raises DriverFault: UNSUPPORTED if it differs."""
        option = self.find(name)
        if option is None:
            raise failure(FaultCode.INVALID_REQUEST, f"the scanner has no option {name!r}")
        if not option.usable:
            raise failure(FaultCode.INVALID_REQUEST, f"the option {name!r} cannot be set now")
        row = self._rows[option.name][0]
        numbers = self._numbers(row)
        value = value_of(option, text)
        try:
            if numbers is not None:
                numbers.put(text)
            else:
                self._dev.set_option(row[0], _given(value, row[8]))
        except DriverFault as fault:
            raise failure(fault.fault.code, f"{option.name}: {fault.fault.detail}") from fault
        except Exception as error:
            raise failure(FaultCode.UNSUPPORTED, f"{option.name}: {error}") from error
        self.refresh()
        taken = self.find(option.name)
        if taken is not None and _tells(taken) and not agree(option, text, taken.value):
            raise failure(FaultCode.UNSUPPORTED, f"{option.name}: asked for {text}, the scanner takes {taken.value}")

    def _numbers(self, row: Row) -> Numbers | None:
        """Give an option as several numbers, where it holds more than one."""
        index, kind, size = row[0], _TYPES[row[4]], row[6]
        return None if kind is OptionType.STRING or size <= WORD_BYTES else Numbers(self._dev, index, kind, size)

    def _value(self, index: int, kind: OptionType, numbers: Numbers | None) -> str:
        if numbers is not None:
            return numbers.text()
        if kind is OptionType.BUTTON:
            return ""
        try:
            value = self._dev.get_option(index)
        except Exception:
            # A device may refuse to tell; the option itself is there all the same.
            return ""
        return text_of(kind, _text(value))


def _tells(option: Option) -> bool:
    return option.active and (bool(option.value) or option.type is OptionType.STRING)


def _text(value: Any) -> Any:
    """Give back the letters that went through python-sane as latin-1."""
    try:
        return value.encode("latin-1").decode() if isinstance(value, str) else value
    except UnicodeError:
        return value


def _given(value: str | float, constraint: Any) -> str | float:
    """Give a value as python-sane takes it: latin-1 only, through which any bytes pass unchanged."""
    if not isinstance(value, str):
        return value
    own = constraint if isinstance(constraint, list) else []
    return next((str(one) for one in own if _text(one) == value), value.encode().decode("latin-1"))
