"""Reads a dossier's facts for the checks, all of them in one place."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from app.filing.facts import Facts
from app.filing.stores import Stores
from app.model.dossier import Dossier
from app.model.paper import Paper, PaperFields
from app.model.procedure import Component


def read_facts(stores: Stores, dossier: Dossier, today: date) -> Facts:
    """Give everything that the checks look at."""
    pages = stores.pages.of_dossier(dossier.id)
    papers = stores.papers.of_dossier(dossier.id)
    facts = Facts(dossier, pages, stores.procedure_of(dossier), today, papers, stores.procedures.agencies)
    known = {place.code: known_fields(dossier, place, paper) for place, paper, _ in facts.placed()}
    twins = stores.papers.same_papers(dossier.id, set(known.values()))
    return replace(
        facts,
        reused=stores.reuse.attached(dossier.id),
        same_pages=stores.papers.same_pages(dossier.id, {page.sha256 for page in pages}),
        same_papers={code: twins[fields] for code, fields in known.items() if fields in twins},
    )


def known_fields(dossier: Dossier, place: Component, paper: Paper) -> PaperFields:
    """The paper's data; what nobody said is what the dossier and the catalogue say of it."""
    known = paper.fields
    own = bool(known.owner_name or known.owner_id)
    return replace(
        known,
        kind_code=known.kind_code or place.paper_kind,
        owner_name=known.owner_name if own else dossier.owner_name,
        owner_id=known.owner_id if own else dossier.owner_id_number,
        title=known.title or place.name,
    )
