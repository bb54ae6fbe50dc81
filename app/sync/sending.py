"""Sends one entry: the files that the centre lacks are uploaded, the manifest is put; the receipt comes back."""

from __future__ import annotations

from app.model.manifest import Receipt
from app.store.outbox import OutboxStore
from app.sync.connector import Connector, FilesMissing
from app.sync.errors import FilesLost
from app.sync.local_files import CheckedEntry
from app.sync.uploading import Progress, Uploads


class Sender:
    """Carries one entry to the centre. Every step may be repeated, so a try goes on where the last one ended."""

    def __init__(self, connector: Connector, outbox: OutboxStore, uploads: Uploads) -> None:
        self.connector = connector
        self._outbox = outbox
        self.uploads = uploads

    def send(self, checked: CheckedEntry, progress: Progress) -> Receipt:
        """Send an entry whose files were begun, and give its receipt. Raises what the connector raises, and FilesLost."""
        self.uploads.finish(checked, progress)
        try:
            return self._put(checked)
        except FilesMissing as missing:
            ours = {file.sha256 for file in checked.entry.files}
            if not missing.hashes & ours:
                raise FilesLost from None
            for sha256 in missing.hashes & ours:
                self._outbox.keep_upload(checked.entry.id, sha256, upload_url="", uploaded=False)
        self.uploads.begin(checked)
        self.uploads.finish(checked, progress)
        try:
            return self._put(checked)
        except FilesMissing:
            raise FilesLost from None

    def _put(self, checked: CheckedEntry) -> Receipt:
        return self.connector.put_record(checked.record_id, checked.entry.revision, checked.manifest)
