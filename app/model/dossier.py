"""A dossier (hồ sơ): one citizen's case under one procedure, and the transitions it may make."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime

from app.model.procedure import Side


class DossierState(enum.StrEnum):
    """Where a dossier stands. A finished one is frozen, and opened again only while it was never sent.

    ``accepted`` needs a stored, checked receipt.
    """

    OPEN = "open"
    FINISHED = "finished"
    ACCEPTED = "accepted"
    REFUSED = "refused"


_NEXT = {
    DossierState.OPEN: {DossierState.FINISHED},
    DossierState.FINISHED: {DossierState.OPEN, DossierState.ACCEPTED, DossierState.REFUSED},
    DossierState.REFUSED: {DossierState.OPEN, DossierState.ACCEPTED},
    # A result that comes back, or a correction, opens the next revision.
    DossierState.ACCEPTED: {DossierState.OPEN},
}


class RevisionKind(enum.StrEnum):
    """Why a dossier has a revision: the papers that were brought, the result that was given back, or a correction."""

    FIRST = "first"
    RESULT = "result"
    CORRECTION = "correction"


@dataclass(frozen=True)
class Revision:
    """One revision of a dossier: who opened it, when and why. What was in it stands in its manifest."""

    dossier_id: str
    revision: int
    kind: RevisionKind
    reason: str
    operator: str
    opened_at: datetime


class WrongState(ValueError):
    """A transition that a dossier cannot make."""


def check_transition(old: DossierState, new: DossierState) -> None:
    """Raise WrongState unless a dossier may go from ``old`` to ``new``."""
    if new not in _NEXT[old]:
        raise WrongState(f"{old} -> {new}")


@dataclass(frozen=True)
class Dossier:
    """The fields of a dossier. ``number`` is the centre's; ``provisional`` is ours and never official.

    ``agency_code`` is the desk that receives, ``competent_agency`` the agency that decides where that is another one
    (non-boundary procedures). ``procedure_version`` is the key of the version that the dossier began with.
    ``cleared_at`` is when its files went from this machine, because the centre has them.
    ``organisation`` is the code of whom the operator works for, ``owner_id_number`` a personal ID or a tax code.
    """

    id: str
    provisional: str
    number: str
    procedure_code: str
    procedure_name: str
    agency_code: str
    owner_name: str
    owner_id_number: str
    operator: str
    state: DossierState
    revision: int
    created_at: datetime
    finished_at: datetime | None = None
    procedure_version: str = ""
    competent_agency: str = ""
    organisation: str = ""
    side: Side = Side.APPLICATION
    cleared_at: datetime | None = None

    @property
    def shown_number(self) -> str:
        """The number for people: the official one, or the provisional one marked as such."""
        return self.number or self.provisional
