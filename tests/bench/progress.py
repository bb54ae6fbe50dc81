"""How fast the province's pages are with many records: python -m tests.bench.progress [--records 1000000].

Seeds a PostgreSQL server of its own (Debian's package) with fictional records, starts the central server on it, asks each page
several times as a browser does, and prints the slowest and the median answer beside the limit, and the query plans.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import requests
from sqlalchemy import event
from sqlalchemy.engine import Engine

from central.api import create_centre
from central.centre import Centre
from central.indicators import read_indicators
from central.people import Role
from central.progress import Selection, behind, count
from central.reach import Reach, deciding_agencies
from central.record_search import find
from central.settings import Settings
from central.web.sessions import add_admin
from tests.central.engines import Postgres

PASSWORD = "mật khẩu đủ dài"
LIMITS = {
    "/progress": 0.5,
    "/progress?agency=H02.05": 0.5,
    "/progress?procedure=1.001193": 0.5,
    "/dossiers?part=missing": 0.5,
    "/dossiers?part=reached&agency=H02.05.02&procedure=1.001193": 0.5,
    "/records": 0.3,
    "/records?q=nguyen": 0.3,
    "/records?q=Trần+Thị+Thử+12345": 0.3,
    "/records?q=H02.05.02-2606": 0.3,
    "/records?q=khai+sinh+le+van": 0.3,
    "/records?q=024099000777": 0.3,
    "/records?q=khongcoai": 0.3,
}
ROUNDS = 7

SEED = Path(__file__).with_name("progress_seed.sql")


def seed(url: str, records: int) -> None:
    """Fill the tables with fictional records and gather the statistics that autovacuum would gather."""
    script = SEED.read_text("utf-8").replace(":records", str(records))
    with psycopg.connect(url.replace("postgresql+psycopg://", "postgresql://"), autocommit=True) as connection:
        for statement in filter(str.strip, script.split(";\n")):
            connection.execute(statement.encode())
        connection.execute("VACUUM ANALYZE")


@contextmanager
def served(data: Path, url: str) -> Iterator[str]:
    """Run the central server on a database and give its address."""
    command = [sys.executable, "-m", "central", "serve", "--data", str(data), "--database-url", url, "--port", "0", "--json"]
    process = subprocess.Popen([*command, "--stranger-rate", "0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())["url"]
    finally:
        process.terminate()
        process.wait(20)


def sign_in(url: str, username: str = "lan") -> requests.Session:
    """Sign in as a browser does."""
    session = requests.Session()
    token = re.search(r'name="form_token" value="([0-9a-f]{64})"', session.get(f"{url}/", timeout=20).text)
    assert token is not None
    session.post(f"{url}/", {"username": username, "password": PASSWORD, "form_token": token[1]}, timeout=20)
    return session


def measure(url: str) -> bool:
    """Ask each page several times, as somebody of the province and of one group of agencies; say whether all kept their limit.

    The median counts, the worst is shown.
    """
    good, somebody = True, {"lan": sign_in(url), "hoa": sign_in(url, "hoa")}
    for (path, limit), name in itertools.product(LIMITS.items(), somebody):
        times = []
        for _ in range(ROUNDS):
            start = time.perf_counter()
            answer = somebody[name].get(url + path, timeout=60)
            times.append(time.perf_counter() - start)
            assert answer.status_code == 200, answer.text[:300]
        middle, kept = statistics.median(times), statistics.median(times) <= limit
        good, verdict = good and kept, "ok" if kept else "TOO SLOW"
        figures = f"{middle * 1000:7.0f} ms  worst {max(times) * 1000:7.0f} ms  limit {limit * 1000:.0f} ms"
        print(f"{figures}  {verdict}  {name}  {path}")
    return good


def explain(centre: Centre) -> None:
    """Print the plans of every question that the pages ask of many rows."""
    indicator = read_indicators(centre.settings.indicators)[0]
    within = Reach(frozenset({"H02.05.02"}), frozenset({"H02.05.02"}))
    everything, one = Selection(202501, 202612), Selection(202501, 202612, frozenset({"H02.05.02"}), "1.001193")

    def explained(connection, _cursor, statement, parameters, _context, _many):  # type: ignore[no-untyped-def]
        if statement.startswith("SELECT") and "fact" in statement:
            with connection.connection.cursor() as cursor:
                cursor.execute("EXPLAIN (ANALYZE, BUFFERS OFF, COSTS OFF) " + statement, parameters)
                print("\n".join(f"    {line}" for (line,) in cursor.fetchall()), end="\n\n")

    event.listen(Engine, "before_cursor_execute", explained)
    with centre.database.read() as session:
        for title, ask in (
            ("progress, everything", lambda: count(session, indicator, everything)),
            ("progress, one agency and procedure", lambda: count(session, indicator, one)),
            ("dossiers behind a number", lambda: list(session.scalars(behind(indicator, one, "reached").limit(25)))),
            ("newest records", lambda: find(session, "", None, 0, 25)),
            ("search for a rare name", lambda: find(session, "trần thị thử 12345", None, 0, 25)),
            ("search for a frequent name", lambda: find(session, "nguyễn", None, 0, 25)),
            ("agencies that decide on what others received", lambda: deciding_agencies(session)),
            ("newest records within agencies", lambda: find(session, "", within, 0, 25)),
            ("search for three words", lambda: find(session, "khai sinh le van", within, 0, 25)),
            ("search within agencies", lambda: find(session, "nguyễn", within, 0, 25)),
        ):
            print(f"{title}:")
            ask()
    event.remove(Engine, "before_cursor_execute", explained)


def main() -> None:
    """Seed, measure, explain; exit code 1 where a limit is broken."""
    parser = argparse.ArgumentParser(description="How fast the province's pages are with many records.")
    parser.add_argument("--records", type=int, default=1_000_000)
    records = parser.parse_args().records
    postgres = Postgres()
    try:
        with tempfile.TemporaryDirectory() as folder:
            url = postgres.new_database()
            centre = create_centre(Settings(Path(folder), url))
            add_admin(centre, "lan", PASSWORD, Role.ADMINISTRATOR, "")
            add_admin(centre, "hoa", PASSWORD, Role.VIEWER, "H02.05")
            start = time.perf_counter()
            seed(url, records)
            print(f"{records} records seeded in {time.perf_counter() - start:.0f} s; {os.cpu_count()} cores")
            with served(Path(folder), url) as address:
                good = measure(address)
            explain(centre)
            centre.database.close()
    finally:
        postgres.close()
    raise SystemExit(0 if good else 1)


if __name__ == "__main__":
    main()
