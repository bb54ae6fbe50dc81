"""300 deliveries over a bad line, seeded: nothing lost, nothing twice, every receipt verifies, little is sent again."""

from __future__ import annotations

import hashlib
import random
import shutil
import threading
from itertools import pairwise

import pytest
import trustme

from app.model.outbox import OutboxState
from app.sync.pace import FIRST_CHUNK
from app.sync.proofs import Proof
from tests.app.sync.conftest import Centre, Station
from tests.pdfs import pdf_of
from tests.weak_link import UP, Fault, WeakLink, some_faults

# Requests of a delivery with their headers, without bodies.
_TALK = 16_000
_MOST_TRIES = 12


@pytest.fixture(scope="module")
def guarded(tmp_path_factory, lasting_centre):
    """A centre that speaks TLS, and the file of its CA."""
    folder = tmp_path_factory.mktemp("guarded")
    authority = trustme.CA()
    certificate = authority.issue_cert("127.0.0.1")
    authority.cert_pem.write_to_path(folder / "ca.pem")
    certificate.private_key_and_cert_chain_pem.write_to_path(folder / "server.pem")
    guarded = Centre(folder / "data", lasting_centre.catalogue, certificate=folder / "server.pem")
    guarded.start()
    yield guarded, str(folder / "ca.pem")
    guarded.stop()


@pytest.fixture
def lined(tmp_path, clock, empty_database):
    """Makes a station that is enrolled through a weak link."""
    made = []

    def make(centre, ca_file="", scheme="http"):
        root = tmp_path / "lined"
        root.mkdir()
        shutil.copyfile(empty_database, root / empty_database.name)
        station, link = Station(root, clock), WeakLink(centre.port, scheme)
        made.extend((station, link))
        station.engine.enrol(link.url, centre.code(), ca_file).result(20)
        station.settings_file.change({"server.timeout": 0.4})
        return station, link

    yield make
    for one in made:
        one.close()


def _deliver(station, link, entry, faults):
    """Try until the receipt is there; give how often it was tried."""
    link.expect(faults)
    for tries in range(1, _MOST_TRIES + 1):
        report = station.engine.run_once()
        assert report.refused == 0
        if station.entry(entry).state is OutboxState.ACCEPTED:
            return tries
    raise AssertionError(f"not delivered: {report.error!r} after {link.happened}")


def _paper(rng):
    return pdf_of(str(rng.random()), padding=rng.randbytes(rng.choice((2_000, 90_000, 400_000))))


def _check_both_ends(station, centre, entries):
    station_id = station.settings().server.station_id
    there = [record for record, _ in centre.records(station_id)]
    assert sorted(there) == sorted(entry.dossier_id for entry in entries)
    assert {finding.proof for finding in station.engine.verify_receipts()} == {Proof.PROVEN}
    assert len(station.engine.verify_receipts()) == len(entries)
    numbers = {station.entry(entry).receipt.dossier_number for entry in entries}
    assert len(numbers) == len(entries)
    for entry in entries:
        for file in entry.files:
            assert hashlib.sha256(centre.content(file.sha256)).hexdigest() == file.sha256


def _check_what_was_repeated(link, entry, tries):
    """Each file goes to one upload, and a resumed one begins one chunk at most before the end of what had passed."""
    by_upload = {}
    for patch in sorted(link.patches, key=lambda patch: patch.said):
        by_upload.setdefault(patch.path, []).append(patch)
    assert len(by_upload) <= len(entry.files)
    for patches in by_upload.values():
        for earlier, later in pairwise(patches):
            assert earlier.offset + earlier.passed - later.offset <= earlier.length <= 2 * FIRST_CHUNK
    assert link.sent[UP] - sum(patch.passed for patch in link.patches) <= tries * _TALK


@pytest.mark.parametrize("seed", range(8))
def test_cuts_delays_and_repeats_lose_nothing_and_repeat_one_chunk_at_most(lined, centre, seed):
    station, link = lined(centre)
    rng = random.Random(seed)
    entries = []
    for _ in range(20):
        entry = station.finished(*(_paper(rng) for _ in range(rng.randint(1, 2))))
        payload = sum(file.size for file in entry.files)
        faults = some_faults(rng, payload + 4_000, 3_000, ("cut", "cut", "delay", "throttle", "repeat"))
        tries = _deliver(station, link, entry, faults)
        _check_what_was_repeated(link, entry, tries)
        entries.append(entry)
    _check_both_ends(station, centre, entries)


@pytest.mark.parametrize("seed", range(4))
def test_damaged_bodies_and_answers_are_noticed(lined, centre, seed):
    station, link = lined(centre)
    rng = random.Random(100 + seed)
    entries = []
    for _ in range(20):
        entry = station.finished(_paper(rng))
        size = entry.files[0].size
        _deliver(station, link, entry, some_faults(rng, size + 4_000, 3_000, ("corrupt", "corrupt", "cut")))
        entries.append(entry)
    _check_both_ends(station, centre, entries)


@pytest.mark.parametrize("seed", range(3))
def test_any_damaged_bit_of_a_tls_connection_costs_a_try_only(lined, guarded, seed):
    centre, ca_file = guarded
    station, link = lined(centre, ca_file, "https")
    rng = random.Random(200 + seed)
    entries = []
    for _ in range(20):
        entry = station.finished(_paper(rng))
        faults = some_faults(rng, entry.files[0].size + 8_000, 8_000, ("corrupt", "cut", "delay"))
        for fault in faults:
            fault.bodies_only = False
        _deliver(station, link, entry, faults)
        entries.append(entry)
    _check_both_ends(station, centre, entries)


@pytest.mark.parametrize("where", ["first question", "first chunk", "second chunk", "manifest", "receipt"])
def test_a_server_that_is_killed_there_loses_nothing(lined, centre, where):
    station, link = lined(centre)
    # A server on a busy machine may answer slowly; that is not what is looked at here.
    station.settings_file.change({"server.timeout": 10.0})
    paper = pdf_of(where, padding=random.Random(where).randbytes(400_000))
    entry = station.finished(paper)

    killed = threading.Event()

    def kill():
        centre.kill()
        killed.set()

    way, at = {
        "first question": (UP, 0),
        "first chunk": (UP, 100_000),
        "second chunk": (UP, FIRST_CHUNK + 60_000),
        "manifest": (UP, len(paper) + 2_300),
        "receipt": ("down", 1_600),
    }[where]
    link.expect([Fault("call", way, at, action=kill)])
    station.engine.run_once()
    assert killed.wait(10), link.sent
    centre.start()
    assert _deliver(station, link, entry, []) == 1
    _check_both_ends(station, centre, [entry])
