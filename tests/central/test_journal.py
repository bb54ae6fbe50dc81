"""Signed receipts, and the journal that cannot be changed unnoticed."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import delete, text, update
from sqlalchemy.exc import DatabaseError
from typer.testing import CliRunner

from app.model.manifest import Receipt
from app.model.receipts import is_signed_by
from central.__main__ import app
from central.api import create_centre
from central.database import Database
from central.journal import FIRST, entry_hash, verify
from central.manifests import RECEIPT
from central.settings import Settings
from central.signing import BadKeyFile, open_signer
from central.tables import JournalEntry, Revision
from tests.central.conftest import Server, pdf, sha256
from tests.central.engines import Engine


def fill(server):
    """Send three revisions of two records."""
    station = server.enrol()
    first = station.send(pdf("một"))
    station.send(pdf("hai"))
    second = first | {"revision": 2, "reason": "Sửa tên"}
    assert station.put(second).status_code == 201
    return server


@pytest.fixture(scope="session")
def left_behind(environment, tmp_path_factory):
    """The data folder of a server that has three lines in its journal and was stopped."""
    server = fill(Server(environment, tmp_path_factory.mktemp("left") / "data", Engine("folder")).start())
    assert server.stop() == 0
    return server.data


def receipt(server, station, content: bytes) -> Receipt:
    manifest = station.send(content)
    answer = station.ask("GET", f"/records/{manifest['record_id']}/revisions/1/receipt")
    return RECEIPT.validate_json(answer.content)


def test_a_receipt_can_be_checked_with_the_published_key(server, station):
    got = receipt(server, station, pdf())
    keys = {key["key_id"]: key["public_key"] for key in station.ask("GET", "/receipt-keys").json()["keys"]}
    assert is_signed_by(got, keys[got.key_id])
    for change in ({"revision": 2}, {"manifest_sha256": "0" * 64}, {"dossier_number": "H02.15-251121-9999"}, {"files": 2}):
        assert not is_signed_by(replace(got, **change), keys[got.key_id])
    assert not is_signed_by(replace(got, signature="bm8="), keys[got.key_id])


def test_old_receipts_hold_after_a_new_key(fresh_server):
    server = fresh_server()
    station = server.enrol()
    old = receipt(server, station, pdf())
    server.stop()
    (server.data / "receipt-key.pem").rename(server.data / "receipt-key-old.pem")
    server.start()
    station.server = server
    new = receipt(server, station, pdf())
    keys = {key["key_id"]: key["public_key"] for key in station.ask("GET", "/receipt-keys").json()["keys"]}
    assert old.key_id != new.key_id
    assert is_signed_by(old, keys[old.key_id])
    assert is_signed_by(new, keys[new.key_id])
    with server.centre() as centre:
        assert verify(centre).faults == ()


def test_the_key_is_closed_to_others_and_refused_when_it_is_no_key(tmp_path):
    path = tmp_path / "key.pem"
    assert open_signer(path).key_id == open_signer(path).key_id
    assert path.stat().st_mode & 0o077 == 0
    path.write_text("no key")
    with pytest.raises(BadKeyFile):
        open_signer(path)
    result = CliRunner().invoke(app, ["serve", "--data", str(tmp_path / "d"), "--signing-key", str(path)])
    assert result.exit_code == 2
    assert "Ed25519" in result.output


def test_every_accepted_revision_has_its_line_for_ever(fresh_server):
    server = fill(fresh_server())
    with server.centre() as centre:
        found = verify(centre)
        with centre.database.read() as session:
            lines = list(session.query(JournalEntry).order_by(JournalEntry.number))
        assert (found.entries, found.faults, found.head) == (3, (), lines[2].entry_hash)
        assert [line.number for line in lines] == [1, 2, 3]
        assert [line.previous_hash for line in lines] == [FIRST, lines[0].entry_hash, lines[1].entry_hash]
        for change in (update(JournalEntry).values(revision=9), delete(JournalEntry)):
            with pytest.raises(DatabaseError), centre.database.write() as session:
                session.execute(change)
        assert verify(centre) == found
    result = CliRunner().invoke(app, ["journal", "verify", "--data", str(server.data), *server.engine.options[:2]])
    assert (result.exit_code, result.stdout[:2]) == (0, "3 ")


def without_guard(centre) -> None:
    """Do what somebody with all rights on the database could."""
    with centre.database.write() as session:
        for verb in ("UPDATE", "DELETE"):
            session.execute(text(f"DROP TRIGGER journal_keeps_{verb}"))


def changed_line(session) -> None:
    session.execute(update(JournalEntry).where(JournalEntry.number == 2).values(manifest_sha256="1" * 64))


def removed_line(session) -> None:
    session.execute(delete(JournalEntry).where(JournalEntry.number == 2))


def changed_manifest(session) -> None:
    session.execute(update(Revision).where(Revision.revision == 2).values(manifest=b"{}"))


def changed_number(session) -> None:
    session.execute(text("UPDATE records SET dossier_number = 'H02.15-251121-7777'"))


def changed_number_unsigned(session) -> None:
    """Change what only the signature covers, and take the signature away."""
    changed_number(session)
    session.execute(update(Revision).values(receipt_key="", receipt_signature=""))


def other_file(session) -> None:
    session.execute(text("UPDATE revision_files SET name = 'khác.pdf' WHERE revision = 2"))


def written_anew(session) -> None:
    """Take the last line out and write the chain so that it fits."""
    last = session.get(JournalEntry, 3)
    last.receipt_id = "another"
    last.entry_hash = entry_hash(last)


@pytest.mark.parametrize(
    ("fraud", "kinds"),
    [
        (changed_line, {"chain", "manifest-changed", "receipt-changed"}),
        (removed_line, {"chain", "not-in-journal"}),
        (changed_manifest, {"manifest-changed"}),
        (changed_number, {"signature-wrong"}),
        (changed_number_unsigned, {"signature-wrong"}),
        (other_file, {"files-changed"}),
        (written_anew, {"receipt-changed", "noted-head-missing"}),
    ],
)
def test_what_went_round_the_guard_is_found(left_behind, tmp_path, fraud, kinds):
    data = shutil.copytree(left_behind, tmp_path / "data")
    centre = create_centre(Settings(data))
    head = verify(centre).head
    without_guard(centre)
    with centre.database.write() as session:
        fraud(session)
    assert {fault.kind for fault in verify(centre, head).faults} >= kinds
    centre.database.close()
    result = CliRunner().invoke(app, ["journal", "verify", "--json", "--data", str(data), "--head", head])
    assert result.exit_code == 8
    assert json.loads(result.stdout)["faults"]


def test_records_from_before_the_journal_get_their_lines(tmp_path):
    """A database of the first version, with a record in it, is brought up to date."""
    database = Database(f"sqlite:///{tmp_path / 'central.db'}")
    config = Config()
    config.set_main_option("script_location", "central:migrations")
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        dossier = {"agency_code": "H02.15", "procedure_code": "1.001193", "created_at": "2025-11-21T08:00:00+07:00"}
        manifest = json.dumps({"dossier": dossier, "papers": []}).encode()
        connection.execute(
            text("INSERT INTO stations VALUES ('st1', 'Quầy 1', 'H02.15', 'hash', '2025-11-20 01:00:00.000000')"),
        )
        connection.execute(text("INSERT INTO records VALUES ('record-1', 'st1', 'H02.15-251121-0001')"))
        values = "'record-1', 1, 'receipt-1', :sha256, :manifest, '2025-11-21 01:00:00.000000', '1.001193', '', '', '', 1"
        columns = "record_id, revision, receipt_id, manifest_sha256, manifest, received_at, procedure_code, procedure_name"
        insert = f"INSERT INTO revisions ({columns}, owner_name, owner_id_masked, pages) VALUES ({values})"
        connection.execute(text(insert), {"sha256": sha256(manifest), "manifest": manifest})
    database.close()
    centre = create_centre(Settings(tmp_path))
    found = verify(centre)
    centre.database.close()
    assert (found.entries, found.faults) == (1, ())
