"""The connection to a province's system is cut at each of its six steps: nothing is lost, nothing is there twice."""

from __future__ import annotations

import hashlib
import random
import subprocess
import sys
from collections import Counter

from app.model.outbox import OutboxEntry, OutboxState
from tests.app.sync.conftest import Station
from tests.lgsp import STEPS, Lgsp
from tests.pdfs import pdf_of
from tests.support import ROOT, wait_until

_CUTS = [(step, how) for step in STEPS for how in ("before", "after", "inside") if (step, how) != ("number", "inside")]
_MOST_ROUNDS = 12


def deliver(desk: Station, chance: random.Random) -> None:
    """Send until all is accepted; the station is sometimes started anew, as after a power cut."""
    for _ in range(_MOST_ROUNDS):
        desk.engine.run_once()
        if not desk.outbox.unsent():
            return
        desk.clock.forward(minutes=15)  # type: ignore[attr-defined]
        if chance.random() < 0.5:
            desk.restart()
    raise AssertionError(f"still unsent: {[entry.error for entry in desk.outbox.unsent()]}")


def check(desk: Station, lgsp: Lgsp, entries: list[OutboxEntry], lost: Counter[str]) -> None:
    """Everything is there once; ``lost`` counts answers that were lost at a step that cannot be asked about."""
    numbers = []
    for entry in entries:
        now = desk.entry(entry)
        assert now.state is OutboxState.ACCEPTED
        assert now.receipt is not None
        number = now.receipt.dossier_number
        numbers.append(number)
        assert sorted(lgsp.contents_of(number)) == sorted(file.sha256 for file in entry.files)
        assert lgsp.states[number] == 2
        assert number in {line["MaHoSo"] for line in lgsp.progress}
    assert sorted(lgsp.dossiers) == sorted(numbers)
    assert len(set(numbers)) == len(entries)
    # Such a system cannot be asked for what it has: only an answer that was lost may cost a number or a copy of a file.
    copies = Counter(hashlib.sha256(content).hexdigest() for content in lgsp.files.values())
    assert sum(copies.values()) - len(copies) == lost["upload"]
    assert len(lgsp.issued) - len(entries) == lost["number"]
    assert len(lgsp.progress) - len(entries) == lost["progress"]


def test_a_cut_at_every_step(desk, lgsp):
    chance = random.Random(6)
    entries: list[OutboxEntry] = []
    for cut in _CUTS:
        entries.append(desk.finished(pdf_of("-".join(cut)), pdf_of("b" + "-".join(cut))))
        lgsp.break_at(*cut)
        deliver(desk, chance)
    assert all(fault.left == 0 for fault in lgsp.faults)
    check(desk, lgsp, entries, Counter(step for step, how in _CUTS if how == "after"))


def test_many_cuts_by_chance(desk, lgsp):
    chance = random.Random(20261123)
    entries, lost, cuts = [], Counter(), 0
    for serial in range(12):
        entries.append(desk.finished(*(pdf_of(f"{serial}-{number}") for number in range(chance.randint(1, 3)))))
        for step, how in chance.choices(_CUTS, k=4):
            lgsp.break_at(step, how)
        deliver(desk, chance)
        # A cut that no request came across says nothing; the next record would meet it.
        met = [fault for fault in lgsp.faults if fault.left == 0]
        lost.update(fault.step for fault in met if fault.how == "after")
        cuts += len(met)
        lgsp.faults = [fault for fault in lgsp.faults if fault.left]
    check(desk, lgsp, entries, lost)
    assert cuts >= 40


_PROGRAM = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from tests.app.sync.conftest import Station

Station(Path(sys.argv[1]), lambda: datetime.now(UTC)).engine.run_once()
"""


def test_a_station_that_is_killed_goes_on_where_it_was(desk, lgsp):
    entry = desk.finished(*(pdf_of(str(number), padding=bytes(range(256)) * 800) for number in range(3)))
    # The second file begins when the first is there: the kill falls between or inside them.
    desk.settings_file.change({"server.limit_kbps": 2000})
    desk.database.close()
    process = subprocess.Popen([sys.executable, "-c", _PROGRAM, str(desk.folder.root)], cwd=ROOT)
    wait_until(lambda: lgsp.count("upload") >= 1, 60)
    process.kill()
    process.wait(20)
    assert not lgsp.dossiers

    desk.restart()
    desk.settings_file.change({"server.limit_kbps": 0})
    assert desk.entry(entry).state is OutboxState.UNCONFIRMED
    deliver(desk, random.Random(0))
    (number,) = lgsp.dossiers
    assert sorted(lgsp.contents_of(number)) == sorted(file.sha256 for file in entry.files)
    assert len(lgsp.issued) == len(lgsp.progress) == 1
