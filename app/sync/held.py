"""What the centre still holds: asked for before the only other copy goes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from app.model.outbox import OutboxEntry
from app.sync.connector import Connector

Here = Mapping[str, Sequence[OutboxEntry]]
"""Dossiers by their ids, each with all its entries."""


class Held:
    """Compares dossiers with the centre's list and with the files in its store.

    The list is read once, from a moment on before which none of the dossiers was accepted.
    """

    def __init__(self, connector: Connector, since: datetime | None) -> None:
        self._connector = connector
        self._revisions: defaultdict[str, set[tuple[int, str]]] = defaultdict(set)
        for line in connector.accepted_since(since):
            self._revisions[line.record_id].add((line.revision, line.manifest_sha256))

    def whole(self, here: Here) -> frozenset[str]:
        """Say which of these dossiers the centre has in the very same revisions, with the bytes of every file."""
        listed = {key: entries for key, entries in here.items() if self._revisions[key] == _revisions(entries)}
        hashes = {key: {file.sha256 for entry in entries for file in entry.files} for key, entries in listed.items()}
        known = self._connector.known_files(sorted(set().union(*hashes.values())))
        return frozenset(key for key, wanted in hashes.items() if wanted <= known)


def _revisions(entries: Sequence[OutboxEntry]) -> set[tuple[int, str]]:
    return {(entry.revision, entry.manifest_sha256) for entry in entries}
