"""Another province's system as a Connector: six steps, each kept in the station's ledger as soon as it is answered.

The system gives no receipts, so the ledger is what makes every step repeatable: a file is sent once for its content, a number
is asked for once for a record, and a dossier that is there already is told of as an update.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError
from requests_toolbelt import MultipartEncoder, MultipartEncoderMonitor

from app.model.manifest import Manifest, Receipt
from app.store.centre_ledger import CentreLedger, DeliveredFile, DeliveredRecord, Delivery
from app.sync.connector import Connector, FilesMissing, ServerAddress, Upload
from app.sync.errors import LocalFileChanged, NotTheCentre, NumberRefused, RecordRefused, UploadDamaged
from app.sync.lgsp.answers import Said
from app.sync.lgsp.calls import LgspCalls
from app.sync.lgsp.dialect import Call, Dialect, Meaning
from app.sync.lgsp.mapping import Delivered, to_dossier, to_progress, to_status
from app.sync.lgsp.words import complaint, failure_of
from app.sync.pace import Pace

_MANIFEST = TypeAdapter(Manifest)
_MOST_NUMBERS = 3
_DONE = (Meaning.OK, Meaning.EXISTS)


class LgspCentre(Connector):
    """A conversation with a province's system. Raises DialectBroken, BadServerAddress or WrongCertificate.

    It gives no signed receipts, catalogue or lists, and takes no status: ``features`` is empty.
    """

    def __init__(self, address: ServerAddress, dialect: Dialect, ledger: CentreLedger, clock: Callable[[], datetime]) -> None:
        self._calls = LgspCalls(address, dialect)
        self._pace = Pace(address.limit)
        self._unit = address.unit_code
        self._dialect = dialect
        self._ledger = ledger
        self._clock = clock

    def check(self) -> None:
        """Return if the system is there and takes the client id."""
        self._calls.sign_in()

    def time(self) -> datetime:
        """Give the system's clock."""
        return self._calls.sign_in()

    def new_number(self, request_id: str, agency_code: str, day: date) -> str:
        """Give the next dossier number; the ledger makes it the same for the same request. Raises NumberRefused."""
        kept = self._ledger.record(request_id)
        return kept.number or self._numbered(kept, agency_code).number

    def known_files(self, hashes: Sequence[str]) -> frozenset[str]:
        """Say which of these contents were sent already."""
        return frozenset(self._ledger.files(hashes))

    def upload(self, upload: Upload, keep_url: Callable[[str], None], progress: Callable[[int], None]) -> None:
        """Send a whole file; such a system cannot go on inside one. Raises UploadDamaged or RecordRefused."""
        with upload.path.open("rb") as stream:

            def request() -> dict[str, Any]:
                stream.seek(0)
                form = MultipartEncoder({self._dialect.upload.field: (upload.name, stream, upload.media_type)})
                body = MultipartEncoderMonitor(form, self._paced(upload.size, progress))
                return {"data": body, "headers": {"Content-Type": body.content_type, "Idempotency-Key": upload.sha256}}

            said = self._calls.ask(self._dialect.upload, self._unit, request)
            if said.meaning is not Meaning.OK:
                raise failure_of(said, RecordRefused)
            stream.seek(0)
            ours = hashlib.file_digest(stream, self._dialect.codes.hash).digest()
        file = DeliveredFile(said.find("IdTepTin", "idTepTin"), said.find("HashTepTin", "hashTepTin"))
        if not file.id or not file.hash:
            raise NotTheCentre(host=self._calls.host)
        if not _is_hash_of(ours, file.hash):
            raise UploadDamaged
        self._ledger.keep_file(upload.sha256, file, self._clock())
        progress(upload.size)

    def put_record(self, record_id: str, revision: int, manifest: bytes) -> Receipt:
        """Register the record and give what stands for a receipt: that it was accepted, and when.

        Raises RecordRefused, NumberRefused or FilesMissing.
        """
        digest = hashlib.sha256(manifest).hexdigest()
        kept = self._ledger.record(record_id)
        if kept.manifest_sha256 == digest and kept.receipt is not None:
            return kept.receipt
        try:
            said = _MANIFEST.validate_json(manifest)
        except ValidationError:
            raise LocalFileChanged(number=0) from None
        if kept.manifest_sha256 != digest:
            # Whatever was told of the record before, the system may have it: from here on it is never new again.
            step = Delivery.BEGUN if kept.step is Delivery.BEGUN else Delivery.TRIED
            kept = replace(kept, manifest_sha256=digest, step=step, receipt=None)
        kept = self._begun(kept, said)
        kept = self._registered(kept, said)
        receipt = self._receipt(kept, said, self._told(kept, said))
        self._keep(replace(kept, step=Delivery.DONE, receipt=receipt))
        return receipt

    def close(self) -> None:
        """End the conversation."""
        self._calls.close()

    def _begun(self, kept: DeliveredRecord, said: Manifest) -> DeliveredRecord:
        """See that every file is there and that the record has its number."""
        needed = {paper.file.sha256 for paper in said.papers}
        if missing := needed - self._ledger.files(needed).keys():
            raise FilesMissing(frozenset(missing))
        if said.dossier.number:
            return self._keep(replace(kept, number=said.dossier.number))
        return kept if kept.number else self._numbered(kept, said.dossier.agency_code)

    def _numbered(self, kept: DeliveredRecord, agency_code: str) -> DeliveredRecord:
        """Take the next number (step two) and keep it before anything is done with it."""
        said = self._calls.ask(self._dialect.number, self._unit or agency_code, dict)
        if said.meaning is not Meaning.OK:
            raise failure_of(said, NumberRefused)
        number = said.answer.checked_number(said.find("value", "MaHoSo", "maHoSo", "data"))
        return self._keep(replace(kept, number=number, step=Delivery.BEGUN))

    def _registered(self, kept: DeliveredRecord, said: Manifest) -> DeliveredRecord:
        """Create the dossier, or update it where it is there already (step four)."""
        if kept.step not in (Delivery.BEGUN, Delivery.TRIED):
            return kept
        for _ in range(_MOST_NUMBERS):
            was_tried = kept.step is Delivery.TRIED
            kept = self._keep(replace(kept, step=Delivery.TRIED))
            answer = self._tell(self._dialect.create, to_dossier(self._delivered(kept, said), self._dialect), kept)
            # “Used” may mean: by us, in a try whose answer was lost. Only a number that was never tried is given up.
            is_ours = answer.meaning is Meaning.NUMBER_USED and was_tried
            if answer.meaning is Meaning.EXISTS or is_ours:
                answer = self._tell(self._dialect.update, to_dossier(self._delivered(kept, said), self._dialect), kept)
            if answer.meaning is not Meaning.NUMBER_USED:
                break
            kept = self._keep(replace(kept, number="", step=Delivery.BEGUN))
            if said.dossier.number:
                break
            kept = self._numbered(kept, said.dossier.agency_code)
        if answer.meaning is Meaning.NUMBER_USED and not said.dossier.number:
            raise complaint(answer)  # its own numbers are used already: nothing that a clerk could mend
        if answer.meaning is not Meaning.OK:
            raise failure_of(answer, RecordRefused)
        there_id = answer.find("idHoSo", "IdHoSo", "IDHoSo") or kept.there_id
        return self._keep(replace(kept, step=Delivery.REGISTERED, there_id=there_id, answer=answer.kept))

    def _told(self, kept: DeliveredRecord, said: Manifest) -> datetime:
        """Tell what was done (step five) and how the dossier stands (step six); give when the system had it all."""
        delivered = self._delivered(kept, said)
        if kept.step is Delivery.REGISTERED:
            answer = self._tell(self._dialect.progress, [to_progress(delivered, self._dialect)], kept)
            if answer.meaning not in _DONE:
                raise failure_of(answer, RecordRefused)
            kept = self._keep(replace(kept, step=Delivery.PROGRESSED))
        answer = self._tell(self._dialect.status, [to_status(delivered, self._dialect)], kept)
        if answer.meaning not in _DONE:
            raise failure_of(answer, RecordRefused)
        return answer.at or self._clock()

    def _tell(self, call: Call, what: BaseModel | Sequence[BaseModel], kept: DeliveredRecord) -> Said:
        body = [one.model_dump() for one in what] if isinstance(what, Sequence) else what.model_dump()
        headers = {"Idempotency-Key": f"{kept.number}:{kept.manifest_sha256}"}
        return self._calls.ask(call, self._unit, lambda: {"json": body, "headers": headers})

    def _delivered(self, kept: DeliveredRecord, said: Manifest) -> Delivered:
        hashes = {paper.file.sha256 for paper in said.papers} | {reuse.paper.file.sha256 for reuse in said.reused}
        return Delivered(said, kept.number, kept.there_id, self._ledger.files(hashes), self._unit)

    def _receipt(self, kept: DeliveredRecord, said: Manifest, at: datetime) -> Receipt:
        return Receipt(
            receipt_id=f"{kept.there_id or kept.number}/{said.revision}",
            record_id=kept.record_id,
            revision=said.revision,
            manifest_sha256=kept.manifest_sha256,
            dossier_number=kept.number,
            received_at=at,
            files=len(said.papers),
        )

    def _keep(self, record: DeliveredRecord) -> DeliveredRecord:
        self._ledger.keep_record(record)
        return record

    def _paced(self, size: int, progress: Callable[[int], None]) -> Callable[[MultipartEncoderMonitor], None]:
        """Keep to the limit while a form is read; the form is a little longer than its file."""
        seen = 0

        def read(monitor: MultipartEncoderMonitor) -> None:
            nonlocal seen
            if monitor.bytes_read == seen:
                return  # all of it is on its way: to stop now would lose the answer, and the file would go twice
            at = min(monitor.bytes_read, size)
            self._pace.before_sending(monitor.bytes_read - seen, lambda: progress(at))
            seen = monitor.bytes_read
            progress(at)

        return read


def _is_hash_of(ours: bytes, said: str) -> bool:
    """Compare a hash in hexadecimal digits or base64."""
    if said.lower() == ours.hex():
        return True
    try:
        return base64.b64decode(said, validate=True) == ours
    except (binascii.Error, ValueError):
        return False
