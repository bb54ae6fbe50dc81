"""Procedures (thủ tục hành chính), their components and results, as the catalogue holds them."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date


class Requirement(enum.StrEnum):
    """How a component is asked for."""

    REQUIRED = "required"
    CONDITIONAL = "conditional"
    PRESENTED = "presented"


@dataclass(frozen=True)
class Component:
    """A row of a procedure's checklist. Papers that are only presented are not to be digitised."""

    code: str
    name: str
    requirement: Requirement


@dataclass(frozen=True)
class ResultKind:
    """A paper that ends a procedure; ``code`` such as KQ.G15.000031, empty where it is not known."""

    code: str
    name: str


@dataclass(frozen=True)
class Procedure:
    """One procedure in one version; ``confidence`` says how sure the source is (high, medium, low)."""

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

    def component(self, code: str) -> Component | None:
        """Give the component of that code, or None."""
        return next((item for item in self.components if item.code == code), None)


@dataclass(frozen=True)
class Catalogue:
    """All procedures a station knows; ``version`` names the state of the data."""

    version: str
    procedures: tuple[Procedure, ...]
