"""The server is killed (SIGKILL) at each step of taking a record in: nothing is lost, nothing is there twice."""

from __future__ import annotations

import hashlib
import random
import shutil
import signal

import pytest

from app.model.outbox import OutboxState
from app.sync.pace import FIRST_CHUNK
from app.sync.proofs import Proof
from central.api import create_centre
from central.journal import verify
from central.settings import Settings
from central.stations import make_code
from tests.app.sync.conftest import Clock, empty_database  # noqa: F401 - a fixture
from tests.app.sync.conftest import Station as Workstation
from tests.central.mortal import STEPS, Mortal
from tests.pdfs import pdf_of

# What is done by other code there than in a folder, and both ends of the transaction; the rest is the same code.
OTHER_ON_S3 = tuple(step for step in STEPS if not any(word in step for word in ("counted", "noted", "row", "signed", "facts")))


@pytest.fixture(scope="module")
def mortal(environment, tmp_path_factory, engine):
    folder, place = tmp_path_factory.mktemp("mortal"), engine()
    server = Mortal(environment, folder, place.options)
    server.start()
    centre = create_centre(Settings(server.data, place.database_url, place.files_url))
    yield server, centre
    server.close()
    centre.database.close()


@pytest.fixture(scope="module")
def workstation(mortal, tmp_path_factory, empty_database):  # noqa: F811
    server, centre = mortal
    root = tmp_path_factory.mktemp("workstation")
    shutil.copyfile(empty_database, root / empty_database.name)
    station = Workstation(root, Clock())
    # One after the other, so that every step is one of the first file, the large one.
    station.settings_file.change({"server.files_at_once": 1})
    station.engine.enrol(server.url, make_code(centre, "H02.15", "")[0]).result(20)
    yield station
    station.close()


@pytest.mark.parametrize(
    ("engine", "step"), [("folder", step) for step in STEPS] + [("province", step) for step in OTHER_ON_S3], indirect=["engine"]
)
def test_a_server_killed_there_loses_nothing(mortal, workstation, step):
    server, centre = mortal
    padding = random.Random(step).randbytes(FIRST_CHUNK + 100_000)
    entry = workstation.finished(pdf_of(step, padding=padding), pdf_of(f"{step}, tờ hai"))
    server.arm(step)
    assert workstation.engine.run_once().accepted == 0
    assert server.ended() == signal.SIGKILL

    server.start()
    seen = []
    assert workstation.engine.run_once(lambda _entry, done, _total: seen.append(done)).accepted == 1
    if STEPS.index(step) >= STEPS.index("after bytes are kept"):
        # Where all files have been delivered, there is nothing left to upload.
        assert not seen or seen[0] >= FIRST_CHUNK
    assert workstation.entry(entry).state is OutboxState.ACCEPTED
    for file in entry.files:
        assert hashlib.sha256(b"".join(centre.blobs.chunks(file.sha256))).hexdigest() == file.sha256
    _check_both_ends(workstation, centre)


def _check_both_ends(workstation, centre):
    proofs = workstation.engine.verify_receipts()
    assert {finding.proof for finding in proofs} == {Proof.PROVEN}
    found = verify(centre, files=True)
    assert (found.entries, found.faults) == (len(proofs), ())
    assert workstation.engine.reconcile().differences == ()
