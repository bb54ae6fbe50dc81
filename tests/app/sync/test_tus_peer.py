"""Our part of tus 1.0 at a peer: the tus project's own server."""

from __future__ import annotations

import hashlib
import random
import threading

import pytest
import requests

from app.sync.connector import ServerAddress, Upload
from app.sync.errors import NoConnection
from app.sync.pace import FIRST_CHUNK
from app.sync.server import CentralServer
from tests.tus_peers import TUS, PeerServer, require_peers
from tests.weak_link import UP, Fault, WeakLink

# Requests of an upload with their headers, without bodies.
TALK = 4_000


@pytest.fixture
def peer(tmp_path):
    require_peers()
    peer = PeerServer(tmp_path / "peer").start()
    yield peer
    peer.kill()


@pytest.fixture
def link(peer):
    link = WeakLink(peer.port)
    yield link
    link.close()


class Paper:
    """A file that our client sends; ``url`` is what it was told to keep."""

    def __init__(self, folder, size=1_500_000):
        self.content = random.Random(size).randbytes(size)
        self.path, self.url = folder / "paper.pdf", ""
        self.path.write_bytes(self.content)

    def send(self, address, progress=lambda _at: None):
        digest = hashlib.sha256(self.content).hexdigest()
        upload = Upload(self.path, "giấy 1.pdf", "application/pdf", digest, len(self.content), "a" * 8, self.url)
        connector = CentralServer(ServerAddress(address, timeout=5, station_id="st", token="t"))
        try:
            connector.upload(upload, self._keep, progress)
        finally:
            connector.close()

    def _keep(self, url):
        self.url = url


@pytest.fixture
def paper(tmp_path):
    return Paper(tmp_path)


def test_our_client_sends_a_file_in_chunks(peer, paper):
    seen = []
    paper.send(f"http://127.0.0.1:{peer.port}", seen.append)
    assert peer.content(paper.url) == paper.content
    assert {0, FIRST_CHUNK, len(paper.content)} <= set(seen)


def test_our_client_goes_on_after_a_cut(peer, link, paper):
    link.expect([Fault("cut", UP, 700_000)])
    with pytest.raises(NoConnection):
        paper.send(link.url)
    first = paper.url
    there = len(peer.content(first))
    assert there >= FIRST_CHUNK
    link.expect([])
    paper.send(link.url)
    assert paper.url == first
    assert peer.content(first) == paper.content
    assert link.sent[UP] <= len(paper.content) - there + TALK


def test_our_client_goes_on_after_the_server_was_killed(peer, link, paper):
    killed = threading.Event()

    def kill():
        peer.kill()
        killed.set()

    link.expect([Fault("call", UP, 600_000, action=kill)])
    with pytest.raises(NoConnection):
        paper.send(link.url)
    assert killed.wait(10)
    peer.start()
    paper.send(link.url)
    assert peer.content(paper.url) == paper.content


def test_our_client_asks_again_where_its_offset_is_wrong(peer, paper):
    """Somebody else wrote to the upload: 409, and the client goes on where the file really ends."""
    stolen = []

    def write_too(at):
        if at == FIRST_CHUNK and not stolen:
            headers = TUS | {"Upload-Offset": str(at), "Content-Type": "application/offset+octet-stream"}
            stolen.append(requests.patch(paper.url, paper.content[at : at + 1000], headers=headers, timeout=5).status_code)

    paper.send(f"http://127.0.0.1:{peer.port}", write_too)
    assert stolen == [204]
    assert peer.content(paper.url) == paper.content


def test_our_client_begins_anew_where_the_upload_is_gone(peer, paper):
    address = f"http://127.0.0.1:{peer.port}"
    paper.url = f"{address}/api/v1/files/{'0' * 32}"
    paper.send(address)
    assert not paper.url.endswith("0" * 32)
    assert peer.content(paper.url) == paper.content
