"""Find anything: dossiers by number, owner or procedure, and procedures by code or name."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from app.filing.procedures import ProcedureSearch
from app.model.dossier import Dossier
from app.model.procedure import Procedure
from app.model.vietnamese import fold
from ui.items.dossier_model import lines_of
from ui.widgets.suggest_field import Suggestion
from ui.words import Words

_DOSSIERS, _PROCEDURES = 6, 5


class Finder(QObject):
    """Searches the dossiers it was given last, and the catalogue. The signals have a dossier's id, a procedure's code."""

    dossier_found = Signal(str)
    procedure_found = Signal(str)

    def __init__(self, procedures: ProcedureSearch, words: Words, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._procedures = procedures
        self._words = words
        self._dossiers: list[tuple[str, Dossier]] = []

    def know(self, dossiers: Sequence[Dossier]) -> None:
        """Search these dossiers from now on."""
        self._dossiers = [(fold(" ".join(_said(dossier))), dossier) for dossier in dossiers]

    def suggest(self, text: str) -> list[Suggestion]:
        """Give dossiers that hold all words, then procedures."""
        words = fold(text).split()
        found = [dossier for said, dossier in self._dossiers if all(word in said for word in words)]
        rows: list[Suggestion] = []
        for dossier in found[:_DOSSIERS]:
            owner, number, procedure = lines_of(dossier, self._words)
            rows.append(Suggestion("dossier", f"{number}   {owner}", procedure, dossier))
        for match in self._procedures.search(text, _PROCEDURES)[:_PROCEDURES]:
            rows.append(
                Suggestion(
                    "procedure", match.procedure.name, f"{match.procedure.code}  {match.procedure.field}", match.procedure
                )
            )
        return rows

    def take(self, value: object) -> None:
        """Say what was chosen among the suggestions."""
        if isinstance(value, Dossier):
            self.dossier_found.emit(value.id)
        elif isinstance(value, Procedure):
            self.procedure_found.emit(value.code)


def _said(dossier: Dossier) -> tuple[str, ...]:
    return dossier.number, dossier.provisional, dossier.owner_name, dossier.owner_id_number, dossier.procedure_name
