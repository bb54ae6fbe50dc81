"""A station that is killed inside an upload, without any warning, goes on from where the centre is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from app.model.outbox import OutboxState
from app.store.database import Database
from tests.pdfs import pdf_of
from tests.support import wait_until

REPOSITORY = Path(__file__).parents[3]

PROGRAM = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from tests.app.sync.conftest import Station

station = Station(Path(sys.argv[1]), lambda: datetime.now(UTC))

def progress(_entry, done, _total):
    if done > 3_000_000:
        print("in the middle", flush=True)
        sys.stdin.read()

station.engine.run_once(progress)
"""


def test_killed_in_the_middle_of_an_upload(station, centre):
    station.engine.enrol(centre.url, centre.code()).result(20)
    content = pdf_of(padding=bytes(range(256)) * 24_000)
    station.settings_file.change({"server.limit_kbps": 40_000})  # more than a second, long enough to be killed in
    entry = station.finished(content)
    station.database.close()

    command = [sys.executable, "-c", PROGRAM, str(station.folder.root)]
    process = subprocess.Popen(command, cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stdout.readline().strip() == b"in the middle"
    process.kill()
    process.wait(20)
    process.stdin.close()
    process.stdout.close()

    station.restart()
    assert isinstance(station.database, Database)
    waiting = station.entry(entry)
    assert waiting.state is OutboxState.UNCONFIRMED
    assert waiting.files[0].upload_url.startswith(centre.url)
    wait_until(lambda: centre.uploaded_bytes() >= 2 * 1024 * 1024)
    seen = []
    assert station.engine.run_once(lambda _entry, done, _total: seen.append(done)).accepted == 1
    assert 2 * 1024 * 1024 <= seen[0] < len(content)
