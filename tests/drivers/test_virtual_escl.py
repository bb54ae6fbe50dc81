"""The virtual network scanner as a command and as a server: who may speak to it, what it takes, what its script means."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import pytest
from PIL import Image

from drivers.contract import ColorMode, FaultCode, Finished, Source
from drivers.escl_xml import Order, parse_capabilities, scan_settings
from drivers.virtual_escl import Server, main
from drivers.virtual_escl_faults import ScriptError, parse_script
from drivers.virtual_escl_http import MAX_REQUEST_BYTES
from tests.support import wait_until

SETTINGS = scan_settings(Order("2.0", Source.FEEDER, "RGB24", 100, 1182, 591))


def ask(server: Any, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=10)
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def test_the_command_tells_its_address_and_ends_when_interrupted(virtual_escl: Any, connect: Any, tray: Path) -> None:
    server = virtual_escl("--pages", str(tray))
    assert connect(server).scan().end == Finished(4)
    listening = [one for one in psutil.Process(server.process.pid).net_connections() if one.status == psutil.CONN_LISTEN]
    assert [one.laddr.ip for one in listening] == ["127.0.0.1"]
    server.process.send_signal(signal.SIGINT)
    assert server.process.wait(10) == 0


def test_the_command_with_tls_and_a_pdf(virtual_escl: Any, connect: Any, tmp_path: Path) -> None:
    document = tmp_path / "tờ khai.pdf"
    pages = [Image.new("RGB", (394, 197), shade) for shade in ("red", "green", "blue")]
    pages[0].save(document, save_all=True, append_images=pages[1:], resolution=100)
    server = virtual_escl("--pages", str(document), "--tls")
    assert server.url.startswith("https://127.0.0.1:")
    assert len(server.about["sha256"]) == 64
    bench = connect(server)
    outcome = bench.scan()
    assert outcome.end == Finished(3)
    with Image.open(bench.spool / outcome.pages[2].file) as image:
        assert image.getpixel((100, 100)) == pytest.approx((0, 0, 255), abs=20)


def test_the_same_folder_and_port_are_the_same_scanner_at_each_start(virtual_escl: Any, tray: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    first, again, other = (virtual_escl("--pages", str(pages)) for pages in (tray, tray, tmp_path / "other"))
    assert first.about["uuid"] == again.about["uuid"] != other.about["uuid"]
    port = first.url.rpartition(":")[2].removesuffix("/eSCL")
    first.process.terminate()
    first.process.wait(10)
    assert virtual_escl("--pages", str(tray), "--port", port).about["uuid"] != again.about["uuid"]


@pytest.mark.parametrize(
    "options",
    [
        ["--host", "0.0.0.0"],
        ["--host", "::1"],
        ["--pages", "/nowhere"],
        ["--script", "/nowhere.json"],
        ["--port", "70000"],
    ],
)
def test_a_wrong_option_ends_the_command(tray: Path, options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--pages", str(tray), *options]) == 2
    assert capsys.readouterr().err.startswith("virtual-escl: ")


def test_no_other_address_is_bound(serve: Any) -> None:
    with pytest.raises(ValueError, match="only"):
        Server(serve().scanner, host="0.0.0.0")


def test_a_web_page_under_another_name_is_sent_away(serve: Any) -> None:
    server = serve()
    assert ask(server, "GET", "/eSCL/ScannerStatus", Host="evil.example")[0] == 421
    assert ask(server, "GET", "/eSCL/ScannerStatus")[0] == 200


@pytest.mark.parametrize(("method", "path"), [("GET", "/"), ("GET", "/eSCL/"), ("GET", "/x/NextDocument"), ("DELETE", "/x")])
def test_what_is_not_there(serve: Any, method: str, path: str) -> None:
    assert ask(serve(), method, path)[0] == 404


def test_a_request_has_a_limit(serve: Any) -> None:
    server = serve()
    assert ask(server, "POST", "/eSCL/ScanJobs", **{"Content-Length": str(MAX_REQUEST_BYTES + 1)})[0] == 413
    assert ask(server, "POST", "/eSCL/ScanJobs", **{"Content-Length": "many"})[0] == 411
    assert ask(server, "POST", "/eSCL/other", b"x")[0] == 404
    assert ask(server, "GET", "/eSCL/ScannerStatus")[0] == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<a/>",
        b"no xml",
        SETTINGS.replace(b">100<", b">123<"),
        SETTINGS.replace(b"RGB24", b"BlackAndWhite1"),
        SETTINGS.replace(b">1182<", b">99999<"),
        SETTINGS.replace(b">1182<", b">-5<"),
        b'<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>',
    ],
)
def test_an_order_that_makes_no_sense_is_refused(serve: Any, body: bytes) -> None:
    assert ask(serve(), "POST", "/eSCL/ScanJobs", body)[0] == 409


def test_an_idle_connection_does_not_hold_up_the_others(serve: Any) -> None:
    server = serve()
    with socket.create_connection(("127.0.0.1", urlsplit(server.url).port or 0)):
        assert ask(server, "GET", "/eSCL/ScannerStatus")[0] == 200


def test_pages_a_minute_are_kept_to(serve: Any, connect: Any) -> None:
    bench = connect(serve(ppm=120))
    began = time.monotonic()
    assert bench.scan().end == Finished(4)
    assert time.monotonic() - began >= 2.0


@pytest.mark.parametrize("mode", [ColorMode.COLOR, ColorMode.GRAY])
def test_another_resolution_and_mode_is_made_of_the_same_paper(serve: Any, connect: Any, mode: ColorMode) -> None:
    bench = connect(serve())
    (page,) = bench.scan(dpi=200, mode=mode, max_pages=1).pages
    with Image.open(bench.spool / page.file) as image:
        dark = image.convert("L").point(lambda value: 255 if value < 100 else 0).crop((0, 0, 200, 100)).getbbox()
        assert dark == pytest.approx((0, 0, 80, 40), abs=3)


def test_its_own_words_are_understood(serve: Any) -> None:
    scanner = parse_capabilities(ask(serve(), "GET", "/eSCL/ScannerCapabilities")[1])
    assert set(scanner.inputs) == set(Source)
    assert scanner.uuid


def test_paper_added_to_the_folder_is_there_after_the_tray_ran_out(serve: Any, connect: Any, tray: Path, draw: Any) -> None:
    bench = connect(serve())
    assert bench.scan().end == Finished(4)
    draw(tray / "trang 5.jpg", 5)
    assert bench.scan().end == Finished(5)


def test_a_broken_sheet_is_an_error_of_the_scanner(serve: Any, connect: Any, tray: Path) -> None:
    bench = connect(serve())
    page = tray / "trang 2.jpg"
    page.write_bytes(page.read_bytes()[:-50])
    first = bench.scan()
    assert (first.fault.code, first.fault.delivered) == (FaultCode.IO_ERROR, 1)
    other = tray.parent / "other"
    other.mkdir()
    bench = connect(serve(pages=other))
    (other / "note.png").write_bytes(b"no picture")
    second = bench.scan(source=Source.FLATBED)
    assert (second.fault.code, second.fault.delivered) == (FaultCode.IO_ERROR, 0)


@pytest.mark.parametrize(
    "script",
    [
        "",
        "{}",
        "[3]",
        "[{}]",
        '[{"fault": 3}]',
        '[{"fault": "fire"}]',
        '[{"fault": "jam", "page": 0}]',
        '[{"fault": "jam", "page": "1"}]',
        '[{"fault": "jam", "when": 3}]',
        '[{"fault": "jam", "times": -1}]',
        '[{"fault": "jam", "at": "night"}]',
        '[{"fault": "bomb", "page": 1}]',
        '[{"fault": "jam", "at": "page"}]',
    ],
)
def test_a_script_that_makes_no_sense_is_refused(script: str, tmp_path: Path, tray: Path) -> None:
    with pytest.raises(ScriptError):
        parse_script(script)
    (tmp_path / "script.json").write_text(script)
    assert main(["--pages", str(tray), "--script", str(tmp_path / "script.json")]) == 2


def test_a_fault_that_is_not_known_is_answered_with_those_that_are() -> None:
    with pytest.raises(ScriptError, match=r"no fault 'multipick' at 'page'; there are: .*double_feed.*jam"):
        parse_script('[{"fault": "multipick", "page": 6}]')
    with pytest.raises(ScriptError, match="at 'glass'; there are: capabilities, job, page, status"):
        parse_script('[{"fault": "jam", "at": "glass"}]')


def test_a_fault_happens_as_often_as_ordered() -> None:
    script = parse_script(json.dumps([{"fault": "jam", "page": 2, "times": 2}, {"fault": "busy"}]))
    struck = [script.strike("page", 2) for _ in range(3)]
    assert [one.fault if one else None for one in struck] == ["jam", "jam", None]
    assert [script.strike("job") is None for _ in range(3)] == [False, False, True]


def test_no_connection_is_left_after_a_batch(serve: Any, connect: Any) -> None:
    server = serve()
    port = urlsplit(server.url).port
    connect(server).scan()
    wait_until(lambda: not _established(port), 5, "the end of all connections")


def _established(port: int | None) -> list[Any]:
    own = psutil.Process().net_connections(kind="inet")
    return [one for one in own if one.laddr.port == port and one.status in (psutil.CONN_ESTABLISHED, psutil.CONN_CLOSE_WAIT)]
