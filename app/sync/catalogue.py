"""Keeps the station's copy of the centre's catalogue."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from app.store.errors import translated
from app.store.folder import DataFolder
from app.store.procedures import FILE_NAME, keep_catalogue
from app.sync.connector import Connector


def refresh_catalogue(folder: DataFolder, connector: Connector) -> bool:
    """Fetch the catalogue if the centre has a newer one; say whether it did.

    A catalogue that cannot be used never takes the place of one that can. Raises CatalogueBroken, StorageFailed,
    DiskFull and what the connector raises.
    """
    fetched = connector.catalogue(_kept_tag(folder))
    if fetched is None:
        return False
    keep_catalogue(folder, fetched.content)
    tag = {"etag": fetched.etag, "sha256": hashlib.sha256(fetched.content).hexdigest()}
    with translated(folder.root):
        _tag_file(folder).write_text(json.dumps(tag))
    return True


def _kept_tag(folder: DataFolder) -> str:
    """Give the tag of the copy here; empty where the file is not the one that the tag came with."""
    try:
        tag = json.loads(_tag_file(folder).read_bytes())
        current = hashlib.sha256((folder.root / FILE_NAME).read_bytes()).hexdigest()
        return str(tag["etag"]) if tag["sha256"] == current else ""
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _tag_file(folder: DataFolder) -> Path:
    return folder.root / "catalogue.etag"
