"""Agencies, their levels and targets, and who works for whom: data of a province, each with its validity dates.

The two-level reform of 1/7/2025 ended districts and merged provinces, so an old dossier keeps the agency of its day and
only a successor says where it went.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from app.model.identifiers import AgencyAlias, BadIdentifier, new_agency_code
from app.model.validity import holds


@dataclass(frozen=True)
class Level:
    """A level of the administration by its name, such as Cấp xã."""

    name: str
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True)
class Target:
    """A share in percent that a level is to reach by a day; ``source`` is the document that sets it."""

    level: str
    percent: float
    due: date
    source: str = ""
    indicator: str = "digitised"
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True)
class Agency:
    """An agency: ``code`` as spelled now, other spellings as aliases, and the codes that took over its work."""

    code: str
    name: str
    level: str = ""
    parent: str | None = None
    old_code: str | None = None
    aliases: tuple[AgencyAlias, ...] = ()
    successors: tuple[str, ...] = ()
    sample: bool = False
    valid_from: date | None = None
    valid_to: date | None = None


class OrganisationKind(enum.StrEnum):
    """Whom an operator works for: an agency, or the postal contractor (QĐ 468/QĐ-TTg)."""

    AGENCY = "agency"
    POSTAL = "postal"


@dataclass(frozen=True)
class Organisation:
    """An organisation whose people digitise; ``agency`` is the desk at which they do so, where it is one only."""

    code: str
    name: str
    kind: OrganisationKind = OrganisationKind.AGENCY
    agency: str = ""
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True)
class Operator:
    """A person who works at stations, by the name shown in records, and the organisation's code."""

    name: str
    organisation: str
    valid_from: date | None = None
    valid_to: date | None = None


class Agencies:
    """Looks agencies up by any spelling of their code."""

    def __init__(self, agencies: Iterable[Agency] = ()) -> None:
        self._by_code: dict[str, list[Agency]] = {}
        self._aliases: list[AgencyAlias] = []
        for agency in agencies:
            self._by_code.setdefault(agency.code, []).append(agency)
            self._aliases += agency.aliases
            if agency.old_code:
                self._aliases.append(AgencyAlias(agency.old_code, agency.code, agency.valid_from, agency.valid_to))

    def __len__(self) -> int:
        return len(self._by_code)

    def find(self, code: str, on: date) -> Agency | None:
        """Give the agency of a code in the old or the new spelling; the one valid on that day before any other."""
        try:
            spelled = new_agency_code(code, on, self._aliases)
        except BadIdentifier:
            return None
        known = self._by_code.get(spelled or "", [])
        return next((agency for agency in known if holds(agency, on)), known[-1] if known else None)
