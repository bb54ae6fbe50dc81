"""Several files travel at once, records one after the other: order, bounds, limit, stop, one broken file."""

from __future__ import annotations

import base64
import threading
import time

import pytest

from app.jobs import Cancelled
from app.model.outbox import OutboxState
from app.sync.pace import Pace
from tests.app.sync.conftest import Reply, problem

AT_ONCE = 3


class Counted:
    """Answers PATCH slowly and honestly, and counts how many it answers at a time."""

    def __init__(self, liar, seconds=0.15):
        self.liar, self.seconds = liar, seconds
        self.lock, self.now, self.most = threading.Lock(), 0, 0
        liar.rule("PATCH", "/files/", self)

    def __call__(self, asked):
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        time.sleep(self.seconds)
        with self.lock:
            self.now -= 1
        return self.liar.tus(asked)


@pytest.fixture
def waiting(station, liar):
    """Makes records of so many small files each, oldest first, at a station that is enrolled."""
    station.enrolled_at(liar.url)
    return lambda records, files: [
        station.finished(*(f"{record} {file} {'x' * 5000}".encode() for file in range(files))) for record in range(records)
    ]


def _put(liar):
    return [asked.path.split("/")[-3] for asked in liar.asked if asked.method == "PUT" and "/records/" in asked.path]


def test_files_of_a_record_travel_together_but_no_more_than_the_setting_says(station, liar, waiting):
    counted = Counted(liar)
    waiting(1, 7)
    assert station.engine.run_once().accepted == 1
    assert counted.most == AT_ONCE
    assert all(len(content) == length for length, content in liar.uploads.values())


def test_one_at_a_time_where_the_setting_says_so(station, liar, waiting):
    station.settings_file.change({"server.files_at_once": 1})
    counted = Counted(liar, 0.02)
    waiting(3, 3)
    assert station.engine.run_once().accepted == 3
    assert counted.most == 1


def test_files_of_the_next_records_travel_ahead_and_records_are_put_in_their_order(station, liar, waiting):
    counted = Counted(liar)
    entries = waiting(8, 1)
    assert station.engine.run_once().accepted == 8
    assert counted.most == AT_ONCE
    assert _put(liar) == [entry.dossier_id for entry in entries]
    assert [station.entry(entry).attempts for entry in entries] == [1] * 8
    asked = [(one.method, one.path.split("/")[3]) for one in liar.asked]
    assert asked.index(("PUT", "records")) > [at for at, one in enumerate(asked) if one == ("PATCH", "files")][1]


def test_a_record_is_put_only_after_all_its_files(station, liar, waiting):
    Counted(liar)
    lengths = []

    def look(asked):
        lengths.append([length - len(content) for length, content in liar.uploads.values()].count(0))
        return liar.honest(asked)

    liar.rule("PUT", "/records/", look)
    waiting(4, 4)
    assert station.engine.run_once().accepted == 4
    assert all(there >= 4 * (number + 1) for number, there in enumerate(lengths))


def test_a_broken_file_breaks_its_record_only(station, liar, waiting):
    entries = waiting(5, 3)
    (station.folder.root / entries[1].files[2].path).write_bytes(b"changed")
    refused = entries[3].files[1].sha256

    def refuse_one(asked):
        return problem(422, "invalid") if refused in _metadata(asked) else liar.tus(asked)

    liar.rule("POST", "/files/", refuse_one)
    report = station.engine.run_once()
    assert (report.accepted, report.failed, report.refused) == (3, 1, 1)
    assert station.error_name(entries[1]) == "LocalFileChanged"
    assert station.error_name(entries[3]) == "RecordRefused"
    assert _put(liar) == [entries[at].dossier_id for at in (0, 2, 4)]


def _metadata(asked):
    pairs = (pair.split(" ") for pair in asked.headers["upload-metadata"].split(","))
    return {base64.b64decode(value).decode() for _, value in pairs}


def test_a_server_that_goes_away_leaves_the_next_records_untried(station, liar, waiting):
    entries = waiting(6, 2)
    liar.rule("PATCH", "/files/", Reply(cut=True))
    liar.rule("GET", "/stations/me", Reply(200, b'{"station_id": "st0123456789ab"}', {"Content-Type": "application/json"}), 1)
    liar.rule("GET", "/stations/me", Reply(cut=True))
    report = station.engine.run_once()
    assert (report.sent, report.failed, report.waiting) == (1, 1, 6)
    assert [station.entry(entry).attempts for entry in entries] == [1, 0, 0, 0, 0, 0]
    assert [station.entry(entry).state for entry in entries[1:]] == [OutboxState.WAITING] * 5
    liar.rules.clear()
    assert station.engine.run_once().accepted == 6


def test_a_record_that_is_opened_again_while_its_files_travel_ahead_is_not_sent(station, liar, waiting):
    entries = waiting(4, 2)
    opened = threading.Event()

    def open_again(asked):
        if not opened.is_set():
            station.dossiers.reopen(entries[2].dossier_id, station.clock())
            opened.set()
        return liar.honest(asked)

    liar.rule("PUT", "/records/", open_again)
    assert station.engine.run_once().accepted == 3
    assert _put(liar) == [entries[at].dossier_id for at in (0, 1, 3)]
    assert station.outbox.of_dossier(entries[2].dossier_id) is None


def test_a_stop_ends_all_files_that_are_on_their_way(station, liar):
    station.enrolled_at(liar.url)
    entry = station.finished(*(bytes([number]) * 3_000_000 for number in range(4)))
    station.settings_file.change({"server.limit_kbps": 8_000})

    def stop(_entry, done, _total):
        if done > 500_000:
            raise Cancelled

    began = time.monotonic()
    with pytest.raises(Cancelled):
        station.engine.run_once(stop)
    assert time.monotonic() - began < 10
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("sync-upload")]
    assert sum(len(content) for _, content in liar.uploads.values()) < 12_000_000
    assert station.entry(entry).state is OutboxState.UNCONFIRMED
    station.settings_file.change({"server.limit_kbps": 0})
    assert station.engine.run_once().accepted == 1


def test_a_limit_is_for_all_threads_together():
    pace = Pace(lambda: 200_000.0)
    began = time.monotonic()
    threads = [threading.Thread(target=lambda: [pace.before_sending(5_000, lambda: None) for _ in range(10)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # 40 pieces at 40 a second; the first goes at once.
    assert time.monotonic() - began >= 0.97
