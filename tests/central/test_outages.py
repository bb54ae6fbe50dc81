"""The centre's own parts fail under a running server: database, store and disk. Stations wait, and later everything arrives."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import psycopg
import pytest
import requests

from app.model.outbox import OutboxState
from app.sync.errors import ServerBusy, ServerFull
from app.sync.proofs import Proof
from central.journal import verify
from tests.app.sync.conftest import Clock, empty_database  # noqa: F401 - a fixture
from tests.app.sync.conftest import Station as Workstation
from tests.central.conftest import Server
from tests.central.engines import Engine, Seaweed, province
from tests.pdfs import pdf_of
from tests.support import wait_until

MB = 1024 * 1024


@pytest.fixture
def stations(tmp_path, empty_database) -> Iterator[Callable[[Server], Workstation]]:  # noqa: F811
    """Makes workstations that are enrolled at a server."""
    made: list[Workstation] = []

    def make(server: Server) -> Workstation:
        root = tmp_path / f"workstation{len(made)}"
        root.mkdir()
        shutil.copyfile(empty_database, root / empty_database.name)
        made.append(Workstation(root, Clock()))
        made[-1].engine.enrol(server.url, server.code()).result(20)
        return made[-1]

    yield make
    for station in made:
        station.close()


@pytest.fixture(scope="module")
def parts():
    """A database and a store of our own, which may fail without anybody else noticing."""
    with province() as started:
        yield started


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """Mount a real file system of that size."""
    folder.mkdir()
    privileged = [] if os.geteuid() == 0 else ["sudo", "-n"]
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0777", "tmpfs", str(folder)]
    subprocess.run([*privileged, *mount], check=True)
    try:
        yield folder
    finally:
        subprocess.run([*privileged, "umount", "-l", str(folder)], check=True)


def fill(disk: Path, *, leave: int = 0) -> None:
    """Put a ballast there so that so many bytes are left."""
    with (disk / "ballast").open("wb") as ballast:
        while free := max(0, shutil.disk_usage(disk).free - leave):
            try:
                ballast.write(bytes(min(free, MB)))
                ballast.flush()
            except OSError:
                break


def assert_all_arrived(server: Server, stations: list[Workstation]) -> None:
    """Nothing is lost, nothing is there twice, and journal, receipts and files hold."""
    for station in stations:
        assert station.outbox.unsent() == ()
        assert {finding.proof for finding in station.engine.verify_receipts()} == {Proof.PROVEN}
        assert station.engine.reconcile().differences == ()
    with server.centre() as centre:
        found = verify(centre, files=True)
    assert found.faults == ()
    assert found.entries == sum(len(station.engine.verify_receipts()) for station in stations)


@pytest.mark.parametrize("part", ["database", "store"])
def test_a_part_that_goes_and_comes_back_costs_time_only(part, parts, environment, tmp_path, stations):
    postgres, seaweed = parts
    seaweed.bucket(part)
    server = Server(environment, tmp_path / "data", Engine("province", postgres.new_database(), seaweed.url(part))).start()
    try:
        senders = [stations(server) for _ in range(2)]
        entries = [[station.finished(pdf_of(padding=os.urandom(300_000))) for _ in range(5)] for station in senders]
        _deliver_through_an_outage(server, senders, postgres if part == "database" else seaweed)
        states = {station.entry(entry).state for station, own in zip(senders, entries, strict=True) for entry in own}
        assert states == {OutboxState.ACCEPTED}
        assert_all_arrived(server, senders)
        assert "Traceback" not in server.errors()
    finally:
        server.stop()


def _deliver_through_an_outage(server, senders, part):
    with ThreadPoolExecutor(len(senders)) as pool:
        running = [pool.submit(station.engine.run_once) for station in senders]
        wait_until(lambda: any(station.outbox.count(OutboxState.ACCEPTED) for station in senders), what="the first receipt")
        part.stop()
        for job in running:
            assert isinstance(job.result(60).error, ServerBusy)
    health = requests.get(f"{server.url}/healthz", timeout=30)
    assert (health.status_code, health.headers["Retry-After"]) == (503, "10")
    assert health.json()["type"] == "/problems/unavailable"
    part.start()
    wait_until(lambda: requests.get(f"{server.url}/healthz", timeout=30).status_code == 200, what="the server's health")
    for station in senders:
        # A store answers questions a moment before it takes bytes again; each try is one of the station's later rounds.
        wait_until(partial(_delivers_all, station), what="the delivery after the outage")


def _delivers_all(station: Workstation) -> bool:
    station.clock.forward(minutes=11)
    return station.engine.run_once().error is None


@pytest.fixture
def cramped(environment, tmp_path) -> Iterator[tuple[Server, Path]]:
    """A server whose whole data folder lies on a disk of 16 MB; and that disk."""
    with small_disk(tmp_path / "disk", 16) as disk:
        server = Server(environment, disk / "data", Engine("folder")).start()
        yield server, disk
        server.stop()


def test_a_full_disk_is_told_as_507_at_every_step_and_all_arrives_once_there_is_room(cramped, stations):
    server, disk = cramped
    station = stations(server)
    for left, filled_at_the_end in ((0, False), (500_000, False), (8 * MB, True)):
        station.finished(pdf_of(padding=os.urandom(900_000)), pdf_of("nhỏ"))
        fill(disk, leave=left)

        def watch(_entry, done, total, *, fills=filled_at_the_end):
            if fills and done == total:
                fill(disk)

        report = station.engine.run_once(watch)
        assert isinstance(report.error, ServerFull)
        assert (report.accepted, report.waiting) == (0, 1)
        (disk / "ballast").unlink()
        station.clock.forward(minutes=11)
        assert station.engine.run_once().accepted == 1
    assert_all_arrived(server, [station])


def test_a_full_disk_of_the_database_is_told_as_507(parts, environment, tmp_path, stations):
    postgres = parts[0]
    with small_disk(postgres.folder / "small", 48) as disk:
        server = Server(environment, tmp_path / "data", Engine("database", _on(postgres, disk))).start()
        try:
            station = stations(server)
            station.finished(pdf_of("trước"))
            assert station.engine.run_once().accepted == 1
            fill(disk)
            # So many that no table has room for them in its last page.
            station.finished(*(pdf_of(f"{number}") for number in range(60)))
            assert isinstance(station.engine.run_once().error, ServerFull)
            (disk / "ballast").unlink()
            station.clock.forward(minutes=11)
            assert station.engine.run_once().accepted == 1
            assert_all_arrived(server, [station])
        finally:
            server.stop()
            _drop(postgres, server.engine.database_url)


def test_a_full_disk_of_the_store_itself_costs_time_only(environment, tmp_path, stations):
    """SeaweedFS says InternalError where it has no room, as S3 has no word for it; so this is 503 and not 507."""
    with small_disk(tmp_path / "store", 40) as disk:
        seaweed = Seaweed(disk)
        server = Server(environment, tmp_path / "data", Engine("store", files_url=seaweed.url("full"))).start()
        try:
            station = stations(server)
            station.finished(pdf_of("trước"))
            assert station.engine.run_once().accepted == 1
            fill(disk)
            station.finished(pdf_of(padding=os.urandom(3 * MB)), pdf_of("nhỏ"))
            report = station.engine.run_once()
            assert isinstance(report.error, ServerBusy)
            assert (report.accepted, report.waiting) == (0, 1)
            (disk / "ballast").unlink()
            station.clock.forward(minutes=11)
            assert station.engine.run_once().accepted == 1
            assert_all_arrived(server, [station])
        finally:
            server.stop()
            seaweed.close()


def _on(postgres, disk):
    """Make a database whose tables, but not whose log, lie on that disk."""
    place = disk / "tables"
    place.mkdir()
    if postgres.as_other:
        shutil.chown(place, "postgres")
    with psycopg.connect(postgres.address("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE TABLESPACE small LOCATION '{place}'".encode())
    return postgres.new_database(tablespace="small")


def _drop(postgres, url):
    with psycopg.connect(postgres.address("postgres"), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{url.rsplit("/", 1)[1]}" WITH (FORCE)'.encode())
        connection.execute(b"DROP TABLESPACE small")
