"""The virtual network scanner's HTTP: its five requests, and every way in which an answer can go wrong."""

from __future__ import annotations

import os
import socket
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any

from PIL import Image

from drivers.backend import DriverFault
from drivers.contract import ColorMode, FaultCode
from drivers.images import encode_page
from drivers.virtual_escl_device import Job, VirtualScanner
from drivers.virtual_escl_faults import FEEDER_STATES, Mishap

MAX_REQUEST_BYTES = 1 << 20
XML, JPEG = "text/xml; charset=utf-8", "image/jpeg"
ENTITY_BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY a%d "%s">' % (level, (b"&a%d;" % (level - 1) if level else b"&a;") * 10) for level in range(9))
    + b"]><b>&a8;</b>"
)
_DEAD = 9


class Handler(BaseHTTPRequestHandler):
    """One connection of a client."""

    protocol_version = "HTTP/1.1"
    server_version, sys_version = "SohoaVirtualScanner", ""
    timeout = 60.0
    # Pages go out in two writes; waiting to join them would cost the client 40 ms each.
    disable_nagle_algorithm = True
    server: Any

    if TYPE_CHECKING:
        connection: socket.socket

    @property
    def scanner(self) -> VirtualScanner:
        """The device behind it."""
        device: VirtualScanner = self.server.scanner
        return device

    def do_GET(self) -> None:
        """Answer about the scanner, or with the next page."""
        if not self._is_welcome():
            return
        if self.path == "/eSCL/ScannerCapabilities":
            self._about("capabilities", self.scanner.capabilities_xml)
        elif self.path == "/eSCL/ScannerStatus":
            self._about("status", self.scanner.status_xml)
        elif self.path.endswith("/NextDocument"):
            self._next_document(self.scanner.job_at(self.path.removesuffix("/NextDocument")))
        else:
            self._answer(404)

    def do_POST(self) -> None:
        """Begin a job."""
        if not self._is_welcome():
            return
        settings = self._body()
        if settings is None:
            return
        mishap = self.scanner.script.strike("job") if self.path == "/eSCL/ScanJobs" else None
        if self.path != "/eSCL/ScanJobs":
            self._answer(404)
        elif mishap is not None and mishap.fault in FEEDER_STATES:
            self.scanner.break_off(None, mishap.fault)
            self._answer(mishap.code)
        elif mishap is not None and mishap.fault == "refused":
            self._answer(409)
        elif mishap is None or not self._strike_answer(mishap):
            self._begin(settings, mishap.fault if mishap else "")

    def do_DELETE(self) -> None:
        """Take a job back."""
        if not self._is_welcome():
            return
        job = self.scanner.job_at(self.path)
        if job is not None:
            self.scanner.cancel(job)
        self._answer(200 if job is not None else 404)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Say nothing: an address and a time of a citizen's page belong in no log."""

    def _is_welcome(self) -> bool:
        # A web page that gave itself this computer's address must not read the papers on the glass.
        host = self.headers.get("Host", "").partition(":")[0]
        if host in ("127.0.0.1", "localhost"):
            return True
        self.close_connection = True
        self._answer(421)
        return False

    def _body(self) -> bytes | None:
        text = self.headers.get("Content-Length", "")
        length = int(text) if text.isdecimal() and len(text) < 12 else -1
        if 0 <= length <= MAX_REQUEST_BYTES:
            return self.rfile.read(length)
        self.close_connection = True
        self._answer(411 if length < 0 else 413)
        return None

    def _begin(self, settings: bytes, fault: str) -> None:
        try:
            job = self.scanner.order(settings)
        except DriverFault as error:
            self._answer(409 if error.fault.code is FaultCode.INVALID_REQUEST else 500)
            return
        if job is None:
            self._answer(409)
            return
        location = {
            "location_relative": job.path,
            "location_wrong_host": f"http://scanner.invalid:1{job.path}",
            "location_missing": "",
        }.get(fault, f"{self.server.url.removesuffix('/eSCL')}{job.path}")
        self._answer(201, headers={"Location": location} if location else {})

    def _about(self, place: str, make: Any) -> None:
        mishap = self.scanner.script.strike(place)
        if mishap is None:
            self._answer(200, make(), XML)
        elif mishap.fault in ("not_xml", "bomb", "too_long"):
            self._answer(200, {"not_xml": b"<html>", "bomb": ENTITY_BOMB, "too_long": b" " * (2 << 20)}[mishap.fault], XML)
        else:
            self._strike_answer(mishap)

    def _next_document(self, job: Job | None) -> None:
        number = self.scanner.upcoming(job) if job is not None else 0
        mishap = self.scanner.script.strike("page", number) if number else None
        if job is None or not number or (mishap is not None and mishap.fault == "empty"):
            if job is not None and job.state == "Processing":
                self.scanner.run_out(job)
            self._answer(404)
        elif mishap is not None and (mishap.fault in FEEDER_STATES or mishap.fault == "cancelled"):
            self.scanner.take_time()
            self.scanner.break_off(job, mishap.fault)
            self._answer(410 if mishap.fault == "cancelled" else mishap.code)
        elif mishap is not None and mishap.fault == "gone":
            self._answer(404)
        elif mishap is None or not self._strike_answer(mishap):
            self._send_page(job, number, mishap)

    def _send_page(self, job: Job, number: int, mishap: Mishap | None) -> None:
        try:
            data = self.scanner.draw(job, number)
        except DriverFault:
            self._answer(500)
            return
        if mishap is not None and not self._strike_page(mishap, data):
            return
        if mishap is None:
            # Noted first: whoever has the page may ask for the status at once.
            self.scanner.delivered(job)
            self._answer(200, data, JPEG)
        else:
            self.scanner.delivered(job)

    def _strike_page(self, mishap: Mishap, data: bytes) -> bool:
        """Send a page as whole as the script says; give whether it got through."""
        half = data[: len(data) // 2]
        bodies = {
            "shortjpeg": half,
            "garbage": bytes(range(256)) * 40,
            "empty_body": b"",
            "tiny": _drawn(1, 1),
            "huge": _drawn(9000, 9000),
        }
        if mishap.fault in bodies:
            self._answer(200, bodies[mishap.fault], JPEG)
        elif mishap.fault == "html":
            self._answer(200, b"<html><body>Please sign in</body></html>", "text/html")
        elif mishap.fault == "slow":
            self._dribble(data, mishap.seconds)
            return True
        elif mishap.fault == "trickle":
            self._dribble(half[:200], mishap.seconds, length=len(data))
        elif mishap.fault in ("chunked", "chunked_cut"):
            return self._send_chunked(data, whole=mishap.fault == "chunked")
        else:
            self._answer(200, half, JPEG, length=len(data))
            if mishap.fault == "die":
                os._exit(_DEAD)
            if mishap.fault == "stall":
                self.scanner.closing.wait(mishap.seconds)
            self._hang_up()
        return False

    def _strike_answer(self, mishap: Mishap) -> bool:
        """Let happen what can happen to any answer; give whether it was one of those."""
        fault = mishap.fault
        if fault == "hang":
            self.scanner.closing.wait(mishap.seconds)
            self._hang_up()
        elif fault == "drop":
            self._hang_up()
        elif fault in ("busy", "busy_forever"):
            self._answer(503, headers={"Retry-After": "1"})
        elif fault == "redirect":
            self._answer(302, headers={"Location": "http://127.0.0.1:9/eSCL"})
        elif fault == "drip":
            self._dribble(b" " * 1000, 1000 * 0.05, XML)
        elif fault in ("http500", "denied"):
            self._answer(500 if fault == "http500" else 403)
        else:
            return False
        return True

    def _answer(
        self, status: int, body: bytes = b"", kind: str = "text/plain", *, length: int | None = None, headers: Any = None
    ) -> None:
        self.send_response(status)
        for name, text in (headers or {}).items():
            self.send_header(name, text)
        if body or status == 200:
            self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def _dribble(self, data: bytes, seconds: float, kind: str = JPEG, length: int | None = None) -> None:
        """Send slowly: a page in twenty pieces, anything else byte by byte. ``length`` is what is announced."""
        pieces = 20 if kind == JPEG and length is None else len(data)
        self._answer(200, b"", kind, length=length or len(data))
        for number in range(pieces):
            self.wfile.write(data[len(data) * number // pieces : len(data) * (number + 1) // pieces])
            self.scanner.closing.wait(seconds / pieces)

    def _send_chunked(self, data: bytes, *, whole: bool) -> bool:
        """Send a page without saying how long it is; a cut one ends before its last piece."""
        self.send_response(200)
        self.send_header("Content-Type", JPEG)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        middle = len(data) // 2
        for piece in (data[:middle], data[middle:])[: 2 if whole else 1]:
            self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))
        if whole:
            self.wfile.write(b"0\r\n\r\n")
        else:
            self._hang_up()
        return whole

    def _hang_up(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)


def _drawn(width: int, height: int) -> bytes:
    return encode_page(Image.new("L", (width, height), 255), ColorMode.GRAY, 300)[0]
