"""A small province's system with an LGSP's six steps, over real HTTP; by hand: ``python -m tests.lgsp``.

It behaves as resources/connectors/lgsp.toml says, keeps everything in memory, and breaks where a test tells it to.
"""

from __future__ import annotations

import email
import hashlib
import json
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

CLIENT, SECRET = "tram-thu", "bi-mat-cua-bai-thu"
STEPS = ("token", "number", "upload", "create", "progress", "status")
_STEP_OF = {
    "/oauth2/token": "token",
    "/get-next-value": "number",
    "/upload": "upload",
    "/NoiHoSo": "create",
    "/CapNhatTienTrinh": "progress",
    "/CapNhatTrangThai": "status",
}
_REQUIRED = ("MaHoSo", "MaTTHC", "ChuHoSo", "MaDonViTiepNhan", "NgayTiepNhan", "ThongTinNguoiNop")


@dataclass
class Fault:
    """What goes wrong at a step, so many times: ``before`` and ``after`` cut the connection without an answer, before or
    after the step was done; ``inside`` cuts it within the request; ``say`` answers with a status and a body instead.
    """

    step: str
    how: str
    status: int = 200
    body: dict[str, Any] = field(default_factory=dict)
    left: int = 1


class Refusal(Exception):
    """An error in an answer of 200, as these systems give it."""

    def __init__(self, message: str, code: str = "-1") -> None:
        super().__init__(message)
        self.message, self.code = message, code


class Lgsp:
    """The system: what it has, and its server."""

    def __init__(self, port: int = 0) -> None:
        self.faults: list[Fault] = []
        self.asked: list[tuple[str, dict[str, str], bytes]] = []
        self.files: dict[str, bytes] = {}
        self.dossiers: dict[str, dict[str, Any]] = {}
        self.updates: Counter[str] = Counter()
        self.progress: list[dict[str, Any]] = []
        self.states: dict[str, int] = {}
        self.issued: list[str] = []
        self.used_elsewhere: set[str] = set()
        self.unknown_procedures: set[str] = set()
        self.wrong_hashes = 0
        self.algorithm = "sha256"
        self.spell: Callable[[bytes], str] = bytes.hex
        self.requests_of_token = 1_000_000
        self._tokens: dict[str, int] = {}
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), type("Handler", (_Handler,), {"lgsp": self}))
        self._server.handle_error = lambda *_args: None  # type: ignore[method-assign]
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    def close(self) -> None:
        """Stop."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def break_at(self, step: str, how: str, times: int = 1) -> None:
        """Cut the connection at a step: before, after or inside."""
        self.faults.append(Fault(step, how, left=times))

    def say(self, step: str, status: int, times: int = 1_000_000, **body: Any) -> None:
        """Answer a step so, without doing it."""
        self.faults.append(Fault(step, "say", status, body, times))

    def fault(self, step: str, *kinds: str) -> Fault | None:
        """The fault that is due."""
        with self._lock:
            for one in self.faults:
                if one.step == step and one.how in kinds and one.left > 0:
                    one.left -= 1
                    return one
        return None

    def count(self, step: str) -> int:
        """How often a step was asked for."""
        return sum(asked[0] == step for asked in self.asked)

    def contents_of(self, number: str) -> list[str]:
        """The SHA-256 of the files of a dossier."""
        attached = [file for part in self.dossiers[number]["ThanhPhanHoSo"] for file in part["GiayToDinhKem"]]
        results = self.dossiers[number]["DanhSachGiayToKetQua"]
        ids = [file["IdGiayTo"] for file in attached] + [file["GiayToId"] for file in results]
        return [hashlib.sha256(self.files[file_id]).hexdigest() for file_id in ids]

    def answer(
        self, step: str, query: dict[str, list[str]], headers: dict[str, str], body: bytes
    ) -> tuple[int, dict[str, Any]]:
        """Do a step."""
        with self._lock:
            self.asked.append((step, headers, body))
            if step == "token":
                return self._token(body)
            token = headers.get("authorization", "").removeprefix("Bearer ")
            if self._tokens.get(token, 0) <= 0:
                return 401, {"error_code": "401", "message": "Token hết hạn hoặc không hợp lệ"}
            self._tokens[token] -= 1
            try:
                return 200, getattr(self, f"_{step}")(query, headers, body)
            except Refusal as refusal:
                return 200, {"error_code": refusal.code, "message": refusal.message}

    def _token(self, body: bytes) -> tuple[int, dict[str, Any]]:
        said = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        if said.get("client_id") != CLIENT or said.get("client_secret") != SECRET:
            return 401, {"error": "invalid_client", "error_description": "Client không hợp lệ"}
        token = secrets.token_hex(16)
        self._tokens[token] = self.requests_of_token
        return 200, {"access_token": token, "token_type": "Bearer", "expires_in": 3600}

    def _number(self, query: dict[str, list[str]], _headers: dict[str, str], _body: bytes) -> dict[str, Any]:
        self.issued.append(f"{query['code'][0]}-{time.strftime('%y%m%d')}-{len(self.issued) + 1:04d}")
        return {"value": self.issued[-1]}

    def _upload(self, _query: dict[str, list[str]], headers: dict[str, str], body: bytes) -> dict[str, Any]:
        head = f"Content-Type: {headers['content-type']}\r\n\r\n".encode()
        form = email.message_from_bytes(head + body).get_payload()
        (file,) = [part for part in form if part.get_param("name", header="content-disposition") == "files"]
        content = file.get_payload(decode=True)
        file_id = f"TEP{len(self.files) + 1:05d}"
        self.files[file_id] = content
        wrong = b"?" if self.wrong_hashes > 0 else b""
        self.wrong_hashes -= len(wrong)
        digest = hashlib.new(self.algorithm, content + wrong).digest()
        return {"error_code": "0", "data": [{"IdTepTin": file_id, "HashTepTin": self.spell(digest)}]}

    def _create(self, query: dict[str, list[str]], _headers: dict[str, str], body: bytes) -> dict[str, Any]:
        dossier = json.loads(body)
        number = dossier["MaHoSo"]
        if missing := [name for name in _REQUIRED if not dossier.get(name)]:
            raise Refusal(f"Thiếu thông tin bắt buộc: {', '.join(missing)}")
        if dossier["MaTTHC"] in self.unknown_procedures:
            raise Refusal("Thủ tục không tồn tại trên hệ thống")
        if number in self.used_elsewhere:
            raise Refusal("Mã hồ sơ đã được sử dụng cho hồ sơ khác")
        for part in dossier["ThanhPhanHoSo"]:
            for file in part["GiayToDinhKem"]:
                if file["IdGiayTo"] not in self.files:
                    raise Refusal("Không tìm thấy tệp tin")
        if query["isUpdating"] == ["True"]:
            if number not in self.dossiers:
                raise Refusal("Hồ sơ chưa có trên hệ thống")
            self.updates[number] += 1
        elif number in self.dossiers:
            raise Refusal("Mã hồ sơ đã tồn tại")
        self.dossiers[number] = dossier
        return {"error_code": "0", "data": {"idHoSo": f"ID-{number}", "maHoSo": number}}

    def _progress(self, _query: dict[str, list[str]], _headers: dict[str, str], body: bytes) -> dict[str, Any]:
        for line in json.loads(body):
            self._known(line["MaHoSo"])
            self.progress.append(line)
        return {"error_code": "00"}

    def _status(self, _query: dict[str, list[str]], _headers: dict[str, str], body: bytes) -> dict[str, Any]:
        for line in json.loads(body):
            self._known(line["MaHoSo"])
            self.states[line["MaHoSo"]] = line["TrangThai"]
        return {"error_code": "00"}

    def _known(self, number: str) -> None:
        if number not in self.dossiers:
            raise Refusal("Không tìm thấy hồ sơ")


class _Handler(BaseHTTPRequestHandler):
    """Reads a request, breaks where it is told to, and gives the system's answer."""

    protocol_version = "HTTP/1.1"
    timeout = 10
    lgsp: Lgsp

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except OSError:
            self.close_connection = True

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        step, length = _STEP_OF.get(asked.path, ""), int(self.headers.get("Content-Length", "0"))
        if self.lgsp.fault(step, "inside"):
            self.rfile.read(length // 2)
            self.close_connection = True
            return
        body = self.rfile.read(length)
        # A request that ended early was never one; and a cut before it is done looks the same from outside.
        if len(body) < length or self.lgsp.fault(step, "before"):
            self.close_connection = True
            return
        answer = self.answer(step, parse_qs(asked.query), body)
        if self.lgsp.fault(step, "after"):
            self.close_connection = True
            return
        self.reply(*answer)

    do_POST = do_PUT = do_GET

    def answer(self, step: str, query: dict[str, list[str]], body: bytes) -> tuple[int, dict[str, Any]]:
        if not step:
            return 404, {"message": "Không tìm thấy API"}
        if said := self.lgsp.fault(step, "say"):
            return said.status, said.body
        return self.lgsp.answer(step, query, {name.lower(): value for name, value in self.headers.items()}, body)

    def reply(self, status: int, body: dict[str, Any]) -> None:
        content = json.dumps(body, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_args: Any) -> None:
        pass


def main() -> None:
    """Serve until interrupted, and say what there is after every change."""
    lgsp = Lgsp(8765)
    print(f"{lgsp.url}  client id {CLIENT}  secret {SECRET}", flush=True)
    shown = ""
    try:
        while True:
            now = f"files {len(lgsp.files)}  numbers {len(lgsp.issued)}  dossiers {len(lgsp.dossiers)}  states {lgsp.states}"
            if now != shown:
                print(now, flush=True)
                shown = now
            time.sleep(0.2)
    except KeyboardInterrupt:
        lgsp.close()


if __name__ == "__main__":
    main()
