"""Which pages stand where in the strip: pure, so that the model only has to follow."""

from __future__ import annotations

from dataclasses import dataclass

from app.model.page import Page
from ui.desk import Snapshot


@dataclass(frozen=True)
class Group:
    """A paper of the checklist, or the pages that are not placed yet (empty ``code``). ``number`` is its key, 0 for none."""

    code: str
    name: str
    number: int
    pages: int
    missing: bool


@dataclass(frozen=True)
class Cell:
    """The head of a group, or one page of it with its number in the dossier. ``key`` stays the same for its whole life."""

    key: str
    group: Group
    page: Page | None = None
    number: int = 0


def groups_of(snapshot: Snapshot) -> list[Group]:
    """Give the groups in the order of the strip: not placed first, then the papers that are to be digitised."""
    rows = [row for row in snapshot.checklist if row.component.takes_pages]
    placed = {row.component.code for row in rows}
    loose = sum(page.component not in placed for page in snapshot.pages)
    groups = [Group("", "", 0, loose, False)]
    for number, row in enumerate(rows, start=1):
        groups.append(Group(row.component.code, row.component.name, number, row.pages, row.missing))
    return groups


def cells_of(snapshot: Snapshot) -> list[Cell]:
    """Give heads and pages in the order of the strip."""
    groups = groups_of(snapshot)
    known = {group.code for group in groups}
    cells: list[Cell] = []
    for group in groups:
        cells.append(Cell(f"group:{group.code}", group))
        for number, page in enumerate(snapshot.pages, start=1):
            if (page.component if page.component in known else "") == group.code:
                cells.append(Cell(page.id, group, page, number))
    return cells
