"""Options of a SANE device that hold several numbers, as gamma tables do: python-sane knows only the first of them.

As text they are their numbers in order, with spaces between.
"""

from __future__ import annotations

import ctypes
from typing import Any

from drivers.backend import failure
from drivers.contract import FaultCode, OptionType
from drivers.sane_read import library, stream_of

WORD_BYTES = 4
# SANE's numbers with a fraction count in 1/65536.
_ONE = {OptionType.INT: 1, OptionType.FIXED: 1 << 16}
_GET, _SET = 0, 1
# More would not go through the worker's pipe in one message, several such tables together.
MOST_NUMBERS = 4096


class Numbers:
    """One such option of python-sane's ``device``: its number there, its kind, and the bytes that it takes."""

    def __init__(self, device: Any, index: int, kind: OptionType, size: int) -> None:
        self._index = index
        self._one = _ONE.get(kind, 1)
        self.count = size // WORD_BYTES
        known = kind in _ONE and size % WORD_BYTES == 0 and self.count <= MOST_NUMBERS
        self._stream = stream_of(device) if known else None

    @property
    def can_be_set(self) -> bool:
        """Whether SANE itself can be asked."""
        return self._stream is not None

    def text(self) -> str:
        """Give its numbers; empty where the device does not tell."""
        words = (ctypes.c_int32 * self.count)()
        if self._stream is None or self._control(_GET, words):
            return ""
        return " ".join(f"{word / self._one:.6g}" if self._one > 1 else str(word) for word in words)

    def put(self, text: str) -> None:
        """Set all of them. Raises DriverFault: INVALID_REQUEST for what is no such list, UNSUPPORTED if it is refused."""
        try:
            numbers = [round(float(word) * self._one) if self._one > 1 else int(word) for word in text.split()]
            if any(not -(1 << 31) <= number < 1 << 31 for number in numbers):
                raise ValueError("a number is too large")
        except (ValueError, OverflowError) as error:
            raise failure(FaultCode.INVALID_REQUEST, f"{text[:40]!r}: {error}") from error
        if len(numbers) != self.count:
            raise failure(FaultCode.INVALID_REQUEST, f"{self.count} numbers are needed, {len(numbers)} were given")
        refused = self._control(_SET, (ctypes.c_int32 * self.count)(*numbers))
        if refused:
            raise failure(FaultCode.UNSUPPORTED, refused)

    def _control(self, action: int, words: ctypes.Array[ctypes.c_int32]) -> str:
        """Ask SANE; gives its words where it refuses."""
        sane = library()
        status = sane.sane_control_option(self._stream, self._index, action, ctypes.byref(words), None)
        return sane.sane_strstatus(status).decode(errors="replace") if status else ""
