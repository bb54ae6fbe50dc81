"""Another client of tus 1.0 than ours, the tus project's own, uploads to the server."""

from __future__ import annotations

import random

import pytest

from tests.tus_peers import TUS, PeerClient, require_peers
from tests.weak_link import UP, Fault, WeakLink


@pytest.fixture
def client(server, tmp_path):
    require_peers()
    return PeerClient(server.enrol(), tmp_path, random.Random(7).randbytes(900_000))


def test_the_other_client_sends_a_file(client):
    done = client.run()
    assert done["offsets"] == [200_000, 400_000, 600_000, 800_000, 900_000]
    assert client.is_known()
    assert client.station.server.stored(client.content) == client.content


def test_the_other_client_goes_on_where_it_stopped(client):
    left = client.run(leaveAt=400_000)
    assert left["left"]
    assert not client.is_known()
    done = client.run(url=left["url"])
    assert done["offsets"] == [600_000, 800_000, 900_000]
    assert client.station.server.stored(client.content) == client.content


def test_the_other_client_goes_on_after_a_cut(client):
    link = WeakLink(int(client.station.server.url.rsplit(":", 1)[1]))
    try:
        link.expect([Fault("cut", UP, 500_000)])
        client.run(link.url)
        assert [fault.kind for fault in link.happened] == ["cut"]
        assert client.station.server.stored(client.content) == client.content
    finally:
        link.close()


def test_the_other_client_takes_an_upload_back(client):
    left = client.run(leaveAt=400_000, terminate=True)
    assert client.station.ask("HEAD", left["url"], headers=TUS).status_code == 404


def test_the_other_client_is_told_that_its_token_is_wrong(client):
    assert client.run(headers={"Authorization": "Bearer wrong"})["status"] == 401
