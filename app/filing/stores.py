"""What filing works on: the records, the pages and the catalogue, together."""

from __future__ import annotations

from dataclasses import dataclass

from app.filing.procedures import ProcedureSearch
from app.store.dossiers import DossierStore
from app.store.pages import PageStore


@dataclass(frozen=True)
class Stores:
    """The stores that dossiers are worked on and finished with."""

    dossiers: DossierStore
    pages: PageStore
    procedures: ProcedureSearch
