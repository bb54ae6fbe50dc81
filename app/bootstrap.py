"""Builds the services once and gives them to a front end as one frozen Application; the only place that chooses."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from app.acquisition.device_watch import DeviceWatch
from app.acquisition.devices import BACKENDS
from app.acquisition.equipment import Equipment
from app.acquisition.importing import Importing, Unpacking
from app.acquisition.intake import Intake
from app.acquisition.profiles import Profiles, ProfilesBroken, default_site_path
from app.acquisition.scanners import Scanners
from app.acquisition.sittings import Sittings
from app.errors import SohoaError, Text
from app.events import Change, Events, Topic
from app.filing.catalogue_import import CatalogueImport
from app.filing.dossiers import Dossiers
from app.filing.export import Exporting
from app.filing.finish import Finishing, sweep_papers
from app.filing.offers import Offers
from app.filing.page_actions import PageActions
from app.filing.papers import Papers
from app.filing.procedures import ProcedureSearch
from app.filing.reuse import Reuse
from app.filing.revisions import Revisions
from app.filing.scanned import ScannedPages
from app.filing.search import Search
from app.filing.stores import Stores
from app.health import DriverReport, Health, Probes, ServerReport
from app.jobs import Jobs
from app.logs import start_logging, stop_logging
from app.model.manifest import KnownPaper
from app.pipeline.pictures import Pictures
from app.pipeline.pool import PagePool, default_workers
from app.pipeline.runner import Runner
from app.pipeline.unpack import count_in, unpack_page
from app.settings import Settings, SettingsBroken, SettingsFile
from app.store.clearing import ClearingStore
from app.store.database import Database
from app.store.equipment import EquipmentLog
from app.store.errors import NoSuchDossier
from app.store.folder import DataFolder, FolderLock
from app.store.history import HistoryStore
from app.store.outbox import OutboxStore
from app.store.procedures import FILE_NAME, CatalogueBroken, load_catalogue
from app.store.search import SearchStore
from app.sync.access import Access
from app.sync.engine import SyncEngine
from app.sync.errands import Errands
from app.sync.kinds import SOHOA, lgsp_kind
from app.sync.rounds import SyncStores
from app.sync.token import TokenStore
from resources import resource

# After the window, before the pages that wait: somebody looks at the picture.
_DRAWING_NICENESS = 5


@dataclass(frozen=True)
class Application:
    """Everything a front end needs. Close it at the end: work that runs is asked to stop, the folder is let go."""

    folder: DataFolder
    settings: Callable[[], Settings]
    change_settings: Callable[[dict[str, Any]], Settings]
    events: Events
    jobs: Jobs
    scanners: Scanners
    profiles: Profiles
    device_watch: DeviceWatch
    importing: Importing
    sittings: Sittings
    scanned: ScannedPages
    equipment: Equipment
    dossiers: Dossiers
    page_actions: PageActions
    search: Search
    papers: Papers
    offers: Offers
    revisions: Revisions
    exporting: Exporting
    reuse: Reuse
    procedures: ProcedureSearch
    catalogue: CatalogueImport
    pictures: Pictures
    finishing: Finishing
    outbox: OutboxStore
    sync: SyncEngine
    errands: Errands
    health: Health
    notices: tuple[Text, ...]
    close: Callable[[], None]


class _LiveSettings:
    """The settings in force; a change is written first and counts only when it was valid."""

    def __init__(self, file: SettingsFile, current: Settings, events: Events) -> None:
        self._file = file
        self._current = current
        self._events = events

    def get(self) -> Settings:
        return self._current

    def change(self, values: dict[str, Any]) -> Settings:
        self._current = self._file.change(values)
        self._events.announce(Topic.SETTINGS)
        return self._current


def build(data: Path, settings_path: Path, *, send: bool = False) -> Application:
    """Open the data folder and start the services; with ``send`` finished records go out by themselves.

    Raises FolderInUse, StorageFailed, DiskFull or DataTooNew; a broken settings file or catalogue becomes a notice.
    """
    notices: list[Text] = []
    folder = DataFolder(data)
    folder.make()
    lock = FolderLock(folder)
    lock.take()
    log = start_logging(folder.logs)
    try:
        application = _assemble(folder, SettingsFile(settings_path), notices, lambda: _let_go(lock, log))
    except BaseException:
        _let_go(lock, log)
        raise
    if send:
        application.sync.start()
        application.search.catch_up()
    return application


@dataclass(frozen=True)
class _Ground:
    """What all services stand on."""

    folder: DataFolder
    live: _LiveSettings
    events: Events
    jobs: Jobs
    database: Database
    stores: Stores
    outbox: OutboxStore


def _assemble(folder: DataFolder, file: SettingsFile, notices: list[Text], let_go: Callable[[], None]) -> Application:
    ground = _lay_ground(folder, file, notices)
    events, jobs, stores, settings = ground.events, ground.jobs, ground.stores, ground.live.get
    page_actions, papers = PageActions(stores, events, settings, now), Papers(stores, events)
    dossiers = Dossiers(stores, page_actions, events, settings, now)
    intake = Intake(folder, stores.pages, events, dossiers.open_late)
    pool = PagePool(settings().recognition.workers or default_workers())
    drawing = PagePool(1, _DRAWING_NICENESS)
    runner = Runner(stores.pages, pool, events, settings)
    scanners = Scanners(jobs, events, intake, stores.dossiers, settings)
    device_watch = DeviceWatch(scanners.devices, lambda: scanners.scanning)
    scanned = ScannedPages(dossiers, page_actions, jobs, events)
    access, sync = _sync(ground)
    revisions = Revisions(stores, HistoryStore(ground.database), events, settings, now)
    _recover(intake, stores, ground.outbox, notices)
    runner.start()
    return Application(
        folder=folder,
        settings=settings,
        change_settings=ground.live.change,
        events=events,
        jobs=jobs,
        scanners=scanners,
        profiles=_profiles(ground.live, notices),
        device_watch=device_watch,
        importing=Importing(jobs, events, intake, stores.dossiers, settings, _unpacking()),
        sittings=Sittings(scanners, jobs, scanned),
        scanned=scanned,
        equipment=Equipment(jobs, scanners.devices, EquipmentLog(folder), now),
        dossiers=dossiers,
        page_actions=page_actions,
        search=Search(SearchStore(ground.database), jobs),
        papers=papers,
        offers=Offers(stores, dossiers, page_actions, papers),
        revisions=revisions,
        reuse=_reuse(ground, access, sync),
        exporting=Exporting(stores, ground.outbox, revisions, jobs, pool.run_alone),
        procedures=stores.procedures,
        catalogue=CatalogueImport(folder, stores.procedures, events, now),
        pictures=Pictures(stores.pages, jobs, runner.prefer, drawing),
        finishing=Finishing(stores, jobs, events, settings, now),
        outbox=ground.outbox,
        sync=sync,
        errands=Errands(sync, stores.dossiers, jobs),
        health=Health(folder, settings, Probes(lambda: _driver_reports(scanners), lambda: _server_report(access), now)),
        notices=tuple(notices),
        # In this order: nothing more comes in, nothing more goes out, what runs ends, and only then the records close.
        close=_in_order(device_watch.close, sync.close, drawing.close, jobs.close, runner.close, ground.database.close, let_go),
    )


def _lay_ground(folder: DataFolder, file: SettingsFile, notices: list[Text]) -> _Ground:
    events = Events()
    live = _LiveSettings(file, _load_settings(file, notices), events)
    database = Database(folder)
    try:
        database.migrate()
    except BaseException:
        database.close()
        raise
    procedures = ProcedureSearch(load_catalogue(_catalogue_path(folder, notices)))
    events.subscribe(lambda change: _use_newest(change, procedures, folder))
    return _Ground(folder, live, events, Jobs(), database, Stores.on(database, procedures), OutboxStore(database))


def _sync(ground: _Ground) -> tuple[Access, SyncEngine]:
    kinds = {"sohoa": SOHOA, "lgsp": lgsp_kind(ground.database, now)}
    access = Access(ground.live.get, ground.live.change, TokenStore(ground.folder.root), kinds)
    stores = SyncStores(ground.folder, ground.outbox, ground.stores.dossiers, ClearingStore(ground.database))
    return access, SyncEngine(stores, access, ground.jobs, ground.events, now)


def _unpacking() -> Unpacking:
    return Unpacking(lambda: PagePool(1), count_in, unpack_page)


def _reuse(ground: _Ground, access: Access, sync: SyncEngine) -> Reuse:
    ask = partial(_ask_for_papers, access)
    reuse = Reuse(ground.stores, ask, ground.jobs, ground.events, ground.live.get, now)
    reuse.keep_asking(lambda: sync.status().online is True)
    return reuse


def _in_order(*steps: Callable[[], None]) -> Callable[[], None]:
    """Give what takes all steps once, also where one fails."""
    stack = ExitStack()
    for step in reversed(steps):
        stack.callback(step)
    return stack.close


def _driver_reports(scanners: Scanners) -> list[DriverReport]:
    found = scanners.search()
    troubles = dict(found.failed)
    return [
        DriverReport(
            backend,
            tuple(scanner.label for scanner in found.scanners if scanner.backend == backend),
            troubles.get(backend, ""),
        )
        for backend in BACKENDS
    ]


def _server_report(access: Access) -> ServerReport:
    try:
        with access.open() as connector:
            connector.check()
            return ServerReport(connector.time(), None)
    except SohoaError as error:
        return ServerReport(None, error)


def _ask_for_papers(access: Access, owner_id: str, kind_code: str) -> tuple[KnownPaper, ...]:
    with access.open() as connector:
        return connector.papers(owner_id, kind_code)


def now() -> datetime:
    """The time, with its offset."""
    return datetime.now(UTC)


def _load_settings(file: SettingsFile, notices: list[Text]) -> Settings:
    try:
        return file.load()
    except SettingsBroken as error:
        notices.append(_notice(error))
        return file.load_good()


def _profiles(live: _LiveSettings, notices: list[Text]) -> Profiles:
    profiles = Profiles(live.get, live.change, default_site_path())
    try:
        profiles.read_site()
    except ProfilesBroken as error:
        notices.append(_notice(error))
    return profiles


def _catalogue_path(folder: DataFolder, notices: list[Text]) -> Path:
    """The catalogue last fetched from the centre where it is whole, else the one that ships."""
    fetched = folder.root / FILE_NAME
    if fetched.exists():
        try:
            load_catalogue(fetched)
        except CatalogueBroken as error:
            notices.append(_notice(error))
        else:
            return fetched
    return resource("catalogue.json")


def _use_newest(change: Change, procedures: ProcedureSearch, folder: DataFolder) -> None:
    """Have a catalogue that has just been kept, and so was read without a fault, count at once."""
    if change.topic is Topic.CATALOGUE:
        procedures.use(load_catalogue(folder.root / FILE_NAME))


def _recover(intake: Intake, stores: Stores, outbox: OutboxStore, notices: list[Text]) -> None:
    folder, left = intake.folder, intake.recover()
    if left.pages:
        notices.append(
            Text(
                f"Đã khôi phục {left.pages} trang còn dở từ lần chạy trước.",
                f"{left.pages} pages of an interrupted run were recovered.",
            )
        )
    for dossier_id in left.dossier_ids:
        with suppress(NoSuchDossier):  # a batch that brought nothing leaves no dossier behind
            notices.append(_cut_short(stores, dossier_id))
    half_made = sweep_papers(folder.papers, outbox.folders())
    if half_made:
        notices.append(
            Text(
                f"Lần chạy trước bị ngắt giữa lúc hoàn tất {half_made} hồ sơ. Hồ sơ còn nguyên trong “Đang làm”: hoàn tất lại.",
                f"The last run was cut short while it finished {half_made} dossier(s). They are whole, under “In progress”: "
                "finish them again.",
            )
        )


def _cut_short(stores: Stores, dossier_id: str) -> Text:
    number, count = stores.dossiers.get(dossier_id).shown_number, len(stores.pages.of_dossier(dossier_id))
    return Text(
        f"Lần chạy trước bị ngắt giữa lúc quét hồ sơ {number}; đã lưu {count} trang. So với giấy rồi quét nốt.",
        f"The last run was cut short while it scanned dossier {number}, which has the {count} pages that were kept. "
        "Compare with the paper, then scan the rest.",
    )


def _notice(error: SohoaError) -> Text:
    return Text(f"{error.title_in('vi')}. {error.remedy_in('vi')}", f"{error.title_in('en')}. {error.remedy_in('en')}")


def _let_go(lock: FolderLock, log: logging.Handler) -> None:
    stop_logging(log)
    lock.release()
