"""Receipts count only with the centre's signature, and prove the same years later."""

from __future__ import annotations

import base64
import json
import sqlite3
from contextlib import closing
from dataclasses import asdict

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import TypeAdapter

from app.model.manifest import Receipt
from app.model.outbox import OutboxState
from app.model.receipts import ReceiptKey, key_id, signed_text
from app.store.centre_keys import CentreKeys
from app.sync.proofs import Proof
from tests.app.sync.conftest import STATION, as_json, receipt_for

RECEIPT = TypeAdapter(Receipt)


class Signer:
    """A centre's key."""

    def __init__(self) -> None:
        self.private = Ed25519PrivateKey.generate()
        public = base64.b64encode(self.private.public_key().public_bytes_raw()).decode()
        self.key = ReceiptKey(key_id(public), public)

    def receipt(self, manifest: bytes) -> dict[str, object]:
        said = receipt_for(manifest)
        signature = self.private.sign(signed_text(RECEIPT.validate_python(said)))
        return said | {"key_id": self.key.key_id, "signature": base64.b64encode(signature).decode()}


def _publish(liar, *signers):
    keys = [asdict(signer.key) | {"added_at": "2026-11-23T00:00:00Z"} for signer in signers]
    liar.rule("GET", "/receipt-keys", lambda _asked: as_json({"keys": keys}))


@pytest.fixture
def signer(liar):
    signer = Signer()
    _publish(liar, signer)
    return signer


def test_a_receipt_counts_with_the_right_signature_and_proves_it_offline(station, liar, signer):
    liar.rule("PUT", "/records/", lambda asked: as_json(signer.receipt(asked.body), 201))
    entry = station.enrolled_at(liar.url).finished()

    assert station.engine.run_once().accepted == 1

    (finding,) = station.engine.verify_receipts()
    assert (finding.proof, finding.key_id) == (Proof.PROVEN, signer.key.key_id)
    assert finding.receipt_id == station.entry(entry).receipt.receipt_id


@pytest.mark.parametrize(
    "spoil",
    [
        lambda receipt: receipt | {"signature": "", "key_id": ""},
        lambda receipt: receipt | {"signature": "bm8="},
        lambda receipt: receipt | {"dossier_number": "H02.15-261123-0002"},
        lambda receipt: receipt | {"key_id": "0123456789abcdef"},
    ],
    ids=["unsigned", "short", "another number", "unknown key"],
)
def test_a_wrong_or_missing_signature_does_not_count(station, liar, signer, spoil):
    liar.rule("PUT", "/records/", lambda asked: as_json(spoil(signer.receipt(asked.body)), 201), times=1)
    liar.rule("PUT", "/records/", lambda asked: as_json(signer.receipt(asked.body)))
    entry = station.enrolled_at(liar.url).finished()

    assert station.engine.run_once().accepted == 0
    assert station.entry(entry).state is OutboxState.UNCONFIRMED
    assert station.error_name(entry) == "ReceiptNotProven"

    assert station.engine.run_once().accepted == 1
    assert station.entry(entry).state is OutboxState.ACCEPTED


def test_a_new_key_of_the_centre_is_asked_for_and_the_old_one_is_kept(station, liar, signer):
    liar.rule("PUT", "/records/", lambda asked: as_json(signer.receipt(asked.body), 201), times=1)
    station.enrolled_at(liar.url).finished()
    assert station.engine.run_once().accepted == 1

    later = Signer()
    liar.rules.clear()
    _publish(liar, later)
    liar.rule("PUT", "/records/", lambda asked: as_json(later.receipt(asked.body), 201))
    station.finished()

    assert station.engine.run_once().accepted == 1
    assert [finding.proof for finding in station.engine.verify_receipts()] == [Proof.PROVEN] * 2
    assert set(CentreKeys(station.folder).all()) == {signer.key.key_id, later.key.key_id}


def test_a_key_that_is_not_what_its_name_says_is_not_taken(station, liar):
    wrong = Signer().key
    body = {"keys": [{"key_id": "0123456789abcdef", "public_key": wrong.public_key}]}
    liar.rule("GET", "/receipt-keys", as_json(body))
    station.enrolled_at(liar.url).finished()
    report = station.engine.run_once()
    assert (report.sent, type(report.error).__name__) == (0, "NotTheCentre")
    assert CentreKeys(station.folder).all() == {}


def test_enrolment_brings_the_keys_and_no_trouble_with_them_undoes_it(station, liar):
    enrolled = as_json({"station_id": STATION, "token": "t", "name": "", "agency_code": ""}, 201)
    liar.rule("POST", "/stations", enrolled)
    liar.rule("GET", "/receipt-keys", as_json("?", 500), times=1)
    assert station.engine.enrol(liar.url, "CODE").result(20) == STATION
    assert CentreKeys(station.folder).all() == {}
    signer = Signer()
    _publish(liar, signer)
    station.engine.enrol(liar.url, "CODE").result(20)
    assert set(CentreKeys(station.folder).of(liar.url)) == {signer.key.key_id}


def test_what_was_changed_since_is_found(station, centre):
    station.engine.enrol(centre.url, centre.code()).result(20)
    entries = [station.finished() for _ in range(5)]
    assert station.engine.run_once().accepted == len(entries)

    def rewrite(entry, **values):
        receipt = json.loads(RECEIPT.dump_json(station.entry(entry).receipt)) | values
        with closing(sqlite3.connect(station.folder.database)) as database:
            database.execute("update outbox set receipt = ? where id = ?", (json.dumps(receipt), entry.id))
            database.commit()

    rewrite(entries[1], received_at="2020-01-01T00:00:00Z")
    rewrite(entries[2], signature="", key_id="")
    rewrite(entries[3], key_id="0123456789abcdef")
    (station.folder.root / entries[4].manifest_path).write_bytes(b"{}")

    proofs = [finding.proof for finding in station.engine.verify_receipts()]

    assert proofs == [Proof.PROVEN, Proof.RECEIPT_CHANGED, Proof.UNSIGNED, Proof.KEY_UNKNOWN, Proof.MANIFEST_CHANGED]


def test_a_damaged_file_of_keys_is_asked_for_again(station, centre):
    station.engine.enrol(centre.url, centre.code()).result(20)
    station.finished()
    (station.folder.root / "receipt-keys.json").write_text("{")
    assert station.engine.run_once().accepted == 1
    assert [finding.proof for finding in station.engine.verify_receipts()] == [Proof.PROVEN]
