"""What filing works on: the records, the pages and the catalogue, together."""

from __future__ import annotations

from dataclasses import dataclass

from app.filing.procedures import ProcedureSearch, UnknownProcedure
from app.model.dossier import Dossier
from app.model.procedure import Component, Procedure, Side
from app.store.database import Database
from app.store.dossiers import DossierStore
from app.store.pages import PageStore
from app.store.papers import PaperStore
from app.store.procedure_versions import ProcedureVersionStore
from app.store.reuse import ReuseStore
from app.store.withdrawals import WithdrawalStore


@dataclass(frozen=True)
class Stores:
    """The stores that dossiers are worked on and finished with."""

    dossiers: DossierStore
    pages: PageStore
    papers: PaperStore
    versions: ProcedureVersionStore
    reuse: ReuseStore
    withdrawals: WithdrawalStore
    procedures: ProcedureSearch

    @classmethod
    def on(cls, database: Database, procedures: ProcedureSearch) -> Stores:
        """Give the stores of a database, with the catalogue in use."""
        kept = DossierStore(database), PageStore(database), PaperStore(database), ProcedureVersionStore(database)
        return cls(*kept, ReuseStore(database), WithdrawalStore(database), procedures)

    def procedure_of(self, dossier: Dossier) -> Procedure | None:
        """Give the version of the procedure that the dossier began with; None where none is chosen.

        Dossiers of the first version of this program have no version of their own: the catalogue in use counts for them.
        """
        kept = self.versions.get(dossier.procedure_version)
        if kept is not None or not dossier.procedure_code:
            return kept
        try:
            return self.procedures.find(dossier.procedure_code)
        except UnknownProcedure:
            return None


def places_of(dossier: Dossier, procedure: Procedure) -> tuple[Component, ...]:
    """Give what the dossier's pages may be put under: results only once they are being taken in, and then first."""
    if dossier.side is Side.APPLICATION:
        return procedure.components
    return (*procedure.of_side(Side.RESULT), *procedure.components)
