"""The checklist of a dossier: what its procedure asks for on the side in work, and what is there of it."""

from __future__ import annotations

from dataclasses import dataclass

from app.filing.stores import Stores, places_of
from app.model.dossier import Dossier
from app.model.manifest import KnownPaper
from app.model.procedure import Component, Requirement


@dataclass(frozen=True)
class ChecklistRow:
    """A component of the procedure and how many pages lie under it.

    ``absence`` is the reason why it is not there, where one was given; ``reused`` the earlier paper that stands for it.
    """

    component: Component
    pages: int
    missing: bool
    absence: str = ""
    reused: KnownPaper | None = None


def checklist_of(stores: Stores, dossier: Dossier) -> tuple[ChecklistRow, ...]:
    """Give a row for each component, and for each result once results come; none without a procedure."""
    procedure = stores.procedure_of(dossier)
    if procedure is None:
        return ()
    placed = [page.component for page in stores.pages.of_dossier(dossier.id)]
    excused = {code: paper.absence for code, paper in stores.papers.of_dossier(dossier.id).items()}
    reused = {code: item.paper for code, item in stores.reuse.attached(dossier.id).items()}

    def row(place: Component) -> ChecklistRow:
        absence, count, earlier = excused.get(place.code, ""), placed.count(place.code), reused.get(place.code)
        missing = _asked(place, dossier) and not absence and not count and earlier is None
        return ChecklistRow(place, count, missing, absence, earlier)

    return tuple(row(place) for place in places_of(dossier, procedure))


def _asked(place: Component, dossier: Dossier) -> bool:
    """Whether a paper has to be there on the side of the dossier that is being worked on."""
    return place.requirement is Requirement.REQUIRED and place.side is dossier.side and not place.secret
