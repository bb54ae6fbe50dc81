"""Several servers on one PostgreSQL and one S3 store: any of them goes on with what another began."""

from __future__ import annotations

import os
import signal
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from central.journal import verify
from tests.central.conftest import Server, Station, sha256
from tests.central.engines import Engine, province
from tests.pdfs import pdf_of
from tests.support import wait_until


@pytest.fixture(scope="module")
def shared():
    with province() as (postgres, seaweed):
        seaweed.bucket("shared")
        yield postgres, Engine("province", postgres.new_database(), seaweed.url("shared"))


@pytest.fixture(scope="module")
def pair(shared, environment, tmp_path_factory):
    """Two servers with one signing key, as behind a load balancer."""
    folder = tmp_path_factory.mktemp("replicas")
    options = ("--signing-key", str(folder / "key.pem"))
    servers = [Server(environment, folder / f"data{n}", shared[1], *options) for n in range(2)]
    with ThreadPoolExecutor(2) as pool:
        # Both migrate and make the key at the same time.
        list(pool.map(Server.start, servers))
    yield servers
    for server in servers:
        if server.process.poll() is None:
            server.stop()


def at(server: Server, station: Station) -> Station:
    """The same station, speaking to another server."""
    return Station(server, {"station_id": station.id, "token": station.token, "name": station.name})


def test_any_replica_goes_on_with_what_another_began(pair):
    one, two = pair
    station = one.enrol()
    there = at(two, station)
    content = pdf_of(padding=os.urandom(600_000))
    begun = station.uploader(content, chunk=200_000)
    begun.upload_chunk()
    url = begun.url.replace(one.url, two.url)
    resumed = there.uploader(content, chunk=200_000, url=url)
    assert resumed.offset == 200_000
    resumed.upload()
    manifest = station.manifest(content)
    answers = [station.put(manifest), there.put(manifest)]
    assert [answer.status_code for answer in answers] == [201, 200]
    assert answers[0].content == answers[1].content
    assert two.stored(content) == content


def test_one_record_at_both_at_once_is_one_record(pair):
    station = pair[0].enrol()
    both = [station, at(pair[1], station)]
    for number in range(5):
        content = pdf_of(f"cùng lúc {number}")
        station.upload(content)
        manifest = station.manifest(content)
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda n, body=manifest: both[n % 2].put(body), range(8)))
        assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
        assert len({answer.content for answer in answers}) == 1


def test_numbers_of_both_are_all_different_and_without_gaps(pair):
    station = pair[0].enrol()
    both = [station, at(pair[1], station)]

    def number(serial: int) -> str:
        body = {"request_id": f"parallel-{serial}", "agency_code": "H77.7", "date": "2026-01-05"}
        return both[serial % 2].ask("POST", "/dossier-numbers", json=body).json()["number"]

    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(number, range(40)))
    assert sorted(numbers) == [f"H77.7-260105-{serial:04d}" for serial in range(1, 41)]


def test_a_killed_replica_takes_nothing_with_it(pair):
    one, two = pair
    station = one.enrol()
    there = at(two, station)
    contents = [pdf_of(f"giết {n}", padding=os.urandom(50_000)) for n in range(4)]
    for content in contents[:2]:
        station.upload(content)
    half = station.uploader(contents[2], chunk=20_000)
    half.upload_chunk()
    one.process.send_signal(signal.SIGKILL)
    one.ended()
    resumed = there.uploader(contents[2], url=half.url.replace(one.url, two.url))
    assert resumed.offset == 20_000
    resumed.upload()
    there.upload(contents[3])
    assert there.put(there.manifest(*contents)).status_code == 201
    with two.centre() as centre:
        assert verify(centre).faults == ()
    one.start()


def test_the_database_may_restart(pair, shared):
    postgres = shared[0]
    station = pair[0].enrol()
    before = station.send(pdf_of("trước"))
    postgres.stop(mode="immediate")
    down = station.ask("GET", "/records")
    assert down.status_code >= 500
    assert down.headers["content-type"] == "application/problem+json"
    assert requests.get(f"{pair[0].url}/healthz", timeout=20).status_code >= 500
    postgres.start()
    wait_until(lambda: station.ask("GET", "/records").status_code == 200, what="an answer out of the database")
    station.send(pdf_of("sau"))
    listed = station.ask("GET", "/records").json()["records"]
    assert [line["revision"] for line in listed] == [1, 1]
    assert listed[0]["record_id"] == before["record_id"]


def test_both_answer_for_files_of_the_other(pair):
    station = pair[0].enrol()
    content = pdf_of("biết")
    station.upload(content)
    known = at(pair[1], station).ask("GET", "/files/known", params={"sha256": [sha256(content)]})
    assert known.json() == {"known": [sha256(content)]}
