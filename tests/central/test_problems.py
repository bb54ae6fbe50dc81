"""Whatever is sent, the answer is a problem that says what to do, and the log says nothing about people."""

from __future__ import annotations

import asyncio
import json
import socket

import pytest
import requests
import trustme
import uvicorn
from uvicorn.server import ServerState

from central.connections import impatient
from central.metrics import Metrics
from central.settings import Settings
from central.traffic import Traffic
from central.web.error_pages import answer
from tests.pdfs import pdf_of


def deep(levels: int) -> bytes:
    return b"[" * levels + b"]" * levels


def test_framework_errors_are_problems(server, station, assert_problem):
    assert_problem(requests.get(f"{server.url}/nowhere", timeout=20), "not-found", 404)
    assert_problem(requests.get(f"{server.url}/api/v1/files", timeout=20), "method-not-allowed", 405)
    assert_problem(requests.delete(f"{server.url}/healthz", timeout=20), "method-not-allowed", 405)
    assert_problem(station.ask("PUT", "/records/short/revisions/1", data=b"{}"), "invalid", 422)
    assert_problem(station.ask("PUT", "/records/aaaaaaaa/revisions/0", data=b"{}"), "invalid", 422)
    assert_problem(station.ask("GET", "/files/known?sha256=zz"), "invalid", 422)
    assert_problem(station.ask("GET", "/records?since=2025-01-01T00:00:00"), "invalid", 422)


@pytest.mark.parametrize("body", [b"", b"{", b"null", b"[]", b'{"code": 1}', b"\xff\xfe", deep(100_000)])
def test_bad_json_is_a_problem(server, body):
    answer = requests.post(f"{server.url}/api/v1/stations", data=body, headers={"Content-Type": "application/json"}, timeout=20)
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "body", [b"", b"{", b"null", b"[]", b"\xff\xfe", deep(1_000_000), b'{"papers":' + deep(900_000) + b"}"]
)
def test_bad_manifests(station, assert_problem, body):
    assert_problem(station.put(body, "aaaaaaaa", 1), "invalid", 422)


def test_truncated_manifest(station, assert_problem):
    manifest = station.manifest(b"abc")
    body = json.dumps(manifest).encode()
    assert_problem(station.put(body[: len(body) // 2], manifest["record_id"], 1), "invalid", 422)


def change(manifest, path: str, value) -> None:
    *parents, last = path.split(".")
    for key in parents:
        manifest = manifest[int(key)] if key.isdigit() else manifest[key]
    manifest[last] = value


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("extra", 1),
        ("dossier.extra", 1),
        ("dossier.owner.extra", 1),
        ("papers.0.pages.0.extra", 1),
        ("format", "sohoa-manifest/9"),
        ("papers", []),
        ("dossier.created_at", "2025-11-20T08:00:00"),
        ("papers.0.pages.0.scanned_at", "2025-11-20T08:00:00"),
        ("dossier.agency_code", ""),
        ("dossier.number", "my number"),
        ("dossier.number", "TAM-261123-00001"),
        ("papers.0.file.name", "../../x.pdf"),
        ("papers.0.file.sha256", "x"),
        ("papers.0.file.size", "12"),
        ("papers.0.file.size", -1),
        ("record_id", "bbbbbbbb-other"),
        ("revision", 7),
    ],
)
def test_manifest_is_read_strictly(station, assert_problem, path, value):
    manifest = station.manifest(b"abc")
    record_id = manifest["record_id"]
    change(manifest, path, value)
    assert_problem(station.put(manifest, record_id, 1), "invalid", 422)


def test_manifest_has_a_limit(station, assert_problem):
    body = b'"' + b"x" * (4 * 1024 * 1024) + b'"'
    assert_problem(station.put(body, "aaaaaaaa", 1), "too-large", 413)
    pieces = (b"x" * 65536 for _ in range(80))
    assert_problem(station.ask("PUT", "/records/aaaaaaaa/revisions/1", data=pieces), "too-large", 413)


def test_answers_do_not_repeat_values(station):
    manifest = station.manifest(b"abc", dossier={"owner": {"name": 5, "id_number": "024099000001"}})
    text = station.put(manifest).text + station.put(station.manifest(b"abc") | {"record_id": "Thử?"}, "aaaaaaaa", 1).text
    assert "024099000001" not in text
    assert "Thử?" not in text


def test_log_has_no_personal_data(server, station):
    manifest = station.send(pdf_of("for the log"), dossier={"owner": {"name": "Lê Văn Nhật Ký", "id_number": "024099777777"}})
    requests.get(f"{server.url}/Le-Van-Nhat-Ky?id=024099777777", timeout=20)
    log = server.errors()
    assert "PUT /api/v1/records/{record_id}/revisions/{revision} record_id" in log
    assert f"record_id={manifest['record_id']} revision=1 201" in log
    assert "(no route) 404" in log
    for secret in ("Nhật Ký", "Nhat-Ky", "024099777777", station.token, "giay-to.pdf"):
        assert secret not in log


def test_inner_fault_is_a_problem_without_a_trace(fresh_server, assert_problem):
    server = fresh_server()
    station = server.enrol()
    # A table is gone: a fault that no request can cause.
    with server.centre() as centre, centre.database.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE records RENAME TO elsewhere")
    answer = station.ask("GET", "/records")
    assert_problem(answer, "internal", 500)
    assert "Traceback" not in answer.text + server.errors()
    assert ("ProgrammingError at" if server.engine.database_url else "OperationalError at") in server.errors()
    assert "no such table" not in server.errors()
    assert "does not exist" not in server.errors()


def test_openapi_declares_what_is_spoken(server):
    schema = requests.get(f"{server.url}/api/v1/openapi.json", timeout=20).json()
    schemas = schema["components"]["schemas"]
    assert {"Manifest", "ManifestPaper", "Receipt", "ProblemDetail", "Enrolled"} <= set(schemas)
    put = schema["paths"]["/api/v1/records/{record_id}/revisions/{revision}"]["put"]
    assert put["security"]
    assert set(put["responses"]) == {"200", "201", "401", "403", "409", "413", "422", "default"}
    assert list(put["responses"]["409"]["content"]) == ["application/problem+json"]
    open_to_all = {"/api/v1/stations", "/api/v1/time", "/api/v1/receipt-keys", "/healthz"}
    for path, operations in schema["paths"].items():
        for operation in operations.values():
            assert bool(operation.get("security")) == (path not in open_to_all), path
            assert "default" in operation["responses"]
    assert schema["components"]["securitySchemes"]["HTTPBearer"]["scheme"] == "bearer"
    text = json.dumps(schema)
    references = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert references <= set(schemas)
    assert requests.get(f"{server.url}/docs", timeout=20).status_code == 404


def test_garbage_on_the_wire_does_not_hurt(server):
    host, port = server.url.removeprefix("http://").split(":")
    for garbage in (b"\x16\x03\x01\x02\x00", b"GET / HTTP/9.9\r\n\r\n", b"A" * 100_000):
        with socket.create_connection((host, int(port)), timeout=5) as connection:
            try:
                connection.sendall(garbage)
                connection.recv(1000)
            except OSError:
                pass
    assert requests.get(f"{server.url}/healthz", timeout=20).status_code == 200


def test_tls(fresh_server, tmp_path):
    authority = trustme.CA()
    certificate = authority.issue_cert("127.0.0.1")
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    certificate.private_key_pem.write_to_path(tmp_path / "key.pem")
    with (tmp_path / "cert.pem").open("wb") as stream:
        for blob in certificate.cert_chain_pems:
            stream.write(blob.bytes())
    server = fresh_server("--certfile", str(tmp_path / "cert.pem"), "--keyfile", str(tmp_path / "key.pem"))
    assert server.url.startswith("https://")
    assert requests.get(f"{server.url}/healthz", timeout=20, verify=str(tmp_path / "ca.pem")).status_code == 200
    with pytest.raises(requests.exceptions.SSLError):
        requests.get(f"{server.url}/healthz", timeout=20)


def test_who_never_ends_the_head_of_a_request_is_dropped():
    """And nobody else: neither whose answer takes long nor whose next request comes on the same connection."""

    async def application(_scope, _receive, send) -> None:
        await asyncio.sleep(0.5)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"ok"})

    async def run() -> None:
        config = uvicorn.Config(application, http=impatient(0.1), log_config=None, access_log=False, timeout_keep_alive=60)
        config.load()
        state = ServerState()
        listening = await asyncio.get_running_loop().create_server(
            lambda: config.http_protocol_class(config, state, {}), "127.0.0.1", 0
        )
        address = listening.sockets[0].getsockname()
        async with listening:
            reader, writer = await asyncio.open_connection(*address)
            for _ in range(2):
                writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                assert (await asyncio.wait_for(reader.readuntil(b"ok"), 20)).startswith(b"HTTP/1.1 200")
            # A first head that never ends, and a later one.
            slow, other = await asyncio.open_connection(*address)
            for stream in (writer, other):
                stream.write(b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ")
            for end in (reader, slow):
                assert await asyncio.wait_for(end.read(), 20) == b""
            writer.close()
            other.close()

    asyncio.run(run())


def test_a_silent_sender_counts_as_gone(tmp_path):
    events = []

    async def application(_scope, receive, _send) -> None:
        events.append(await receive())

    async def never() -> None:
        await asyncio.sleep(60)

    traffic = Traffic(application, Settings(tmp_path, idle_seconds=0.05), Metrics(), answer)
    asyncio.run(traffic({"type": "http", "method": "PUT", "path": "/"}, never, never))
    assert events == [{"type": "http.disconnect"}]
