"""Page rows, their files, their text, and the actions that can be undone."""

from __future__ import annotations

import enum
import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from app.model.dossier import DossierState
from app.model.page import Crop, Edit, Edits, Page, PageState, Provenance, Turn, edits_from_json, edits_to_json
from app.model.page_findings import Findings, Geometry, PageText
from app.model.proposals import Proposal, proposals_from_json, proposals_to_json
from app.store.database import Database
from app.store.errors import DossierFrozen, FilesAtCentre, NoSuchDossier, NoSuchPage, OriginalMissing
from app.store.tables import ActionRow, DossierRow, PageRow, PageTextRow

_ARRANGED = ("position", "component", "edits", "deleted")
Arrangements = dict[str, dict[str, object]]
"""What actions change of pages, by the pages' ids."""


class Arrangement(enum.StrEnum):
    """The kinds of actions of a clerk on pages; the window words them."""

    TURN = "turn"
    SPLIT = "split"
    CROP = "crop"
    BLANK = "blank"
    SLIP = "slip"
    ACCEPT = "accept"
    DELETE = "delete"
    MOVE = "move"
    PLACE = "place"
    INSERT = "insert"
    REPLACE = "replace"
    INTERLEAVE = "interleave"
    BLANKS = "blanks"
    WITHDRAW = "withdraw"


class PageStore:
    """The pages of all dossiers."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.folder = database.folder

    def path_of(self, page: Page) -> Path:
        """Where the untouched original lies."""
        return self.folder.pages / page.file

    def original(self, page: Page) -> Path:
        """Give the untouched original, which is there. Raises OriginalMissing, or FilesAtCentre where it went as it should."""
        path = self.path_of(page)
        if not path.is_file():
            with self._database.read() as session:
                dossier = session.get(DossierRow, page.dossier_id)
                if dossier is not None and dossier.cleared_at is not None:
                    raise FilesAtCentre(dossier=dossier.number or dossier.provisional)
            raise OriginalMissing(file=page.file)
        return path

    def add(self, page: Page) -> Page:
        """Commit a page at the end of its dossier; the same batch and sequence again gives the page that is there.

        Raises NoSuchDossier, or DossierFrozen where the dossier was finished meanwhile.
        """
        with self._database.write() as session:
            known = session.scalar(
                select(PageRow).where(PageRow.batch == page.provenance.batch, PageRow.sequence == page.provenance.sequence)
            )
            if known is not None:
                return _to_page(known)
            _open_dossier(session, page.dossier_id)
            last = session.scalar(select(func.max(PageRow.position)).where(PageRow.dossier_id == page.dossier_id))
            row = _to_row(page, 0 if last is None else last + 1)
            session.add(row)
            session.flush()
            return _to_page(row)

    def get(self, page_id: str) -> Page:
        """Give one page, deleted or not. Raises NoSuchPage."""
        with self._database.read() as session:
            row = session.get(PageRow, page_id)
            if row is None:
                raise NoSuchPage
            return _to_page(row)

    def of_dossier(self, dossier_id: str) -> tuple[Page, ...]:
        """The pages of a dossier in order, without deleted ones."""
        with self._database.read() as session:
            return pages_of(session, dossier_id)

    def next_new(self, busy: Collection[str], preferred: str = "") -> Page | None:
        """The next page for the pipeline: the preferred one, else the oldest; none of those that are ``busy``."""
        waiting = PageRow.state == PageState.NEW
        with self._database.read() as session:
            row = session.get(PageRow, preferred) if preferred and preferred not in busy else None
            if row is None or row.state != PageState.NEW or row.deleted:
                chosen = select(PageRow).where(waiting, PageRow.deleted.is_(False), PageRow.id.not_in(busy))
                row = session.scalar(chosen.order_by(PageRow.scanned_at, PageRow.position).limit(1))
            return None if row is None else _to_page(row)

    def keep_findings(self, page_id: str, findings: Findings) -> None:
        """Keep what the detectors found."""
        with self._database.write() as session:
            session.execute(update(PageRow).where(PageRow.id == page_id).values(findings=findings.to_json(), failure=""))

    def keep_text(self, page: Page, text: PageText, proposals: Iterable[Proposal] = ()) -> bool:
        """Keep the words of a page and what they propose. False where the clerk has edited it meanwhile: it stays new."""
        with self._database.write() as session:
            row = session.get(PageRow, page.id)
            if row is None:
                return False
            geometry, proposed = page.geometry.to_json(), proposals_to_json(proposals)
            session.merge(PageTextRow(page_id=page.id, geometry=geometry, text=text.to_json(), proposals=proposed))
            now = _to_page(row)
            current = (now.edits, now.geometry) == (page.edits, page.geometry)
            row.state = PageState.READY if current else PageState.NEW
            return current

    def keep_failure(self, page_id: str, failure: str) -> None:
        """Keep that the pipeline could not process a page (the class name of the error)."""
        with self._database.write() as session:
            session.execute(update(PageRow).where(PageRow.id == page_id).values(state=PageState.FAILED, failure=failure))

    def text_of(self, page: Page) -> PageText | None:
        """The words of a page if they were read with its geometry of now."""
        with self._database.read() as session:
            row = session.get(PageTextRow, page.id)
            if row is None or Geometry.from_json(row.geometry) != page.geometry:
                return None
            return PageText.from_json(row.text)

    def proposals_of(self, dossier_id: str) -> dict[str, tuple[Proposal, ...]]:
        """What the pages of a dossier propose, by page; of pages that were turned or cut since, nothing."""
        pages = {page.id: page for page in self.of_dossier(dossier_id)}
        with self._database.read() as session:
            rows = session.execute(
                select(PageTextRow.page_id, PageTextRow.geometry, PageTextRow.proposals).where(PageTextRow.page_id.in_(pages))
            )
            return {
                page_id: proposals_from_json(proposed)
                for page_id, geometry, proposed in rows
                if Geometry.from_json(geometry) == pages[page_id].geometry
            }

    # --- actions of the clerk ----------------------------------------------------------------

    def arrange(
        self,
        dossier_id: str,
        kind: Arrangement,
        change: Callable[[Sequence[Page]], Iterable[Page]],
        *,
        operator: str,
        now: datetime,
        added: Sequence[Page] = (),
        joined: bool = False,
    ) -> bool:
        """Change the pages of an open dossier as one action that can be undone.

        ``change`` gets all pages that are not deleted, in order, and gives the pages as they should be (position is
        taken from the page). ``added`` are pages that come to be by the action: undone they are deleted pages. ``joined``:
        one with the last action, where that is of the same kind. False where nothing changed. Raises DossierFrozen,
        NoSuchDossier, NoSuchPage.
        """
        with self._database.write() as session:
            _open_dossier(session, dossier_id)
            chosen = (
                select(PageRow).where(PageRow.dossier_id == dossier_id, PageRow.deleted.is_(False)).order_by(PageRow.position)
            )
            rows = {row.id: row for row in session.scalars(chosen)}
            pages = [_to_page(row) for row in rows.values()]
            rows |= {page.id: _deleted_row(session, page) for page in added}
            before, after = _differences(rows, change(pages))
            if not after:
                return False
            apply_arrangements(session, after)
            if not (joined and _joined(session, dossier_id, kind, (before, after))):
                keep_action(session, dossier_id, kind, (before, after), operator=operator, now=now)
            return True

    def undo(self, dossier_id: str) -> Arrangement | None:
        """Take back the last action; None where there is none."""
        return self._step(dossier_id, _undoable(dossier_id), back=True)

    def redo(self, dossier_id: str) -> Arrangement | None:
        """Do the last undone action again; None where there is none."""
        return self._step(dossier_id, _redoable(dossier_id), back=False)

    def _step(self, dossier_id: str, chosen: Select[ActionRow], *, back: bool) -> Arrangement | None:
        with self._database.write() as session:
            _open_dossier(session, dossier_id)
            row = session.scalar(chosen)
            if row is None:
                return None
            apply_arrangements(session, json.loads(row.before if back else row.after))
            row.undone = back
            return Arrangement(row.kind)

    def history(self, dossier_id: str) -> tuple[Arrangement | None, Arrangement | None]:
        """What undo and redo would do now."""
        with self._database.read() as session:
            undoable, redoable = session.scalar(_undoable(dossier_id)), session.scalar(_redoable(dossier_id))
            return (
                None if undoable is None else Arrangement(undoable.kind),
                None if redoable is None else Arrangement(redoable.kind),
            )


def pages_of(session: Session, dossier_id: str) -> tuple[Page, ...]:
    """The pages of a dossier in order, without deleted ones, as a transaction sees them."""
    chosen = select(PageRow).where(PageRow.dossier_id == dossier_id, PageRow.deleted.is_(False)).order_by(PageRow.position)
    return tuple(_to_page(row) for row in session.scalars(chosen))


def keep_action(
    session: Session,
    dossier_id: str,
    kind: Arrangement,
    change: tuple[Arrangements, Arrangements],
    *,
    operator: str,
    now: datetime,
) -> None:
    """Keep an action, how the pages were and how they are, so that it can be undone; what was undone before it is over."""
    before, after = change
    session.query(ActionRow).where(ActionRow.dossier_id == dossier_id, ActionRow.undone.is_(True)).delete()
    last = session.scalar(select(func.max(ActionRow.serial)).where(ActionRow.dossier_id == dossier_id)) or 0
    session.add(
        ActionRow(
            dossier_id=dossier_id,
            serial=last + 1,
            kind=kind,
            before=json.dumps(before),
            after=json.dumps(after),
            done_at=now,
            operator=operator,
        )
    )


def _joined(session: Session, dossier_id: str, kind: Arrangement, change: tuple[Arrangements, Arrangements]) -> bool:
    """Make a change part of the last action; False where that is of another kind, or was undone meanwhile."""
    last = session.scalar(_undoable(dossier_id))
    if last is None or last.kind != kind or session.scalar(_redoable(dossier_id)) is not None:
        return False
    before, after = change
    last.before = json.dumps(before | json.loads(last.before))
    last.after = json.dumps(json.loads(last.after) | after)
    return True


def _undoable(dossier_id: str) -> Select[ActionRow]:
    return (
        select(ActionRow)
        .where(ActionRow.dossier_id == dossier_id, ActionRow.undone.is_(False))
        .order_by(ActionRow.serial.desc())
        .limit(1)
    )


def _redoable(dossier_id: str) -> Select[ActionRow]:
    return (
        select(ActionRow)
        .where(ActionRow.dossier_id == dossier_id, ActionRow.undone.is_(True))
        .order_by(ActionRow.serial)
        .limit(1)
    )


def _open_dossier(session: Session, dossier_id: str) -> DossierRow:
    row = session.get(DossierRow, dossier_id)
    if row is None:
        raise NoSuchDossier(dossier=dossier_id)
    if row.state != DossierState.OPEN:
        raise DossierFrozen(dossier=row.number or row.provisional)
    return row


def _deleted_row(session: Session, page: Page) -> PageRow:
    """Give the row of a page that an action brings, deleted until the action is applied; it is there after an undo."""
    row = session.get(PageRow, page.id)
    if row is None:
        row = _to_row(replace(page, deleted=True), page.position)
        session.add(row)
        session.flush()
    return row


def _differences(rows: Mapping[str, PageRow], pages: Iterable[Page]) -> tuple[Arrangements, Arrangements]:
    """Give how the pages that change were and how they should be. Raises NoSuchPage."""
    before, after = {}, {}
    for page in pages:
        if page.id not in rows:
            raise NoSuchPage
        old, new = arrangement_of(rows[page.id]), _page_arrangement(page)
        if old != new:
            before[page.id], after[page.id] = old, new
    return before, after


def apply_arrangements(session: Session, arrangements: Arrangements) -> None:
    """Bring pages to the arrangements given by their ids; what is cut or turned otherwise is read anew. Raises NoSuchPage."""
    for page_id, values in arrangements.items():
        row = session.get(PageRow, page_id)
        if row is None:
            raise NoSuchPage
        stale = _cuts(row.edits) != _cuts(str(values["edits"]))
        for name in _ARRANGED:
            setattr(row, name, values[name])
        if stale:
            row.state = PageState.NEW


def _cuts(edits: str) -> list[Edit]:
    """The edits that change what is read; a mark on a page leaves its words as they are."""
    return [edit for edit in edits_from_json(edits) if isinstance(edit, Turn | Crop)]


def arrangement_of(row: PageRow) -> dict[str, object]:
    """Give what an action may change of a page."""
    return {name: getattr(row, name) for name in _ARRANGED}


def _page_arrangement(page: Page) -> dict[str, object]:
    return {"position": page.position, "component": page.component, "edits": edits_to_json(page.edits), "deleted": page.deleted}


def _to_page(row: PageRow) -> Page:
    edits: Edits = edits_from_json(row.edits)
    provenance = Provenance(
        row.batch, row.sequence, row.device, row.source, row.side, row.mode, row.dpi, row.scanned_at, row.operator
    )
    return Page(
        id=row.id,
        dossier_id=row.dossier_id,
        position=row.position,
        file=row.file,
        sha256=row.sha256,
        width=row.width,
        height=row.height,
        provenance=provenance,
        component=row.component,
        edits=edits,
        deleted=row.deleted,
        state=PageState(row.state),
        findings=None if row.findings is None else Findings.from_json(row.findings),
        failure=row.failure,
    )


def _to_row(page: Page, position: int) -> PageRow:
    origin = page.provenance
    return PageRow(
        id=page.id,
        dossier_id=page.dossier_id,
        position=position,
        file=page.file,
        sha256=page.sha256,
        width=page.width,
        height=page.height,
        batch=origin.batch,
        sequence=origin.sequence,
        device=origin.device,
        source=origin.source,
        side=origin.side,
        mode=origin.mode,
        dpi=origin.dpi,
        scanned_at=origin.scanned_at,
        operator=origin.operator,
        component=page.component,
        edits=edits_to_json(page.edits),
        deleted=page.deleted,
        state=page.state,
        findings=None,
        failure="",
    )
