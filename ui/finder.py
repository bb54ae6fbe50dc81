"""Find anything: dossiers by number, owner or procedure, and procedures by code or name."""

from __future__ import annotations

from collections.abc import Sequence

from app.filing.procedures import ProcedureSearch
from app.model.dossier import Dossier
from app.model.vietnamese import fold
from ui.items.dossier_model import lines_of
from ui.widgets.suggest_field import Suggestion
from ui.words import Words

_DOSSIERS, _PROCEDURES = 6, 5


class Finder:
    """Searches the dossiers it was given last, and the catalogue."""

    def __init__(self, procedures: ProcedureSearch, words: Words) -> None:
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


def _said(dossier: Dossier) -> tuple[str, ...]:
    return dossier.number, dossier.provisional, dossier.owner_name, dossier.owner_id_number, dossier.procedure_name
