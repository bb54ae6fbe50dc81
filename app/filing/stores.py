"""What filing works on: the records, the pages and the catalogue, together."""

from __future__ import annotations

from dataclasses import dataclass

from app.filing.procedures import ProcedureSearch, UnknownProcedure
from app.model.dossier import Dossier
from app.model.procedure import Procedure
from app.store.dossiers import DossierStore
from app.store.pages import PageStore


@dataclass(frozen=True)
class Stores:
    """The stores that dossiers are worked on and finished with."""

    dossiers: DossierStore
    pages: PageStore
    procedures: ProcedureSearch

    def procedure_of(self, dossier: Dossier) -> Procedure | None:
        """Give the dossier's procedure; None where none is chosen, or a newer catalogue does not have it any more."""
        try:
            return self.procedures.find(dossier.procedure_code) if dossier.procedure_code else None
        except UnknownProcedure:
            return None
