"""How much a central server takes: many stations at once, on SQLite with folders and on PostgreSQL and S3 with two replicas.

``python -m tests.bench.centre_load [STATIONS] [DOSSIERS]`` lets so many stations (100) each send so many dossiers (20) of ten
pages through the workstation's own sync client, and prints records a second, the time of a record, the servers' CPU and
memory; then one station's throughput beside ``curl -T`` of the same files to the same server. All on loopback, so client and
server share the machine: compare the rows of one run.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from app.sync.connector import ServerAddress, Upload
from app.sync.server import CentralServer
from tests.central.conftest import Server, Station, sha256
from tests.central.engines import S3_KEYS, Engine, province
from tests.pdfs import pdf_of

PAGES = 10
BYTES_A_PAGE = 62_000
FILES = 8
LARGE = 8 * 1024 * 1024


@dataclass(frozen=True)
class Load:
    """What came of one run; times in seconds, memory in MB, CPU in seconds of all server processes."""

    records: int
    seconds: float
    median: float
    p95: float
    cpu: float
    memory: float

    def row(self, name: str) -> str:
        """Write a line of the table."""
        rate, cpu = self.records / self.seconds, self.cpu / self.records * 1000
        return f"| {name} | {self.records} | {rate:.1f} | {self.median:.2f} | {self.p95:.2f} | {cpu:.0f} | {self.memory:.0f} |"


def connect(station: Station) -> CentralServer:
    """Speak as this station with the workstation's own client."""
    return CentralServer(ServerAddress(station.server.url, timeout=120, station_id=station.id, token=station.token))


def send_one(connector: CentralServer, station: Station, folder: Path, serial: int) -> float:
    """Send one dossier as the sync engine does; give the seconds it took."""
    content = pdf_of(f"{station.id} {serial}", pages=PAGES, padding=os.urandom(PAGES * BYTES_A_PAGE))
    path = folder / f"{station.id}-{serial}.pdf"
    path.write_bytes(content)
    manifest = station.manifest(content)
    page = manifest["papers"][0]["pages"][0]
    manifest["papers"][0]["pages"] = [page | {"page_id": f"page-{n}", "number": n} for n in range(1, PAGES + 1)]
    body, digest = json.dumps(manifest, ensure_ascii=False).encode(), sha256(content)
    started = time.perf_counter()
    if not connector.known_files([digest]):
        upload = Upload(path, path.name, "application/pdf", digest, len(content), manifest["record_id"])
        connector.upload(upload, lambda _url: None, lambda _at: None)
    receipt = connector.put_record(manifest["record_id"], 1, body)
    seconds = time.perf_counter() - started
    assert receipt.files == 1
    path.unlink()
    return seconds


def one_station(station: Station, folder: Path, dossiers: int) -> list[float]:
    """Send all dossiers of one station, one after the other."""
    connector = connect(station)
    try:
        return [send_one(connector, station, folder, serial) for serial in range(dossiers)]
    finally:
        connector.close()


def load(servers: list[Server], folder: Path, stations: int, dossiers: int) -> Load:
    """Let all stations send at once, spread over the servers."""
    enrolled = [servers[0].enrol(f"Trạm {number}") for number in range(stations)]
    for number, station in enumerate(enrolled):
        station.server = servers[number % len(servers)]
    processes = [one for server in servers for one in [psutil.Process(server.process.pid)]]
    processes += [child for process in processes for child in process.children(recursive=True)]
    before, started = _cpu(processes), time.perf_counter()
    with ThreadPoolExecutor(stations) as pool:
        times = sorted(t for part in pool.map(lambda s: one_station(s, folder, dossiers), enrolled) for t in part)
    seconds = time.perf_counter() - started
    memory = sum(process.memory_info().rss for process in processes) / 1e6
    p95 = times[int(len(times) * 0.95)]
    return Load(len(times), seconds, statistics.median(times), p95, _cpu(processes) - before, memory)


def _cpu(processes: list[psutil.Process]) -> float:
    return sum(sum(process.cpu_times()[:2]) for process in processes)


@contextmanager
def running(folder: Path, engine: Engine, replicas: int) -> Iterator[list[Server]]:
    """Start servers on one engine, with one signing key and no limits."""
    environment = {**os.environ, **S3_KEYS}
    folder.mkdir()
    options = ("--station-rate", "0", "--stranger-rate", "0", "--signing-key", str(folder / "key.pem"))
    with ExitStack() as stack:
        servers = []
        for number in range(replicas):
            server = Server(environment, folder / f"data{number}", engine, *options).start()
            stack.callback(server.stop)
            servers.append(server)
        yield servers


def throughput(server: Server, folder: Path) -> dict[str, float]:
    """Send the same files by one ``curl -T``, by the sync client one at a time and, as a station does, three at a time.

    Gives MB a second, the medians of seven rounds that take turns. Creating the uploads counts for all of them.
    """
    station = server.enrol("Một trạm")
    ways = {
        "curl -T": _curl,
        "one at a time": lambda *given: _client(*given, 1),
        "three at a time": lambda *given: _client(*given, 3),
    }
    speeds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(7):
        for name, send in ways.items():
            contents = [os.urandom(LARGE) for _ in range(FILES)]
            paths = [folder / f"large-{number}.bin" for number in range(FILES)]
            for path, content in zip(paths, contents, strict=True):
                path.write_bytes(content)
            speeds[name].append(FILES * LARGE / 1e6 / send(station, dict(zip(paths, contents, strict=True))))
    return {name: statistics.median(values) for name, values in speeds.items()}


def print_speeds(speeds: dict[str, float]) -> None:
    """Print MB a second of each way to send, and its ratio to curl's."""
    for name, speed in speeds.items():
        print(f"one station, {FILES} files of {LARGE >> 20} MiB, {name}: {speed:.0f} MB/s, {speed / speeds['curl -T']:.2f}")


def _curl(station: Station, files: dict[Path, bytes]) -> float:
    digests = {path: sha256(content) for path, content in files.items()}
    headers = {
        **station.headers,
        "Tus-Resumable": "1.0.0",
        "Upload-Offset": "0",
        "Content-Type": "application/offset+octet-stream",
    }
    words = [word for name, value in headers.items() for word in ("-H", f"{name}: {value}")]
    started = time.perf_counter()
    places: list[str] = []
    for path, content in files.items():
        uploader = station.uploader(content, filetype="application/octet-stream", sha256=digests[path])
        uploader.set_url(uploader.create_url())
        places += ["-T", str(path), uploader.url]
    subprocess.run(["curl", "-fsS", "-X", "PATCH", *words, "-H", "Expect:", *places], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def _client(station: Station, files: dict[Path, bytes], at_once: int) -> float:
    uploads = [
        Upload(path, path.name, "application/octet-stream", sha256(content), len(content), "bench-record")
        for path, content in files.items()
    ]
    connector = connect(station)
    started = time.perf_counter()
    with ThreadPoolExecutor(at_once) as pool:
        list(pool.map(lambda upload: connector.upload(upload, lambda _url: None, lambda _at: None), uploads))
    seconds = time.perf_counter() - started
    connector.close()
    return seconds


def main() -> None:
    """Run all and print the tables."""
    stations = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    dossiers = int(sys.argv[2]) if len(sys.argv) > 2 else 20
    print("| engine | records | records/s | median s | p95 s | server CPU ms a record | server MB |")
    print("|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        with running(folder / "small", Engine("folder"), 1) as servers:
            print(load(servers, folder, stations, dossiers).row("SQLite, folder"), flush=True)
            speeds = throughput(servers[0], folder)
        with province() as (postgres, seaweed):
            seaweed.bucket("load")
            engine = Engine("province", postgres.new_database(), seaweed.url("load"))
            with running(folder / "large", engine, 2) as servers:
                print(load(servers, folder, stations, dossiers).row("PostgreSQL, S3, two replicas"), flush=True)
    print()
    print_speeds(speeds)


if __name__ == "__main__":
    main()
