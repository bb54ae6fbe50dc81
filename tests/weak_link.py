"""A bad line between a station and its centre: a TCP proxy that cuts, delays, throttles, corrupts and repeats."""

from __future__ import annotations

import contextlib
import random
import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

_PIECE = 16 * 1024
UP, DOWN = "up", "down"


@dataclass
class Fault:
    """Something that happens once, when so many bytes went one way.

    ``cut`` resets both ends, ``corrupt`` turns one bit over, ``delay`` waits, ``throttle`` passes the next 64 KiB in small
    pieces, ``repeat`` sends what the station said on this connection once more on another one, ``call`` runs ``action``.
    """

    kind: str
    way: str
    at: int
    seconds: float = 0.0
    action: Callable[[], None] = lambda: None
    bodies_only: bool = False


@dataclass
class Patch:
    """Bytes of an upload that passed: ``passed`` of ``length`` bytes from ``offset`` on, to the upload at ``path``.

    ``said`` is when the station said it: what was delayed may pass after what was said later.
    """

    path: str
    offset: int
    length: int
    said: float
    passed: int = 0


class _Listener:
    """Follows the requests of one connection and notes each PATCH among them."""

    def __init__(self, patches: list[Patch]) -> None:
        self._patches = patches
        self._head = b""
        self._patch: Patch | None = None
        self._body = 0

    def hear(self, piece: bytes, said: float) -> None:
        while piece:
            if self._body:
                taken = min(self._body, len(piece))
                self._body -= taken
                if self._patch is not None:
                    self._patch.passed += taken
                piece = piece[taken:]
                continue
            self._head += piece
            head, found, piece = self._head.partition(b"\r\n\r\n")
            if found:
                self._begin(head.decode("latin-1"), said)
                self._head = b""

    def _begin(self, head: str, said: float) -> None:
        first, *lines = head.split("\r\n")
        method, path, *_ = first.split(" ")
        fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        self._body = int(fields.get("content-length", "0"))
        self._patch = None
        if method == "PATCH":
            self._patch = Patch(path, int(fields["upload-offset"]), self._body, said)
            self._patches.append(self._patch)


class _Cut(Exception):
    pass


class WeakLink:
    """Listens on loopback and passes everything on to a port there.

    ``sent`` counts the bytes of both ways; ``patches`` are the pieces of uploads that passed, where the line is not TLS.
    """

    def __init__(self, port: int, scheme: str = "http") -> None:
        self.port = port
        self.sent = {UP: 0, DOWN: 0}
        self.patches: list[Patch] = []
        self.faults: list[Fault] = []
        self.happened: list[Fault] = []
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"{scheme}://127.0.0.1:{self._listener.getsockname()[1]}"
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def expect(self, faults: list[Fault]) -> None:
        """Begin to count anew, with these faults to come."""
        with self._lock:
            self.sent = {UP: 0, DOWN: 0}
            self.faults, self.happened, self.patches[:] = list(faults), [], []

    def close(self) -> None:
        """Cut everything and stop."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for end in tuple(self._open):
            _shut(end)
        for thread in self._threads:
            thread.join(10)

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(("127.0.0.1", self.port), 5)
            except OSError:
                _reset(near)
                continue
            far.settimeout(None)
            self._open |= {near, far}
            said = bytearray()
            for way, source, target in ((UP, near, far), (DOWN, far, near)):
                thread = threading.Thread(target=self._carry, args=(way, source, target, said))
                self._threads.append(thread)
                thread.start()

    def _carry(self, way: str, source: socket.socket, target: socket.socket, said: bytearray) -> None:
        listener = _Listener(self.patches)
        try:
            while piece := source.recv(_PIECE):
                came = time.monotonic()
                if way == UP:
                    said += piece
                passing = self._spoilt(way, piece, bytes(said))
                if way == UP and self.url.startswith("http:"):
                    with self._lock:
                        listener.hear(piece, came)
                target.sendall(passing)
            target.shutdown(socket.SHUT_WR)
        except _Cut:
            _reset(source)
            _reset(target)
        except OSError:
            _shut(source)
            _shut(target)

    def _spoilt(self, way: str, piece: bytes, said: bytes) -> bytes:
        with self._lock:
            before = self.sent[way]
            self.sent[way] += len(piece)
            due = [
                fault
                for fault in self.faults
                if fault.way == way and fault.at < self.sent[way] and not (fault.bodies_only and b"HTTP/1.1" in piece)
            ]
            self.faults = [fault for fault in self.faults if fault not in due]
            self.happened += due
        for fault in due:
            piece = self._happen(fault, piece, max(0, fault.at - before), said)
        return piece

    def _happen(self, fault: Fault, piece: bytes, at: int, said: bytes) -> bytes:
        if fault.kind == "cut":
            raise _Cut
        if fault.kind == "corrupt":
            return piece[:at] + bytes([piece[at] ^ 4]) + piece[at + 1 :]
        if fault.kind in ("delay", "throttle"):
            time.sleep(fault.seconds)
        elif fault.kind == "repeat":
            self._repeat(said)
        else:
            fault.action()
        return piece

    def _repeat(self, said: bytes) -> None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 5) as again:
            again.settimeout(0.2)
            again.sendall(said)
            while again.recv(_PIECE):
                pass


def some_faults(rng: random.Random, up: int, down: int, kinds: tuple[str, ...], most: int = 3) -> list[Fault]:
    """Choose faults anywhere in a delivery that takes so many bytes up and down."""
    chosen = []
    for _ in range(rng.randint(1, most)):
        way, kind = rng.choice((UP, DOWN)), rng.choice(kinds)
        seconds = rng.choice((0.02, 0.05, 0.5)) if kind == "delay" else 0.02
        at = rng.randrange(up if way == UP else down)
        chosen.append(Fault(kind, way, at, seconds, bodies_only=kind == "corrupt" and way == UP))
        if kind == "throttle":
            chosen += [Fault(kind, way, at + step * _PIECE, seconds) for step in range(1, 4)]
    return chosen


def _shut(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()


def _reset(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        end.shutdown(socket.SHUT_RD)
    end.close()
