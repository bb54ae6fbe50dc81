"""Changing the catalogue on the pages: files read in, non-boundary procedures chosen; every state is kept, none is lost."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import select

from app.catalogues.reading import Reading, next_version, read_into, to_json
from central import catalogue
from central.centre import Centre
from central.fact_tables import CatalogueVersion
from central.people import Person
from central.problems import Problem

_NOTE_LENGTH = 300


class CatalogueChanged(Exception):
    """Somebody else changed the catalogue since the page was made; nothing was changed now."""


class UnknownCodes(Exception):
    """Codes were given that the catalogue does not have; nothing was changed."""

    def __init__(self, codes: Sequence[str]) -> None:
        self.codes = codes
        super().__init__(f"{len(codes)} codes")


def fingerprint(centre: Centre) -> str:
    """Name the state of the catalogue in force by the hash of its bytes, so that a form says what it was made from."""
    return hashlib.sha256(catalogue.current(centre)).hexdigest()


def import_file(centre: Centre, person: Person, name: str, content: bytes, *, check_only: bool) -> Reading:
    """Read a file into the catalogue; with ``check_only`` only say what would come of it.

    Raises FileRefused, CatalogueChanged, or Problem where the catalogue in force cannot be read.
    """
    before = catalogue.current(centre)
    try:
        known = catalogue.parsed(before)
    except ValueError as error:
        raise Problem("catalogue-missing") from error
    found = read_into(known, name, content, centre.clock())
    if found.changed and not check_only:
        # What this program does not know of the old file stays in the new one.
        _keep(centre, person, before, json.loads(before) | json.loads(to_json(found.catalogue)), f"{name}: {found.taken}")
    return found


def change(centre: Centre, person: Person, basis: str, edit: Callable[[dict[str, Any]], str]) -> None:
    """Change the catalogue that a form was made from; ``edit`` changes its JSON and says what it did, "" for nothing.

    Raises CatalogueChanged, and whatever ``edit`` raises.
    """
    before = catalogue.current(centre)
    if basis != hashlib.sha256(before).hexdigest():
        raise CatalogueChanged
    content = json.loads(before)
    note = edit(content)
    if note:
        content["version"] = next_version(content.get("version", ""), centre.clock())
        _keep(centre, person, before, content, note)


def choose_non_boundary(centre: Centre, person: Person, basis: str, chosen: Sequence[str]) -> None:
    """Say which procedures any desk may receive. Raises CatalogueChanged or UnknownCodes.

    All versions of a code are meant. What is not chosen stays “not known” where it was so, and becomes “no” where it was “yes”.
    """

    def edit(content: dict[str, Any]) -> str:
        wanted, changed = set(chosen), 0
        unknown = wanted - {procedure["code"] for procedure in content["procedures"]}
        if unknown:
            raise UnknownCodes(sorted(unknown))
        for procedure in content["procedures"]:
            known = procedure.get("non_boundary")
            procedure["non_boundary"] = True if procedure["code"] in wanted else False if known else known
            changed += procedure["non_boundary"] != known
        return f"non_boundary: {changed}" if changed else ""

    change(centre, person, basis, edit)


def versions(centre: Centre, most: int) -> list[CatalogueVersion]:
    """Give the newest states that were made on the pages, without their content."""
    with centre.database.read() as session:
        return list(session.scalars(select(CatalogueVersion).order_by(CatalogueVersion.number.desc()).limit(most)))


def restore(centre: Centre, person: Person, number: int) -> bool:
    """Make an earlier state the newest again; False where there is no such state."""
    with centre.database.read() as session:
        content = session.scalar(select(CatalogueVersion.content).where(CatalogueVersion.number == number))
    if content is None:
        return False
    _keep(centre, person, catalogue.current(centre), json.loads(content), f"= {number}")
    return True


def _keep(centre: Centre, person: Person, before: bytes, content: dict[str, Any], note: str) -> None:
    """Keep a new state that was made out of ``before``. Raises CatalogueChanged where that is no longer in force."""
    body = json.dumps(content, ensure_ascii=False, indent=1).encode()
    with centre.database.write("catalogue") as session:
        newest = session.scalar(select(CatalogueVersion).order_by(CatalogueVersion.number.desc()).limit(1))
        if newest is not None and newest.sha256 != hashlib.sha256(before).hexdigest():
            raise CatalogueChanged
        session.add(
            CatalogueVersion(
                number=newest.number + 1 if newest else 1,
                sha256=hashlib.sha256(body).hexdigest(),
                content=body,
                made_at=centre.clock(),
                username=person.username,
                note=note[:_NOTE_LENGTH],
            )
        )
