"""What the checks are given, and what they give: facts in, findings out, nothing is looked up on the way."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta, timezone
from typing import Literal

from app.errors import Text
from app.model.agency import Agencies
from app.model.dossier import Dossier
from app.model.identifiers import BadIdentifier, parse_dossier_number
from app.model.manifest import ManifestReuse
from app.model.page import Page
from app.model.paper import Paper
from app.model.procedure import Component, Procedure, Side

VIETNAM = timezone(timedelta(hours=7))


class Check(enum.StrEnum):
    """The checks. Those in ``ALWAYS`` block whatever the policy says; the others are named as in the settings."""

    PROCEDURE = "procedure"
    NO_PAGES = "no_pages"
    UNPLACED = "unplaced"
    WRONG_COMPONENT = "wrong_component"
    PRESENTED = "presented"
    SECRET = "secret"  # noqa: S105 - a kind of paper
    AGENCY_CODE = "agency_code"
    OWNER_NAME = "owner_name"
    OWNER_ID = "owner_id"
    OWNER_DOUBT = "owner_doubt"
    NUMBER = "number"
    NUMBER_DOUBT = "number_doubt"
    AGENCY = "agency"
    PROCEDURE_DATES = "procedure_dates"
    MANDATORY = "mandatory"
    REQUIRED = "required"
    NOT_DIGITISED = "not_digitised"
    SHEETS = "sheets"
    UNCOUNTED = "uncounted"
    SLIPS = "slips"
    RESOLUTION = "resolution"
    COLOUR = "colour"
    BLANK = "blank"
    QUALITY = "quality"
    UNREAD = "unread"
    PAPER_DATA = "paper_data"
    PAPER_CODES = "paper_codes"
    PAPER_DATES = "paper_dates"
    VALIDITY = "validity"
    SAME_IMAGE = "same_image"
    REUSED = "reused"
    SAME_PAPER = "same_paper"


ALWAYS = frozenset(
    {
        Check.PROCEDURE,
        Check.NO_PAGES,
        Check.UNPLACED,
        Check.WRONG_COMPONENT,
        Check.PRESENTED,
        Check.SECRET,
        Check.AGENCY_CODE,
    }
)


@dataclass(frozen=True)
class Finding:
    """Something that blocks finishing, or that should be looked at; ``page_id`` is empty where it is about the whole.

    ``component`` is the paper that it is about, empty where it is about none.
    """

    severity: Literal["block", "warn"]
    text: Text
    page_id: str = ""
    check: str = ""
    component: str = ""


@dataclass(frozen=True)
class Found:
    """What a check found, before the policy says how grave it is."""

    check: Check
    text: Text
    page_id: str = ""
    component: str = ""


@dataclass(frozen=True)
class Facts:
    """Everything that the checks look at, as it was read at one moment.

    ``procedure`` is the version that the dossier began with. ``same_pages`` gives, by the hash of an original, the
    number of another dossier that holds it too; ``same_papers``, by component, of one with the same paper. ``reused`` are
    the earlier papers that stand for components.
    """

    dossier: Dossier
    pages: Sequence[Page]
    procedure: Procedure | None
    today: date
    papers: Mapping[str, Paper] = field(default_factory=dict)
    agencies: Agencies = field(default_factory=Agencies)
    same_pages: Mapping[str, str] = field(default_factory=dict)
    same_papers: Mapping[str, str] = field(default_factory=dict)
    reused: Mapping[str, ManifestReuse] = field(default_factory=dict)

    @property
    def received(self) -> date:
        """The day of reception: the number's where it has one, else the day on which the dossier was begun."""
        try:
            return parse_dossier_number(self.dossier.number, self.today).received
        except BadIdentifier:
            return self.dossier.created_at.astimezone(VIETNAM).date()

    def numbered(self) -> Iterator[tuple[int, Page]]:
        """The pages with their numbers, which count from 1 in the dossier's order."""
        return enumerate(self.pages, start=1)

    def placed(self) -> Iterator[tuple[Component, Paper, list[tuple[int, Page]]]]:
        """Each component that has pages, with what is known of its paper and its numbered pages."""
        for place in self.procedure.places if self.procedure else ():
            pages = [(number, page) for number, page in self.numbered() if page.component == place.code]
            if pages:
                yield place, self.papers.get(place.code, Paper(self.dossier.id, place.code)), pages

    def absent(self) -> Iterator[Component]:
        """The components of the side at work that have no page and no reason for it."""
        held = {page.component for page in self.pages} | set(self.reused)
        excused = {code for code, paper in self.papers.items() if paper.absence}
        side: Side = self.dossier.side
        for place in self.procedure.of_side(side) if self.procedure else ():
            if place.code not in held and place.code not in excused:
                yield place


def spans(numbers: Sequence[int]) -> str:
    """Give sorted numbers in short, such as 1-3, 5."""
    found: list[list[int]] = []
    for number in numbers:
        if found and number == found[-1][-1] + 1:
            found[-1].append(number)
        else:
            found.append([number])
    return ", ".join(str(span[0]) if len(span) == 1 else f"{span[0]}-{span[-1]}" for span in found)
