"""A real server process on loopback, and a small station that speaks to it."""

from __future__ import annotations

import contextlib
import copy
import hashlib
import io
import json
import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from tusclient.client import TusClient

from central.api import create_centre, open_uploads
from central.centre import Centre
from central.settings import Settings
from central.stations import make_code
from central.upload_storage import UploadStorage
from central.web.sessions import add_admin
from tests.central.engines import S3_KEYS, Engine, province
from tests.pdfs import pdf_of

PASSWORD = "mật khẩu đủ dài"
TUS = {"Tus-Resumable": "1.0.0"}


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def pdf(text: str = "") -> bytes:
    return pdf_of(text or uuid.uuid4().hex)


class Server:
    """One server process on its own data folder."""

    def __init__(self, environment: dict[str, str], data: Path, engine: Engine, *options: str) -> None:
        self.environment = environment
        self.data = data
        self.engine = engine
        self.options = options
        self.url = ""
        self.process: subprocess.Popen[str] | None = None
        self._centre: Centre | None = None

    def start(self) -> Server:
        command = [sys.executable, "-m", "central", "serve", "--port", "0", "--json", "--data", str(self.data)]
        command += [*self.engine.options, *self.options]
        self.log = (self.data.parent / f"{self.data.name}.log").open("a+", encoding="utf-8")
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=self.log, text=True, env=self.environment, cwd=self.data.parent
        )
        line = self.process.stdout.readline()
        assert line, self.errors()
        self.url = json.loads(line)["url"]
        return self

    def errors(self) -> str:
        return (self.data.parent / f"{self.data.name}.log").read_text("utf-8")

    def stop(self) -> int:
        self.process.terminate()
        return self.ended()

    def kill(self) -> None:
        self.process.kill()
        self.ended()

    def ended(self) -> int:
        try:
            return self.process.wait(15)
        finally:
            if self._centre is not None:
                self._centre.database.close()
                self._centre = None
            self.process.stdout.close()
            self.log.close()

    @contextlib.contextmanager
    def centre(self) -> Iterator[Any]:
        """Reach into the server's database from outside, as the commands do."""
        if self._centre is None:
            self._centre = create_centre(Settings(self.data, self.engine.database_url, self.engine.files_url))
        yield self._centre

    def uploads(self) -> UploadStorage:
        """Reach the uploads under way from outside."""
        return open_uploads(Settings(self.data, files_url=self.engine.files_url))

    def stored(self, content: bytes) -> bytes:
        """Give what lies under a content's hash."""
        with self.centre() as centre:
            return b"".join(centre.blobs.chunks(sha256(content)))

    def code(self, agency: str = "H02.15", name: str = "Quầy 1") -> str:
        with self.centre() as centre:
            return make_code(centre, agency, name)[0]

    def enrol(self, name: str = "Quầy 1") -> Station:
        answer = requests.post(f"{self.url}/api/v1/stations", json={"code": self.code(), "name": name}, timeout=20)
        assert answer.status_code == 201, answer.text
        return Station(self, answer.json())


class Station:
    """An enrolled station."""

    def __init__(self, server: Server, enrolled: dict[str, str]) -> None:
        self.server = server
        self.id, self.token, self.name = enrolled["station_id"], enrolled["token"], enrolled["name"]
        self.headers = {"Authorization": f"Bearer {self.token}"}

    def ask(self, method: str, path: str, *, headers: dict[str, str] | None = None, **options: Any) -> requests.Response:
        url = path if path.startswith("http") else f"{self.server.url}/api/v1{path}"
        return requests.request(method, url, headers=self.headers | (headers or {}), timeout=30, **options)

    def metadata(self, content: bytes, **changes: str) -> dict[str, str]:
        base = {"filename": "giay-to.pdf", "filetype": "application/pdf", "sha256": sha256(content), "record_id": "a" * 8}
        return base | changes

    def uploader(self, content: bytes, *, chunk: int = 1 << 20, url: str | None = None, **metadata: str) -> Any:
        client = TusClient(f"{self.server.url}/api/v1/files/", headers=self.headers)
        return client.uploader(
            file_stream=io.BytesIO(content), chunk_size=chunk, url=url, metadata=self.metadata(content, **metadata)
        )

    def upload(self, content: bytes, **metadata: str) -> str:
        uploader = self.uploader(content, **metadata)
        uploader.upload()
        return uploader.url

    def manifest(self, *contents: bytes, **changes: Any) -> dict[str, Any]:
        papers = [self._paper(number, content) for number, content in enumerate(contents, 1)]
        base = {
            "format": "sohoa-manifest/1",
            "record_id": str(uuid.uuid4()),
            "revision": 1,
            "reason": "",
            "station_id": self.id,
            "station_name": self.name,
            "operator": "an",
            "software": "sohoa 0.1.0",
            "dossier": {
                "number": "",
                "provisional": "TAM-0001",
                "procedure_code": "1.001193",
                "procedure_name": "Đăng ký khai sinh",
                "agency_code": "H02.15",
                "owner": {"name": "Trần Thị Thử", "id_number": "024099000001"},
                "created_at": "2025-11-20T08:00:00+07:00",
                "finished_at": "2025-11-20T23:30:00+00:00",
            },
            "papers": papers,
        }
        dossier = changes.pop("dossier", {})
        result = copy.deepcopy(base) | changes
        result["dossier"] |= dossier
        return result

    @staticmethod
    def _paper(number: int, content: bytes) -> dict[str, Any]:
        page = {
            "page_id": f"page-{number}",
            "number": 1,
            "original_sha256": sha256(b"scan" + content),
            "width": 1654,
            "height": 2339,
            "dpi": 200,
            "mode": "color",
            "source": "flatbed",
            "side": "front",
            "device": "virtual",
            "scanned_at": "2025-11-20T08:01:00+07:00",
            "operator": "an",
            "blank": False,
        }
        file = {"name": f"giấy {number}.pdf", "sha256": sha256(content), "size": len(content), "media_type": "application/pdf"}
        return {
            "paper_id": f"paper-{number}",
            "component_code": f"TP{number}",
            "component_name": "Tờ khai",
            "title": f"Tờ khai {number}",
            "file": file,
            "pages": [page],
        }

    def put(self, manifest: dict[str, Any] | bytes, record_id: str = "", revision: int | None = None) -> requests.Response:
        body = manifest if isinstance(manifest, bytes) else json.dumps(manifest, ensure_ascii=False).encode()
        if isinstance(manifest, dict):
            record_id, revision = record_id or manifest["record_id"], revision or manifest["revision"]
        return self.ask("PUT", f"/records/{record_id}/revisions/{revision}", data=body)

    def send(self, *contents: bytes, **changes: Any) -> dict[str, Any]:
        """Upload and put a whole record; give its manifest."""
        for content in contents:
            self.upload(content)
        manifest = self.manifest(*contents, **changes)
        answer = self.put(manifest)
        assert answer.status_code == 201, answer.text
        return manifest


@pytest.fixture(scope="session")
def environment() -> dict[str, str]:
    """What every process of ours runs in: warnings are errors."""
    own = {
        "PYTHONWARNINGS": "error",
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "PYTHONIOENCODING": "utf-8",
    }
    return os.environ | own | S3_KEYS


@pytest.fixture(scope="session", params=["folder", "province"])
def engine(request: pytest.FixtureRequest) -> Iterator[Callable[[], Engine]]:
    """Give new places to keep things in: SQLite with folders, then PostgreSQL with an S3 store."""
    if request.param == "folder":
        yield lambda: Engine("folder")
        return
    with province() as (postgres, seaweed):

        def new() -> Engine:
            prefix = uuid.uuid4().hex
            seaweed.bucket(prefix)
            return Engine("province", postgres.new_database(), seaweed.url(prefix))

        yield new


@pytest.fixture(scope="session")
def server(
    environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory, engine: Callable[[], Engine]
) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("central")
    catalogue = folder / "catalogue.json"
    catalogue.write_bytes(b'{"format": "sohoa-catalogue/1",\n "procedures": []}')
    running = Server(
        environment, folder / "data 100%", engine(), "--catalogue", str(catalogue), "--max-file-mb", "8", "--stranger-rate", "0"
    ).start()
    with running.centre() as centre:
        add_admin(centre, "lan", PASSWORD)
    yield running
    assert running.stop() == 0
    assert "Warning" not in running.errors()


@pytest.fixture
def fresh_server(environment: dict[str, str], tmp_path: Path, engine: Callable[[], Engine]) -> Iterator[Callable[..., Server]]:
    """Start servers that a test may kill."""
    started: list[Server] = []

    def make(*options: str) -> Server:
        started.append(Server(environment, tmp_path / f"data{len(started)}", engine(), *options).start())
        return started[-1]

    yield make
    for one in started:
        if one.process.poll() is None:
            one.stop()


@pytest.fixture
def station(server: Server) -> Station:
    return server.enrol()


@pytest.fixture
def other(server: Server) -> Station:
    return server.enrol("Quầy 2")


@pytest.fixture
def assert_problem() -> Callable[..., dict[str, Any]]:
    """Check that an answer is a whole problem of one kind, and give its body."""

    def check(answer: requests.Response, slug: str, status: int) -> dict[str, Any]:
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        body = answer.json()
        assert body["type"] == f"/problems/{slug}"
        assert body["status"] == status
        for member in ("title", "detail", "title_vi", "remedy", "remedy_vi"):
            assert body[member]
        return body

    return check
