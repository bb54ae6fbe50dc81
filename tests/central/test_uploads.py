"""Files arrive whole or not at all, whatever happens on the way."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
from tusclient.exceptions import TusCommunicationError, TusUploadFailed

from tests.central.conftest import Server
from tests.central.engines import Engine
from tests.pdfs import pdf_of
from tests.support import wait_until

TUS = {"Tus-Resumable": "1.0.0"}
PATCH = TUS | {"Content-Type": "application/offset+octet-stream"}


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def known(station, *contents: bytes) -> list[str]:
    answer = station.ask("GET", "/files/known", params=[("sha256", sha256(content)) for content in contents])
    assert answer.status_code == 200, answer.text
    return answer.json()["known"]


def create(station, content: bytes, headers=None, **metadata: str) -> requests.Response:
    fields = station.metadata(content, **metadata)
    encoded = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in fields.items())
    base = TUS | {"Upload-Length": str(len(content)), "Upload-Metadata": encoded}
    return station.ask("POST", "/files/", headers=base | (headers or {}))


def patch(station, url: str, offset: int, content: bytes, **headers: str) -> requests.Response:
    return station.ask("PATCH", url, headers=PATCH | {"Upload-Offset": str(offset)} | headers, data=content)


def offset(station, url: str) -> int:
    answer = station.ask("HEAD", url, headers=TUS)
    assert answer.status_code == 200
    return int(answer.headers["Upload-Offset"])


def send_half(station, url: str, start: int, announced: int, content: bytes) -> socket.socket:
    """Begin a PATCH whose body never ends, and leave the connection open."""
    host, port = station.server.url.removeprefix("http://").split(":")
    connection = socket.create_connection((host, int(port)))
    lines = [
        f"PATCH {url.removeprefix(station.server.url)} HTTP/1.1",
        f"Host: {host}:{port}",
        f"Authorization: Bearer {station.token}",
        "Tus-Resumable: 1.0.0",
        "Content-Type: application/offset+octet-stream",
        f"Upload-Offset: {start}",
        f"Content-Length: {announced}",
    ]
    connection.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + content)
    return connection


def uid_of(url: str) -> str:
    return url.rsplit("/", 1)[1]


def wait_for_length(server, url: str, length: int) -> None:
    if not server.engine.keeps_every_byte:
        # They wait in the server's memory, where nobody can see them.
        time.sleep(1)
        return
    storage = server.uploads()
    wait_until(lambda: storage.stored(uid_of(url)) >= length, what="the bytes on the way")


def test_a_file_in_pieces_lands_under_its_hash(server, station):
    content = os.urandom(700_000)
    uploader = station.uploader(content, chunk=200_000)
    uploader.upload_chunk()
    assert known(station, content) == []
    resumed = station.uploader(content, chunk=200_000, url=uploader.url)
    assert resumed.offset == 200_000
    resumed.upload()
    assert known(station, content, b"never sent") == [sha256(content)]
    assert server.stored(content) == content
    # The client may not have heard; asking again must not make it start over.
    assert offset(station, uploader.url) == len(content)
    assert patch(station, uploader.url, len(content), b"").status_code == 204
    assert not server.uploads().has_data(uid_of(uploader.url))


def test_delivery_counts_for_its_station_only(station, other):
    content = os.urandom(1000)
    station.upload(content)
    assert known(other, content) == []
    other.upload(content)
    assert known(other, content) == [sha256(content)]


def test_wrong_content_is_refused_and_gone(server, station, assert_problem):
    content, declared = b"x" * 500, b"y" * 500
    url = create(station, declared).headers["Location"]
    assert_problem(patch(station, url, 0, content), "checksum-mismatch", 422)
    assert station.ask("HEAD", url, headers=TUS).status_code == 404
    assert known(station, content, declared) == []
    with server.centre() as centre:
        assert centre.blobs.size(sha256(content)) is None
    assert_problem(station.put(station.manifest(declared)), "files-missing", 409)


def test_upload_ids_are_random_and_closed_to_others(station, other, assert_problem):
    content = os.urandom(1000)
    urls = {create(station, content).headers["Location"] for _ in range(3)}
    assert len({url.rsplit("-", 1)[1] for url in urls}) == 3
    url = urls.pop()
    assert other.ask("HEAD", url, headers=TUS).status_code == 404
    assert_problem(patch(other, url, 0, content), "upload-unknown", 404)
    assert_problem(other.ask("DELETE", url, headers=TUS), "upload-unknown", 404)
    assert offset(station, url) == 0


@pytest.mark.parametrize("method", ["POST", "GET", "OPTIONS"])
def test_method_override_opens_no_side_door(station, other, method):
    url = create(station, b"abc").headers["Location"]
    for real in ("DELETE", "patch", "HEAD"):
        headers = PATCH | {"X-HTTP-Method-Override": real, "Upload-Offset": "0"}
        assert other.ask(method, url, headers=headers, data=b"xyz").status_code in (404, 405)
    assert offset(station, url) == 0


def test_nothing_is_written_without_a_token(server, station, assert_problem):
    content = os.urandom(1000)
    url = create(station, content).headers["Location"]
    headers = PATCH | {"Upload-Offset": "0"}
    for token in ({}, {"Authorization": "Bearer nobody"}, {"Authorization": f"Basic {station.token}"}):
        assert_problem(requests.patch(url, data=content, headers=headers | token, timeout=20), "unauthorized", 401)
        assert requests.head(url, headers=TUS | token, timeout=20).status_code == 401
        assert_problem(requests.post(f"{server.url}/api/v1/files/", headers=TUS | token, timeout=20), "unauthorized", 401)
        assert_problem(requests.delete(url, headers=TUS | token, timeout=20), "unauthorized", 401)
        override = TUS | token | {"X-HTTP-Method-Override": "DELETE"}
        assert_problem(requests.post(url, headers=override, timeout=20), "unauthorized", 401)
    assert offset(station, url) == 0


@pytest.mark.parametrize("uid", ["..%2f..%2fcentral.db", "%2e%2e", "..", "server.lock", ".locks", "x" * 3000])
def test_paths_do_not_lead_out(server, station, uid):
    for method in ("HEAD", "PATCH", "DELETE"):
        url = f"{server.url}/api/v1/files/{uid}"
        request = requests.Request(method, url, headers=station.headers | PATCH | {"Upload-Offset": "0"}).prepare()
        request.url = url
        with requests.Session() as session:
            assert session.send(request, timeout=20).status_code in (404, 405)


def test_files_beside_an_upload_are_not_uploads(station, assert_problem):
    url = create(station, b"abc").headers["Location"]
    for suffix in (".info", ".part", ".info.tmp"):
        assert_problem(station.ask("DELETE", url + suffix, headers=TUS), "upload-unknown", 404)
    assert offset(station, url) == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("filename", "../../etc/passwd"),
        ("filename", "a\\b.pdf"),
        ("filename", ""),
        ("filename", "a\x00.pdf"),
        ("filetype", "nonsense"),
        ("sha256", "../" * 20),
        ("sha256", "A" * 64),
        ("record_id", "../../x"),
    ],
)
def test_hostile_metadata_is_refused(station, assert_problem, field, value):
    body = assert_problem(create(station, b"abc", **{field: value}), "invalid", 422)
    assert [fault["where"] for fault in body["errors"]] == [field]


def test_lengths_must_be_true(station, assert_problem):
    assert_problem(create(station, b"abc", {"Upload-Length": str(9 * 1024 * 1024)}), "too-large", 413)
    for length in ("0", "-1", "x", "9" * 30):
        assert_problem(create(station, b"abc", {"Upload-Length": length}), "bad-request", 400)
    assert_problem(create(station, b"abc", {"Upload-Defer-Length": "1"}), "bad-request", 400)
    assert_problem(create(station, b"abc", {"Upload-Concat": "final;/x"}), "bad-request", 400)
    url = create(station, b"abc").headers["Location"]
    assert_problem(patch(station, url, 0, b"abcd"), "bad-request", 400)
    assert_problem(patch(station, url, 2, b"c"), "conflict", 409)
    assert_problem(patch(station, url, 0, b"a", **{"Content-Type": "text/plain"}), "unsupported-media-type", 415)
    assert_problem(patch(station, url, 0, b"a", **{"Tus-Resumable": "0.2"}), "precondition-failed", 412)
    assert patch(station, url, 0, b"ab").headers["Upload-Offset"] == "2"
    assert patch(station, url, 2, b"c").status_code == 204
    assert known(station, b"abc") == [sha256(b"abc")]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_told_and_the_upload_goes_on_later(environment, tmp_path, assert_problem):
    server = Server(environment, tmp_path / "data", Engine("folder")).start()
    try:
        station = server.enrol()
        url = create(station, b"abc").headers["Location"]
        part = server.data / "uploads" / f"{uid_of(url)}.part"
        part.unlink()
        part.symlink_to("/dev/full")
        assert_problem(patch(station, url, 0, b"abc"), "storage-full", 507)
        part.unlink()
        assert patch(station, url, 0, b"abc").status_code == 204
        assert known(station, b"abc") == [sha256(b"abc")]
    finally:
        server.stop()


def test_an_upload_can_be_given_up(server, station):
    url = create(station, b"abcd").headers["Location"]
    assert station.ask("DELETE", url, headers=TUS).status_code == 204
    assert station.ask("HEAD", url, headers=TUS).status_code == 404
    assert uid_of(url) not in server.uploads().all_ids()


def test_options_name_what_is_spoken(station):
    answer = station.ask("OPTIONS", "/files/")
    assert answer.status_code == 204
    assert answer.headers["Tus-Extension"] == "creation,expiration,termination"
    assert answer.headers["Tus-Max-Size"] == str(8 * 1024 * 1024)


def test_expiry_is_told(station):
    assert "GMT" in create(station, b"abc").headers["Upload-Expires"]


def test_a_stalled_sender_does_not_stop_the_server(server, station):
    content = os.urandom(10_000)
    url = create(station, content).headers["Location"]
    with ThreadPoolExecutor(1) as pool:
        with send_half(station, url, 0, len(content), content[:4000]):
            wait_for_length(server, url, 4000)
            blocked = pool.submit(patch, station, url, 4000, content[4000:])
            started = time.monotonic()
            assert station.ask("GET", "/time").status_code == 200
            assert time.monotonic() - started < 2
            assert not blocked.done()
        # The first connection broke; the one that waited goes on where it stopped.
        assert blocked.result(20).status_code == 204
    assert known(station, content) == [sha256(content)]


def test_same_file_eight_times_at_once(server, station):
    content = os.urandom(100_000)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: station.upload(content), range(8)))
    assert server.stored(content) == content
    assert known(station, content) == [sha256(content)]


def test_killed_in_the_middle_of_a_piece_and_resumed(fresh_server):
    server = fresh_server()
    station = server.enrol()
    content = pdf_of(padding=os.urandom(3_000_000))
    uploader = station.uploader(content, chunk=1_000_000)
    uploader.upload_chunk()
    with send_half(station, uploader.url, 1_000_000, len(content) - 1_000_000, content[1_000_000:1_700_000]):
        wait_for_length(server, uploader.url, 1_600_000)
        server.kill()
    old, _ = server.url, server.start()
    url = uploader.url.replace(old, server.url)
    reached = offset(station, url)
    if server.engine.keeps_every_byte:
        assert 1_600_000 <= reached <= 1_700_000
    else:
        assert reached == 1_000_000
    resumed = station.uploader(content, url=url)
    resumed.upload()
    assert server.stored(content) == content
    assert station.put(station.manifest(content)).status_code == 201


def test_delivery_lost_in_a_crash_is_found_at_start_and_when_asked(fresh_server):
    server = fresh_server()
    station = server.enrol()
    contents = [pdf_of(f"mất {number}") for number in range(3)]
    names = [create(station, content).headers["Location"].rsplit("/", 1)[1] for content in contents]
    storage = server.uploads()

    def plant(number: int) -> None:
        """Leave what a crash leaves: all bytes kept, and nobody told."""
        storage.add(names[number], contents[number])
        storage.settle_bytes(names[number])

    plant(0)
    assert offset(station, f"{server.url}/api/v1/files/{names[0]}") == len(contents[0])
    assert known(station, contents[0]) == [sha256(contents[0])]
    plant(1)
    assert station.put(station.manifest(contents[1])).status_code == 201
    server.kill()
    plant(2)
    server.start()
    assert known(station, contents[2]) == [sha256(contents[2])]


def test_rubbish_and_expired_uploads_are_swept_at_start(fresh_server):
    server = fresh_server()
    station = server.enrol()
    uid, kept = (uid_of(create(station, b"abc").headers["Location"]) for _ in range(2))
    server.kill()
    storage, torn = server.uploads(), f"{uid[:-4]}0000"
    old = storage.declaration(uid) | {"expires": "Mon, 30 Nov 2020 09:02:16 GMT"}
    storage.remove(uid)
    storage.declare(uid, json.dumps(old))
    storage.declare(torn, "{torn")
    assert set(storage.all_ids()) == {uid, kept, torn}
    server.start()
    assert storage.all_ids() == [kept]


def test_tus_client_hears_of_failures(server, station):
    with pytest.raises(TusCommunicationError):
        station.uploader(b"abc", sha256="short").upload()
    with pytest.raises(TusUploadFailed):
        station.uploader(b"abc", sha256="0" * 64).upload()


def test_what_a_refused_request_sent_is_not_kept_for_the_next_one(server, station, assert_problem):
    content = os.urandom(400_000)
    url = create(station, content).headers["Location"]
    # Its first pieces have been taken in when the one too many is noticed.
    assert_problem(patch(station, url, 0, os.urandom(len(content) + 1)), "bad-request", 400)
    reached = offset(station, url)
    if reached:
        assert server.engine.keeps_every_byte
        assert_problem(patch(station, url, reached, content[reached:]), "checksum-mismatch", 422)
    else:
        assert patch(station, url, 0, content).status_code == 204
        assert known(station, content) == [sha256(content)]
