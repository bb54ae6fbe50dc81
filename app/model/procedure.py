"""Procedures (thủ tục hành chính) in their versions, their components and results, as the catalogue holds them."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date

from app.model.agency import Agency, Level, Operator, Organisation, Target


class Requirement(enum.StrEnum):
    """How a component is asked for."""

    REQUIRED = "required"
    CONDITIONAL = "conditional"
    PRESENTED = "presented"


class Digitising(enum.StrEnum):
    """How a component is to be digitised (ND 107/2021/NĐ-CP Art. 21a; TT 01/2023/TT-VPCP for what is not)."""

    MANDATORY = "mandatory"
    ON_REQUEST = "on_request"
    PRESENTED = "presented"
    NO = "no"


class Reason(enum.IntEnum):
    """Why a component must be digitised: the first three classes of ND 107/2021/NĐ-CP Art. 21a."""

    NONE = 0
    EARLIER_RESULT = 1
    SECTOR_LAW = 2
    DECIDED = 3


class Side(enum.StrEnum):
    """The two sides of a dossier: what the citizen brought, and what the agency gave back."""

    APPLICATION = "application"
    RESULT = "result"


@dataclass(frozen=True)
class Component:
    """A row of a procedure's checklist, or one of its results.

    ``paper_kind`` is the code of the kind of paper where it is known, ``reason`` why it must be digitised, ``note`` in
    which case it is asked for. A secret paper is never digitised here.
    """

    code: str
    name: str
    requirement: Requirement
    digitise: Digitising = Digitising.ON_REQUEST
    reason: Reason = Reason.NONE
    paper_kind: str = ""
    secret: bool = False
    note: str = ""
    side: Side = Side.APPLICATION

    @property
    def digitising(self) -> Digitising:
        """How it is to be digitised; a paper that is only presented never is, whatever else is written."""
        return Digitising.PRESENTED if self.requirement is Requirement.PRESENTED else self.digitise

    @property
    def takes_pages(self) -> bool:
        """Whether pages may lie under it."""
        return self.digitising is not Digitising.PRESENTED and not self.secret


@dataclass(frozen=True)
class ResultKind:
    """A paper that ends a procedure; ``code`` such as KQ.G15.000031, empty where it is not known."""

    code: str
    name: str


@dataclass(frozen=True)
class PaperKind:
    """A kind of paper by its code."""

    code: str
    name: str
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True)
class Procedure:
    """One procedure in one version; ``confidence`` says how sure the source is (high, medium, low).

    ``retention`` is how long its records are kept, as the sector's table writes it; empty means that nobody has said so.
    """

    code: str
    name: str
    field: str
    levels: tuple[str, ...]
    non_boundary: bool | None
    components: tuple[Component, ...]
    results: tuple[ResultKind, ...]
    confidence: str
    valid_from: date | None = None
    valid_to: date | None = None
    retention: str = ""

    @property
    def places(self) -> tuple[Component, ...]:
        """Everything that pages may be put under: the components, then the results as KQ(1), KQ(2) (ND 45/2020)."""
        return (*self.components, *(_result_place(number, kind) for number, kind in enumerate(self.results, start=1)))

    def of_side(self, side: Side) -> tuple[Component, ...]:
        """The places of one side of the dossier."""
        return tuple(place for place in self.places if place.side is side)

    def component(self, code: str) -> Component | None:
        """Give the component or result of that code, or None."""
        return next((item for item in self.places if item.code == code), None)


def _result_place(number: int, kind: ResultKind) -> Component:
    return Component(
        code=f"KQ({number})",
        name=kind.name,
        requirement=Requirement.REQUIRED if number == 1 else Requirement.CONDITIONAL,
        digitise=Digitising.MANDATORY,
        paper_kind=kind.code,
        side=Side.RESULT,
    )


@dataclass(frozen=True)
class Catalogue:
    """All that a station knows of its province; ``version`` names the state of the data."""

    version: str
    procedures: tuple[Procedure, ...]
    levels: tuple[Level, ...] = ()
    targets: tuple[Target, ...] = ()
    agencies: tuple[Agency, ...] = ()
    paper_kinds: tuple[PaperKind, ...] = ()
    organisations: tuple[Organisation, ...] = ()
    operators: tuple[Operator, ...] = ()
