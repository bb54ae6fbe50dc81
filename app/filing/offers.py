"""What the pages of a dossier offer for fields that nobody has filled in: proposals of the reading, taken one by one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from rapidfuzz import fuzz

from app.errors import ItemFailed, Text
from app.filing.dossiers import Dossiers
from app.filing.page_actions import PageActions
from app.filing.papers import Papers, read_field
from app.filing.stores import Stores, places_of
from app.model.dossier import Dossier
from app.model.page import Page
from app.model.paper_words import NAMES
from app.model.procedure import Component
from app.model.proposals import Field, Proposal
from app.model.vietnamese import fold

Place = Literal["dossier", "paper", "page"]

_PAPER = {
    Field.TITLE: "title",
    Field.SUMMARY: "summary",
    Field.NUMBER_SYMBOL: "number",
    Field.ISSUE_DATE: "issued_on",
    Field.ISSUE_PLACE: "issued_at",
    Field.ISSUING_AGENCY: "issuer",
    Field.SIGNER: "signer",
    Field.OWNER_NAME: "owner_name",
    Field.OWNER_ID: "owner_id",
    Field.VALID_TO: "valid_to",
}
_DOSSIER = {Field.OWNER_NAME: "owner_name", Field.OWNER_ID: "owner_id_number", Field.DOSSIER_NUMBER: "number"}
_DATES = (Field.ISSUE_DATE, Field.VALID_TO)
_OWNER = (Field.OWNER_NAME, Field.OWNER_ID)
# Whoever these papers are about is who applies; a certificate may be about a child.
_OF_APPLICANT = frozenset({"cccd", "don", "to_khai", "giay_tiep_nhan"})
_SAME_NAME = 84.0
_CLEARLY = 4.0

NAMES_OF_DOSSIER = {
    "owner_name": Text("chủ hồ sơ", "owner"),
    "owner_id_number": Text("số định danh chủ hồ sơ", "owner's ID"),
    "number": Text("mã hồ sơ", "dossier number"),
}
COMPONENT = Text("xếp vào thành phần", "put under")


@dataclass(frozen=True)
class Offer:
    """A value read on a page for a field that is empty: ``name`` is the field of the dossier or of the paper.

    ``page_number`` counts from 1 in the dossier. For a page without a component ``name`` is "component".
    """

    place: Place
    name: str
    value: str
    page_id: str
    page_number: int
    component: str
    proposal: Proposal

    @property
    def label(self) -> Text:
        """What is offered, in words."""
        if self.place == "page":
            return COMPONENT
        return NAMES_OF_DOSSIER[self.name] if self.place == "dossier" else NAMES[self.name]

    @property
    def shown(self) -> str:
        """The value as people write it: of a date the day first."""
        return f"{date.fromisoformat(self.value):%d/%m/%Y}" if self.proposal.field in _DATES else self.value


class Offers:
    """What can be taken over, and taking it over."""

    def __init__(self, stores: Stores, dossiers: Dossiers, page_actions: PageActions, papers: Papers) -> None:
        self._stores = stores
        self._dossiers = dossiers
        self._page_actions = page_actions
        self._papers = papers

    def of_dossier(self, dossier_id: str) -> tuple[Offer, ...]:
        """What the pages offer, the dossier's fields first, then by page; nothing for a finished dossier."""
        dossier = self._stores.dossiers.get(dossier_id)
        if dossier.finished_at is not None:
            return ()
        proposed = self._stores.pages.proposals_of(dossier_id)
        pages = [page for page in self._stores.pages.of_dossier(dossier_id) if page.id in proposed]
        numbers = {page.id: place for place, page in enumerate(self._stores.pages.of_dossier(dossier_id), start=1)}
        found = [(page, numbers[page.id], tuple(filter(self._fits, proposed[page.id]))) for page in pages]
        return (*_for_dossier(dossier, found), *self._for_pages(dossier, found), *self._for_papers(dossier, found))

    def _fits(self, proposal: Proposal) -> bool:
        """Whether the field that it was read for takes it: a misread ID number is offered to nobody."""
        try:
            if proposal.field is Field.DOSSIER_NUMBER:
                self._dossiers.checked_number(proposal.value)
            elif proposal.field in _PAPER:
                read_field(_PAPER[proposal.field], proposal.value)
        except ItemFailed:
            return False
        return True

    def accept(self, dossier_id: str, offers: Iterable[Offer]) -> None:
        """Take offers over as the clerk's word; where one is refused the others are taken, then its error is raised."""
        refused: list[ItemFailed] = []
        for offer in offers:
            try:
                self._take(dossier_id, offer)
            except ItemFailed as error:
                refused.append(error)
        if refused:
            raise refused[0]

    def _take(self, dossier_id: str, offer: Offer) -> None:
        if offer.place == "page":
            self._page_actions.place(dossier_id, [offer.page_id], offer.component)
        elif offer.place == "dossier":
            self._dossiers.set_fields(dossier_id, **{offer.name: offer.value})
        else:
            self._papers.set_fields(dossier_id, offer.component, {offer.name: offer.value})

    def _for_pages(self, dossier: Dossier, found: Sequence[_Found]) -> Iterator[Offer]:
        procedure = self._stores.procedure_of(dossier)
        places = [place for place in places_of(dossier, procedure) if place.takes_pages] if procedure else []
        for page, number, proposals in found:
            title = next((one for one in proposals if one.field is Field.TITLE), None)
            component = _component_of(title.value, places) if title is not None and not page.component else None
            if component is not None and title is not None:
                yield Offer("page", "component", f"{component.code} {component.name}", page.id, number, component.code, title)

    def _for_papers(self, dossier: Dossier, found: Sequence[_Found]) -> Iterator[Offer]:
        papers = self._papers.of_dossier(dossier.id)
        taken: dict[tuple[str, str], Offer] = {}
        for page, number, proposals in found:
            for proposal in proposals:
                name = _PAPER.get(proposal.field)
                if name is None or not page.component:
                    continue
                paper = papers.get(page.component)
                if paper is None or not getattr(paper.fields, name):
                    offer = Offer("paper", name, proposal.value, page.id, number, page.component, proposal)
                    known = taken.get((page.component, name))
                    if known is None or known.proposal.confidence < proposal.confidence:
                        taken[page.component, name] = offer
        yield from taken.values()


_Found = tuple[Page, int, tuple[Proposal, ...]]


def _for_dossier(dossier: Dossier, found: Sequence[_Found]) -> Iterator[Offer]:
    """Offer the number from where it is surest, and owner and ID from one page, so that they are of one person."""
    of_applicant = [one for one in found if any(p.field is Field.PAPER_KIND and p.value in _OF_APPLICANT for p in one[2])]
    pages = [{p.field: p for p in proposals} for _, _, proposals in of_applicant]
    owners = [place for place, said in enumerate(pages) if _may_be_owner(dossier, said)]
    owner = max(owners, key=lambda place: sum(_sure(pages[place], field) for field in _OWNER), default=None)
    numbered = [place for place, said in enumerate(pages) if Field.DOSSIER_NUMBER in said]
    number = max(numbered, key=lambda place: _sure(pages[place], Field.DOSSIER_NUMBER), default=None)
    for field, name in _DOSSIER.items():
        place = number if field is Field.DOSSIER_NUMBER else owner
        if place is not None and field in pages[place] and not getattr(dossier, name):
            page, page_number, _ = of_applicant[place]
            proposal = pages[place][field]
            yield Offer("dossier", name, proposal.value, page.id, page_number, page.component, proposal)


def _may_be_owner(dossier: Dossier, said: Mapping[Field, Proposal]) -> bool:
    """Tell whether a page names a person who is not another than the owner that the clerk has entered."""
    name, number = said.get(Field.OWNER_NAME), said.get(Field.OWNER_ID)
    same_name = not dossier.owner_name or name is None or fold(name.value) == fold(dossier.owner_name)
    same_number = not dossier.owner_id_number or number is None or number.value == dossier.owner_id_number
    return bool(name or number) and same_name and same_number


def _sure(said: Mapping[Field, Proposal], field: Field) -> float:
    return said[field].confidence if field in said else 0.0


def _component_of(title: str, places: Sequence[Component]) -> Component | None:
    """Give the component whose name a title is, where one is clearly nearer than the others."""
    scored = sorted(((fuzz.token_set_ratio(fold(title), fold(place.name)), place.code) for place in places), reverse=True)
    if not scored or scored[0][0] < _SAME_NAME or (len(scored) > 1 and scored[0][0] - scored[1][0] < _CLEARLY):
        return None
    return next(place for place in places if place.code == scored[0][1])
