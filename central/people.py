"""People who may sign in: what each may do, and whose dossiers each may see."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.model.agency import Agency


class Role(enum.StrEnum):
    """What a person may do: look; change the catalogue too; see who opened what and move stations too."""

    VIEWER = "viewer"
    EDITOR = "editor"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True)
class Person:
    """Somebody who is signed in; an empty ``agency`` means the whole province."""

    username: str
    role: Role
    agency: str

    @property
    def may_edit(self) -> bool:
        """Whether the catalogue may be changed. It is one for all agencies, so nobody of a single one changes it."""
        return self.role is not Role.VIEWER and not self.agency

    @property
    def may_audit(self) -> bool:
        """Whether the list of opened files may be seen."""
        return self.role is Role.ADMINISTRATOR

    @property
    def may_move_stations(self) -> bool:
        """Whether stations may be moved, among the agencies that the person sees."""
        return self.role is Role.ADMINISTRATOR


class AgencyTree:
    """Says which agencies stand under which, by the catalogue's parents and successors and by the codes themselves."""

    def __init__(self, agencies: Iterable[Agency]) -> None:
        self._parents: dict[str, set[str]] = {}
        self._successors: dict[str, set[str]] = {}
        for agency in agencies:
            self._parents.setdefault(agency.code, set()).update({agency.parent} if agency.parent else ())
            self._successors.setdefault(agency.code, set()).update(agency.successors)

    def covers(self, scope: str, code: str) -> bool:
        """Say whether someone of ``scope`` may see what belongs to ``code``; an empty scope sees everything."""
        return not scope or (bool(code) and scope in self._above(code))

    def _above(self, code: str) -> set[str]:
        """Everyone above an agency, itself included. Who took over its work counts as itself.

        What stood above is followed on only where one agency took all of it: of a district that was divided among communes,
        no commune may see the others.
        """
        found: set[str] = set()
        waiting = [(code, True)]
        while waiting:
            one, own = waiting.pop()
            if one in found:
                continue
            found.add(one)
            successors = self._successors.get(one, set())
            if own or len(successors) == 1:
                waiting += [(other, own) for other in successors]
            waiting += [(other, False) for other in self._direct(one)]
        return found

    def _direct(self, code: str) -> Iterator[str]:
        yield from self._parents.get(code, ())
        group, dot, _ = code.rpartition(".")
        if dot:
            yield group
