"""Stations and centres of these tests: a real database, a real central server process, and servers that lie."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import shutil
import signal
import sqlite3
import ssl
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import keyring.backends.fail
import pytest

from app.events import Change, Events
from app.jobs import Jobs
from app.model.dossier import Dossier, DossierState
from app.model.outbox import OutboxEntry, OutboxFile, OutboxState
from app.model.page import Page
from app.settings import Settings, SettingsFile
from app.store.clearing import ClearingStore
from app.store.database import Database
from app.store.dossiers import DossierStore
from app.store.folder import DataFolder
from app.store.outbox import OutboxStore
from app.store.pages import PageStore
from app.sync.access import Access, Account
from app.sync.engine import SyncEngine
from app.sync.kinds import SOHOA, lgsp_kind
from app.sync.rounds import SyncStores
from app.sync.token import TokenStore
from central.api import create_centre
from central.settings import Settings as CentralSettings
from central.stations import make_code
from tests.lgsp import CLIENT, SECRET, Lgsp
from tests.pdfs import pdf_of
from tests.records import a_dossier, a_page

# Behind the clock, whatever the day is: what is kept for 30 days is counted from here by the centre's real clock too.
START = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=6)
STATION = "st0123456789ab"


class Clock:
    """A clock that the test turns."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


class Station:
    """A station's data folder with everything that sync works on; ``restart`` is a new process on the same folder."""

    def __init__(self, root: Path, clock: Callable[[], datetime]) -> None:
        self.folder = DataFolder(root)
        self.folder.make()
        self.clock = clock
        self.settings_file = SettingsFile(root / "settings.toml")
        self.tokens = TokenStore(root, keyring.backends.fail.Keyring())
        self.heard: list[Change] = []
        self.serial = 0
        self._open()

    def _open(self) -> None:
        self.database = Database(self.folder)
        self.dossiers, self.outbox = DossierStore(self.database), OutboxStore(self.database)
        self.pages = PageStore(self.database)
        self.events, self.jobs = Events(), Jobs()
        self.events.subscribe(self.heard.append)
        kinds = {"sohoa": SOHOA, "lgsp": lgsp_kind(self.database, self.clock)}
        self.access = Access(self.settings, self.settings_file.change, self.tokens, kinds)
        self.stores = SyncStores(self.folder, self.outbox, self.dossiers, ClearingStore(self.database))
        self.engine = SyncEngine(self.stores, self.access, self.jobs, self.events, self.clock, lambda: 0.5)

    def settings(self) -> Settings:
        return self.settings_file.load()

    def enrolled_at(self, url: str, ca_file: str = "", timeout: float = 5.0) -> Station:
        """Be enrolled without having asked."""
        self.tokens.keep(STATION, "a-token-of-this-test")
        self.settings_file.change(
            {"server.url": url, "server.ca_file": ca_file, "server.station_id": STATION, "server.timeout": timeout}
        )
        return self

    def dossier(self, state: DossierState = DossierState.OPEN) -> Dossier:
        self.serial += 1
        created_at = START + timedelta(minutes=self.serial)
        return self.dossiers.add(a_dossier(owner_name="Nguyễn Thị Thử", owner_id_number="", state=state, created_at=created_at))

    def scanned(self, dossier_id: str, count: int) -> tuple[Page, ...]:
        """Pages of a dossier, with originals, previews and small pictures that no program could open."""
        for number in range(1, count + 1):
            page = self.pages.add(a_page(dossier_id, number, batch=dossier_id))
            places = (self.pages.path_of(page), self.folder.thumbnail(page.id), self._preview(page))
            for place in places:
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(page.id.encode())
        return self.pages.of_dossier(dossier_id)

    def _preview(self, page: Page) -> Path:
        return self.folder.cache / page.id[:2] / f"{page.id}.original.jpg"

    def finished(self, *contents: bytes, pages: int = 0) -> OutboxEntry:
        """A finished dossier with one paper for each content, in the outbox."""
        dossier = self.dossier()
        scanned = self.scanned(dossier.id, pages)
        papers = self.folder.papers / dossier.id / "1"
        papers.mkdir(parents=True)
        files = []
        for number, content in enumerate(contents or (pdf_of(dossier.id),), start=1):
            path = papers / f"{number:02d}.pdf"
            path.write_bytes(content)
            digest = hashlib.sha256(content).hexdigest()
            relative = path.relative_to(self.folder.root).as_posix()
            files.append(OutboxFile(path.name, relative, digest, len(content), "application/pdf"))
        manifest = json.dumps(self._manifest(dossier, files), ensure_ascii=False).encode()
        (papers / "manifest.json").write_bytes(manifest)
        entry = OutboxEntry(
            id=str(uuid.uuid4()),
            dossier_id=dossier.id,
            revision=1,
            manifest_path=(papers / "manifest.json").relative_to(self.folder.root).as_posix(),
            manifest_sha256=hashlib.sha256(manifest).hexdigest(),
            state=OutboxState.WAITING,
            attempts=0,
            next_try_at=self.clock(),
            created_at=dossier.created_at,
            files=tuple(files),
        )
        assert self.dossiers.finish(dossier, scanned, entry)
        return self.outbox.get(entry.id)

    def _manifest(self, dossier: Dossier, files: list[OutboxFile]) -> dict[str, Any]:
        moment = START.isoformat()
        page = {
            "page_id": "p1", "number": 1, "original_sha256": "0" * 64, "width": 100, "height": 100, "dpi": 300,
            "mode": "color", "source": "feeder", "side": "front", "device": "virtual", "scanned_at": moment,
            "operator": "Người quét", "blank": False,
        }  # fmt: skip
        return {
            "format": "sohoa-manifest/1", "record_id": dossier.id, "revision": 1, "reason": "",
            "station_id": self.settings().server.station_id, "station_name": "Bàn số 1", "operator": "Người quét",
            "software": "sohoa test",
            "dossier": {
                "number": "", "provisional": dossier.provisional, "procedure_code": dossier.procedure_code,
                "procedure_name": dossier.procedure_name, "agency_code": dossier.agency_code,
                "owner": {"name": dossier.owner_name, "id_number": ""}, "created_at": moment, "finished_at": moment,
            },
            "papers": [
                {
                    "paper_id": f"{dossier.id}-{file.name}", "component_code": "TP01", "component_name": "Tờ khai",
                    "title": "Tờ khai", "pages": [page],
                    "file": {"name": file.name, "sha256": file.sha256, "size": file.size, "media_type": file.media_type},
                }
                for file in files
            ],
        }  # fmt: skip

    def entry(self, entry: OutboxEntry) -> OutboxEntry:
        return self.outbox.get(entry.id)

    def error_name(self, entry: OutboxEntry) -> str:
        shown = self.engine.describe(self.entry(entry))
        assert shown is not None
        assert shown.title_in("vi")
        assert shown.remedy_in("en")
        return type(shown).__name__

    def restart(self) -> None:
        self.close()
        self._open()

    def close(self) -> None:
        self.engine.close()
        self.jobs.close()
        self.database.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = DataFolder(tmp_path_factory.mktemp("empty"))
    database = Database(folder)
    database.migrate()
    database.close()
    return folder.database


@pytest.fixture
def station(tmp_path: Path, clock: Clock, empty_database: Path) -> Iterator[Station]:
    (tmp_path / "station").mkdir()
    shutil.copyfile(empty_database, tmp_path / "station" / empty_database.name)
    station = Station(tmp_path / "station", clock)
    yield station
    station.close()


class Centre:
    """The real central server in a process of its own."""

    def __init__(self, data: Path, catalogue: Path, certificate: Path | None = None) -> None:
        self.data, self.catalogue, self.port = data, catalogue, 0
        self.certificate = certificate
        self.url = ""
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "central", "serve", "--json", "--port", str(self.port), "--data", str(self.data)]
        command += ["--catalogue", str(self.catalogue), "--station-rate", "0"]
        if self.certificate is not None:
            command += ["--certfile", str(self.certificate), "--keyfile", str(self.certificate)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert self.process.stdout is not None
        self.url = json.loads(self.process.stdout.readline())["url"]
        self.port = int(self.url.rsplit(":", 1)[1])

    def code(self, station_id: str = "") -> str:
        centre = create_centre(CentralSettings(self.data))
        try:
            return make_code(centre, "H02.15", "", station_id)[0]
        finally:
            centre.database.close()

    def records(self, station_id: str = "") -> list[tuple[str, int]]:
        """The records and revisions that the centre holds, all or those of one station."""
        chosen = "select record_id, revision from revisions join records using (record_id) where ? in ('', station_id)"
        with closing(sqlite3.connect(self.data / "central.db")) as database:
            return list(database.execute(f"{chosen} order by received_at", (station_id,)))

    def content(self, sha256: str) -> bytes:
        """A file that the centre holds."""
        (path,) = (self.data / "files").rglob(f"{sha256}*")
        return path.read_bytes()

    def revoke_all(self) -> None:
        """Take every station's token away."""
        with closing(sqlite3.connect(self.data / "central.db")) as database:
            database.execute("update stations set token_hash = station_id")
            database.commit()

    def uploaded_bytes(self) -> int:
        return sum(path.stat().st_size for path in (self.data / "uploads").glob("*.part"))

    def kill(self) -> None:
        self._end(signal.SIGKILL if os.name != "nt" else signal.SIGTERM)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        if self.process is not None and self.process.stdout is not None:
            self.process.send_signal(how)
            self.process.wait(20)
            self.process.stdout.close()
            self.process = None


@pytest.fixture(scope="session")
def lasting_centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    folder = tmp_path_factory.mktemp("centre")
    catalogue = folder / "catalogue.json"
    catalogue.write_bytes((Path(__file__).parents[3] / "resources" / "catalogue.json").read_bytes())
    centre = Centre(folder / "data", catalogue)
    centre.start()
    yield centre
    centre.stop()


@pytest.fixture
def centre(lasting_centre: Centre) -> Centre:
    """The centre that all tests share; started again where a test that failed left it killed."""
    if lasting_centre.process is None:
        lasting_centre.start()
    return lasting_centre


@dataclass
class Asked:
    """One request as a scripted server got it."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Reply:
    """What a scripted server answers; ``cut`` closes the connection without an answer, ``slow`` waits first."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False
    slow: float = 0.0
    read_at_most: int | None = None


@dataclass
class Rule:
    """An answer of the test's own to some requests."""

    method: str
    part: str
    reply: Reply | Callable[[Asked], Reply]
    left: int

    @property
    def early(self) -> bool:
        return isinstance(self.reply, Reply) and self.reply.read_at_most is not None


def as_json(value: Any, status: int = 200) -> Reply:
    return Reply(status, json.dumps(value).encode(), {"Content-Type": "application/json"})


def problem(status: int, slug: str, **more: Any) -> Reply:
    words = {"title": "A reason", "title_vi": "Một lý do", "remedy": "Do this.", "remedy_vi": "Hãy làm thế này."}
    body = {"type": f"/problems/{slug}", "status": status, "detail": "-", **words, **more}
    return Reply(status, json.dumps(body).encode(), {"Content-Type": "application/problem+json"})


class Liar:
    """An HTTP server that behaves, except where the test says otherwise.

    The first of the ``rules`` that fits wins. Without one it answers as a centre does.
    """

    def __init__(self, certificate: ssl.SSLContext | None = None) -> None:
        self.asked: list[Asked] = []
        self.rules: list[Rule] = []
        self.uploads: dict[str, tuple[int, bytearray]] = {}
        self.names = itertools.count()
        liar = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 10

            def handle_one_request(self) -> None:
                try:
                    super().handle_one_request()
                except OSError:
                    self.close_connection = True

            def answer(self) -> None:
                length = int(self.headers.get("Content-Length", "0"))
                head = Asked(self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, b"")
                early = liar.find(head, early=True)
                body = self.rfile.read(length if early is None else min(length, early.read_at_most or 0))
                asked = Asked(self.command, self.path, head.headers, body)
                liar.asked.append(asked)
                reply = early or liar.find(asked, early=False) or liar.honest(asked)
                time.sleep(reply.slow)
                if reply.cut:
                    self.close_connection = True
                    return
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(reply.body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(reply.body)

            do_GET = do_POST = do_PUT = do_PATCH = do_HEAD = answer

            def log_message(self, *_args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.handle_error = lambda *_args: None  # type: ignore[method-assign]
        if certificate is not None:
            self.server.socket = certificate.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.url = f"{'https' if certificate else 'http'}://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})
        self.thread.start()

    def rule(self, method: str, part: str, reply: Reply | Callable[[Asked], Reply], times: int = 1_000_000) -> None:
        """Answer so when the method and a part of the path fit, so many times."""
        self.rules.append(Rule(method, part, reply, times))

    def find(self, asked: Asked, *, early: bool) -> Reply | None:
        """The answer of the first rule that fits; an early one is wanted before the body is read."""
        for rule in self.rules:
            if rule.left > 0 and rule.method == asked.method and rule.part in asked.path and rule.early == early:
                rule.left -= 1
                return rule.reply(asked) if callable(rule.reply) else rule.reply
        return None

    def honest(self, asked: Asked) -> Reply:
        if asked.path.endswith("/stations/me"):
            return as_json({"station_id": STATION, "name": "Bàn số 1"})
        if "/files/known" in asked.path:
            return as_json({"known": []})
        if "/files/" in asked.path:
            return self.tus(asked)
        if asked.path.endswith("/status"):
            return Reply(204)
        if asked.method == "PUT":
            return as_json(receipt_for(asked.body), 201)
        return problem(404, "not-found")

    def tus(self, asked: Asked) -> Reply:
        key = asked.path.rsplit("/", 1)[1]
        if asked.method == "POST":
            key = f"upload{next(self.names)}"
            self.uploads[key] = (int(asked.headers["upload-length"]), bytearray())
            return Reply(201, headers={"Location": f"/api/v1/files/{key}"})
        if key not in self.uploads:
            return problem(404, "upload-unknown")
        self.uploads[key][1].extend(asked.body)
        return Reply(204 if asked.method == "PATCH" else 200, headers={"Upload-Offset": str(len(self.uploads[key][1]))})

    def count(self, method: str, part: str) -> int:
        return sum(asked.method == method and part in asked.path for asked in self.asked)

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


def receipt_for(manifest: bytes, **changed: Any) -> dict[str, Any]:
    said = json.loads(manifest)
    receipt = {
        "receipt_id": str(uuid.uuid4()),
        "record_id": said["record_id"],
        "revision": said["revision"],
        "manifest_sha256": hashlib.sha256(manifest).hexdigest(),
        "dossier_number": "H02.15-261123-0001",
        "received_at": START.isoformat(),
        "files": len(said["papers"]),
    }
    return receipt | changed


@pytest.fixture
def liar() -> Iterator[Liar]:
    liar = Liar()
    yield liar
    liar.close()


@pytest.fixture
def lgsp() -> Iterator[Lgsp]:
    lgsp = Lgsp()
    yield lgsp
    lgsp.close()


@pytest.fixture
def desk(station: Station, lgsp: Lgsp) -> Station:
    """A station that is set up for the province's system, as a person would do it."""
    station.engine.connect(Account("lgsp", lgsp.url, CLIENT, SECRET, unit_code="H02.15.7")).result(20)
    return station
