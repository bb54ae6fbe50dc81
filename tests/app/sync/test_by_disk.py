"""Records that go to the centre on a disk, through the real commands of the centre, and their receipts back."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import sys
import tarfile

import pytest

from app.errors import SohoaError
from app.jobs import Cancelled
from app.model.outbox import OutboxState
from app.model.sealed import SealBroken, SealedHead, SealedReader, SealedWriter
from app.sync.by_disk import TakenReceipts
from app.sync.errors import NotEnrolled, NothingToSend, ReceiptsFileBroken, SealNotOpened
from app.sync.proofs import Proof
from tests.pdfs import pdf_of

HASH = "ab" * 32


def _import(centre, source, expect=0):
    command = [sys.executable, "-m", "central", "import", str(source), "--data", str(centre.data), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == expect, done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def enrolled(station, centre):
    station.engine.enrol(centre.url, centre.code()).result(20)
    return station


@pytest.fixture
def disk(tmp_path):
    (tmp_path / "disk").mkdir()
    return tmp_path / "disk"


def test_a_disk_brings_records_to_the_centre_and_receipts_back(enrolled, centre, disk):
    entries = [enrolled.finished(pdf_of("one"), pdf_of("two", padding=bytes(2_500_000))), enrolled.finished()]
    package = enrolled.engine.export_sealed(disk)
    assert (package.records, package.left_out) == (2, 0)
    assert "Nguyễn".encode() not in package.path.read_bytes()
    assert {enrolled.entry(entry).state for entry in entries} == {OutboxState.WAITING}

    (said,) = _import(centre, disk)["packages"]
    assert (said["new"], said["receipts"], said["refused"]) == (2, 2, 0)
    taken = enrolled.engine.take_receipts(disk / said["file"])

    assert taken == TakenReceipts(accepted=2)
    assert {enrolled.entry(entry).state for entry in entries} == {OutboxState.ACCEPTED}
    assert {finding.proof for finding in enrolled.engine.verify_receipts()} == {Proof.PROVEN}
    assert enrolled.engine.reconcile().differences == ()
    station_id = enrolled.settings().server.station_id
    assert len(centre.records(station_id)) == 2

    assert _import(centre, package.path)["packages"][0]["new"] == 0
    assert enrolled.engine.take_receipts(disk / said["file"]) == TakenReceipts(known=2)
    assert len(centre.records(station_id)) == 2


def test_what_went_by_disk_gets_the_same_receipt_by_network(enrolled, centre, disk):
    entry = enrolled.finished()
    enrolled.engine.export_sealed(disk)
    (said,) = _import(centre, disk)["packages"]
    (receipt,) = json.loads((disk / said["file"]).read_text())["receipts"]
    assert enrolled.engine.run_once().accepted == 1
    assert enrolled.entry(entry).receipt.receipt_id == receipt["receipt_id"]


def test_a_record_whose_files_changed_is_left_out_and_named(enrolled, disk):
    broken, whole = enrolled.finished(), enrolled.finished()
    (enrolled.folder.root / broken.files[0].path).write_bytes(b"changed")
    package = enrolled.engine.export_sealed(disk)
    assert (package.records, package.left_out) == (1, 1)
    assert enrolled.entry(whole).state is OutboxState.WAITING


@pytest.mark.parametrize("harm", ["cut", "bit", "head", "stranger"])
def test_a_package_that_is_not_as_it_was_brings_nothing(enrolled, centre, disk, harm):
    enrolled.finished()
    path = enrolled.engine.export_sealed(disk).path
    content = bytearray(path.read_bytes())
    if harm == "cut":
        content = content[:-20]
    elif harm == "bit":
        content[-5] ^= 1
    elif harm == "head":
        content[2] ^= 1
    else:
        station_id = enrolled.settings().server.station_id.encode()
        content = content.replace(station_id, b"st000000000000")
    path.write_bytes(content)
    before = centre.records()
    assert _import(centre, disk, expect=8) == {"packages": [], "broken": [path.name]}
    assert centre.records() == before


@pytest.mark.parametrize("name", ["../../evil", "1/../../evil", "1/notahash", "/etc/passwd"])
def test_a_package_with_hostile_names_is_broken(enrolled, centre, disk, name):
    station_id = enrolled.settings().server.station_id
    token_hash = hashlib.sha256(enrolled.tokens.get(station_id).encode()).hexdigest()
    with (disk / "x.sealed").open("wb") as target:
        sealed = SealedWriter(target, station_id, token_hash)
        inner = io.BytesIO()
        with tarfile.open(fileobj=inner, mode="w") as tar:
            tar.addfile(tarfile.TarInfo(name), io.BytesIO(b""))
        sealed.write(inner.getvalue())
        sealed.finish()
    assert _import(centre, disk, expect=8)["broken"] == ["x.sealed"]


def test_a_receipt_from_a_disk_counts_only_with_the_right_signature(enrolled, centre, disk):
    entry = enrolled.finished()
    enrolled.engine.export_sealed(disk)
    file = disk / _import(centre, disk)["packages"][0]["file"]
    said = json.loads(file.read_text())
    said["receipts"][0]["dossier_number"] = "H02.15-261123-9999"
    file.write_text(json.dumps(said))
    assert enrolled.engine.take_receipts(file) == TakenReceipts(unproven=1)
    assert enrolled.entry(entry).state is OutboxState.WAITING
    said["receipts"][0]["manifest_sha256"] = "0" * 64
    file.write_text(json.dumps(said))
    assert enrolled.engine.take_receipts(file) == TakenReceipts(unknown=1)


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"format": "x", "receipts": []}', b"\xff\xfe"])
def test_a_file_that_holds_no_receipts_is_named(station, tmp_path, content):
    (tmp_path / "file.json").write_bytes(content)
    with pytest.raises(ReceiptsFileBroken) as broken:
        station.engine.take_receipts(tmp_path / "file.json")
    assert "file.json" in broken.value.title_in("vi")


def test_only_an_enrolled_station_can_seal(station, disk):
    with pytest.raises(NotEnrolled) as error:
        station.engine.export_sealed(disk)
    assert isinstance(error.value, SohoaError)
    assert list(disk.iterdir()) == []


def test_an_export_that_is_stopped_leaves_nothing(enrolled, disk):
    for _ in range(2):
        enrolled.finished()

    def stop(done, _total):
        if done:
            raise Cancelled

    with pytest.raises(Cancelled):
        enrolled.engine.export_sealed(disk, stop)
    assert list(disk.iterdir()) == []


def test_a_package_is_read_back_to_its_end(enrolled, disk):
    for _ in range(2):
        enrolled.finished()
    package = enrolled.engine.export_sealed(disk).path
    assert enrolled.engine.check_sealed(package).records == 2
    whole = package.read_bytes()
    for broken in (whole[:-1], whole[:100], whole[:-20] + bytes(20), b"", b"{}\n", whole.replace(b"st", b"xx", 1)):
        package.write_bytes(broken)
        with pytest.raises(SealNotOpened) as error:
            enrolled.engine.check_sealed(package)
        assert package.name in error.value.title_in("vi")


def test_an_empty_outbox_makes_no_package(enrolled, disk):
    with pytest.raises(NothingToSend):
        enrolled.engine.export_sealed(disk)
    assert list(disk.iterdir()) == []


@pytest.mark.parametrize("size", [0, 1, 1024 * 1024, 1024 * 1024 + 1, 3_000_000])
def test_a_sealed_stream_opens_with_its_key_only_and_whole_only(size):
    target = io.BytesIO()
    sealed = SealedWriter(target, "st1", HASH)
    content = bytes(index % 251 for index in range(1000)) * (size // 1000) + bytes(size % 1000)
    sealed.write(content)
    sealed.finish()

    def opened(data, token_hash=HASH):
        source = io.BytesIO(data)
        return SealedReader(source, SealedHead.read(source), token_hash).read()

    assert opened(target.getvalue()) == content
    for wrong in (target.getvalue()[:-1], target.getvalue()[:-17], target.getvalue().replace(b"st1", b"st2")):
        with pytest.raises(SealBroken):
            opened(wrong)
    with pytest.raises(SealBroken):
        opened(target.getvalue(), "cd" * 32)
