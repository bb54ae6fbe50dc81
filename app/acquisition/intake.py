"""Takes pages from the spool folder into the page store, each committed before the next is asked for.

A page's id comes from its batch and sequence, so taking the same page in twice gives one page. The spooled file is
removed only after the row is committed: whatever is killed in between, the page is in one place or the other.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from app.errors import ExitCode, ItemFailed, SohoaError, Text
from app.events import Events, Topic
from app.files import sha256_of, sync_file, sync_folder, write_whole
from app.model.page import Page, Provenance
from app.store.errors import DiskFull, DossierFrozen, NoSuchDossier, StorageFailed, translated
from app.store.folder import DataFolder
from app.store.pages import PageStore
from drivers.client import spool_leftovers
from drivers.contract import PageFinished, Source

_log = logging.getLogger(__name__)
_TARGET = "target.json"
_PAGE_NAMES = uuid.UUID("6f0d1c7e-6f2b-5d0a-9a51-6d1f5c0a8b11")


class PageDamaged(ItemFailed):
    """What lies in the spool is not what the driver announced; ``sheet`` counts sheets, also where both sides are read."""

    title = Text(
        "Ảnh tờ {sheet} bị hỏng trên đường vào kho", "The picture of sheet {sheet} was damaged on its way into the store"
    )
    remedy = Text(
        "Quét lại tờ {sheet}. Các trang khác không bị ảnh hưởng.", "Scan sheet {sheet} again. The other pages are not affected."
    )
    exit_code = ExitCode.STORAGE


@dataclass(frozen=True)
class Target:
    """Where the pages of a spool folder belong; written beside them, so that a restart knows it too.

    ``source`` says where pages came from that no scanner announced.
    """

    dossier_id: str
    operator: str
    device_label: str
    source: str = ""


@dataclass(frozen=True)
class Spool:
    """The folder of one batch and where its pages belong."""

    folder: Path
    target: Target


@dataclass(frozen=True)
class Recovered:
    """What an earlier run left: how many pages were taken in, and the dossiers whose batch was cut short."""

    pages: int
    dossier_ids: tuple[str, ...]


class Intake:
    """Moves announced pages into the store."""

    def __init__(self, folder: DataFolder, pages: PageStore, events: Events, open_late: Callable[[str], str]) -> None:
        """``open_late`` gives the id of an open dossier for pages of one that is finished or gone."""
        self._open_late = open_late
        self._late: dict[str, str] = {}
        self.folder = folder
        self._pages = pages
        self._events = events

    def open_spool(self, target: Target) -> Spool:
        """Make a spool folder for one batch. Raises DiskFull or StorageFailed."""
        folder = self.folder.spool / uuid.uuid4().hex
        with translated(self.folder.root):
            folder.mkdir()
            write_whole(folder / _TARGET, json.dumps(asdict(target), ensure_ascii=False).encode())
            sync_folder(self.folder.spool)
        return Spool(folder, target)

    def take(self, spool: Spool, announced: PageFinished) -> Page:
        """Check, store and commit one page, then remove it from the spool. Raises PageDamaged, DiskFull, StorageFailed.

        The room that is set aside goes first where the disk is full: else the clerk would be asked for a sheet again that
        lies whole in the spool, and the next start would take it in as well.
        """
        try:
            return self._take(spool, announced)
        except DiskFull:
            if not self.folder.give_reserve():
                raise
            _log.warning("the disk is full: a page is committed in the room that was set aside")
            return self._take(spool, announced)

    def _take(self, spool: Spool, announced: PageFinished) -> Page:
        source = spool.folder / announced.file
        with translated(self.folder.root):
            _check(source, announced)
            scanned_at = datetime.fromtimestamp(source.stat().st_mtime, UTC)
            page = _page(announced, spool.target, scanned_at)
            stored = self._pages.path_of(page)
            _copy_in(source, stored)
        page = self._commit(page)
        try:
            with translated(self.folder.root):
                self._keep_thumbnail(spool.folder, announced, page)
                _remove(spool.folder, announced)
        except StorageFailed as error:
            # The page is committed, and must not be asked for again. The next start knows it by its batch and number.
            _log.warning("page %s was not cleared from the spool: %s", page.id, error)
        self._events.announce(Topic.PAGE_ADDED, page.dossier_id, page.id)
        return page

    def take_rest(self, spool: Spool) -> tuple[Page, ...]:
        """Take in whole pages that a driver could not announce any more before it died; gives them.

        A damaged one stays in the spool and is logged, so that it hides neither the others nor why the batch ended.
        """
        pages = [self._take_left(spool, announced) for announced in spool_leftovers(spool.folder)]
        return tuple(page for page in pages if page is not None)

    def close_spool(self, spool: Spool) -> None:
        """Remove a spool folder that holds no whole page any more."""
        if not spool_leftovers(spool.folder):
            shutil.rmtree(spool.folder, ignore_errors=True)

    def recover(self) -> Recovered:
        """Take in what whole pages an earlier run left in the spool. Damaged ones stay and are logged.

        A folder in the spool is a batch that never ended: its dossier is told even where no page was left in it.
        """
        pages, dossiers = 0, []
        for folder in sorted(path for path in self.folder.spool.iterdir() if path.is_dir()):
            taken, dossier_id = self._recover(folder)
            pages += taken
            if dossier_id and (taken or not folder.exists()):
                dossiers.append(dossier_id)
        return Recovered(pages, tuple(dict.fromkeys(dossiers)))

    def _commit(self, page: Page) -> Page:
        """Commit the row; pages too late for a finished dossier open one of their own, one a batch, and never get lost."""
        batch = page.provenance.batch
        page = replace(page, dossier_id=self._late.get(batch, page.dossier_id))
        try:
            return self._pages.add(page)
        except (DossierFrozen, NoSuchDossier):
            late = self._late[batch] = self._open_late(page.dossier_id)
            _log.warning("page %s came after its dossier was finished: kept in dossier %s", page.id, late)
            return self._pages.add(replace(page, dossier_id=late))

    def _recover(self, folder: Path) -> tuple[int, str]:
        spool = Spool(folder, _read_target(folder))
        pages = self.take_rest(spool)
        self.close_spool(spool)
        return len(pages), pages[0].dossier_id if pages else spool.target.dossier_id

    def _take_left(self, spool: Spool, announced: PageFinished) -> Page | None:
        try:
            return self.take(spool, announced)
        except SohoaError as error:
            _log.warning("page %s of %s was not taken in: %s", announced.sequence, spool.folder.name, error)
            return None

    def _keep_thumbnail(self, spool: Path, announced: PageFinished, page: Page) -> None:
        if announced.thumbnail and (spool / announced.thumbnail).is_file():
            place = self.folder.raw_thumbnail(page.id)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(spool / announced.thumbnail, place)  # also where the spool is a disk of its own


def _read_target(folder: Path) -> Target:
    """Where the pages belong; unreadable, they get a dossier of their own rather than none."""
    try:
        values = json.loads((folder / _TARGET).read_text("utf-8"))
        return Target(**{str(name): str(value) for name, value in values.items()})
    except (OSError, ValueError, TypeError, AttributeError):
        _log.warning("spool folder %s has no readable target", folder.name)
        return Target("", "", "")


def _page(announced: PageFinished, target: Target, scanned_at: datetime) -> Page:
    page_id = str(uuid.uuid5(_PAGE_NAMES, f"{announced.batch}/{announced.sequence}"))
    suffix = Path(announced.file).suffix.lower()
    provenance = Provenance(
        batch=announced.batch,
        sequence=announced.sequence,
        device=target.device_label or announced.device,
        source=target.source or announced.source.value,
        side=announced.side,
        mode=announced.mode.value,
        dpi=announced.dpi,
        scanned_at=scanned_at,
        operator=target.operator,
    )
    return Page(
        id=page_id,
        dossier_id=target.dossier_id,
        position=0,
        file=f"{page_id[:2]}/{page_id}{suffix}",
        sha256=announced.sha256,
        width=announced.width,
        height=announced.height,
        provenance=provenance,
    )


def _check(source: Path, announced: PageFinished) -> None:
    try:
        digest = sha256_of(source)
    except FileNotFoundError as error:
        raise PageDamaged(sheet=_sheet(announced)) from error
    if digest != announced.sha256:
        raise PageDamaged(sheet=_sheet(announced))


def _sheet(announced: PageFinished) -> int:
    sides = 2 if announced.source is Source.DUPLEX else 1
    return (announced.sequence - 1) // sides + 1


def _copy_in(source: Path, stored: Path) -> None:
    """Put the file into the store under its final name, whole and synced; the source stays."""
    stored.parent.mkdir(exist_ok=True, mode=0o700)
    part = stored.with_suffix(stored.suffix + ".part")
    part.unlink(missing_ok=True)
    try:
        os.link(source, part)
    except OSError:
        shutil.copyfile(source, part)
        sync_file(part)
    part.replace(stored)
    part.unlink(missing_ok=True)  # renaming one hard link onto another of the same file leaves both
    sync_folder(stored.parent)
    sync_folder(stored.parent.parent)


def _remove(spool: Path, announced: PageFinished) -> None:
    for name in (announced.file, f"{announced.file}.json", announced.thumbnail):
        if name:
            (spool / name).unlink(missing_ok=True)
