"""Brings a list of procedures from a file into the catalogue in use, with a report of what was refused and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.catalogues.files import read_content
from app.catalogues.reading import read_into, to_json
from app.catalogues.table import Refusal
from app.events import Events, Topic
from app.filing.procedures import ProcedureSearch
from app.store.folder import DataFolder
from app.store.procedures import keep_catalogue


@dataclass(frozen=True)
class ImportReport:
    """What came of an import: how many procedures were taken, lines left out as notes, and what was refused."""

    file: str
    taken: int
    notes: int
    refused: tuple[Refusal, ...]
    version: str


class CatalogueImport:
    """Imports files into the station's catalogue; it counts at once."""

    def __init__(self, folder: DataFolder, procedures: ProcedureSearch, events: Events, clock: Callable[[], datetime]) -> None:
        self._folder = folder
        self._procedures = procedures
        self._events = events
        self._clock = clock

    def run(self, path: Path, *, check_only: bool = False) -> ImportReport:
        """Take what can be taken of a file; with ``check_only`` only say what would be.

        The same version of a procedure is replaced, other procedures stay. Raises FileRefused, StorageFailed or DiskFull.
        """
        found = read_into(self._procedures.catalogue, path.name, read_content(path), self._clock())
        if found.changed and not check_only:
            keep_catalogue(self._folder, to_json(found.catalogue))
            self._events.announce(Topic.CATALOGUE)
        return ImportReport(path.name, found.taken, found.notes, found.refused, found.catalogue.version)
