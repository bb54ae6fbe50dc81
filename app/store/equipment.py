"""The history of the scanners' checks: a line of JSON each, in a file of the data folder."""

from __future__ import annotations

import logging

from pydantic import TypeAdapter, ValidationError

from app.files import flush
from app.model.equipment import EquipmentCheck
from app.store.errors import translated
from app.store.folder import DataFolder

_log = logging.getLogger(__name__)
_CHECK = TypeAdapter(EquipmentCheck)


class EquipmentLog:
    """Checks are added and never changed."""

    def __init__(self, folder: DataFolder) -> None:
        self._folder = folder
        self.path = folder.root / "equipment.jsonl"

    def add(self, check: EquipmentCheck) -> None:
        """Keep a check. Raises DiskFull or StorageFailed."""
        with translated(self._folder.root), self.path.open("ab") as file:
            # A line that a power cut left without its end must not take this one with it.
            file.write((b"\n" if file.tell() else b"") + _CHECK.dump_json(check))
            flush(file)

    def all(self) -> tuple[EquipmentCheck, ...]:
        """Give all checks, oldest first; a damaged line is left out. Raises StorageFailed."""
        with translated(self._folder.root):
            lines = self.path.read_bytes().splitlines() if self.path.exists() else []
        return tuple(check for line in lines if line and (check := _read(line)) is not None)


def _read(line: bytes) -> EquipmentCheck | None:
    try:
        return _CHECK.validate_json(line)
    except ValidationError:
        _log.warning("a line of the scanners' history cannot be read")
        return None
