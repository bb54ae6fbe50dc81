"""A scanner replayed from a list of its options: what is set on it, and what that changes, as a driver would have it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from drivers import contract
from drivers.backend import failure
from drivers.contract import FaultCode, Option
from drivers.options import value_of


class ReplayedDevice:
    """Takes the place of drivers.sane_device.SaneDevice. ``reloads``: by option and value, the fields it changes of others."""

    def __init__(self, options: list[dict[str, Any]], reloads: dict[str, dict[str, dict[str, Any]]] | None = None) -> None:
        self._options = {one["name"]: _option(one) for one in options}
        self._reloads = reloads or {}
        self.put_by_name: dict[str, str] = {}
        self.order: list[str] = []

    def options(self) -> tuple[Option, ...]:
        return tuple(self._options.values())

    def find(self, name: str) -> Option | None:
        return self._options.get(name)

    def put(self, name: str, text: str) -> None:
        option = self._options[name]
        if not option.usable:
            raise failure(FaultCode.INVALID_REQUEST, f"the option {name!r} cannot be set now")
        value_of(option, text)
        self._options[name] = replace(option, value=text)
        self.put_by_name[name] = text
        self.order.append(name)
        for other, fields in self._reloads.get(name, {}).get(text, {}).items():
            changed = {key: tuple(value) if isinstance(value, list) else value for key, value in fields.items()}
            self._options[other] = replace(self._options[other], **changed)


def replayed(path: Path) -> tuple[ReplayedDevice, dict[str, Any]]:
    """Read a recording of ``sohoa devices options --json``, or a shape in the same form with what is expected of it."""
    data = json.loads(path.read_text(encoding="utf-8"))
    return ReplayedDevice(data["options"], data.get("reloads")), data


def _option(fields: dict[str, Any]) -> Option:
    """Read one as the protocol does; the command line calls the type ``kind`` and no unit an empty one."""
    named = {"type" if key == "kind" else key: value for key, value in fields.items()}
    line = {"type": "OptionsRead", "options": [{**named, "unit": named.get("unit") or "none"}]}
    read = contract.decode(json.dumps(line).encode())
    assert isinstance(read, contract.OptionsRead)
    return read.options[0]
