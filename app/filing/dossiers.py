"""Dossiers as a clerk works on them before they are finished: begun, filled in, checked."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, datetime

from app.errors import ItemFailed
from app.events import Events, Topic
from app.filing.checklist import ChecklistRow, checklist_of
from app.filing.checks import check_dossier
from app.filing.dossier_fields import checked_agency, checked_name, checked_number, checked_owner_id
from app.filing.errors import NumberFixed
from app.filing.facts import VIETNAM, Finding
from app.filing.page_actions import PageActions
from app.filing.reading import read_facts
from app.filing.stores import Stores
from app.model.dossier import Dossier, DossierState
from app.model.page import Page
from app.model.page_findings import PageText
from app.settings import Settings


class Dossiers:
    """Open dossiers, without the actions on their pages. Every change is committed when a call returns."""

    def __init__(
        self,
        stores: Stores,
        page_actions: PageActions,
        events: Events,
        settings: Callable[[], Settings],
        clock: Callable[[], datetime],
    ) -> None:
        self._stores = stores
        self._page_actions = page_actions
        self._dossiers = stores.dossiers
        self._pages = stores.pages
        self._procedures = stores.procedures
        self._procedure_of = stores.procedure_of
        self._events = events
        self._settings = settings
        self._clock = clock

    def new(self, procedure_code: str = "") -> Dossier:
        """Begin a dossier under a provisional id. Raises UnknownProcedure."""
        procedure = self._procedures.find(procedure_code, self._today()) if procedure_code else None
        now = self._clock()
        station = self._settings().station
        dossier = self._dossiers.add(
            Dossier(
                id=str(uuid.uuid4()),
                provisional=f"TAM-{now.astimezone(VIETNAM):%y%m%d}-",
                number="",
                procedure_code=procedure.code if procedure else "",
                procedure_name=procedure.name if procedure else "",
                agency_code=station.agency_code,
                owner_name="",
                owner_id_number="",
                operator=station.operator,
                state=DossierState.OPEN,
                revision=1,
                created_at=now,
                procedure_version=self._stores.versions.keep(procedure) if procedure else "",
                organisation=station.organisation,
            )
        )
        self._events.announce(Topic.DOSSIERS, dossier.id)
        return dossier

    def open_late(self, dossier_id: str) -> str:
        """Begin a dossier for pages that came after ``dossier_id`` was finished; gives its id."""
        try:
            code = self._dossiers.get(dossier_id).procedure_code
            return self.new(code).id
        except ItemFailed:
            return self.new().id

    def drop_empty(self, dossier_id: str) -> bool:
        """Remove an open dossier that never held a page; False where it does hold one, deleted ones included."""
        dropped = self._dossiers.drop_empty(dossier_id)
        if dropped:
            self._events.announce(Topic.DOSSIERS, dossier_id)
        return dropped

    def get(self, reference: str) -> Dossier:
        """Give a dossier by its id, number, or provisional id. Raises NoSuchDossier."""
        return self._dossiers.get(reference)

    def list(self, state: DossierState | None = None, limit: int = 200) -> tuple[Dossier, ...]:
        """The newest dossiers, of one state or of all."""
        return self._dossiers.list(state, limit)

    def count_by_state(self) -> dict[DossierState, int]:
        """How many dossiers stand in each state."""
        return self._dossiers.count_by_state()

    def pages(self, dossier_id: str) -> tuple[Page, ...]:
        """The pages in order, without deleted ones."""
        return self._pages.of_dossier(dossier_id)

    def text_of(self, page: Page) -> PageText | None:
        """The words of a page as it is cut and turned now; None while they are not read."""
        return self._pages.text_of(page)

    def set_fields(
        self,
        dossier_id: str,
        *,
        number: str | None = None,
        owner_name: str | None = None,
        owner_id_number: str | None = None,
        competent_agency: str | None = None,
    ) -> Dossier:
        """Set what is given; empty text clears a field.

        Raises InvalidIdentifier, NumberTaken or DossierFrozen; nothing is set then.
        """
        values: dict[str, str] = {}
        if number is not None:
            values["number"] = self.checked_number(number)
            self._require_same_number(dossier_id, values["number"])
        if owner_id_number is not None:
            values["owner_id_number"] = checked_owner_id(owner_id_number)
        if owner_name is not None:
            values["owner_name"] = checked_name(owner_name)
        if competent_agency is not None:
            values["competent_agency"] = checked_agency(competent_agency)
        dossier = self._dossiers.change(dossier_id, **values)
        self._events.announce(Topic.DOSSIERS, dossier_id)
        return dossier

    def checked_number(self, text: str) -> str:
        """Give a dossier number in the form that is kept here. Raises InvalidIdentifier."""
        return checked_number(text, self._today(), self._settings().filing.dossier_number_patterns)

    def set_procedure(self, dossier_id: str, code: str) -> Dossier:
        """Choose the procedure. Raises UnknownProcedure.

        Codes such as TP01 mean another paper in each procedure, so pages stay under a component only where the new
        procedure asks for the same paper by name; the others become unplaced, and undo puts them back.
        """
        procedure = self._procedures.find(code, self._today())
        old = self._procedure_of(self._dossiers.get(dossier_id))
        version = self._stores.versions.keep(procedure)
        dossier = self._dossiers.change(
            dossier_id, procedure_code=procedure.code, procedure_name=procedure.name, procedure_version=version
        )
        self._page_actions.follow_procedure(dossier_id, old, procedure)
        self._events.announce(Topic.DOSSIERS, dossier_id)
        return dossier

    def checklist(self, dossier_id: str) -> tuple[ChecklistRow, ...]:
        """The components of the dossier's procedure, and its results once they come, with their pages; empty without one."""
        return checklist_of(self._stores, self._dossiers.get(dossier_id))

    def check(self, dossier_id: str) -> tuple[Finding, ...]:
        """What keeps the dossier from being finished, and what should be looked at."""
        return check_dossier(read_facts(self._stores, self._dossiers.get(dossier_id), self._today()), self._settings())

    def _require_same_number(self, dossier_id: str, number: str) -> None:
        """All revisions of a record keep the number that the centre gave the first (docs/sync-protocol.md)."""
        dossier = self._dossiers.get(dossier_id)
        if dossier.revision > 1 and dossier.number and number != dossier.number:
            raise NumberFixed(number=dossier.number)

    def _today(self) -> date:
        return self._clock().astimezone(VIETNAM).date()
