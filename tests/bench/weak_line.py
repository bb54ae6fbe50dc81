"""How much of a slow and lossy line sync fills: 1 Mbit/s with 2 % of packets lost, all on loopback.

``python -m tests.bench.weak_line [RECORDS]`` sends so many records (10) of 300 kB by the real sync engine to a real centre,
first with one file at a time, then with three, and prints the share of the line that the PDFs themselves took.

The line is a proxy of ours, for netem is not in every kernel. It passes segments of 1448 bytes, each way at the line's rate for
all connections together, half a round trip late. Of every connection 2 % of the segments are lost: they go over the line
again, the connection stands still for a round trip (200 ms more where its window is too small to notice sooner), and its
window is halved and grows by a segment a round trip, as TCP does.
"""

from __future__ import annotations

import contextlib
import os
import queue
import random
import shutil
import socket
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

from resources import resource
from tests.app.sync.conftest import Centre, Station
from tests.pdfs import pdf_of

MEGABIT = 1_000_000 / 8
RTT, LOSS, SEGMENT = 0.06, 0.02, 1448
RECORD_BYTES = 300_000
_SLOW_RETRANSMIT = 0.2
_FIRST_WINDOW, _LEAST_WINDOW, _SMALL_WINDOW = 10.0, 2.0, 4.0


class Link:
    """One direction of the line: whoever wants to send waits for a turn, at ``rate`` bytes a second in all."""

    def __init__(self, rate: float) -> None:
        self._rate, self._free_at, self._lock = rate, time.monotonic(), threading.Lock()

    def carry(self, size: int) -> None:
        with self._lock:
            self._free_at = max(self._free_at, time.monotonic()) + size / self._rate
            until = self._free_at
        time.sleep(max(0.0, until - time.monotonic()))


class Way:
    """One direction of one connection, with a window of its own."""

    def __init__(self, source: socket.socket, target: socket.socket, link: Link, rng: random.Random) -> None:
        self._source, self._target, self._link, self._rng = source, target, link, rng
        self._window, self._next_at = _FIRST_WINDOW, time.monotonic()
        self._late: queue.Queue[tuple[float, bytes]] = queue.Queue()
        for work in (self._send, self._deliver):
            threading.Thread(target=work, daemon=True).start()

    def _send(self) -> None:
        with contextlib.suppress(OSError):
            while segment := self._source.recv(SEGMENT):
                time.sleep(max(0.0, self._next_at - time.monotonic()))
                self._link.carry(len(segment))
                while self._rng.random() < LOSS:
                    self._lose()
                    self._link.carry(len(segment))
                self._window += 1 / self._window
                self._next_at = max(self._next_at, time.monotonic() - RTT) + RTT / self._window
                self._late.put((time.monotonic() + RTT / 2, segment))
        self._late.put((0.0, b""))

    def _lose(self) -> None:
        time.sleep(RTT + (_SLOW_RETRANSMIT if self._window < _SMALL_WINDOW else 0.0))
        self._window = max(_LEAST_WINDOW, self._window / 2)

    def _deliver(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                at, segment = self._late.get()
                time.sleep(max(0.0, at - time.monotonic()))
                if not segment:
                    self._target.shutdown(socket.SHUT_WR)
                    return
                self._target.sendall(segment)


class Line:
    """Listens on loopback and passes everything on to a port there."""

    def __init__(self, port: int, rate: float, seed: int) -> None:
        self._port, self._rng = port, random.Random(seed)
        self._up, self._down = Link(rate), Link(rate)
        self._listener = socket.socket()
        # Small buffers, so that what a sender has handed over is soon on the line.
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16 * 1024)
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen()
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection(("127.0.0.1", self._port))
                Way(near, far, self._up, random.Random(self._rng.random()))
                Way(far, near, self._down, random.Random(self._rng.random()))


def share(centre: Centre, folder: Path, records: int, at_once: int) -> float:
    """Send records over the line; give which share of it their PDFs took."""
    line = Line(centre.port, MEGABIT, seed=1)
    station = Station(folder, lambda: datetime.now(UTC))
    try:
        station.database.migrate()
        station.engine.enrol(line.url, centre.code()).result(20)
        station.settings_file.change({"server.files_at_once": at_once, "server.timeout": 20.0})
        entries = [station.finished(pdf_of(str(number), padding=os.urandom(RECORD_BYTES))) for number in range(records)]
        size = sum(file.size for entry in entries for file in entry.files)
        started = time.monotonic()
        report = station.engine.run_once()
        assert report.accepted == records, report
        return size / (time.monotonic() - started) / MEGABIT
    finally:
        station.close()
        line.close()


def main() -> None:
    """Run both and print the shares."""
    records = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        shutil.copyfile(resource("catalogue.json"), folder / "catalogue.json")
        centre = Centre(folder / "centre", folder / "catalogue.json")
        centre.start()
        try:
            for at_once in (1, 3):
                found = share(centre, folder / f"station{at_once}", records, at_once)
                print(
                    f"1 Mbit/s, 2 % lost, {RTT * 1000:.0f} ms: {records} records, {at_once} at once: {found:.2f} of the line",
                    flush=True,
                )
        finally:
            centre.stop()


if __name__ == "__main__":
    main()
